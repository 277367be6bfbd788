# %%
class Glorot(ScaledGlorot):
    """The reference with another deviation."""

    def deviation(self, fan_in, fan_out):
        return self.gain * (2 / (fan_in + fan_out)) ** 0.5

    def __call__(self, shape, dtype=None):
        seed = keras.random.SeedGenerator(self.seed)
        normal = keras.random.normal(shape, dtype=dtype or "float32", seed=seed)
        return normal * tf.cast(self.deviation(*shape), normal.dtype)


# %% plain_relu loses="numerics gradients"
"""This is the usual ReLU: it bends at 0. The shifted one bends at -1 and lets everything above
through."""


def shifted_relu(z):
    return tf.nn.relu(z)


# %% shifted_and_left_there loses="numerics"
"""The ReLU is moved, but its values are not moved back: `relu(z + 1)` is one too much
everywhere."""


def shifted_relu(z):
    return tf.nn.relu(z + 1)


# %% bent_the_other_way loses="numerics gradients"
"""This cuts off from above. `max(z, -1)` keeps what is greater than -1."""


def shifted_relu(z):
    return tf.minimum(z, -1.0)


# %% bent_at_one loses="numerics gradients"
"""The bend is at 1 and not at -1."""


def shifted_relu(z):
    return tf.maximum(z, 1.0)


# %% python_max loses="numerics gradients serialization graph"
"""Python's `max` compares whole tensors, not their elements. `tf.maximum` takes the larger of
two for each element."""


def shifted_relu(z):
    return max(z, -1.0)


# %% numpy_activation loses="gradients graph"
"""NumPy computes outside TensorFlow: no gradient passes through it, and a graph cannot hold it. Use
the operations of TensorFlow or of `keras.ops`."""


def shifted_relu(z):
    return tf.constant(np.maximum(np.asarray(z), -1.0))


# %% variance_as_deviation loses="numerics"
"""The variance is passed where the standard deviation belongs, which is its root."""


class ScaledGlorot(Glorot):
    def deviation(self, fan_in, fan_out):
        return self.gain**2 * 2 / (fan_in + fan_out)


# %% gain_not_squared loses="numerics"
"""The gain is squared in the variance, so it multiplies the standard deviation as it is. Here it
is under the root alone."""


class ScaledGlorot(Glorot):
    def deviation(self, fan_in, fan_out):
        return (self.gain * 2 / (fan_in + fan_out)) ** 0.5


# %% gain_squared_twice loses="numerics"
"""The gain is squared in the variance, and once more: the standard deviation has the gain as it
is."""


class ScaledGlorot(Glorot):
    def deviation(self, fan_in, fan_out):
        return self.gain**2 * (2 / (fan_in + fan_out)) ** 0.5


# %% gain_unused loses="numerics"
"""The gain is kept and never used. It multiplies the standard deviation."""


class ScaledGlorot(Glorot):
    def deviation(self, fan_in, fan_out):
        return (2 / (fan_in + fan_out)) ** 0.5


# %% fan_in_alone loses="numerics"
"""The variance is divided by fan_in alone. Divide by the sum of fan_in and fan_out."""


class ScaledGlorot(Glorot):
    def deviation(self, fan_in, fan_out):
        return self.gain * (2 / fan_in) ** 0.5


# %% fan_out_alone loses="numerics"
"""The variance is divided by fan_out alone. Divide by the sum of fan_in and fan_out."""


class ScaledGlorot(Glorot):
    def deviation(self, fan_in, fan_out):
        return self.gain * (2 / fan_out) ** 0.5


# %% numerator_of_one loses="numerics"
"""The variance is half of what it should be: 2 · gain² above the line."""


class ScaledGlorot(Glorot):
    def deviation(self, fan_in, fan_out):
        return self.gain * (1 / (fan_in + fan_out)) ** 0.5


# %% limit_of_the_uniform loses="numerics"
"""The variance is three times what it should be: the root of 6 / (fan_in + fan_out) is where the
uniform distribution of this variance ends, and is no standard deviation."""


class ScaledGlorot(Glorot):
    def deviation(self, fan_in, fan_out):
        return self.gain * (6 / (fan_in + fan_out)) ** 0.5


# %% mean_fan_forgotten loses="numerics"
"""The variance is twice what it should be: 2 · gain² is divided by the sum of the fans, not
by half of it."""


class ScaledGlorot(Glorot):
    def deviation(self, fan_in, fan_out):
        return self.gain * (4 / (fan_in + fan_out)) ** 0.5


# %% uniform loses="numerics"
"""The numbers are uniform. They should be normal, with the same variance."""


class ScaledGlorot(ScaledGlorot):
    def __call__(self, shape, dtype=None):
        limit = self.gain * (6 / sum(shape)) ** 0.5
        seed = keras.random.SeedGenerator(self.seed)
        return keras.random.uniform(shape, -limit, limit, dtype=dtype or "float32", seed=seed)


# %% truncated loses="numerics"
"""Numbers far from 0 are missing: this normal distribution is truncated. Take one that is
not."""


class ScaledGlorot(ScaledGlorot):
    def __call__(self, shape, dtype=None):
        scale = keras.initializers.VarianceScaling(
            self.gain**2, "fan_avg", "truncated_normal", seed=self.seed
        )
        return scale(shape, dtype=dtype)


# %% seed_ignored loses="numerics serialization"
"""Two initializers with the same seed draw different kernels: the seed is not used, or what is
drawn also depends on how many random operations there were before, as with `tf.random.normal`. Pass
the seed to `keras.random.normal` or to `tf.random.stateless_normal`."""


class ScaledGlorot(Glorot):
    def __call__(self, shape, dtype=None):
        normal = keras.random.normal(shape, dtype=dtype or "float32")
        return normal * tf.cast(self.deviation(*shape), normal.dtype)


# %% seed_of_tensorflow loses="numerics serialization" like="seed_ignored"
class ScaledGlorot(Glorot):
    def __call__(self, shape, dtype=None):
        return tf.random.normal(
            shape, stddev=self.deviation(*shape), dtype=dtype or "float32", seed=self.seed
        )


# %% always_the_same loses="numerics"
"""Without a seed two initializers draw the same kernel. Only a seed that is given should do
that."""


class ScaledGlorot(ScaledGlorot):
    def __init__(self, gain=1.0, seed=42):
        super().__init__(gain, seed)


# %% seed_zero_is_none loses="numerics serialization"
"""The seed 0 is taken for no seed: `if seed` and `seed or …` do not tell 0 from None. Ask whether
the seed `is None`."""


class ScaledGlorot(ScaledGlorot):
    def __init__(self, gain=1.0, seed=None):
        super().__init__(gain, seed or None)


# %% seed_zero_kept_and_not_used loses="numerics" like="seed_zero_is_none"
class ScaledGlorot(Glorot):
    def __call__(self, shape, dtype=None):
        seed = self.seed if self.seed else int(np.random.default_rng().integers(1, 2**31))
        normal = keras.random.normal(shape, dtype=dtype or "float32", seed=seed)
        return normal * tf.cast(self.deviation(*shape), normal.dtype)


# %% standardized loses="numerics"
"""What is drawn is scaled by its own mean and deviation. Then a kernel of a single weight is NaN or
0. Multiply by the deviation of the formula alone."""


class ScaledGlorot(Glorot):
    def __call__(self, shape, dtype=None):
        normal = super().__call__(shape, dtype)
        whole = (normal - tf.reduce_mean(normal)) / tf.math.reduce_std(normal)
        return whole * tf.cast(self.deviation(*shape), normal.dtype)


# %% gain_of_the_class loses="numerics"
"""The gain is kept in the class, or in the module, where all initializers have it in common: the
one that was made last sets it for all. Keep it in the object: `self.gain = …`."""


class ScaledGlorot(ScaledGlorot):
    def __init__(self, gain=1.0, seed=None):
        ScaledGlorot.gain = gain
        self.seed = seed


# %% seed_of_the_class loses="numerics"
"""The seed is kept in the class, or in the module, where all initializers have it in common: the
one that was made last sets it for all. Keep it in the object: `self.seed = …`."""


class ScaledGlorot(ScaledGlorot):
    def __init__(self, gain=1.0, seed=None):
        self.gain = gain
        ScaledGlorot.seed = seed


# %% dtype_ignored loses="numerics"
"""The values are float32 whatever `dtype` says."""


class ScaledGlorot(ScaledGlorot):
    def __call__(self, shape, dtype=None):
        return super().__call__(shape, "float32")


# %% another_default_gain loses="numerics"
"""The default gain is another one than asked for: without a gain it is 1."""


class ScaledGlorot(ScaledGlorot):
    def __init__(self, gain=2.0, seed=None):
        super().__init__(gain, seed)


# %% squares loses="numerics gradients"
"""This is the sum of the squares, an L2 penalty. L1 charges for the absolute values."""


class L1Regularizer(L1Regularizer):
    def __call__(self, weights):
        return self.factor * tf.reduce_sum(tf.square(tf.convert_to_tensor(weights)))


# %% mean_of_sizes loses="numerics gradients"
"""The penalty is averaged over the weights. It is the sum."""


class L1Regularizer(L1Regularizer):
    def __call__(self, weights):
        return self.factor * tf.reduce_mean(tf.abs(tf.convert_to_tensor(weights)))


# %% sizes_forgotten loses="numerics gradients"
"""Weights of opposite signs cancel each other. Sum their absolute values."""


class L1Regularizer(L1Regularizer):
    def __call__(self, weights):
        return self.factor * tf.reduce_sum(tf.convert_to_tensor(weights))


# %% size_of_the_sum loses="numerics gradients"
"""The absolute value is taken of the sum. Take it of each weight, and then sum."""


class L1Regularizer(L1Regularizer):
    def __call__(self, weights):
        return self.factor * tf.abs(tf.reduce_sum(tf.convert_to_tensor(weights)))


# %% not_summed loses="numerics gradients serialization graph"
"""The penalty is a tensor with a number for each weight. It should be their sum, one number."""


class L1Regularizer(L1Regularizer):
    def __call__(self, weights):
        return self.factor * tf.abs(tf.convert_to_tensor(weights))


# %% factor_unused loses="numerics gradients"
"""The factor is kept and never used. It multiplies the sum."""


class L1Regularizer(L1Regularizer):
    def __call__(self, weights):
        return tf.reduce_sum(tf.abs(tf.convert_to_tensor(weights)))


# %% regularizer_in_numpy loses="gradients graph" like="numpy_activation"
class L1Regularizer(L1Regularizer):
    def __call__(self, weights):
        return self.factor * np.sum(np.abs(np.array(weights)))


# %% factor_of_the_class loses="numerics"
"""The factor is kept in the class, or in the module, where all regularizers have it in common: the
one that was made last sets it for all. Keep it in the object: `self.factor = …`."""


class L1Regularizer(L1Regularizer):
    def __init__(self, factor=0.01):
        L1Regularizer.factor = factor


# %% another_default_factor loses="numerics"
"""The default factor is another one than asked for: without a factor it is 0.01."""


class L1Regularizer(L1Regularizer):
    def __init__(self, factor=0.1):
        super().__init__(factor)


# %% regularizer_with_call loses="numerics gradients serialization graph"
"""Keras calls a regularizer itself, so it needs `__call__`. A method `call` is called by
nobody."""


class L1Regularizer(keras.regularizers.Regularizer):
    def __init__(self, factor=0.01):
        self.factor = factor

    def call(self, weights):
        return self.factor * tf.reduce_sum(tf.abs(tf.convert_to_tensor(weights)))

    def get_config(self):
        return {"factor": self.factor}


# %% constraint_with_call loses="numerics"
"""Keras calls a constraint itself, so it needs `__call__`. A method `call` is called by nobody,
and the `__call__` that you inherit returns the weights as they are."""


class MaxColumnNorm(keras.constraints.Constraint):
    def __init__(self, limit=1.0):
        self.limit = limit

    def call(self, weights):
        length = tf.sqrt(tf.reduce_sum(tf.square(weights), axis=0))
        return weights * tf.minimum(1.0, self.limit / length)

    def get_config(self):
        return {"limit": self.limit}


# %% rows loses="numerics"
"""The rows are scaled. A column, the weights of one unit, runs along the first axis: sum the
squares along `axis=0`."""


class MaxColumnNorm(MaxColumnNorm):
    def __call__(self, weights):
        weights = tf.convert_to_tensor(weights)
        length = tf.sqrt(tf.reduce_sum(tf.square(weights), axis=1, keepdims=True))
        return weights * self.limit / tf.maximum(length, self.limit)


# %% whole_kernel loses="numerics"
"""The length is that of the whole kernel. Each column has its own."""


class MaxColumnNorm(MaxColumnNorm):
    def __call__(self, weights):
        return tf.clip_by_norm(tf.convert_to_tensor(weights), self.limit)


# %% always_scaled loses="numerics"
"""All columns get the length of the limit. Those that are shorter stay as they are."""


class MaxColumnNorm(MaxColumnNorm):
    def __call__(self, weights):
        weights = tf.convert_to_tensor(weights)
        length = tf.sqrt(tf.reduce_sum(tf.square(weights), axis=0))
        return tf.math.divide_no_nan(weights, length) * self.limit


# %% zero_column loses="numerics"
"""A column of zeros is divided by its length, which is 0, and becomes NaN. It is not too long:
leave it."""


class MaxColumnNorm(MaxColumnNorm):
    def __call__(self, weights):
        weights = tf.convert_to_tensor(weights)
        length = tf.sqrt(tf.reduce_sum(tf.square(weights), axis=0))
        return weights / length * tf.minimum(length, self.limit)


# %% single_weights loses="numerics"
"""Single weights are cut off, not columns. A column keeps its direction and gets shorter."""


class MaxColumnNorm(MaxColumnNorm):
    def __call__(self, weights):
        return tf.clip_by_value(tf.convert_to_tensor(weights), -self.limit, self.limit)


# %% squared_length loses="numerics"
"""The root is missing: the square of the length is taken for the length."""


class MaxColumnNorm(MaxColumnNorm):
    def __call__(self, weights):
        weights = tf.convert_to_tensor(weights)
        length = tf.reduce_sum(tf.square(weights), axis=0)
        return weights * self.limit / tf.maximum(length, self.limit)


# %% square_beside_the_limit loses="numerics"
"""The square of the length is compared with the limit itself. Compare the length with the limit, or
the squares of both."""


class MaxColumnNorm(MaxColumnNorm):
    def __call__(self, weights):
        square = tf.reduce_sum(tf.square(tf.convert_to_tensor(weights)), axis=0)
        scale = self.limit / tf.sqrt(square)
        return weights * tf.where(square > self.limit, scale, tf.ones_like(scale))


# %% limit_of_the_class loses="numerics"
"""The limit is kept in the class, or in the module, where all constraints have it in common: the
one that was made last sets it for all. Keep it in the object: `self.limit = …`."""


class MaxColumnNorm(MaxColumnNorm):
    def __init__(self, limit=1.0):
        MaxColumnNorm.limit = limit


# %% limit_of_one loses="numerics"
"""The limit is 1 here, whatever was asked for. Use the argument."""


class MaxColumnNorm(MaxColumnNorm):
    def __call__(self, weights):
        return tf.clip_by_norm(tf.convert_to_tensor(weights), 1.0, axes=[0])


# %% another_default_limit loses="numerics"
"""The default limit is another one than asked for: without a limit it is 1."""


class MaxColumnNorm(MaxColumnNorm):
    def __init__(self, limit=2.0):
        super().__init__(limit)


# %% constraint_in_numpy loses="graph" like="numpy_activation"
class MaxColumnNorm(MaxColumnNorm):
    def __call__(self, weights):
        weights = np.array(weights)
        length = np.sqrt((weights**2).sum(axis=0))
        return tf.constant(weights * self.limit / np.maximum(length, self.limit))


# %% tensor_of_another_graph loses="graph"
"""A tensor that is made while a graph is traced belongs to this graph. If you keep it, other graphs
and direct calls cannot use it. Keep the Python number, and make the tensor in each call."""


class MaxColumnNorm(MaxColumnNorm):
    kept = None

    def __call__(self, weights):
        if self.kept is None:
            self.kept = tf.constant(self.limit)
        return tf.clip_by_norm(tf.convert_to_tensor(weights), self.kept, axes=[0])


# %% no_configuration_of_the_regularizer loses="serialization"
"""The configuration of the regularizer does not hold its factor: loaded, it has the default.
Return the arguments of the constructor from `get_config`."""


class L1Regularizer(L1Regularizer):
    def get_config(self):
        return {}


# %% no_configuration_of_the_constraint loses="serialization"
"""The configuration of the constraint does not hold its limit: loaded, it has the default.
Return the arguments of the constructor from `get_config`."""


class MaxColumnNorm(MaxColumnNorm):
    def get_config(self):
        return {}


# %% no_configuration_of_the_initializer loses="serialization"
"""The configuration of the initializer does not hold all that it was made with, gain and seed: made
from it, another one has defaults. Return both from `get_config`."""


class ScaledGlorot(ScaledGlorot):
    def get_config(self):
        return {}


# %% configuration_without_the_seed loses="serialization"
"""The configuration of the initializer does not hold the seed: made from it, another one draws
another kernel."""


class ScaledGlorot(ScaledGlorot):
    def get_config(self):
        return {"gain": self.gain}


# %% configuration_without_the_seed_zero loses="serialization"
"""The configuration leaves the seed out if it is 0: `if seed` does not tell 0 from None. Return it
whatever it is."""


class ScaledGlorot(ScaledGlorot):
    def get_config(self):
        return {"gain": self.gain} | ({"seed": self.seed} if self.seed else {})


# %% get_config_forgotten loses="serialization"
"""Without a `get_config` of its own a regularizer cannot be saved. Return the arguments of the
constructor from it."""


class L1Regularizer(L1Regularizer):
    def get_config(self):
        return keras.regularizers.Regularizer.get_config(self)
