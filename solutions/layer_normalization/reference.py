# %% [markdown] unit="5 Layers" step=2 minutes=45 teaches="statistics that stay accurate"
# # A layer that normalizes each row
#
# The layers of a network learn side by side, and each of them sees numbers whose size depends on
# what the others have learned so far. If that size drifts, activations saturate and gradients grow
# or vanish. *Normalization* puts it back in every step: it shifts the numbers to mean 0 and
# stretches them to variance 1.
#
# Batch normalization takes the mean over the batch. So the answer for one sample depends on the
# others, a batch of one makes no sense, and training and prediction compute different things.
# *Layer normalization* has none of these troubles: it takes the mean over the features of one
# sample. Each row is normalized by itself, whatever stands beside it. Every transformer is full of
# such layers. Here you write one, `MyLayerNormalization`. As in `dense_layer`, `build` makes its
# weights, and a file brings it back.

# %% [markdown] needs="`dense_layer`; mean and variance"
# ## The formula
#
# Let $x = (x_1, \dots, x_n)$ be one row: what stands along the *last* axis of the inputs. Its mean
# and its variance are
#
# $$
# \mu = \frac{1}{n} \sum_i x_i, \qquad \sigma^2 = \frac{1}{n} \sum_i (x_i - \mu)^2,
# $$
#
# and with a scale $s$ and an offset $o$, two weights with one value for each of the $n$ features,
# the layer answers
#
# $$
# y_i = s_i \, \frac{x_i - \mu}{\sqrt{\sigma^2 + \varepsilon}} + o_i.
# $$
#
# The scale starts as ones and the offset as zeros, so that a new layer only normalizes. Both are
# learned: if the network needs another mean or another spread for a feature, it can have them.
#
# The small number $\varepsilon$ stands *inside* the root. If all entries of a row are equal, then
# $\sigma^2 = 0$, and $\varepsilon$ keeps the division possible. Such a row answers the offset (far
# from zero only about, as the mean is rounded).

# %% [markdown]
# ## An example
#
# A row of four features, with $\varepsilon = 0.001$. Its mean is $\mu = 6$, and its variance is
# $\sigma^2 = (25 + 1 + 1 + 9) / 4 = 9$:
#
# | step | 1 | 2 | 3 | 4 |
# |---|---|---|---|---|
# | $x$ | 1 | 7 | 7 | 9 |
# | $x - \mu$ | −5 | 1 | 1 | 3 |
# | divided by $\sqrt{9 + 0.001}$ | −1.667 | 0.333 | 0.333 | 1.000 |
# | times $s = (1, 1, 3, 2)$ | −1.667 | 0.333 | 1.000 | 2.000 |
# | plus $o = (0, 0, 1, -4)$ | −1.667 | 0.333 | 2.000 | −2.000 |
#
# Where $\varepsilon$ stands does not show here. It does in a row of small numbers, such as
# $(-0.05, 0.01, 0.01, 0.03)$, whose mean is 0 and whose variance is 0.0009. Its first entry becomes
# $-0.05 / \sqrt{0.0009 + 0.001} = -1.147$. If $\varepsilon$ were added to the root instead, it
# would become $-0.05 / (0.03 + 0.001) = -1.613$.
#
# ![The row 1, 7, 7, 9 as bars, and what becomes of it step by step. First its mean is shifted to 0;
# then it is divided by the root, so that its variance is 1; last, each feature is multiplied by a
# scale of its own and gets an offset of its own.](figure.png)

# %% tags=["look"]
def look_at_two_formulas():
    """The variance of -1, 0, 1 and 2 in float32, moved away from zero, by two formulas.

    On paper, both are always 1.25.
    """
    import numpy as np

    for shift in (0, 100, 10_000):
        x = np.float32([-1, 0, 1, 2]) + np.float32(shift)
        short = np.mean(x * x) - np.mean(x) ** 2
        print(f"around {shift}: {np.mean((x - np.mean(x)) ** 2)}; by squares: {short}")


# %% [markdown]
# ## What to write
#
# A class `MyLayerNormalization(eps=0.001, **kwargs)`, a subclass of `keras.layers.Layer`, with
# these methods:
#
# - The constructor takes $\varepsilon$, a positive Python number, by position or as `eps=`, and in
#   `**kwargs` the arguments that all layers have, such as `name`, `dtype` and `trainable`.
# - `build(input_shape)` creates the two weights, of shape $(n,)$. Keras calls it once, before the
#   first call of the layer. The shape is a tuple, or a list where Keras loads a file; its last
#   entry is the number of features, and others may be `None`.
# - `call(inputs)` returns the normalized inputs: of any rank from 2 on, in the same shape, in the
#   layer's dtype, and the same in training as outside of it (it needs no argument `training`).
# - `get_config()` returns a dictionary from which the layer can be made again.
#
# Both weights are trainable, unless the layer is made with `trainable=False`, and have the dtype of
# the layer. Their names, and those of attributes, are up to you; only keep clear of names that
# Keras uses itself, such as `weights`, `path` and `dtype`. The weights may belong to a layer inside
# yours, if `layer.weights` holds these two and no more. You may add imports, functions and classes
# of your own.
#
# The layer keeps its accuracy far from zero: a float32 row of numbers around 10 000 that differ by
# about 1 is normalized to within 0.01.
#
# When you are done, this works:
#
# ```python
# model = keras.Sequential([keras.Input((4,)), MyLayerNormalization(), keras.layers.Dense(1)])
# model.save("normalized.keras")
# mine = {"MyLayerNormalization": MyLayerNormalization}
# again = keras.saving.load_model("normalized.keras", custom_objects=mine)
# ```
#
# **Switched off** are `keras.layers.LayerNormalization`, `keras.layers.GroupNormalization`,
# `keras.layers.RMSNormalization`, `keras.ops.layer_normalization` and
# `keras.ops.rms_normalization`: a call of one of them, or of a class derived from one, raises
# when your work is graded, and in the public tests, too. The rest of Keras and TensorFlow is yours,
# `tf.nn.moments` included.

# %% [markdown]
# ## Traps
#
# **The axis is the last, and it stays.** A mean over axis 0 is batch normalization. A mean over
# axis 1 is right only for inputs of rank 2. And a mean over the last axis takes that axis away, so
# that the result no longer lines up with the rows, or worse, lines up with the wrong ones:
#
# ```python
# x = tf.constant([[1.0, 3.0], [10.0, 30.0]])
# mean = tf.reduce_mean(x, axis=-1)
# print((x - mean).numpy().tolist())  # [[-1.0, -17.0], [8.0, 10.0]]
# mean = tf.reduce_mean(x, axis=-1, keepdims=True)
# print((x - mean).numpy().tolist())  # [[-1.0, 1.0], [-10.0, 10.0]]
# ```
#
# **The variance has a shorter formula that is not accurate.** On paper, it is the mean of the
# squares minus the square of the mean. For a row around 10 000, both are around 100 000 000, where
# neighbouring numbers of float32 lie 8 apart. Of a variance of 1 nothing is left.
#
# **The variance of a row is known, not estimated.** The sum is divided by $n$. Dividing by $n - 1$
# is for samples of a larger population.
#
# **A weight starts at random if you do not say otherwise.** `self.add_weight(name=..., shape=...,
# initializer=...)` needs `"ones"` for the scale, and `"zeros"` for the offset.
#
# **Keras tracks its own variables only.** A plain `tf.Variable` computes just as well, but Keras 3
# does not know of it: `fit` leaves it unchanged, and a saved file does not contain it.
#
# **Mean and variance depend on the inputs**, and so they have a part in the gradient. Do not take
# them for constants: no NumPy, no `tf.stop_gradient`.
#
# **The slope of a root at 0 is infinite.** Add $\varepsilon$ before you take the root, and the root
# never meets 0. With a root of the bare variance, such as `variance ** 0.5`, the gradient of a row
# of equal entries may be NaN, whatever you add to it afterwards.
#
# **The dtype is the layer's business.** `MyLayerNormalization(dtype="float64")` computes in double
# precision without a line of yours, if none of your lines says `float32`.
#
# **A shape may be unknown.** While a graph is traced, `inputs.shape` can be `(None, None, 4)`. Only
# the last entry is sure to be a number. NumPy and Python's `if` and `for` on tensors do not get
# into the graph at all.

# %% [markdown]
# ## What is graded
#
# - **Numerics**: the answers of a new layer, in batches of several sizes and of one row; the
#   answers for given scale and offset, for inputs of rank 2, 3 and 4; the part of $\varepsilon$,
#   given and not given, with small rows and with rows whose entries are all equal; accuracy far
#   from zero; and a layer with `dtype="float64"`.
# - **Gradients**: the gradient in the inputs, also beside and in rows whose entries are all equal;
#   one step of gradient descent with `layer.trainable_weights` (the scale and the offset, and no
#   more; the layer adds no losses of its own: `layer.losses` is empty).
# - **Serialization**: a layer loaded in a new process has its $\varepsilon$, and the `name`,
#   `dtype` and `trainable` it was made with; a model saved as a `.keras` file has its weights
#   again.
# - **Graph**: a graph traced once, with the batch size unknown, answers what direct calls answer,
#   for every batch size, also after the weights have changed, and without calling back into Python
#   (`tf.py_function`, `tf.numpy_function`); a Functional model with inputs of shape
#   `(None, None, 4)` and two layers that were given no name knows the shape of its output and
#   works.
#
# Weights are found by the values they start with, never by their names or their order. Where
# $\varepsilon$ is not what is asked, rows are spread so widely that it makes hardly a difference.
#
# **Out of scope**: integer inputs, inputs of rank 1, empty batches, masks, mixed precision,
# second-order gradients.

# %%
import keras
import numpy as np
import tensorflow as tf


# %% tags=["solution"]
class MyLayerNormalization(keras.layers.Layer):
    """Shift and stretch each row to mean 0 and variance 1, then apply a scale and an offset.

    Args:
        eps: a positive number, added to the variance under the root.
        **kwargs: the arguments of `keras.layers.Layer`, such as `name` and `dtype`.
    """

    def __init__(self, eps=0.001, **kwargs):
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.eps = eps
        ### END SOLUTION

    def build(self, input_shape):
        """Create scale and offset; the last entry of `input_shape` counts the features."""
        ### BEGIN SOLUTION
        size = input_shape[-1]
        self.scale = self.add_weight(name="scale", shape=(size,), initializer="ones")
        self.offset = self.add_weight(name="offset", shape=(size,), initializer="zeros")
        ### END SOLUTION

    def call(self, inputs):
        """Return the normalized inputs, times the scale, plus the offset."""
        ### BEGIN SOLUTION
        centered = inputs - tf.reduce_mean(inputs, axis=-1, keepdims=True)
        variance = tf.reduce_mean(tf.square(centered), axis=-1, keepdims=True)
        return self.scale * centered / tf.sqrt(variance + self.eps) + self.offset
        ### END SOLUTION

    def get_config(self):
        """Return the base class' configuration together with `eps`."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "eps": self.eps}
        ### END SOLUTION


# %% tags=["look"]
def look_at_my_layer(figure):
    """Four rows before and after your layer, each on a line of its own; and how far a row is spread
    afterwards: the smaller it was, the more of it is eps."""
    before, after, spread = figure.subplots(1, 3)
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(4, 12)) * [[1], [4], [0.5], [2]] + [[-6], [0], [3], [8]]
    rows = rows.astype("float32")
    answers = np.asarray(MyLayerNormalization()(rows))
    shown = (before, rows, "inputs"), (after, answers, "what your layer answers")
    for axes, values, title in shown:
        for line, row in enumerate(values):
            axes.plot(row, np.full(len(row), line), "o", alpha=0.5)
            axes.plot(row.mean(), line, "|", ms=24, color="black")
        axes.set(title=title, yticks=range(4), ylim=(3.5, -0.5), ylabel="row")
    sizes = np.logspace(-3, 1, 33)
    row = rows[:1] - rows[:1].mean()
    small = (row / row.std() * sizes[:, None]).astype("float32")
    for eps in (0.001, 0.1):
        spreads = np.std(MyLayerNormalization(eps=eps)(small), axis=-1)
        spread.semilogx(sizes, spreads, label=f"eps {eps:g}")
    spread.set(title="spread of a row, after", xlabel="spread of the row, before")
    spread.legend()


# %% tags=["tests"]
ROW = np.array([[1.0, 7.0, 7.0, 9.0]], "float32")
NORMALIZED = [[-5 / 3, 1 / 3, 1 / 3, 1]]


def with_weights(layer, scale, offset):
    """Build a layer and set its weights, whatever their names and their order."""
    layer(np.zeros((1, len(scale)), "float32"))
    found = layer.trainable_weights
    for values, start in (scale, 1), (offset, 0):
        fits = [weight for weight in found if np.all(np.asarray(weight) == start)]
        assert len(fits) == 1, (
            f"of {len(layer.weights)} weights, {len(layer.trainable_weights)} are trainable, and "
            f"{len(fits)} of these start as {start}s, not one"
        )
        fits[0].assign(np.reshape(np.float32(values), fits[0].shape))
        found = [weight for weight in found if weight is not fits[0]]
    return layer


def test_new_layer_normalizes():
    """numerics: a new layer makes (-1.667, 0.333, 0.333, 1) of (1, 7, 7, 9)"""
    got = np.asarray(MyLayerNormalization()(ROW))
    assert np.allclose(got, NORMALIZED, atol=1e-3), f"{ROW}: got {got}, expected {NORMALIZED}"


def test_row_is_normalized_by_itself():
    """numerics: the answer for a row does not depend on the rows beside it"""
    batch = np.concatenate([ROW, [[0, 1, 2, 30]], [[5, 4, -3, 2]]]).astype("float32")
    got = np.asarray(MyLayerNormalization()(batch))[:1]
    assert np.allclose(got, NORMALIZED, atol=1e-3), (
        f"{ROW}, with two rows beside it: got {got}, expected {NORMALIZED}"
    )


def test_worked_example():
    """numerics: scale and offset of the example make (-1.667, 0.333, 2, -2) of it"""
    got = np.asarray(with_weights(MyLayerNormalization(), [1, 1, 3, 2], [0, 0, 1, -4])(ROW))
    want = [[-5 / 3, 1 / 3, 2, -2]]
    assert np.allclose(got, want, atol=1e-3), f"{ROW}: got {got}, expected {want}"


def test_eps_is_inside_the_root():
    """numerics: with small numbers eps counts: -0.05 / sqrt(0.0009 + 0.001) is -1.147"""
    got = np.asarray(MyLayerNormalization(eps=0.001)(np.float32([[-0.05, 0.01, 0.01, 0.03]])))
    want = [[-1.147, 0.229, 0.229, 0.688]]
    assert np.allclose(got, want, atol=1e-3), f"small numbers: got {got}, expected {want}"


def test_sequences():
    """numerics: in inputs of rank 3, each step of each sequence is a row"""
    x = np.arange(24, dtype="float32").reshape(2, 3, 4) ** 2
    got = np.asarray(MyLayerNormalization()(x))
    assert got.shape == (2, 3, 4), f"inputs of shape (2, 3, 4) gave the shape {got.shape}"
    means, spreads = got.mean(-1), got.std(-1)
    assert np.allclose(means, 0, atol=1e-5), f"means along the last axis: got {means}, expected 0"
    assert np.allclose(spreads, 1, atol=1e-3), f"spreads along it: got {spreads}, expected 1"


def test_gradients_reach_both_weights():
    """gradients: the scale and the offset get a gradient"""
    layer = with_weights(MyLayerNormalization(), [1, 1, 3, 2], [0, 0, 1, -4])
    with tf.GradientTape() as tape:
        y = layer(ROW)
    got = tape.gradient(y, layer.trainable_weights)
    assert all(one is not None for one in got), f"gradients of scale and offset: got {got}"


def test_mean_is_part_of_the_gradient():
    """gradients: shifting a whole row changes nothing, so the slopes along a row add up to 0"""
    x, layer = tf.constant(ROW), MyLayerNormalization()
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x)[:, 0]
    got = tape.gradient(y, x)
    assert got is not None, "no gradient reaches the inputs"
    total = float(tf.reduce_sum(got))
    assert abs(total) < 1e-5, f"slopes of the first answer: got {got}, whose sum should be 0"


def test_configuration():
    """serialization: made again from its configuration, the layer has its eps and its name"""
    layer = MyLayerNormalization(4.0, name="calm")
    assert layer.name == "calm", f"a layer with the name 'calm' is called {layer.name!r}"
    again = MyLayerNormalization.from_config(layer.get_config())
    assert again.name == "calm", f"the name was 'calm', and came back as {again.name!r}"
    got, want = np.asarray(again(ROW)), np.asarray(layer(ROW))
    assert np.allclose(got, want), f"eps=4, made again: got {got}, and {want} before"


def test_functional_model():
    """graph: a functional model for sequences of unknown length works"""
    inputs = keras.Input((None, 4))
    model = keras.Model(inputs, MyLayerNormalization()(inputs))
    assert model.output_shape == (None, None, 4), (
        f"output shape: got {model.output_shape}, expected (None, None, 4)"
    )
    got = np.asarray(model(np.stack([ROW, ROW])))
    assert np.allclose(got[1], NORMALIZED, atol=1e-3), f"{ROW}: got {got[1]}, not {NORMALIZED}"
