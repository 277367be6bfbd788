# %% other_names_and_order
"""The bias comes first and starts at random, the names are short, and all is keras.ops."""


class Bilinear(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super(Bilinear, self).__init__(**kwargs)
        self.k = int(units)

    def build(self, batch_input_shape):
        (*_, n), (*_, m) = batch_input_shape
        self.c = self.add_weight(name="c", shape=[self.k], initializer="random_normal")
        self.W = self.add_weight(name="W", shape=[n, m, self.k], initializer="he_normal")
        super().build(batch_input_shape)

    def call(self, X):
        return keras.ops.einsum("...i,ijk,...j->...k", X[0], self.W, X[1]) + self.c

    def get_config(self):
        base_config = super().get_config()
        base_config.update(units=self.k)
        return base_config


# %% table_of_products
"""The table of all products of a row becomes a row itself, and the kernel a matrix."""


class Bilinear(Bilinear):
    def call(self, inputs):
        a, b = inputs
        size = a.shape[-1] * b.shape[-1]
        products = tf.reshape(a[:, :, tf.newaxis] * b[:, tf.newaxis, :], (-1, size))
        return tf.matmul(products, tf.reshape(self.kernel, (size, self.units))) + self.bias


# %% first_one_side_then_the_other
"""`tensordot` contracts the first input with the kernel; the second is multiplied in and summed."""


class Bilinear(Bilinear):
    def call(self, inputs):
        half = tf.tensordot(inputs[0], self.kernel, axes=[[1], [0]])
        return tf.reduce_sum(half * tf.expand_dims(inputs[1], -1), axis=1) + self.bias


# %% one_unit_after_the_other
"""A loop over the units: each is a product of matrices, then a sum over the rows."""


class Bilinear(Bilinear):
    def call(self, inputs):
        a, b = inputs
        units = [
            tf.reduce_sum(tf.matmul(a, self.kernel[:, :, k]) * b, axis=1) + self.bias[k]
            for k in range(self.units)
        ]
        return tf.stack(units, axis=1)


# %% row_by_row
"""A vectorized map computes the formula for one pair of rows."""


class Bilinear(Bilinear):
    def call(self, inputs):
        def answer(rows):
            a, b = rows
            return tf.tensordot(b, tf.tensordot(a, self.kernel, axes=1), axes=1) + self.bias

        return tf.vectorized_map(answer, tuple(inputs))


# %% mapped
"""`tf.map_fn` goes through the rows, which is slow and right."""


class Bilinear(Bilinear):
    def call(self, inputs):
        kernel = tf.transpose(self.kernel, (2, 0, 1))
        answers = tf.map_fn(
            lambda rows: tf.linalg.matvec(tf.linalg.matvec(kernel, rows[1]), rows[0]),
            tuple(inputs),
            fn_output_signature=self.compute_dtype,
        )
        return tf.ensure_shape(answers, (None, self.units)) + self.bias


# %% stacks_of_matrices
"""Rows become matrices of one row and of one column, and `matmul` broadcasts over the units."""


class Bilinear(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        self.units = units
        super().__init__(**kwargs)

    def build(self, input_shape):
        sizes = [tf.TensorShape(shape)[-1] for shape in input_shape]
        self.kernel = self.add_weight(
            shape=(*sizes, self.units), initializer=keras.initializers.RandomUniform(-0.1, 0.1)
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="ones")

    def call(self, inputs, training=None, mask=None):
        a, b = (keras.ops.expand_dims(one, 1) for one in inputs)
        matrices = keras.ops.moveaxis(self.kernel, -1, 0)
        rows = keras.ops.matmul(keras.ops.expand_dims(a, 1), matrices)
        columns = keras.ops.swapaxes(keras.ops.expand_dims(b, 1), -1, -2)
        return keras.ops.reshape(keras.ops.matmul(rows, columns), (-1, self.units)) + self.bias

    def get_config(self):
        return {"units": self.units, **super().get_config()}


# %% made_of_two_layers
"""Two layers of its own hold the weights."""


class Form(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, shapes):
        shape = [size for _, size in shapes] + [self.units]
        self.w = self.add_weight(name="w", shape=shape, initializer="orthogonal")

    def call(self, inputs):
        return tf.einsum("bi,ijk,bj->bk", inputs[0], self.w, inputs[1])


class Shift(keras.layers.Layer):
    def build(self, shape):
        self.bias = self.add_weight(name="bias", shape=(shape[-1],), initializer="zeros")

    def call(self, inputs):
        return inputs + self.bias


class Bilinear(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        own = {"dtype": self.dtype_policy, "trainable": self.trainable}
        self.parts = [Form(units, **own), Shift(**own)]

    def build(self, input_shape):
        self.parts[0].build(input_shape)
        self.parts[1].build((None, self.units))

    def call(self, inputs):
        for part in self.parts:
            inputs = part(inputs)
        return inputs

    def get_config(self):
        return super().get_config() | {"units": self.units}


# %% wide_inside
"""Computed in float64 and cast back to the layer's dtype."""


class Bilinear(Bilinear):
    def call(self, inputs):
        a, b, kernel, bias = (
            tf.cast(tf.convert_to_tensor(one), "float64")
            for one in (*inputs, self.kernel, self.bias)
        )
        y = tf.einsum("zi,zj,ijk->zk", a, b, kernel) + bias
        return tf.cast(y, self.compute_dtype)


# %% gradient_by_hand
"""The form has a gradient of its own, written down for all three factors."""


class Bilinear(Bilinear):
    def call(self, inputs):
        @tf.custom_gradient
        def form(a, b, kernel):
            def grad(upstream):
                return (
                    tf.einsum("zk,ijk,zj->zi", upstream, kernel, b),
                    tf.einsum("zk,ijk,zi->zj", upstream, kernel, a),
                    tf.einsum("zk,zi,zj->ijk", upstream, a, b),
                )

            return tf.einsum("zi,ijk,zj->zk", a, kernel, b), grad

        return form(*inputs, tf.convert_to_tensor(self.kernel)) + self.bias


# %% compiled_call
"""The call is a tf.function, the inputs are specified, and the shape of the output is given."""


class Bilinear(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        n, m = input_shape[0][-1], input_shape[1][-1]
        self.input_spec = [keras.layers.InputSpec(ndim=2, axes={-1: size}) for size in (n, m)]
        self.kernel = self.add_weight(name="kernel", shape=(n, m, self.units))
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    @tf.function
    def call(self, inputs):
        a, b = inputs
        return tf.nn.bias_add(tf.einsum("bn,nmu,bm->bu", a, self.kernel, b), self.bias)

    def compute_output_shape(self, input_shape):
        return (input_shape[0][0], self.units)

    def get_config(self):
        return dict(super().get_config(), units=self.units)


# %% keras_variables
"""The weights are keras.Variable objects in a list; without a `get_config`, Keras 3 makes one."""


class Bilinear(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, shapes):
        start = keras.initializers.GlorotNormal()
        shape = (shapes[0][1], shapes[1][1], self.units)
        self.both = [
            keras.Variable(value, dtype=self.variable_dtype)
            for value in (start(shape), tf.zeros((self.units,)))
        ]

    def call(self, inputs):
        kernel, bias = self.both
        half = keras.ops.tensordot(inputs[1], kernel, axes=[[1], [1]])
        return keras.ops.sum(half * inputs[0][..., None], axis=1) + bias


# %% registered
"""The class is registered under a package, has another name, and its own from_config."""


@keras.saving.register_keras_serializable(package="course")
class Pairing(keras.layers.Layer):
    def __init__(self, units, *, name=None, dtype=None, trainable=True):
        super().__init__(name=name, dtype=dtype, trainable=trainable)
        if units < 1:
            raise ValueError(f"units must be positive, got {units}")
        self._settings = {"size": units}

    @property
    def units(self):
        return self._settings["size"]

    def build(self, input_shape):
        left, right = input_shape
        kernel = self.add_weight(shape=(left[-1], right[-1], self.units), name="w")
        bias = self.add_weight(shape=(self.units,), name="b")
        self.forward = lambda a, b: tf.einsum("zi,ijk,zj->zk", a, kernel, b) + bias
        self.built = True

    def call(self, pair):
        return self.forward(*pair)

    def get_config(self):
        return super().get_config() | {"settings": self._settings}

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        settings = config.pop("settings")
        config["dtype"] = keras.dtype_policies.deserialize(config["dtype"])
        return cls(settings["size"], **config)


Bilinear = Pairing


# %% more_arguments
"""It can do more than was asked: an activation, initializers, and a layer without a bias."""


class Bilinear(keras.layers.Layer):
    def __init__(
        self, units, activation=None, use_bias=True, kernel_initializer="he_uniform", **kwargs
    ):
        super().__init__(**kwargs)
        self.units, self.use_bias = units, use_bias
        self.activation = keras.activations.get(activation)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.bias = None
        if use_bias:
            self.bias = self.add_weight(name="bias", shape=(units,), initializer="zeros")

    def build(self, input_shape):
        if len(input_shape) != 2:
            raise ValueError(f"two inputs are needed, got shapes {input_shape}")
        self.kernel = self.add_weight(
            name="kernel",
            shape=[shape[-1] for shape in input_shape] + [self.units],
            initializer=self.kernel_initializer,
        )

    def call(self, inputs):
        a, b = map(tf.convert_to_tensor, inputs)
        z = tf.reduce_sum(a[:, :, None, None] * b[:, None, :, None] * self.kernel, axis=[1, 2])
        return self.activation(z if self.bias is None else z + self.bias)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "use_bias": self.use_bias,
            "activation": keras.activations.serialize(self.activation),
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }


# %% weights_of_a_layer_inside
"""A plain layer inside, which is never called, holds the weights."""


class Bilinear(Bilinear):
    def __init__(self, units, **kwargs):
        super().__init__(units, **kwargs)
        self.holder = keras.layers.Layer(dtype=self.dtype_policy, trainable=self.trainable)

    def build(self, input_shape):
        add = self.holder.add_weight
        self.kernel = add(shape=(*(shape[-1] for shape in input_shape), self.units))
        self.bias = add(shape=(self.units,), initializer="zeros")
        self.holder.built = True


# %% old_style
"""Written for Keras 2: `super` with arguments, an output shape, and a product of three."""


class Bilinear(tf.keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super(Bilinear, self).__init__(**kwargs)
        self.units = units

    def build(self, batch_input_shape):
        n = batch_input_shape[0][-1]
        m = batch_input_shape[1][-1]
        self.kernel = self.add_weight(
            name="kernel",
            shape=[n, m, self.units],
            initializer=tf.keras.initializers.VarianceScaling(),
            trainable=True,
        )
        self.bias = self.add_weight(name="bias", shape=[self.units], initializer="zeros")
        super(Bilinear, self).build(batch_input_shape)

    def call(self, X):
        a, b = X
        batch = tf.shape(a)[0]
        half = tf.matmul(a, tf.reshape(self.kernel, [a.shape[1], -1]))
        half = tf.reshape(half, tf.stack([batch, b.shape[1], self.units]))
        y = tf.matmul(half, b[:, :, tf.newaxis], transpose_a=True)
        return tf.squeeze(y, axis=2) + self.bias

    def compute_output_shape(self, batch_input_shape):
        return tf.TensorShape([batch_input_shape[0][0], self.units])

    def get_config(self):
        base_config = super(Bilinear, self).get_config()
        return {**base_config, "units": self.units}
