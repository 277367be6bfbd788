# autograder exercise: capstone
# Unit 11, Capstone, exercise 1: your own parts in one model (about 90 minutes, 25 points)
# Fill in what says YOUR CODE HERE, then run: pytest exercises/capstone.py

# %% [markdown]
# # Your own parts in one model
#
# *Unit 11, Capstone · about 90 minutes · 25 points. You need: `huber_loss`, `streaming_metric`,
# `dense_layer`, `training_loop`.*
#
# You have written a loss, a metric, a layer, a training loop and a model that is shipped, each
# alone. Here they meet. You bring three classes that you have, `HuberLoss`, `HuberMetric` and
# `MyDense`, or Keras' own in their place. You write three functions, some thirty lines:
#
# - `build_model(features, layer=MyDense)` returns a model of three layers of the class `layer`;
# - `train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0)` trains a
#   model in your own loop, and returns a dictionary: for the loss and for each metric, a list with
#   one number for each epoch;
# - `serve(model, mean, std)` returns a function that somebody else can call with raw numbers, and
#   which answers with predictions.
#
# What is hard is what is hard in every project. Each part makes assumptions about the others, and
# none of them says so.

# %%
# To see it: autograder look exercises/capstone.py
def look_at_raw_numbers():
    """One dense layer of Keras gets the features of three flats as they are: area, rooms, year."""
    import keras
    import numpy as np

    flats = np.float32([[40, 1, 1968], [95, 3, 2004], [180, 6, 1921]])
    keras.utils.set_random_seed(3)
    outputs = keras.layers.Dense(4, activation="tanh")(flats)
    print("as they are, nearly all is 1 or -1:")
    print(outputs.numpy().round(2))
    keras.utils.set_random_seed(3)
    outputs = keras.layers.Dense(4, activation="tanh")((flats - flats.mean(0)) / flats.std(0))
    print("standardized, flats differ:")
    print(outputs.numpy().round(2))


# %% [markdown]
# ## The task
#
# Prices of flats follow from a few features, but some of the prices are typing errors: a zero too
# many. A squared error would bend the whole model towards them. So the loss is the Huber loss, and
# the gradient of a step is not allowed to be larger than a limit.
#
# ![From left to right. Raw features are standardized; the model, two hidden layers of yours and a
# third one, makes predictions of them; loss and gradient go back to the weights, and on the way the
# gradient is clipped. What is served holds the first two: standardization and
# model.](capstone.figure.png)
#
# ## The parts that you bring
#
# The first cell to fill in is for three classes that you have written before. Paste your own:
#
# | name | from | what is used of it |
# |---|---|---|
# | `HuberLoss(threshold=1.0)` | `huber_loss` | a `keras.losses.Loss` |
# | `HuberMetric(threshold=1.0)` | `streaming_metric` | a metric named `huber_metric` |
# | `MyDense(units, activation=None)` | `dense_layer` | a `keras.layers.Layer` |
#
# The Huber loss of an error $e$ is $e^2 / 2$ where $|e| \le t$, and $t \, (|e| - t / 2)$ beyond,
# with the threshold $t$. `HuberLoss` returns its mean over the batch, and `HuberMetric` its mean
# over all samples since it was reset. `MyDense` returns `activation(inputs @ kernel + bias)`.
#
# If one of yours is not finished, nothing is lost: put one of Keras' in its place, as below, under
# the name of yours. Keras calls the threshold `delta`, but here it is always given by position, as
# in `HuberLoss(2.0)`. Nothing is switched off in this exercise.
#
# ```python
# SpareLoss = keras.losses.Huber
# SpareDense = keras.layers.Dense
#
#
# class SpareMetric(keras.metrics.MeanMetricWrapper):
#     def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
#         super().__init__(keras.losses.huber, name=name, delta=threshold, **kwargs)
# ```

# %% [markdown]
# ## What to write
#
# ### `build_model(features, layer=MyDense)`
#
# It returns a Functional `keras.Model`, not compiled. The inputs have the shape (batch,
# `features`). Three layers follow, in this order: one of 16 units with `"tanh"`, one of 8 units
# with `"tanh"`, and one of a single unit without an activation. All three are made by
# `layer(units)` or `layer(units, activation=...)`. So with another class as `layer`, the same model
# is made of other parts. How the weights start is up to the layers.
#
# ### `train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0)`
#
# It trains the model as in `training_loop`, and returns a dictionary of lists with one number for
# each epoch: under `"loss"`, and under the name of each metric.
#
# - Batches come in the order of the data, the same in each epoch. The last one is smaller if
#   `batch_size` does not divide the number of samples.
# - `loss_fn(labels, predictions)` is a Keras loss with its default reduction. To it the model's own
#   losses are added, `model.losses`, such as those of a regularizer. This total is what is trained.
# - The model is called with `training=True`.
# - **Clipping.** If the gradients of all trainable weights together have a norm larger than `clip`,
#   all of them are multiplied by `clip / norm`. The norm is that of all entries of all gradients as
#   one long vector. Otherwise they stay as they are.
# - One step is one call of the optimizer, for all trainable weights.
# - The `"loss"` of an epoch is the mean of that total over all *samples*: the total of a batch of 3
#   counts three times as much as that of a single sample.
# - Metrics get labels and the predictions that the loss got. They start anew in each epoch.
# - `x` and `y` are NumPy arrays of float32, and `clip` is a positive number.
#
# The function is called with models that are built, with fresh optimizers and metrics, and more
# than once in a program, with other models too. Use a graph for the step, or don't: that is not
# graded.
#
# ### `serve(model, mean, std)`
#
# It returns a function of a float32 tensor of raw features, of shape (batch, `features`), which
# returns the model's predictions of the standardized features, (batch, 1). `mean` and `std` are
# NumPy arrays of float64, with one number for each feature. The function can be traced for a batch
# of unknown size and saved, and then needs none of your Python code. It goes by the weights that
# the model has when it is called or saved, and does not call the model in training mode.
#
# A feature $j$ is standardized to $(x_j - \text{mean}_j) / \text{std}_j$. Where $\text{std}_j = 0$,
# the feature was the same in all samples, and what is passed on is 0. The predictions have a
# gradient in the raw features: it is finite, and 0 for such a feature.

# %% [markdown]
# ## An example
#
# Two weights have the gradients 6 and −8. Their norm is $\sqrt{36 + 64} = 10$. With `clip=5` both
# are multiplied by $5 / 10$, and become 3 and −4: the direction is the same, and the norm is 5. If
# each were clipped alone, they would be 5 and −5, which is another direction. With `clip=20`
# nothing changes.
#
# With `mean` (100, 3, 7) and `std` (50, 2, 0), the raw features (150, 2, 9) become (1, −0.5, 0).

# %% [markdown]
# ## Traps
#
# **The parts of others.** `build_model` must not reach for `MyDense` where it was given another
# `layer`.
#
# **An optimizer belongs to one model.** It makes its own variables for the weights that it first
# sees. A step that was traced for one model is of no use for another: make the graph inside of
# `train`.
#
# **Means of means.** A mean over batches is not a mean over samples, if the last batch is smaller.
# And `"loss"` is what was trained, with the model's own losses.
#
# **Float64 is not float32.** NumPy's numbers are float64. A float32 tensor minus an array of
# float64 raises, or not, depending on who is on which side. Cast `mean` and `std` once.
#
# **A division by zero** gives NaN or infinity, and one such feature spoils the whole row. To choose
# 0 after the division mends the value, but not the gradient, which is still NaN.
# `tf.math.divide_no_nan` gives 0 for both.

# %% [markdown]
# ## What is graded
#
# - **Numerics**: predictions of `build_model` for given weights, with `keras.layers.Dense` as
#   `layer` and with your own; what `train` returns and where it takes the weights, with Keras'
#   parts and with yours, for batches of unequal size, several metrics, a model with a regularizer,
#   and one that behaves differently in training; what `serve` answers.
# - **Gradients**: how far one step moves the weights, when it is clipped and when it is not, with
#   Keras' loss and with yours; the gradient of what is served in the raw features.
# - **Serialization**: a trained model of your own layers is saved as `.keras`, and loaded in a new
#   process with your classes as `custom_objects`; it predicts the same.
# - **Graph**: what `serve` returns is saved, and answers in a process without your code, for
#   batches of any size.
#
# Your own parts are asked in these places only, and for as much as is needed here; a part of Keras'
# in their place gets the same points. Out of scope: data other than float32 in NumPy arrays,
# weights of samples, empty data, a `clip` that is zero, infinite or `None`, weights without a
# gradient, gradients that are not finite, mixed precision.

# %%
import keras
import numpy as np
import tensorflow as tf


def flats(samples, seed):
    """Return features (area, rooms, year, and a constant) and prices, some of them mistyped."""
    rng = np.random.default_rng(seed)
    area, rooms = rng.uniform(30, 200, samples), rng.integers(1, 8, samples)
    year = rng.uniform(1900, 2020, samples)
    price = 0.02 * area + 0.3 * np.sqrt(rooms) + 1.5 * np.cos((year - 1900) / 30)
    price += rng.normal(scale=0.1, size=samples)
    price[rng.random(samples) < 0.05] *= 10
    features = np.stack([area, rooms, year, np.full(samples, 7.0)], axis=1)
    return features.astype("float32"), price[:, None].astype("float32")


# %%
class HuberLoss(keras.losses.Loss):
    """Yours, of `huber_loss`."""

    def __init__(self, threshold=1.0, name="huber_loss", **kwargs):
        # YOUR CODE HERE
        raise NotImplementedError()

    def call(self, y_true, y_pred):
        """Return one loss for each sample."""
        # YOUR CODE HERE
        raise NotImplementedError()


class HuberMetric(keras.metrics.Metric):
    """Yours, of `streaming_metric`."""

    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        # YOUR CODE HERE
        raise NotImplementedError()

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch; no weights are passed here."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def result(self):
        """Return the mean over all samples since the last reset."""
        # YOUR CODE HERE
        raise NotImplementedError()


class MyDense(keras.layers.Layer):
    """Yours, of `dense_layer`."""

    def __init__(self, units, activation=None, **kwargs):
        # YOUR CODE HERE
        raise NotImplementedError()

    def build(self, input_shape):
        """Create the kernel and the bias."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def call(self, inputs):
        """Return `activation(inputs @ kernel + bias)`."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def get_config(self):
        """Return the base class' configuration together with the arguments."""
        # YOUR CODE HERE
        raise NotImplementedError()


# %%
def build_model(features, layer=MyDense):
    """Return a Functional model of three layers: 16 and 8 units with tanh, and a linear one.

    Args:
        features: how many numbers describe a sample.
        layer: the class of the layers, called like `MyDense`.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    """Train a model in place and return its history.

    Args:
        model: a built model.
        loss_fn: a Keras loss.
        optimizer: a Keras optimizer, not used before.
        x: inputs, `(samples, ...)`.
        y: labels, `(samples, 1)`.
        epochs: how often all samples are seen.
        batch_size: how many samples make a step; the last batch may be smaller.
        metrics: Keras metrics, not used before.
        clip: the largest norm that the gradients of a step may have together.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def serve(model, mean, std):
    """Return a function of raw features that standardizes them and returns predictions.

    Args:
        model: of standardized features, `(batch, features)`.
        mean: of each feature, a NumPy array of float64.
        std: the standard deviation of each feature, a NumPy array of float64.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %%
# To see it: autograder look exercises/capstone.py
def look_at_my_model_learning(figure):
    """Your parts learn the prices of 400 flats: your loss and metric, and what is served then."""
    left, right = figure.subplots(1, 2)
    x, y = flats(400, seed=1)
    mean, std = x.mean(0, dtype="float64"), x.std(0, dtype="float64")
    std[-1] = 0.0
    keras.utils.set_random_seed(1)
    model = build_model(4)
    standardized = np.float32((x - mean) / np.where(std > 0, std, 1))
    optimizer = keras.optimizers.Adam(0.01)
    history = train(model, HuberLoss(), optimizer, standardized, y, 12, 16, [HuberMetric()])
    for label, line_of in history.items():
        left.plot(range(1, 13), line_of, "o-" if label == "loss" else "x--", label=label)
    left.set(title="your loop, loss and metric", xlabel="epoch")
    left.legend()
    new, price = flats(200, seed=2)
    right.plot([0, 6], [0, 6], color="gray")
    right.plot(price, serve(model, mean, std)(tf.constant(new)), ".")
    right.set(title="what you serve, of new flats", xlabel="price", xlim=(-1, 7), ylim=(-1, 7))


# %%
def filled(model):
    """Give all weights of one shape the same values, the same in each run."""
    for weight in model.weights:
        size = int(np.prod(weight.shape))
        weight.assign(np.cos(np.arange(size) + size).reshape(weight.shape) / 2)
    return model


def line(weight, **kwargs):
    """Return a model that predicts the sum of the inputs, each times its weight."""
    dense = keras.layers.Dense(1, use_bias=False, **kwargs)
    model = keras.Sequential([keras.Input((len(weight),)), dense])
    dense.kernel.assign(np.float32(weight)[:, None])
    return model


class Doubled(keras.layers.Dense):
    """A dense layer that returns twice as much."""

    def call(self, inputs):
        return 2 * super().call(inputs)


X = np.float32([[1, 0, -1], [0.5, -1, 2]])


def test_shape_of_the_model():
    """numerics: a model of 3 features has kernels of the shapes (3, 16), (16, 8), (8, 1)"""
    model = build_model(3)
    shapes = sorted(tuple(weight.shape) for weight in model.weights if len(weight.shape) == 2)
    assert shapes == [(3, 16), (8, 1), (16, 8)], (
        f"the kernels of build_model(3) have the shapes {shapes}, expected (3, 16), (16, 8), (8, 1)"
    )
    assert model.output_shape == (None, 1), f"output shape: {model.output_shape}, not (None, 1)"


def test_model_of_other_layers():
    """numerics: the model is made of the layers that are given, and predicts what it should"""
    cases = (keras.layers.Dense, [1.483, 1.156]), (Doubled, [6.452, 3.886])
    for layer, expected in cases:
        answers = np.asarray(filled(build_model(3, layer))(X))
        predicted = [round(float(one), 3) for one in answers[:, 0]]
        assert np.allclose(predicted, expected, atol=2e-3), (
            f"filled with the weights of this test, build_model(3, {layer.__name__}) predicts "
            f"{predicted}, expected {expected}"
        )


def test_own_layer():
    """numerics: `MyDense` applies its activation to the inputs times the kernel plus the bias"""
    layer = MyDense(2, activation="tanh")
    layer(X)
    shapes = sorted(tuple(weight.shape) for weight in layer.weights)
    assert shapes == [(2,), (3, 2)], f"MyDense(2) has weights of the shapes {shapes}"
    outputs = [[round(float(one), 3) for one in row] for row in np.asarray(filled(layer)(X))]
    expected = [[0.599, -0.12], [-0.626, 0.152]]
    assert np.allclose(outputs, expected, atol=2e-3), (
        f"filled with the weights of this test, MyDense(2, activation='tanh') returns {outputs}, "
        f"expected {expected}"
    )


def test_own_loss_and_metric():
    """numerics: errors of 1, 4 and -3 cost 3.5 in the mean, if the threshold is 2"""
    true, predicted = tf.zeros((3, 1)), tf.constant([[1.0], [4.0], [-3.0]])
    loss = round(float(HuberLoss(2.0)(true, predicted)), 3)
    assert loss == 3.5, f"HuberLoss(2.0) of the errors 1, 4 and -3 is {loss}, expected 3.5"
    metric = HuberMetric(2.0)
    metric.update_state(true[:2], predicted[:2])
    metric.update_state(true[2:], predicted[2:])
    found = round(float(metric.result()), 3)
    assert found == 3.5, f"HuberMetric(2.0) of (1, 4), then (-3), is {found}, expected 3.5"
    assert metric.name == "huber_metric", f"HuberMetric(2.0) has the name {metric.name!r}"


def test_a_step_that_is_clipped():
    """gradients: of the gradients 2, -4 and 4, whose norm is 6, `clip=3` leaves the half"""
    moved = {}
    for label, clip in {"clip=3": {"clip": 3.0}, "clip=20": {"clip": 20.0}, "default": {}}.items():
        dense = keras.layers.Dense(1, kernel_initializer="zeros")
        model = keras.Sequential([keras.Input((2,)), dense])
        x, y = np.float32([[0.5, -1]]), np.float32([[-99]])
        train(model, keras.losses.Huber(4.0), keras.optimizers.SGD(1.0), x, y, 1, 1, **clip)
        values = [*np.asarray(dense.kernel)[:, 0], *np.asarray(dense.bias)]
        moved[label] = [round(float(value), 3) for value in values]
    expected = {"clip=3": [-1, 2, -2], "clip=20": [-2, 4, -4], "default": [-0.333, 0.667, -0.667]}
    assert all(np.allclose(moved[label], expected[label], atol=2e-3) for label in moved), (
        f"a step of SGD(1) moves two weights and a bias by {moved}, expected {expected}"
    )


def test_history_and_weights():
    """numerics: two epochs of batches of 2 and 1 samples, with a penalty, momentum, and a metric"""
    x, y = np.float32([[1], [2], [-1]]), np.float32([[1], [1], [2]])
    model = line([0.5], kernel_regularizer=keras.regularizers.L2(0.5))
    optimizer = keras.optimizers.SGD(0.05, momentum=0.5)
    metric = keras.metrics.MeanAbsoluteError(name="error")
    loss = keras.losses.MeanSquaredError()
    history = train(model, loss, optimizer, x, y, 2, 2, [metric], 100.0)
    assert sorted(history) == ["error", "loss"], f"the history has the keys {sorted(history)}"
    found = {name: [round(float(one), 3) for one in history[name]] for name in sorted(history)}
    found["weight"] = [round(float(np.asarray(model.weights[0])[0, 0]), 3)]
    expected = {"error": [1.0, 1.165], "loss": [2.292, 1.892], "weight": [-0.083]}
    assert all(
        np.shape(found[name]) == np.shape(expected[name])
        and np.allclose(found[name], expected[name], atol=2e-3)
        for name in found
    ), f"after two epochs: {found}, expected {expected}"


def test_what_is_served():
    """numerics: for the example, the model gets (1, -0.5, 0), and the weights count that it has"""
    model = line([1.0, 1.0, 1.0])
    served = serve(model, np.array([100.0, 3.0, 7.0]), np.array([50.0, 2.0, 0.0]))
    model.weights[0].assign([[10.0], [1.0], [100.0]])
    got = np.asarray(served(tf.constant([[150.0, 2.0, 9.0]]))).round(3).tolist()
    assert np.allclose(got, [[9.5]], atol=1e-3), f"served: {got}, expected [[9.5]]"


def test_slope_of_what_is_served():
    """gradients: for the example, the slope is each weight over `std`, and 0 where that is 0"""
    mean, std = np.array([100.0, 3.0, 7.0]), np.array([50.0, 2.0, 0.0])
    served = serve(line([10.0, 1.0, 100.0]), mean, std)
    raw = tf.constant([[150.0, 2.0, 9.0]])
    with tf.GradientTape() as tape:
        tape.watch(raw)
        answer = tf.convert_to_tensor(served(raw))
    slope = tape.gradient(answer, raw)
    assert slope is not None, "what is served has no gradient in the raw features"
    slope = np.asarray(slope).round(3).tolist()
    assert np.allclose(slope, [[0.2, 0.5, 0.0]], atol=1e-3), (
        f"slope of what is served: {slope}, expected [[0.2, 0.5, 0.0]]"
    )


def test_own_model_can_be_saved():
    """serialization: a model of your own layers is saved, loaded, and predicts the same"""
    import tempfile

    model = filled(build_model(3))
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        loaded = keras.saving.load_model(f"{folder}/model.keras", {"MyDense": MyDense})
    error = float(np.max(np.abs(np.asarray(loaded(X)) - np.asarray(model(X)))))
    assert error < 1e-4, "the loaded model's predictions are not those of the model that was saved"


def test_what_is_served_as_a_graph():
    """graph: one graph of what is served takes batches of 2 and of 5"""
    served = serve(filled(build_model(3)), np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.0, 0.0]))
    graph = tf.function(lambda x: served(x), autograph=False)
    graph = graph.get_concrete_function(tf.TensorSpec([None, 3], tf.float32))
    for size in (2, 5):
        x = tf.reshape(tf.range(3.0 * size), (size, 3)) / 10
        error = float(np.max(np.abs(np.asarray(graph(x)) - np.asarray(served(x)))))
        assert error < 1e-4, f"of {size} rows, the graph's answers are not those of a direct call"
