# autograder exercise: residual_model
# Unit 6, Models, exercise 1: layers in layers, a shared block (about 60 minutes, 20 points)
# Fill in what says YOUR CODE HERE, then run: pytest exercises/residual_model.py

# %% [markdown]
# # A model with shortcuts
#
# *Unit 6, Models · about 60 minutes · 20 points. You need: Python classes; `keras.layers.Dense`;
# what a layer's weights are.*
#
# Stack more layers and a network can represent more, yet beyond some depth it often trains *worse*:
# every layer must first learn to hand on what the layer below found out, and a freshly initialized
# layer hands on a garbled version. A **residual block** takes this duty from its layers. It adds
# its inputs to what its layers make of them,
#
# $$h(x) = x + f(x),$$
#
# so the layers only learn the correction $f$, the *residual*. With all weights at zero the block
# hands on its inputs unchanged, and by $h'(x) = 1 + f'(x)$ the gradient reaches the layers below
# along the shortcut even while $f$ is of no use yet.
#
# You write such a block as a layer, `ResidualBlock`, and a regression model made of blocks,
# `ResidualRegressor`. No built-in layer does it for you, and nothing is switched off: use every
# layer and operation you like.

# %%
# To see it: autograder look exercises/residual_model.py
def look_at_a_deep_stack():
    """The size of the gradient at the inputs of 1, 10, 20 and 40 dense layers in a row."""
    import keras
    import tensorflow as tf

    inputs = tf.random.stateless_normal((8, 30), seed=(1, 2))
    for depth in (1, 10, 20, 40):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            values = inputs
            for seed in range(depth):  # as `Dense` starts, with a bias of zero
                kernel = keras.initializers.GlorotUniform(seed)((30, 30))
                values = tf.nn.relu(values @ kernel)
        gradient = tape.gradient(values, inputs)
        print(f"{depth:2} layers: {float(tf.norm(gradient)):.1e}")


# %% [markdown]
# ## The block
#
# `ResidualBlock(n_layers, n_neurons, **kwargs)` is a Keras layer. It owns `n_layers` dense layers,
# one after the other, each with `n_neurons` neurons, ReLU activation and the kernel initializer
# `"he_normal"`. Its output is the sum of its inputs and of what the last of them returns. Nothing
# comes after the sum.
#
# Inputs and outputs have the shape (batch, `n_neurons`): a sum needs two tensors of one shape.
#
# **An example.** Take `ResidualBlock(2, 2)`, give both dense layers the identity matrix as their
# kernel and the bias $(-2, 0.5)$, and feed it $x = (3, -2)$:
#
# | step | values |
# |---|---|
# | inputs | $(3, -2)$ |
# | first dense layer: $\max(0, (3, -2) + (-2, 0.5))$ | $(1, 0)$ |
# | second dense layer: $\max(0, (1, 0) + (-2, 0.5))$ | $(0, 0.5)$ |
# | output: $(3, -2) + (0, 0.5)$ | $(3, -1.5)$ |
#
# The shortcut spans all layers of the block at once, not each of them, and what comes out may be
# negative: ReLU belongs to the dense layers, not to the sum.

# %% [markdown]
# ## The model
#
# `ResidualRegressor(output_dim, **kwargs)` is a subclass of `keras.Model`. Its inputs, of shape
# (batch, features), pass in turn through
#
# 1. a dense layer of 30 neurons, ReLU, `"he_normal"`;
# 2. a `ResidualBlock(2, 30)`, applied **four times**: it is one block with one set of weights, and
#    it gets its own output back three times;
# 3. a second `ResidualBlock(2, 30)` with weights of its own, applied once;
# 4. a dense layer of `output_dim` neurons without activation, so that predictions may be negative.
#
# All numbers are at least 1. What is not named here is as in `keras.layers.Dense` by default;
# biases start at zero, for instance.
#
# Calling a layer object again uses its weights again; making another object makes other weights. So
# the model applies 12 dense layers, but owns 6. With a kernel and a bias each it has 12 variables,
# all of them trainable.
#
# A graph of layers in which one block gets its own output back is awkward to draw with
# `keras.Sequential`; in `call` it is a plain Python loop.
#
# ![Above, the block: x goes through two dense layers with ReLU, and by a shortcut around both of
# them to the sum x + f(x). Below, the model: a dense layer, block A four times in a row, which is
# one block with one set of weights, block B with weights of its own, and a dense layer with
# output_dim neurons.](residual_model.figure.png)

# %% [markdown]
# ## Saving
#
# A `.keras` file holds the weights and, for each object, a *configuration*: the dictionary that
# `get_config` returns. Loading makes a new object with `cls(**config)`, builds it and fills in the
# weights. Hence:
#
# - Each of your two classes needs a configuration with which its own constructor can be called
#   again: your `get_config` adds its arguments to what `super().get_config()` returns, which holds
#   the name among other things; the constructor hands what it does not know itself (`**kwargs`) to
#   `super()`.
# - Layers belong into the constructor. Keras finds them when they are attributes, or in lists and
#   dictionaries that are attributes. A layer made anew in each `call` starts with new random
#   weights each time, and nobody can find, train or save them.
# - You need no `build` method: the layers get their weights when the model is called first. Do not
#   call `model.build(shape)` without one, though Keras may advise it: the model then counts as
#   built, has no weights, and loads none, with no more than a warning. Call it on data instead.
#   Should you write one, it must build *every* sublayer. Otherwise loading a model calls your
#   `build`, takes the model for complete, and restores **not a single weight, without any
#   exception**. So compare the predictions and the number of weights of a loaded model, not just
#   that it loads.
# - Do not decorate `call` with `tf.function`. Keras traces `call` once to find out which weights to
#   make; a decorated one keeps this first trace, in which the weights do not exist yet. `compile`
#   and `fit` make graphs of your model without your help.

# %% [markdown]
# ## What is graded
#
# - **Numerics.** The block's outputs for given weights, for several `n_layers` and `n_neurons`, for
#   inputs of both signs; the number and the shapes of its weights, and what they start from. The
#   model's predictions for given weights and several `output_dim`, and which of its layers share
#   their weights.
# - **Gradients.** Gradients flow along the shortcut and through the layers, and reach every weight.
# - **Serialization.** Saved as `.keras` and loaded in a new process, with your classes as
#   `custom_objects`, a model keeps its predictions; so does another model that contains your block.
#   Weights saved on their own (`save_weights`) can be loaded into a second `ResidualRegressor`.
#   Blocks and models keep the names they were given.
# - **Graph.** The model runs as a graph that was traced once for a batch of unknown size, also
#   after its weights have changed. The block works on a `keras.Input`, in a functional model.
#
# Weights are told apart by their shapes and by what they do: call your attributes, layers and
# methods other than `call` and `get_config` what you like, and make the layers in any order. Only
# keep clear of the names that Keras uses itself, such as `layers`, `weights` and `path`. You may
# add imports, functions and classes. Models are saved, and load weights, after they have been
# called; Keras may warn that a layer has no `build()`, which costs nothing.
#
# Out of scope: inputs of another width than `n_neurons`, dtypes other than float32, and how well it
# learns.

# %%
import keras
import tensorflow as tf


# %%
class ResidualBlock(keras.layers.Layer):
    """Dense layers whose output is added to their input.

    Args:
        n_layers: how many dense layers there are.
        n_neurons: the width of each, and of the inputs.
    """

    def __init__(self, n_layers, n_neurons, **kwargs):
        # YOUR CODE HERE
        raise NotImplementedError()

    def call(self, inputs):
        """Return `inputs` plus what the layers make of them."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def get_config(self):
        """Return what the constructor needs to make this block again."""
        # YOUR CODE HERE
        raise NotImplementedError()


class ResidualRegressor(keras.Model):
    """A dense layer, a residual block applied four times, another one, and a linear output.

    Args:
        output_dim: how many numbers to predict for each input.
    """

    def __init__(self, output_dim, **kwargs):
        # YOUR CODE HERE
        raise NotImplementedError()

    def call(self, inputs):
        """Return the predictions, of shape (batch, `output_dim`)."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def get_config(self):
        """Return what the constructor needs to make this model again."""
        # YOUR CODE HERE
        raise NotImplementedError()


# %%
# To see it: autograder look exercises/residual_model.py
def look_at_my_model(figure):
    """Your model learns a curve from 256 noisy points: its loss in `fit`, and its predictions."""
    left, right = figure.subplots(1, 2)
    x = tf.linspace(-1.0, 1.0, 256)[:, None]
    y = tf.sin(5 * x) + tf.random.stateless_normal(x.shape, seed=(1, 2), stddev=0.15)
    model = ResidualRegressor(1)
    model.compile(keras.optimizers.Adam(0.002), "mse", jit_compile=False)
    history = model.fit(x, y, batch_size=16, epochs=12, verbose=0).history
    left.semilogy(range(1, 13), history["loss"])
    left.set(title="loss of your model in fit", xlabel="epoch")
    right.plot(x, y, ".", color="gray", label="data")
    right.plot(x, model(x), label="your model after 12 epochs")
    right.legend()


# %%
def test_block_adds_its_inputs():
    """numerics: a block whose weights are all zero returns its inputs"""
    block = ResidualBlock(2, 3)
    inputs = tf.constant([[1.0, -2.0, 0.5]])
    block(inputs)
    for weight in block.weights:
        weight.assign(tf.zeros(weight.shape))
    outputs = block(inputs).numpy().tolist()
    assert outputs == inputs.numpy().tolist(), (
        f"with all its weights at zero the block must return its inputs. It returned {outputs}"
    )


def test_block_gives_the_example():
    """numerics: the block of the example returns [[3, -1.5]], and one of 3 layers [[3, -1]]"""
    for n_layers, expected in (2, [[3.0, -1.5]]), (3, [[3.0, -1.0]]):
        block = ResidualBlock(n_layers, 2)
        inputs = tf.constant([[3.0, -2.0]])
        block(inputs)
        for weight in block.weights:
            weight.assign(tf.eye(2) if len(weight.shape) == 2 else [-2.0, 0.5])
        outputs = block(inputs).numpy().tolist()
        assert outputs == expected, (
            f"with the weights of the example, a block of {n_layers} layers returned {outputs}, "
            f"expected {expected}"
        )


def test_block_has_its_layers():
    """numerics: a block of 3 layers has three kernels and three biases"""
    block = ResidualBlock(3, 4)
    block(tf.ones((1, 4)))
    shapes = sorted(tuple(weight.shape) for weight in block.weights)
    assert shapes == [(4,)] * 3 + [(4, 4)] * 3, (
        f"ResidualBlock(3, 4) has three kernels and three biases. Its weights have shapes {shapes}"
    )


def test_model_has_12_trainable_variables():
    """numerics: the model has 12 trainable variables"""
    model = ResidualRegressor(2)
    predictions = model(tf.ones((5, 8)))
    assert tuple(predictions.shape) == (5, 2), (
        f"ResidualRegressor(2) makes 2 predictions for each of 5 inputs. Shape: {predictions.shape}"
    )
    trainable, all = len(model.trainable_weights), len(model.weights)
    assert trainable == all == 12, (
        f"6 dense layers have 12 variables, all trainable. The model has {all}, and {trainable} of "
        "them are trainable"
    )


def test_model_applies_its_blocks_five_times():
    """numerics: with blocks that multiply by 1.25, the model multiplies by 1.25 five times"""
    model = ResidualRegressor(1)
    inputs = tf.constant([[1.0] * 8, [-1.0] * 8])
    model(inputs)
    kernels = tf.ones((8, 30)) / 8, tf.eye(30) / 2, -tf.ones((30, 1)) / 30
    kernels = {tuple(kernel.shape): kernel for kernel in kernels}
    shapes = sorted(tuple(weight.shape) for weight in model.weights if len(weight.shape) == 2)
    assert shapes == [(8, 30), (30, 1)] + [(30, 30)] * 4, (
        f"the kernels have the shapes {shapes}, expected one (8, 30), one (30, 1), four (30, 30)"
    )
    for weight in model.weights:
        weight.assign(kernels.get(tuple(weight.shape), tf.zeros(weight.shape)))
    predictions = model(inputs).numpy().ravel()
    expected = [-(1.25**5), 0.0]
    assert abs(predictions - expected).max() < 1e-4, (
        f"for rows of 1 and of -1 the predictions are {predictions.tolist()}, expected {expected}"
    )


def test_every_variable_gets_a_gradient():
    """gradients: every trainable variable gets a gradient"""
    keras.utils.set_random_seed(1)
    model = ResidualRegressor(1)
    inputs = tf.random.normal((20, 8))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(inputs) ** 2)
    gradients = tape.gradient(loss, model.trainable_variables)
    missing = sum(gradient is None for gradient in gradients)
    assert gradients and not missing, f"{missing} of {len(gradients)} variables get no gradient"


def test_model_can_be_saved_and_loaded():
    """serialization: a model saved as `.keras` loads, and predicts the same"""
    import tempfile

    model = ResidualRegressor(3)
    inputs = tf.ones((2, 8))
    expected = model(inputs)
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        classes = {"ResidualBlock": ResidualBlock, "ResidualRegressor": ResidualRegressor}
        loaded = keras.models.load_model(f"{folder}/model.keras", custom_objects=classes)
    counts = len(model.weights), len(loaded.weights)
    assert counts[0] == counts[1], f"{counts[0]} weights were saved, but {counts[1]} loaded"
    error = float(tf.reduce_max(tf.abs(loaded(inputs) - expected)))
    assert error < 1e-4, f"the loaded model's predictions differ by up to {error}"


def test_block_in_a_functional_model():
    """graph: a functional model with a block takes batches of any size"""
    inputs = keras.Input((3,))
    model = keras.Model(inputs, ResidualBlock(2, 3)(inputs))
    assert model.output_shape == (None, 3), f"output shape: {model.output_shape}, not (None, 3)"
    shape = tuple(model(tf.ones((6, 3))).shape)
    assert shape == (6, 3), f"a batch of 6 gave the shape {shape}, expected (6, 3)"


def test_model_as_a_graph():
    """graph: one graph of the model takes batches of 2 and of 5"""
    model = ResidualRegressor(2)
    model(tf.ones((1, 8)))
    graph = tf.function(lambda inputs: model(inputs), autograph=False)
    graph = graph.get_concrete_function(tf.TensorSpec([None, 8], tf.float32))
    for size in (2, 5):
        inputs = tf.reshape(tf.range(8.0 * size), (size, 8)) / 10
        predictions, direct = graph(inputs), model(inputs)
        assert predictions.shape == direct.shape, (
            f"for a batch of {size} the graph gave the shape {predictions.shape}, a direct call "
            f"{direct.shape}"
        )
        error = float(tf.reduce_max(tf.abs(predictions - direct)))
        assert error < 1e-3, f"the graph's predictions differ from direct calls by up to {error}"
