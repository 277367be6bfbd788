# points: 8, 5, 3, 4
# A right answer with other operations and helpers than most would choose.

# %%
import keras


# %%
def directions(gaps):
    """Return the vectors along the last axis, scaled to length 1, and 0 where all entries are 0."""
    reach = keras.ops.max(keras.ops.abs(gaps), axis=-1)[..., None]
    shrunk = keras.ops.divide_no_nan(gaps, reach)  # entries from -1 to 1: squares are harmless
    length = keras.ops.sqrt(keras.ops.sum(keras.ops.square(shrunk), axis=-1))[..., None]
    return keras.ops.divide_no_nan(shrunk, length)


def pairwise_distances(a, b):
    """Return the Euclidean distance of each row of `a` from each row of `b`.

    A vector's length is its product with its own direction u. As |u| = 1, the change of u is
    orthogonal to it: so u may count as constant, and it is the slope as well.

    Args:
        a: float32 or float64 tensor of shape (n, d).
        b: tensor of shape (m, d) and of the same dtype.

    Returns:
        A tensor of shape (n, m), of the same dtype.
    """
    gaps = keras.ops.expand_dims(a, 1) - keras.ops.expand_dims(b, 0)
    still = keras.ops.stop_gradient(gaps)
    lengths = keras.ops.sum(gaps * directions(still), axis=-1)
    # The choice also stops an infinite slope from above: times 0 it would be NaN.
    equal = keras.ops.max(keras.ops.abs(still), axis=-1) <= 0
    return keras.ops.where(equal, keras.ops.zeros_like(lengths), lengths)
