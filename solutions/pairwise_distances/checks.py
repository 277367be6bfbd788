"""What it means to have solved `pairwise_distances`."""

import numpy as np
import tensorflow as tf

from autograder.checks import (
    again,
    check,
    exported,
    gradient,
    in_graph,
    once,
    one_graph,
    tried,
)
from autograder.checks.later import held_against, of_all_sizes, of_one_size, the_same

EXACT = {"rtol": 1e-10, "atol": 1e-12}  # what float64 keeps, and nothing narrower


CALLED = "pairwise_distances({}, {})"


def draw(rng, *shape, dtype="float32"):
    """Numbers of two digits, so that a student can read them."""
    return rng.normal(scale=3, size=shape).round(2).astype(dtype)


def tensors(batch):
    return [tf.constant(array) for array in batch]


def distances(f, a, b):
    return tried(f(*tensors([a, b])), CALLED, a, b)


def from_themselves(f, rows):
    """The distance of each row from itself; of a table of another rank, all of it."""
    found = np.asarray(f(tf.constant(rows), tf.constant(rows)))
    code = "rows = {}\ntf.linalg.diag_part(pairwise_distances(rows, rows))"
    return tried(found.diagonal() if found.ndim == 2 else found, code, rows)


def slopes(f, a, b, upstream):
    """The gradients in both inputs, labelled."""
    in_a, in_b = gradient(f, a, b, upstream=upstream)
    of_b = tried(in_b, "pairwise_distances({}, b)", a, slope_in={"b": b}, upstream=upstream)
    return {
        "in a": tried(in_a, "pairwise_distances(a, {})", b, slope_in={"a": a}, upstream=upstream),
        "in b": of_b,
    }


@check("numerics", points=3)
def values(pairwise_distances, rng):
    """entry (i, j) is the Euclidean distance of row i of a from row j of b"""
    return {
        f"{n} rows against {m}, {d} columns": distances(
            pairwise_distances, draw(rng, n, d), draw(rng, m, d)
        )
        for n, m, d in ((5, 3, 4), (2, 6, 3), (4, 4, 2), (3, 3, 3), (1, 1, 5), (1, 4, 2), (4, 1, 1))
    }


@check("numerics", points=1, rtol=0, atol=1e-9)
def equal_rows(pairwise_distances, rng):
    """rows that are equal have the distance 0, near the origin and far from it, and no others do"""
    rows = {"near the origin": draw(rng, 4, 3), "near 1000": 1000 + draw(rng, 4, 3)}
    rows |= {f"{where}, in float64": some.astype("float64") for where, some in rows.items()}
    asked = {where: from_themselves(pairwise_distances, some) for where, some in rows.items()}
    small = [(1e-8 * draw(rng, n, 3)).astype("float32") for n in (2, 3)]
    apart = np.asarray(pairwise_distances(*tensors(small))) > 0
    return asked | {"nearly equal, apart": tried(apart, f"{CALLED} > 0", *small)}


@check("numerics", points=2, rtol=1e-3, atol=0)
def close_together_and_far_out(pairwise_distances, rng):
    """rows near 1000 that differ by about 0.01 keep three digits of their distance"""
    a = (rng.uniform(900, 1100, (3, 1)) + rng.uniform(-1, 1, (3, 4))).astype("float32")
    step = rng.uniform(0.005, 0.02, a.shape) * rng.choice([-1, 1], a.shape)
    b = (a + step).astype("float32")
    pairs = {
        f"pair {i + 1}": distances(pairwise_distances, a[i : i + 1], b[i : i + 1]) for i in range(3)
    }
    # The second pair is far from the first one, and so from any point between them.
    sides = np.float32([[1], [-1], [1]])
    return pairs | {"all rows at once": distances(pairwise_distances, sides * a, sides * b)}


@check("numerics", points=1)
def dtype_is_kept(pairwise_distances, rng):
    """float32 rows have float32 distances"""
    a, b = draw(rng, 3, 2), draw(rng, 2, 2)
    found = pairwise_distances(*tensors([a, b]))
    return tried(np.asarray(found).dtype.name, f"{CALLED}.dtype.name", a, b)


@check("numerics", points=1, **EXACT)
def float64_values(pairwise_distances, rng):
    """float64 rows have float64 distances, with all their digits"""
    a, b = draw(rng, 5, 3, dtype="float64"), draw(rng, 4, 3, dtype="float64")
    found = pairwise_distances(*tensors([a, b]))
    return {
        # A comparison of values alone does not tell it.
        "dtype": tried(np.asarray(found).dtype.name, f"{CALLED}.dtype.name", a, b),
        "values": tried(found, CALLED, a, b),
    }


@check("gradients", points=2)
def slopes_in_both(pairwise_distances, rng):
    """the gradient in a and in b is along the line of each pair, times what arrives from above"""
    sizes = ((5, 3, 4), (3, 3, 3), (1, 4, 2), (4, 1, 1))
    return {
        f"{n} rows against {m}, {d} columns": slopes(
            pairwise_distances, draw(rng, n, d), draw(rng, m, d), draw(rng, n, m)
        )
        for n, m, d in sizes
    }


@check("gradients", points=3)
def slopes_beside_equal_rows(pairwise_distances, rng):
    """an equal pair adds 0 to the gradient, and leaves that of the other pairs alone"""
    a, b = draw(rng, 4, 3), draw(rng, 3, 3)
    a[1] = b[2]
    alone = draw(rng, 1, 3)
    return {
        "some rows are equal": slopes(pairwise_distances, a, b, draw(rng, 4, 3)),
        "one row against itself": slopes(pairwise_distances, alone, alone, draw(rng, 1, 1)),
        "much from above": slopes(pairwise_distances, alone, alone, np.float32([[1e30]])),
        "a batch against itself": slopes_of_itself(
            pairwise_distances, draw(rng, 5, 3), draw(rng, 5, 5)
        ),
    }


def slopes_of_itself(f, x, upstream):
    found = gradient(lambda x: f(x, x), x, upstream=upstream)
    return tried(found, "pairwise_distances(x, x)", slope_in={"x": x}, upstream=upstream)


# Below, no rows are equal, the upstream is 1, and another formula need only be the same everywhere:
# what is lost in numerics and gradients is not lost again.


def of_known_size(rng):
    return [draw(rng, 4, 3), draw(rng, 2, 3)]


def of_any_size(rng):
    return [draw(rng, 7, 3), draw(rng, 4, 3)]  # and so 3 against 3 rows, and 1 against 1


def in_one(f):
    """A function that returns the gradients of `f` in both inputs, one above the other."""

    def both(a, b):
        with tf.GradientTape() as tape:
            tape.watch([a, b])
            found = f(a, b)
        # One that is missing is missing in direct calls as well, where it has cost points.
        return tf.concat(tape.gradient(found, [a, b], unconnected_gradients="zero"), axis=0)

    return both


@once
def saved(pairwise_distances):
    """A file, which two checks ask."""
    return exported(pairwise_distances, [4, 3], [2, 3], use=loaded_values)


# No wrong answer fails here alone: what cannot be exported is in no graph either. The checks are
# apart so that wrong values do not cost the points of the gradients, nor the reverse.
@check("serialization", points=1)
def exported_values(pairwise_distances):
    """exported and loaded without your code, it still has its values"""
    direct = of_one_size(pairwise_distances, the_same(of_known_size))
    return again(saved(pairwise_distances), use=loaded_values, beside=direct)


def loaded_values(f, direct, rng):
    return held_against(direct, f, of_known_size, rng, of_one_size)


@check("serialization", points=2)
def exported_gradients(pairwise_distances):
    """exported and loaded without your code, it still has its gradients"""
    direct = of_one_size(in_one(pairwise_distances), the_same(of_known_size))
    return again(saved(pairwise_distances), use=loaded_slopes, beside=direct)


def loaded_slopes(f, direct, rng):
    return held_against(direct, in_one(f), of_known_size, rng, of_one_size, dimension="gradients")


@check("graph", points=2)
@one_graph([None, None], [None, None], draw=of_any_size)
def one_graph_for_all_sizes(pairwise_distances):
    """traced once for unknown sizes, the graph has the right values for any size"""
    return pairwise_distances


@check("graph", points=2)
def gradients_inside_the_graph(pairwise_distances):
    """a graph for unknown sizes can take the gradients inside"""
    f = in_one(pairwise_distances)
    direct = of_all_sizes(f, the_same(of_any_size))
    return in_graph(f, [None, None], [None, None], use=slopes_in_graph, beside=direct)


def slopes_in_graph(f, direct, rng):
    return held_against(direct, f, of_any_size, rng, dimension="gradients")
