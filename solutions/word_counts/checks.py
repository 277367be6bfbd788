"""What it means to have solved `word_counts`."""

import numpy as np
import tensorflow as tf

from autograder.checks import check, either, exported, in_graph, tried
from autograder.checks.later import redrawn, the_same

WORDS = ["été", "straße", "日本", "one", "two", "naïve", "42", "x", "zebra", "Москва", "a1"]
SEPARATORS = [" ", " ", " ", ", ", "_", "'", "--", "!  ", "\n", " (", ". "]
# Whoever finds other words counts and compares others as well.
TRAPS = "ÉTÉ l'été, two_42 zebra's MOSKVA МОСКВА; 42a-42 two Two two"
VOCABULARY = ["two", "zebra", "москва", "été", "absent", "42"]


def texts(rng, size):
    """Texts of many or few words, some of them empty, in letters of either case."""
    found = []
    for index in range(size):
        words = rng.choice(WORDS[: 4 + index], size=(9, 0, 5, 1, 3)[index % 5])
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
        return f"not ragged: {type(found).__name__}"
    return {f"text {index + 1}": row for index, row in enumerate(strings(found))}


def sparse(found):
    """What `count_matrix` should return."""
    if not isinstance(found, tf.SparseTensor):
        return f"not sparse: {type(found).__name__}"
    return {
        "dtype": found.dtype.name,
        "shape": np.asarray(found.dense_shape).tolist(),
        "indices": np.asarray(found.indices).tolist(),
        "counts": np.asarray(found.values).tolist(),
    }


def dense(found):
    """What `shared_words` should return."""
    if not tf.is_tensor(found) or isinstance(found, (tf.RaggedTensor, tf.SparseTensor)):
        return f"no usual tensor: {type(found).__name__}"
    rows = {f"pair {index + 1}": row for index, row in enumerate(strings(found))}
    return {"shape": [*np.shape(found)], **rows}


def words_in(tokenize, given):
    return tried(ragged(tokenize(tf.constant(given))), "tokenize(tf.constant({}))", given)


def counted(count_matrix, given, order):
    found = sparse(count_matrix(tf.constant(given), tf.constant(order)))
    return tried(found, "count_matrix(tf.constant({}), tf.constant({}))", given, order)


def shared(shared_words, first, second):
    found = dense(shared_words(tf.constant(first), tf.constant(second)))
    return tried(found, "shared_words(tf.constant({}), tf.constant({}))", first, second)


# Who goes wrong here goes wrong below as well; but not the reverse, and so some of the way counts.
@check("numerics", points=1)
def plain_words(tokenize):
    """texts of the letters a to z and of digits are split into words in lower case"""
    given = ["One two  THREE", "x", "", "  ", "a1 1a 42!", "...", "(Two) two, tWo.", "?"]
    return words_in(tokenize, given)


@check("numerics", points=2)
def words(tokenize, rng):
    """words are runs of letters and digits of all alphabets, and everything else separates them"""
    given = ["ÉTÉ l'été", "snake_case", "日本、東京", "ÄÖÜ äöü ß", "МОСКВА-сити", "naïve–Naïve"]
    given += ["第４２回", "10\u00a0€ x\u3000y"]  # digits and spaces beyond ASCII
    return {
        "given": words_in(tokenize, given),
        "drawn": words_in(tokenize, texts(rng, 9)),
    }


@check("numerics", points=2)
def counts(count_matrix, rng):
    """each text has its counts, in the order of the vocabulary, and zeros are left out"""
    drawn = [TRAPS, *texts(rng, 7)]  # the last one is empty
    order = [str(word) for word in rng.permutation(VOCABULARY)]
    return {
        "drawn": counted(count_matrix, drawn, order),
        "one word": counted(count_matrix, drawn, ["two"]),
        "the words the other way round": counted(count_matrix, drawn, order[::-1]),
    }


# Nor here: sizes that come from what is found are wrong in many texts, too.
@check("numerics", points=1)
def nothing_to_count(count_matrix):
    """without a known word there are no counts, and the shape is that of all texts and words"""
    given = {"unknown words": ["foo bar", "baz"], "empty texts": ["", "", " "], "one text": ["foo"]}
    return {label: counted(count_matrix, some, VOCABULARY) for label, some in given.items()}


@check("numerics", points=2)
def words_of_both(shared_words, rng):
    """for each pair the words that both texts have, each once, sorted and padded at the end"""
    first, second = texts(rng, 9), texts(rng, 9)
    # Among shorter and longer ones, pairs in which both texts are short.
    first += ["one two one", "", "b a c", "zebra", "ÉTÉ zoo", TRAPS]
    second += ["two Two one", "", "c a d e f g h i j k", "Zebra", "zoo été", "été two 42 zebra a"]
    return shared(shared_words, first, second)


@check("numerics", points=1)
def nothing_in_common(shared_words):
    """if no pair shares a word, the result has no columns"""
    given = {
        "other words": (["one two", "x"], ["three", "y z"]),
        "empty texts": (["", ""], ["", "one"]),
    }
    return {label: shared(shared_words, *pair) for label, pair in given.items()}


# Another notion of words need only be the same everywhere: it is graded under numerics. Sizes are
# unknown only in "graph".


def of_texts(rng):
    return [texts(rng, 6)]


def of_texts_and_words(rng):
    rare, some = rare_word(rng), texts(rng, 6)
    words = [str(word) for word in rng.permutation(VOCABULARY[1:])]
    return [[f"{some[0]} {rare}", *some[1:]], [rare, *words]]


def of_pairs(rng):
    rare = rare_word(rng)
    return [[f"{some[0]} {rare}", *some[1:]] for some in (texts(rng, 6), texts(rng, 6))]


def rare_word(rng):
    """A word that another draw does not have: then whoever counts or compares answers otherwise."""
    return "".join(rng.choice([*"bcdfghjk"], size=9))


KNOWN, UNKNOWN = [6], [6, 3, 1]


def answers(f, read, batch, sizes):
    """What `f` answers for the first of a batch, of each size."""
    return [read(f(*(tf.constant(side[:size]) for side in batch))) for size in sizes]


def direct(f, read, drawn, sizes):
    return {"sizes": sizes, "answers": answers(f, read, the_same(drawn), sizes)}


def held_against(before, f, rng, read, drawn):
    """The exact answers, or at least those of direct calls."""
    exact = [answers(f, read, batch, before["sizes"]) for batch in redrawn(drawn, rng)]
    own = answers(f, read, the_same(drawn), before["sizes"]) == before["answers"]
    return either(exact, {"the same as in direct calls": own})


def words_elsewhere(f, before, rng):
    return held_against(before, f, rng, ragged, of_texts)


def counts_elsewhere(f, before, rng):
    return held_against(before, f, rng, sparse, of_texts_and_words)


def pairs_elsewhere(f, before, rng):
    return held_against(before, f, rng, dense, of_pairs)


def made(how, f, *sizes, use, beside):
    """Export `f` or trace it; what TensorFlow says of a lost table has another number each time."""
    try:
        return how(f, *(tf.TensorSpec([size], tf.string) for size in sizes), use=use, beside=beside)
    except KeyError as error:
        if "LookupInterface" not in str(error):
            raise
    raise ValueError("a table that the function makes belongs to nobody, and cannot be saved")


@check("serialization", points=1)
def exported_words(tokenize):
    """exported and loaded without your code, `tokenize` finds the same words"""
    before = direct(tokenize, ragged, of_texts, KNOWN)
    return made(exported, tokenize, 6, use=words_elsewhere, beside=before)


@check("serialization", points=1)
def exported_counts(count_matrix):
    """exported and loaded without your code, `count_matrix` counts the same"""
    before = direct(count_matrix, sparse, of_texts_and_words, KNOWN)
    return made(exported, count_matrix, 6, 6, use=counts_elsewhere, beside=before)


@check("serialization", points=1)
def exported_pairs(shared_words):
    """exported and loaded without your code, `shared_words` finds the same words"""
    before = direct(shared_words, dense, of_pairs, KNOWN)
    return made(exported, shared_words, 6, 6, use=pairs_elsewhere, beside=before)


@check("graph", points=1)
def graph_of_words(tokenize):
    """traced once for any number of texts, `tokenize` finds the same words"""
    before = direct(tokenize, ragged, of_texts, UNKNOWN)
    return made(in_graph, tokenize, None, use=words_elsewhere, beside=before)


@check("graph", points=1)
def graph_of_counts(count_matrix):
    """traced once for any number of texts and words, `count_matrix` counts the same"""
    before = direct(count_matrix, sparse, of_texts_and_words, UNKNOWN)
    return made(in_graph, count_matrix, None, None, use=counts_elsewhere, beside=before)


@check("graph", points=1)
def graph_of_pairs(shared_words):
    """traced once for any number of pairs, `shared_words` finds the same words"""
    before = direct(shared_words, dense, of_pairs, UNKNOWN)
    return made(in_graph, shared_words, None, None, use=pairs_elsewhere, beside=before)
