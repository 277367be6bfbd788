"""What it means to have solved `dense_layer`.

Weights are found by their size, so inputs * units and units always differ, and no check looks for
their names, their order or the layer's attributes.
"""

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import check, reloaded
from autograder.checks.kinds import exception
from autograder.checks.kinds.layers import Layer

SWITCHED_OFF = [
    "keras.layers.Dense",
    "keras.layers.EinsumDense",
    "tensorflow.python.keras.layers.Dense",
]


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


def positive(rng, *shape):
    """Numbers between 0.5 and 1.5."""
    return rng.uniform(0.5, 1.5, size=shape).astype("float32")


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
def shapes_of_the_weights(MyDense):
    """the kernel has the shape (inputs, units), and the bias has one value for each unit"""
    layer = made(MyDense, 4, "relu")
    layer(np.ones((2, 3), "float32"))
    kernel, bias = weights(layer, 3, 4)
    return {
        "shape of the kernel": list(kernel.shape),
        "values in the bias": int(np.prod(bias.shape)),
    }


@check("gradients", points=1)
def units_start_apart(MyDense):
    """the units start with different kernels: equal ones would get equal gradients for ever"""
    layer = made(MyDense, 4, "relu")
    layer(np.ones((3, 2), "float32"))  # fewer inputs than units: no identity matrix will do
    kernel = upright(weights(layer, 2, 4)[0], 2, 4)
    return {"different units": len(np.unique(kernel, axis=1).T)}


class EveryLayer(Layer, asked="MyDense"):
    """What every layer must answer, asked of this one."""

    arguments = {"units": (4, 4), "activation": ("relu", "sigmoid")}

    def make(self, MyDense, number=0, **kwargs):
        return made(MyDense, 4, self.arguments["activation"][number], **kwargs)

    def draw(self, rng, *shape):
        return draw(rng, *shape, 3)

    def weights(self, layer):
        return dict(zip(("kernel", "bias"), weights(layer, 3, 4), strict=True))

    def upright(self, label, values):
        return upright(values, 3, 4) if label == "kernel" else np.ravel(values)

    def fill(self, layer, rng):
        give(layer, self.draw(rng, 2), draw(rng, 3, 4), draw(rng, 4))
        return self.weights(layer)

    values = exception("the checks of the activations, and of none, ask it of more of them")

    def loads(self, layer):
        return "loads"

    @check("serialization", points=1)
    def arguments_survive(self, MyDense):
        """a layer made from the configuration of one not built yet has its units and activation"""
        return {
            "activation=None": reloaded(MyDense(4, None), use=self.loads),
            **{
                f"activation={name!r}": self.unchanged(MyDense, 4, name)
                for name in ("relu", "sigmoid")
            },
        }

    @check("serialization", points=1)
    def a_function_survives(self, MyDense):
        """a layer whose activation is a function of one's own survives saving and loading"""
        return self.unchanged(lambda *units: MyDense(*units, activation=bend), 4)

    def saved_weights(self, model):
        return {name: self.upright(name, one) for name, one in self.weights(model.layer).items()}

    # All is positive here, so that the values do not tell relu from no activation, nor an
    # activation before the bias from one after it: what moves, and how far, is a matter of the
    # gradients.
    @check("gradients", points=2)
    def a_step_of_training(self, MyDense, rng):
        """a step against the gradient of the loss moves both weights, and no others, as
        it should
        """
        x, kernel, bias = (positive(rng, *shape) for shape in ((6, 3), (3, 4), (4,)))
        layer = give(self.make(MyDense), x, kernel, bias)
        return self.step(layer, self.weights(layer), x)

    # Positive, and without a bias, for the same reason: the values are graded under numerics.
    @check("graph", points=2)
    def functional_model(self, MyDense, rng):
        """a Functional model of sequences of unknown length knows its shape and takes any length"""
        # Two of one kind, which have the names that Keras gives them.
        layer, other = self.make(MyDense), self.make(MyDense)
        inputs = keras.Input((None, 3))
        model = keras.Model(inputs, [layer(inputs), other(inputs)])
        give(layer, np.ones((2, 5, 3), "float32"), positive(rng, 3, 4), np.zeros(4, "float32"))
        lengths = {f"length {length}": positive(rng, 2, length, 3) for length in (1, 5)}
        return {
            "output shape": str(tuple(model.output_shape[0])),
            **{label: model(x)[0] for label, x in lengths.items()},
        }
