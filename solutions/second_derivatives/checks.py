"""What it means to have solved `second_derivatives`.

A Hessian costs a tenth of a second: each one is traced anew. So a check asks for few of them.
"""

import numpy as np
import tensorflow as tf

from autograder.checks import check, exported, gradient, in_graph, once
from autograder.checks.later import held_against, of_one_size, the_same

EXACT = {"rtol": 1e-9, "atol": 1e-10}  # what finite differences do not reach in float64


def draw(rng, size, dtype="float64"):
    """Numbers of both signs, none close to 0."""
    return (rng.uniform(0.4, 1.5, size) * rng.choice([-1, 1], size)).astype(dtype)


def coupled(x):
    """All variables act on each other."""
    return tf.reduce_sum(tf.exp(0.3 * x)) * tf.reduce_sum(x * x)


def valley(x):
    """Neighbours act on each other."""
    return tf.reduce_sum(5 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def saddle(x):
    """Of four variables, one enters in a straight line and one not at all."""
    return x[0] ** 2 * x[2] + 3 * x[3]


def plane(x):
    return tf.reduce_sum(2 * x) - 1


def gathered(x):
    """The tape's gradient of a `tf.gather` is no tensor: it holds slices and their indices."""
    return tf.reduce_sum(tf.gather(x, [2, 0, 2])) ** 3


def constant(x):
    return tf.constant(3, x.dtype)


def named(found):
    """The two results, labelled."""
    gradient, hessian = found
    return {"gradient": gradient, "Hessian": hessian}


# It costs what three Hessians cost.
@check("numerics", points=2, **EXACT)
def gradient_and_hessian_of_functions(gradient_and_hessian, rng):
    """gradient and Hessian have the exact values, to nine digits"""
    asked = {
        "4 variables": (coupled, 4),
        "neighbours alone": (valley, 3),
        "1 variable": (coupled, 1),
    }
    return {
        name: named(gradient_and_hessian(f, tf.constant(draw(rng, size))))
        for name, (f, size) in asked.items()
    }


@check("numerics", points=2, **EXACT)
def products(hessian_vector_product, rng):
    """the product is that of the Hessian with v, even if v is x itself"""
    found = {}
    for name, f, size in (("4 variables", coupled, 4), ("3", valley, 3), ("1", coupled, 1)):
        x, v = tf.constant(draw(rng, size)), tf.constant(draw(rng, size))
        found[name] = hessian_vector_product(f, x, v)
    x = tf.constant(draw(rng, 4))
    return found | {"v is x": hessian_vector_product(coupled, x, x)}


@check("numerics", points=2, **EXACT)
def zeros(gradient_and_hessian, hessian_vector_product, rng):
    """where a tape has nothing, derivatives are zeros"""
    x, v = tf.constant(draw(rng, 4)), tf.constant(draw(rng, 4))
    found = {}
    for name, f in (("plane", plane), ("constant", constant), ("an entry is ignored", saddle)):
        found[f"{name}, product"] = hessian_vector_product(f, x, v)
        found[name] = named(gradient_and_hessian(f, x))
    return found


@check("numerics", points=1, **EXACT)
def gathered_entries(gradient_and_hessian, hessian_vector_product, rng):
    """where f takes entries with `tf.gather`, all results are tensors"""
    x, v = tf.constant(draw(rng, 4)), tf.constant(draw(rng, 4))
    found = named(gradient_and_hessian(gathered, x))
    return found | {"product": hessian_vector_product(gathered, x, v)}


# Zeros may be made in another way than other numbers.
@check("numerics", points=1)
def dtype_is_kept(gradient_and_hessian, hessian_vector_product, rng):
    """all results have the dtype of x, where a tape has nothing as well"""
    found = {}
    for dtype in ("float32", "float64"):
        x = tf.constant(draw(rng, 2, dtype))
        for name, f in (("cubes", cubes), ("plane", plane), ("constant", constant)):
            results = [*gradient_and_hessian(f, x), hessian_vector_product(f, x, x)]
            found[f"{dtype}, {name}"] = [np.asarray(one).dtype.name for one in results]
    return found


def cubes(x):
    return tf.reduce_sum(x * x * x)


@check("numerics", points=1, **EXACT)
def product_without_the_matrix(hessian_vector_product, rng):
    """with 300,000 variables there is no room for the matrix, and none is needed"""
    x, v = tf.constant(draw(rng, 300_000)), tf.constant(draw(rng, 300_000))
    return hessian_vector_product(lambda x: tf.reduce_sum(x**4), x, v)[:100]


def with_variable(rng):
    """A function with a variable in it, and the variable."""
    a = tf.Variable(draw(rng, 3))
    return (lambda x: tf.reduce_sum(a * x**4) + tf.reduce_sum(a) * x[0] ** 2 * x[1] * x[2]), a


# Its digits are asked above. It costs what a Hessian costs and its derivatives.
@check("gradients", points=2)
def third_derivatives(gradient_and_hessian, rng):
    """gradient and Hessian can be differentiated, in x and in a variable of f"""
    f, a = with_variable(rng)
    x = tf.constant(draw(rng, 3))
    factors = tf.constant(draw(rng, 3)), tf.constant(draw(rng, 9).reshape(3, 3))

    def total():
        both = zip(factors, gradient_and_hessian(f, x), strict=True)
        return tf.add_n([tf.reduce_sum(factor * found) for factor, found in both])

    return gradient(total, of=[x, a])


@check("gradients", points=2)
def derivatives_of_the_product(hessian_vector_product, rng):
    """the product can be differentiated, in x and in a variable of f"""
    f, a = with_variable(rng)
    x, v, upstream = tf.constant(draw(rng, 3)), tf.constant(draw(rng, 3)), draw(rng, 3)
    return gradient(lambda: hessian_vector_product(f, x, v), of=[x, a], upstream=upstream)


# Below, no derivative is missing, and other results need only be the same everywhere: what is lost
# in numerics is not lost again.

ANY = tf.TensorSpec([None], tf.float64)
FOUR = tf.TensorSpec([4], tf.float64)


def one(rng):
    return [draw(rng, 4)]


def two(rng):
    return [draw(rng, 4), draw(rng, 4)]


def in_one(gradient_and_hessian):
    """A function of x that returns gradient and Hessian of `coupled`, one after the other."""

    def both(x):
        found = gradient_and_hessian(coupled, x)
        return tf.concat([tf.reshape(part, [-1]) for part in found], axis=0)

    return both


def product_of(hessian_vector_product):
    return lambda x, v: hessian_vector_product(coupled, x, v)


@once
def direct_both(gradient_and_hessian):
    return [in_one(gradient_and_hessian)(*map(tf.constant, the_same(one)))]


@once
def direct_product(hessian_vector_product):
    return [product_of(hessian_vector_product)(*map(tf.constant, the_same(two)))]


def loaded_both(f, direct, rng):
    return held_against(direct, f, one, rng, of_one_size)


def both_in_graph(f, direct, rng):
    return held_against(direct, f, one, rng)


def loaded_product(f, direct, rng):
    return held_against(direct, f, two, rng, of_one_size)


def product_in_graph(f, direct, rng):
    return held_against(direct, f, two, rng)


# It costs what tracing a Hessian costs. No wrong answer fails here alone: what cannot be exported
# is in no graph either.
@check("serialization", points=1)
def exported_hessian(gradient_and_hessian):
    """exported with an f and loaded without your code, there are still gradient and Hessian"""
    direct = direct_both(gradient_and_hessian)
    return exported(in_one(gradient_and_hessian), FOUR, use=loaded_both, beside=direct)


# Nor here.
@check("serialization", points=1)
def exported_product(hessian_vector_product):
    """exported with an f and loaded without your code, there is still the product"""
    direct = direct_product(hessian_vector_product)
    return exported(
        product_of(hessian_vector_product), FOUR, FOUR, use=loaded_product, beside=direct
    )


# It costs what tracing a Hessian costs.
@check("graph", points=2)
def one_graph_for_the_hessian(gradient_and_hessian):
    """traced once for an unknown n, the graph has gradient and Hessian for any n"""
    direct = direct_both(gradient_and_hessian)
    return in_graph(in_one(gradient_and_hessian), ANY, use=both_in_graph, beside=direct)


@check("graph", points=2)
def one_graph_for_the_product(hessian_vector_product):
    """traced once for an unknown n, the graph has the product for any n"""
    direct = direct_product(hessian_vector_product)
    f = product_of(hessian_vector_product)
    return in_graph(f, ANY, ANY, use=product_in_graph, beside=direct)
