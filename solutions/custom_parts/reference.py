# %% [markdown] unit="3 Small parts" step=1 minutes=50 teaches="initializer, penalty, constraint"
# # Small parts: activation, initializer, regularizer, constraint
#
# You do not need a layer of your own to change how a layer behaves. `Dense`, `Conv2D` and most
# other layers take small parts as arguments: an **activation** that bends what they compute, an
# **initializer** that draws their first weights, a **regularizer** that adds a price for the
# weights to the loss, and a **constraint** that puts the weights in order after each step.
#
# Here you write one part of each kind, `shifted_relu`, `ScaledGlorot`, `L1Regularizer` and
# `MaxColumnNorm`, and all four go into one `Dense`. What a `get_config` is for is said in
# `huber_loss`.

# %% tags=["look"]
def look_at_ten_layers():
    """Kernels drawn with three standard deviations: the size of what comes out of ten layers."""
    import numpy as np

    rng = np.random.default_rng(1)
    for deviation in (0.02, 0.1, 0.5):
        values = rng.normal(size=(50, 100))
        for _ in range(10):
            values = values @ rng.normal(0, deviation, (100, 100))
        print(f"deviation {deviation}: the numbers have become {values.std():.1e} times as large")


# %% [markdown] needs="`huber_loss`; what a layer's weights are; variance and standard deviation"
# ## Four parts
#
# Each part is something that Keras *calls*: a function, or an object of a class with a `__call__`.
#
# | part | Keras calls it | when | it returns |
# |---|---|---|---|
# | activation | `f(z)` | in each call of the layer | a tensor of the shape of `z` |
# | initializer | `f(shape, dtype=...)` | once, when the weights are made | the first values |
# | regularizer | `f(weights)` | when the loss is computed | a scalar tensor that is added to it |
# | constraint | `f(weights)` | after each training step | the weights that shall replace them |
#
# **`shifted_relu(z)`**, an activation: $\max(z, -1)$, element by element.
#
# **`ScaledGlorot(gain=1.0, seed=None)`**, an initializer. If a layer has `fan_in` inputs and
# `fan_out` outputs, and its weights are drawn with the variance
#
# $$
# \frac{2 \cdot \text{gain}^2}{\text{fan\_in} + \text{fan\_out}},
# $$
#
# then values and gradients keep their size from layer to layer. The distribution is normal with
# mean 0, and is not truncated. The shape is that of a kernel of rank 2, `(fan_in, fan_out)`. For a
# kernel of shape `(300, 200)` the variance is $2 / 500 = 0.004$ with gain 1, and the standard
# deviation is 0.0632; with gain 2 they are 0.016 and 0.1265. The seed is an integer, perhaps 0, or
# None. Two objects with the same seed draw the same kernel for the same shape, in other processes,
# too. Two objects with different seeds, or without a seed, draw different ones. What the
# configuration holds of a seed that was not given is up to you.
#
# **`L1Regularizer(factor=0.01)`**, a regularizer: factor times the sum of the absolute values of
# all weights, a scalar. For the weights $(1, -2, 0.5)$ and the factor 0.1 it is $0.35$.
#
# **`MaxColumnNorm(limit=1.0)`**, a constraint for kernels of rank 2. Column $j$ holds the weights
# of unit $j$. A column whose Euclidean length is greater than the limit is scaled down to that
# length; all others stay as they are. With the limit 1,
#
# $$
# \begin{pmatrix} 3 & 0.3 & 0 \\ 4 & 0.4 & 0 \end{pmatrix}
# \quad\text{becomes}\quad
# \begin{pmatrix} 0.6 & 0.3 & 0 \\ 0.8 & 0.4 & 0 \end{pmatrix}.
# $$
#
# ![Four pictures. The activation: a straight line that goes no lower than minus 1. The initializer:
# two bell curves around 0, with gain 2 twice as wide as with gain 1. The regularizer: the penalty
# of one weight, two straight lines that meet at 0, steeper for the larger factor. The constraint:
# four columns as arrows; the two that reached beyond a circle now end on it.](figure.png)
#
# Together:
#
# ```python
# layer = keras.layers.Dense(
#     4,
#     activation=shifted_relu,
#     kernel_initializer=ScaledGlorot(gain=2.0, seed=1),
#     kernel_regularizer=L1Regularizer(0.1),
#     kernel_constraint=MaxColumnNorm(1.5),
# )
# ```

# %% [markdown]
# ## What to write
#
# The function, and three classes: subclasses of `keras.initializers.Initializer`,
# `keras.regularizers.Regularizer` and `keras.constraints.Constraint`. Each class has a constructor,
# a `__call__`, and a `get_config` that returns the arguments of its constructor by name. The
# constructors take `gain` and then `seed`, `factor`, and `limit`.
#
# The initializer is called with the shape, and with `dtype=` by keyword. Return values of that
# dtype; it arrives as a string, like `"float32"`, and may be None, which means float32. The others
# get tensors or Keras' variables of float32.

# %% [markdown]
# ## Traps
#
# - **`__call__`, not `call`.** Layers, losses and models have a `call`, and Keras calls it for you.
#   These parts are called themselves. A class without a `__call__` of its own inherits one: that of
#   `Constraint` returns the weights as they are, and nothing tells you.
# - **Variance or standard deviation.** `tf.random.normal` and `keras.random.normal` take the
#   standard deviation, which is the root of the variance. The gain is squared in the variance, and
#   not in the standard deviation.
# - **The seed of `tf.random.normal`** is no start of its own: what is drawn also depends on how
#   many random operations there were before, so two objects with the same seed draw different
#   kernels. `keras.random.normal` and `tf.random.stateless_normal` have no such memory.
# - **Read the shape that you are given.** It is a tuple, `(fan_in, fan_out)`: an initializer knows
#   nothing else of its layer.
# - **Columns.** `axis=0` runs down a column, so a sum of squares along it has one number for each
#   column.
# - **A column of zeros** has the length 0. It is not too long, so it stays; do not divide by its
#   length.
# - **A saved part is its configuration.** Without `get_config` a model with your regularizer does
#   not save. With an argument missing in it, the part loads with its default, and the model trains
#   on with another price.
# - **Several kernels of one object.** What an object draws the second time is up to you, the same
#   kernel again or another one. Keras' own initializers do the one or the other.

# %% [markdown]
# ## What is graded
#
# - **Numerics**: values of the activation; mean, standard deviation and shape of the normal
#   distribution over large kernels (within 2 %, where sampling alone is off by 0.3 %),
#   seeds, dtype; penalties; constrained kernels, also with columns of zeros; all defaults.
# - **Gradients**: of the activation (not at $z = -1$) and of the penalty (not at 0), times what
#   arrives from above. The slope of the constraint is not asked.
# - **Serialization**: loaded in a new process, each part has the arguments it had; and a model with
#   a `Dense` of all four, saved to a `.keras` file, still bends, regularizes and constrains. All
#   are loaded with `custom_objects`.
# - **Graph**: the activation answers in one graph, traced for a batch of unknown size, what direct
#   calls answer. A compiled model of a `Dense` with all four takes a step of training as its parts
#   say when they are called directly: the penalty is part of the loss, and the constraint acts
#   after the step.
#
# Switched off are Keras' own parts that do the same: the regularizers `keras.regularizers.L1` and
# `L1L2`, and the constraints `keras.constraints.MaxNorm`, `MinMaxNorm` and `UnitNorm`. Calling one
# of them raises when your work is graded, and in the public tests, too. Everything else is
# yours to use, Keras' initializers too.
#
# Out of scope: kernels of other ranks, other dtypes than float32 (and float64 for what the
# initializer draws), symbolic Keras tensors, gains, factors and limits that are not positive,
# columns that are shorter than 0.1 without being 0, negative seeds and NumPy numbers as seeds, and
# the numbers that a seed gives.

# %%
import keras
import numpy as np
import tensorflow as tf


# %% tags=["solution"]
def shifted_relu(z):
    """Return max(z, -1), element by element.

    Args:
        z: float tensor of any shape.
    """
    ### BEGIN SOLUTION
    return tf.maximum(z, -1.0)
    ### END SOLUTION


class ScaledGlorot(keras.initializers.Initializer):
    """Draws kernels of rank 2 from a normal distribution whose variance fits their shape."""

    def __init__(self, gain=1.0, seed=None):
        """Create the initializer.

        Args:
            gain: factor of the standard deviation.
            seed: an integer, or None for a seed of its own.
        """
        ### BEGIN SOLUTION
        self.gain = gain
        self.seed = seed
        ### END SOLUTION

    def __call__(self, shape, dtype=None):
        """Return the first values of a kernel.

        Args:
            shape: (fan_in, fan_out).
            dtype: of the values, as a string; None is float32.
        """
        ### BEGIN SOLUTION
        fan_in, fan_out = shape
        deviation = self.gain * (2 / (fan_in + fan_out)) ** 0.5
        return keras.random.normal(shape, 0.0, deviation, dtype=dtype or "float32", seed=self.seed)
        ### END SOLUTION

    def get_config(self):
        """Return the arguments of the constructor."""
        ### BEGIN SOLUTION
        return {"gain": self.gain, "seed": self.seed}
        ### END SOLUTION


class L1Regularizer(keras.regularizers.Regularizer):
    """Charges for the sum of the absolute values of weights."""

    def __init__(self, factor=0.01):
        """Create the regularizer.

        Args:
            factor: the price of one unit.
        """
        ### BEGIN SOLUTION
        self.factor = factor
        ### END SOLUTION

    def __call__(self, weights):
        """Return the penalty, a scalar.

        Args:
            weights: a variable or tensor of any shape.
        """
        ### BEGIN SOLUTION
        return self.factor * tf.reduce_sum(tf.abs(weights))
        ### END SOLUTION

    def get_config(self):
        """Return the arguments of the constructor."""
        ### BEGIN SOLUTION
        return {"factor": self.factor}
        ### END SOLUTION


class MaxColumnNorm(keras.constraints.Constraint):
    """Scales columns down that are too long."""

    def __init__(self, limit=1.0):
        """Create the constraint.

        Args:
            limit: the greatest length that a column may have.
        """
        ### BEGIN SOLUTION
        self.limit = limit
        ### END SOLUTION

    def __call__(self, weights):
        """Return the kernel that replaces the one that is given.

        Args:
            weights: a variable or tensor of shape (inputs, units).
        """
        ### BEGIN SOLUTION
        length = tf.sqrt(tf.reduce_sum(tf.square(weights), axis=0))
        return weights * tf.where(length > self.limit, self.limit / length, tf.ones_like(length))
        ### END SOLUTION

    def get_config(self):
        """Return the arguments of the constructor."""
        ### BEGIN SOLUTION
        return {"limit": self.limit}
        ### END SOLUTION


# %% tags=["look"]
def look_at_my_parts(figure):
    """Your activation, weights that your initializer draws, the penalty of one weight by your
    regularizer, and columns of a kernel before and after your constraint."""
    bend, drawn, price, columns = figure.subplots(1, 4)
    z = tf.linspace(-3.0, 2.0, 101)
    bend.plot(z, shifted_relu(z))
    bend.set(title="shifted_relu", xlabel="z")
    bins = np.linspace(-0.4, 0.4, 41)
    for gain in (1.0, 2.0):
        kernel = np.asarray(ScaledGlorot(gain=gain)((300, 200), dtype="float32"))
        drawn.hist(kernel.ravel(), bins, alpha=0.5, label=f"gain {gain:g}: {kernel.std():.3f}")
    drawn.set(title="ScaledGlorot", xlabel="weight", yticks=[])
    drawn.set_ylim(top=1.5 * drawn.get_ylim()[1])
    drawn.legend(loc="upper center", title="deviation", fontsize=8)
    weights = np.linspace(-2, 2, 41, dtype="float32")
    for factor in (0.1, 0.5):
        penalty = L1Regularizer(factor)
        costs = [np.mean(penalty(tf.constant([one]))) for one in weights]
        price.plot(weights, costs, label=f"factor {factor}")
    price.set(title="L1Regularizer", xlabel="one weight")
    price.legend(loc="upper center", fontsize=8)
    kernel = np.float32([[1.2, 0.3, -0.9, 0.0], [1.6, 0.4, 1.2, -1.5]])
    columns.plot(*kernel, "o", color="#d55e00")
    for column in np.transpose(MaxColumnNorm(1.0)(tf.constant(kernel))):
        arrow = {"arrowstyle": "->", "lw": 2, "color": "#0072b2", "shrinkA": 0, "shrinkB": 0}
        columns.annotate("", column, (0, 0), arrowprops=arrow)
    columns.set(title="MaxColumnNorm(1.0)", xlabel="columns: before, after", aspect="equal")
    columns.set(xlim=(-1.8, 1.8), ylim=(-1.8, 1.8))


# %% tags=["tests"]
def slope(f, x):
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x)


def test_activation():
    """numerics: the activation of -3, -0.5 and 2 is -1, -0.5 and 2"""
    got = shifted_relu(tf.constant([-3.0, -0.5, 2.0]))
    assert np.allclose(got, [-1, -0.5, 2]), f"of -3, -0.5, 2: got {got}, expected -1, -0.5, 2"


def test_slope_of_the_activation():
    """gradients: its slope is 0 below -1, and 1 above"""
    got = slope(shifted_relu, [-3.0, -0.5, 2.0])
    assert np.allclose(got, [0, 1, 1]), f"slope at -3, -0.5, 2: got {got}, expected 0, 1, 1"


def test_initializer():
    """numerics: a kernel of shape (300, 200) has the standard deviation 0.0632 times the gain"""
    kernels = [
        np.asarray(initializer((300, 200), dtype="float32"))
        for initializer in (ScaledGlorot(), ScaledGlorot(gain=2.0))
    ]
    assert kernels[0].shape == (300, 200), f"shape {kernels[0].shape}, expected (300, 200)"
    found = [kernel.std() for kernel in kernels]
    assert np.allclose(found, [0.0632, 0.1265], rtol=0.03), (
        f"standard deviations with gain 1 and 2: {found[0]:.2f} and {found[1]:.2f}, expected about"
        f" 0.0632 and 0.1265"
    )


def test_seed():
    """numerics: two initializers with the same seed draw the same kernel"""
    first, second = (np.asarray(ScaledGlorot(seed=1)((3, 2), dtype="float32")) for _ in range(2))
    assert np.array_equal(first, second), "two initializers of one seed drew different kernels"


def test_regularizer():
    """numerics: with the factor 0.1 the weights 1, -2, 0.5 cost 0.35"""
    got = L1Regularizer(0.1)(tf.constant([1.0, -2.0, 0.5]))
    assert np.shape(got) == (), f"the penalty has shape {np.shape(got)}, expected a scalar"
    assert np.allclose(got, 0.35), f"weights 1, -2, 0.5 cost {got}, expected 0.35"


def test_constraint():
    """numerics: the matrix of the example, with a column of zeros"""
    got = MaxColumnNorm(1.0)(tf.constant([[3.0, 0.3, 0.0], [4.0, 0.4, 0.0]]))
    want = [[0.6, 0.3, 0], [0.8, 0.4, 0]]
    assert np.allclose(got, want), f"the matrix of the example becomes {got}, expected {want}"


def full_layer():
    return keras.layers.Dense(
        4,
        activation=shifted_relu,
        kernel_initializer=ScaledGlorot(gain=2.0, seed=1),
        kernel_regularizer=L1Regularizer(0.1),
        kernel_constraint=MaxColumnNorm(1.5),
    )


def test_all_four_in_a_layer():
    """graph: a step of training leaves no column longer than the limit, and counts the penalty"""
    model = keras.Sequential([keras.Input((3,)), full_layer()])
    model.compile(keras.optimizers.SGD(10.0), "mse", jit_compile=False)
    model.train_on_batch(np.ones((2, 3), "float32"), 50 * np.ones((2, 4), "float32"))
    kernel = model.layers[0].kernel.numpy()
    longest = np.sqrt((kernel**2).sum(axis=0)).max()
    assert longest < 1.5001, f"after a step, a column has the length {longest}, more than 1.5"
    penalty = float(sum(model.losses))
    assert np.isclose(penalty, 0.1 * np.abs(kernel).sum(), rtol=1e-4), f"the penalty is {penalty}"


def test_configurations():
    """serialization: made again from its configuration, each part has its arguments"""
    for part in (ScaledGlorot(2.0, seed=3), L1Regularizer(0.5), MaxColumnNorm(2.5)):
        config = type(part).from_config(part.get_config()).get_config()
        assert config == part.get_config(), f"{type(part).__name__}: made again, it has {config}"
        assert config, f"{type(part).__name__}: the configuration is empty"
