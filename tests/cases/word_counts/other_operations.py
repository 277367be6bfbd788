# points: 9, 0, 3, 3
# A right answer with other operations and helpers than most would choose.

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
    # With " " as separator no other byte can count as white space, but there are empty pieces.
    pieces = tf.strings.split(tf.strings.regex_replace(texts, r"[^\p{L}\p{N}]+", " "), sep=" ")
    full = tf.strings.length(pieces.values) > 0
    return tf.RaggedTensor.from_value_rowids(
        tf.strings.lower(tf.boolean_mask(pieces.values, full), encoding="utf-8"),
        tf.boolean_mask(pieces.value_rowids(), full),
        nrows=pieces.nrows(),
    )


def count_matrix(texts, vocabulary):
    """Count how often each text has each word of a vocabulary.

    Args:
        texts: string tensor of shape (n,), UTF-8.
        vocabulary: string tensor of shape (m,), words in lower case, each once.

    Returns:
        A sparse tensor of int64 and of shape (n, m), in canonical order.
    """
    words = tokenize(texts)
    height, width = words.nrows(), tf.size(vocabulary, out_type=tf.int64)
    # A row for each known word: where it stands among all words, and its column.
    known = tf.where(tf.equal(words.values[:, None], vocabulary[None, :]))
    rows, columns = tf.gather(words.value_rowids(), known[:, 0]), known[:, 1]
    # Number the cells of the matrix line by line, and count how often each number occurs.
    cells, _, counts = tf.unique_with_counts(rows * width + columns, out_idx=tf.int64)
    indices = tf.stack([cells // width, cells % width], axis=1)
    return tf.sparse.reorder(tf.SparseTensor(indices, counts, tf.stack([height, width])))


def shared_words(a, b):
    """Return the words that the texts of each pair share.

    Args:
        a: string tensor of shape (n,), UTF-8.
        b: string tensor of shape (n,), UTF-8.

    Returns:
        A string tensor of shape (n, k): each row holds the words that both texts have, sorted, and
        padded with `b""` at the end.
    """
    left = tokenize(a)
    shared = tf.sets.intersection(left.to_sparse(), tokenize(b).to_sparse())
    rows = tf.reshape(shared.indices, [-1, 2])[:, 0]
    words = tf.ensure_shape(shared.values, [None])
    return tf.RaggedTensor.from_value_rowids(words, rows, nrows=left.nrows()).to_tensor("")
