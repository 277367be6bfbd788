# %% other_names_and_order
"""The offset comes first, the names are Keras' own for this layer, and all is keras.ops."""


class MyLayerNormalization(keras.layers.Layer):
    def __init__(self, eps=0.001, **kwargs):
        super(MyLayerNormalization, self).__init__(**kwargs)
        self.epsilon = float(eps)

    def build(self, batch_input_shape):
        *_, n = batch_input_shape
        self.beta = self.add_weight(name="beta", shape=[n], initializer="zeros")
        self.gamma = self.add_weight(name="gamma", shape=[n], initializer="ones")
        super().build(batch_input_shape)

    def call(self, X):
        mean = keras.ops.mean(X, axis=-1, keepdims=True)
        variance = keras.ops.var(X, axis=-1, keepdims=True)
        factor = self.gamma * keras.ops.rsqrt(variance + self.epsilon)
        return (X - mean) * factor + self.beta

    def get_config(self):
        base_config = super().get_config()
        base_config.update(eps=self.epsilon)
        return base_config


# %% moments_and_batch_normalization
"""`tf.nn.moments` and `tf.nn.batch_normalization`, which multiplies out the difference."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        mean, variance = tf.nn.moments(inputs, axes=[-1], keepdims=True)
        return tf.nn.batch_normalization(inputs, mean, variance, self.offset, self.scale, self.eps)


# %% made_of_two_layers
"""One layer inside centers and stretches, another has the weights."""


class Standardize(keras.layers.Layer):
    def __init__(self, eps, **kwargs):
        super().__init__(**kwargs)
        self.eps = eps

    def call(self, inputs):
        centered = inputs - tf.reduce_mean(inputs, -1, keepdims=True)
        return centered / tf.sqrt(tf.math.reduce_variance(inputs, -1, keepdims=True) + self.eps)


class Affine(keras.layers.Layer):
    def build(self, shape):
        self.s = self.add_weight(shape=(shape[-1],), initializer="ones", name="s")
        self.o = self.add_weight(shape=(shape[-1],), initializer="zeros", name="o")

    def call(self, inputs):
        return inputs * self.s + self.o


class MyLayerNormalization(keras.layers.Layer):
    def __init__(self, eps=0.001, **kwargs):
        super().__init__(**kwargs)
        own = {"dtype": self.dtype_policy, "trainable": self.trainable}
        self.standardize = Standardize(eps, **own)
        self.affine = Affine(**own)

    def build(self, input_shape):
        self.affine.build(input_shape)

    def call(self, inputs):
        return self.affine(self.standardize(inputs))

    def get_config(self):
        return super().get_config() | {"eps": self.standardize.eps}


# %% wide_inside
"""Computed in float64 and cast back: there, the shorter formula of the variance is accurate."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        x = tf.cast(inputs, "float64")
        mean = tf.reduce_mean(x, -1, keepdims=True)
        variance = tf.reduce_mean(x * x, -1, keepdims=True) - mean * mean
        normalized = (x - mean) * tf.math.rsqrt(variance + self.eps)
        scale, offset = (tf.cast(w.value, "float64") for w in (self.scale, self.offset))
        y = normalized * scale + offset
        return tf.cast(y, self.compute_dtype)


# %% centering_by_a_matrix
"""The mean is taken away by a matrix, and the sum of squares is an einsum."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        size = inputs.shape[-1]
        matrix = tf.eye(size, dtype=inputs.dtype) - 1 / size
        centered = tf.linalg.matmul(inputs, tf.broadcast_to(matrix, (size, size)))
        # A second time, for what rounding has left.
        centered = tf.tensordot(centered, matrix, axes=1)
        variance = tf.einsum("...i,...i->...", centered, centered)[..., None] / size
        return centered * tf.pow(variance + self.eps, -0.5) * self.scale + self.offset


# %% variance_of_all_pairs
"""The variance is half the mean square of the differences of all pairs, without a mean."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        pairs = tf.expand_dims(inputs, -1) - tf.expand_dims(inputs, -2)
        variance = keras.ops.mean(pairs**2, axis=(-2, -1))[..., tf.newaxis] / 2
        centered = tf.reduce_mean(pairs, axis=-1)
        return centered / (variance + self.eps) ** 0.5 * self.scale + self.offset


# %% gradient_by_hand
"""The normalization has a gradient of its own, derived on paper."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        eps = self.eps

        @tf.custom_gradient
        def normalize(x):
            centered = x - tf.reduce_mean(x, -1, keepdims=True)
            inverse = tf.math.rsqrt(tf.reduce_mean(centered**2, -1, keepdims=True) + eps)
            normalized = centered * inverse

            def grad(upstream):
                along = tf.reduce_mean(upstream * normalized, -1, keepdims=True)
                flat = tf.reduce_mean(upstream, -1, keepdims=True)
                return (upstream - flat - along * normalized) * inverse

            return normalized, grad

        return normalize(inputs) * self.scale + self.offset


# %% compiled_call
"""The call is a tf.function, the inputs are specified, and the shape of the output is given."""


class MyLayerNormalization(keras.layers.Layer):
    def __init__(self, eps=0.001, **kwargs):
        self.eps = eps
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape):
        size = tf.TensorShape(input_shape)[-1]
        self.input_spec = keras.layers.InputSpec(min_ndim=2, axes={-1: size})
        self.scale = self.add_weight(
            name="scale", shape=(size,), initializer=keras.initializers.Ones(), trainable=True
        )
        self.offset = self.add_weight(
            name="offset", shape=(size,), initializer=keras.initializers.Constant(0.0)
        )

    @tf.function
    def call(self, inputs):
        mean, variance = tf.nn.moments(inputs, -1, keepdims=True)
        return (inputs - mean) / tf.sqrt(variance + self.eps) * self.scale + self.offset

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return dict(super().get_config(), eps=self.eps)


# %% keras_variables
"""The weights are keras.Variable objects in a dictionary; `training` is taken and ignored."""


class MyLayerNormalization(keras.layers.Layer):
    def __init__(self, eps=0.001, **kwargs):
        super().__init__(**kwargs)
        self.eps = eps

    def build(self, input_shape):
        start = {"offset": tf.zeros, "scale": tf.ones}
        self.mine = {
            name: keras.Variable(f([input_shape[-1]]), dtype=self.variable_dtype, name=name)
            for name, f in start.items()
        }

    def call(self, inputs, training=False, mask=None):
        deviation = inputs - keras.ops.average(inputs, axis=-1)[..., None]
        length = keras.ops.sqrt(keras.ops.mean(deviation**2, -1) + self.eps)[..., None]
        return self.mine["scale"] * (deviation / length) + self.mine["offset"]

    def get_config(self):
        return {"eps": self.eps, **super().get_config()}


# %% no_configuration
"""Without a `get_config`, Keras 3 records the arguments itself; weights are rows."""


class MyLayerNormalization(keras.layers.Layer):
    def __init__(self, eps=0.001, **kwargs):
        super().__init__(**kwargs)
        self.eps = eps

    def build(self, input_shape):
        self.w = self.add_weight(shape=(1, input_shape[-1]), initializer="ones")
        self.b = self.add_weight(shape=(1, input_shape[-1]), initializer="zeros")

    def call(self, inputs):
        x = inputs - tf.reduce_mean(inputs, axis=inputs.shape.rank - 1, keepdims=True)
        size = tf.cast(tf.shape(x)[-1], x.dtype)
        variance = tf.reduce_sum(x * x, axis=-1, keepdims=True) / size
        return x / tf.sqrt(variance + self.eps) * self.w[0] + self.b[0]


# %% registered
"""The class is registered under a package, has another name, and its own from_config."""


@keras.saving.register_keras_serializable(package="course")
class RowNorm(keras.layers.Layer):
    def __init__(self, eps=1e-3, *, name=None, dtype=None, trainable=True):
        super().__init__(name=name, dtype=dtype, trainable=trainable)
        if not eps > 0:
            raise ValueError(f"eps must be positive, got {eps}")
        self._settings = {"epsilon": eps}

    def build(self, shape):
        def ones(shape, dtype=None):
            return tf.fill(shape, tf.cast(1, dtype))

        n = shape[-1]
        self.offset = self.add_weight(name="o", shape=(n,), initializer=tf.zeros_initializer())
        self.scale = self.add_weight(name="s", shape=(n,), initializer=ones)
        self.built = True

    def call(self, x):
        x = tf.convert_to_tensor(x, self.compute_dtype)
        m1, m2 = tf.nn.moments(x, [len(x.shape) - 1])
        inverse = 1 / tf.sqrt(m2 + self._settings["epsilon"])
        scale, offset = map(tf.convert_to_tensor, (self.scale, self.offset))
        return (x - m1[..., tf.newaxis]) * inverse[..., tf.newaxis] * scale + offset

    def get_config(self):
        return super().get_config() | {"settings": self._settings}

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        settings = config.pop("settings")
        config["dtype"] = keras.dtype_policies.deserialize(config["dtype"])
        return cls(settings["epsilon"], **config)


MyLayerNormalization = RowNorm


# %% more_arguments
"""It can do more than was asked: other initializers, regularizers, and no scale or offset."""


class MyLayerNormalization(keras.layers.Layer):
    def __init__(
        self, eps=0.001, center=True, scale=True, gamma_regularizer=None, activation=None, **kwargs
    ):
        super().__init__(**kwargs)
        self.eps, self.center, self.scale = eps, center, scale
        self.gamma_regularizer = keras.regularizers.get(gamma_regularizer)
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        shape = input_shape[-1:]
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self.add_weight(
                name="gamma",
                shape=shape,
                initializer="ones",
                regularizer=self.gamma_regularizer,
            )
        if self.center:
            self.beta = self.add_weight(name="beta", shape=shape, initializer="zeros")

    def call(self, inputs, training=None):
        x = inputs - tf.reduce_mean(inputs, -1, True)
        x *= tf.math.rsqrt(tf.reduce_mean(x**2, -1, True) + self.eps)
        if self.gamma is not None:
            x *= self.gamma
        if self.beta is not None:
            x += self.beta
        return self.activation(x)

    def get_config(self):
        return {
            **super().get_config(),
            "eps": self.eps,
            "center": self.center,
            "scale": self.scale,
            "gamma_regularizer": keras.regularizers.serialize(self.gamma_regularizer),
            "activation": keras.activations.serialize(self.activation),
        }


# %% one_column_after_the_other
"""The features come first, all rows are one matrix, and the shape at run time brings them back."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        size = inputs.shape[-1]
        columns = tf.unstack(tf.reshape(inputs, (-1, size)), axis=1)
        mean = tf.add_n(columns) / size
        deviations = [column - mean for column in columns]
        variance = sum(tf.square(one) for one in deviations) / size
        root = tf.sqrt(variance + self.eps)
        answers = [self.scale[i] * one / root + self.offset[i] for i, one in enumerate(deviations)]
        return tf.reshape(tf.stack(answers, axis=1), tf.shape(inputs))

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)


# %% weights_of_a_layer_inside
"""A layer inside, never called, holds the weights; a function made in `build` knows them."""


class MyLayerNormalization(MyLayerNormalization):
    def __init__(self, eps=0.001, **kwargs):
        super().__init__(eps, **kwargs)
        self.holder = keras.layers.Layer(dtype=self.dtype_policy, trainable=self.trainable)

    def build(self, input_shape):
        add, shape = self.holder.add_weight, [input_shape[-1]]
        scale, offset = add(shape=shape, initializer="ones"), add(shape=shape, initializer="zeros")
        self.holder.built = True

        def forward(x):
            mean = tf.stop_gradient(tf.reduce_mean(x, -1, keepdims=True))
            x = x - mean  # a shift by any constant changes nothing, nor does its gradient
            mean, variance = tf.nn.moments(x, [-1], keepdims=True)
            return scale * (x - mean) / tf.sqrt(variance + self.eps) + offset

        self.forward = forward

    def call(self, inputs):
        return self.forward(inputs)


# %% columns_of_a_batch
"""Turned, the rows are the columns of a batch: batch normalization of these is the same."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        x = tf.transpose(tf.reshape(inputs, (-1, inputs.shape[-1])))
        mean, variance = keras.ops.moments(x, axes=0)
        y = keras.ops.batch_normalization(x, mean, variance, axis=-1, epsilon=self.eps)
        return tf.reshape(tf.transpose(y), tf.shape(inputs)) * self.scale + self.offset


# %% old_style
"""Written for Keras 2: its backend functions, and a vectorized map over the rows."""


class MyLayerNormalization(tf.keras.layers.Layer):
    def __init__(self, eps=0.001, **kwargs):
        super(MyLayerNormalization, self).__init__(**kwargs)
        self.eps = eps

    def build(self, batch_input_shape):
        self.alpha = self.add_weight(name="alpha", shape=batch_input_shape[-1:], initializer="ones")
        self.beta = self.add_weight(name="beta", shape=batch_input_shape[-1:], initializer="zeros")
        super(MyLayerNormalization, self).build(batch_input_shape)

    def call(self, X):
        def normalize(row):
            mean = tf.reduce_mean(row)
            variance = tf.reduce_mean((row - mean) ** 2)
            return (row - mean) / tf.sqrt(variance + self.eps)

        rows = tf.reshape(X, tf.stack([-1, X.shape[-1]]))
        rows = tf.vectorized_map(normalize, rows)
        return self.alpha * tf.reshape(rows, tf.shape(X)) + self.beta

    def compute_output_shape(self, batch_input_shape):
        return batch_input_shape

    def get_config(self):
        base_config = super(MyLayerNormalization, self).get_config()
        return {**base_config, "eps": self.eps}


# %% length_of_the_row
"""The variance is the square of the length, by `tf.norm`, whose gradient at 0 is met by a zero."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        centered = inputs - tf.reduce_mean(inputs, axis=-1, keepdims=True)
        length = tf.norm(centered, axis=-1, keepdims=True)
        variance = length**2 / inputs.shape[-1]
        return self.scale * centered / tf.sqrt(variance + self.eps) + self.offset
