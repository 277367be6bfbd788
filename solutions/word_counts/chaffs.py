# %%
def spaced(texts, pattern=r"[^\p{L}\p{N}]+", encoding="utf-8"):
    """Texts in lower case, with spaces in the place of separators."""
    return tf.strings.regex_replace(tf.strings.lower(texts, encoding=encoding), pattern, " ")


# %% letters_of_ascii loses="numerics"
"""Only the letters from A to Z are kept, so `été` falls apart: neither `\\W` nor `a-z` knows any
others. Letters of all alphabets are `\\p{L}`, and digits `\\p{N}`."""


def tokenize(texts):
    return tf.strings.split(spaced(texts, r"[\W_]+"))


# %% a_to_z loses="numerics" like="letters_of_ascii"
def tokenize(texts):
    return tf.strings.split(spaced(texts, "[^a-z0-9]+"))


# %% lower_case_of_ascii loses="numerics"
"""`É` stays as it is: without `encoding="utf-8"`, `tf.strings.lower` knows only the letters from
A to Z."""


def tokenize(texts):
    return tf.strings.split(spaced(texts, encoding=""))


# %% case_kept loses="numerics"
"""The words are not in lower case."""


def tokenize(texts):
    return tf.strings.split(tf.strings.regex_replace(texts, r"[^\p{L}\p{N}]+", " "))


# %% split_at_spaces loses="numerics"
"""Only spaces separate words here, so punctuation sticks to them. Everything but letters and
digits separates."""


def tokenize(texts):
    return tf.strings.split(tf.strings.lower(texts, encoding="utf-8"))


# %% punctuation_dropped loses="numerics"
"""What is no letter is removed, and what stood on its two sides becomes one word. Put a space in
its place."""


def tokenize(texts):
    lower = tf.strings.lower(texts, encoding="utf-8")
    return tf.strings.split(tf.strings.regex_replace(lower, r"[^\p{L}\p{N}\s]+", ""))


# %% digits_dropped loses="numerics"
"""Digits belong to words, but here they separate them. `\\p{N}` is their class."""


def tokenize(texts):
    return tf.strings.split(spaced(texts, r"[^\p{L}]+"))


# %% digits_of_ascii loses="numerics"
"""Only the digits from 0 to 9 are kept: other alphabets have their own, like `４`. `\\p{N}` is the
class of all, and `\\d` is not."""


def tokenize(texts):
    return tf.strings.split(spaced(texts, r"[^\p{L}\d]+"))


# %% separators_listed loses="numerics"
"""You list what separates, and the list is not complete: a space that does not break a line is no
punctuation, and `tf.strings.split` does not know it. Everything but letters and digits separates:
`[^\\p{L}\\p{N}]`."""


def tokenize(texts):
    return tf.strings.split(spaced(texts, r"[\p{P}\p{S}]+"))


# %% last_rows_lost loses="numerics"
"""Texts without words at the end are lost: the number of rows is guessed from the words. The ragged
tensor of `tf.strings.split` knows it, `nrows()`, and one that you make yourself has to be told."""


def tokenize(texts):
    words = tf.strings.split(spaced(texts))
    return tf.RaggedTensor.from_value_rowids(words.values, words.value_rowids())


# %% underscore_kept loses="numerics"
"""`_` is kept in words. It is neither a letter nor a digit, so it separates."""


def tokenize(texts):
    return tf.strings.split(spaced(texts, r"[^\p{L}\p{N}_]+"))


# %% apostrophe_kept loses="numerics"
"""`'` is kept in words. It is neither a letter nor a digit, so it separates."""


def tokenize(texts):
    return tf.strings.split(spaced(texts, r"[^\p{L}\p{N}']+"))


# %% empty_words loses="numerics"
"""There are empty words: a separator at either end, or an empty text, leaves one. Leave out the
separator in `tf.strings.split`, and runs of spaces count as one."""


def tokenize(texts):
    return tf.strings.split(spaced(texts), sep=" ")


# %% each_word_once loses="numerics"
"""A word that a text has twice is found once. It is there twice, and counts 2."""


def tokenize(texts):
    words = tf.strings.split(spaced(texts)).to_sparse()
    return tf.RaggedTensor.from_sparse(tf.sets.union(words, words))


# %% rows_of_one_length loses="numerics serialization graph"
"""The rows are padded to one length. Return the ragged tensor that `tf.strings.split` gives."""


def tokenize(texts):
    return tf.strings.split(spaced(texts)).to_tensor()


# %% loop_over_texts loses="serialization graph"
"""A loop over the texts runs in Python, and a graph has no values to loop over. `tf.strings`
works on all texts at once."""


def tokenize(texts):
    rows = [tf.strings.split(spaced(text)) for text in texts]
    return tf.ragged.stack(rows)


# %% loop_over_a_known_number loses="graph"
"""In a graph for any number of texts `texts.shape[0]` is None, and `range` cannot count to it.
`tf.strings` works on all texts at once."""


def tokenize(texts):
    rows = [tf.strings.split(spaced(texts[i])) for i in range(texts.shape[0])]
    return tf.ragged.stack(rows)


# %% python_strings loses="serialization graph"
"""Python's strings do not exist in a graph. `tf.strings` has the same operations for tensors."""


def tokenize(texts):
    import re

    rows = [
        re.findall(r"[^\W_]+", text.decode().lower())
        for text in tf.convert_to_tensor(texts).numpy()
    ]
    return tf.ragged.constant(rows, dtype=tf.string, ragged_rank=1)


# %% presence loses="numerics"
"""A word that a text has twice counts once here. It counts 2."""


def count_matrix(texts, vocabulary):
    words = tokenize(texts)
    found = tf.cast(words.values[:, None] == vocabulary[None, :], tf.int64)
    return tf.sparse.from_dense(
        tf.math.unsorted_segment_max(found, words.value_rowids(), words.nrows())
        * tf.cast(words.row_lengths() > 0, tf.int64)[:, None]
    )


# %% dense_counts loses="numerics serialization graph"
"""The counts are a usual tensor. Return a `tf.SparseTensor`, which holds only those that are not
zero."""


def count_matrix(texts, vocabulary):
    words = tokenize(texts)
    found = tf.cast(words.values[:, None] == vocabulary[None, :], tf.int64)
    return tf.math.unsorted_segment_sum(found, words.value_rowids(), words.nrows())


# %% zeros_kept loses="numerics"
"""Counts of zero are there as well. A sparse tensor holds only what is not zero."""


def count_matrix(texts, vocabulary):
    words = tokenize(texts)
    found = tf.cast(words.values[:, None] == vocabulary[None, :], tf.int64)
    counts = tf.math.unsorted_segment_sum(found, words.value_rowids(), words.nrows())
    index = tf.where(tf.ones_like(counts, tf.bool))
    return tf.SparseTensor(index, tf.reshape(counts, [-1]), tf.shape(counts, tf.int64))


# %% one_entry_for_each_hit loses="numerics"
"""A word that a text has twice is there as two entries of 1, at the same index. Add them up."""


def count_matrix(texts, vocabulary):
    words = tokenize(texts)
    hits = tf.where(words.values[:, None] == vocabulary[None, :])
    index = tf.stack([tf.gather(words.value_rowids(), hits[:, 0]), hits[:, 1]], axis=1)
    shape = tf.stack([words.nrows(), tf.size(vocabulary, tf.int64)])
    return tf.sparse.reorder(tf.SparseTensor(index, tf.ones_like(hits[:, 0]), shape))


# %% out_of_order loses="numerics"
"""The entries are not in the usual order, row by row and from left to right. `tf.sparse.reorder`
puts them right."""


def count_matrix(texts, vocabulary):
    words = tokenize(texts)
    found = tf.cast(words.values[:, None] == vocabulary[None, :], tf.int64)
    counts = tf.math.unsorted_segment_sum(found, words.value_rowids(), words.nrows())
    index = tf.where(tf.transpose(counts) > 0)[:, ::-1]
    return tf.SparseTensor(index, tf.gather_nd(counts, index), tf.shape(counts, tf.int64))


# %% counts_of_int32 loses="numerics"
"""The counts are int32. They should be int64."""


def count_matrix(texts, vocabulary):
    words = tokenize(texts)
    found = tf.cast(words.values[:, None] == vocabulary[None, :], tf.int32)
    return tf.sparse.from_dense(
        tf.math.unsorted_segment_sum(found, words.value_rowids(), words.nrows())
    )


# %% counts_of_float loses="numerics"
"""The counts are float32. They should be int64."""


def count_matrix(texts, vocabulary):
    words = tokenize(texts)
    found = tf.cast(words.values[:, None] == vocabulary[None, :], tf.float32)
    return tf.sparse.from_dense(
        tf.math.unsorted_segment_sum(found, words.value_rowids(), words.nrows())
    )


# %% on_its_side loses="numerics"
"""The matrix lies on its side: texts belong along the first axis, words of the vocabulary along
the second."""


def count_matrix(texts, vocabulary):
    words = tokenize(texts)
    found = tf.cast(words.values[:, None] == vocabulary[None, :], tf.int64)
    counts = tf.math.unsorted_segment_sum(found, words.value_rowids(), words.nrows())
    return tf.sparse.from_dense(tf.transpose(counts))


# %% texts_not_tokenized loses="numerics"
"""The texts are split at spaces only. Count the words that `tokenize` finds."""


def count_matrix(texts, vocabulary):
    words = tf.strings.split(texts)
    found = tf.cast(words.values[:, None] == vocabulary[None, :], tf.int64)
    return tf.sparse.from_dense(
        tf.math.unsorted_segment_sum(found, words.value_rowids(), words.nrows())
    )


# %% last_texts_lost loses="numerics" like="last_rows_lost"
def count_matrix(texts, vocabulary):
    words = tokenize(texts)
    found = tf.cast(words.values[:, None] == vocabulary[None, :], tf.int64)
    return tf.sparse.from_dense(tf.math.segment_sum(found, words.value_rowids()))


# %% every_other_repeat loses="numerics"
"""A word that follows itself is counted once only: the space between the two is taken by the first,
and the second needs one of its own. Compare words instead of searching in the text."""


def count_matrix(texts, vocabulary):
    line = tf.strings.reduce_join(tokenize(texts), axis=-1, separator=" ")
    line = tf.strings.join([" ", line, " "])

    def column(word):
        marked = tf.strings.regex_replace(line, tf.strings.join([" ", word, " "]), " | ")
        return tf.strings.length(tf.strings.regex_replace(marked, r"[^|]", ""))

    counts = tf.map_fn(column, vocabulary, fn_output_signature=tf.TensorSpec([None], tf.int32))
    return tf.sparse.from_dense(tf.cast(tf.transpose(counts), tf.int64))


# %% vocabulary_of_an_earlier_call loses="numerics"
"""The vocabulary of an earlier call is used again. The next call may bring other words, as many as
before: keep nothing of them."""

KEPT = {}


def count_matrix(texts, vocabulary):
    if tf.executing_eagerly():
        vocabulary = KEPT.setdefault(vocabulary.shape[0], vocabulary)
    words = tokenize(texts)
    found = tf.cast(words.values[:, None] == vocabulary[None, :], tf.int64)
    return tf.sparse.from_dense(
        tf.math.unsorted_segment_sum(found, words.value_rowids(), words.nrows())
    )


# %% lookup_table loses="serialization graph"
"""A table that the function makes belongs to nobody, so the function cannot be exported. Compare
the words with the vocabulary instead."""


def count_matrix(texts, vocabulary):
    size = tf.size(vocabulary)
    pairs = tf.lookup.KeyValueTensorInitializer(vocabulary, tf.range(tf.cast(size, tf.int64)))
    words = tokenize(texts)
    numbers = tf.lookup.StaticHashTable(pairs, -1).lookup(words.values)
    found = tf.cast(numbers[:, None] == tf.range(tf.cast(size, tf.int64))[None], tf.int64)
    return tf.sparse.from_dense(
        tf.math.unsorted_segment_sum(found, words.value_rowids(), words.nrows())
    )


# %% sets_in_order_of_appearance loses="numerics"
"""The shared words are not sorted."""


def shared_words(a, b):
    first, second = tokenize(a), tokenize(b).to_tensor(default_value="")
    theirs = tf.gather(second, first.value_rowids())
    both = tf.reduce_any(first.values[:, None] == theirs, axis=1)
    kept = tf.ragged.boolean_mask(first, first.with_values(both))

    def once(row):
        return tf.unique(row).y

    spec = tf.RaggedTensorSpec([None], tf.string, ragged_rank=0)
    return tf.map_fn(once, kept, fn_output_signature=spec).to_tensor(default_value="")


# %% words_of_either loses="numerics"
"""This is the union: the words that one or the other text has. Return those that both have."""


def shared_words(a, b):
    union = tf.sets.union(tokenize(a).to_sparse(), tokenize(b).to_sparse())
    return tf.sparse.to_dense(union, default_value="")


# %% padding_is_shared loses="numerics"
"""The padding counts as a word that both texts have. Make sets of the ragged words
(`to_sparse()`), not of padded rows."""


def shared_words(a, b):
    rows = [tokenize(side).to_tensor(default_value="") for side in (a, b)]
    shared = tf.sets.intersection(*rows)
    return tf.sparse.to_dense(shared, default_value="")


# %% shared_by_all loses="numerics"
"""All texts are put together. Each pair has its own words in common."""


def shared_words(a, b):
    sides = [tf.sparse.from_dense(tokenize(side).values[None]) for side in (a, b)]
    shared = tf.sparse.to_dense(tf.sets.intersection(*sides), default_value="")
    return tf.repeat(shared, tf.size(a), axis=0)


# %% sparse_words loses="numerics serialization graph"
"""The shared words are a sparse tensor. Make a usual one of it, padded with `b""`:
`tf.sparse.to_dense`."""


def shared_words(a, b):
    return tf.sets.intersection(tokenize(a).to_sparse(), tokenize(b).to_sparse())


# %% shared_words_not_lowered loses="numerics"
"""`The` and `the` are the same word, but are not found. Compare the words that `tokenize`
finds."""


def shared_words(a, b):
    sides = [tf.strings.split(side).to_sparse() for side in (a, b)]
    return tf.sparse.to_dense(tf.sets.intersection(*sides), default_value="")


# %% always_a_column loses="numerics"
"""If no pair shares a word, there should be no columns; here there is one, of padding."""


def shared_words(a, b):
    shared = tf.sets.intersection(tokenize(a).to_sparse(), tokenize(b).to_sparse())
    found = tf.sparse.to_dense(shared, default_value="")
    return tf.concat([found, tf.fill([tf.shape(found)[0], 1], "")], axis=1)


# %% sets_of_python loses="serialization graph"
"""Python's sets do not exist in a graph. `tf.sets.intersection` compares the rows of two sparse
tensors."""


def shared_words(a, b):
    pairs = zip(tokenize(a).to_list(), tokenize(b).to_list(), strict=True)
    rows = [sorted(set(first) & set(second)) for first, second in pairs]
    return tf.ragged.constant(rows, dtype=tf.string, ragged_rank=1).to_tensor(default_value="")
