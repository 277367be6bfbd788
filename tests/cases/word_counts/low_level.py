# points: 9, 0, 3, 3
# A right answer with raw TensorFlow, explicit casts and loops of the graph.
# %%
import tensorflow as tf


# %%
def tokenize(texts):
    """Return the words of each text, in lower case.

    Args:
        texts: string tensor of shape (n,), UTF-8.

    Returns:
        A ragged string tensor of n rows.
    """
    spaced = tf.strings.regex_replace(texts, r"[^\p{L}\p{N}]+", " ")
    words = tf.strings.split(spaced)
    return words.with_values(tf.strings.lower(words.values, encoding="utf-8"))


def count_matrix(texts, vocabulary):
    """Count how often each text has each word of a vocabulary.

    Args:
        texts: string tensor of shape (n,), UTF-8.
        vocabulary: string tensor of shape (m,), words in lower case, each once.

    Returns:
        A sparse tensor of int64 and of shape (n, m), in canonical order.
    """
    words = tokenize(texts)
    n = tf.shape(texts, out_type=tf.int64)[0]
    m = tf.shape(vocabulary, out_type=tf.int64)[0]
    rows = tf.cast(words.value_rowids(), tf.int64)
    hits = tf.where(tf.equal(tf.expand_dims(words.values, 1), tf.expand_dims(vocabulary, 0)))
    # Each hit is a cell of the matrix, as one number.
    cells = tf.gather(rows, hits[:, 0]) * m + hits[:, 1]
    cells, _, counts = tf.unique_with_counts(cells, out_idx=tf.int64)
    indices = tf.stack([tf.math.floordiv(cells, m), tf.math.floormod(cells, m)], axis=1)
    return tf.sparse.reorder(tf.SparseTensor(indices, counts, tf.stack([n, m])))


def _ranks(words, rows):
    """The place of each word if they are sorted by row, then by bytes; no two are equal."""
    # The order of bytes in UTF-8 is that of the code points. The added "" keeps the table from
    # having no rows.
    ragged = tf.strings.unicode_decode(tf.concat([words, tf.constant([""])], axis=0), "UTF-8")
    codes = ragged.to_tensor(default_value=tf.constant(-1, tf.int32))[:-1]
    count = tf.shape(words)[0]

    def compared(keys, otherwise):
        """before[i, j]: whether word j comes before word i."""
        own, other = tf.expand_dims(keys, 1), tf.expand_dims(keys, 0)
        return tf.where(tf.equal(own, other), otherwise, tf.less(other, own))

    def more(column, before):
        return tf.greater_equal(column, 0)

    def step(column, before):
        return column - 1, compared(tf.gather(codes, column, axis=1), before)

    _, before = tf.while_loop(
        more,
        step,
        [tf.shape(codes)[1] - 1, tf.zeros(tf.stack([count, count]), tf.bool)],
        shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, None])],
    )
    before = compared(rows, before)
    return tf.reduce_sum(tf.cast(before, tf.int32), axis=1)


def shared_words(a, b):
    """Return the words that the texts of each pair share.

    Args:
        a: string tensor of shape (n,), UTF-8.
        b: string tensor of shape (n,), UTF-8.

    Returns:
        A string tensor of shape (n, k): each row holds the words that both texts have, sorted, and
        padded with `b""` at the end.
    """
    left, right = tokenize(a), tokenize(b)
    left_rows = tf.cast(left.value_rowids(), tf.int64)
    right_rows = tf.cast(right.value_rowids(), tf.int64)

    def same(words, rows, others, other_rows):
        return tf.logical_and(
            tf.equal(tf.expand_dims(words, 1), tf.expand_dims(others, 0)),
            tf.equal(tf.expand_dims(rows, 1), tf.expand_dims(other_rows, 0)),
        )

    shared = tf.reduce_any(same(left.values, left_rows, right.values, right_rows), axis=1)
    places = tf.range(tf.shape(left.values)[0])
    earlier = tf.less(tf.expand_dims(places, 0), tf.expand_dims(places, 1))
    again = same(left.values, left_rows, left.values, left_rows)
    again = tf.reduce_any(tf.logical_and(again, earlier), axis=1)
    keep = tf.logical_and(shared, tf.logical_not(again))

    words, rows = tf.boolean_mask(left.values, keep), tf.boolean_mask(left_rows, keep)
    words = tf.gather(words, tf.math.invert_permutation(_ranks(words, rows)))
    # The rows went up before and each keeps its number of words, so they are right as they are.
    n = tf.shape(a, out_type=tf.int64)[0]
    return tf.RaggedTensor.from_value_rowids(words, rows, nrows=n).to_tensor(default_value="")
