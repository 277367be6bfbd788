# autograder exercise: word_counts
# Unit 1, Tensors, exercise 3: strings, ragged and sparse, sets (about 50 minutes, 15 points)
# Fill in what says YOUR CODE HERE, then run: pytest exercises/word_counts.py

# %% [markdown]
# # Words: ragged, sparse, and sets
#
# *Unit 1, Tensors · about 50 minutes · 15 points. You need: `pairwise_distances`; regular
# expressions.*
#
# Texts are no rectangles. One has three words and the next has none, a table of counts is nearly
# all zeros, and "which words do two texts share?" is a question about sets. TensorFlow has a kind
# of tensor for each: **ragged** tensors, whose rows have different lengths, **sparse** tensors,
# which hold only what is not zero, and operations on **sets**. With them the preparation of texts
# can be a part of the graph: it is saved with the model, and whoever serves it needs no Python.
#
# Here you write three functions of texts: `tokenize`, `count_matrix` and `shared_words`. As in
# `pairwise_distances`, new axes let everything meet everything.

# %%
# To see it: autograder look exercises/word_counts.py
def look_at_words_as_they_come():
    """Texts in lower case, split at spaces: what sticks to the words, and what stays large."""
    import tensorflow as tf

    for text in ("The cat, the CAT!", "Été: l'été"):
        words = tf.strings.split(tf.strings.lower(text)).numpy()
        print(f"{text!r} becomes", [word.decode() for word in words])


# %% [markdown]
# ## Three functions
#
# All texts are strings in UTF-8, in a tensor of shape $(n,)$.
#
# **`tokenize(texts)`** returns a `tf.RaggedTensor` with a row of words for each text. A *word* is a
# longest run of letters and digits, in lower case; everything else separates words, and there are
# no empty words. Letters and digits are those of Unicode: in a regular expression of TensorFlow,
# `\p{L}` and `\p{N}`. So `é` and `ß` are letters, and `_`, `'` and `-` are not.
#
# | text | words |
# |---|---|
# | `"The cat, the CAT!"` | `the` `cat` `the` `cat` |
# | `""` | |
# | `"Été_1: l'été"` | `été` `1` `l` `été` |
#
# **`count_matrix(texts, vocabulary)`** counts. The vocabulary is a string tensor of shape $(m,)$
# with words in lower case, each once. It returns a `tf.SparseTensor` of shape $(n, m)$ and dtype
# int64: how often each text has each word of the vocabulary. Words that are not in the vocabulary
# do not count. Only counts that are not zero are there, in the usual order, row by row and from
# left to right. With the vocabulary `["cat", "été", "dog"]` and the texts of the table, it holds
#
# | index | value |
# |---|---|
# | (0, 0) | 2 |
# | (2, 1) | 2 |
#
# **`shared_words(a, b)`** compares two lists of $n$ texts pair by pair. For each pair it returns
# the words that both have, each once and sorted by their bytes (operations of `tf.sets` return
# their members in this order), as a usual string tensor of shape $(n, k)$. $k$ is the largest
# number of shared words of a pair, and shorter rows are padded with `b""` at the end. If no pair
# shares a word, the shape is $(n, 0)$.
#
# Here and below, a list of strings stands for a tensor. For `["the cat sat", "one", ""]` and `["The
# dog sat?", "two", "one"]` it is
#
# $$
# \begin{pmatrix} \texttt{sat} & \texttt{the} \\ \texttt{} & \texttt{} \\ \texttt{} & \texttt{}
# \end{pmatrix}
# $$
#
# ![On the left, the words of three texts as rows of boxes: four, none, and four. In the middle, the
# counts for the vocabulary cat, été, dog as a table, in which only two 2s are not empty. On the
# right, the words of two texts as circles that overlap: sat and the are in both.](word_counts.figure.png)
#
# ## A look at the tools
#
# ```python
# ragged = tf.strings.split(["a b c", "d"])
# print(ragged.row_lengths().numpy())  # [3 1]
# print(ragged.values.numpy())  # [b'a' b'b' b'c' b'd']
# print(ragged.value_rowids().numpy())  # [0 0 0 1]
# ```
#
# The values of all rows lie one after the other, and `value_rowids` says which row each belongs to.
# `tf.strings` works on ragged tensors as on others, `ragged.to_sparse()` makes a sparse tensor of
# one, `tf.sparse.from_dense` makes one of a usual tensor, `tf.sparse.to_dense` goes back, and
# `tf.sets.intersection` takes two sparse tensors whose last axis holds sets.

# %% [markdown]
# ## Traps
#
# - **Bytes.** A string tensor holds bytes, and `é` is two of them. `tf.strings.lower` without
#   `encoding="utf-8"` leaves `É` as it is, and for `\w` and `\W` in a regular expression only A to
#   Z are letters; besides, `\w` takes `_`.
# - **A loop over texts** works on values. In a graph there are none, and perhaps not even a size:
#   `n` may be unknown while it is made, and so may the size of the vocabulary.
# - **A table has to belong to somebody.** `tf.lookup.StaticHashTable` finds words fast, and is
#   right in a direct call. But a *function* that makes one cannot be exported: nobody owns the
#   table, and saving raises. Compare the words instead; you may use memory for a comparison of all
#   words with the whole vocabulary, or of all words of two texts.
# - **Order.** A sparse tensor that you make yourself has the order in which you give the indices.
#   `tf.sparse.reorder` puts them right.
# - **Padding is no word.** If you turn ragged rows into usual ones before you compare them as sets,
#   the padding `b""` of both is a member of both. It shows where both texts of a pair are shorter
#   than others.
# - **Sets need two axes**: one for the pairs, and the last one for the members.
#
# ## What is graded
#
# - **Numerics**: words, counts and shared words; texts that are empty or have no known word,
#   repeated words, letters beyond A to Z, punctuation at either end; type, dtype and shape of what
#   is returned.
# - **Serialization**: each function is exported as a SavedModel, for an $n$ and an $m$ that are
#   known, and answers in a process that does not have your code.
# - **Graph**: each function is traced once for unknown $n$ and $m$, and the graph gives what direct
#   calls give, without calling back into Python. The grader traces without AutoGraph: a loop over
#   a tensor works only inside a function that you have decorated with `tf.function` yourself.
# - **Gradients** are not graded: words have none.
#
# **Switched off**: nothing.
#
# **Out of scope**: accents and other marks that are characters of their own, letters whose lower
# case has another number of bytes (`İ`, `ẞ`) or depends on the letters around it (`Σ`), numbers
# that are no digits (`½`, `²`, `Ⅷ`), a vocabulary that is empty or has a word twice, no texts at
# all, and strings that are no UTF-8.

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
    # YOUR CODE HERE
    raise NotImplementedError()


def count_matrix(texts, vocabulary):
    """Count how often each text has each word of a vocabulary.

    Args:
        texts: string tensor of shape (n,), UTF-8.
        vocabulary: string tensor of shape (m,), words in lower case, each once.

    Returns:
        A sparse tensor of int64 and of shape (n, m), in canonical order.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def shared_words(a, b):
    """Return the words that the texts of each pair share.

    Args:
        a: string tensor of shape (n,), UTF-8.
        b: string tensor of shape (n,), UTF-8.

    Returns:
        A string tensor of shape (n, k): each row holds the words that both texts have, sorted, and
        padded with `b""` at the end.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %%
# To see it: autograder look exercises/word_counts.py
def look_at_my_words(figure):
    """What your three functions make of four texts; the words on the right are those that each text
    shares with the first one."""
    texts = ["The cat sat.", "Été 2024: l'été!", "", "CAT and dog, and the cat"]
    vocabulary = ["cat", "the", "and", "été"]
    words, counts, shared = figure.subplots(1, 3, width_ratios=(6, 4, 3))
    for row, text in enumerate(texts):
        words.text(0, row - 0.2, repr(text), color="gray", fontsize=9)
    rows = tokenize(tf.constant(texts)).to_list()
    first = tf.constant(texts[:1] * len(texts))
    both = shared_words(first, tf.constant(texts)).numpy().tolist()
    for axes, found in (words, rows), (shared, both):
        for row, several in enumerate(found):
            line = "  ".join(word.decode() for word in several if word)
            axes.text(0, row + 0.15, line or "(none)", weight="bold" if line else "normal")
    table = count_matrix(tf.constant(texts), tf.constant(vocabulary))
    counts.imshow(tf.sparse.to_dense(table), "Blues", vmin=0, vmax=4, aspect="auto")
    for (row, column), count in zip(table.indices.numpy(), table.values.numpy(), strict=True):
        counts.text(column, row, count, ha="center", va="center")
    counts.set_xticks(range(len(vocabulary)), vocabulary)
    titles = "your words", "your counts", "shared with the first"
    for axes, title in zip((words, counts, shared), titles, strict=True):
        axes.set(title=title, ylim=(len(texts) - 0.5, -0.5), yticks=[])
        axes.grid(visible=False)
    for axes in (words, shared):
        axes.set(xlim=(0, 1))
        axes.set_axis_off()


# %%
TEXTS = tf.constant(["The cat, the CAT!", "", "Été_1: l'été"])


def words_of(ragged):
    return [[word.decode() for word in row] for row in ragged.to_list()]


def test_words_of_the_table():
    """numerics: the words of the table"""
    found = tokenize(TEXTS)
    assert isinstance(found, tf.RaggedTensor), f"got a {type(found).__name__}, expected ragged"
    want = [["the", "cat", "the", "cat"], [], ["été", "1", "l", "été"]]
    assert words_of(found) == want, f"words: got {words_of(found)}, expected {want}"


def test_counts_of_the_table():
    """numerics: the counts of the table, with a fourth text"""
    texts = tf.concat([TEXTS, ["a dog, a dog"]], axis=0)
    found = count_matrix(texts, tf.constant(["cat", "été", "dog"]))
    assert isinstance(found, tf.SparseTensor), f"got a {type(found).__name__}, expected sparse"
    assert found.dtype == tf.int64, f"dtype of the counts: got {found.dtype.name}, expected int64"
    shape, indices = found.dense_shape.numpy().tolist(), found.indices.numpy().tolist()
    assert shape == [4, 3], f"shape: got {shape}, expected [4, 3]"
    want = [[0, 0], [2, 1], [3, 2]]
    assert indices == want, f"indices: got {indices}, expected {want}"
    values = found.values.numpy().tolist()
    assert values == [2, 2, 2], f"counts: got {values}, expected [2, 2, 2]"


def test_shared_words_of_the_example():
    """numerics: the first pair shares two words, and the others none"""
    a = tf.constant(["the cat sat", "one", ""])
    b = tf.constant(["The dog sat?", "two", "one"])
    got = shared_words(a, b).numpy().tolist()
    want = [[b"sat", b"the"], [b"", b""], [b"", b""]]
    assert got == want, f"shared words: got {got}, expected {want}"


def test_nothing_shared():
    """numerics: if no pair shares a word, there are no columns"""
    found = shared_words(tf.constant(["one two", ""]), tf.constant(["three", "four"]))
    assert found.shape == (2, 0), f"nothing shared: got shape {found.shape}, expected (2, 0)"


def test_graph_of_unknown_sizes():
    """graph: one graph for any number of texts and words counts as a direct call does"""
    specs = [tf.TensorSpec([None], tf.string)] * 2
    graph = tf.function(count_matrix, input_signature=specs, autograph=False)
    found = tf.sparse.to_dense(graph(TEXTS, tf.constant(["1", "the"]))).numpy().tolist()
    want = [[0, 2], [0, 0], [1, 0]]
    assert found == want, f"counts in a graph: got {found}, expected {want}"


def test_words_in_a_graph():
    """graph: one graph for any number of texts finds the words of the table"""
    specs = [tf.TensorSpec([None], tf.string)]
    graph = tf.function(tokenize, input_signature=specs, autograph=False)
    want = [["the", "cat", "the", "cat"], [], ["été", "1", "l", "été"]]
    found = words_of(graph(TEXTS))
    assert found == want, f"words in a graph: got {found}, expected {want}"
