# points: 9, 0, 3, 3
# The straightforward answer of a reader of the statement.
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
    lower = tf.strings.lower(texts, encoding="utf-8")
    spaced = tf.strings.regex_replace(lower, r"[^\p{L}\p{N}]+", " ")
    return tf.strings.split(spaced)


def count_matrix(texts, vocabulary):
    """Count how often each text has each word of a vocabulary.

    Args:
        texts: string tensor of shape (n,), UTF-8.
        vocabulary: string tensor of shape (m,), words in lower case, each once.

    Returns:
        A sparse tensor of int64 and of shape (n, m), in canonical order.
    """
    words = tokenize(texts)
    found = tf.equal(words.values[:, None], vocabulary[None, :])
    counts = tf.math.unsorted_segment_sum(
        tf.cast(found, tf.int64), words.value_rowids(), num_segments=words.nrows()
    )
    return tf.sparse.from_dense(counts)


def shared_words(a, b):
    """Return the words that the texts of each pair share.

    Args:
        a: string tensor of shape (n,), UTF-8.
        b: string tensor of shape (n,), UTF-8.

    Returns:
        A string tensor of shape (n, k): each row holds the words that both texts have, sorted, and
        padded with `b""` at the end.
    """
    shared = tf.sets.intersection(tokenize(a).to_sparse(), tokenize(b).to_sparse())
    return tf.sparse.to_dense(shared, default_value="")
