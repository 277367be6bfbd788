# %% [markdown] unit="5 Layers" step=4 minutes=40 teaches="two inputs, a weight of three axes"
# # A layer with two inputs
#
# Some questions are about two things at once: does this user like that film, does this answer fit
# that question, which relation holds between these two words? A dense layer that gets both vectors,
# one after the other, can only add up what each of them says alone. What matters is how they go
# *together*: a film that one user loves is one that another switches off.
#
# The simplest layer that sees both together multiplies every entry of the one with every entry of
# the other, and learns a weight for each product. For a fixed first input it is linear in the
# second, and for a fixed second input linear in the first. So it is called *bilinear*. You write it
# as a class, `Bilinear`. New beside `dense_layer` are the second input, and a weight of three axes.

# %% tags=["look"]
def look_at_two_users():
    """One user loves what the other switches off: the best sum of what each input says alone."""
    import numpy as np

    user, film = np.array([1, 1, -1, -1]), np.array([1, -1, 1, -1])
    likes = np.array([1, -1, -1, 1])
    both = np.stack([user, film, np.ones(4)], axis=1)
    weights = np.linalg.lstsq(both, likes, rcond=None)[0]
    print("likes:         ", likes)
    print("best sum:      ", (both @ weights).round(2) + 0.0)
    print("user times film:", user * film)


# %% [markdown] needs="`dense_layer`; products of matrices"
# ## The formula
#
# Let $a$ have $n$ entries and $b$ have $m$. For each of its units, the layer has a matrix $W_k$ of
# shape $(n, m)$ and a number $c_k$:
#
# $$
# y_k = a^\top W_k \, b + c_k = \sum_{i=1}^n \sum_{j=1}^m a_i \, W_{ijk} \, b_j + c_k .
# $$
#
# The matrices are one weight of three axes, the kernel $W$ of shape $(n, m, \text{units})$, whose
# last axis counts the units. The numbers $c_k$ are the bias, of shape $(\text{units},)$.
#
# In a batch, the first row of $a$ belongs to the first row of $b$, the second to the second, and so
# on. Two inputs of shapes $(\text{batch}, n)$ and $(\text{batch}, m)$ make one output of shape
# $(\text{batch}, \text{units})$.

# %% [markdown]
# ## An example
#
# Two entries against three, and two units:
#
# $$
# a = \begin{pmatrix} 1 & 2 \end{pmatrix}, \quad
# b = \begin{pmatrix} 3 & 0 & -1 \end{pmatrix}, \quad
# W_1 = \begin{pmatrix} 1 & 0 & 2 \\ 0 & 1 & 1 \end{pmatrix}, \quad
# W_2 = \begin{pmatrix} 0 & 1 & 0 \\ 2 & 0 & 0 \end{pmatrix}, \quad
# c = \begin{pmatrix} 10 & -5 \end{pmatrix}
# $$
#
# | step | unit 1 | unit 2 |
# |---|---|---|
# | $a^\top W_k$ | (1, 2, 4) | (4, 1, 0) |
# | times $b$, added up | $3 + 0 - 4 = -1$ | $12 + 0 + 0 = 12$ |
# | plus $c_k$ | 9 | 7 |
#
# The products are those of the table $a_i b_j$, which has a row for each entry of $a$ and a column
# for each entry of $b$:
#
# | | 3 | 0 | −1 |
# |---|---|---|---|
# | **1** | 3 | 0 | −1 |
# | **2** | 6 | 0 | −2 |
#
# Unit 1 takes $1 \cdot 3 + 2 \cdot (-1) + 1 \cdot 0 + 1 \cdot (-2) = -1$ of it, and unit 2 takes
# $1 \cdot 0 + 2 \cdot 6 = 12$.
#
# ![The example as tables: all products of an entry of a with one of b, the matrix of each unit, and
# product times weight, entry by entry. Added up, unit 1 has minus 1, plus 10 is 9; unit 2 has 12,
# minus 5 is 7.](figure.png)

# %% [markdown]
# ## What to write
#
# A class `Bilinear(units, **kwargs)`, a subclass of `keras.layers.Layer`, with these methods:
#
# - The constructor takes the number of units, and in `**kwargs` the arguments that all layers have,
#   such as `name`, `dtype` and `trainable`.
# - `build(input_shape)` creates the two weights. As the layer is called on a list of two inputs,
#   Keras calls `build` with a list of two shapes. Each is a tuple, or a list where Keras loads a
#   file; the last entry of each is a number, and the first may be `None`.
# - `call(inputs)` gets the list `[a, b]` of two tensors of shapes (batch, n) and (batch, m), and
#   returns one of shape (batch, units), in the layer's dtype, and the same in training
#   (`training=True`) as outside of it.
# - `get_config()` returns a dictionary from which the layer can be made again.
#
# The layer has two weights and no more: the kernel of shape $(n, m, \text{units})$, with its axes
# in this order, and the bias of shape $(\text{units},)$. Both are trainable, unless the layer is
# made with `trainable=False`, and have the dtype of the layer. They may belong to a layer inside
# yours, which `build` builds and which has the dtype of yours. The kernel starts at random, such
# that no two units are equal; `initializer="glorot_uniform"` will do. With which random numbers,
# and where the bias starts, is up to you, as are the names of weights and attributes; only keep
# clear of those that Keras uses itself, such as `weights`, `path` and `dtype` (`kernel` and `bias`
# are free). You may add imports, functions and classes of your own.
#
# When you are done, this works:
#
# ```python
# user, film = keras.Input((3,)), keras.Input((5,))
# likes = keras.layers.Dense(1, activation="sigmoid")(Bilinear(4)([user, film]))
# model = keras.Model([user, film], likes)
# model.save("likes.keras")
# again = keras.saving.load_model("likes.keras", custom_objects={"Bilinear": Bilinear})
# ```
#
# **Switched off**: nothing. Keras has no such layer, and all of its operations are yours.

# %% [markdown]
# ## Traps
#
# **A list of shapes is not a shape.** In `dense_layer`, `input_shape[-1]` was the number of inputs.
# Here it is the whole shape of `b`. Take the list apart first:
#
# ```python
# input_shape = [(None, 3), (None, 5)]
# print(input_shape[-1])  # (None, 5)
# print(input_shape[-1][-1])  # 5
# ```
#
# **`call` has one argument.** The list arrives as a whole; it is not spread over two parameters.
#
# **Rows must stay with their partners.** A product of matrices, $A W_k B^\top$, or an `einsum` with
# a letter for each axis, combines every row of $a$ with every row of $b$. The letter of the batch
# has to be the same in both inputs and in the output: `tf.einsum("zi,zi->z", a, b)` multiplies each
# row of `a` with its partner, and adds up.
#
# **Multiplying elementwise is another layer.** `a * b` needs $n = m$, and has only the products of
# entries with the same number.
#
# **A shape may be unknown.** While a graph is traced, the batch size is `None`: a loop over
# `range(a.shape[0])` does not work, and a `reshape` to a list with `None` in it does not either. A
# loop over the units is fine, if not fast. NumPy and Python's `if` and `for` on tensors do not get
# into the graph at all.
#
# **Keras tracks its own variables only.** A plain `tf.Variable` computes just as well, but Keras 3
# does not know of it: `fit` leaves it unchanged, and a saved file does not contain it. Weights come
# from `self.add_weight(name=..., shape=..., initializer=...)`.
#
# **The dtype is the layer's business.** `Bilinear(4, dtype="float64")` computes in double precision
# without a line of yours, if none of your lines says `float32`.
#
# **Less is needed than old books say.** Called on a list of `keras.Input`, a layer of Keras 3 finds
# the shape of its output without `compute_output_shape`. If you write it nevertheless: it gets the
# list of two shapes, and returns one shape.

# %% [markdown]
# ## What is graded
#
# - **Numerics**: the answers for given weights, for $n \neq m$ and $n = m$, for one unit and for
#   several, in batches of several sizes and of one row, and for a layer with `dtype="float64"`; the
#   shapes of the two weights.
# - **Gradients**: the gradients in both inputs, in the kernel and in the bias; one step of gradient
#   descent with `layer.trainable_weights` (the kernel and the bias, and no more; the layer adds no
#   losses of its own: `layer.losses` is empty); and that the units start with different matrices.
# - **Serialization**: a layer loaded in a new process has its units, and the `name`, `dtype` and
#   `trainable` it was made with; a model saved as a `.keras` file has its weights again.
# - **Graph**: a graph traced once, with the batch size unknown, answers what direct calls answer,
#   for every batch size, also after the weights have changed, and without calling back into Python
#   (`tf.py_function`, `tf.numpy_function`); a Functional model of two inputs and two layers that
#   were given no name knows the shape of its output and works.
#
# Weights are found by their shapes, never by their names or their order.
#
# **Out of scope**: inputs of other ranks than 2, integer inputs, tuples and dictionaries as inputs,
# empty batches, masks, mixed precision, second-order gradients.

# %%
import keras
import numpy as np
import tensorflow as tf


# %% tags=["solution"]
class Bilinear(keras.layers.Layer):
    """A layer of two inputs: each unit is `a @ W_k @ b + c_k`.

    Args:
        units: the number of outputs.
        **kwargs: the arguments of `keras.layers.Layer`, such as `name` and `dtype`.
    """

    def __init__(self, units, **kwargs):
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.units = units
        ### END SOLUTION

    def build(self, input_shape):
        """Create the kernel and the bias for a list of two shapes, (batch, n) and (batch, m)."""
        ### BEGIN SOLUTION
        first, second = input_shape
        shape = (first[-1], second[-1], self.units)
        self.kernel = self.add_weight(name="kernel", shape=shape, initializer="glorot_uniform")
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")
        ### END SOLUTION

    def call(self, inputs):
        """Return the answers of all units for a list of two tensors, (batch, n) and (batch, m)."""
        ### BEGIN SOLUTION
        a, b = inputs
        return tf.einsum("zn,nmu,zm->zu", a, self.kernel, b) + self.bias
        ### END SOLUTION

    def get_config(self):
        """Return the base class' configuration together with `units`."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "units": self.units}
        ### END SOLUTION


# %% tags=["look"]
def look_at_my_layer(figure):
    """What three units of a new layer of yours answer for a = (1, x) and b = (1, y): along each
    straight line to the right or upward, a unit is linear, and all in all it is a saddle."""
    x, y = np.meshgrid(np.linspace(-2, 2, 41), np.linspace(-2, 2, 41))
    a, b = (np.stack([np.ones(one.size), one.ravel()], axis=1).astype("float32") for one in (x, y))
    answers = np.asarray(Bilinear(3)([a, b]))
    most = float(np.max(np.abs(answers))) + 1e-6
    panels = figure.subplots(1, 3, sharey=True)
    for unit, axes in enumerate(panels):
        seen = answers[:, unit].reshape(x.shape)
        drawn = axes.contourf(x, y, seen, np.linspace(-most, most, 22), cmap="RdBu")
        axes.set(title=f"unit {unit + 1}", xlabel="x, in a", aspect="equal")
    panels[0].set_ylabel("y, in b")
    figure.colorbar(drawn, ax=panels)


# %% tags=["tests"]
A = np.array([[1.0, 2.0]], "float32")
B = np.array([[3.0, 0.0, -1.0]], "float32")
KERNEL = np.stack([[[1, 0, 2], [0, 1, 1]], [[0, 1, 0], [2, 0, 0]]], axis=-1).astype("float32")
BIAS = np.array([10.0, -5.0], "float32")


def with_weights(layer, kernel, bias):
    """Build a layer and set its weights, whatever their names and their order."""
    layer([np.zeros((1, size), "float32") for size in kernel.shape[:2]])
    shapes = [tuple(weight.shape) for weight in layer.trainable_weights]
    wanted = [kernel.shape, bias.shape]
    assert sorted(shapes) == sorted(wanted), f"shapes of the weights: got {shapes}, not {wanted}"
    for weight in layer.trainable_weights:
        weight.assign(kernel if len(weight.shape) == 3 else bias)
    return layer


def test_shapes_of_the_weights():
    """numerics: for 3 and 5 entries and 4 units, the kernel is (3, 5, 4) and the bias (4,)"""
    layer = Bilinear(4)
    layer([np.ones((2, 3), "float32"), np.ones((2, 5), "float32")])
    got = sorted(tuple(weight.shape) for weight in layer.weights)
    assert got == [(3, 5, 4), (4,)], f"shapes of the weights: got {got}, not (3, 5, 4) and (4,)"


def test_worked_example():
    """numerics: the weights of the example answer [[9, 7]]"""
    got = np.asarray(with_weights(Bilinear(2), KERNEL, BIAS)([A, B]))
    assert np.allclose(got, [[9, 7]]), f"a W b + c: got {got}, expected [[9, 7]]"


def test_each_row_has_its_partner():
    """numerics: in a batch, each row of a goes with the row of b that has the same number"""
    layer = with_weights(Bilinear(2), KERNEL, BIAS)
    got = np.asarray(layer([np.concatenate([A, -A, A]), np.concatenate([B, B, 0 * B])]))
    want = [[9, 7], [11, -17], [10, -5]]
    assert np.allclose(got, want), f"three rows against three: got {got}, expected {want}"


def test_gradients_in_both_inputs():
    """gradients: the slope of unit 1 is W_1 b in a, and a W_1 in b"""
    layer, a, b = with_weights(Bilinear(2), KERNEL, BIAS), tf.constant(A), tf.constant(B)
    with tf.GradientTape() as tape:
        tape.watch([a, b])
        y = layer([a, b])[:, 0]
    got = tape.gradient(y, [a, b])
    assert got[0] is not None and got[1] is not None, f"gradients in a and b: got {got}"
    got = [tf.convert_to_tensor(one).numpy() for one in got]
    assert np.allclose(got[0], [[1, -1]]), f"slope in a: got {got[0]}, expected [[1, -1]]"
    assert np.allclose(got[1], [[1, 2, 4]]), f"slope in b: got {got[1]}, expected [[1, 2, 4]]"


def test_gradients_reach_both_weights():
    """gradients: the kernel gets the products of the example, and the bias gets ones"""
    layer = with_weights(Bilinear(2), KERNEL, BIAS)
    with tf.GradientTape() as tape:
        y = layer([A, B])
    for weight, got in zip(layer.weights, tape.gradient(y, layer.weights), strict=True):
        assert got is not None, f"no gradient reaches the weight of shape {weight.shape}"
        want = np.ones(2) if len(weight.shape) == 1 else (A.T * B)[..., None] + np.zeros(2)
        assert np.allclose(got, want), f"slope of the sum: got {got}, expected {want}"


def test_configuration():
    """serialization: made again from its configuration, the layer has its units and its name"""
    layer = Bilinear(2, name="pair")
    assert layer.name == "pair", f"a layer with the name 'pair' is called {layer.name!r}"
    again = Bilinear.from_config(layer.get_config())
    assert again.name == "pair", f"the name was 'pair', and came back as {again.name!r}"
    got = np.asarray(with_weights(again, KERNEL, BIAS)([A, B]))
    assert np.allclose(got, [[9, 7]]), f"a W b + c, made again: got {got}, expected [[9, 7]]"


def test_functional_model():
    """graph: a functional model of two inputs works for any batch size"""
    inputs = [keras.Input((3,)), keras.Input((5,))]
    model = keras.Model(inputs, Bilinear(4)(inputs))
    assert model.output_shape == (None, 4), f"output shape: {model.output_shape}, not (None, 4)"
    got = model([np.ones((6, 3), "float32"), np.ones((6, 5), "float32")]).shape
    assert tuple(got) == (6, 4), f"a batch of 6 gave the shape {got}, not (6, 4)"
