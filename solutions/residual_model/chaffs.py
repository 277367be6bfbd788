# %% no_shortcut loses="numerics gradients"
"""The inputs are lost: a residual block returns them plus what its layers make of them. Keep the
inputs under a name of their own while the layers work."""


class ResidualBlock(ResidualBlock):
    def call(self, inputs):
        for layer in self.hidden:
            inputs = layer(inputs)
        return inputs


# %% adds_the_wrong_inputs loses="numerics gradients"
"""The loop overwrites `inputs`, so the sum adds the layers' output to itself. Give the value that
wanders through the layers another name."""


class ResidualBlock(ResidualBlock):
    def call(self, inputs):
        for layer in self.hidden:
            inputs = layer(inputs)
        return inputs + inputs


# %% relu_after_the_sum loses="numerics"
"""Negative inputs do not come through: ReLU is applied to the sum, as in networks for images, or to
the inputs before they are added. Add the inputs as they are, and end with the sum."""


class ResidualBlock(ResidualBlock):
    def call(self, inputs):
        return tf.nn.relu(super().call(inputs))


# %% shortcut_around_each_layer loses="numerics"
"""Each layer has a shortcut of its own. The block has a single one: the inputs of the block are
added once, after the last layer."""


class ResidualBlock(ResidualBlock):
    def call(self, inputs):
        for layer in self.hidden:
            inputs = inputs + layer(inputs)
        return inputs


# %% shortcut_every_two_layers loses="numerics"
"""The inputs are added after the second layer, wherever the block ends. A block of three layers
adds them after the third: the sum comes after the loop."""


class ResidualBlock(ResidualBlock):
    def call(self, inputs):
        outputs = inputs
        for i, layer in enumerate(self.hidden):
            outputs = layer(outputs)
            if i == min(1, self.n_layers - 1):
                outputs = inputs + outputs
        return outputs


# %% returns_in_the_loop loses="numerics"
"""`return` is indented too far: it belongs after the loop. Within, it ends the call after the first
layer, and the others never get any weights."""


class ResidualBlock(ResidualBlock):
    def call(self, inputs):
        outputs = inputs
        for layer in self.hidden:
            outputs = layer(outputs)
            return inputs + outputs


# %% linear_layers loses="numerics"
"""The block's dense layers have no activation; a stack of linear layers is one linear layer."""


class ResidualBlock(ResidualBlock):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(n_layers, n_neurons, **kwargs)
        self.hidden = [
            keras.layers.Dense(n_neurons, kernel_initializer="he_normal") for _ in range(n_layers)
        ]


# %% last_layer_linear loses="numerics"
"""The last dense layer of the block has no activation, as if ReLU came after the sum. Here every
layer of the block has its ReLU."""


class ResidualBlock(ResidualBlock):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(n_layers, n_neurons, **kwargs)
        self.hidden = [
            keras.layers.Dense(
                n_neurons,
                activation="relu" if i < n_layers - 1 else None,
                kernel_initializer="he_normal",
            )
            for i in range(n_layers)
        ]


# %% elu loses="numerics"
"""The activation is ELU. It differs from ReLU below zero only; this exercise asks for ReLU."""


class ResidualBlock(ResidualBlock):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(n_layers, n_neurons, **kwargs)
        self.hidden = [
            keras.layers.Dense(n_neurons, activation="elu", kernel_initializer="he_normal")
            for _ in range(n_layers)
        ]


# %% always_two_layers loses="numerics"
"""The block has two layers whatever `n_layers` says. Make as many as are asked for, in a list."""


class ResidualBlock(ResidualBlock):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(n_layers, n_neurons, **kwargs)
        self.hidden = [
            keras.layers.Dense(n_neurons, activation="relu", kernel_initializer="he_normal")
            for _ in range(2)
        ]


# %% always_30_neurons loses="numerics gradients serialization graph"
"""The layers have 30 neurons whatever `n_neurons` says, so that the sum works in the model only."""


class ResidualBlock(ResidualBlock):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(n_layers, n_neurons, **kwargs)
        self.hidden = [
            keras.layers.Dense(30, activation="relu", kernel_initializer="he_normal")
            for _ in range(n_layers)
        ]


# %% one_layer_many_times loses="numerics"
"""A list times a number repeats the *same* layer object, so all places share one kernel and one
bias. Make a new layer for each place, for example in a list comprehension."""


class ResidualBlock(ResidualBlock):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(n_layers, n_neurons, **kwargs)
        layer = keras.layers.Dense(n_neurons, activation="relu", kernel_initializer="he_normal")
        self.hidden = [layer] * n_layers


# %% second_layer_reused loses="numerics"
"""Only two layers are made, and the second is applied again for all that follow. Two layers are
right for the model by chance; a block of three has three."""


class ResidualBlock(ResidualBlock):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(n_layers, n_neurons, **kwargs)
        self.hidden = self.hidden[:2]

    def call(self, inputs):
        outputs = self.hidden[0](inputs)
        for _ in range(self.n_layers - 1):
            outputs = self.hidden[1](outputs)
        return inputs + outputs


# %% default_initializer loses="numerics"
"""The kernels start from Dense's default, Glorot. He's initializer fits ReLU, which silences half
of the values."""


class ResidualBlock(ResidualBlock):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(n_layers, n_neurons, **kwargs)
        self.hidden = [keras.layers.Dense(n_neurons, activation="relu") for _ in range(n_layers)]


# %% he_uniform loses="numerics"
"""The initializer is `"he_uniform"`. It has the same variance, but the values are to come from
`"he_normal"`."""


class ResidualBlock(ResidualBlock):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(n_layers, n_neurons, **kwargs)
        self.hidden = [
            keras.layers.Dense(n_neurons, activation="relu", kernel_initializer="he_uniform")
            for _ in range(n_layers)
        ]


# %% first_layer_default_initializer loses="numerics"
"""The blocks start from he_normal, but the model's first layer does not. It has a ReLU, too."""


class ResidualRegressor(ResidualRegressor):
    def __init__(self, output_dim, **kwargs):
        super().__init__(output_dim, **kwargs)
        self.hidden = keras.layers.Dense(30, activation="relu")


# %% first_layer_linear loses="numerics"
"""The model's first layer has no activation. It is a hidden layer like any other: ReLU."""


class ResidualRegressor(ResidualRegressor):
    def __init__(self, output_dim, **kwargs):
        super().__init__(output_dim, **kwargs)
        self.hidden = keras.layers.Dense(30, kernel_initializer="he_normal")


# %% he_normal_on_the_output loses="numerics"
"""The output layer does not start from Dense's default initializer. He's is for layers with a ReLU,
which the output has not: leave its `kernel_initializer` out."""


class ResidualRegressor(ResidualRegressor):
    def __init__(self, output_dim, **kwargs):
        super().__init__(output_dim, **kwargs)
        self.out = keras.layers.Dense(output_dim, kernel_initializer="he_normal")


# %% regularized loses="numerics"
"""A regularizer adds to the loss that the model is trained with. That may help against overfitting,
but nobody asked for it here."""


class ResidualBlock(ResidualBlock):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(n_layers, n_neurons, **kwargs)
        self.hidden = [
            keras.layers.Dense(
                n_neurons,
                activation="relu",
                kernel_initializer="he_normal",
                kernel_regularizer=keras.regularizers.L2(1e-4),
            )
            for _ in range(n_layers)
        ]


# %% relu_on_the_output loses="numerics"
"""The output layer has a ReLU. A regression model must be able to predict negative numbers."""


class ResidualRegressor(ResidualRegressor):
    def __init__(self, output_dim, **kwargs):
        super().__init__(output_dim, **kwargs)
        self.out = keras.layers.Dense(output_dim, activation="relu")


# %% sigmoid_on_the_output loses="numerics"
"""The output layer squeezes its values between 0 and 1. A regression model needs no activation
there."""


class ResidualRegressor(ResidualRegressor):
    def __init__(self, output_dim, **kwargs):
        super().__init__(output_dim, **kwargs)
        self.out = keras.layers.Dense(output_dim, activation="sigmoid")


# %% one_output loses="numerics"
"""The model predicts one number whatever `output_dim` says."""


class ResidualRegressor(ResidualRegressor):
    def __init__(self, output_dim, **kwargs):
        super().__init__(output_dim, **kwargs)
        self.out = keras.layers.Dense(1)


# %% squeezes_one_output loses="numerics"
"""Dimensions of size 1 are squeezed away. The predictions keep the shape (batch, output_dim), also
for a single output or a single input."""


class ResidualRegressor(ResidualRegressor):
    def call(self, inputs):
        return tf.squeeze(super().call(inputs))


# %% once_too_few loses="numerics"
"""The first block is applied three times. "Applied four times" counts the first pass, too."""


class ResidualRegressor(ResidualRegressor):
    def call(self, inputs):
        outputs = self.hidden(inputs)
        for _ in range(3):
            outputs = self.block1(outputs)
        return self.out(self.block2(outputs))


# %% once_too_often loses="numerics"
"""The first block is applied five times: once, and four times more. Four is the number of passes
in all."""


class ResidualRegressor(ResidualRegressor):
    def call(self, inputs):
        outputs = self.block1(self.hidden(inputs))
        for _ in range(4):
            outputs = self.block1(outputs)
        return self.out(self.block2(outputs))


# %% first_block_only loses="numerics"
"""The first block does the work of the second as well, so that the model has 8 variables instead
of 12. The second block has weights of its own: make another object."""


class ResidualRegressor(ResidualRegressor):
    def call(self, inputs):
        outputs = self.hidden(inputs)
        for _ in range(5):
            outputs = self.block1(outputs)
        return self.out(outputs)


# %% five_blocks loses="numerics"
"""Each pass has a block of its own, so that the model has 24 variables instead of 12. To apply a
layer again means to call the same object again."""


class ResidualRegressor(ResidualRegressor):
    def __init__(self, output_dim, **kwargs):
        super().__init__(output_dim, **kwargs)
        self.blocks = [ResidualBlock(2, 30) for _ in range(4)]

    def call(self, inputs):
        outputs = self.hidden(inputs)
        for block in self.blocks:
            outputs = block(outputs)
        return self.out(self.block2(outputs))


# %% wrong_block_repeated loses="numerics"
"""The first block is applied once and the second four times; it is the other way round."""


class ResidualRegressor(ResidualRegressor):
    def call(self, inputs):
        outputs = self.block1(self.hidden(inputs))
        for _ in range(4):
            outputs = self.block2(outputs)
        return self.out(outputs)


# %% block_as_a_default loses="numerics"
"""Python evaluates a default once, with the `def`: all models get the same block, and training one
changes the others. Make the block in the constructor's body."""


class ResidualRegressor(ResidualRegressor):
    def __init__(self, output_dim, block=ResidualBlock(2, 30), **kwargs):
        super().__init__(output_dim, **kwargs)
        self.block1 = block


# %% arguments_swapped loses="numerics gradients serialization graph"
"""`ResidualBlock(30, 2)` is a block of 30 layers with 2 neurons each, whose output does not fit the
30 inputs. The number of layers comes first."""


class ResidualRegressor(ResidualRegressor):
    def __init__(self, output_dim, **kwargs):
        super().__init__(output_dim, **kwargs)
        self.block1 = ResidualBlock(30, 2)
        self.block2 = ResidualBlock(30, 2)


# %% shared_by_the_class loses="numerics gradients serialization graph"
"""The list of layers belongs to the class, so all blocks add their layers to the same list and go
through all of them. Make the list in the constructor, as `self.hidden = []`."""


class ResidualBlock(keras.layers.Layer):
    hidden = []

    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(**kwargs)
        self.n_layers = n_layers
        self.n_neurons = n_neurons
        for _ in range(n_layers):
            self.hidden.append(
                keras.layers.Dense(n_neurons, activation="relu", kernel_initializer="he_normal")
            )

    def call(self, inputs):
        outputs = inputs
        for layer in self.hidden:
            outputs = layer(outputs)
        return inputs + outputs

    def get_config(self):
        config = super().get_config()
        return {**config, "n_layers": self.n_layers, "n_neurons": self.n_neurons}


# %% layers_made_in_call loses="numerics gradients serialization graph"
"""The layers are made anew in each `call`: their weights are random each time, and nobody can find,
train or save them. Make layers in the constructor and keep them in attributes."""


class ResidualBlock(ResidualBlock):
    def call(self, inputs):
        outputs = inputs
        for _ in range(self.n_layers):
            outputs = keras.layers.Dense(
                self.n_neurons, activation="relu", kernel_initializer="he_normal"
            )(outputs)
        return inputs + outputs


# %% list_items_assigned loses="numerics gradients"
"""Keras does not find the block's layers: `weights` lacks them, and they are not trained. It looks
at attributes, and at lists and dictionaries when they become attributes. It neither notices a later
`self.hidden[i] = ...` (use `append`) nor sees into functions and objects of your own."""


class ResidualBlock(ResidualBlock):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(n_layers, n_neurons, **kwargs)
        self.hidden = [None] * n_layers
        for i in range(n_layers):
            self.hidden[i] = keras.layers.Dense(
                n_neurons, activation="relu", kernel_initializer="he_normal"
            )


# %% layers_in_an_object loses="numerics gradients serialization" like="list_items_assigned"
class Stack:
    def __init__(self, n_layers, n_neurons):
        self.layers = [
            keras.layers.Dense(n_neurons, activation="relu", kernel_initializer="he_normal")
            for _ in range(n_layers)
        ]


class ResidualBlock(ResidualBlock):
    def __init__(self, n_layers, n_neurons, **kwargs):
        keras.layers.Layer.__init__(self, **kwargs)
        self.n_layers, self.n_neurons = n_layers, n_neurons
        self.stack = Stack(n_layers, n_neurons)

    def call(self, inputs):
        outputs = inputs
        for layer in self.stack.layers:
            outputs = layer(outputs)
        return inputs + outputs


# %% compiled_call loses="numerics gradients serialization graph"
"""`call` is a `tf.function`. Keras traces it while the layers have no weights yet, and the graph
keeps the values that stood in for them. Leave `call` undecorated: Keras compiles by itself."""


class ResidualBlock(ResidualBlock):
    @tf.function
    def call(self, inputs):
        outputs = inputs
        for layer in self.hidden:
            outputs = layer(outputs)
        return inputs + outputs


class ResidualRegressor(ResidualRegressor):
    @tf.function
    def call(self, inputs):
        outputs = self.hidden(inputs)
        for _ in range(4):
            outputs = self.block1(outputs)
        return self.out(self.block2(outputs))


# %% shortcut_without_gradient loses="gradients"
"""No gradient takes the shortcut: `tf.stop_gradient` cuts it. The inputs are added as they are; a
tensor never changes, so there is nothing to protect."""


class ResidualBlock(ResidualBlock):
    def call(self, inputs):
        outputs = inputs
        for layer in self.hidden:
            outputs = layer(outputs)
        return tf.stop_gradient(inputs) + outputs


# %% detached_copy loses="gradients"
"""The layers work on a copy of the inputs that is cut off from the gradient, so the layers below
learn from the shortcut alone. Tensors need no copy: start with `outputs = inputs`."""


class ResidualBlock(ResidualBlock):
    def call(self, inputs):
        outputs = tf.stop_gradient(inputs)
        for layer in self.hidden:
            outputs = layer(outputs)
        return inputs + outputs


# %% passes_cut_off loses="gradients"
"""`tf.stop_gradient` comes between the passes through the first block, so no gradient reaches what
lies below the cut. It goes back through every pass: hand on the outputs as they are."""


class ResidualRegressor(ResidualRegressor):
    def call(self, inputs):
        outputs = self.hidden(inputs)
        for _ in range(4):
            outputs = self.block1(tf.stop_gradient(outputs))
        return self.out(self.block2(outputs))


# %% frozen_first_block loses="gradients"
"""A block is frozen by `trainable = False`. To use its weights several times does not mean to fix
them: all 12 variables are trained."""


class ResidualRegressor(ResidualRegressor):
    def __init__(self, output_dim, **kwargs):
        super().__init__(output_dim, **kwargs)
        self.block1.trainable = False


# %% leaves_the_tape loses="gradients serialization graph"
"""`call` turns tensors into NumPy arrays. The tape does not see what happens to arrays, and in a
graph there is nothing to turn: stay with operations of TensorFlow or Keras."""


class ResidualBlock(ResidualBlock):
    def call(self, inputs):
        outputs = inputs
        for layer in self.hidden:
            outputs = layer(outputs)
        return tf.constant(inputs.numpy() + outputs.numpy())


# %% model_without_get_config loses="serialization"
"""The model has no `get_config`, and Keras does not guess: for a model with arguments it raises
when the model is saved. Return the arguments besides what `super().get_config()` returns."""


class ResidualRegressor(keras.Model):
    def __init__(self, output_dim, **kwargs):
        super().__init__(**kwargs)
        self.hidden = keras.layers.Dense(30, activation="relu", kernel_initializer="he_normal")
        self.block1 = ResidualBlock(2, 30)
        self.block2 = ResidualBlock(2, 30)
        self.out = keras.layers.Dense(output_dim)

    def call(self, inputs):
        outputs = self.hidden(inputs)
        for _ in range(4):
            outputs = self.block1(outputs)
        return self.out(self.block2(outputs))


# %% output_dim_forgotten loses="serialization"
"""The model's configuration lacks `output_dim`, so a loaded model has the default number of
outputs and the saved weights do not fit."""


class ResidualRegressor(ResidualRegressor):
    def __init__(self, output_dim=1, **kwargs):
        super().__init__(output_dim, **kwargs)

    def get_config(self):
        config = super().get_config()
        del config["output_dim"]
        return config


# %% builds_half loses="serialization"
"""`build` does not build every sublayer. Loading calls it, takes the model for complete, and
restores no weights, without an exception. Build all sublayers in it, or leave `build` out."""


class ResidualRegressor(ResidualRegressor):
    def build(self, input_shape):
        self.built = True


# %% builds_the_first_layer loses="serialization"
"""`build` does not build every sublayer. Loading calls it, takes the model for complete, and
restores no weights, without an exception. Build all sublayers in it, or leave `build` out."""


class ResidualRegressor(ResidualRegressor):
    def build(self, input_shape):
        self.hidden.build(input_shape)
        self.built = True


# %% no_kwargs loses="serialization"
"""The block's constructor takes no `**kwargs`, but the configuration holds the name and more:
loading calls the constructor with all of it. Take them and hand them to `super().__init__`."""


class ResidualBlock(keras.layers.Layer):
    def __init__(self, n_layers, n_neurons):
        super().__init__()
        self.n_layers = n_layers
        self.n_neurons = n_neurons
        self.hidden = [
            keras.layers.Dense(n_neurons, activation="relu", kernel_initializer="he_normal")
            for _ in range(n_layers)
        ]

    def call(self, inputs):
        outputs = inputs
        for layer in self.hidden:
            outputs = layer(outputs)
        return inputs + outputs

    def get_config(self):
        config = super().get_config()
        return {**config, "n_layers": self.n_layers, "n_neurons": self.n_neurons}


# %% other_keys loses="serialization"
"""The keys of the block's configuration are not the names of the constructor's parameters; loading
passes them as keyword arguments. Here `units` should be `n_neurons`."""


class ResidualBlock(ResidualBlock):
    def get_config(self):
        config = super().get_config()
        config["units"] = config.pop("n_neurons")
        return config


# %% n_layers_forgotten loses="serialization"
"""The block's configuration lacks `n_layers`, so a loaded block has the default number of layers
and its saved weights do not fit."""


class ResidualBlock(ResidualBlock):
    def __init__(self, n_layers=2, n_neurons=30, **kwargs):
        super().__init__(n_layers, n_neurons, **kwargs)

    def get_config(self):
        config = super().get_config()
        del config["n_layers"]
        return config


# %% config_without_super loses="serialization"
"""A loaded block has lost its name. The block's `get_config` adds its arguments to what
`super().get_config()` returns; a `from_config` of your own hands on all of it, not just them."""


class ResidualBlock(ResidualBlock):
    def get_config(self):
        return {"n_layers": self.n_layers, "n_neurons": self.n_neurons}


# %% model_config_without_super loses="serialization"
"""A loaded model has lost its name. The model's `get_config` adds `output_dim` to what
`super().get_config()` returns; a `from_config` of your own hands on all of it, not just that."""


class ResidualRegressor(ResidualRegressor):
    def get_config(self):
        return {"output_dim": self.output_dim}


# %% from_config_without_the_name loses="serialization"
"""A loaded model has lost its name. The model's `get_config` adds `output_dim` to what
`super().get_config()` returns; a `from_config` of your own hands on all of it, not just that."""


class ResidualRegressor(ResidualRegressor):
    @classmethod
    def from_config(cls, config):
        return cls(config["output_dim"])


# %% block_swallows_kwargs loses="serialization"
"""The block does not get the name it is given. Its constructor takes `**kwargs`: hand them, as they
are, to `super().__init__`, which knows what to do with the name."""


class ResidualBlock(ResidualBlock):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(n_layers, n_neurons)


# %% kwargs_swallowed loses="serialization"
"""The model does not get the name it is given. Its constructor takes `**kwargs`: hand them, as they
are, to `super().__init__`, which knows what to do with the name."""


class ResidualRegressor(keras.Model):
    def __init__(self, output_dim, **kwargs):
        super().__init__()
        self.output_dim = output_dim
        self.hidden = keras.layers.Dense(30, activation="relu", kernel_initializer="he_normal")
        self.block1 = ResidualBlock(2, 30)
        self.block2 = ResidualBlock(2, 30)
        self.out = keras.layers.Dense(output_dim)

    def call(self, inputs):
        outputs = self.hidden(inputs)
        for _ in range(4):
            outputs = self.block1(outputs)
        return self.out(self.block2(outputs))

    def get_config(self):
        return {**super().get_config(), "output_dim": self.output_dim}


# %% weights_frozen_in_the_graph loses="graph"
"""In a graph the model computes with weights as they were when the graph was made: NumPy reads them
once, and what `fit` learns changes nothing. Call the layers, which read their variables."""


class ResidualRegressor(ResidualRegressor):
    def call(self, inputs):
        if not (tf.inside_function() and self.out.built):
            return super().call(inputs)
        with tf.init_scope():  # out of the graph
            kernel, bias = self.out.kernel.numpy(), self.out.bias.numpy()
        outputs = self.hidden(inputs)
        for _ in range(4):
            outputs = self.block1(outputs)
        return tf.matmul(self.block2(outputs), kernel) + bias


# %% batch_size_fixed loses="graph"
"""`call` uses the batch size of its inputs as a number. In a graph for batches of any size it is
None: leave it to operations that need not know it, or ask `tf.shape` for it."""


class ResidualRegressor(ResidualRegressor):
    def call(self, inputs):
        outputs = self.hidden(tf.reshape(inputs, (inputs.shape[0], inputs.shape[1])))
        total = tf.zeros((inputs.shape[0], 30)) + outputs
        for _ in range(4):
            total = self.block1(total)
        return self.out(self.block2(total))


# %% batch_size_remembered loses="serialization graph"
"""The model remembers the batch size of its first call, and cuts larger batches down to it. Batches
differ in size, the last of an epoch for example: keep nothing of the inputs in attributes."""


class ResidualRegressor(ResidualRegressor):
    def call(self, inputs):
        if not hasattr(self, "batch"):
            self.batch = inputs.shape[0]
        return super().call(inputs)[: self.batch]


# %% batch_row_by_row loses="serialization graph"
"""A Python loop over a tensor, be it the inputs or `tf.range`, cannot become part of a graph: Keras
traces without AutoGraph. Layers take the whole batch at once; to repeat them, use Python's
`range`."""


class ResidualRegressor(ResidualRegressor):
    def call(self, inputs):
        return tf.concat([super(ResidualRegressor, self).call(x[None]) for x in inputs], axis=0)


# %% shape_as_list loses="graph"
"""`compute_output_shape` calls `as_list`, as the shapes of earlier versions of Keras had it. Shapes
are tuples: return `input_shape`, or leave the method out."""


class ResidualBlock(ResidualBlock):
    def compute_output_shape(self, input_shape):
        return tf.TensorShape(input_shape.as_list()[:-1] + [self.n_neurons])


# %% super_forgotten loses="numerics gradients serialization graph"
"""The constructor of the base class is not called, so Keras cannot keep track of attributes. Call
`super().__init__(**kwargs)` before the first layer is made."""


class ResidualRegressor(ResidualRegressor):
    def __init__(self, output_dim, **kwargs):
        self.output_dim = output_dim
        self.hidden = keras.layers.Dense(30, activation="relu", kernel_initializer="he_normal")
        self.block1 = ResidualBlock(2, 30)
        self.block2 = ResidualBlock(2, 30)
        self.out = keras.layers.Dense(output_dim)


# %% kwargs_as_a_dictionary loses="numerics gradients serialization graph"
"""`super().__init__(kwargs)` passes one dictionary as an argument. Two stars unpack it into keyword
arguments: `super().__init__(**kwargs)`."""


class ResidualBlock(keras.layers.Layer):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(kwargs)
        self.n_layers = n_layers
        self.n_neurons = n_neurons
        self.hidden = [
            keras.layers.Dense(n_neurons, activation="relu", kernel_initializer="he_normal")
            for _ in range(n_layers)
        ]


# %% forward loses="numerics gradients serialization graph"
"""Keras calls the method `call`, and a class of yours has none: it has another name, or is indented
so far that it is a function inside the constructor. It belongs on the level of `__init__`."""


class ResidualBlock(keras.layers.Layer):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(**kwargs)
        self.n_layers = n_layers
        self.n_neurons = n_neurons
        self.hidden = [
            keras.layers.Dense(n_neurons, activation="relu", kernel_initializer="he_normal")
            for _ in range(n_layers)
        ]

    def forward(self, inputs):
        outputs = inputs
        for layer in self.hidden:
            outputs = layer(outputs)
        return inputs + outputs


# %% multiplied loses="numerics gradients"
"""The inputs are multiplied by what the layers make of them. A residual block adds the two; only so
does it hand on its inputs while its layers are silent."""


class ResidualBlock(ResidualBlock):
    def call(self, inputs):
        outputs = inputs
        for layer in self.hidden:
            outputs = layer(outputs)
        return inputs * outputs


# %% averaged loses="numerics gradients"
"""The block takes the mean of its inputs and of what its layers make of them, which halves both.
The sum is what is asked for."""


class ResidualBlock(ResidualBlock):
    def call(self, inputs):
        return super().call(inputs) / 2


# %% dropout loses="numerics"
"""In training, a part of the values is dropped. That may help against overfitting, but nobody asked
for it here."""


class ResidualBlock(ResidualBlock):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(n_layers, n_neurons, **kwargs)
        self.dropout = keras.layers.Dropout(0.5, seed=1)

    def call(self, inputs):
        outputs = inputs
        for layer in self.hidden:
            outputs = self.dropout(layer(outputs))
        return inputs + outputs


# %% dropout_in_the_model loses="numerics"
"""In training the model drops a part of the values before its output layer. Nobody asked for that:
predictions are the same in training."""


class ResidualRegressor(ResidualRegressor):
    def __init__(self, output_dim, **kwargs):
        super().__init__(output_dim, **kwargs)
        self.dropout = keras.layers.Dropout(0.5, seed=1)

    def call(self, inputs, training=None):
        outputs = self.hidden(inputs)
        for _ in range(4):
            outputs = self.block1(outputs)
        return self.out(self.dropout(self.block2(outputs), training=training))


# %% no_bias loses="numerics"
"""The block's dense layers have no bias. Each has a kernel and a bias."""


class ResidualBlock(ResidualBlock):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(n_layers, n_neurons, **kwargs)
        self.hidden = [
            keras.layers.Dense(
                n_neurons, activation="relu", kernel_initializer="he_normal", use_bias=False
            )
            for _ in range(n_layers)
        ]


# %% width_of_32 loses="numerics"
"""The model is 32 neurons wide. That is a round number, but 30 are asked for."""


class ResidualRegressor(ResidualRegressor):
    def __init__(self, output_dim, **kwargs):
        super().__init__(output_dim, **kwargs)
        self.hidden = keras.layers.Dense(32, activation="relu", kernel_initializer="he_normal")
        self.block1 = ResidualBlock(2, 32)
        self.block2 = ResidualBlock(2, 32)


# %% gradient_of_relu_ignored loses="gradients"
"""The gradient passes your ReLU as if it were not there. Where a neuron is silent its slope is 0:
`keras.activations.relu` and `tf.nn.relu` know that."""


@tf.custom_gradient
def straight(z):
    return tf.maximum(z, 0), lambda upstream: upstream


class ResidualBlock(ResidualBlock):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(n_layers, n_neurons, **kwargs)
        self.hidden = [
            keras.layers.Dense(n_neurons, activation=straight, kernel_initializer="he_normal")
            for _ in range(n_layers)
        ]


# %% repetition_by_tf_range loses="serialization graph" like="batch_row_by_row"
class ResidualRegressor(ResidualRegressor):
    def call(self, inputs):
        outputs = self.hidden(inputs)
        for _ in tf.range(4):
            outputs = self.block1(outputs)
        return self.out(self.block2(outputs))


# %% output_shape_without_build loses="serialization"
"""`compute_output_shape` without `build`: while a file is loaded, Keras asks for the shape instead
of tracing `call`, so the layers inside get no weights. Leave the method out, or build them all."""


class ResidualBlock(ResidualBlock):
    def compute_output_shape(self, input_shape):
        return input_shape


# %% relu_before_the_layers loses="numerics"
"""The layers get the inputs after a ReLU, as in networks with "pre-activation": what is negative
never reaches them. Give the first layer the inputs as they are."""


class ResidualBlock(ResidualBlock):
    def call(self, inputs):
        outputs = tf.nn.relu(inputs)
        for layer in self.hidden:
            outputs = layer(outputs)
        return inputs + outputs


# %% call_inside_the_constructor loses="numerics gradients serialization graph"
"""Keras calls the method `call`, and a class of yours has none: it has another name, or is indented
so far that it is a function inside the constructor. It belongs on the level of `__init__`."""


class ResidualBlock(keras.layers.Layer):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(**kwargs)
        self.n_layers, self.n_neurons = n_layers, n_neurons
        self.hidden = [
            keras.layers.Dense(n_neurons, "relu", kernel_initializer="he_normal")
            for _ in range(n_layers)
        ]

        def call(self, inputs):
            outputs = inputs
            for layer in self.hidden:
                outputs = layer(outputs)
            return inputs + outputs

    def get_config(self):
        config = super().get_config()
        return {**config, "n_layers": self.n_layers, "n_neurons": self.n_neurons}


# %% second_block_dropped loses="numerics gradients"
"""The second block is called, but what it returns is dropped. Hand it on to the output layer."""


class ResidualRegressor(ResidualRegressor):
    def call(self, inputs):
        outputs = self.hidden(inputs)
        for _ in range(4):
            outputs = self.block1(outputs)
        self.block2(outputs)
        return self.out(outputs)


# %% underscore_layers loses="serialization"
"""`_layers` is a name that Keras uses itself: what is kept there is not saved. Call the list
something else."""


class ResidualBlock(keras.layers.Layer):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(**kwargs)
        self.n_layers, self.n_neurons = n_layers, n_neurons
        self._layers = [
            keras.layers.Dense(n_neurons, "relu", kernel_initializer="he_normal")
            for _ in range(n_layers)
        ]

    def call(self, inputs):
        outputs = inputs
        for layer in self._layers:
            outputs = layer(outputs)
        return inputs + outputs

    def get_config(self):
        config = super().get_config()
        return {**config, "n_layers": self.n_layers, "n_neurons": self.n_neurons}


# %% inputs_dropped loses="numerics gradients serialization graph"
"""The block returns zeros, and so the predictions are the same for all inputs. Add the inputs to
the result of the layers."""


class ResidualBlock(ResidualBlock):
    def call(self, inputs):
        outputs = inputs
        for layer in self.hidden:
            outputs = layer(outputs)
        return tf.zeros_like(inputs + outputs)
