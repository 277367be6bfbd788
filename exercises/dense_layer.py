# autograder exercise: dense_layer
# Unit 5, Layers, exercise 1: weights, build, configuration (about 60 minutes, 20 points)
# Fill in what says YOUR CODE HERE, then run: pytest exercises/dense_layer.py

# %% [markdown]
# # A dense layer of your own
#
# *Unit 5, Layers · about 60 minutes · 20 points. You need: Python classes; products of matrices;
# what `keras.layers.Dense` is for.*
#
# Most of a neural network is one formula, repeated: multiply by a matrix, add a vector, bend the
# result. A layer that does this is called *dense*, as every output depends on every input.
#
# The formula fits into one line. What makes it a *layer* is the rest: its weights come into being
# when the first inputs show how many there are, Keras finds them for training and for saving, a
# file brings the layer back as it was, and a graph may be made of it before any data exists. Here
# you write such a layer, `MyDense`. Once you have written one, you can write any other.

# %%
# To see it: autograder look exercises/dense_layer.py
def look_at_an_unknown_weight():
    """A layer whose weight is a plain `tf.Variable` is called, and asked for its weights."""
    import keras
    import tensorflow as tf

    class Scaled(keras.layers.Layer):
        def build(self, input_shape):
            self.factor = tf.Variable(2.0)

        def call(self, inputs):
            return self.factor * inputs

    layer = Scaled()
    print("it doubles its inputs:", layer(tf.constant([[1.0, 3.0]])).numpy())
    print("weights that Keras would train and save:", layer.weights)


# %% [markdown]
# ## The formula
#
# A layer with $n$ inputs and $u$ units has a kernel $W$ of shape $(n, u)$ and a bias $b$ of shape
# $(u,)$. For a batch $X$ with one row for each sample, and an activation $\varphi$:
#
# $$
# Y = \varphi(X W + b)
# $$
#
# The bias is added to every row. Inputs may have more axes than two: a batch of 8 sequences with 20
# steps of 3 numbers has the shape $(8, 20, 3)$. The layer then treats every step alike. It
# transforms the *last* axis, and the others stay as they are: 5 units give the shape $(8, 20, 5)$.
#
# ![The shapes as blocks. The inputs X, with a row for each sample, times the kernel W, with a
# column for each unit, plus the bias b, added to every row, give after the activation the outputs
# Y, with a row for each sample and a column for each unit.](dense_layer.figure.png)

# %% [markdown]
# ## An example
#
# Two inputs and three units:
#
# $$
# x = \begin{pmatrix} 1 & 2 \end{pmatrix}, \qquad
# W = \begin{pmatrix} 1 & 0 & -1 \\ 2 & 1 & 0.5 \end{pmatrix}, \qquad
# b = \begin{pmatrix} 0 & -3 & 1 \end{pmatrix}
# $$
#
# | step | unit 1 | unit 2 | unit 3 |
# |---|---|---|---|
# | $xW$ | 5 | 2 | 0 |
# | $xW + b$ | 5 | −1 | 1 |
# | $\operatorname{relu}(xW + b)$ | 5 | 0 | 1 |
#
# The order matters. With the bias added after the activation, unit 2 would answer −1, which relu
# never does.

# %% [markdown]
# ## What to write
#
# A class `MyDense(units, activation=None, **kwargs)`, a subclass of `keras.layers.Layer`, with
# these methods:
#
# - The constructor takes the number of units, the activation, and in `**kwargs` the arguments that
#   all layers have, such as `name`, `dtype` and `trainable`.
# - `activation` is `None` (then the layer is linear), the name of any activation that Keras knows,
#   like `"relu"`, or a function of a tensor (layers and other callable objects are out of scope).
# - `build(input_shape)` creates the two weights. Keras calls it once, before the first call of the
#   layer. The shape is a tuple, or a list where Keras loads a file; its last entry is the number of
#   inputs, and others may be `None`.
# - `call(inputs)` returns $\varphi(X W + b)$ for inputs of any rank from 2 on, in the layer's
#   dtype, and the same in training (`training=True`) as outside of it; it needs no parameter for
#   that, Keras knows which ones it has.
# - `get_config()` returns a dictionary from which the layer can be made again, by your
#   `from_config` if you write one. In which form it holds the activation is up to you.
#
# Both weights are trainable, unless the layer is made with `trainable=False`, and have the dtype of
# the layer. They may belong to a layer inside yours, if `layer.weights` holds these two and no
# more. The kernel starts at random, such that no two units are alike. With which random numbers,
# and where the bias starts, is up to you, as are the names of weights and attributes; only keep
# clear of those that Keras uses itself, such as `weights`, `path` and `dtype`. You may add imports,
# functions and classes of your own.
#
# When you are done, this works:
#
# ```python
# model = keras.Sequential([keras.Input((3,)), MyDense(8, activation="relu"), MyDense(1)])
# model.save("dense.keras")
# again = keras.saving.load_model("dense.keras", custom_objects={"MyDense": MyDense})
# ```
#
# `keras.layers.Dense`, `keras.layers.EinsumDense` and the old copy in
# `tensorflow.python.keras.layers` are switched off: a call of one of them, or of a class derived
# from one, raises when your work is graded, and in the public tests, too. The rest of Keras and
# TensorFlow is yours, `keras.activations` included.

# %% [markdown]
# ## Traps
#
# **A name is not a function.** `"relu"` cannot be called, and neither can `None`. Turn what the
# constructor gets into a function, once and in the constructor: while Keras loads a file, it knows
# the functions that were given as `custom_objects`, and after that it does not.
#
# **Keras tracks its own variables only.** Weights come from
# `self.add_weight(name=..., shape=..., initializer=...)`, with the name given by keyword. A plain
# `tf.Variable` computes just as well, but Keras 3 does not know of it: `fit` leaves it unchanged,
# and a saved file does not contain it.
#
# **The dtype is the layer's business.** `MyDense(4, dtype="float64")` computes in double precision
# without a line of yours, if none of your lines says `float32`. Keras casts the inputs before it
# calls `call`, and `add_weight` takes the layer's dtype. Only a layer that you use inside yours has
# a dtype of its own: pass it `dtype=self.dtype_policy`.
#
# **A shape may be unknown.** While a graph is traced, `inputs.shape` can be `(None, None, 3)`. Only
# the last entry is sure to be a number. NumPy and Python's `if` and `for` on tensors do not get
# into the graph at all.
#
# **A configuration consists of the constructor's arguments**: those of the base class, which
# `super().get_config()` returns, and yours, in a form that JSON can hold. A number is in such a
# form, a function is not; `keras.activations` has functions for both directions. The weights do not
# belong there, as Keras saves them elsewhere. A layer may be asked for its configuration before it
# is built.
#
# **Less is needed than old books say.** Called on a `keras.Input`, a layer of Keras 3 finds the
# shape of its output without `compute_output_shape`. If you write it nevertheless: it gets a plain
# tuple, and all axes but the last come back unchanged.

# %% [markdown]
# ## What is graded
#
# - **Numerics**: the answers for given weights, with no activation, with activations by name and by
#   function (one that looks at all units of a row, like softmax, is among them), for inputs of rank
#   2, 3 and 4, and for a layer with `dtype="float64"`; the kernel's shape, and the number of values
#   in the bias.
# - **Gradients**: the gradients in the inputs, in the kernel and in the bias; one step of gradient
#   descent with `layer.trainable_weights` (the kernel and the bias, and no more; the layer adds no
#   losses of its own: `layer.losses` is empty); and that the units start with different kernels.
# - **Serialization**: a layer loaded in a new process has its units, its activation (a function of
#   one's own is given as one of the `custom_objects`), and the `name`, `dtype` and `trainable` it
#   was made with, whether it had been built or not; a model saved as a `.keras` file has its
#   weights again.
# - **Graph**: a graph traced once, with the batch size unknown, answers what direct calls answer,
#   for every batch size, also after the weights have changed; a Functional model with inputs of
#   shape `(None, None, 3)` and two layers that were given no name knows the shape of its output and
#   works.
#
# Weights are found by their shapes, never by their names or their order. A lambda cannot be saved,
# so no check uses one. Integer inputs, sparse inputs and mixed precision are out of scope.

# %%
import keras
import numpy as np
import tensorflow as tf


# %%
class MyDense(keras.layers.Layer):
    """A densely connected layer: `activation(inputs @ kernel + bias)`.

    Args:
        units: the number of outputs.
        activation: None for none, the name of a Keras activation, or a function.
        **kwargs: the arguments of `keras.layers.Layer`, such as `name` and `dtype`.
    """

    def __init__(self, units, activation=None, **kwargs):
        # YOUR CODE HERE
        raise NotImplementedError()

    def build(self, input_shape):
        """Create the kernel and the bias; the last entry of `input_shape` counts the inputs."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def call(self, inputs):
        """Return `activation(inputs @ kernel + bias)`."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def get_config(self):
        """Return the base class' configuration together with `units` and `activation`."""
        # YOUR CODE HERE
        raise NotImplementedError()


# %%
# To see it: autograder look exercises/dense_layer.py
def look_at_my_layer(figure):
    """What your layer is made of, three units with tanh, and what it makes of four samples."""
    inputs = np.array([[1, 2], [0, 1], [-1, 1], [2, -1]], "float32")
    layer = MyDense(3, activation="tanh")
    outputs = layer(inputs)
    shown = [("inputs", inputs)]
    shown += [(f"weight {tuple(one.shape)}", one) for one in layer.weights]
    shown += [("outputs", outputs)]
    for axes, (title, values) in zip(figure.subplots(1, len(shown)), shown, strict=True):
        values = np.atleast_2d(np.asarray(values))
        axes.imshow(values, "RdBu", vmin=-3, vmax=3)
        for (row, column), value in np.ndenumerate(values):
            axes.text(column, row, f"{value:.2f}", ha="center", va="center")
        axes.set_title(title)
        axes.set_axis_off()


# %%
def with_weights(layer, kernel, bias):
    """Build a layer and set its weights, whatever their names and their order."""
    kernel, bias = np.array(kernel, "float32"), np.array(bias, "float32")
    layer(np.zeros((1, len(kernel)), "float32"))
    all = [tuple(weight.shape) for weight in layer.weights]
    trainable = [tuple(weight.shape) for weight in layer.trainable_weights]
    assert len(trainable) == len(all) == 2, (
        f"a layer has a kernel and a bias, both trainable. Its weights have the shapes {all}, its "
        f"trainable weights {trainable}"
    )
    for weight in layer.trainable_weights:
        values = kernel if tuple(weight.shape) == kernel.shape else bias
        weight.assign(np.reshape(values, weight.shape))
    return layer


EXAMPLE = [[1, 0, -1], [2, 1, 0.5]], [0, -3, 1]
ROW = np.array([[1.0, 2.0]], "float32")


def test_worked_example():
    """numerics: with relu, the weights of the example answer [[5, 0, 1]]"""
    got = np.asarray(with_weights(MyDense(3, activation="relu"), *EXAMPLE)(ROW))
    assert np.allclose(got, [[5, 0, 1]]), f"relu(x W + b): got {got}, expected [[5, 0, 1]]"


def test_no_activation():
    """numerics: without an activation, they answer [[5, -1, 1]]"""
    got = np.asarray(with_weights(MyDense(3), *EXAMPLE)(ROW))
    assert np.allclose(got, [[5, -1, 1]]), f"x W + b: got {got}, expected [[5, -1, 1]]"


def test_function_as_activation():
    """numerics: an activation may be a function, like `tf.square`"""
    got = np.asarray(with_weights(MyDense(3, activation=tf.square), *EXAMPLE)(ROW))
    assert np.allclose(got, [[25, 1, 1]]), f"square(x W + b): got {got}, expected [[25, 1, 1]]"


def test_name_of_an_activation():
    """numerics: an activation may be any that Keras knows by name, like `"hard_sigmoid"`"""
    got = np.asarray(with_weights(MyDense(3, activation="hard_sigmoid"), *EXAMPLE)(ROW))
    expected = [[1, 1 / 3, 2 / 3]]
    assert np.allclose(got, expected), f"hard_sigmoid(x W + b): got {got}, expected {expected}"


def test_sequences():
    """numerics: 5 units make the shape (8, 20, 5) of (8, 20, 3)"""
    got = MyDense(5, activation="tanh")(np.ones((8, 20, 3), "float32")).shape
    assert tuple(got) == (8, 20, 5), f"MyDense(5) made {got} of (8, 20, 3), not (8, 20, 5)"


def test_gradients_reach_both_weights():
    """gradients: the kernel and the bias get a gradient"""
    layer = with_weights(MyDense(3), *EXAMPLE)
    with tf.GradientTape() as tape:
        y = layer(ROW)
    got = tape.gradient(y, layer.trainable_weights)
    assert all(one is not None for one in got), f"gradients of kernel and bias: got {got}"


def test_configuration():
    """serialization: made again from its configuration, the layer answers alike"""
    layer = MyDense(3, activation="relu", name="hidden")
    assert layer.name == "hidden", f"a layer with the name 'hidden' is called {layer.name!r}"
    again = MyDense.from_config(layer.get_config())
    assert again.name == "hidden", f"the name was 'hidden', and came back as {again.name!r}"
    got = np.asarray(with_weights(again, *EXAMPLE)(ROW))
    assert np.allclose(got, [[5, 0, 1]]), f"relu(x W + b), made again: got {got}, not [[5, 0, 1]]"


def test_functional_model():
    """graph: a functional model of two layers works for any batch size"""
    inputs = keras.Input((2,))
    model = keras.Model(inputs, MyDense(1)(MyDense(4, activation="relu")(inputs)))
    assert model.output_shape == (None, 1), f"output shape: {model.output_shape}, not (None, 1)"
    got = model(np.ones((6, 2), "float32")).shape
    assert tuple(got) == (6, 1), f"a batch of 6 gave the shape {got}, not (6, 1)"
