import keras
import numpy as np

from autograder.checks import check, exported, gradient, in_graph, reloaded

SWITCHED_OFF = ["keras.layers.Rescaling", "keras.ops.multiply"]
X = np.array([[1.0, -2.0], [0.5, 4.0]], "float32")


def scaled(scale):
    return scale(X)


def drawn(scale, rng):
    return scale(rng.normal(size=(3, 2)).astype("float32"))


@check("numerics", points=1)
def multiplies(Scale):
    """every element is multiplied by the factor"""
    return {f"factor {factor}": Scale(factor)(X) for factor in (2.0, -0.5)}


@check("numerics", points=1)
def multiplies_anything(Scale, rng):
    """numbers nobody foresaw are multiplied, too"""
    return Scale(3.0)(rng.normal(size=(4, 2)).astype("float32"))


@check("gradients", points=2)
def slope_is_the_factor(Scale):
    """the slope is the factor"""
    return gradient(Scale(3.0), X, upstream=2 * X)


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
