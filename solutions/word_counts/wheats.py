# %% split_at_separators
"""Separators become spaces one by one, and counts come from a sparse tensor made by hand."""


def tokenize(texts):
    texts = tf.strings.lower(tf.convert_to_tensor(texts), "utf-8")
    return tf.strings.split(tf.strings.regex_replace(texts, r"[^\pL\pN]", " "))


def count_matrix(texts, vocabulary):
    words = tokenize(texts)
    hits = tf.where(tf.equal(tf.expand_dims(words.values, 1), vocabulary))
    cells = tf.stack([tf.gather(words.value_rowids(), hits[:, 0]), hits[:, 1]], axis=1)
    shape = tf.stack([words.nrows(), tf.size(vocabulary, tf.int64)])
    dense = tf.scatter_nd(cells, tf.ones_like(hits[:, 0]), shape)
    index = tf.where(dense > 0)
    return tf.SparseTensor(index, tf.gather_nd(dense, index), shape)


# %% unique_cells
"""Each hit is one number; `unique_with_counts` counts them, and the order is put right then."""


def count_matrix(texts, vocabulary):
    words = tokenize(texts)
    size = tf.size(vocabulary, out_type=tf.int64)
    hits = tf.where(words.values[:, None] == vocabulary[None])
    flat = tf.gather(words.value_rowids(), hits[:, 0]) * size + hits[:, 1]
    cell, _, count = tf.unique_with_counts(flat, out_idx=tf.int64)
    found = tf.SparseTensor(
        tf.stack([cell // size, cell % size], axis=1), count, tf.stack([words.nrows(), size])
    )
    return tf.sparse.reorder(found)


# %% padded_rows
"""A usual tensor of padded rows is compared with the vocabulary; padding is no word of it."""


def count_matrix(texts, vocabulary):
    rows = tokenize(texts).to_tensor(default_value="")
    equal = tf.cast(rows[:, :, None] == vocabulary[None, None, :], tf.int64)
    return tf.sparse.from_dense(tf.reduce_sum(equal, axis=1))


# %% matrix_product
"""Rows and columns of hits are matrices, and the counts are their product."""


def count_matrix(texts, vocabulary):
    words = tokenize(texts)
    rows = tf.one_hot(words.value_rowids(), tf.cast(words.nrows(), tf.int32), axis=0)
    columns = tf.cast(words.values[:, None] == vocabulary[None], tf.float32)
    return tf.sparse.from_dense(tf.cast(tf.round(rows @ columns), tf.int64))


# %% map_over_texts
"""`tf.map_fn` looks at one text after the other, and gives ragged rows."""


def tokenize(texts):
    def words(text):
        text = tf.strings.lower(text, encoding="utf-8")
        return tf.strings.split(tf.strings.regex_replace(text, "[^\\p{L}\\p{N}]+", " "))

    spec = tf.RaggedTensorSpec([None], tf.string, ragged_rank=0)
    return tf.map_fn(words, texts, fn_output_signature=spec)


# %% loop_over_the_vocabulary
"""A loop in a decorated function counts one word of the vocabulary after the other."""


@tf.function(reduce_retracing=True)
def counted(words, vocabulary):
    columns = tf.TensorArray(tf.int64, size=tf.size(vocabulary), element_shape=[None])
    for index in tf.range(tf.size(vocabulary)):
        same = tf.cast(words == vocabulary[index], tf.int64)
        columns = columns.write(index, tf.reduce_sum(same, axis=1))
    return tf.transpose(columns.stack())


def count_matrix(texts, vocabulary):
    return tf.sparse.from_dense(counted(tokenize(texts).to_tensor(), vocabulary))


# %% separators_stripped
"""Only the first and last separators are stripped; then texts are split at runs of the others."""


def tokenize(texts):
    texts = tf.strings.regex_replace(tf.strings.lower(texts, encoding="utf-8"), r"[^\pL\pN]+", "|")
    texts = tf.strings.regex_replace(texts, r"^\||\|$", "")
    words = tf.strings.split(texts, "|")
    return tf.ragged.boolean_mask(words, words != "")


# %% by_character
"""Characters are looked at one by one, and those that are in no word become spaces."""


def tokenize(texts):
    characters = tf.strings.unicode_split(tf.strings.lower(texts, encoding="utf-8"), "UTF-8")
    kept = tf.strings.regex_full_match(characters.values, r"\p{L}|\p{N}")
    spaced = characters.with_values(tf.where(kept, characters.values, " "))
    return tf.strings.split(tf.strings.reduce_join(spaced, axis=-1))


# %% ragged_comparison
"""Ragged words are compared with the vocabulary as they are, and summed over the words."""


def count_matrix(texts, vocabulary):
    words = tokenize(texts)
    equal = tf.map_fn(
        lambda row: tf.reduce_sum(tf.cast(row[:, None] == vocabulary, tf.int64), axis=0),
        words,
        fn_output_signature=tf.TensorSpec([None], tf.int64),
    )
    return tf.sparse.from_dense(tf.ensure_shape(equal, [None, None]))


# %% sets_by_difference
"""What both have is what is left of the first without what is only there."""


def shared_words(a, b):
    first, second = (tokenize(side).to_sparse() for side in (a, b))
    only = tf.sets.difference(first, second)
    return tf.sparse.to_dense(tf.sets.difference(first, only), default_value=b"")


# %% by_comparison
"""Words of both are marked by comparing all with all; marked ones are sorted without sets."""


def shared_words(a, b):
    first, second = tokenize(a), tokenize(b)
    left = tf.sets.union(first.to_sparse(), first.to_sparse())  # each once, sorted
    words = tf.RaggedTensor.from_sparse(left)
    rows = second.to_tensor(default_value="")
    theirs = tf.gather(rows, words.value_rowids())
    both = tf.reduce_any(words.values[:, None] == theirs, axis=1)
    kept = tf.ragged.boolean_mask(words, words.with_values(both))
    return kept.to_tensor(default_value="")


# %% through_dense_sets
"""Sets of dense rows with different padding on either side, which is never shared."""


def shared_words(a, b):
    rows = tokenize(a).to_tensor("\n"), tokenize(b).to_tensor("\t")
    sparse = [tf.sparse.from_dense(side) for side in rows]
    shared = tf.RaggedTensor.from_sparse(tf.sets.intersection(*sparse))
    return shared.to_tensor()


# %% object_with_methods
"""The functions are methods of one object, decorated for any number of texts."""


class Words(tf.Module):
    def split(self, texts):
        lower = tf.strings.lower(texts, encoding="utf-8")
        return tf.strings.split(tf.strings.regex_replace(lower, r"[^\p{L}\p{N}]+", " "))

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)] * 2)
    def shared(self, a, b):
        sides = self.split(a).to_sparse(), self.split(b).to_sparse()
        return tf.sparse.to_dense(tf.sets.intersection(*sides), "")


words = Words()
tokenize, shared_words = words.split, words.shared
