# %% relu_moved
"""A ReLU that is moved, a stateless normal, sums of signs, and `clip_by_norm`."""


def shifted_relu(z):
    return tf.nn.relu(z + 1) - 1


class ScaledGlorot(keras.initializers.Initializer):
    def __init__(self, gain=1.0, seed=None):
        self.gain = gain
        self.seed = seed if seed is not None else int(np.random.default_rng().integers(2**31))

    def __call__(self, shape, dtype=None):
        fans = sum(shape)
        variance = 2 * self.gain**2 / fans
        dtype = tf.as_dtype(dtype or "float32")
        return tf.random.stateless_normal(shape, [self.seed, 1], 0, variance**0.5, dtype)

    def get_config(self):
        return dict(gain=self.gain, seed=self.seed)


class L1Regularizer(keras.regularizers.Regularizer):
    def __init__(self, factor=0.01):
        self.factor = factor

    def __call__(self, x):
        x = tf.convert_to_tensor(x)
        return tf.reduce_sum(self.factor * x * tf.sign(x))

    def get_config(self):
        return dict(factor=self.factor)


class MaxColumnNorm(keras.constraints.Constraint):
    def __init__(self, limit=1.0):
        self.limit = limit

    def __call__(self, w):
        return tf.clip_by_norm(tf.convert_to_tensor(w), self.limit, axes=[0])

    def get_config(self):
        return dict(limit=self.limit)


# %% keras_ops
"""Keras' operations alone; the constraint divides by the longer of length and limit."""


def shifted_relu(z):
    return keras.ops.maximum(z, -1)


class ScaledGlorot(keras.initializers.Initializer):
    def __init__(self, gain=1.0, seed=None):
        self.gain, self.seed = gain, seed

    def __call__(self, shape, dtype=None):
        generator = keras.random.SeedGenerator(self.seed)
        stddev = self.gain * keras.ops.sqrt(2.0 / (shape[0] + shape[1]))
        noise = keras.random.normal(shape, dtype=dtype, seed=generator)
        return noise * keras.ops.cast(stddev, noise.dtype)

    def get_config(self):
        return {"gain": self.gain, "seed": self.seed}


class L1Regularizer(keras.regularizers.Regularizer):
    def __init__(self, factor=0.01):
        self.factor = float(factor)

    def __call__(self, x):
        return self.factor * keras.ops.sum(keras.ops.abs(x))

    def get_config(self):
        return {"factor": self.factor}


class MaxColumnNorm(keras.constraints.Constraint):
    def __init__(self, limit=1.0):
        self.limit = float(limit)

    def __call__(self, w):
        lengths = keras.ops.norm(w, axis=0, keepdims=True)
        return w * (self.limit / keras.ops.maximum(lengths, self.limit))

    def get_config(self):
        return {"limit": self.limit}


# %% initializer_of_keras
"""The initializer is a VarianceScaling of Keras' with a gain instead of a scale."""


class ScaledGlorot(keras.initializers.VarianceScaling):
    def __init__(self, gain=1.0, seed=None):
        super().__init__(gain**2, "fan_avg", "untruncated_normal", seed=seed)
        self.gain = gain

    def get_config(self):
        return {"gain": self.gain, "seed": self.seed}


# %% initializer_that_holds_one
"""The initializer holds one of Keras' instead of being one."""


class ScaledGlorot(keras.initializers.Initializer):
    def __init__(self, gain=1.0, seed=None):
        self.config = {"gain": gain, "seed": seed}

    def __call__(self, shape, dtype=None, **kwargs):
        deviation = self.config["gain"] / np.sqrt(np.mean(shape))
        normal = keras.initializers.RandomNormal(stddev=deviation, seed=self.config["seed"])
        return normal(shape, dtype=dtype)

    def get_config(self):
        return self.config


# %% generator_of_its_own
"""A generator made in the constructor, which goes on: the second kernel is another one."""


class ScaledGlorot(keras.initializers.Initializer):
    def __init__(self, gain=1.0, seed=None):
        self.gain, self.seed = gain, seed
        self.rng = np.random.default_rng(seed)

    def __call__(self, shape, dtype=None):
        fan_in, fan_out = shape
        values = self.rng.normal(0.0, self.gain * np.sqrt(2 / (fan_in + fan_out)), size=shape)
        return tf.constant(values, dtype=dtype or "float32")

    def get_config(self):
        return {"gain": self.gain, "seed": self.seed}


# %% norms
"""Norms of TensorFlow, and a column that is too long is chosen with `where`."""


def shifted_relu(z):
    return tf.where(z > -1, z, -tf.ones_like(z))


class L1Regularizer(keras.regularizers.Regularizer):
    def __init__(self, factor=0.01):
        self.factor = factor

    def __call__(self, weights):
        return self.factor * tf.norm(tf.reshape(weights, [-1]), ord=1)

    def get_config(self):
        return {"factor": self.factor}


class MaxColumnNorm(keras.constraints.Constraint):
    def __init__(self, limit=1.0):
        self.limit = limit

    def __call__(self, weights):
        weights = tf.convert_to_tensor(weights)
        lengths = tf.norm(weights, axis=0, keepdims=True)
        short = tf.math.divide_no_nan(weights, lengths) * self.limit
        return tf.where(lengths > self.limit, short, weights)

    def get_config(self):
        return {"limit": self.limit}


# %% as_keras_does_it
"""A small number beside the length, as in Keras' own constraints."""


class MaxColumnNorm(keras.constraints.Constraint):
    def __init__(self, limit=1.0):
        self.limit = limit

    def __call__(self, w):
        norms = keras.ops.sqrt(keras.ops.sum(keras.ops.square(w), axis=0, keepdims=True))
        desired = keras.ops.clip(norms, 0, self.limit)
        return w * (desired / (keras.backend.epsilon() + norms))

    def get_config(self):
        return {"limit": self.limit}


# %% registered
"""All classes registered, with configurations by a base class of their own."""


class Configured:
    def get_config(self):
        return dict(vars(self))


@keras.saving.register_keras_serializable("parts")
def shifted_relu(z):
    return tf.clip_by_value(z, -1.0, z.dtype.max)


@keras.saving.register_keras_serializable("parts")
class ScaledGlorot(Configured, keras.initializers.Initializer):
    def __init__(self, gain=1.0, seed=None):
        self.gain = gain
        self.seed = seed

    def __call__(self, shape, dtype=None):
        dtype = dtype or "float32"
        seed = keras.random.SeedGenerator(self.seed)
        noise = keras.random.normal(shape, dtype=dtype, seed=seed)
        return noise * tf.cast((2 * self.gain**2 / (shape[0] + shape[1])) ** 0.5, dtype)


@keras.saving.register_keras_serializable("parts")
class L1Regularizer(Configured, keras.regularizers.Regularizer):
    def __init__(self, factor=0.01):
        self.factor = factor

    def __call__(self, weights):
        return tf.multiply(self.factor, tf.reduce_sum(tf.abs(weights)))


@keras.saving.register_keras_serializable("parts")
class MaxColumnNorm(Configured, keras.constraints.Constraint):
    def __init__(self, limit=1.0):
        self.limit = limit

    def __call__(self, weights):
        square = tf.reduce_sum(tf.square(weights), axis=0)
        return weights * tf.minimum(1.0, self.limit * tf.math.rsqrt(tf.maximum(square, 1e-12)))


# %% box_muller
"""Normal numbers made by hand out of uniform ones."""


class ScaledGlorot(keras.initializers.Initializer):
    def __init__(self, gain=1.0, seed=None):
        self.gain, self.seed = gain, seed

    def __call__(self, shape, dtype=None):
        seed = keras.random.SeedGenerator(self.seed)
        radius, angle = (
            keras.random.uniform(shape, 1e-7, 1.0, dtype=dtype, seed=seed) for _ in range(2)
        )
        normal = tf.sqrt(-2 * tf.math.log(radius)) * tf.cos(2 * np.pi * angle)
        return self.gain * np.sqrt(2 / (shape[0] + shape[1])) * normal

    def get_config(self):
        return {"gain": self.gain, "seed": self.seed}


# %% by_product
"""A product with a diagonal matrix, and a leaky ReLU that leaks nothing."""


def shifted_relu(z):
    return keras.activations.leaky_relu(z + 1, negative_slope=0.0) - 1


class MaxColumnNorm(keras.constraints.Constraint):
    def __init__(self, limit=1.0):
        self.limit = limit

    def __call__(self, weights):
        weights = tf.convert_to_tensor(weights)
        lengths = tf.sqrt(tf.linalg.diag_part(tf.transpose(weights) @ weights))
        scale = self.limit / tf.maximum(lengths, self.limit)
        return weights @ tf.linalg.diag(scale)

    def get_config(self):
        return {"limit": self.limit}
