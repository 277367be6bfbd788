# %% other_names_and_order
"""The bias comes first and starts at random, the names are short, and all is keras.ops."""


class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.n = units
        self.f = keras.activations.get(activation)

    def build(self, batch_input_shape):
        *_, d = batch_input_shape
        self.b = self.add_weight(name="b", shape=[self.n], initializer="random_normal")
        self.W = self.add_weight(name="W", shape=[d, self.n], initializer="he_normal")
        super().build(batch_input_shape)

    def call(self, X):
        return self.f(keras.ops.add(keras.ops.matmul(X, self.W), self.b))

    def get_config(self):
        base_config = super().get_config()
        base_config.update(units=self.n, activation=keras.activations.serialize(self.f))
        return base_config


# %% bias_as_a_row
"""The bias has the shape (1, units), no weight has a name, and None stays None."""


class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super(MyDense, self).__init__(**kwargs)
        self.units = int(units)
        self.activation = None if activation is None else keras.activations.get(activation)

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units))
        self.bias = self.add_weight(shape=(1, self.units))

    def call(self, inputs):
        z = inputs @ self.w + self.bias
        if self.activation is not None:
            z = self.activation(z)
        return z

    def get_config(self):
        config = super(MyDense, self).get_config()
        config["units"] = self.units
        config["activation"] = self.activation and keras.activations.serialize(self.activation)
        return config


# %% made_of_two_layers
"""Two layers of its own hold the weights; the dense layer only joins them."""


class Product(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], self.units))

    def call(self, inputs):
        return tf.tensordot(inputs, self.kernel, axes=1)


class Shift(keras.layers.Layer):
    def build(self, input_shape):
        self.bias = self.add_weight(name="bias", shape=(input_shape[-1],), initializer="zeros")

    def call(self, inputs):
        return inputs + self.bias


class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.product = Product(units, dtype=self.dtype_policy, trainable=self.trainable)
        self.shift = Shift(dtype=self.dtype_policy, trainable=self.trainable)
        self.last = keras.layers.Activation(activation, dtype=self.dtype_policy)

    def build(self, input_shape):
        self.product.build(input_shape)
        self.shift.build((*input_shape[:-1], self.units))

    def call(self, inputs):
        return self.last(self.shift(self.product(inputs)))

    def get_config(self):
        return super().get_config() | {
            "units": self.units,
            "activation": keras.activations.serialize(self.last.activation),
        }


# %% einsum
"""The product is an einsum, and the attributes are set before the base class is initialised."""


class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        self.units = units
        self.activation = keras.activations.get(activation)
        super().__init__(**kwargs)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units), initializer=keras.initializers.RandomUniform()
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="ones")

    def call(self, inputs, training=None):
        z = tf.einsum("...i,ij->...j", inputs, self.kernel) + self.bias
        return self.activation(z)

    def get_config(self):
        return {
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
            **super().get_config(),
        }


# %% registered
"""The class is registered under a package, and has its own from_config."""


@keras.saving.register_keras_serializable(package="course")
class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], self.units), initializer="glorot_uniform"
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")
        self.built = True

    def call(self, inputs):
        return self.activation(tf.nn.bias_add(tf.matmul(inputs, self.kernel), self.bias))

    def get_config(self):
        config = super().get_config()
        config["size"] = {"units": self.units}
        config["activation"] = keras.saving.serialize_keras_object(self.activation)
        return config

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        config["units"] = config.pop("size")["units"]
        config["activation"] = keras.saving.deserialize_keras_object(config["activation"])
        return cls(**config)


# %% compiled_call
"""The call is a tf.function, and the shape of the output is computed by hand."""


class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        self.input_spec = keras.layers.InputSpec(min_ndim=2, axes={-1: input_shape[-1]})
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], self.units), initializer="glorot_uniform"
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    @tf.function
    def call(self, inputs):
        if self.activation is None:
            return tf.matmul(inputs, self.kernel) + self.bias
        return self.activation(tf.matmul(inputs, self.kernel) + self.bias)

    def compute_output_shape(self, input_shape):
        return tf.TensorShape(input_shape[:-1]).concatenate([self.units])

    def get_config(self):
        return dict(
            super().get_config(),
            units=self.units,
            activation=keras.activations.serialize(self.activation),
        )


# %% plain_variables
"""The weights are keras.Variable objects, which Keras tracks like those of add_weight."""


class MyDense(MyDense):
    def build(self, input_shape):
        start = keras.initializers.GlorotNormal()
        dtype = self.variable_dtype
        self.kernel = keras.Variable(start((input_shape[-1], self.units)), dtype=dtype)
        self.bias = keras.Variable(tf.zeros((self.units,)), dtype=dtype)


# %% one_product_of_matrices
"""Inputs of higher rank become one matrix and get their shape back, by the shape at run time."""


class MyDense(MyDense):
    def call(self, inputs):
        rows = tf.reshape(inputs, (-1, inputs.shape[-1]))
        z = tf.matmul(rows, self.kernel) + self.bias
        outer = tf.shape(inputs)[:-1]
        return self.activation(tf.reshape(z, tf.concat([outer, [self.units]], axis=0)))

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)


# %% one_unit_after_the_other
"""Each unit is a sum of products, and the units are stacked."""


class MyDense(MyDense):
    def call(self, inputs):
        units = [
            keras.ops.sum(inputs * self.kernel[:, j], axis=-1) + self.bias[j]
            for j in range(self.units)
        ]
        return self.activation(keras.ops.stack(units, axis=-1))


# %% more_arguments
"""It can do more than was asked: initializers, regularizers, and a layer without a bias."""


class MyDense(keras.layers.Layer):
    def __init__(
        self,
        units,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        kernel_regularizer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if units <= 0:
            raise ValueError(f"units must be positive, got {units}")
        self.units = units
        self.activation = keras.activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[-1], self.units),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, inputs, training=False, mask=None):
        z = keras.ops.dot(inputs, self.kernel)
        return self.activation(z if self.bias is None else z + self.bias)

    def get_config(self):
        config = super().get_config()
        config.update(
            {
                "units": self.units,
                "activation": keras.activations.serialize(self.activation),
                "use_bias": self.use_bias,
                "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
                "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
            }
        )
        return config


# %% bias_made_early
"""The bias needs no input shape, so the constructor can make it."""


class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)
        self.bias = self.add_weight(name="bias", shape=(units,), initializer="zeros")

    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], self.units))

    def call(self, inputs):
        return self.activation(inputs @ self.kernel + self.bias)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
        }


# %% another_class_name
"""The class has another name, and MyDense is an alias of it."""


class Affine(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        # A name stays a name; only a function has to be turned into something that can be saved.
        self.given = activation
        if callable(activation):
            self.given = keras.activations.serialize(activation)
        self.activate = keras.activations.get(activation)

    def build(self, input_shape):
        self.params = {
            "W": self.add_weight(name="W", shape=(input_shape[-1], self.units)),
            "b": self.add_weight(name="b", shape=(self.units,)),
        }

    def call(self, x):
        return self.activate(tf.matmul(x, self.params["W"]) + self.params["b"])

    def get_config(self):
        return {**super().get_config(), "units": self.units, "activation": self.given}


MyDense = Affine


# %% inherited
"""A base class of one's own does the common part; the constructor names the base arguments."""


class Configured(keras.layers.Layer):
    def __init__(self, *, name=None, dtype=None, trainable=True, **options):
        super().__init__(name=name, dtype=dtype, trainable=trainable)
        self.options = options

    def get_config(self):
        return {**super().get_config(), **self.options}


class MyDense(Configured):
    def __init__(self, units, activation=None, **kwargs):
        self.function = keras.activations.get(activation)
        super().__init__(
            units=units, activation=keras.activations.serialize(self.function), **kwargs
        )

    def build(self, shape):
        units = self.options["units"]
        self.kernel = self.add_weight(name="kernel", shape=(shape[-1], units))
        self.bias = self.add_weight(name="bias", shape=(units,), initializer="zeros")

    def call(self, x, *args, **kwargs):
        x = tf.convert_to_tensor(x, self.compute_dtype)
        return self.function(tf.matmul(x, self.kernel) + self.bias)


# %% plain_configuration
"""The configuration holds the activation as it came; Keras itself serializes a function in it."""


class MyDense(MyDense):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(units, activation, **kwargs)
        self.arguments = {"units": units, "activation": activation}

    def get_config(self):
        return {**keras.layers.Layer.get_config(self), **self.arguments}


# %% transposed_on_the_way
"""The product is computed the other way round, and turned back."""


class MyDense(MyDense):
    def call(self, inputs):
        z = tf.matmul(self.kernel, inputs, transpose_a=True, transpose_b=True)
        return self.activation(tf.linalg.matrix_transpose(z) + self.bias)


# %% arguments_taken_apart
"""The signature is (*args, **kwargs), and a second base class looks after the activation."""


class Activated:
    def set_activation(self, activation):
        self.function = keras.activations.get(activation)

    def activation_config(self):
        return {"activation": keras.activations.serialize(self.function)}


class MyDense(Activated, keras.layers.Layer):
    def __init__(self, *args, **kwargs):
        given = dict(zip(("units", "activation"), args))
        given |= {key: kwargs.pop(key) for key in ("units", "activation") if key in kwargs}
        super().__init__(**kwargs)
        self.units = given["units"]
        self.set_activation(given.get("activation"))

    def build(self, input_shape):
        shape = tf.TensorShape(input_shape)
        self.kernel = self.add_weight(name="kernel", shape=(shape[-1], self.units))
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return self.function(tf.reduce_sum(inputs[..., None] * self.kernel, -2) + self.bias)

    def get_config(self):
        return {**super().get_config(), "units": self.units, **self.activation_config()}


# %% matrix_times_vector
"""`tf.linalg.matvec` takes the last axis for the vector; properties hide what holds the weights."""


class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self._given = {"units": units, "activation": activation}
        self._bend = keras.activations.get(activation)

    @property
    def units(self):
        return self._given["units"]

    def build(self, input_shape):
        self._variables_of_mine = [
            self.add_weight(shape=shape, initializer="he_uniform", name=name)
            for name, shape in (("w", (input_shape[-1], self.units)), ("b", (self.units,)))
        ]

    def call(self, x):
        kernel, bias = self._variables_of_mine
        rows = tf.linalg.matvec(kernel, tf.expand_dims(x, -2), transpose_a=True)
        return self._bend(tf.squeeze(rows, -2) + bias)

    def get_config(self):
        activation = keras.saving.serialize_keras_object(self._bend)
        return super().get_config() | {"units": self.units, "activation": activation}


# %% closure_made_in_build
"""`build` makes a function that knows the weights, and `call` hands on to it."""


class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units, self.activation = units, keras.activations.get(activation)

    def build(self, input_shape):
        kernel = self.add_weight(name="kernel", shape=(input_shape[-1], self.units))
        bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")
        self.forward = lambda inputs: self.activation(keras.ops.dot(inputs, kernel) + bias)
        self.built = True

    def call(self, inputs):
        return self.forward(inputs)

    def get_config(self):
        activation = keras.activations.serialize(self.activation)
        return dict(super().get_config(), units=self.units, activation=activation)


# %% old_backend
"""Written for Keras 2: its backend functions, `super` with arguments, an output shape."""


class MyDense(tf.keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super(MyDense, self).__init__(**kwargs)
        self.units = units
        self.activation = tf.keras.activations.get(activation)
        self.supports_masking = True

    def build(self, batch_input_shape):
        self.kernel = self.add_weight(
            name="kernel",
            shape=[batch_input_shape[-1], self.units],
            initializer=tf.keras.initializers.VarianceScaling(),
            trainable=True,
        )
        self.bias = self.add_weight(name="bias", shape=[self.units], initializer="zeros")
        super(MyDense, self).build(batch_input_shape)

    def call(self, X):
        return self.activation(tf.tensordot(X, self.kernel, [[-1], [0]]) + self.bias)

    def compute_output_shape(self, batch_input_shape):
        return tuple(batch_input_shape)[:-1] + (self.units,)

    def get_config(self):
        base_config = super(MyDense, self).get_config()
        return {
            **base_config,
            "units": self.units,
            "activation": tf.keras.activations.serialize(self.activation),
        }


# %% a_convolution
"""A convolution of width 1 over the rows is the same product."""


class MyDense(MyDense):
    def call(self, inputs):
        rows = tf.reshape(inputs, (1, -1, inputs.shape[-1]))
        z = tf.nn.convolution(rows, tf.convert_to_tensor(self.kernel)[tf.newaxis])
        z = tf.reshape(z, tf.concat([tf.shape(inputs)[:-1], [self.units]], 0))
        return self.activation(tf.ensure_shape(z, (*inputs.shape[:-1], self.units)) + self.bias)


# %% weights_of_a_layer_inside
"""A plain layer inside, which is never called, holds the weights."""


class MyDense(MyDense):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(units, activation, **kwargs)
        self.params = keras.layers.Layer(dtype=self.dtype_policy, trainable=self.trainable)

    def build(self, input_shape):
        add = self.params.add_weight
        self.kernel = add(name="kernel", shape=(input_shape[-1], self.units))
        self.bias = add(name="bias", shape=(self.units,), initializer="zeros")


# %% a_layer_for_each_weight
"""The constructor makes a layer for each weight, and `build` has them make their weights."""


class Parameter(keras.layers.Layer):
    def make(self, shape, initializer):
        self.value = self.add_weight(name="value", shape=shape, initializer=initializer)
        self.built = True

    def call(self):
        return self.value


class MyDense(MyDense):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(units, activation, **kwargs)
        self.holders = {name: Parameter(dtype=self.dtype_policy) for name in ("kernel", "bias")}

    def build(self, input_shape):
        self.holders["kernel"].make((input_shape[-1], self.units), "glorot_uniform")
        self.holders["bias"].make((self.units,), "zeros")

    def call(self, inputs):
        kernel, bias = self.holders["kernel"].value, self.holders["bias"].value
        return self.activation(tf.matmul(inputs, kernel) + bias)


# %% shape_given
"""The shape of the output is given, too, by both of the methods that Keras would ask."""


class MyDense(MyDense):
    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def compute_output_spec(self, inputs):
        shape = self.compute_output_shape(inputs.shape)
        return keras.KerasTensor(shape, dtype=self.compute_dtype)
