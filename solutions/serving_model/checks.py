"""What it means to have solved `serving_model`.

A file is exported once, and nearly all questions are asked of it in another process, which does not
have the submission.

The first file has no standard deviation of 0, which is the question of others. Its raw features are
small, so that a model that gets them without standardization still answers each row in its own way.
"""

import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import again, check, either, gradient, once, ratio, written

MEAN, STD = np.array([2.0, -1.0, 0.5, 3.0]), np.array([0.5, 2.0, 1.5, 0.8])
LABELS = ["oak", "ash", "elm"]
OTHER_MEAN, OTHER_STD = np.array([1.0, 4.0, -2.0]), np.array([2.0, 0.0, 0.7])
OTHER_LABELS = ["frêne", "châtaignier", "オーク", "yew"]


def network(features, classes, dropout=0.0):
    """A model whose weights are the same in every process, and of a size that keeps rows apart."""
    rng = np.random.default_rng(features)
    layers = [keras.layers.Dense(6, activation="elu"), keras.layers.Dense(classes)]
    if dropout:
        layers.insert(1, keras.layers.Dropout(dropout))
    model = keras.Sequential([keras.Input((features,)), *layers, keras.layers.Softmax()])
    model.set_weights([rng.normal(scale=0.6, size=one.shape) for one in model.get_weights()])
    return model


def signature(file, name):
    found = file.signatures
    if name not in found:
        there = ", ".join(found) or "none"
        raise ValueError(f"the file has no signature {name!r}. Its signatures: {there}")
    return found[name]


def serve(file, rows):
    """The outputs of the default signature, by name."""
    served = signature(file, "serving_default")
    [name] = served.structured_input_signature[1]
    return served(**{name: tf.convert_to_tensor(rows, tf.float32)})


def probabilities(file, rows):
    return serve(file, rows)["probabilities"]


def names_of(label):
    return [one.decode() for one in np.asarray(label).ravel().tolist()]


@once
def exported_file(export_for_serving):
    """A file in a new folder, and what of the model is the same afterwards."""
    model = network(4, 3)
    before = [weight.copy() for weight in model.get_weights()]
    trainable = len(model.trainable_weights)
    with tempfile.TemporaryDirectory() as parent:
        export_for_serving(model, str(Path(parent, "new")), MEAN.copy(), STD.copy(), [*LABELS])
        file = written(Path(parent, "new"), use=answers_rows)
    same = [np.array_equal(*pair) for pair in zip(before, model.get_weights(), strict=True)]
    return file, {
        "each is the same": same,
        "as many are trainable": len(model.trainable_weights) == trainable,
    }


@once
def second_file(export_for_serving):
    """A file with a standard deviation of 0, of a model with dropout, if need be in a new folder.

    And whether the empty folder was refused.
    """
    arguments = OTHER_MEAN.copy(), OTHER_STD.copy(), [*OTHER_LABELS]
    with tempfile.TemporaryDirectory() as folder:
        refused, model = False, network(3, 4, dropout=0.5)
        try:
            export_for_serving(model, folder, *arguments)
        except FileExistsError:
            refused, folder = True, str(Path(folder, "new"))
            export_for_serving(model, folder, *arguments)
        return written(folder, use=answers_rows), refused


def draw(rng, rows, mean=MEAN, std=STD):
    return (mean + np.maximum(std, 0.5) * rng.normal(size=(rows, len(mean)))).astype("float32")


# What computes something else fails others, too; this one says so in numbers. It costs what it
# takes to trace, save and load a model.
@check("numerics", points=2)
def probabilities_of_raw_features(export_for_serving):
    """raw features get the probabilities that the model gives to the standardized ones"""
    return again(exported_file(export_for_serving)[0], use=answers_rows)


def answers_rows(file, rng):
    return probabilities(file, draw(rng, 6))


@check("numerics", points=2)
def label_of_the_largest_probability(export_for_serving):
    """the label of each row is that of its largest probability"""
    return again(exported_file(export_for_serving)[0], use=labels_agree)


def labels_agree(file, rng):
    answer = serve(file, draw(rng, 40))
    best = np.argmax(np.asarray(answer["probabilities"]), axis=-1)
    agree = [LABELS[one] for one in best.ravel()] == names_of(answer["label"])
    return {
        "those of 40 rows": agree,
        "in one row": names_of(serve(file, [[2, -1, 0.5, 3]])["label"]),
    }


@check("numerics", points=1)
def labels_of_any_letters(export_for_serving):
    """labels in any letters, in UTF-8, for another number of classes"""
    return again(second_file(export_for_serving)[0], use=other_labels)


def other_labels(file, rng):
    rows = draw(rng, 40, OTHER_MEAN, OTHER_STD)
    return {"all are known": {*names_of(serve(file, rows)["label"])} <= {*OTHER_LABELS}}


@check("numerics", points=1)
def a_standard_deviation_of_zero(export_for_serving):
    """a feature with the standard deviation 0 counts as 0, whatever its value is"""
    return again(second_file(export_for_serving)[0], use=constant_feature)


def constant_feature(file, rng):
    rows = draw(rng, 4, OTHER_MEAN, OTHER_STD)
    rows[0, 1] = OTHER_MEAN[1]
    return probabilities(file, rows)


# Dropout changes the probabilities as well; this one says that it is on.
@check("numerics", points=1)
def dropout_is_off(export_for_serving):
    """a layer of dropout drops nothing: the same rows get the same answer twice"""
    return again(second_file(export_for_serving)[0], use=answers_twice)


def answers_twice(file, rng):
    rows = draw(rng, 5, OTHER_MEAN, OTHER_STD)
    one, other = (np.asarray(probabilities(file, rows)) for _ in range(2))
    return {"the answers are the same": np.array_equal(one, other, equal_nan=True)}


@check("numerics", points=2)
def a_full_folder_stays(export_for_serving):
    """a folder with anything in it raises FileExistsError, and nothing in it changes"""
    found = {}
    for name in ("notes.txt", "variables/variables.index", ".keep"):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text("keep me", encoding="utf-8")
            raised = "nothing"
            try:
                export_for_serving(network(4, 3), folder, MEAN.copy(), STD.copy(), [*LABELS])
            except NotImplementedError:
                raise
            except Exception as error:
                is_one = isinstance(error, FileExistsError)
                raised = "FileExistsError" if is_one else type(error).__name__
            files = [one.relative_to(folder) for one in Path(folder).rglob("*") if one.is_file()]
            kept = path.exists() and path.read_bytes() == b"keep me"
            found[f"with {name}"] = {
                "raised": raised,
                "files": ", ".join(sorted(map(str, files))),
                "its content is the same": kept,
            }
    return found


@check("numerics", points=1)
def an_empty_folder_is_fine(export_for_serving):
    """an empty folder is written into"""
    return {"refused": second_file(export_for_serving)[1]}


@check("numerics", points=1)
def the_model_stays_as_it_is(export_for_serving):
    """the weights of the model are the same after the export, and as trainable as before"""
    return exported_file(export_for_serving)[1]


def slopes(file, rows, upstream):
    return gradient(lambda given: probabilities(file, given), rows, upstream=upstream)


# What has no gradient has none where the deviation is 0; what has a wrong one may have.
@check("gradients", points=2)
def gradient_in_raw_features(export_for_serving):
    """through the loaded signature, the probabilities have a gradient in the raw features"""
    return again(exported_file(export_for_serving)[0], use=gradients_of_rows)


def gradients_of_rows(file, rng):
    return slopes(file, draw(rng, 4), rng.normal(size=(4, 3)).astype("float32"))


@check("gradients", points=1)
def gradient_where_the_deviation_is_zero(export_for_serving):
    """in a feature with the standard deviation 0 the gradient is 0, and all others are finite"""
    return again(second_file(export_for_serving)[0], use=gradients_of_others)


def gradients_of_others(file, rng):
    found = slopes(file, draw(rng, 4, OTHER_MEAN, OTHER_STD), rng.normal(size=(4, 4)))
    if not tf.is_tensor(found):
        return found
    found = found.numpy()
    return {
        "in that feature": found[:, 1],
        "others are finite": np.isfinite(np.delete(found, 1, 1)),
    }


@check("serialization", points=2)
def inputs_and_outputs_have_names(export_for_serving):
    """loaded, the default signature answers, has one input of float32, and two outputs with their
    names"""
    return again(exported_file(export_for_serving)[0], use=described)


def described(file):
    served = signature(file, "serving_default")
    inputs = [one.dtype.name for one in served.structured_input_signature[1].values()]
    outputs = served.structured_outputs
    if len(inputs) == 1:
        serve(file, MEAN[None])  # which needs nothing but the file
    return {
        "inputs": ", ".join(inputs),
        "outputs": ", ".join(f"{name} of {outputs[name].dtype.name}" for name in sorted(outputs)),
    }


@check("serialization", points=1)
def version_is_a_signature(export_for_serving):
    """the signature `version` returns one string of shape (), 1.0"""
    return again(exported_file(export_for_serving)[0], use=version_of)


def version_of(file):
    outputs = list(signature(file, "version")().values())
    told = [one.numpy() for one in outputs]
    return {
        "shapes": ", ".join(str(one.shape) for one in outputs),
        "text": [one.decode() if isinstance(one, bytes) else one for one in told],
    }


@check("graph", points=2)
def batches_of_any_size(export_for_serving):
    """batches of 1, 4, 9 and 300 rows, of which each row is answered as it is alone"""
    return again(exported_file(export_for_serving)[0], use=batches)


def batches(file, rng):
    rows, many = draw(rng, 9), draw(rng, 300)
    alone = np.concatenate([probabilities(file, row[None]) for row in rows])
    last = np.concatenate([probabilities(file, row[None]) for row in many[-4:]])
    over = {f"{size} rows, over each alone": (rows[:size], alone[:size]) for size in (1, 4, 9)}
    own = {name: ratio(probabilities(file, some), one) for name, (some, one) in over.items()}
    own["the last 4 of 300 rows"] = ratio(probabilities(file, many)[-4:], last)
    batches = [*(rows[:size] for size in (1, 4, 9)), many]
    shapes = [str(serve(file, some)["label"].shape) for some in batches]
    [spec] = signature(file, "serving_default").structured_input_signature[1].values()
    exact = [probabilities(file, draw(rng, size))[-4:] for size in (4, 4, 300)]
    return {
        "probabilities": either(exact, own),
        "shapes of label": ", ".join(shapes),
        "the signature leaves the batch open": spec.shape.rank is None or spec.shape[0] is None,
    }


# What calls Python cannot answer elsewhere; this one finds what seldom runs.
@check("graph", points=1)
def nothing_calls_python(export_for_serving):
    """nothing in the file calls back into Python"""
    return again(exported_file(export_for_serving)[0], use=calls_python)


def calls_python(file):
    graph = signature(file, "serving_default").graph.as_graph_def()
    nodes = [*graph.node, *(node for one in graph.library.function for node in one.node_def)]
    return {"the file calls back into Python": any("PyFunc" in node.op for node in nodes)}
