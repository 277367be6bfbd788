# %% [markdown] unit="5 Layers" step=3 minutes=40 teaches="noise in training only, in graphs"
# # A layer that is noisy in training only
#
# Whoever learns a poem in a silent room may lose it in a loud one. Noise that is added to the
# inputs while a model is trained makes it lean on what stays the same, and not on the last digit of
# one feature. When the model is *used*, the noise has to go.
#
# So the layer that you write here, `MyGaussianNoise`, does two different things, and Keras tells it
# which: by an argument `training`, which it passes to `call`. That is new here, and so is
# randomness: where it comes from, how it can be repeated, and why it freezes in a graph if it is
# drawn in the wrong place.

# %% tags=["look"]
def look_at_frozen_noise():
    """A function that draws noise with NumPy is called three times, directly and as a graph."""
    import numpy as np
    import tensorflow as tf

    def noisy(x):
        return x + np.random.normal(size=3).astype("float32")

    for name, function in ("directly", noisy), ("graph", tf.function(noisy, autograph=False)):
        for _ in range(3):
            print(f"{name}:", function(tf.zeros(3)).numpy())


# %% [markdown] needs="`dense_layer`; normal distributions"
# ## What to compute
#
# In training, the layer returns $y = x + \varepsilon$, where every element of $\varepsilon$ is
# drawn from a normal distribution with mean 0 and standard deviation `stddev`: a new one for each
# element, and new ones at each call. Otherwise it returns the inputs as they are.
#
# | call | returns |
# |---|---|
# | `layer(x, training=True)` | $x + \varepsilon$ |
# | `layer(x, training=False)` | $x$ |
# | `layer(x)`, outside of a model that is being trained | $x$ |
#
# The noise does not depend on the inputs, so the slope of $y$ in $x$ is 1 in both cases. And there
# is nothing to learn here: training leaves `stddev` as it is.
#
# ![A wave of 60 numbers, three times. Without training, the outputs lie on it. In a call with
# training they are scattered around it, and in the same call again they are scattered
# otherwise.](figure.png)
#
# **Seeds.** A computer's random numbers follow from a start, the *seed*. A layer with `seed=7`
# draws other noise at each call, but a second layer that is made with `seed=7` draws the same noise
# at its first call as the first layer did at *its* first call, the same at the second, and so on,
# for inputs of the same shapes, and whatever other layers have drawn in between. With another seed
# it draws other noise. Without a seed, each layer draws noise that no other layer draws.
#
# For example, with two layers of one seed:
#
# ```python
# first, second = MyGaussianNoise(0.5, seed=7), MyGaussianNoise(0.5, seed=7)
# x = tf.zeros((2, 3))
# a, b = first(x, training=True), first(x, training=True)
# print(bool(tf.reduce_all(a == b)))  # False: each call draws anew
# c, d = second(x, training=True), second(x, training=True)
# print(bool(tf.reduce_all(a == c) & tf.reduce_all(b == d)))  # True: the same sequence
# ```

# %% [markdown]
# ## What to write
#
# A class `MyGaussianNoise(stddev, seed=None, **kwargs)`, a subclass of `keras.layers.Layer`.
#
# - The constructor takes `stddev`, a positive number, and `seed`, an integer or None. The
#   `**kwargs` are Keras' own arguments, like `name`; pass them on.
# - `call(inputs, training=None)` gets float32 tensors of any rank from 2 on. `training` is True,
#   False or None: Python values, for which `if` is right.
# - `get_config()` returns what `super().get_config()` returns, and `stddev` and `seed` with it. A
#   layer that was never called, and is made again from its configuration, draws the sequence of a
#   new layer with that seed. If no seed was given, what stands there is up to you.
#
# In a model, `fit` calls your layer with `training=True`, and `predict` and `evaluate` with
# `training=False`. Nobody needs to pass it through other layers; Keras does.
#
# `keras.random.SeedGenerator` is made for this. It is a little state that Keras knows of: made in
# the constructor with your seed, and passed as `seed=` to `keras.random.normal`, it moves on with
# each draw.

# %% [markdown]
# ## Traps
#
# **A graph freezes Python.** `fit` runs your `call` once for inputs of a shape, to make a graph,
# and then the graph alone. What NumPy or Python draws is drawn in that one run, and every later
# step adds the same numbers.
#
# **A plain number as seed** gives the same noise in each call: `keras.random.normal(shape, seed=7)`
# is the same tensor again and again. `tf.random.normal(shape, seed=7)` is not, but what it draws
# depends on how many random operations were made before, so a second layer does not repeat it.
#
# **One number for each element.** Noise of shape `(features,)` is broadcast: all samples of the
# batch get the same. The size of the batch may be unknown while a graph is made; `tf.shape(inputs)`
# knows it when it runs.
#
# **`training` belongs to the call.** It may change from call to call, so it is no argument of the
# constructor. It may be None, which means that nobody is training.
#
# **Variance or standard deviation.** `stddev` is the standard deviation.
#
# **A forgotten seed raises nothing.** If the configuration does not hold it, the loaded layer still
# makes noise.

# %% [markdown]
# ## What is graded
#
# - **Numerics**: nothing is added without `training=True`; mean, standard deviation and shape of
#   the normal distribution of a large batch of noise, within what sampling allows; new noise for
#   each element and at each call; sequences of layers with the same seed, with other seeds and with
#   none.
# - **Gradients**: the slope in the inputs is 1, with and without training, times what arrives from
#   above; and the layer has nothing that training changes.
# - **Serialization**: the configuration holds `stddev`, `seed`, name and dtype; loaded in a new
#   process, a layer that was never called draws what a new one draws there. A model with the layer,
#   saved to a `.keras` file and loaded, predicts the same, and its layer has the same
#   configuration.
# - **Graph**: traced once for an unknown batch size, each call of the graph adds new noise, without
#   calling back into Python (`tf.py_function`, `tf.numpy_function`); in a compiled model every step
#   of training does, and `test_on_batch` adds none.
#
# Switched off are Keras' own noisy layers: `keras.layers.GaussianNoise`, `GaussianDropout`,
# `AlphaDropout` and `Dropout`. Calling one of them raises when your work is graded, and in
# the public tests, too.
#
# Out of scope: the numbers themselves that a seed gives, how many variables hold the state, where a
# sequence goes on after a layer that was in use is loaded, other dtypes than float32, a `stddev` of
# 0, negative seeds and NumPy numbers as seeds, masks, and a `training` that is a tensor.

# %%
import keras
import numpy as np
import tensorflow as tf


# %% tags=["solution"]
class MyGaussianNoise(keras.layers.Layer):
    """Adds normal noise in training."""

    def __init__(self, stddev, seed=None, **kwargs):
        """Create the layer.

        Args:
            stddev: standard deviation of the noise, a positive number.
            seed: an integer, or None for another sequence in each layer.
            **kwargs: of `keras.layers.Layer`.
        """
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.stddev = stddev
        self.seed = seed
        self.generator = keras.random.SeedGenerator(seed)
        ### END SOLUTION

    def call(self, inputs, training=None):
        """Return the inputs, in training with noise.

        Args:
            inputs: float32 tensor of rank 2 or more.
            training: whether the model is being trained; None means no.
        """
        ### BEGIN SOLUTION
        if not training:
            return inputs
        shape = tf.shape(inputs)
        return inputs + keras.random.normal(shape, stddev=self.stddev, seed=self.generator)
        ### END SOLUTION

    def get_config(self):
        """Return what the constructor needs to make such a layer again."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}
        ### END SOLUTION


# %% tags=["look"]
def look_at_my_noise(figure):
    """A wave: what two of your layers with one seed make of it, with training and without; and how
    20,000 numbers of your noise are spread."""
    left, right = figure.subplots(1, 2)
    wave = np.sin(np.arange(60, dtype="float32") / 7)[None, :]
    first, second = MyGaussianNoise(0.3, seed=7), MyGaussianNoise(0.3, seed=7)
    ring = {"mfc": "none", "ms": 9, "color": "#d55e00"}
    left.plot(np.ravel(first(wave)), color="gray", label="without training")
    left.plot(np.ravel(first(wave, training=True)), ".", label="in training")
    left.plot(np.ravel(second(wave, training=True)), "o", **ring, label="another, of this seed")
    left.plot(np.ravel(first(wave, training=True)), "x", ms=4, label="next call")
    left.set(title="your layer", ylim=(-2, 3.6), xlabel="element")
    left.legend(loc="upper right", ncols=2)
    noise = np.ravel(MyGaussianNoise(0.5)(np.zeros((1000, 20), "float32"), training=True))
    bins = np.linspace(-2, 2, 61)
    right.hist(
        noise, bins, density=True, alpha=0.5, label=f"your noise: deviation {noise.std():.3f}"
    )
    density = np.exp(-((bins / 0.5) ** 2) / 2) / 0.5 / np.sqrt(2 * np.pi)
    right.plot(bins, density, label="normal, deviation 0.5")
    right.set(title="stddev = 0.5", ylim=(0, 1.2))
    right.legend(loc="upper left")


# %% tags=["tests"]
ZEROS = np.zeros((1000, 20), "float32")


def noise(layer):
    return np.asarray(layer(ZEROS, training=True))


def test_nothing_is_added_without_training():
    """numerics: without `training=True` the inputs come back"""
    x = np.float32([[1, -2, 3]])
    calls = {"training=False": {"training": False}, "no argument": {}}
    got = {label: np.asarray(MyGaussianNoise(0.5)(x, **call)) for label, call in calls.items()}
    changed = [label for label in got if not np.array_equal(got[label], x)]
    assert not changed, f"with {' and with '.join(changed)}, the inputs have changed"


def test_noise_has_the_standard_deviation():
    """numerics: 20,000 numbers of noise have the mean 0 and the standard deviation 0.5"""
    found = noise(MyGaussianNoise(0.5, seed=1))
    assert abs(found.mean()) < 0.02, f"mean of the noise: {found.mean():.1f}, expected about 0"
    assert abs(found.std() - 0.5) < 0.02, f"standard deviation: {found.std():.1f}, expected 0.5"


def test_every_element_has_its_own():
    """numerics: samples of a batch get different noise, and so do features"""
    found = noise(MyGaussianNoise(0.5))
    assert not np.allclose(found[0], found[1]), "two samples got the same noise"
    assert not np.allclose(found[:, 0], found[:, 1]), "two features got the same noise"


def test_each_call_draws_anew_and_a_seed_repeats():
    """numerics: two layers of one seed draw the same sequence, in which calls differ"""
    first, second = MyGaussianNoise(0.5, seed=7), MyGaussianNoise(0.5, seed=7)
    a, b, c, d = noise(first), noise(first), noise(second), noise(second)
    assert not np.allclose(a, b), "two calls of one layer added the same noise"
    assert np.array_equal(a, c), "the first noise of two layers of one seed differs"
    assert np.array_equal(b, d), "the second noise of two layers of one seed differs"


def test_slope_is_one():
    """gradients: the slope in the inputs is 1 in training, too"""
    x = tf.constant([[1.0, -2.0, 3.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = MyGaussianNoise(0.5)(x, training=True)
    got = tape.gradient(y, x)
    assert got is not None, "no gradient reaches the inputs"
    assert np.allclose(got, 1), "the slope in the inputs is another one than 1"


def test_configuration():
    """serialization: made again from its configuration, a layer draws the same noise"""
    layer = MyGaussianNoise(0.5, seed=7)
    again = MyGaussianNoise.from_config(layer.get_config())
    assert np.array_equal(noise(layer), noise(again)), "made again, the layer draws other noise"


def test_graph_draws_anew():
    """graph: in `tf.function` each call draws anew"""
    layer = MyGaussianNoise(0.5)
    graph = tf.function(lambda x: layer(x, training=True), autograph=False)
    first, second = graph(tf.constant(ZEROS)), graph(tf.constant(ZEROS))
    assert not np.allclose(first, second), "two calls of one graph added the same noise"
