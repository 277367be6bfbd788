"""What it means to have solved `pairwise_distances`."""

import numpy as np
import tensorflow as tf

from autograder.checks import check, either, exported, gradient, in_graph, ratio

EXACT = {"rtol": 1e-10, "atol": 1e-12}  # what float64 keeps, and nothing narrower


def draw(rng, *shape, dtype="float32"):
    return rng.normal(scale=3, size=shape).astype(dtype)


def typed(tensor):
    """The values and their dtype, which a comparison of values alone does not tell."""
    return {"dtype": np.asarray(tensor).dtype.name, "values": tensor}


def slopes(f, a, b, upstream):
    """The gradients in both inputs, labelled."""
    found = gradient(f, a, b, upstream=upstream)
    return dict(zip(("in a", "in b"), found, strict=True)) if isinstance(found, list) else found


@check("numerics", points=3)
def values(pairwise_distances, rng):
    """entry (i, j) is the Euclidean distance of row i of a from row j of b"""
    return {
        f"{n} rows against {m}, {d} columns": pairwise_distances(
            tf.constant(draw(rng, n, d)), tf.constant(draw(rng, m, d))
        )
        for n, m, d in ((5, 3, 4), (2, 6, 3), (4, 4, 2), (3, 3, 3), (1, 1, 5), (1, 4, 2), (4, 1, 1))
    }


@check("numerics", points=2, rtol=0, atol=1e-9)
def equal_rows(pairwise_distances, rng):
    """rows that are equal have the distance 0, near the origin and far from it"""
    rows = {"near the origin": draw(rng, 4, 3), "near 1000": 1000 + draw(rng, 4, 3)}
    rows |= {f"{where}, in float64": some.astype("float64") for where, some in rows.items()}
    return {
        where: np.diagonal(pairwise_distances(tf.constant(some), tf.constant(some)))
        for where, some in rows.items()
    }


@check("numerics", points=2, rtol=1e-3, atol=0)
def close_together_and_far_out(pairwise_distances, rng):
    """rows near 1000 that differ by about 0.01 keep three digits of their distance"""
    a = (rng.uniform(900, 1100, (3, 1)) + rng.uniform(-1, 1, (3, 4))).astype("float32")
    step = rng.uniform(0.005, 0.02, a.shape) * rng.choice([-1, 1], a.shape)
    b = (a + step).astype("float32")
    return {
        f"pair {i + 1}": pairwise_distances(tf.constant(a[i : i + 1]), tf.constant(b[i : i + 1]))
        for i in range(3)
    }


@check("numerics", points=1)
def dtype_is_kept(pairwise_distances, rng):
    """float32 rows have float32 distances"""
    found = pairwise_distances(tf.constant(draw(rng, 3, 2)), tf.constant(draw(rng, 2, 2)))
    return np.asarray(found).dtype.name


@check("numerics", points=1, **EXACT)
def float64_values(pairwise_distances, rng):
    """float64 rows have float64 distances, with all their digits"""
    a, b = draw(rng, 5, 3, dtype="float64"), draw(rng, 4, 3, dtype="float64")
    b[0] = a[0]
    return typed(pairwise_distances(tf.constant(a), tf.constant(b)))


@check("gradients", points=3)
def slopes_in_both(pairwise_distances, rng):
    """the gradient in a and in b is along the line of each pair, times what arrives from above"""
    sizes = ((5, 3, 4), (3, 3, 3), (1, 4, 2), (4, 1, 1))
    return {
        f"{n} rows against {m}, {d} columns": slopes(
            pairwise_distances, draw(rng, n, d), draw(rng, m, d), draw(rng, n, m)
        )
        for n, m, d in sizes
    }


@check("gradients", points=2)
def slopes_beside_equal_rows(pairwise_distances, rng):
    """an equal pair adds 0 to the gradient, and leaves that of the other pairs alone"""
    a, b = draw(rng, 4, 3), draw(rng, 3, 3)
    a[1] = b[2]
    alone = draw(rng, 1, 3)
    return {
        "some rows are equal": slopes(pairwise_distances, a, b, draw(rng, 4, 3)),
        "one row against itself": slopes(pairwise_distances, alone, alone, draw(rng, 1, 1)),
    }


@check("gradients", points=1)
def slopes_of_a_batch_against_itself(pairwise_distances, rng):
    """the distances of a batch from itself have a gradient, although the diagonal is 0"""
    return gradient(lambda x: pairwise_distances(x, x), draw(rng, 5, 3), upstream=draw(rng, 5, 5))


# Below, no rows are equal, and another formula need only be the same everywhere: what is lost in
# numerics and gradients is not lost again.

# Numbers of rows of a and of b, and of columns.
SIZES = [(4, 2, 3), (3, 3, 3), (1, 2, 4), (3, 1, 2)]


def rows(rng, n, m, d):
    """Rows of a and of b, and what arrives from above."""
    return [draw(rng, n, d), draw(rng, m, d), draw(rng, n, m)]


def redrawn(f, rng, sizes):
    """Answers for inputs drawn at random, and with one after the other drawn anew."""
    first, other = ([rows(rng, *size) for size in sizes] for _ in range(2))
    yield [f(*inputs) for inputs in first]
    for index in range(3):
        changed = zip(first, other, strict=True)
        yield [f(*one[:index], two[index], *one[index + 1 :]) for one, two in changed]


def the_same(f, sizes):
    """Answers for inputs that are the same in every process, in a flat list."""
    rng = np.random.default_rng(0)
    return tf.nest.flatten([f(*rows(rng, *size)) for size in sizes])


def values_of(f):
    return lambda a, b, _: f(tf.constant(a), tf.constant(b))


def slopes_of(f):
    return lambda a, b, upstream: gradient(f, a, b, upstream=upstream)


def agreeing(f, direct, rng, sizes, inputs):
    """The exact answers, or at least those of direct calls; the upstream is no input of values."""
    exact = list(redrawn(f, rng, sizes))[: inputs + 1]
    return either(exact, {"over what direct calls give": ratio(the_same(f, sizes), direct)})


@check("serialization", points=1)
def exported_values(pairwise_distances):
    """exported and loaded without your code, it still has its values"""
    beside = the_same(values_of(pairwise_distances), SIZES[:1])
    return exported(pairwise_distances, [4, 3], [2, 3], use=loaded_values, beside=beside)


def loaded_values(f, direct, rng):
    return agreeing(values_of(f), direct, rng, SIZES[:1], inputs=2)


@check("serialization", points=2)
def exported_gradients(pairwise_distances):
    """exported and loaded without your code, it still has its gradients"""
    beside = the_same(slopes_of(pairwise_distances), SIZES[:1])
    return exported(pairwise_distances, [4, 3], [2, 3], use=loaded_slopes, beside=beside)


def loaded_slopes(f, direct, rng):
    return agreeing(slopes_of(f), direct, rng, SIZES[:1], inputs=3)


@check("graph", points=2)
def one_graph_for_all_sizes(pairwise_distances):
    """traced once for unknown sizes, the graph has the right values for any size"""
    beside = the_same(values_of(pairwise_distances), SIZES)
    unknown = [None, None]
    return in_graph(pairwise_distances, unknown, unknown, use=values_in_graph, beside=beside)


def values_in_graph(f, direct, rng):
    return agreeing(values_of(f), direct, rng, SIZES, inputs=2)


@check("graph", points=2)
def gradients_inside_the_graph(pairwise_distances):
    """a graph for unknown sizes can take the gradients inside"""

    def inside(a, b, upstream):
        return gradient(pairwise_distances, a, b, upstream=upstream)

    beside = the_same(slopes_of(pairwise_distances), SIZES)
    return in_graph(inside, *[[None, None]] * 3, use=slopes_in_graph, beside=beside)


def slopes_in_graph(f, direct, rng):
    return agreeing(f, direct, rng, SIZES, inputs=3)
