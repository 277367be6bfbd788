"""What it means to have solved `layer_normalization`.

Rows are spread so widely that eps makes no difference, but in the checks that ask for it. Weights
are found by the values they start with.
"""

import numpy as np

from autograder.checks import check, gradient, holding, reloaded
from autograder.checks.kinds.layers import Layer

SWITCHED_OFF = [
    "keras.layers.LayerNormalization",
    "keras.layers.GroupNormalization",
    "keras.layers.RMSNormalization",
    "keras.src.ops.nn._layer_normalization",  # what the first and the next of these call
    "keras.ops.layer_normalization",
    "keras.src.ops.nn._rms_normalization",
    "keras.ops.rms_normalization",
]


def draw(rng, *shape):
    """Numbers of both signs, whose size is between 0.2 and 1.5."""
    signs = rng.choice([-1.0, 1.0], size=shape)
    return (signs * rng.uniform(0.2, 1.5, size=shape)).astype("float32")


def rows(rng, *shape, spread=30.0):
    """Rows of a standard deviation near `spread`, each around a centre of its own."""
    steps = rng.permuted(np.broadcast_to(np.linspace(-1.5, 1.5, shape[-1]), shape), axis=-1)
    centers = rng.uniform(-1.3, 1.3, (*shape[:-1], 1))
    noise = rng.uniform(-0.2, 0.2, shape)
    return (spread * (steps + centers + noise)).astype("float32")


class EveryLayer(Layer, asked="MyLayerNormalization"):
    """What every layer must answer."""

    arguments = {"eps": (0.00005, 0.0002)}

    def draw(self, rng, *shape):
        return rows(rng, *shape, 4, spread=100.0)

    def shows(self, layer, inputs):
        return layer(inputs / 10_000)

    def weights(self, layer):
        """The scale starts as ones, the offset as zeros.

        What starts otherwise is known by being the other: how both start is asked on its own.
        """
        left, found = self.variables(layer), {}
        for name, start in ("scale", 1), ("offset", 0):
            found[name] = next((one for one in left if np.all(one.numpy() == start)), None)
            left = [one for one in left if one is not found[name]]
        missing = [name for name, variable in found.items() if variable is None]
        if len(missing) > len(left):
            starts = [variable.numpy().tolist() for variable in self.variables(layer)]
            raise ValueError(
                "a scale that starts as ones and an offset that starts as zeros were expected; the"
                f" weights of the layer start as {str(starts)[:300]}"
            )
        return found | dict(zip(missing, left, strict=False))

    def upright(self, label, values):
        return np.ravel(values)

    def saved_weights(self, model, before):
        found = [np.ravel(weight) for weight in model.layer.weights]
        changes = [np.max(np.abs(now - then)) for now, then in zip(found, before, strict=True)]
        return {"it has weights": bool(found), "change of a weight": float(max(changes, default=0))}

    # That of the kind also asks how many values there are, which is asked above. What Keras does
    # not track is not trained either: it loses in both, each for its own points.
    @check("serialization", points=2)
    def saved_model(self, made, rng):
        """a model saved as a .keras file and loaded has the weights that it was saved with"""
        model = holding(self.make(made))
        model.build((None, 4))
        self.fill(model.layer, rng)
        before = [np.ravel(weight) for weight in model.layer.weights]
        return reloaded(model, use=self.saved_weights, beside=before)

    # What is wrong here is wrong in the next two, too; but what is wrong in one of them alone costs
    # no more than that one.
    values = Layer.values.but("each feature is multiplied by its scale, then its offset is added")

    # That of the kind calls a layer with inputs of rank 2 first.
    @check("numerics", points=1)
    def inputs_of_any_rank(self, made, rng):
        """inputs of rank 3 and 4 are normalized along their last axis, with one scale for all"""
        seen = {}
        for label, shape in ("rank 3", (2, 5)), ("rank 4", (2, 3, 5)):
            layer, x = self.make(made), self.draw(rng, *shape)
            layer(x)  # is built for inputs of this rank
            sizes = [int(np.prod(weight.shape)) for weight in self.weights(layer).values()]
            self.fill(layer, rng)
            seen |= {label: layer(x), f"{label}: values in scale and offset": sizes}
        return seen

    functional_model = Layer.functional_model.but(points=1)


@check("numerics", points=2)
def new_layer(MyLayerNormalization, rng):
    """a new layer gives each row mean 0 and variance 1, in any batch, and in training too"""
    layer = MyLayerNormalization(0.001)
    batches = {f"a batch of {size}": rows(rng, size, 4) for size in (5, 1, 4)}
    answers = {label: layer(x) for label, x in batches.items()}
    # What dropout answers is different every time; that it is another answer is not.
    training = np.asarray(layer(batches["a batch of 5"], training=True))
    again = np.asarray(layer(batches["a batch of 5"]))
    same = bool(np.allclose(training, again) and np.allclose(again, answers["a batch of 5"]))
    return answers | {"the same with training=True, and after it": same}


def filled(layer, rng):
    return EveryLayer().filled(layer, rng)


@check("numerics", points=2)
def epsilon(MyLayerNormalization, rng):
    """eps is added to the variance, 0.001 by default; rows of equal entries give the offset"""
    # All are made before one is called: each must keep its own.
    made = {
        "eps=0.001 by default": (MyLayerNormalization(), 0.03),
        "eps=0.5": (MyLayerNormalization(eps=0.5), 0.7),
        "eps=2, by position": (MyLayerNormalization(2), 0.7),
    }
    seen = {
        label: filled(layer, rng)(rows(rng, 4, 4, spread=spread))
        for label, (layer, spread) in made.items()
    }
    equal = np.repeat(rng.uniform(-2, 2, (3, 1)), 4, axis=1).astype("float32")
    return seen | {"equal entries": filled(MyLayerNormalization(0.5), rng)(equal)}


@check("numerics", points=1, rtol=0, atol=0.02)
def far_from_zero(MyLayerNormalization, rng):
    """rows around 10 000 that differ by about 1 are normalized to within 0.01"""
    layer = filled(MyLayerNormalization(0.001), rng)
    return layer(10_000 + rows(rng, 6, 4, spread=0.6))


@check("gradients", points=1, rtol=1e-3)
def slopes_where_entries_are_equal(MyLayerNormalization, rng):
    """the gradient is finite and right in a row of equal entries, and in the rows beside it"""
    x = rows(rng, 4, 4)
    x[1], x[3] = rng.uniform(0.5, 1), 0
    return gradient(filled(MyLayerNormalization(0.001), rng), x, upstream=draw(rng, 4, 4))
