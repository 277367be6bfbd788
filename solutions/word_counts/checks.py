"""What it means to have solved `word_counts`."""

import numpy as np
import tensorflow as tf

from autograder.checks import check, either, exported, in_graph

WORDS = ["été", "straße", "日本", "one", "two", "naïve", "42", "x", "zebra", "Москва", "a1"]
SEPARATORS = [" ", ", ", "_", "'", "--", "!  ", "\n", " (", ". "]
VOCABULARY = ["two", "zebra", "москва", "été", "absent", "42"]


def texts(rng, size):
    """Texts of many or few words, some of them empty, in letters of either case."""
    found = []
    for index in range(size):
        words = rng.choice(WORDS[: 4 + index], size=(0, 1, 9, 5, 3)[index % 5])
        written = [
            word.upper() if rng.uniform() < 0.4 and word != "straße" else word for word in words
        ]
        parts = [part for word in written for part in (word, str(rng.choice(SEPARATORS)))]
        found.append("".join([str(rng.choice(["", " ", "?"])), *parts]))
    return found


def strings(found):
    """Words as they are read, whatever kind of tensor holds them."""
    found = found.to_list() if isinstance(found, tf.RaggedTensor) else np.asarray(found).tolist()
    return [[word.decode() for word in row] for row in found]


def ragged(found):
    """What `tokenize` should return."""
    if not isinstance(found, tf.RaggedTensor):
        return f"a {type(found).__name__}, which is not ragged"
    return {f"text {index + 1}": row for index, row in enumerate(strings(found))}


def sparse(found):
    """What `count_matrix` should return."""
    if not isinstance(found, tf.SparseTensor):
        return f"a {type(found).__name__}, which is not sparse"
    return {
        "dtype": found.dtype.name,
        "shape": np.asarray(found.dense_shape).tolist(),
        "indices": np.asarray(found.indices).tolist(),
        "counts": np.asarray(found.values).tolist(),
    }


def dense(found):
    """What `shared_words` should return."""
    if not tf.is_tensor(found) or isinstance(found, (tf.RaggedTensor, tf.SparseTensor)):
        return f"a {type(found).__name__}, which is no usual tensor"
    rows = {f"pair {index + 1}": row for index, row in enumerate(strings(found))}
    return {"shape": list(found.shape), **rows}


@check("numerics", points=1)
def plain_words(tokenize):
    """texts of the letters a to z and of digits are split into words in lower case"""
    given = ["One two  THREE", "x", "", "  ", "a1 1a 42!", "...", "(Two) two, tWo."]
    return ragged(tokenize(tf.constant(given)))


@check("numerics", points=2)
def words(tokenize, rng):
    """words are runs of letters and digits of all alphabets, and everything else separates them"""
    given = ["ÉTÉ l'été", "snake_case", "日本、東京", "ÄÖÜ äöü ß", "МОСКВА-сити", "naïve–Naïve"]
    return {
        "given": ragged(tokenize(tf.constant(given))),
        "drawn": ragged(tokenize(tf.constant(texts(rng, 9)))),
    }


@check("numerics", points=2)
def counts(count_matrix, rng):
    """each text has its counts, in the order of the vocabulary, and zeros are left out"""
    drawn = texts(rng, 8)
    order = [str(word) for word in rng.permutation(VOCABULARY)]
    return {
        "drawn": sparse(count_matrix(tf.constant(drawn), tf.constant(order))),
        "one word": sparse(count_matrix(tf.constant(drawn), tf.constant(["two"]))),
    }


@check("numerics", points=1)
def nothing_to_count(count_matrix):
    """without a known word there are no counts, and the shape is that of all texts and words"""
    given = {"unknown words": ["foo bar", "baz"], "empty texts": ["", "", " "], "one text": ["foo"]}
    return {
        label: sparse(count_matrix(tf.constant(some), tf.constant(VOCABULARY)))
        for label, some in given.items()
    }


@check("numerics", points=2)
def words_of_both(shared_words, rng):
    """for each pair the words that both texts have, each once, sorted and padded at the end"""
    first, second = texts(rng, 9), texts(rng, 9)
    # Among shorter and longer ones, pairs in which both texts are short.
    first += ["one two one", "", "b a c", "zebra", "ÉTÉ zoo"]
    second += ["two Two one", "", "c a d e f g h i j k", "Zebra", "zoo été"]
    return dense(shared_words(tf.constant(first), tf.constant(second)))


@check("numerics", points=1)
def nothing_in_common(shared_words):
    """if no pair shares a word, the result has no columns"""
    given = {
        "other words": (["one two", "x"], ["three", "y z"]),
        "empty texts": (["", ""], ["", "one"]),
    }
    return {
        label: dense(shared_words(tf.constant(a), tf.constant(b)))
        for label, (a, b) in given.items()
    }


# Another notion of words need only be the same everywhere: it is graded under numerics.
STRINGS = tf.TensorSpec([None], tf.string)


def same_texts(size):
    return texts(np.random.default_rng(5), size)


def answers(f, some, seen, second=None):
    """What a function of texts, or of texts and more, shows of each list of texts."""
    more = [] if second is None else [tf.constant(second)]
    return [seen(f(tf.constant(one), *more)) for one in some]


def of_words(f):
    return answers(f, [same_texts(6), same_texts(1)], ragged)


def of_counts(f):
    return [
        *answers(f, [same_texts(6)], sparse, VOCABULARY),
        *answers(f, [same_texts(3)], sparse, VOCABULARY[:2]),
    ]


def of_pairs(f):
    pairs = (same_texts(6), same_texts(6)[::-1]), (["one two"], ["two x"])
    return [dense(f(tf.constant(a), tf.constant(b))) for a, b in pairs]


def as_before(seen, before):
    return {"the same as in direct calls": seen == before}


def words_elsewhere(f, before, rng):
    exact = answers(f, [texts(rng, 7), texts(rng, 7)], ragged)
    return either(exact, as_before(of_words(f), before))


def counts_elsewhere(f, before, rng):
    first, second = texts(rng, 9), texts(rng, 9)
    exact = [
        *answers(f, [first, second], sparse, VOCABULARY),
        *answers(f, [first], sparse, VOCABULARY[::-1]),
    ]
    return either(exact, as_before(of_counts(f), before))


def pairs_elsewhere(f, before, rng):
    a, b, c, d = (texts(rng, 9) + ["one two x"] for _ in range(4))
    d[-1] = c[-1] = "x two"
    some = (a, b), (c, b), (a, d)
    exact = [dense(f(tf.constant(one), tf.constant(other))) for one, other in some]
    return either(exact, as_before(of_pairs(f), before))


@check("serialization", points=1)
def exported_words(tokenize):
    """exported and loaded without your code, `tokenize` finds the same words"""
    return exported(tokenize, STRINGS, use=words_elsewhere, beside=of_words(tokenize))


@check("serialization", points=1)
def exported_counts(count_matrix):
    """exported and loaded without your code, `count_matrix` counts the same"""
    before = of_counts(count_matrix)
    return exported(count_matrix, STRINGS, STRINGS, use=counts_elsewhere, beside=before)


@check("serialization", points=1)
def exported_pairs(shared_words):
    """exported and loaded without your code, `shared_words` finds the same words"""
    before = of_pairs(shared_words)
    return exported(shared_words, STRINGS, STRINGS, use=pairs_elsewhere, beside=before)


@check("graph", points=1)
def graph_of_words(tokenize):
    """traced once for any number of texts, `tokenize` finds the same words"""
    return in_graph(tokenize, STRINGS, use=words_elsewhere, beside=of_words(tokenize))


@check("graph", points=1)
def graph_of_counts(count_matrix):
    """traced once for any number of texts and words, `count_matrix` counts the same"""
    before = of_counts(count_matrix)
    return in_graph(count_matrix, STRINGS, STRINGS, use=counts_elsewhere, beside=before)


@check("graph", points=1)
def graph_of_pairs(shared_words):
    """traced once for any number of pairs, `shared_words` finds the same words"""
    before = of_pairs(shared_words)
    return in_graph(shared_words, STRINGS, STRINGS, use=pairs_elsewhere, beside=before)
