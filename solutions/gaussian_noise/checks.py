"""What it means to have solved `gaussian_noise`.

No check asks for the numbers that a layer draws: right answers draw different ones. What is asked
are statistics, within many times their sampling errors, and whether noise is alike. Answers are
such that a mistake gives the same ones each time, though what it draws differs.
"""

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import check, gradient, in_graph, reloaded, survives

SWITCHED_OFF = [
    "keras.layers.GaussianNoise",
    "keras.layers.GaussianDropout",
    "keras.layers.AlphaDropout",
    "keras.layers.Dropout",
]

# Of 100,000 numbers, the deviation is off by 0.2 %, and a share by 0.0015, as a rule. All are of
# one sample and one feature: whether these have noise of their own is asked elsewhere.
MANY = np.ones((1, 100_000, 1), "float32")
FEW = np.ones((4, 50), "float32")  # noise in the place of a factor shows here as well


def draw(rng, *shape):
    return rng.normal(scale=3, size=shape).astype("float32")


def noise(layer, x=FEW):
    """What a layer adds in training."""
    return np.asarray(layer(tf.constant(x), training=True)) - x


def sequence(layer):
    return np.array([noise(layer) for _ in range(3)])


@check("numerics", points=2)
def inputs_without_training(MyGaussianNoise, rng):
    """with `training=False`, and without an argument, the inputs come back as they are"""
    layer, x = MyGaussianNoise(0.5), draw(rng, 4, 3)
    graph = tf.function(lambda x: layer(x), autograph=False)
    inputs = {
        "rank 2": draw(rng, 5, 3),
        "rank 3": draw(rng, 2, 3, 4),
        "rank 4": draw(rng, 1, 2, 3, 2),
    }
    seen = {
        f"{label}, {name}: the same": np.allclose(layer(tf.constant(x), **arguments), x)
        for label, x in inputs.items()
        for name, arguments in {"no argument": {}, "training=False": {"training": False}}.items()
    }
    traced = np.allclose(graph(tf.constant(x)), x)
    layer(tf.constant(x), training=True)
    after = np.allclose(layer(tf.constant(x)), x)
    return seen | {
        "no argument, in `tf.function`: the same": traced,
        "no argument, after a call with training=True: the same": after,
    }


@check("numerics", points=2, rtol=0.03, atol=0)
def deviation(MyGaussianNoise, rng):
    """the standard deviation of the noise is `stddev`, whatever the inputs are"""
    x = draw(rng, *MANY.shape)
    return {f"stddev {stddev}": np.std(noise(MyGaussianNoise(stddev), x)) for stddev in (0.2, 3.0)}


@check("numerics", points=1, rtol=0, atol=0.015)
def normal_distribution(MyGaussianNoise):
    """the noise has the mean 0 and is normal, not truncated"""
    found = noise(MyGaussianNoise(2.0), MANY)
    # In its own deviations: whether these are `stddev` is asked above.
    found = found / np.std(found)
    return {
        "the mean is 0, within 0.03 standard deviations": bool(abs(np.mean(found)) < 0.03),
        "share beyond 1 standard deviation": np.mean(np.abs(found) > 1),
        "share beyond 2.3 standard deviations, times 3": 3 * np.mean(np.abs(found) > 2.3),
    }


@check("numerics", points=2)
def every_element(MyGaussianNoise):
    """every sample, every step and every feature has noise of its own"""
    found = noise(MyGaussianNoise(0.5), np.ones((4, 3, 5), "float32"))
    return {
        f"the same for all {name}": bool(np.all(np.ptp(found, axis=axis) < 1e-6))
        for axis, name in enumerate(("samples", "steps", "features"))
    }


@check("numerics", points=1)
def every_call(MyGaussianNoise):
    """each call of a layer draws anew, whether it has a seed or not"""
    return {
        label: len(np.unique(sequence(layer).reshape(3, -1), axis=0))
        for label, layer in {
            "different calls of 3, with a seed": MyGaussianNoise(0.5, seed=7),
            "different calls of 3, without": MyGaussianNoise(0.5),
        }.items()
    }


@check("numerics", points=2)
def sequences(MyGaussianNoise):
    """layers with the same seed draw the same sequence, whatever others draw in between"""
    first, second, other = (sequence(MyGaussianNoise(0.5, seed=seed)) for seed in (7, 7, 8))
    free, zeros = ([sequence(MyGaussianNoise(0.5, seed=s)) for _ in range(2)] for s in (None, 0))
    third, stranger = MyGaussianNoise(0.5, seed=7), MyGaussianNoise(0.5, seed=9)
    in_turn = [(noise(third), noise(stranger, FEW[:2]))[0] for _ in range(3)]
    return {
        "of seeds 7 and 7 alike": np.allclose(first, second),
        "of seeds 0 and 0 alike": np.allclose(*zeros),
        "of seeds 7 and 8 alike": np.allclose(first, other),
        "without a seed alike": np.allclose(*free),
        "of seed 7, in turn with a layer of seed 9, alike": np.allclose(first, in_turn),
    }


@check("gradients", points=2)
def slopes(MyGaussianNoise, rng):
    """the slope in the inputs is 1, times what arrives from above; stddev is not learned"""
    layer, x, upstream = MyGaussianNoise(0.5), draw(rng, 5, 3), draw(rng, 5, 3)
    weights = layer.trainable_weights  # such as a counter, which no gradient reaches
    found = gradient(lambda x: layer(x, training=True), x, of=weights) if weights else []
    learned = sum(map(tf.is_tensor, found if isinstance(found, list) else [found]))
    return {
        # A layer may hand back its very inputs.
        f"training={training}": gradient(
            lambda x, training=training: layer(x + 0, training=training), x, upstream=upstream
        )
        for training in (True, False)
    } | {"weights that training changes": learned}


# Of a layer that is held against a new one: its formula is graded under numerics.
def beside_a_new_one(loaded, arguments):
    stddev, seed = float(arguments[0]), int(arguments[1])
    arguments = (stddev, seed), (stddev, seed), (9.0, 1)
    mine, new, twin, other = map(sequence, (loaded, *(type(loaded)(*one) for one in arguments)))
    return {
        "draws what a new one draws": np.allclose(mine, new),
        "draws what one of another stddev and seed draws": np.allclose(mine, other),
        # Where new ones differ, too, it is not the configuration that has lost anything.
        "two new ones draw alike": np.allclose(new, twin),
    }


@check("serialization", points=2)
def arguments_survive(MyGaussianNoise):
    """loaded in a new process, a layer draws what a new one of its stddev and seed draws"""
    return [
        reloaded(MyGaussianNoise(*arguments), use=beside_a_new_one, beside=list(arguments))
        for arguments in ((0.25, 7), (2.0, 3))
    ]


@check("serialization", points=1)
@survives("name", "dtype", "trainable")
def arguments_of_the_base_class(MyGaussianNoise):
    """name, dtype and trainable reach the base class, and survive saving and loading"""
    return MyGaussianNoise(0.5, seed=1, name="noisy", dtype="float64", trainable=False)


# What a file holds beside the configuration, like the state of a generator, must load as well.
@check("serialization", points=1)
def saved_model(MyGaussianNoise):
    """a model loaded from a .keras file answers as before, and is noisy in training"""
    model = keras.Sequential([keras.Input((50,)), MyGaussianNoise(0.5, seed=5)])
    return reloaded(model, use=of_a_model)


def of_a_model(model, rng):
    x = draw(rng, 4, 50)
    return {
        "answers as before": np.allclose(model(tf.constant(x), training=False), x),
        "in training it adds something": bool(np.std(noise(model)) > 0.01),
    }


@check("graph", points=2)
def new_noise_in_a_graph(MyGaussianNoise):
    """traced once for an unknown batch size, every call of the graph adds new noise"""
    layer = MyGaussianNoise(0.5, seed=7)  # one without a seed is in the model below
    return in_graph(lambda x: layer(x, training=True), (None, 50), use=noise_of_a_graph)


def noise_of_a_graph(graph):
    found = [np.asarray(graph(tf.constant(FEW[:size]))) - 1 for size in (4, 4, 2)]
    return {
        "shapes": [list(one.shape) for one in found],
        "nothing is added": bool(np.all(found[0] == 0)),
        "the same in two calls": np.allclose(found[0], found[1]),
        "the same for all samples": bool(np.all(np.ptp(found[0], axis=0) < 1e-6)),
    }


# What freezes in any graph freezes here, too; beside that, Keras itself says what is training.
@check("graph", points=2)
def compiled_model(MyGaussianNoise):
    """in a compiled model every step of training adds new noise, and `test_on_batch` adds none"""
    # With something to train, at a rate of 0: Keras refuses a step that has no gradient at all.
    same = keras.layers.Dense(50, kernel_initializer="identity", use_bias=False)
    model = keras.Sequential([keras.Input((50,)), MyGaussianNoise(0.5), same])
    model.compile(keras.optimizers.SGD(0.0), "mse", jit_compile=False)
    losses = [float(np.ravel(model.train_on_batch(FEW, FEW))[0]) for _ in range(3)]
    tested = float(np.ravel(model.test_on_batch(FEW, FEW))[0])
    return {
        "different losses of 3 steps": len(np.unique(losses)),
        "`test_on_batch` finds no difference": tested < 1e-9,
    }
