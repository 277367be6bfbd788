# %% [markdown] unit="10 Shipping" step=1 minutes=50 teaches="a SavedModel with all it needs"
# # A model to serve: everything in one file
#
# A trained model rarely works alone. Its features were standardized before training, by numbers
# that somebody computed; what it returns are probabilities, and which name belongs to which of them
# is written elsewhere. A server that runs the model in another program, perhaps in another
# language, has none of that, and it is a classic mistake to leave one part behind: nothing fails,
# and all answers are wrong.
#
# A SavedModel can hold all of it: the weights, and whatever you compute before and after as a
# graph. (It is a folder with several files. Below, *the file* means all of them together.)
#
# Here you write a function `export_for_serving(model, folder, mean, std, labels)`. It saves a Keras
# model so that a server sends raw features, and gets probabilities and names. `mean` and `std` are
# what the features are standardized by, `labels` are the names of the probabilities, and `folder`
# is where the SavedModel is written. What the function returns is up to you: what counts is what it
# writes.

# %% tags=["look"]
def look_at_raw_features():
    """A model that was trained on standardized features, asked with and without them."""
    import numpy as np

    mean, std = np.array([172.0, 68.0]), np.array([9.0, 14.0])

    def model(features):
        return 1 / (1 + np.exp(-features @ np.array([0.2, -1.5])))

    for person in ([180.0, 60.0], [165.0, 90.0], [172.0, 40.0]):
        right, wrong = model((np.array(person) - mean) / std), model(np.array(person))
        print(f"height {person[0]}, weight {person[1]}: {right:.3f}, from raw features {wrong:.3f}")


# %% [markdown] needs="what a `tf.function` and its signature are; `keras.Model`"
# ## The idea
#
# `tf.saved_model.save(module, folder, signatures=…)` writes the graphs of functions, and all
# variables that they use, into a folder. A *signature* is a function with a name, whose inputs and
# outputs have names, too; servers call `serving_default` unless they are told otherwise. Whatever
# stands in the function is in the file, as operations and constants:
#
# $$
# x \;\longrightarrow\; z_j = \frac{x_j - \mu_j}{\sigma_j} \;\longrightarrow\;
# p = \text{model}(z) \;\longrightarrow\; \text{label} = \text{labels}[\operatorname{argmax}_i p_i]
# $$
#
# A feature that never changed in training has the standard deviation $\sigma_j = 0$. Its
# standardized value is 0, whatever (finite) number the raw value is.
#
# ![A box, the SavedModel. A server sends raw features to its signature serving_default. Inside,
# they are standardized, go through the model, and come out as probabilities; and the largest of
# them picks a label. A second signature in the box, version, returns a text.](figure.png)
#
# Here is a module with two signatures, one of which takes nothing. A signature takes tensors by the
# names of its parameters, and returns a dictionary:
#
# ```python
# class Thermometer(tf.Module):
#     @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
#     def to_celsius(self, fahrenheit):
#         return {"celsius": (fahrenheit - 32.0) / 1.8}
#
#
# thermometer = Thermometer()
# thermometer.unit = tf.function(lambda: {"unit": tf.constant("°C")}, input_signature=[])
# signatures = {"serving_default": thermometer.to_celsius, "unit": thermometer.unit}
# with tempfile.TemporaryDirectory() as parent:
#     tf.saved_model.save(thermometer, parent + "/thermometer", signatures=signatures)
#     loaded = tf.saved_model.load(parent + "/thermometer")
#     answer = loaded.signatures["serving_default"](fahrenheit=tf.constant([50.0, 14.0]))
# print(answer["celsius"].numpy())  # [ 10. -10.]
# ```
#
# Variables are saved if the module *tracks* them: they, or the model that has them, must be an
# attribute of it.

# %% [markdown]
# ## An example
#
# A model has two features and two labels, `"cat"` and `"dog"`. The mean is $(10, 5)$, the standard
# deviation $(2, 0)$. The row $(14, 7)$ is standardized to $(2, 0)$: the first feature is two
# standard deviations above its mean, and the second one never changed.
#
# If the model returns $(0.2, 0.8)$ for $(2, 0)$, the signature returns the probabilities $(0.2,
# 0.8)$ and the label `dog`. The row $(14, -1)$ gets the same answer.
#
# The gradient of the probabilities in the raw features is that of the model, divided by the
# standard deviation; in the second feature it is 0.

# %% [markdown]
# ## Your task
#
# Write a function `export_for_serving(model, folder, mean, std, labels)`. Arguments are passed by
# position.
#
# - `model` is a Keras model that has been built. It maps float32 of shape $(\text{batch}, n)$ to
#   probabilities of shape $(\text{batch}, k)$. It stays as it is.
# - `folder` is a string. If the folder does not exist (its parent does), or is empty, the
#   SavedModel is written there. **If there is anything in it**, a `FileExistsError` is raised, and
#   nothing in it is changed.
# - `mean` and `std` are NumPy arrays of float64 of shape $(n,)$. No standard deviation is negative.
# - `labels` is a list of $k$ strings; they may hold any letters.
#
# The file has two signatures (more do not matter):
#
# - `serving_default` takes one tensor of raw features, float32 of shape $(\text{batch}, n)$; its
#   signature leaves the size of the batch open. The name of this input is up to you. It returns
#   `probabilities`, float32 of shape $(\text{batch}, k)$, and `label`, strings of shape
#   $(\text{batch},)$: that of the largest probability in each row. It has no other outputs.
# - `version` takes nothing and returns one string of shape `()`, `1.0`. The name of this output is
#   up to you.
#
# Layers that do something else in training, such as dropout, do what they do in `model.predict`.
# The file runs where your code and Keras are not, and needs no other file. You may add imports,
# functions and classes of your own.

# %% [markdown]
# ## Traps
#
# - **Dividing by zero.** $0 / 0$ is NaN, and $(7 - 5) / 0$ is infinite. A small number added to the
#   standard deviation makes it huge instead. And a `tf.where` *after* the division hides the NaN
#   from the value only: in the gradient, 0 times infinity is NaN. Make the divisor harmless before
#   the division, or use `tf.math.divide_no_nan`.
# - **float64 meets float32.** A tensor that is made of `mean` is float64 unless you say otherwise,
#   and TensorFlow does not mix it with float32. (An array of NumPy is cast silently.)
# - **NumPy inside.** What NumPy computes from arrays becomes a constant of the graph, and that is
#   fine. Of the features there are no values while the graph is traced. `tf.numpy_function` and
#   `tf.py_function` call this Python process, which no server has.
# - **A batch of one size.** A signature with `[32, n]` serves batches of 32 only. `None` leaves it
#   open.
# - **The wrong axis.** The largest entry of each *row* is that along axis 1 (or −1).
# - **`model.predict`** is for direct calls: it cannot be part of a graph. Call the model.
# - **Untracked.** A model that is only used inside the function, and is no attribute of what is
#   saved, makes `save` fail with `… untracked resource`. If it fails for a model with dropout only,
#   the model is called as in training.
# - **`tf.saved_model.save` overwrites** what is in the folder without a word.
#
# ## What is graded
#
# - **Numerics**: the probabilities of raw features; the labels; features with a standard deviation
#   of 0; dropout; the model is the same afterwards, and so is what of it is trainable; folders that
#   do not exist, are empty, or are not.
# - **Gradients**: the probabilities are differentiable in the raw features, through the loaded
#   signature; in a feature with a standard deviation of 0, the gradient is 0.
# - **Serialization**: loaded in another process, the file has the two signatures, with inputs and
#   outputs as above; `version` returns its text.
# - **Graph**: batches of any size, from one row on, and each row is answered on its own; nothing in
#   the file calls back into Python.
#
# Nearly all of it is asked of the loaded file, in another process. `keras.export.ExportArchive` is
# as right as `tf.saved_model.save`. Numbers may be off by 0.01 %, or by 0.00001 if they are small:
# float32 is enough everywhere, and float64 inside is right, too.
#
# **Switched off**: nothing.
#
# **Out of scope**: batches without rows, raw features that are NaN or infinite, two probabilities
# that are equal, models with several inputs, standard deviations that are tiny but not 0, a path
# that is a file, what is left in a new folder if the export fails, compilation by XLA (leave
# `jit_compile` off).

# %%
import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf


# %% tags=["solution"]
def export_for_serving(model, folder, mean, std, labels):
    """Write a SavedModel that takes raw features and returns probabilities and labels.

    Args:
        model: a built Keras model, from (batch, n) standardized features to (batch, k)
            probabilities.
        folder: where to write, a string.
        mean: NumPy array of float64 of shape (n,).
        std: NumPy array of float64 of shape (n,); 0 for features that never change.
        labels: a list of k strings.

    Raises:
        FileExistsError: there is something in the folder.
    """
    ### BEGIN SOLUTION
    if Path(folder).is_dir() and any(Path(folder).iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    center, scale = tf.constant(mean, tf.float32), tf.constant(std, tf.float32)
    names = tf.constant(labels)

    @tf.function(input_signature=[tf.TensorSpec([None, len(mean)], tf.float32)])
    def serve(features):
        probabilities = model(tf.math.divide_no_nan(features - center, scale), training=False)
        best = tf.argmax(probabilities, axis=1)
        return {"probabilities": probabilities, "label": tf.gather(names, best)}

    @tf.function(input_signature=[])
    def version():
        return {"version": tf.constant("1.0")}

    module = tf.Module()
    module.variables_of_the_model = [variable.value for variable in model.variables]
    signatures = {"serving_default": serve, "version": version}
    tf.saved_model.save(module, folder, signatures=signatures)
    ### END SOLUTION


# %% tags=["look"]
def look_at_my_export(figure):
    """What your file answers for two raw features, height and weight: the label of each point."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="softmax")])
    model.set_weights([np.array([[2.0, -2, 0], [-1.5, -0.5, 2]]), np.array([0.0, 0.5, 0])])
    mean, std, labels = np.array([172.0, 68.0]), np.array([9.0, 14.0]), ["slim", "small", "heavy"]
    heights, weights = np.meshgrid(np.linspace(145, 200, 80), np.linspace(35, 110, 80))
    rows = tf.constant(np.stack([heights, weights], -1).reshape(-1, 2), tf.float32)
    with tempfile.TemporaryDirectory() as parent:
        export_for_serving(model, str(Path(parent, "file")), mean, std, labels)
        signature = tf.saved_model.load(str(Path(parent, "file"))).signatures["serving_default"]
        [name] = signature.structured_input_signature[1]
        answer = signature(**{name: rows})
    found = np.array([one.decode() for one in answer["label"].numpy()])
    axes = figure.subplots()
    for label, colour in zip(labels, ("#0072b2", "#009e73", "#d55e00"), strict=True):
        here = found == label
        axes.scatter(*rows.numpy()[here].T, s=3, color=colour, label=label)
    sure = np.max(answer["probabilities"], axis=1).reshape(heights.shape)
    lines = axes.contour(heights, weights, sure, levels=(0.5, 0.7, 0.9, 0.99), colors="black")
    axes.clabel(lines)
    axes.set(xlabel="height; lines: the largest probability", ylabel="weight")
    axes.legend(loc="upper left", markerscale=4)


# %% tags=["tests"]
def example_model():
    """Two features, two labels: the logits are 0 and the first feature plus the second."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, activation="softmax")])
    model.set_weights([np.array([[0.0, 1.0], [0.0, 1.0]]), np.zeros(2)])
    return model


def export(folder, std=(2.0, 0.5)):
    mean, labels = np.array([10.0, 5.0]), ["cat", "dog"]
    export_for_serving(example_model(), str(folder), mean, np.array(std), labels)


class Served:
    """A file that your function wrote for the example model, loaded again."""

    def __init__(self, std=(2.0, 0.5)):
        with tempfile.TemporaryDirectory() as parent:
            export(Path(parent, "file"), std)
            self.loaded = tf.saved_model.load(str(Path(parent, "file")))
        names = sorted(self.loaded.signatures)
        assert {"serving_default", "version"} <= {*names}, f"the file has the signatures {names}"
        self.signature = self.loaded.signatures["serving_default"]

    def ask(self, rows):
        names = sorted(self.signature.structured_input_signature[1])
        assert len(names) == 1, f"serving_default has the inputs {names}, expected one"
        answer = self.signature(**{names[0]: tf.constant(rows, tf.float32)})
        found = sorted(answer)
        assert found == ["label", "probabilities"], f"serving_default has the outputs {found}"
        return answer


def rounded(tensor):
    return np.round(np.asarray(tensor, "float64"), 3).tolist()


def test_raw_features_are_standardized():
    """numerics: the rows (12, 5) and (8, 4.5) have the probability 0.731 and 0.119 of a dog"""
    got = rounded(Served().ask([[12.0, 5.0], [8.0, 4.5]])["probabilities"])
    want = [[0.269, 0.731], [0.881, 0.119]]
    assert np.shape(got) == (2, 2) and np.allclose(got, want, atol=2e-3), (
        f"the rows (12, 5) and (8, 4.5), which are standardized to (1, 0) and (-1, -1): "
        f"got the probabilities {got}, expected {want}"
    )


def test_labels():
    """numerics: each row gets the label of its largest probability"""
    got = Served().ask([[12.0, 5.0], [8.0, 4.5], [14.0, 5.0]])["label"]
    got = [one.decode() if isinstance(one, bytes) else one for one in got.numpy().tolist()]
    want = ["dog", "cat", "dog"]
    assert got == want, f"the labels of three rows: got {got}, expected {want}"


def test_a_feature_that_never_changed():
    """numerics: with the standard deviation 0 a feature does not matter"""
    got = rounded(Served((2.0, 0.0)).ask([[12.0, 5.0], [12.0, 7.0]])["probabilities"])
    want = [[0.269, 0.731], [0.269, 0.731]]
    assert np.allclose(got, want, atol=2e-3), (
        f"with std (2, 0), the rows (12, 5) and (12, 7): got {got}, expected {want}"
    )


def test_a_folder_that_is_not_empty():
    """numerics: it raises FileExistsError and changes nothing; an empty folder is fine"""
    with tempfile.TemporaryDirectory() as parent:
        Path(parent, "full").mkdir()
        Path(parent, "full", "notes.txt").write_text("keep me", encoding="utf-8")
        raised = "nothing"
        try:
            export(Path(parent, "full"))
        except NotImplementedError:
            raise
        except FileExistsError:
            raised = "FileExistsError"
        except Exception as error:
            raised = type(error).__name__
        names = sorted(one.name for one in Path(parent, "full").iterdir())
        assert (raised, names) == ("FileExistsError", ["notes.txt"]), (
            f"a folder with notes.txt in it: {raised} was raised, and there are {names} in it, "
            "expected FileExistsError and notes.txt alone"
        )
        Path(parent, "empty").mkdir()
        try:
            export(Path(parent, "empty"))
        except FileExistsError:
            raise AssertionError("an empty folder was refused with FileExistsError") from None


def test_gradients_in_the_raw_features():
    """gradients: they are divided by the standard deviation, and 0 where that is 0"""
    served = Served((2.0, 0.0))
    rows = tf.constant([[10.0, 5.0], [12.0, 7.0]])
    [name] = served.signature.structured_input_signature[1]
    with tf.GradientTape() as tape:
        tape.watch(rows)
        dog = served.signature(**{name: rows})["probabilities"][:, 1]
    got = tape.gradient(dog, rows)
    assert got is not None, "the gradient of the probabilities in the features is None"
    got, want = rounded(got), [[0.125, 0.0], [0.098, 0.0]]
    assert np.allclose(got, want, atol=2e-3), (
        f"the gradient of the probability of a dog, with std (2, 0): got {got}, expected {want}"
    )


def test_version():
    """serialization: the signature `version` returns 1.0"""
    got = [one.numpy() for one in Served().loaded.signatures["version"]().values()]
    assert got == [b"1.0"], f"version returned {got}, expected one string, 1.0"


def test_any_batch():
    """graph: one row and five rows, each answered on its own, and no call into Python"""
    served, rows = Served(), [[12.0, 5.0], [8.0, 4.5], [14.0, 5.0], [10.0, 5.5], [9.0, 5.0]]
    got = [rounded(served.ask([row])["probabilities"])[0] for row in rows]
    want = rounded(served.ask(rows)["probabilities"])
    assert np.allclose(got, want, atol=2e-3), (
        f"five rows in a batch gave {want}, and one by one {got}"
    )
    operations = str(served.signature.graph.as_graph_def())
    assert "PyFunc" not in operations, "the graph calls back into Python"
