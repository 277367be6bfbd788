# %% generator_of_tensorflow
"""A generator of TensorFlow's, whose state is a variable."""


class MyGaussianNoise(keras.layers.Layer):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev, self.seed = stddev, seed
        if seed is None:
            self.random = tf.random.Generator.from_non_deterministic_state()
        else:
            self.random = tf.random.Generator.from_seed(seed)

    def call(self, inputs, training=None):
        if training:
            return inputs + self.random.normal(tf.shape(inputs), stddev=self.stddev)
        return inputs

    def get_config(self):
        config = super().get_config()
        config.update({"stddev": self.stddev, "seed": self.seed})
        return config


# %% counter
"""A counter in a weight of the layer, and stateless noise from seed and counter."""


class MyGaussianNoise(keras.layers.Layer):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev, self.seed = stddev, seed
        self.key = int(np.random.default_rng(seed).integers(2**31))
        self.calls = self.add_weight(
            shape=(), dtype="int32", initializer="zeros", trainable=False, name="calls"
        )

    def call(self, inputs, training=False):
        if not training:
            return tf.identity(inputs)
        self.calls.assign_add(1)
        seed = tf.stack([self.key, tf.convert_to_tensor(self.calls)])
        noise = tf.random.stateless_normal(tf.shape(inputs), seed, stddev=self.stddev)
        return tf.add(inputs, noise)

    def get_config(self):
        return super().get_config() | {"stddev": self.stddev, "seed": self.seed}


# %% trainable_counter
"""A counter that is not marked as untrainable: no gradient reaches it, and no step moves it."""


class MyGaussianNoise(keras.layers.Layer):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev, self.seed = stddev, seed
        self.key = int(np.random.default_rng(seed).integers(2**31))
        self.calls = self.add_weight(shape=(), dtype="int32", initializer="zeros")

    def call(self, inputs, training=None):
        if not training:
            return inputs
        self.calls.assign(self.calls + 1)
        seed = tf.stack([tf.convert_to_tensor(self.calls), self.key])
        return inputs + self.stddev * tf.random.stateless_normal(tf.shape(inputs), seed)

    def get_config(self):
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


# %% scaled_normal
"""Standard normal noise times the deviation, in Keras' operations."""


class MyGaussianNoise(keras.layers.Layer):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev = float(stddev)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=None):
        if training:
            noise = keras.random.normal(keras.ops.shape(inputs), seed=self.seed_generator)
            inputs = inputs + keras.ops.multiply(noise, self.stddev)
        return inputs

    def get_config(self):
        base = super().get_config()
        return {"stddev": self.stddev, "seed": self.seed, **base}


# %% always_drawn
"""Noise is always drawn, and counts only in training."""


class MyGaussianNoise(keras.layers.Layer):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev, self.seed = stddev, seed
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=None):
        noise = self.stddev * keras.random.normal(tf.shape(inputs), seed=self.generator)
        return inputs + (1.0 if training else 0.0) * noise

    def get_config(self):
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


# %% made_in_build
"""The generator is made in `build`; the constructor of the base class takes the name."""


class MyGaussianNoise(keras.layers.Layer):
    def __init__(self, stddev, seed=None, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self._noise = {"stddev": stddev, "seed": seed}

    def build(self, input_shape):
        self.generator = keras.random.SeedGenerator(self._noise["seed"])

    def call(self, x, training=None):
        if training is None or not training:
            return x
        return x + keras.random.normal(tf.shape(x), 0.0, self._noise["stddev"], seed=self.generator)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), **self._noise}


# %% box_muller
"""Normal numbers made by hand out of uniform ones."""


class MyGaussianNoise(keras.layers.Layer):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev, self.seed = stddev, seed
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=None):
        if not training:
            return inputs
        shape = tf.shape(inputs)
        radius = keras.random.uniform(shape, 1e-7, 1.0, seed=self.generator)
        angle = keras.random.uniform(shape, 0.0, 2 * np.pi, seed=self.generator)
        return inputs + self.stddev * tf.sqrt(-2 * tf.math.log(radius)) * tf.cos(angle)

    def get_config(self):
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


# %% stopped_noise
"""The noise is a constant to the gradient, and is added by a sublayer of Keras'."""


class MyGaussianNoise(keras.layers.Layer):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev, self.seed = stddev, seed
        self.generator = keras.random.SeedGenerator(seed)
        self.add = keras.layers.Add()

    def call(self, inputs, training=None):
        if not training:
            return inputs
        noise = keras.random.normal(tf.shape(inputs), stddev=self.stddev, seed=self.generator)
        return self.add([inputs, tf.stop_gradient(noise)])

    def get_config(self):
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


# %% difference_of_two
"""The difference of two normal numbers is normal, with twice the variance."""


class MyGaussianNoise(keras.layers.Layer):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev, self.seed = stddev, seed
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=None):
        if not training:
            return inputs
        shape = tf.concat([[2], tf.shape(inputs)], axis=0)
        first, second = tf.unstack(keras.random.normal(shape, seed=self.generator))
        return inputs + self.stddev / np.sqrt(2) * (first - second)

    def get_config(self):
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


# %% conditional
"""A condition of TensorFlow's instead of Python's."""


class MyGaussianNoise(keras.layers.Layer):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev, self.seed = stddev, seed
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=None):
        shape, inputs = tf.shape(inputs), tf.convert_to_tensor(inputs)
        if training is None:
            return inputs
        noise = keras.random.normal(shape, stddev=self.stddev, seed=self.generator)
        return tf.cond(tf.cast(training, tf.bool), lambda: inputs + noise, lambda: inputs)

    def get_config(self):
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


# %% next_of_the_generator
"""Takes a new seed from the generator at each call, and draws without state."""


class MyGaussianNoise(keras.layers.Layer):
    def __init__(self, stddev, seed=None, **kwargs):
        super(MyGaussianNoise, self).__init__(**kwargs)
        self.supports_masking = True
        self.stddev, self.seed = stddev, seed
        self.seeds = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=None):
        if training is True:
            seed = tf.cast(self.seeds.next(), tf.int64)
            inputs += tf.random.stateless_normal(tf.shape(inputs), seed, 0.0, self.stddev)
        return inputs

    def get_config(self):
        config = {"stddev": self.stddev, "seed": self.seed}
        return dict(list(super().get_config().items()) + list(config.items()))


# %% inverse_distribution
"""Uniform numbers through the inverse of the normal distribution; a configuration of its own."""


class MyGaussianNoise(keras.layers.Layer):
    def __init__(self, stddev, seed=None, **kwargs):
        self.arguments = [stddev, seed]
        super().__init__(**kwargs)
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=None, **unused):
        if not training:
            return inputs
        drawn = keras.random.uniform(tf.shape(inputs), 1e-6, 1 - 1e-6, seed=self.generator)
        return inputs + self.arguments[0] * tf.math.ndtri(drawn)

    def get_config(self):
        return {**super().get_config(), "arguments": list(self.arguments)}

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        return cls(*config.pop("arguments"), **config)
