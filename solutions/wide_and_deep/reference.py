# %% [markdown] unit="6 Models" step=2 minutes=40 teaches="two inputs and two outputs, by name"
# # Wide and deep
#
# Not all inputs of a network need the same treatment. Some features act simply: double the area of
# a flat, and its price doubles. A stack of ReLU layers has to learn even that, and may garble it.
# Other features act through patterns that only a deep network finds. A **wide and deep** model has
# a path for each: the *deep* features go through hidden layers, and the *wide* ones go straight to
# the output, beside what the hidden layers have found.
#
# It also gets a second output, an **auxiliary** one, that sees the deep part alone. Its loss makes
# the hidden layers useful by themselves, so that they do not lean on the wide features.
#
# Such a model is no row of layers, so `keras.Sequential` alone cannot hold it. It is a graph of
# layers, which Keras calls a *Functional* model: you call layers on inputs that are still to come,
# and hand the ends of the graph to `keras.Model`.
#
# You write a function, `build_model(n_wide, n_deep, hidden=30)`. It returns such a model, with
# `n_wide` wide and `n_deep` deep features, `hidden` neurons in each of two hidden layers, and the
# outputs `main` and `auxiliary`.

# %% tags=["look"]
def look_at_inputs_in_a_list():
    """Two inputs of one size: in a list, their order decides what they mean, and nobody checks."""
    import keras
    import numpy as np

    price, discount = keras.Input((1,), name="price"), keras.Input((1,), name="discount")
    model = keras.Model([price, discount], keras.layers.subtract([price, discount]))
    ten, three = np.array([[10.0]], "float32"), np.array([[3.0]], "float32")
    print("[price, discount]:", model([ten, three]).numpy().item())
    print("[discount, price]:", model([three, ten]).numpy().item())
    print("by name, in any order:", model({"discount": three, "price": ten}).numpy().item())


# %% [markdown] needs="`residual_model`; `keras.Input` and `keras.Model`"
# ## The model
#
# `build_model(n_wide, n_deep, hidden=30)` returns a Functional model, a `keras.Model` that is made
# of inputs and outputs:
#
# | part | what it is |
# |---|---|
# | input `wide` | `n_wide` numbers for each sample |
# | input `deep` | `n_deep` numbers for each sample |
# | hidden layers | two dense layers on `deep`, one after the other: `hidden` neurons each, ReLU |
# | output `main` | a dense layer on `wide` and the last hidden values, side by side |
# | output `auxiliary` | a dense layer on the last hidden values alone |
#
# The last hidden values are the result of the second hidden layer. Both outputs are dense layers of
# 1 neuron without activation, so that they can be negative, and have the shape (batch, 1).
#
# Each of these four dense layers has a kernel and a bias, so the model has 8 weights, all of them
# trainable. For `build_model(3, 5)` these are 1,175 numbers. The model has nothing else in it: no
# dropout, no normalization, no regularizers, no constraints. In training it computes what it
# computes otherwise.
#
# ![Two inputs on the left. The input deep passes through two dense layers of 30 neurons with ReLU.
# Their result goes to two places: to the dense layer auxiliary with one neuron, and to a
# concatenation. The input wide goes around the hidden layers straight to this concatenation, behind
# which is the dense layer main with one neuron.](figure.png)
#
# ## An example
#
# One wide feature, two deep ones, `hidden=2`. Let both hidden layers have the identity matrix as
# their kernel and the bias $(0, 1)$, `main` a kernel of ones, `auxiliary` a kernel of minus ones,
# and both of these the bias 0.5. For `wide` $= (3)$ and `deep` $= (1, -2)$:
#
# | step | values |
# |---|---|
# | first hidden layer: $\max(0, (1, -2) + (0, 1))$ | $(1, 0)$ |
# | second hidden layer: $\max(0, (1, 0) + (0, 1))$ | $(1, 1)$ |
# | side by side with `wide` | $(3, 1, 1)$ |
# | `main`: $3 + 1 + 1 + 0.5$ | $5.5$ |
# | `auxiliary`: $-1 - 1 + 0.5$ | $-1.5$ |

# %% [markdown]
# ## Names
#
# Whoever uses the model feeds it a dictionary, and says by name what each output should be:
#
# ```python
# model = build_model(3, 5)
# model.compile(
#     "sgd",
#     loss={"main": "mse", "auxiliary": "mse"},
#     loss_weights={"main": 0.9, "auxiliary": 0.1},
# )
# inputs = {"wide": np.ones((4, 3)), "deep": np.ones((4, 5))}
# model.train_on_batch(inputs, {"main": np.ones((4, 1)), "auxiliary": np.zeros((4, 1))})
# ```
#
# - An input has the name that you give to `keras.Input(..., name=...)`. If you hand a dictionary of
#   inputs to `keras.Model`, its keys must be these names, too.
# - The outputs may be a list or a dictionary. In a list, in whichever order, an output has the name
#   of the layer that it comes from. In a dictionary, its key is its name.
# - The model is not compiled yet: that is for whoever trains it.
#
# ## Saving
#
# A Functional model is data: which layers there are, with which arguments, and what is connected to
# what. So `keras.saving.load_model("model.keras")` brings it back **without your code**, with no
# `custom_objects`. That holds as long as all of its parts are Keras' own. A subclass of
# `keras.Model` or an activation that you write would need its Python code again, registered or not,
# and a Python function in a `Lambda` layer is refused.

# %% [markdown]
# ## Traps
#
# **A layer that is called twice is one layer.** It has one kernel, which fits inputs of one width.
# Two hidden layers are two objects.
#
# **The result has to be used.** Calling a layer does not change its input. What you forget to hand
# on is no part of the model, and Keras does not tell.
#
# **`keras.Input` is no tensor yet**, so the functions of TensorFlow (`tf.concat`) do not take it.
# Layers do, and so do the functions of `keras.ops`.
#
# **A shape is a tuple**, without the batch: `(n_wide,)`, with a comma.
#
# **An output without a name has one that Keras makes up**, such as `dense_7`, and tomorrow it is
# another one.
#
# ## What is graded
#
# - **Numerics**: the shapes of the weights for several widths, and that `hidden` is 30 by default;
#   both outputs for given weights, in training, too; that inputs and outputs are found by their
#   names; that two models have weights of their own.
# - **Gradients**: `main` has a gradient in both inputs, `auxiliary` in `deep` alone; each output
#   trains its own dense layer and both hidden layers.
# - **Serialization**: a model saved as `.keras` and loaded in a new process, without your code or
#   `custom_objects`, predicts the same; so does a second model that has loaded the weights of the
#   first from a file of `save_weights`.
# - **Graph**: the model runs as a graph that was traced once for batches of any size; compiled as
#   above, a step of training with dictionaries goes where the gradient of 0.9 times the one loss
#   plus 0.1 times the other points, without penalties and constraints.
#
# Weights are told apart by their shapes. In which order you put `wide` and the hidden values side
# by side is up to you, and so is all that is not named above: the names of hidden layers, the order
# of layers, inputs and outputs, how the weights start. Parts of the model may be models themselves,
# such as a `keras.Sequential` of both hidden layers. You may add imports and functions.
#
# **Switched off**: nothing. **Out of scope**: a width of 0, dtypes other than float32, how well the
# model learns, and calling it with lists.

# %%
import keras
import numpy as np
import tensorflow as tf


def by_name(model, inputs):
    """Return what a model answers as a dictionary, whether its outputs are a list or one."""
    answers = model(inputs)
    if isinstance(answers, dict):
        return answers
    listed = answers if isinstance(answers, (list, tuple)) else [answers]
    return dict(zip(model.output_names, listed, strict=True))


# %% tags=["solution"]
def build_model(n_wide, n_deep, hidden=30):
    """Return a Functional model with the inputs `wide` and `deep`.

    Args:
        n_wide: how many numbers a sample has in `wide`.
        n_deep: how many numbers a sample has in `deep`.
        hidden: how many neurons each of the two hidden layers has.

    Returns:
        A `keras.Model`, not compiled, with the outputs `main` and `auxiliary`.
    """
    ### BEGIN SOLUTION
    wide = keras.Input((n_wide,), name="wide")
    deep = keras.Input((n_deep,), name="deep")
    first = keras.layers.Dense(hidden, activation="relu")(deep)
    second = keras.layers.Dense(hidden, activation="relu")(first)
    both = keras.layers.concatenate([wide, second])
    main = keras.layers.Dense(1, name="main")(both)
    auxiliary = keras.layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])
    ### END SOLUTION


# %% tags=["look"]
def look_at_my_model(figure):
    """What both outputs of your model learn of 256 samples, whose labels are a straight line in
    `wide` and a wave in `deep`: only one of them sees the line."""
    keras.utils.set_random_seed(1)
    wide, deep = np.random.default_rng(1).uniform(-1, 1, size=(2, 256, 1)).astype("float32")
    labels = 2 * wide + np.sin(4 * deep)
    inputs, model = {"wide": wide, "deep": deep}, build_model(1, 1)
    loss = {"main": "mse", "auxiliary": "mse"}
    weights = {"main": 0.9, "auxiliary": 0.1}
    model.compile(keras.optimizers.Adam(0.01), loss, loss_weights=weights, jit_compile=False)
    model.fit(inputs, dict.fromkeys(loss, labels), batch_size=16, epochs=15, verbose=0)
    predicted = by_name(model, inputs)
    for axes, name in zip(figure.subplots(1, 2), loss, strict=True):
        axes.plot([-3, 3], [-3, 3], color="gray")
        axes.plot(labels, predicted[name], ".")
        axes.set(title=name, xlabel="label", ylabel="prediction", ylim=(-3.2, 3.2))


# %% tags=["tests"]
EXAMPLE = {
    "wide": np.array([[3.0], [-4.0], [1.0]], "float32"),
    "deep": np.array([[1.0, -2.0], [0.5, 2.0], [-3.0, -3.0]], "float32"),
}


def shapes_of(model):
    return sorted(tuple(weight.shape) for weight in model.trainable_weights)


def with_weights_of_the_example(model):
    """Set the weights of a model with one wide and two deep features, by their shapes."""
    values = {(2, 2): np.eye(2), (2,): [0, 1], (3, 1): np.ones((3, 1)), (2, 1): [[-1], [-1]]}
    for weight in model.weights:
        shape = tuple(weight.shape)
        weight.assign(np.array(values.get(shape, np.full(shape, 0.5)), "float32"))
    return model


def found(answers, name):
    names = ["main", "auxiliary"]
    assert sorted(answers) == sorted(names), (
        f"the outputs are to be found by the names {names}; of these there are "
        f"{[one for one in names if one in answers]}, among {len(answers)} outputs"
    )
    return np.asarray(answers[name])


def test_weights_of_the_layers():
    """numerics: `build_model(3, 5, 4)` has the kernels and biases of four dense layers"""
    shapes = shapes_of(build_model(3, 5, 4))
    expected = [(1,), (1,), (4,), (4,), (4, 1), (4, 4), (5, 4), (7, 1)]
    assert shapes == expected, f"trainable weights: got the shapes {shapes}, expected {expected}"


def test_number_of_parameters():
    """numerics: `build_model(3, 5)` has 1,175 parameters"""
    count = build_model(3, 5).count_params()
    assert count == 1175, f"build_model(3, 5) has {count} parameters, expected 1175"


def test_main_output_of_the_example():
    """numerics: with the weights of the example, `main` is 5.5; then 1 and 2.5"""
    model = with_weights_of_the_example(build_model(1, 2, 2))
    got = found(by_name(model, EXAMPLE), "main").tolist()
    expected = [[5.5], [1.0], [2.5]]
    assert got == expected, f"main: got {got}, expected {expected}"


def test_auxiliary_output_of_the_example():
    """numerics: with the weights of the example, `auxiliary` is -1.5; then -4 and -0.5"""
    model = with_weights_of_the_example(build_model(1, 2, 2))
    got = found(by_name(model, EXAMPLE), "auxiliary").tolist()
    expected = [[-1.5], [-4.0], [-0.5]]
    assert got == expected, f"auxiliary: got {got}, expected {expected}"


def test_training_changes_nothing():
    """numerics: in training, both outputs are what they are otherwise"""
    model = build_model(1, 2, 40)
    pairs = zip(
        tf.nest.flatten(model(EXAMPLE)), tf.nest.flatten(model(EXAMPLE, training=True)), strict=True
    )
    errors = [float(tf.reduce_max(tf.abs(one - other))) for one, other in pairs]
    assert max(errors) < 1e-5, "with training=True the outputs are others than without"


def test_auxiliary_output_sees_the_deep_part_alone():
    """gradients: `main` has a gradient in both inputs, `auxiliary` in `deep` alone"""
    model = with_weights_of_the_example(build_model(1, 2, 2))
    inputs = {name: tf.constant(np.abs(value)) for name, value in EXAMPLE.items()}
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(inputs)
        answers = by_name(model, inputs)
    for name, expected in {"main": ["wide", "deep"], "auxiliary": ["deep"]}.items():
        found(answers, name)
        gradients = tape.gradient(answers[name], inputs)
        flows = [
            which
            for which in ("wide", "deep")
            if gradients[which] is not None and np.any(gradients[which])
        ]
        assert flows == expected, f"{name} has a gradient in {flows}, expected {expected}"


def test_saved_and_loaded():
    """serialization: a model saved as `.keras` loads without `custom_objects`, and answers alike"""
    import tempfile

    model = build_model(1, 2, 4)
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        loaded = keras.saving.load_model(f"{folder}/model.keras")
    pairs = zip(tf.nest.flatten(model(EXAMPLE)), tf.nest.flatten(loaded(EXAMPLE)), strict=True)
    error = max(float(tf.reduce_max(tf.abs(one - other))) for one, other in pairs)
    assert error < 1e-4, f"the loaded model's outputs differ by up to {error}"


def test_step_of_training():
    """graph: compiled with losses by name, a step of training reports 0.9 of one and 0.1 of one"""
    model = with_weights_of_the_example(build_model(1, 2, 2))
    names = "main", "auxiliary"
    found(by_name(model, EXAMPLE), "main")
    model.compile(
        "sgd", dict.fromkeys(names, "mse"), loss_weights=dict(zip(names, (0.9, 0.1), strict=True))
    )
    labels = {"main": np.zeros((3, 1)), "auxiliary": np.ones((3, 1))}
    loss = float(model.train_on_batch(EXAMPLE, labels, return_dict=True)["loss"])
    assert abs(loss - 12.3667) < 0.01, f"the loss of the first step is {loss:.4f}, expected 12.3667"
