"""What it means to have solved `dense_layer`.

Weights are found by their size, so inputs * units and units always differ, and no check looks for
their names, their order or the layer's attributes.
"""

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import check, either, gradient, in_graph, reloaded

SWITCHED_OFF = [
    "keras.layers.Dense",
    "keras.layers.EinsumDense",
    "tensorflow.python.keras.layers.Dense",
]

# Every row has its negative, and the bias is small: the weighted sums have both signs.
X = np.array([[1.0, -0.5, 2.0], [-1.0, 0.5, -2.0], [0.3, 1.5, -0.4], [-0.3, -1.5, 0.4]], "float32")
KERNEL = np.array([[0.8, -0.6], [1.1, 0.7], [-0.9, 1.3]], "float32")
BIAS = np.array([0.25, -0.15], "float32")


def bend(z):
    """A smooth activation that Keras does not know."""
    return z / (1.0 + tf.abs(z))


def share(z):
    """An activation that looks along the units: each one's share of the size of all of them."""
    return z / (1.0 + tf.reduce_sum(tf.abs(z), axis=-1, keepdims=True))


def draw(rng, *shape):
    """Numbers of both signs, whose size is between 0.2 and 1.5."""
    signs = rng.choice([-1.0, 1.0], size=shape)
    return (signs * rng.uniform(0.2, 1.5, size=shape)).astype("float32")


def both_signs(rng, size, inputs):
    """Inputs whose every row comes with its negative."""
    half = draw(rng, size // 2, inputs)
    return np.concatenate([half, -half])


def weights(layer, inputs, units):
    """The kernel and the bias of a built layer, wherever it keeps them.

    Whether Keras knows of them is another question: it is asked with the gradients.
    """
    raw = [value for value in vars(layer).values() if isinstance(value, tf.Variable)]
    found = []
    for what, shape in ("kernel", (inputs, units)), ("bias", (units,)):
        fits = [v for v in [*layer.weights, *raw] if np.prod(v.shape) == np.prod(shape)]
        if not fits:
            shapes = [tuple(variable.shape) for variable in [*layer.weights, *raw]]
            raise ValueError(
                f"for {inputs} inputs and units={units}, a {what} of shape {shape} was expected;"
                f" the weights of the layer have the shapes {shapes}"
            )
        found.append(fits[0])
    return found


def upright(values, inputs, units):
    """The values of a kernel as (inputs, units), also if the layer keeps it the other way."""
    values = np.asarray(values)
    return values.T if values.shape == (units, inputs) else values.reshape(inputs, units)


def give(layer, x, kernel, bias):
    """Build a layer for inputs like `x`, set its weights, and return it."""
    layer(x)
    for variable, values in zip(weights(layer, *kernel.shape), (kernel, bias), strict=True):
        turned = variable.shape == values.shape[::-1]
        variable.assign(np.reshape(values.T if turned else values, variable.shape))
    return layer


def made(MyDense, units, of, **kwargs):
    """A layer with an activation of Keras: by its name, or where names fail, as a function.

    In numerics each is asked for itself. Elsewhere it only matters that there is an activation.
    """
    try:
        MyDense(units, activation=of)(np.ones((1, 3), "float32"))
        activation = of
    except Exception:
        activation = getattr(keras.activations, of)
    return MyDense(units, activation=activation, **kwargs)


@check("numerics", points=2, atol=1e-4)
def affine_without_activation(MyDense, rng):
    """without an activation it is x @ kernel + bias, in batches of any size, in training too"""
    layer = give(MyDense(4), draw(rng, 2, 3), draw(rng, 3, 4), draw(rng, 4))
    batches = {"a batch of 6": 20 * both_signs(rng, 6, 3), "a batch of 1": draw(rng, 1, 3)}
    answers = {label: layer(x) for label, x in batches.items()}
    # What dropout answers is different every time; that it is another answer is not.
    training = np.asarray(layer(batches["a batch of 6"], training=True))
    same = bool(np.allclose(training, answers["a batch of 6"]))
    return answers | {"the same with training=True": same}


@check("numerics", points=1)
def activation_by_name(MyDense, rng):
    """any activation that Keras knows by name is applied to x @ kernel + bias"""
    x, kernel, bias = both_signs(rng, 6, 3), draw(rng, 3, 4), draw(rng, 4)
    names = ("relu", "sigmoid", "tanh", "elu", "hard_sigmoid", "softmax")
    # All are made before one is called: each must keep its own.
    layers = {name: MyDense(4, activation=name) for name in names}
    answers = {name: give(layer, x, kernel, bias)(x) for name, layer in layers.items()}
    # Only here are the units not along the second axis.
    sequences = draw(rng, 2, 5, 3)
    softmax = give(MyDense(4, activation="softmax"), sequences, kernel, bias)
    return answers | {"softmax, for inputs of rank 3": softmax(sequences)}


@check("numerics", points=1)
def activation_by_function(MyDense, rng):
    """the activation may be a function: one of Keras, of TensorFlow, or one's own"""
    x, kernel, bias = both_signs(rng, 6, 3), draw(rng, 3, 4), draw(rng, 4)
    functions = {
        "keras.activations.tanh": keras.activations.tanh,
        "tf.sin": tf.sin,
        "a function of the checks": share,
    }
    return {
        label: give(MyDense(4, activation=function), x, kernel, bias)(x)
        for label, function in functions.items()
    }


@check("numerics", points=1)
def inputs_of_any_rank(MyDense, rng):
    """inputs of rank 3 and 4 are transformed along their last axis, and keep the others"""
    kernel, bias = draw(rng, 3, 5), draw(rng, 5)
    inputs = {"rank 3": draw(rng, 2, 4, 3), "rank 4": draw(rng, 2, 4, 6, 3)}
    return {
        label: give(made(MyDense, 5, "relu"), x, kernel, bias)(x) for label, x in inputs.items()
    }


@check("numerics", points=1)
def shapes_of_the_weights(MyDense):
    """the kernel has the shape (inputs, units), and the bias has one value for each unit"""
    layer = made(MyDense, 4, "relu")
    layer(np.ones((2, 3), "float32"))
    kernel, bias = weights(layer, 3, 4)
    return {
        "shape of the kernel": list(kernel.shape),
        "values in the bias": int(np.prod(bias.shape)),
    }


@check("numerics", points=1, rtol=1e-10, atol=1e-12)
def double_precision(MyDense, rng):
    """a layer made with dtype="float64" computes in double precision throughout"""
    x, kernel, bias = (rng.uniform(0.5, 1.5, size=shape) for shape in ((4, 3), (3, 5), 5))
    layer = give(made(MyDense, 5, "relu", dtype="float64"), x, kernel, bias)
    y = tf.convert_to_tensor(layer(x))
    return {"dtype": y.dtype.name, "values": y}


@check("gradients", points=1)
def slopes(MyDense, rng):
    """gradients reach the inputs, the kernel and the bias, through the activation"""
    x, kernel, bias = both_signs(rng, 6, 3), draw(rng, 3, 4), draw(rng, 4)
    upstream = draw(rng, 6, 4)
    layer = give(made(MyDense, 4, "sigmoid"), x, kernel, bias)
    both = weights(layer, 3, 4)
    with tf.GradientTape() as tape:
        # Whether they are trainable is asked below.
        tape.watch([w.value if isinstance(w, keras.Variable) else w for w in both])
        y = layer(x)
    found = tape.gradient(y, both, tf.convert_to_tensor(upstream))
    to_kernel, to_bias = ("no gradient" if one is None else np.asarray(one) for one in found)
    return {
        "inputs": gradient(layer, x, upstream=upstream),
        "kernel": to_kernel if found[0] is None else upright(to_kernel, 3, 4),
        "bias": to_bias if found[1] is None else to_bias.ravel(),
    }


# All is positive here, so that the values do not tell relu from no activation, nor an activation
# before the bias from one after it: what moves, and how far, is a matter of the gradients.
@check("gradients", points=2)
def a_step_of_training(MyDense, rng):
    """a step against the gradient of the loss moves both weights, and no others, as it should"""
    x, kernel, bias = (rng.uniform(0.5, 1.5, size=shape) for shape in ((6, 3), (3, 4), 4))
    x, kernel, bias = (values.astype("float32") for values in (x, kernel, bias))
    layer = give(made(MyDense, 4, "relu"), x, kernel, bias)
    with tf.GradientTape() as tape:
        y = layer(x)
        loss = tf.add_n([tf.reduce_mean(tf.square(y)), *layer.losses])
    trained = layer.trainable_weights
    for weight, slope in zip(trained, tape.gradient(loss, trained), strict=True):
        if slope is not None:
            weight.assign(weight - 0.1 * slope)
    moved, moved_bias = weights(layer, 3, 4)
    return {
        "change of the kernel": upright(moved, 3, 4) - kernel,
        "change of the bias": np.ravel(moved_bias) - bias,
        "weights that Keras knows of": len(layer.weights),
        "trainable ones": len(trained),
        "losses of the layer's own": len(layer.losses),
    }


@check("gradients", points=1)
def units_start_apart(MyDense):
    """the units start with different kernels: equal ones would get equal gradients for ever"""
    layer = made(MyDense, 4, "relu")
    layer(np.ones((3, 2), "float32"))  # fewer inputs than units: no identity matrix will do
    kernel = upright(weights(layer, 2, 4)[0], 2, 4)
    return {"different units": len(np.unique(kernel, axis=1).T)}


def answer(layer):
    return np.asarray(give(layer, X, KERNEL, BIAS)(X))


def change(loaded, rng):
    """What a layer answers after its reloading, minus what it answered before.

    And whether other inputs got the same answer: a layer that ignores its inputs never changes.
    """
    layer, before = loaded
    difference = answer(layer) - np.array(before, "float32")
    rows = np.asarray(layer(both_signs(rng, 6, 3)))
    return {"change": difference, "the same for all inputs": bool(np.allclose(rows, rows[0]))}


def loads(layer):
    return "loads"


# The serialization checks compare a layer with itself: what it computes is graded above.
@check("serialization", points=1)
def configuration(MyDense):
    """a layer made from the configuration of one not built yet has its units and activation"""
    return {
        "activation=None": reloaded(MyDense(2, None), use=loads),
        **{
            f"activation={name!r}": reloaded(
                [MyDense(2, name), answer(MyDense(2, name)).tolist()], use=change
            )
            for name in ("relu", "sigmoid")
        },
    }


@check("serialization", points=1)
def configuration_with_a_function(MyDense):
    """a layer whose activation is a function of one's own survives saving and loading"""
    layer = MyDense(2, activation=bend)
    return reloaded([layer, answer(layer).tolist()], use=change)


def base_arguments(layer):
    return {"name": layer.name, "dtype": layer.dtype, "trainable": layer.trainable}


@check("serialization", points=1)
def arguments_of_the_base_class(MyDense):
    """name, dtype and trainable reach the base class, and survive saving and loading"""
    layer = made(MyDense, 2, "relu", name="first", dtype="float64", trainable=False)
    layer.build((None, 3))
    return {"made": base_arguments(layer), "loaded": reloaded(layer, use=base_arguments)}


class Holder(keras.Model):
    """A model that is saved and loaded without tracing its call: the graph checks do that."""

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape):
        if not self.layer.built:  # a loaded one is: Keras has built it from its configuration
            self.layer.build(tuple(input_shape))

    def call(self, inputs):
        return self.layer(inputs)

    def get_config(self):
        return {**super().get_config(), "layer": keras.saving.serialize_keras_object(self.layer)}

    @classmethod
    def from_config(cls, config):
        return cls(keras.saving.deserialize_keras_object(config.pop("layer")), **config)


def saved_weights(model):
    kernel, bias = weights(model.layer, 3, 2)
    return {"kernel": upright(kernel, 3, 2), "bias": np.ravel(bias)}


# What Keras does not track is not saved, and not trained either: no mistake is caught here alone.
@check("serialization", points=2)
def saved_model(MyDense, rng):
    """a model saved as a .keras file and loaded has the weights that it was saved with"""
    model = Holder(made(MyDense, 2, "relu"))
    model.build((None, 3))
    give(model.layer, X, draw(rng, 3, 2), draw(rng, 2))
    return reloaded(model, use=saved_weights)


def batches(f, rng):
    inputs = [draw(rng, 1, 3), both_signs(rng, 2, 3), both_signs(rng, 6, 3)]
    return [f(tf.constant(x))[0] for x in inputs]


BATCHES = [X[:1], X[:3], X]  # of both signs, and the same in every process


def against_direct_calls(f):
    seen = []
    for number, batch in enumerate(BATCHES):
        answer, *direct = map(np.asarray, f(tf.constant(batch)))
        seen.append(float(np.max(np.abs(answer - direct[number]))))
    return {"difference": seen}


def in_batches(f, rng):
    return either([batches(f, rng), batches(f, rng)], against_direct_calls(f))


# A wrong formula is graded under numerics: here it need only be the same one in the graph.
@check("graph", points=2)
def one_graph_for_all_batches(MyDense, rng):
    """one graph, traced for an unknown batch size, answers what direct calls of any size answer"""
    layer = give(made(MyDense, 4, "relu"), X, draw(rng, 3, 4), draw(rng, 4))
    direct = [np.asarray(layer(batch)) for batch in BATCHES]

    def beside_direct_calls(x):
        return layer(x), *map(tf.constant, direct)

    return {"the graph's answers": in_graph(beside_direct_calls, (None, 3), use=in_batches)}


# As in `a_step_of_training`, and without a bias: the values are graded under numerics.
@check("graph", points=2)
def functional_model(MyDense, rng):
    """a Functional model of sequences of unknown length knows its shape and takes any length"""
    kernel, bias = rng.uniform(0.5, 1.5, (3, 4)).astype("float32"), np.zeros(4, "float32")
    # Two of one kind, which have the names that Keras gives them.
    layer, other = made(MyDense, 4, "relu"), made(MyDense, 4, "relu")
    inputs = keras.Input((None, 3))
    model = keras.Model(inputs, [layer(inputs), other(inputs)])
    give(layer, np.ones((2, 5, 3), "float32"), kernel, bias)
    return {
        "output shape": str(tuple(model.output_shape[0])),
        **{
            f"length {length}": model(rng.uniform(0.5, 1.5, (2, length, 3)).astype("float32"))[0]
            for length in (1, 5)
        },
    }
