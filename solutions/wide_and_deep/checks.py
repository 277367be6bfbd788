"""What it means to have solved `wide_and_deep`.

Weights come in the order in which a submission makes its layers, and the rows of main's kernel in
the order in which it concatenates. So all weights of one shape get the same values, and all rows of
main's kernel the same value.

Two checks ask for names: the one of names, and that of training. All others find the inputs by
their widths, and the outputs in their order if they have no names, so that a missing name costs no
more than that.
"""

import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import check, gradient, in_graph, moves, ratio, reloaded

WIDE, DEEP, HIDDEN = 3, 5, 30
INPUTS, OUTPUTS = ("wide", "deep"), ("main", "auxiliary")
SHARES = {"main": 0.9, "auxiliary": 0.1}
RATE = 0.5


def draw(rng, samples, wide=WIDE, deep=DEEP):
    return [rng.normal(size=(samples, size)).astype("float32") for size in (wide, deep)]


def draw_positive(rng, samples):
    return [np.abs(one) + 0.2 for one in draw(rng, samples)]


def filled(model, rng, positive=False, wide=WIDE, hidden=HIDDEN):
    """Give all weights of one shape the same values; those of main's kernel are all the same."""
    values = {}
    for shape in sorted({tuple(weight.shape) for weight in model.trainable_weights}):
        size = (1, 1) if shape == (wide + hidden, 1) else shape
        drawn = rng.normal(scale=0.8, size=size)
        if positive or drawn.size == 1:  # nothing is close to 0, and hides what it multiplies
            drawn = (1 if positive else np.sign(drawn)) * (0.2 + np.abs(drawn))
        fan_in = shape[0] if len(shape) == 2 else 1
        values[shape] = np.broadcast_to(drawn * fan_in ** (-1 if positive else -0.5), shape)
    for weight in model.trainable_weights:
        weight.assign(values[tuple(weight.shape)])
    return model


def fed(model, wide, deep):
    """What a model is called with: its inputs by their widths, or else by their names."""
    given = {wide.shape[-1]: wide, deep.shape[-1]: deep}
    inputs = getattr(model, "inputs", None) or []
    if sorted(one.shape[-1] for one in inputs) != sorted(given):
        return {"wide": wide, "deep": deep}
    if isinstance(model.input, dict):
        return {name: given[one.shape[-1]] for name, one in model.input.items()}
    return [given[one.shape[-1]] for one in inputs]


def named(model, answers):
    """The outputs by their names, as far as these are known."""
    if isinstance(answers, dict):
        return dict(answers)
    answers = answers if isinstance(answers, (list, tuple)) else [answers]
    names = getattr(model, "output_names", None) or range(len(answers))
    return dict(zip(names, answers, strict=True))


def both(model, wide, deep, **options):
    """The main and the auxiliary output; without these names, the first and the second one."""
    found = named(model, model(fed(model, wide, deep), **options))
    if len(found) != 2:
        raise ValueError(f"two outputs are asked for, and the model has {len(found)}")
    if set(found) == set(OUTPUTS):
        return [found[name] for name in OUTPUTS]
    return [*found.values()]


def by_name(model, wide, deep):
    """The same, where only names count."""
    inputs = getattr(model, "inputs", None)
    if inputs is not None:  # a model that is made of layers; else its `call` takes the names
        names = model.input if isinstance(model.input, dict) else [one.name for one in inputs]
        if sorted(names) != sorted(INPUTS):
            raise ValueError("the inputs of the model do not have the names `wide` and `deep`")
    found = named(model, model({"wide": wide, "deep": deep}))
    if sorted(map(str, found)) != sorted(OUTPUTS):
        raise ValueError("the outputs do not have the names `main` and `auxiliary`")
    return [found[name] for name in OUTPUTS]


@check("numerics", points=2)
def weights_of_four_layers(build_model):
    """the model has the kernels and biases of four dense layers, and `hidden` is 30 by default"""
    seen, frozen = {}, 0
    for arguments in ((3, 5, 7), (2, 9, 4), (4, 3, 100), (4, 6)):
        model = build_model(*arguments)
        shapes = sorted(str(tuple(weight.shape)) for weight in model.trainable_weights)
        seen[f"build_model{arguments}"] = " ".join(shapes)
        frozen += len(model.weights) - len(model.trainable_weights)
    return seen | {"weights that are not trained": frozen}


def output(build_model, rng, which):
    """One of the outputs for given weights."""
    seen = {}
    for wide, deep, hidden in ((6, 2, 4), (3, 5, 7)):
        model = filled(build_model(wide, deep, hidden), rng, wide=wide, hidden=hidden)
        inputs = draw(rng, 8, wide, deep)
        seen[f"build_model({wide}, {deep}, {hidden})"] = both(model, *inputs)[which]
    return seen | {"the last one in training": both(model, *inputs, training=True)[which]}


@check("numerics", points=2, rtol=1e-3)
def main_output(build_model, rng):
    """`main` is a dense layer on `wide` and the second hidden layer's result, for given weights"""
    return output(build_model, rng, 0)


@check("numerics", points=2, rtol=1e-3)
def auxiliary_output(build_model, rng):
    """`auxiliary` is a dense layer on the second hidden layer's result, for given weights"""
    return output(build_model, rng, 1)


@check("numerics", points=1)
def inputs_and_outputs_have_names(build_model, rng):
    """called with a dictionary of `wide` and `deep`, the model answers as `main` and `auxiliary`"""
    model, inputs = filled(build_model(WIDE, DEEP), rng), draw(rng, 4)
    own = both(model, *inputs)
    return {"by names, over what the model gives": ratio(by_name(model, *inputs), own)}


@check("numerics", points=1)
def models_have_weights_of_their_own(build_model, rng):
    """when a second model gets other weights, the first one answers as before"""
    models, inputs = [build_model(WIDE, DEEP) for _ in range(2)], draw(rng, 4)
    before = both(filled(models[0], rng), *inputs)
    filled(models[1], rng)
    return {"over what it was before": ratio(both(models[0], *inputs), before)}


def flows(found):
    return bool(tf.is_tensor(found) and np.any(found))


@check("gradients", points=2)
def auxiliary_sees_the_deep_part_alone(build_model, rng):
    """`main` has a gradient in both inputs, and `auxiliary` in `deep` alone"""
    model, inputs = filled(build_model(WIDE, DEEP), rng, positive=True), draw_positive(rng, 4)
    seen = {}
    for which, name in enumerate(OUTPUTS):
        found = gradient(lambda *inputs, which=which: both(model, *inputs)[which], *inputs)
        for one, part in zip(found, INPUTS, strict=True):
            seen[f"{name} has a gradient in {part}"] = flows(one)
    return seen


@check("gradients", points=1)
def outputs_train_their_layers(build_model, rng):
    """`main` trains all weights but those of auxiliary's layer; `auxiliary` the hidden ones, too"""
    model, inputs = filled(build_model(WIDE, DEEP), rng, positive=True), draw_positive(rng, 4)
    with tf.GradientTape(persistent=True) as tape:
        answers = [tf.reduce_sum(one) for one in both(model, *inputs)]
    main, auxiliary = (
        [flows(found) for found in tape.gradient(one, model.trainable_variables)] for one in answers
    )
    return {
        "weights that main does not train": main.count(False),
        "auxiliary trains weights that main trains": any(
            pair == (True, True) for pair in zip(main, auxiliary, strict=True)
        ),
    }


# Loaded, or in a graph, a model is held against what it answered before. What it should answer is
# graded under numerics.


def beside_itself(model, before, rng):
    *inputs, main, auxiliary = before
    others = [tf.concat(both(model, *draw(rng, 4)), axis=-1) for _ in range(2)]
    return {
        "over what it was before": ratio(both(model, *inputs), [main, auxiliary]),
        "moves": moves(others),
    }


@check("serialization", points=2)
def file_needs_no_code(build_model, rng):
    """saved as .keras, loaded in a new process without custom_objects, it predicts the same"""
    model, inputs = filled(build_model(WIDE, DEEP), rng), draw(rng, 4)
    before = [*inputs, *both(model, *inputs)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "saved.keras")
        model.save(path)
        file = path.read_bytes()
    return reloaded("a model", use=of_a_file, beside=[file, *before], alone=True)


# Loaded here, since Keras says of a class that is not there how code should be written to find it.
def of_a_file(_, beside, rng):
    file, *before = beside
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "saved.keras")
        path.write_bytes(file.tobytes())
        try:
            model = keras.saving.load_model(path)
        except Exception:  # in other words for each reason
            raise ValueError("the file cannot be loaded without your code") from None
    return beside_itself(model, before, rng)


# Whose layers are lost in a .keras file loses them here, too. But a class of one's own, for which
# that file needs the code, keeps this point.
@check("serialization", points=1)
def weights_survive_alone(build_model, rng):
    """a second model that loads the weights of a first one predicts what the first does"""
    models, inputs = [build_model(WIDE, DEEP) for _ in range(2)], draw(rng, 4)
    before = [np.array(one) for one in both(filled(models[0], rng), *inputs)]
    both(models[1], *inputs)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "saved.weights.h5")
        models[0].save_weights(path)
        filled(models[1], rng)
        models[1].load_weights(path)
    return beside_itself(models[1], [*inputs, *before], rng)


@check("graph", points=1)
def one_graph_for_all_batches(build_model, rng):
    """traced once for batches of any size, the graph alone gives what direct calls give"""
    model = filled(build_model(WIDE, DEEP), rng)
    batches = [draw(rng, size) for size in (6, 3, 1)]
    direct = [both(model, *batch) for batch in batches]

    def traced(wide, deep):
        return both(model, wide, deep)

    beside = [batches, direct]
    return in_graph(traced, (None, WIDE), (None, DEEP), use=of_a_graph, beside=beside)


def of_a_graph(graph, beside, rng):
    seen = {}
    for batch, before in zip(*beside, strict=True):
        found = graph(*map(tf.constant, batch))
        seen[f"batch of {len(batch[0])}, over what direct calls give"] = ratio(found, before)
    others = [tf.concat(graph(*map(tf.constant, draw(rng, 4))), axis=-1) for _ in range(2)]
    return seen | {"moves": moves(others)}


# It costs more than the others, 0.4 seconds: Keras makes a graph of the whole step.
@check("graph", points=2, rtol=2e-3)
def step_of_training(build_model, rng):
    """compiled and fed by names, a step goes where 0.9 of main's loss and 0.1 of the other point"""
    model = filled(build_model(WIDE, DEEP), rng, positive=True)
    wide, deep = draw_positive(rng, 4)
    labels = {name: draw(rng, 4, wide=1)[0] for name in OUTPUTS}
    by_name(model, wide, deep)  # says what is wrong with names

    def loss(*_):
        answers = zip(both(model, wide, deep), OUTPUTS, strict=True)
        losses = [SHARES[name] * tf.reduce_mean((one - labels[name]) ** 2) for one, name in answers]
        return tf.add_n(losses)

    slopes = gradient(loss, of=model.trainable_variables)
    start = [np.array(weight) for weight in model.trainable_variables]
    losses = dict.fromkeys(OUTPUTS, "mse")
    optimizer = keras.optimizers.SGD(RATE)
    model.compile(optimizer, losses, loss_weights=SHARES, jit_compile=False)
    model.train_on_batch({"deep": deep, "wide": wide}, labels)
    steps = [one - weight for one, weight in zip(start, model.trainable_variables, strict=True)]
    seen = {
        "step, over the rate times the gradient": worst([step / RATE for step in steps], slopes),
        "weights that stay": sum(not np.any(step) for step in steps),
    }

    # What penalties add may be little beside the loss. Constraints show in a step of no length:
    # of weights of both signs, and of large and small ones.
    optimizer.learning_rate = 0.0
    penalties, moved = 0.0, 0
    for scale in (100, 0.01):
        for weight in filled(model, rng).trainable_variables:
            weight.assign(scale * weight)
        start = [np.array(weight) for weight in model.trainable_variables]
        both(model, wide, deep)
        penalties += float(sum(model.losses))
        model.train_on_batch({"deep": deep, "wide": wide}, labels)
        pairs = zip(start, model.trainable_variables, strict=True)
        moved += sum(not np.array_equal(one, weight) for one, weight in pairs)
    return seen | {"penalties": penalties, "weights that a step of no length moves": moved}


def worst(seen, own):
    """The worst ratio of all weights, however many there are."""
    found = ratio(seen, own)
    return found[np.argmax(np.abs(found - 1))] if isinstance(found, np.ndarray) else found
