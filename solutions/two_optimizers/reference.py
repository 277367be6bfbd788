# %% [markdown] unit="8 Training" step=4 minutes=40 teaches="two optimizers, one pass"
# # Two optimizers for one model
#
# `model.compile` takes one optimizer, and it treats all weights alike. Not all weights are alike.
# In *fine-tuning*, the lower layers come from a model that has seen millions of pictures, and
# should move slowly; the new layers above know nothing yet, and should move fast. A *wide and deep*
# model trains its wide, linear part with Ftrl, which sets most weights to zero, and its deep part
# with Adagrad.
#
# Two optimizers need a training step of your own. It is short, but the order of things in it
# matters, and so does who gets which gradient.
#
# You write it as a class, `TwoOptimizers(model, lower, lower_optimizer, upper_optimizer, loss_fn)`.
# Its method `step(x, y)` trains on one batch: the weights of the layers that are named in `lower`
# go to one optimizer, all others to the other one. It returns the loss.

# %% tags=["look"]
def look_at_one_rate_for_all():
    """A sum of two parts whose inputs differ in size: no single rate suits both."""
    import tensorflow as tf

    large, small = 30 * tf.sin(tf.range(0.0, 20.0)), 0.3 * tf.cos(tf.range(0.0, 60.0, 3.0))
    target = 2 * large + 50 * small
    for rates in ((0.001, 0.001), (1.0, 1.0), (0.001, 1.0)):
        weights = [tf.Variable(0.0), tf.Variable(0.0)]
        for _ in range(100):
            with tf.GradientTape() as tape:
                error = weights[0] * large + weights[1] * small - target
                loss = tf.reduce_mean(error**2)
            for rate, weight, slope in zip(
                rates, weights, tape.gradient(loss, weights), strict=True
            ):
                weight.assign_sub(rate * slope)
        print(f"rates {rates[0]:g} and {rates[1]:g}: loss {loss:.3g} after 100 steps")


# %% [markdown] needs="`training_loop`; `tf.GradientTape`; optimizers of Keras"
# ## The idea
#
# The trainable weights of a model fall into two parts: $\theta_l$, those of some layers that are
# named, and $\theta_u$, all others. One forward pass gives one loss $L(\theta_l, \theta_u)$, and
# one backward pass gives its gradients in both, *at the same point*. Then each optimizer changes
# its part. For gradient descent with the rates $\eta_l$ and $\eta_u$ that is
#
# $$\theta_l \leftarrow \theta_l - \eta_l \frac{\partial L}{\partial \theta_l}(\theta_l, \theta_u),
# \qquad
# \theta_u \leftarrow \theta_u - \eta_u \frac{\partial L}{\partial \theta_u}(\theta_l, \theta_u).$$
#
# On the right, both have their old values. If you change $\theta_l$ first and then make a second
# pass for $\theta_u$, you compute something else, and pay twice for it.
#
# ![Inputs pass through a lower and an upper part of the model to one loss. One backward pass splits
# into two lists of gradients: those of the lower part go to the lower optimizer, those of the upper
# part to the upper optimizer.](figure.png)
#
# ## An example
#
# A model has two layers, "lower" and "upper", each with a single weight and no bias. So its
# prediction is $v \cdot w \cdot x$. Let $w = 2$, $v = 3$, $x = 1$ and $y = 4$. The prediction is 6,
# the squared error is
#
# $$L = (6 - 4)^2 = 4, \qquad \frac{\partial L}{\partial w} = 2 \cdot 2 \cdot v x = 12, \qquad
# \frac{\partial L}{\partial v} = 2 \cdot 2 \cdot w x = 8.$$
#
# With gradient descent, $\eta_l = 0.1$ and $\eta_u = 0.01$, the new weights are $w = 2 - 1.2 = 0.8$
# and $v = 3 - 0.08 = 2.92$. The loss of this step is 4.
#
# With a second pass after $w$ has become 0.8, the gradient in $v$ would be
# $2 \cdot (2.4 - 4) \cdot 0.8 = -2.56$. So $v$ would even move the other way.

# %% [markdown]
# ## Your task
#
# Write a class `TwoOptimizers(model, lower, lower_optimizer, upper_optimizer, loss_fn)`. Arguments
# are passed by position.
#
# - `model` is a Functional or a Sequential model of Keras, with one input and one output. It is
#   built, and not compiled.
# - `lower` is a list of names of its layers, as `layer.name` of `model.layers` has them, in any
#   order. Such a layer may be a model itself; then all layers inside belong to it. A layer inside
#   may have the same name as one of `model.layers`: `lower` means the latter.
# - `lower_optimizer` and `upper_optimizer` are two optimizers of Keras that have not been used. The
#   first is for the trainable weights of the layers named in `lower`, the second for all other
#   trainable weights of the model. There are some in both parts. These two objects are applied, not
#   copies: if somebody sets `lower_optimizer.learning_rate`, the next step goes by it.
# - `loss_fn(y, predictions)` is a loss of Keras, such as `keras.losses.MeanSquaredError()`. It
#   returns a scalar, the mean over the batch.
#
# If a name in `lower` is not that of a layer of `model`, the constructor raises `ValueError`.
# (Nobody asks for names of layers inside of an inner model, nor for that of a `keras.Input`.)
#
# The method `step(x, y)` trains on one batch. `x` and `y` are tensors of any shapes and dtypes that
# the model and the loss take: sequences, for example, with integers as labels.
#
# - It calls the model once, with `training=True`.
# - The loss is that of `loss_fn` **plus the model's own losses**, `model.losses`: a list of
#   scalars, one for each regularizer of a layer, of kernels, biases or activities. It is empty if
#   there is none.
# - Each of the two optimizers is applied **once**, with the gradients of all weights of its part
#   together. An optimizer counts how often it is applied; its learning rate, and Adam's estimates,
#   go by that number. And `global_clipnorm` looks at all gradients that it gets together.
# - It returns that loss, a scalar: as it was before the weights changed.
#
# What is not trainable stays as it is, wherever it is: a *frozen* layer (`layer.trainable = False`)
# keeps its weights, also if it is named in `lower`. (What is trainable is decided before your
# object is made.) The moving averages of a BatchNormalization are moved by the forward pass, and by
# no optimizer.
#
# What the class derives from is up to you, and so is whether you decorate `step` with
# `tf.function`. You may add imports, functions, classes, methods and attributes of your own. There
# may be several objects of your class, one after the other also for the same model.
#
# What you need of Keras:
#
# ```python
# model = keras.Sequential(
#     [keras.Input((3,)), keras.layers.Dense(4, name="dense"), keras.layers.Dense(1, name="top")]
# )
# optimizer = keras.optimizers.SGD(0.1)
# weights = model.get_layer("dense").trainable_variables
# optimizer.apply([tf.ones((3, 4)), tf.ones(4)], weights)  # gradients, and their weights
# print([layer.name for layer in model.layers])  # ['dense', 'top']
# print(len(weights), int(optimizer.iterations))  # 2 1
# ```

# %% [markdown]
# ## Traps
#
# - **A second forward pass** after the first update sees weights that have moved. It also moves
#   moving averages twice.
# - **A tape answers once.** The second call of `tape.gradient` raises, unless the tape is
#   `persistent=True`. One call will do: ask for the gradients in one long list and cut the answer
#   in two, or give a list of two lists and get a list of two lists.
# - **Gradients and weights in different orders.** `zip` of all gradients with the weights of one
#   part pairs them wrongly, and says nothing where the shapes agree.
# - **Parts of names.** "dense" is also part of "dense_1". Compare whole names of layers.
# - **Places instead of names.** `lower` need not be the first layers, nor be in the order of the
#   model.
# - **`weights` instead of `trainable_variables`.** That includes frozen weights and moving
#   averages.
# - **One optimizer for two lists.** When an optimizer is applied first, it makes variables for
#   these weights, and later it refuses others: `Unknown variable`. It may also be told before, by
#   `optimizer.build(weights)`.
# - **Weight by weight.** An optimizer that is applied in a loop over weights, or over layers,
#   counts each time as a step of its own.
# - **Own losses too early.** What a regularizer of activities costs is known when the model has
#   been called. Before, `model.losses` has that of an older batch, or nothing.
# - **Values in a graph.** While a graph is traced, a loss has no value: return the tensor, not
#   `float(loss)` or `loss.numpy()`. The size of the batch may be unknown.
# - **A decorated method does not keep its object alive.** When you try yours, keep the object in a
#   Python variable; the grader does.
#
# ## What is graded
#
# - **Numerics**: how the weights of each part move in several steps, with optimizers of several
#   kinds, learning rates that change and clipped gradients; that the layers are found by their
#   names, and unknown names raise; the loss that is returned; what is frozen; moving averages.
# - **Gradients**: with gradient descent, a step moves each weight by its rate times the gradient of
#   the loss, however large that is. The model's own losses are part of it, and so is training mode.
# - **Graph**: `step` is called in a function that is traced once, for batches of any size, and runs
#   in a process that does not have your code. Each run changes the weights and returns its loss,
#   and the optimizers go on from where they were. It must not call back into Python
#   (`tf.py_function`).
#
# There are no points for serialization: the model is saved as ever, and your class need not be.
#
# **Switched off**: nothing.
#
# **Out of scope**: subclassed models; several inputs or outputs; the same name twice in `lower`; a
# layer that is in two inner models, or in one and in `model.layers` as well; one optimizer for both
# parts; weights that the loss does not depend on; sample weights; metrics; sparse gradients, as of
# embeddings; weights that are not float32, mixed precision, distribution, and XLA.

# %%
import keras
import numpy as np
import tensorflow as tf


# %% tags=["solution"]
class TwoOptimizers:
    """Trains some layers of a model with one optimizer, and all others with another."""

    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        """Find out which weights belong to which optimizer.

        Args:
            model: a Functional or Sequential model that is built.
            lower: the names of the layers for `lower_optimizer`, a list.
            lower_optimizer: for the trainable weights of these layers.
            upper_optimizer: for all other trainable weights.
            loss_fn: a loss of Keras, called with labels and predictions.

        Raises:
            ValueError: a name in `lower` is not that of a layer.
        """
        ### BEGIN SOLUTION
        layers = {layer.name: layer for layer in model.layers}
        if unknown := [name for name in lower if name not in layers]:
            raise ValueError(f"the model has no layers {unknown}, only {list(layers)}")
        named = {id(one) for name in lower for one in layers[name].trainable_variables}
        self.lower = [one for one in model.trainable_variables if id(one) in named]
        self.upper = [one for one in model.trainable_variables if id(one) not in named]
        self.model, self.loss_fn = model, loss_fn
        self.lower_optimizer, self.upper_optimizer = lower_optimizer, upper_optimizer
        ### END SOLUTION

    def step(self, x, y):
        """Train on one batch.

        Args:
            x: inputs of the model.
            y: labels.

        Returns:
            The loss before the weights have changed, a scalar.
        """
        ### BEGIN SOLUTION
        with tf.GradientTape() as tape:
            predictions = self.model(x, training=True)
            loss = self.loss_fn(y, predictions) + sum(self.model.losses)
        lower, upper = tape.gradient(loss, [self.lower, self.upper])
        self.lower_optimizer.apply(lower, self.lower)
        self.upper_optimizer.apply(upper, self.upper)
        return loss
        ### END SOLUTION


# %% tags=["look"]
def look_at_my_optimizers(figure):
    """Your step trains a curve with three pairs of optimizers: the loss, and how far parts move."""
    left, right = figure.subplots(1, 2)
    x = np.linspace(-1, 1, 64, dtype="float32")[:, None]
    y = np.sin(4 * x)
    sgd, adam = keras.optimizers.SGD, keras.optimizers.Adam
    pairs = {
        "SGD(0.001) below, SGD(0.2) above": (sgd(0.001), sgd(0.2)),
        "SGD(0.2) below, SGD(0.001) above": (sgd(0.2), sgd(0.001)),
        "Adam(0.02) below, SGD(0.1) above": (adam(0.02), sgd(0.1)),
    }
    for number, (label, optimizers) in enumerate(pairs.items()):
        dense = keras.layers.Dense
        start = keras.initializers.GlorotUniform(3)
        below = dense(20, "tanh", name="below", kernel_initializer=start)
        above = dense(1, name="above", kernel_initializer=start)
        model = keras.Sequential([keras.Input((1,)), below, above])
        before = [layer.get_weights()[0] for layer in (below, above)]
        trained = TwoOptimizers(model, ["below"], *optimizers, keras.losses.MeanSquaredError())
        losses = [float(np.asarray(trained.step(tf.constant(x), tf.constant(y))))]
        losses += [
            float(np.asarray(trained.step(tf.constant(x), tf.constant(y)))) for _ in range(59)
        ]
        left.semilogy(losses, label=label)
        after = [layer.get_weights()[0] for layer in (below, above)]
        moved = [np.abs(b - a).mean() for a, b in zip(before, after, strict=True)]
        right.bar(np.arange(2) + 0.25 * number, moved, 0.25, label=label)
    left.set(title="the loss that your step returns", xlabel="step")
    left.legend(fontsize=7)
    right.set(title="how far the kernels have moved", xticks=[0.25, 1.25])
    right.set_xticklabels(["below", "above"])


# %% tags=["tests"]
def chain(w, v, penalty=None):
    """The model of the example: it predicts v * w * x."""
    layers = [
        keras.layers.Dense(1, use_bias=False, kernel_regularizer=penalty, name="lower"),
        keras.layers.Dense(1, use_bias=False, name="upper"),
    ]
    model = keras.Sequential([keras.Input((1,)), *layers])
    model.set_weights([np.array([[w]]), np.array([[v]])])
    return model


def weights_of(model):
    return [round(float(value), 4) for weight in model.get_weights() for value in np.ravel(weight)]


def sgd(rate):
    return keras.optimizers.SGD(rate)


X, Y = tf.constant([[1.0]]), tf.constant([[4.0]])


def test_worked_example():
    """numerics: the step of the example returns the loss 4, and w, v become 0.8, 2.92"""
    model = chain(2.0, 3.0)
    two = TwoOptimizers(model, ["lower"], sgd(0.1), sgd(0.01), keras.losses.MeanSquaredError())
    loss = two.step(X, Y)
    got, want = weights_of(model), [0.8, 2.92]
    assert got == want, f"w and v after one step of the example: got {got}, expected {want}"
    assert loss is not None, "step returned nothing, expected the loss, a scalar"
    shape = np.shape(loss)
    assert shape == (), f"the loss that step returns is a scalar, but has the shape {shape}: {loss}"
    got = round(float(np.asarray(loss)), 4)
    assert got == 4.0, f"the loss that step returns in the example: got {got}, expected 4.0"


def test_adam_below_and_momentum_above():
    """numerics: after 3 steps of Adam for w and momentum for v, both have the right values"""
    model = chain(1.0, 1.0)
    lower, upper = keras.optimizers.Adam(0.1), keras.optimizers.SGD(0.01, momentum=0.5)
    two = TwoOptimizers(model, ["lower"], lower, upper, keras.losses.MeanSquaredError())
    got = []
    for _ in range(3):
        two.step(X, Y)
        got.append(weights_of(model))
    want = [[1.1, 1.06], [1.2, 1.1523], [1.3, 1.2613]]
    near = np.shape(got) == np.shape(want) and np.allclose(got, want, rtol=0, atol=3e-4)
    assert near, f"w and v after each of 3 steps, Adam and momentum: got {got}, expected {want}"


def four_layers():
    """Layers whose names are parts of each other, the second frozen."""
    names = ("dense", "dense_1", "dense_2", "dense_12")
    layers = [keras.layers.Dense(2, name=name, kernel_initializer="identity") for name in names]
    layers[1].trainable = False
    return keras.Sequential([keras.Input((2,)), *layers])


def test_layers_are_found_by_their_names():
    """numerics: with a rate of 0 for the others, just the layers that are named move"""
    for lower in (["dense"], ["dense_12", "dense_1"], ["dense_2", "dense"]):
        model = four_layers()
        before = {layer.name: layer.get_weights() for layer in model.layers}
        two = TwoOptimizers(model, lower, sgd(0.1), sgd(0.0), keras.losses.MeanSquaredError())
        two.step(tf.constant([[1.0, 2.0]]), tf.constant([[3.0, 5.0]]))
        got = [
            layer.name
            for layer in model.layers
            if any(
                (a != b).any() for a, b in zip(before[layer.name], layer.get_weights(), strict=True)
            )
        ]
        want = [name for name in ("dense", "dense_2", "dense_12") if name in lower]
        assert got == want, (
            f"a rate of 0.1 for {lower}, of which dense_1 is frozen, and 0 for all others: {got} "
            f"have moved, expected {want}"
        )


def test_unknown_names_raise():
    """numerics: a name that is no layer's raises ValueError"""
    for lower in (["dense", "dens"], ["other"]):
        loss = keras.losses.MeanSquaredError()
        try:
            TwoOptimizers(four_layers(), lower, sgd(0.1), sgd(0.1), loss)
            got = "nothing"
        except NotImplementedError:
            raise
        except Exception as error:
            got = "ValueError" if isinstance(error, ValueError) else type(error).__name__
        assert got == "ValueError", (
            f"the names {lower} for layers dense, dense_1, dense_2, dense_12: raised {got}, "
            "expected ValueError"
        )


def test_moving_averages_move_once():
    """numerics: a step calls the model once, with training=True"""
    layers = [keras.layers.BatchNormalization(momentum=0.5, name="norm"), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((1,)), *layers])
    two = TwoOptimizers(model, ["norm"], sgd(0.1), sgd(0.1), keras.losses.MeanSquaredError())
    two.step(tf.constant([[1.0], [3.0]]), tf.constant([[1.0], [0.0]]))
    got = [round(float(value[0]), 4) for value in layers[0].get_weights()[2:]]
    want = [1.0, 1.0]
    assert got == want, (
        f"moving mean and variance of BatchNormalization after a step with the inputs 1 and 3: got "
        f"{got}, expected {want}"
    )


def test_penalties_count():
    """gradients: a penalty of 0.5 w² adds 2 to the loss of the example, and 2 to the slope in w"""
    model = chain(2.0, 3.0, keras.regularizers.L2(0.5))
    two = TwoOptimizers(model, ["lower"], sgd(0.1), sgd(0.01), keras.losses.MeanSquaredError())
    loss = two.step(X, Y)
    got = [*weights_of(model), None if loss is None else round(float(np.mean(loss)), 4)]
    want = [0.6, 2.92, 6.0]
    assert got == want, f"w, v and the loss with a penalty on w: got {got}, expected {want}"


def test_one_graph_trains_at_each_run():
    """graph: traced once for any batch size, the step changes the weights each time it runs"""
    model = chain(2.0, 3.0)
    two = TwoOptimizers(model, ["lower"], sgd(0.1), sgd(0.01), keras.losses.MeanSquaredError())
    shape = tf.TensorSpec((None, 1), tf.float32)

    @tf.function(input_signature=[shape, shape], autograph=False)
    def run(x, y):
        two.step(x, y)

    got = []
    for size in (1, 2):
        run(tf.repeat(X, size, axis=0), tf.repeat(Y, size, axis=0))
        got.append(weights_of(model))
    want = [[0.8, 2.92], [1.7718, 2.9466]]
    near = np.allclose(got, want, rtol=0, atol=3e-4)
    assert near, f"w and v after each of 2 runs of a graph: got {got}, expected {want}"
