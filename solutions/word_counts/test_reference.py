"""The reference against Python's own strings, sets and counters."""

import re
from collections import Counter

import tensorflow as tf

TEXTS = ["The cat, the CAT!", "", "Été_1: l'été", "日本 日本、x9", "...", "a-b-a_b", "ÄRGER ärger"]


def words(text):
    return re.findall(r"[^\W_]+", text.lower())


def test_words_agree_with_a_regular_expression_of_python(reference):
    found = reference.tokenize(tf.constant(TEXTS)).to_list()
    assert [[word.decode() for word in row] for row in found] == [words(text) for text in TEXTS]


def test_counts_agree_with_counters(reference):
    vocabulary = ["été", "absent", "a", "cat", "日本", "ärger"]
    found = reference.count_matrix(tf.constant(TEXTS), tf.constant(vocabulary))
    counters = [Counter(words(text)) for text in TEXTS]
    expected = [[counter[word] for word in vocabulary] for counter in counters]
    assert tf.sparse.to_dense(found).numpy().tolist() == expected
    assert tf.reduce_all(tf.sparse.reorder(found).indices == found.indices)
    assert 0 not in found.values.numpy()


def test_shared_words_agree_with_sets(reference):
    others = TEXTS[::-1]
    found = reference.shared_words(tf.constant(TEXTS), tf.constant(others)).numpy().tolist()
    pairs = zip(TEXTS, others, strict=True)
    sets = [sorted(w.encode() for w in {*words(a)} & {*words(b)}) for a, b in pairs]
    width = max(map(len, sets))
    assert found == [[*row, *[b""] * (width - len(row))] for row in sets]
