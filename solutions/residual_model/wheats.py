# %%
import functools

from keras import layers, ops

HE = {"activation": "relu", "kernel_initializer": "he_normal"}


# %% builds_everything
"""Both classes override `build`, and build every sublayer in it."""


class ResidualBlock(keras.layers.Layer):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(**kwargs)
        self.n_layers, self.n_neurons = n_layers, n_neurons
        self.hidden = [layers.Dense(n_neurons, **HE) for _ in range(n_layers)]

    def build(self, input_shape):
        for layer in self.hidden:
            layer.build(input_shape)
        self.built = True

    def call(self, inputs):
        Z = inputs
        for layer in self.hidden:
            Z = layer(Z)
        return inputs + Z

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        config = super().get_config()
        config.update({"n_layers": self.n_layers, "n_neurons": self.n_neurons})
        return config


class ResidualRegressor(ResidualRegressor):
    def build(self, input_shape):
        self.hidden.build(input_shape)
        for block in (self.block1, self.block2):
            block.build((None, 30))
        self.out.build((None, 30))
        super().build(input_shape)


# %% layers_made_in_build
"""The layers are made in `build`, where Keras allows it as well, and built at once."""


class ResidualBlock(keras.layers.Layer):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(**kwargs)
        self.n_layers = n_layers
        self.n_neurons = n_neurons

    def build(self, input_shape):
        self.hidden = []
        for i in range(self.n_layers):
            layer = layers.Dense(self.n_neurons, name=f"hidden_{i}", **HE)
            layer.build(input_shape)
            self.hidden.append(layer)
        super().build(input_shape)

    def call(self, inputs):
        return inputs + functools.reduce(lambda Z, layer: layer(Z), self.hidden, inputs)

    def get_config(self):
        base = super().get_config()
        return base | dict(n_layers=self.n_layers, n_neurons=self.n_neurons)


class ResidualRegressor(keras.Model):
    def __init__(self, output_dim, **kwargs):
        super().__init__(**kwargs)
        self.output_dim = output_dim

    def build(self, input_shape):
        self.out = layers.Dense(self.output_dim)
        self.out.build((None, 30))
        self.second = ResidualBlock(2, 30)
        self.second.build((None, 30))
        self.first = ResidualBlock(2, 30)
        self.first.build((None, 30))
        self.entry = layers.Dense(30, **HE)
        self.entry.build(input_shape)

    def call(self, inputs):
        Z = self.entry(inputs)
        Z = self.first(self.first(self.first(self.first(Z))))
        return self.out(self.second(Z))

    def get_config(self):
        return super().get_config() | {"output_dim": self.output_dim}


# %% block_is_a_model
"""The block is a `keras.Model`; so many draw it."""


class ResidualBlock(keras.Model):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(**kwargs)
        self.n_layers = n_layers
        self.n_neurons = n_neurons
        self.hidden = [layers.Dense(n_neurons, **HE) for _ in range(n_layers)]

    def call(self, inputs):
        Z = inputs
        for layer in self.hidden:
            Z = layer(Z)
        return layers.add([inputs, Z])

    def get_config(self):
        return {**super().get_config(), "n_layers": self.n_layers, "n_neurons": self.n_neurons}


# %% stack_is_a_sequential
"""The stack is a `keras.Sequential`, the sum an `Add` layer made in the constructor."""


class ResidualBlock(keras.layers.Layer):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(**kwargs)
        self._args = dict(n_layers=n_layers, n_neurons=n_neurons)
        self.stack = keras.Sequential([layers.Dense(n_neurons, **HE) for _ in range(n_layers)])
        self.add = layers.Add()

    def call(self, inputs):
        return self.add([self.stack(inputs), inputs])

    def get_config(self):
        return {**super().get_config(), **self._args}


# %% functional_inside
"""The block knows its width, so it may hold a functional model."""


class ResidualBlock(keras.layers.Layer):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(**kwargs)
        self.n_layers, self.n_neurons = n_layers, n_neurons
        inputs = Z = keras.Input((n_neurons,))
        for _ in range(n_layers):
            Z = layers.Dense(n_neurons, **HE)(Z)
        self.net = keras.Model(inputs, layers.Add()([inputs, Z]))

    def call(self, inputs):
        return self.net(inputs)

    def get_config(self):
        return {**super().get_config(), "n_layers": self.n_layers, "n_neurons": self.n_neurons}


# %% block_is_a_sequential
"""The block is a `keras.Sequential` that adds its inputs to what it would return."""


class ResidualBlock(keras.Sequential):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__([layers.Dense(n_neurons, **HE) for _ in range(n_layers)], **kwargs)
        self.n_layers, self.n_neurons = n_layers, n_neurons

    def call(self, inputs, training=None, mask=None):
        return inputs + super().call(inputs, training=training, mask=mask)

    def get_config(self):
        return {"name": self.name, "n_layers": self.n_layers, "n_neurons": self.n_neurons}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(**config)


# %% keras_records_the_arguments
"""The block has no `get_config`: Keras itself records a layer's arguments if they are numbers."""


class ResidualBlock(keras.layers.Layer):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(**kwargs)
        self.hidden = []
        for _ in range(n_layers):
            self.hidden.append(layers.Dense(n_neurons, **HE))

    def call(self, inputs):
        Z = inputs
        for layer in self.hidden:
            Z = layer(Z)
        Z += inputs
        return Z


# %% own_from_config
"""Configurations under keys of one's own, with a `from_config` that knows them."""


class ResidualBlock(ResidualBlock):
    def get_config(self):
        config = super().get_config()
        config["size"] = [config.pop("n_layers"), config.pop("n_neurons")]
        return config

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        return cls(*config.pop("size"), **config)


class ResidualRegressor(ResidualRegressor):
    def get_config(self):
        config = super().get_config()
        config["outputs"] = config.pop("output_dim")
        return config

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        return cls(config.pop("outputs"), **config)


# %% layers_in_dictionaries
"""Layers in a dictionary, in nested lists and under made-up attribute names are all tracked."""


class ResidualBlock(keras.layers.Layer):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(**kwargs)
        self.n_layers, self.n_neurons = n_layers, n_neurons
        for i in range(n_layers):
            setattr(self, f"dense_{i}", layers.Dense(n_neurons, **HE))

    def call(self, inputs):
        Z = inputs
        for i in range(self.n_layers):
            Z = getattr(self, f"dense_{i}")(Z)
        return tf.add(inputs, Z)

    def get_config(self):
        return {**super().get_config(), "n_layers": self.n_layers, "n_neurons": self.n_neurons}


class ResidualRegressor(keras.Model):
    def __init__(self, output_dim, **kwargs):
        super().__init__(**kwargs)
        self.output_dim = output_dim
        self.blocks = [[ResidualBlock(2, 30), 4], [ResidualBlock(2, 30), 1]]
        self.ends = {"last": layers.Dense(output_dim), "first": layers.Dense(30, **HE)}

    def call(self, inputs):
        Z = self.ends["first"](inputs)
        for block, times in self.blocks:
            for _ in range(times):
                Z = block(Z)
        return self.ends["last"](Z)

    def get_config(self):
        return {**super().get_config(), "output_dim": self.output_dim}


# %% registered
"""Registered for saving, in a package and under a name of its own."""


@keras.saving.register_keras_serializable(package="course")
class ResidualBlock(ResidualBlock):
    pass


@keras.saving.register_keras_serializable(package="course", name="Regressor")
class ResidualRegressor(ResidualRegressor):
    pass


# %% compiled_forward
"""The model's `call` is a `tf.function` with a loop in the graph. That is right because `build`
makes all weights before the first trace."""


class ResidualBlock(ResidualBlock):
    def build(self, input_shape):
        for layer in self.hidden:
            layer.build(input_shape)


class ResidualRegressor(ResidualRegressor):
    def build(self, input_shape):
        self.hidden.build(input_shape)
        for layer in (self.block1, self.block2, self.out):
            layer.build((input_shape[0], 30))

    @tf.function
    def call(self, inputs):
        Z = self.hidden(inputs)
        for _ in tf.range(4):
            Z = self.block1(Z)
        return self.out(self.block2(Z))


# %% more_arguments
"""Further arguments with defaults, objects where strings would do, and a `training` argument."""


class ResidualBlock(keras.layers.Layer):
    def __init__(self, n_layers, n_neurons, activation="relu", initializer="he_normal", **kwargs):
        self.n_layers = n_layers
        self.n_neurons = n_neurons
        super().__init__(**kwargs)
        self.activation = keras.activations.get(activation)
        self.initializer = keras.initializers.get(initializer)
        # The one initializer draws the same values for each layer; that is still he_normal.
        self.hidden = [
            layers.Dense(n_neurons, activation=self.activation, kernel_initializer=self.initializer)
            for _ in range(n_layers)
        ]

    def call(self, inputs, training=None):
        Z = inputs
        for layer in self.hidden:
            Z = layer(Z, training=training)
        return ops.add(inputs, Z)

    def get_config(self):
        return {
            **super().get_config(),
            "n_layers": self.n_layers,
            "n_neurons": self.n_neurons,
            "activation": keras.activations.serialize(self.activation),
            "initializer": keras.initializers.serialize(self.initializer),
        }


class ResidualRegressor(keras.Model):
    def __init__(self, output_dim, n_repeats=4, name="regressor", **kwargs):
        super().__init__(name=name, **kwargs)
        self.output_dim = output_dim
        self.n_repeats = n_repeats
        self.first = layers.Dense(30, **HE)
        self.blocks = [ResidualBlock(2, 30), ResidualBlock(2, 30)]
        self.last = layers.Dense(output_dim, activation="linear")

    def call(self, inputs, training=None, mask=None):
        Z = self.first(inputs)
        for block in self.n_repeats * [self.blocks[0]] + self.blocks[1:]:
            Z = block(Z, training=training)
        return self.last(Z)

    def get_config(self):
        config = super().get_config()
        return {**config, "output_dim": self.output_dim, "n_repeats": self.n_repeats}


# %% relu_on_its_own
"""ReLU is a layer or an operation of its own, and he_normal is spelled out."""


def he_normal():
    return keras.initializers.VarianceScaling(2.0, mode="fan_in", distribution="truncated_normal")


class ResidualBlock(keras.layers.Layer):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(**kwargs)
        self.n_layers = n_layers
        self.n_neurons = n_neurons
        self.stack = []
        for _ in range(n_layers):
            self.stack += [layers.Dense(n_neurons, kernel_initializer=he_normal()), layers.ReLU()]

    def call(self, x):
        shortcut = tf.identity(x)
        for layer in self.stack:
            x = layer(x)
        return tf.math.add_n([x, shortcut])

    def get_config(self):
        return {**super().get_config(), "n_layers": self.n_layers, "n_neurons": self.n_neurons}


class ResidualRegressor(ResidualRegressor):
    def __init__(self, output_dim, **kwargs):
        super().__init__(output_dim, **kwargs)
        self.hidden = layers.Dense(30, kernel_initializer=keras.initializers.HeNormal(seed=3))

    def call(self, x):
        x = tf.nn.relu(self.hidden(x))
        i = 0
        while i < 4:
            x, i = self.block1(x), i + 1
        x = self.block2(x)
        return self.out(x)


# %% shared_base_class
"""A base class of one's own holds what both classes share."""


class Configured:
    """Keeps the arguments that a subclass names in `ARGUMENTS`."""

    ARGUMENTS = ()

    def get_config(self):
        return {**super().get_config(), **{name: getattr(self, name) for name in self.ARGUMENTS}}


class ResidualBlock(Configured, keras.layers.Layer):
    ARGUMENTS = ("n_layers", "n_neurons")

    def __init__(self, *args, **kwargs):
        self.n_layers, self.n_neurons = args if args else map(kwargs.pop, self.ARGUMENTS)
        super().__init__(**kwargs)
        self.net = [self.dense() for _ in range(self.n_layers)]

    def dense(self):
        return layers.Dense(self.n_neurons, **HE)

    def call(self, inputs, *args, **kwargs):
        outputs = inputs
        for layer in self.net:
            outputs = layer(outputs)
        return outputs + inputs


class ResidualRegressor(Configured, keras.Model):
    ARGUMENTS = ("output_dim",)

    def __init__(self, output_dim=1, **kwargs):
        super().__init__(**kwargs)
        self.output_dim = int(output_dim)
        self.steps = [layers.Dense(30, **HE)]
        self.steps += [ResidualBlock(2, 30)] * 4
        self.steps += [ResidualBlock(2, 30), layers.Dense(output_dim)]

    def call(self, inputs):
        for step in self.steps:
            inputs = step(inputs)
        return inputs


# %% weights_of_its_own
"""The block makes kernels and biases itself, and multiplies; there is no dense layer in it."""


class ResidualBlock(keras.layers.Layer):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(**kwargs)
        self.n_layers, self.n_neurons = n_layers, n_neurons

    def build(self, input_shape):
        self.pairs = [
            (
                self.add_weight(
                    name=f"kernel_{i}",
                    shape=(self.n_neurons, self.n_neurons),
                    initializer="he_normal",
                ),
                self.add_weight(name=f"bias_{i}", shape=(self.n_neurons,), initializer="zeros"),
            )
            for i in range(self.n_layers)
        ]

    def call(self, inputs):
        Z = inputs
        for kernel, bias in self.pairs:
            Z = tf.nn.relu(tf.matmul(Z, kernel) + bias)
        return tf.add_n([inputs, Z])

    def get_config(self):
        return super().get_config() | {"n_layers": self.n_layers, "n_neurons": self.n_neurons}


# %% dense_of_its_own
"""A subclass of `Dense` knows its defaults; layers are attributes whose names are made up."""


class Hidden(layers.Dense):
    def __init__(self, units, activation="relu", kernel_initializer="he_normal", **kwargs):
        super().__init__(
            units, activation=activation, kernel_initializer=kernel_initializer, **kwargs
        )


class ResidualBlock(tf.keras.layers.Layer):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super(ResidualBlock, self).__init__(**kwargs)
        self.given = {"n_layers": n_layers, "n_neurons": n_neurons}
        for i in range(n_layers):
            setattr(self, f"hidden{i}", Hidden(n_neurons))

    def call(self, inputs):
        def after(i):
            return getattr(self, f"hidden{i}")(after(i - 1)) if i >= 0 else inputs

        return tf.keras.layers.add([inputs, after(self.given["n_layers"] - 1)])

    def get_config(self):
        base_config = super(ResidualBlock, self).get_config()
        return {**base_config, **self.given}


class ResidualRegressor(tf.keras.Model):
    def __init__(self, output_dim, **kwargs):
        super(ResidualRegressor, self).__init__(**kwargs)
        self.hidden1 = Hidden(30)
        self.block1, self.block2 = (ResidualBlock(2, 30) for _ in range(2))
        self.out = layers.Dense(output_dim)

    def call(self, inputs):
        Z = self.hidden1(inputs)
        for _ in range(1 + 3):
            Z = self.block1(Z)
        return self.out(self.block2(Z))

    def get_config(self):
        return {**super(ResidualRegressor, self).get_config(), "output_dim": self.out.units}


# %% path_through_the_model
"""The model lists its layers in the order of use, in which one comes four times."""


class ResidualRegressor(keras.Model):
    def __init__(self, output_dim, **kwargs):
        super().__init__(**kwargs)
        first, second = ResidualBlock(2, 30), ResidualBlock(2, 30)
        self.path_of_layers = [
            layers.Dense(30, **HE),
            *[first] * 4,
            second,
            layers.Dense(output_dim),
        ]
        self.config = {"output_dim": output_dim}

    def call(self, inputs, *, training=None):
        return functools.reduce(lambda Z, layer: layer(Z), self.path_of_layers, inputs)

    def get_config(self):
        return dict(super().get_config(), **self.config)


# %% remembers_its_shape
"""The block stores the shape it was built for, which it has only once it was called."""


class ResidualBlock(ResidualBlock):
    def build(self, input_shape):
        self.shape_built = tuple(input_shape)
        for layer in self.hidden:
            layer.build(input_shape)

    def get_build_config(self):
        return {"shape": self.shape_built}

    def build_from_config(self, config):
        self.build(config["shape"])
        self.built = True
