import keras
import numpy as np

from autograder.checks import check, exported, gradient, in_graph, reloaded, tried

SWITCHED_OFF = ["keras.layers.Rescaling", "keras.ops.multiply"]
X = np.array([[1.0, -2.0], [0.5, 4.0]], "float32")


def scaled(scale):
    return scale(X)


def drawn(scale, rng):
    x = rng.normal(size=(3, 2)).astype("float32")
    return tried(scale(x), "Scale(3.0)({})", x)  # which nobody sees: another process draws it


@check("numerics", points=1)
def multiplies(Scale):
    """every element is multiplied by the factor"""
    factors = (2.0, -0.5)
    return {f"factor {one}": tried(Scale(one)(X), "Scale({})({})", one, X) for one in factors}


@check("numerics", points=1)
def multiplies_anything(Scale, rng):
    """numbers nobody foresaw are multiplied, too"""
    x = rng.normal(size=(4, 2)).astype("float32")
    return tried(Scale(3.0)(x), "Scale(3.0)({})", x)


@check("gradients", points=2)
def slope_is_the_factor(Scale):
    """the slope is the factor"""
    found = gradient(Scale(3.0), X, upstream=2 * X)
    return tried(found, "Scale(3.0)(x)", slope_in={"x": X}, upstream=2 * X)


@check("serialization", points=1)
def factor_survives(Scale):
    """a reloaded layer still uses its own factor"""
    return reloaded(Scale(3.0), scaled)


@check("serialization", points=1)
def model_survives(Scale):
    """so does a layer of a reloaded model"""
    model = keras.Sequential([keras.Input((2,)), Scale(3.0)])
    return {"first": reloaded(model, drawn), "again": reloaded(model, scaled)}


@check("graph", points=1)
def graph_scales(Scale):
    """a graph for any batch size gives the same numbers"""
    return in_graph(Scale(3.0), (None, 2), use=drawn)


@check("graph", points=1)
def export_scales(Scale):
    """an export does"""
    return exported(Scale(3.0), (None, 2), use=scaled)
