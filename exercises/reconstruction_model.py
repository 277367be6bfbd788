# autograder exercise: reconstruction_model
# Unit 6, Models, exercise 3: a loss of the model's own, build (about 50 minutes, 20 points)
# Fill in what says YOUR CODE HERE, then run: pytest exercises/reconstruction_model.py

# %% [markdown]
# # A model that also reconstructs its inputs
#
# *Unit 6, Models · about 50 minutes · 20 points. You need: `wide_and_deep`; what `compile`, `fit`
# and `evaluate` do.*
#
# Hidden layers keep what helps to predict the labels, and drop the rest. With few labels that is
# little: much of what is in the inputs is lost, and what is kept may be a coincidence. So one asks
# the hidden layers for a second thing: to keep enough that the **inputs can be reconstructed**. The
# error of this reconstruction becomes a part of the loss, with a small weight.
#
# No loss function can do that. It is called with labels and predictions, and knows neither the
# inputs nor the hidden layers. But a model can add to the loss itself, in its `call`, by
# `add_loss`, and it can own a metric that shows how the reconstruction gets on.
#
# The reconstruction needs a layer as wide as the inputs, and nobody tells the constructor how wide
# these are. That is what `build` is for, which Keras calls with the shape of the first inputs. It
# has a trap, in which a saved model loses all of its weights without a word.
#
# You write one class, `ReconstructionRegressor(output_dim, rate=0.05, **kwargs)`, a subclass of
# `keras.Model`. It takes inputs of shape (batch, $n$), returns predictions of shape (batch,
# `output_dim`), and adds `rate` times the error of its reconstruction to the loss.

# %%
# To see it: autograder look exercises/reconstruction_model.py
def look_at_a_model_that_forgets():
    """A model whose `build` makes one of its layers is called, saved and loaded."""
    import tempfile
    import warnings

    import keras
    import numpy as np

    class Forgetful(keras.Model):
        def build(self, input_shape):
            self.hidden = keras.layers.Dense(input_shape[-1])

        def call(self, inputs):
            return self.hidden(inputs)

    model, inputs = Forgetful(), np.ones((1, 3), "float32")
    print("before:", model(inputs).numpy().round(2), "with", len(model.weights), "weights")
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that some weights could not be loaded
        model.save(f"{folder}/model.keras")
        objects = {"Forgetful": Forgetful}
        loaded = keras.saving.load_model(f"{folder}/model.keras", custom_objects=objects)
    print("loaded with", len(loaded.weights), "weights, and no exception")
    print("after: ", loaded(inputs).numpy().round(2))


# %% [markdown]
# ## The model
#
# `ReconstructionRegressor(output_dim, rate=0.05, **kwargs)` is called on inputs of shape (batch,
# $n$), and has four dense layers:
#
# | layer | neurons | activation | on |
# |---|---|---|---|
# | first hidden layer | 30 | ReLU | the inputs |
# | second hidden layer | 30 | ReLU | the result of the first |
# | prediction | `output_dim` | none | the result of the second |
# | reconstruction | $n$, as many as there are inputs | none | the result of the second |
#
# It returns the predictions, of shape (batch, `output_dim`), and nothing else. With the
# reconstructions $r$ of the inputs $x$, the **reconstruction error** of a batch of $m$ samples is
#
# $$e = \frac{1}{m\,n} \sum_{i=1}^{m} \sum_{j=1}^{n} (r_{ij} - x_{ij})^2$$
#
# **In every call, in training or not**, the model
#
# - adds the one number $\text{rate} \cdot e$ to its losses, by `self.add_loss`, and no other loss.
#   Keras adds it to the loss that the model was compiled with, and `model.losses` shows it;
# - shows $e$ itself, without the rate, to a metric of its own. The metric is called
#   `reconstruction_error`, and is the mean over the batches since its last reset (or over the
#   samples: for batches of one size that is the same, and no others are graded).
#
# Each layer has a kernel and a bias: 8 weights, all of them trainable. How they start is up to you,
# and so is whether these four are layers of Keras, layers of your own, or parts of a model inside
# of yours. In training the model computes what it computes otherwise, so `call` needs no argument
# `training`; it may have one.
#
# ![The inputs x go through two dense layers of 30 neurons with ReLU. From the second of them, one
# arrow goes to a dense layer with the predictions, which the model returns, and another one to a
# dense layer with the reconstruction r. The error e is computed of r and of the inputs x; e goes to
# the metric, and rate times e to the loss.](reconstruction_model.figure.png)
#
# ## An example
#
# Four inputs, `output_dim=1` and `rate=0.05`. Let the first kernel hold 1/4 everywhere, the second
# be the identity matrix, that of the prediction hold −1/30 and that of the reconstruction 1/30
# everywhere, and let all biases be 0. Then every hidden value is the mean of the inputs, if that is
# positive, or else 0.
#
# | inputs | hidden values | prediction | reconstruction | mean of the squared errors |
# |---|---|---|---|---|
# | (1, 2, 3, 6) | 3 | −3 | (3, 3, 3, 3) | (4 + 1 + 0 + 9) / 4 = 3.5 |
# | (−1, −1, −1, −1) | 0 | 0 | (0, 0, 0, 0) | 1 |
#
# Of a batch of both, $e = 2.25$, and the model adds $0.05 \cdot 2.25 = 0.1125$ to the loss.

# %% [markdown]
# ## Building and saving
#
# When a file is loaded, Keras makes the model anew from its configuration, builds it, and fills in
# the weights:
#
# - `get_config` returns what the constructor needs, `output_dim` and `rate`, together with what
#   `super().get_config()` returns. The constructor hands `**kwargs` to `super().__init__`: there
#   may be a `name` in them, or whether the model is `trainable`.
# - If your class has a `build` of its own, Keras calls it with the shape that the model was built
#   for, and takes the model for complete. A layer gets its weights when *it* is built. In direct
#   calls and in `fit`, that happens by itself when it is called first. But what has no weights when
#   the file is read gets none from it, and you have just seen what then happens: nothing. So when
#   `build` ends, **every layer must have its weights**. `layer.build(shape)` makes them; the shape
#   is that of the layer's own inputs, `(None, 30)` for example. A call on a `keras.Input` makes
#   them as well, and so all layers of a Functional model have theirs.
# - `super().build(input_shape)` does not do that for you, and neither does `self.built = True`.
#
# ## Traps
#
# **Old books** call `self.add_metric(...)`, which is gone. Make a metric, `keras.metrics.Mean` for
# example, in the constructor, keep it in an attribute and call its `update_state` in `call`. Keras
# finds it there, shows it, and resets it when an epoch begins.
#
# **`add_loss` takes one number for the batch.** Keras sums up what it gets: if that is one number
# per sample, the loss grows with the batch.
#
# **Layers and metrics are made once**, in the constructor or in `build`. In `call`, they would be
# new ones each time.
#
# **A Python number is no state.** `self.total += ...` in `call` is executed once, while the graph
# of the training step is made, and never again.
#
# ## What is graded
#
# - **Numerics**: the shapes of the weights, predictions for given weights, the loss that is added
#   (for several rates and sizes of batches, in training or not, and once even after a second call),
#   the metric over several batches and after a reset, and what `evaluate` shows, also if it is
#   called again.
# - **Gradients**: the added loss has a gradient in the weights of the reconstruction and of both
#   hidden layers, and it is the slope of that loss; the predictions train all but the
#   reconstruction. What gradients in the *inputs* are is up to you.
# - **Serialization**: saved as `.keras` and loaded in a new process with your class as
#   `custom_objects`, a model has all weights, predicts the same and adds the same loss; `rate`, the
#   name and `trainable` survive. A second model can load the weights of a first one
#   (`save_weights`).
# - **Graph**: traced once for batches of any size, the model gives what direct calls give, and its
#   metric goes on from batch to batch until it is reset; compiled, a step of training goes where
#   the gradient of the whole loss points, and no constraint changes the weights.
#
# Weights are told apart by their shapes: the names of layers and attributes and their order are
# yours; only keep clear of the names that Keras uses itself, such as `layers`, `losses` and
# `metrics`. Models are saved, and load weights, after they have been called. You may add imports,
# functions and classes.
#
# **Switched off**: nothing. **Out of scope**: inputs of other ranks, dtypes other than float32, a
# rate of 0, and how well the model learns.

# %%
import keras
import numpy as np
import tensorflow as tf


# %%
class ReconstructionRegressor(keras.Model):
    """Predicts, and adds the error with which it reconstructs its inputs to the loss.

    Args:
        output_dim: how many numbers to predict for each sample.
        rate: the weight of the reconstruction error in the loss.
    """

    def __init__(self, output_dim, rate=0.05, **kwargs):
        # YOUR CODE HERE
        raise NotImplementedError()

    def build(self, input_shape):
        """Make the layer of the reconstruction, and build all layers."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def call(self, inputs):
        """Return the predictions; add the loss and update the metric."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def get_config(self):
        """Return what the constructor needs to make this model again."""
        # YOUR CODE HERE
        raise NotImplementedError()


# %%
# To see it: autograder look exercises/reconstruction_model.py
def look_at_my_model(figure):
    """Your model learns from 128 samples, with two rates: what `fit` shows as its loss, and as its
    reconstruction error."""
    random = np.random.default_rng(1)
    x = (random.normal(size=(128, 3)) @ random.normal(size=(3, 8))).astype("float32")
    y = np.sin(x[:, :1])
    for axes, key in zip(figure.subplots(1, 2), ("loss", "reconstruction_error"), strict=True):
        axes.set(title=f"{key} in fit", xlabel="epoch")
    for rate in (0.005, 0.2):
        keras.utils.set_random_seed(1)
        model = ReconstructionRegressor(1, rate)
        model.compile(keras.optimizers.Adam(0.005), "mse", jit_compile=False)
        history = model.fit(x, y, batch_size=16, epochs=8, verbose=0).history
        for axes, key in zip(figure.axes, ("loss", "reconstruction_error"), strict=True):
            axes.semilogy(range(1, 9), history[key], ".-", label=f"rate {rate}")
    figure.axes[0].legend()


# %%
BATCH = np.array([[1, 2, 3, 6], [-1, -1, -1, -1]], "float32")


def with_weights_of_the_example(model, last=1 / 30):
    """Build a model for four inputs and set its weights, by their shapes."""
    model(BATCH)
    kernels = {(4, 30): 1 / 4, (30, 30): np.eye(30), (30, 1): -1 / 30, (30, 4): last}
    assert len(model.weights) == 8, f"the model has {len(model.weights)} weights, expected 8"
    for weight in model.weights:
        shape = tuple(weight.shape)
        weight.assign(np.broadcast_to(np.float32(kernels.get(shape, 0)), shape))
    return model


def metric_of(model):
    found = [one for one in model.metrics if one.name == "reconstruction_error"]
    names = sorted(one.name for one in model.metrics)
    assert len(found) == 1, (
        f"the model should own one metric named reconstruction_error. Its metrics are {names}"
    )
    return found[0]


def test_shapes_of_the_weights():
    """numerics: for 8 inputs and 3 outputs, the model has the weights of four dense layers"""
    model = ReconstructionRegressor(3)
    model(np.ones((2, 8), "float32"))
    shapes = sorted(tuple(weight.shape) for weight in model.trainable_weights)
    expected = [(3,), (8,), (8, 30), (30,), (30,), (30, 3), (30, 8), (30, 30)]
    assert shapes == expected, f"trainable weights: got the shapes {shapes}, expected {expected}"


def test_predictions_of_the_example():
    """numerics: with the weights of the example, the predictions are -3 and 0"""
    predictions = with_weights_of_the_example(ReconstructionRegressor(1))(BATCH)
    got = np.round(predictions, 4).tolist()
    assert got == [[-3], [0]], f"predictions: got {got}, expected [[-3.0], [0.0]]"


def test_loss_of_the_example():
    """numerics: it adds 0.1125 to the loss, in training or not; with rate=2, 4.5"""
    found, right = {}, True
    cases = {
        "the default": (ReconstructionRegressor(1), 1 / 30, 0.1125),
        "rate 2": (ReconstructionRegressor(1, 2.0), 1 / 30, 4.5),
        "rate 2, the other sign in the last kernel": (
            ReconstructionRegressor(1, rate=2.0),
            -1 / 30,
            40.5,
        ),
    }
    for label, (model, last, expected) in cases.items():
        with_weights_of_the_example(model, last)
        for training in (False, True):
            model(BATCH, training=training)
            losses = [np.round(loss, 4).tolist() for loss in model.losses]
            found[f"{label}, training={training}"] = losses
            right &= np.shape(losses) == (1,) and np.allclose(losses, expected, atol=2e-3)
    assert right, (
        f"model.losses is {found}, expected [0.1125] for the default, [4.5] for rate 2, and [40.5] "
        "for the other sign"
    )


def test_metric_of_the_example():
    """numerics: the metric shows 2.25 for the batch, and 1.625 after one more sample pair"""
    model = with_weights_of_the_example(ReconstructionRegressor(1, rate=2.0))
    metric = metric_of(model)
    metric.reset_state()
    got = []
    for batch, training in (BATCH, False), (BATCH[[1, 1]], True):
        model(batch, training=training)
        got.append(round(float(metric.result()), 4))
    assert got == [2.25, 1.625], (
        f"the metric after a batch, and after another one in training: got {got}, expected "
        "[2.25, 1.625]"
    )


def test_every_weight_is_trained():
    """gradients: the added loss trains 6 of the 8 weights, those of the prediction not"""
    model = with_weights_of_the_example(ReconstructionRegressor(1), last=-1 / 30)
    with tf.GradientTape() as tape:
        model(BATCH, training=True)
        loss = tf.add_n(model.losses)
    gradients = tape.gradient(loss, model.trainable_variables)
    pairs = zip(model.trainable_variables, gradients, strict=True)
    # No gradient, or one of zeros: both train nothing.
    got = sorted(
        tuple(weight.shape)
        for weight, gradient in pairs
        if gradient is not None and np.any(gradient)
    )
    expected = [(4,), (4, 30), (30,), (30,), (30, 4), (30, 30)]
    assert got == expected, (
        f"the added loss trains weights of the shapes {got}, expected {expected}"
    )


def test_saved_and_loaded():
    """serialization: a model saved as `.keras` has 8 weights again, and predicts the same"""
    import tempfile

    model = with_weights_of_the_example(ReconstructionRegressor(1, rate=2.0, name="mine"))
    assert model.name == "mine", "the model was made with name='mine', and has another name"
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        objects = {"ReconstructionRegressor": ReconstructionRegressor}
        loaded = keras.saving.load_model(f"{folder}/model.keras", custom_objects=objects)
    count = len(loaded.weights)
    assert count == len(model.weights), f"{len(model.weights)} weights saved, but {count} loaded"
    assert loaded.name == "mine", "a model of the name 'mine' came back with another name"
    got = np.round(loaded(BATCH, training=True), 4).tolist()
    assert got == [[-3], [0]], f"predictions of the loaded model: {got}, expected [[-3.0], [0.0]]"
    got = sum(float(tf.reduce_sum(loss)) for loss in loaded.losses)
    assert abs(got - 4.5) < 1e-3, f"the loaded model adds a loss of {got:.4f}, expected 4.5"


def test_step_of_training():
    """graph: a step of training reports the whole loss, 4.6125, and the reconstruction error"""
    model = with_weights_of_the_example(ReconstructionRegressor(1))
    model.compile("sgd", "mse", jit_compile=False)
    logs = model.train_on_batch(BATCH, np.zeros((2, 1), "float32"), return_dict=True)
    got = {key: round(float(logs[key]), 4) for key in sorted(logs)}
    expected = {"loss": 4.6125, "reconstruction_error": 2.25}
    assert got == expected, f"a step of training shows {got}, expected {expected}"
