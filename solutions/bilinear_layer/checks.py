"""What it means to have solved `bilinear_layer`.

Weights are found by their size, so that layers with other axes lose points for that alone.
"""

import itertools

import numpy as np

from autograder.checks import check
from autograder.checks.kinds import exception
from autograder.checks.kinds.layers import Layer

SWITCHED_OFF = []


def draw(rng, *shape):
    """Numbers of both signs, whose size is between 0.2 and 1.5."""
    signs = rng.choice([-1.0, 1.0], size=shape)
    return (signs * rng.uniform(0.2, 1.5, size=shape)).astype("float32")


def order(shape, wanted):
    """The order of axes that makes `wanted` of a shape; None if there is none."""
    orders = itertools.permutations(range(len(shape)))
    return next((one for one in orders if tuple(shape[i] for i in one) == wanted), None)


class EveryLayer(Layer, asked="Bilinear"):
    """What every layer must answer."""

    arguments = {"units": (2, 5)}
    between = False
    sizes = 3, 4

    def draw(self, rng, *shape):
        return [draw(rng, *shape, size) for size in self.sizes]

    def weights(self, layer):
        n, m = self.sizes
        found = self.variables(layer)
        kernel = max(found, key=lambda one: np.prod(one.shape), default=None)
        units = 0 if kernel is None else np.prod(kernel.shape) // (n * m)
        fits = [one for one in found if one is not kernel and np.prod(one.shape) == units]
        if not fits or np.prod(kernel.shape) != units * n * m:
            shapes = [tuple(variable.shape) for variable in found]
            raise ValueError(
                f"for inputs of {n} and {m} entries, a kernel of shape ({n}, {m}, units) and a bias"
                f" of shape (units,) were expected; the weights of the layer have the shapes"
                f" {str(shapes)[:200]}"
            )
        return {"kernel": kernel, "bias": fits[0]}

    def upright(self, label, values):
        values = np.asarray(values)
        if label == "bias":
            return values.ravel()
        wanted = (*self.sizes, values.size // np.prod(self.sizes))
        turned = order(values.shape, wanted)
        return values.reshape(wanted) if turned is None else values.transpose(turned)

    def fill(self, layer, rng):
        layer(self.draw(np.random.default_rng(0), 2))
        named = self.weights(layer)
        for label, variable in named.items():
            # Where each element of the statement's weight is kept.
            places = self.upright(label, np.arange(np.prod(variable.shape)).reshape(variable.shape))
            values = np.empty(places.size)
            values[places.ravel()] = draw(rng, *places.shape).ravel()
            variable.assign(values.reshape(variable.shape))
        return named

    def saved_weights(self, model):
        found = self.weights(model.layer).items()
        return {label: self.upright(label, variable.numpy()) for label, variable in found}

    # What is wrong here is wrong in other checks, too. This says how much the formula counts.
    values = Layer.values.but("each unit is a @ W_k @ b + c_k", points=3)
    inputs_of_any_rank = exception("the inputs of this layer have rank 2")
    slopes = Layer.slopes.but("gradients reach both inputs, the kernel and the bias", points=2)
    functional_model = Layer.functional_model.but(
        "in a Functional model of two inputs it knows its shape, and takes any batch"
    )


def of_sizes(*sizes):
    """The kind, for inputs of other sizes."""
    found = EveryLayer()
    found.sizes = sizes
    return found


@check("numerics", points=1)
def rows_and_their_partners(Bilinear, rng):
    """each row of a goes with one row of b, however many rows there are, and in training too"""
    layer = EveryLayer().filled(Bilinear(2), rng)
    # As many rows as entries or units, too.
    batches = {f"a batch of {size}": EveryLayer().draw(rng, size) for size in (2, 3, 4, 6)}
    answers = {label: layer(inputs) for label, inputs in batches.items()}
    # What dropout answers is different every time; that it is another answer is not.
    training = np.asarray(layer(batches["a batch of 6"], training=True))
    same = bool(np.allclose(training, answers["a batch of 6"]))
    return answers | {"the same with training=True": same}


@check("numerics", points=1)
def other_sizes(Bilinear, rng):
    """the inputs may have as many entries as each other, or one; so may the layer have units"""
    seen = {}
    for n, m, units in (3, 3, 2), (5, 2, 1), (1, 4, 3), (4, 1, 3):
        kind = of_sizes(n, m)
        answer = kind.filled(Bilinear(units), rng)(kind.draw(rng, 5))
        seen[f"{n} entries against {m}, units={units}"] = answer
    return seen


@check("numerics", points=1)
def shapes_of_the_weights(Bilinear, rng):
    """the kernel has the shape (n, m, units), with its axes in this order, and the bias (units,)"""
    kernel, bias = EveryLayer().fill(Bilinear(2), rng).values()
    return {
        "shape of the kernel": list(kernel.shape),
        "shape of the bias": list(bias.shape),
    }


@check("gradients", points=1)
def units_start_apart(Bilinear):
    """the units start with different matrices: equal ones may get equal gradients for ever"""
    layer = Bilinear(5)
    layer(EveryLayer().draw(np.random.default_rng(0), 2))
    kernel = EveryLayer().upright("kernel", EveryLayer().weights(layer)["kernel"].numpy())
    different = len(np.unique(kernel.reshape(-1, 5), axis=1).T)
    return {"different units": different, "all zeros": not kernel.any()}
