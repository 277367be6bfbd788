"""The reference against a loop in NumPy, its gradient against counts, and its file against it."""

import numpy as np
import tensorflow as tf

SIZE = 12


def draw(rng, count):
    keys = rng.integers(0, SIZE, count).astype("int32")
    # Halves are exact in float32, so that equal totals are equal.
    return keys, (rng.integers(-4, 5, count) / 2).astype("float32")


def test_it_agrees_with_numpy(reference, rng):
    table, totals = reference.CountingTable(SIZE), np.zeros(SIZE, "float32")
    for count in (0, 1, 5, 300):
        keys, amounts = draw(rng, count)
        table.add(tf.constant(keys), tf.constant(amounts))
        np.add.at(totals, keys, amounts)
        asked = rng.integers(0, SIZE, 30).astype("int32")
        np.testing.assert_array_equal(table.lookup(tf.constant(asked)), totals[asked])
        order = sorted(range(SIZE), key=lambda key: (-totals[key], key))
        for k in (1, 4, SIZE):
            best, found = table.top(k)
            np.testing.assert_array_equal(best, np.int32(order[:k]))
            np.testing.assert_array_equal(found, totals[order[:k]])
    table.reset()
    np.testing.assert_array_equal(table.lookup(tf.range(SIZE)), np.zeros(SIZE, "float32"))


def test_the_gradient_of_lookup_is_a_count(reference, rng):
    table = reference.CountingTable(SIZE)
    keys, upstream = draw(rng, 30)
    [variable] = table.variables
    with tf.GradientTape() as tape:
        tape.watch(variable)
        result = table.lookup(tf.constant(keys))
    found = tf.convert_to_tensor(tape.gradient(result, variable, tf.constant(upstream)))
    np.testing.assert_array_equal(found, np.bincount(keys, upstream, SIZE).astype("float32"))


def test_a_module_with_signatures_goes_on_counting(reference, rng, tmp_path):
    table, module = reference.CountingTable(SIZE), tf.Module()
    table.add(*map(tf.constant, draw(rng, 20)))
    signature = [tf.TensorSpec([None], tf.int32), tf.TensorSpec([None], tf.float32)]
    module.table = table
    module.add = tf.function(table.add, input_signature=signature)
    module.lookup = tf.function(table.lookup, input_signature=signature[:1])
    tf.saved_model.save(module, str(tmp_path))
    loaded = tf.saved_model.load(str(tmp_path))
    for count in (3, 0, 50):
        keys, amounts = map(tf.constant, draw(rng, count))
        loaded.add(keys, amounts)
        table.add(keys, amounts)
        asked = tf.range(SIZE)
        np.testing.assert_array_equal(loaded.lookup(asked), table.lookup(asked))
