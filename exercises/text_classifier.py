# autograder exercise: text_classifier
# Unit 6, Models, exercise 4: strings in, probabilities out, padding (about 45 minutes, 20 points)
# Fill in what says YOUR CODE HERE, then run: pytest exercises/text_classifier.py

# %% [markdown]
# # A classifier that takes texts
#
# *Unit 6, Models · about 45 minutes · 20 points. You need: `wide_and_deep`, `word_counts`; what an
# embedding is.*
#
# A model that takes numbers is of no use to somebody who has texts. How they are split into words,
# and which number each word gets, must be the same when the model is trained and when it is used,
# years later and on another machine. So all of this belongs **into the model**: it takes strings,
# and its file contains its vocabulary.
#
# In the middle is the simplest idea that works. Every word has a vector of its own, its
# *embedding*, and a text is the **average** of the embeddings of its words. Texts have different
# lengths, but a batch is a rectangle, so shorter texts are padded. The average must not notice the
# padding: else the same text would get another answer when a longer one is beside it.
#
# You write one function. `build_classifier(texts, labels_count, max_tokens=1000)` takes a list of
# strings, whose words it gets to know, and returns a `keras.Model`. The model takes a tensor of
# strings, and returns `labels_count` probabilities for each of them.

# %%
# To see it: autograder look exercises/text_classifier.py
def look_at_the_padding():
    """A text alone, beside a longer one, and a text without words, averaged in two ways."""
    import keras
    import numpy as np

    vectorize = keras.layers.TextVectorization(vocabulary=["good", "bad", "film"])
    texts = np.array(["good", "a good film, a good film", ""], object)
    print("words as numbers, 0 is padding and 1 unknown:")
    print(vectorize(texts).numpy())
    numbers = keras.layers.Embedding(5, 1, embeddings_initializer="ones", mask_zero=True)
    average = keras.layers.GlobalAveragePooling1D()
    for title, rows in {"alone": texts[:1], "in the batch": texts}.items():
        embedded = numbers(vectorize(rows))  # here all embeddings are 1, and so is any average
        embedded = np.where(vectorize(rows)[..., None] == 0, 0, embedded)  # but the padding is 0
        plain = average(embedded)[:, 0].numpy().round(2)
        masked = average(embedded, mask=vectorize(rows) != 0)[:, 0].numpy()
        print(f"{title}: over all places {plain}, over words {masked}")


# %% [markdown]
# ## What to write
#
# `build_classifier(texts, labels_count, max_tokens=1000)` returns a `keras.Model` that has its
# weights: if it gets them in its first call only, call it before you return it. It is called on a
# tensor of strings, of shape (batch,) or (batch, 1), and returns a row of `labels_count`
# probabilities for each text, as a tensor of shape (batch, `labels_count`). A Functional model with
# either `keras.Input((), dtype="string")` or `keras.Input((1,), dtype="string")` takes both shapes.
# Inside are, one after the other:
#
# 1. **Words.** A text is put into lower case, its punctuation is removed, and it is split at
#    blanks. That is what `keras.layers.TextVectorization` does by default.
# 2. **Vocabulary.** The words of `texts`, a list of strings, are known; all others are *unknown*.
#    If `texts` has too many words, only the most frequent ones are known: `max_tokens` also counts
#    one number for padding and one for unknown words, so that `max_tokens=4` leaves the 2 most
#    frequent words. That is what it means to `TextVectorization` with `output_mode="int"`, the
#    default; in the other modes, it counts no padding.
# 3. **Embeddings.** Each known word has a vector, a row of one matrix. How long these vectors are
#    is up to you, if they have at least 4 numbers.
# 4. **Average** over the words that are there, repeated ones included. Padding is no word. The
#    average of a text without any words is a vector of zeros.
# 5. **Probabilities**: one dense layer with a softmax.
#
# The weights of the model are that matrix, and the kernel and the bias of the dense layer. All of
# them are trainable. By how many layers you take these five steps is up to you, a layer of your own
# for the average is fine, but there is no sixth one: no hidden layer, and no dropout.
#
# Unknown words all count alike: either they share a vector, as one more word does, or they are left
# out of the average, out of its sum and of the number that divides it. Both are right.
#
# ![A text, "Good film, a good film", becomes the words good, film, a, good, film. Each has a vector
# below it, drawn as a column of boxes; the same word has the same vector. Two more columns are
# empty: they are padding, and an arrow leads from the first five columns only to their average.
# From there, another arrow leads to three bars, the probabilities.](text_classifier.figure.png)
#
# ## An example
#
# Let "good" have the vector (4, 0, 0, 2) and "bad" the vector (−2, 0, 2, 2). Then
#
# | text | average |
# |---|---|
# | `"good"` | (4, 0, 0, 2) |
# | `"Good! Good, good."` | (4, 0, 0, 2) |
# | `"good good bad"` and `"bad good  good"` | (2, 0, 2/3, 2) |
# | `""` | (0, 0, 0, 0) |
#
# in a batch just as alone. What the dense layer makes of it, before the softmax, is the same
# average of what it makes of the single words.

# %% [markdown]
# ## Traps
#
# **The average of nothing is 0/0.** With `mask_zero=True` in the embedding and
# `GlobalAveragePooling1D` after it, Keras leaves out the padding. But a text without words then has
# the row NaN, and the loss of its whole batch is NaN. Divide by something that is never 0.
#
# **A mask has to be used.** `mask_zero=True` only marks the padding. A layer of yours, or a
# function of `keras.ops`, averages over all places nevertheless.
#
# **What is called outside of the model is not in the model.** If you turn texts into numbers before
# `keras.Input`, the model takes numbers.
#
# **`adapt` comes before the model is used**, once, with all of `texts`. Without it, no word is
# known. The embedding has to have a row for every number that can occur.
#
# **A file holds no Python.** A lambda in a `Lambda` layer cannot be loaded. The functions of
# `keras.ops` can be called on what layers return, and are saved as layers; a class of your own is
# saved with a `get_config`, and is given as one of the `custom_objects`.
#
# ## What is graded
#
# - **Numerics**: that the rows are probabilities, for both shapes of inputs; the average, by what
#   the rows of texts have to do with those of their words; that padding, order, capitals and
#   punctuation change nothing; unknown words; texts without words; `max_tokens`.
# - **Gradients**: they reach the embeddings of the words that are there, and a word that is there
#   twice gets twice as much; with a text without words in the batch, all gradients are finite.
# - **Serialization**: saved as `.keras` and loaded in a new process (with your classes as
#   `custom_objects`), a model gives the same rows.
# - **Graph**: in that process, a `tf.function` of the model that was traced once for any number of
#   texts gives these rows, and so does `predict`; in yours, a compiled step of training goes where
#   the gradient points.
#
# All weights are set to other values for that. How they start is up to you, as are names, and
# whether the model comes compiled. You may add imports, functions and classes.
#
# **Switched off**: nothing. **Out of scope**: NumPy arrays of fixed-length strings (dtype `<U`),
# which Keras does not take; ties between words that are equally frequent at the border of
# `max_tokens`; letters beyond ASCII; how well the model learns.

# %%
import keras
import numpy as np
import tensorflow as tf


# %%
def build_classifier(texts, labels_count, max_tokens=1000):
    """Return a model that takes texts and returns probabilities.

    Args:
        texts: a list of strings, whose words are known.
        labels_count: how many probabilities there are for each text.
        max_tokens: the most words that are known, with padding and unknown words as two of them.

    Returns:
        A `keras.Model`, not compiled.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %%
# To see it: autograder look exercises/text_classifier.py
def look_at_my_classifier(figure):
    """Your model learns from six short reviews; then, how good it finds some other texts."""
    keras.utils.set_random_seed(1)
    good = ["a good film", "great, really good!", "good music and a great story"]
    bad = ["a bad film", "boring, really bad!", "bad music and a boring story"]
    model = build_classifier(good + bad, 2)
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    for _ in range(30):
        model.train_on_batch(tf.constant(good + bad), np.array([1, 1, 1, 0, 0, 0]))
    texts = ["good", "bad", "good good bad", "bad bad good", "film", "never seen", ""]
    rows = np.asarray(model(tf.constant(texts)))
    axes = figure.subplots()
    axes.barh([repr(text) for text in texts], rows[:, 1], color="tab:blue")
    axes.invert_yaxis()
    axes.axvline(0.5, color="gray", linestyle=":")
    axes.set(title="probability of “good”", xlim=(0, 1))


# %%
TEXTS = ["a good film", "a bad film", "Good, good, good!", "bad music in a good film", "the end"]


def with_other_weights(model):
    """Give a model weights that differ much, the same in each run."""
    random = np.random.default_rng(1)
    for weight in model.weights:
        size = 2 / np.sqrt(weight.shape[0]) if len(weight.shape) == 2 else 0.5
        weight.assign(random.normal(scale=size, size=weight.shape))
    return model


def rows_of(model, texts):
    return np.asarray(model(tf.constant(texts)))


def odds_of(model, texts):
    """What the dense layer gives, but for a number that is the same in the whole row; each text is
    asked for alone.
    """
    rows = [np.log(np.maximum(rows_of(model, [text])[0], 1e-30)) for text in texts]
    return [row - row.mean() for row in rows]


def test_rows_are_probabilities():
    """numerics: each text has a row of 3 probabilities, whose sum is 1"""
    model = with_other_weights(build_classifier(TEXTS, 3))
    texts = ["good", "bad film", "", "a film that nobody knows"]
    for given in (texts, [[text] for text in texts]):
        rows = rows_of(model, given)
        shape, sums = rows.shape, np.round(rows.sum(axis=-1), 2).tolist()
        assert shape == (4, 3), (
            f"texts of shape {np.shape(given)} gave the shape {shape}, expected (4, 3)"
        )
        assert sums == [1, 1, 1, 1] and rows.min() >= 0, (
            f"each row sums to 1, and nothing is negative. For texts of shape {np.shape(given)}, "
            f"rows sum to {sums}, numbers below 0: {int((rows < 0).sum())}"
        )


def test_average_of_two_words():
    """numerics: "good good bad" is two thirds of the way from "bad" to "good" """
    model = with_other_weights(build_classifier(TEXTS, 3))
    good, bad, both, set_of = odds_of(model, ["good", "bad", "good good bad", "good bad"])
    way = good - bad
    got = [round(float((one - bad) @ way / (way @ way + 1e-30)), 2) for one in (both, set_of)]
    off = [
        bool(abs(one - bad - t * way).max() > 0.01)
        for one, t in zip((both, set_of), got, strict=True)
    ]
    assert got == [0.67, 0.5] and off == [False, False], (
        f"'good good bad' and 'good bad' are at {got} of the way from 'bad' to 'good', expected "
        f"[0.67, 0.5]; beside that way: {off}, expected [False, False]"
    )


def test_same_rows():
    """numerics: neither padding, order, capitals nor punctuation changes a row"""
    model = with_other_weights(build_classifier(TEXTS, 3))
    (row,) = rows_of(model, ["good bad film"])
    others = {
        "another order": ["film bad good"],
        "capitals": ["GOOD Bad film"],
        "punctuation": ["good, bad film!"],
        "blanks": ["  good   bad film  "],
        "said twice": ["good bad film good bad film"],
        "in a batch": ["good bad film", "a good film and a bad film and a good film"],
    }
    differ = [
        label
        for label, texts in others.items()
        if not abs(rows_of(model, texts)[0] - row).max() < 1e-4
    ]
    assert not differ, f"'good bad film' gets another row than alone: {', '.join(differ)}"


def test_unknown_words_and_max_tokens():
    """numerics: unknown words have one row; with `max_tokens=4`, two words are known"""
    for max_tokens, expected in (1000, ["good", "a", "film", "end"]), (4, ["good", "a"]):
        texts = [*TEXTS, "a good a"]
        model = with_other_weights(build_classifier(texts, 3, max_tokens))
        unknown, other = rows_of(model, ["xyz"])[0], rows_of(model, ["never"])[0]
        same = bool(abs(unknown - other).max() < 1e-5)
        words = ["good", "a", "film", "end"]
        known = [word for word in words if abs(rows_of(model, [word])[0] - unknown).max() > 1e-3]
        assert same and known == expected, (
            f"max_tokens={max_tokens}: of {words}, {known} have another row than an unknown word, "
            f"expected {expected}; all unknown words have one row: {same}"
        )


def test_texts_without_words():
    """numerics: a text without words has finite numbers, alone and in a batch"""
    model = with_other_weights(build_classifier(TEXTS, 3))
    texts = {"alone": [""], "two": ["", "?!"], "in a batch": ["", "good film"]}
    found = {label: bool(np.isfinite(rows_of(model, some)).all()) for label, some in texts.items()}
    assert all(found.values()), f"texts without words have finite rows: {found}"


def test_gradients_reach_all_weights():
    """gradients: all weights get gradients, which a text without words leaves finite"""
    model = with_other_weights(build_classifier(TEXTS, 3))
    assert model.trainable_weights, "the model has no weights to train"
    frozen = len(model.weights) - len(model.trainable_weights)
    assert not frozen, f"{frozen} weights of the model are not trainable"
    for texts in (["good bad"], ["good bad", ""]):
        with tf.GradientTape() as tape:
            first = tf.reduce_sum(model(tf.constant(texts))[:, 0])
        gradients = tape.gradient(first, model.trainable_variables)
        missing = sum(one is None for one in gradients)
        assert not missing, f"{missing} of {len(gradients)} weights get no gradient"
        sizes = [np.abs(tf.convert_to_tensor(one)).sum() for one in gradients]
        bad = sum(not np.isfinite(size) for size in sizes)
        nothing = sum(size == 0 for size in sizes)
        assert not bad and not nothing, (
            f"for {texts}, of {len(gradients)} gradients {bad} are not finite, {nothing} are zero"
        )


def test_saved_and_loaded():
    """serialization: a model saved as `.keras` loads, and knows its words"""
    import inspect
    import tempfile

    model = with_other_weights(build_classifier(TEXTS, 3))
    objects = {name: one for name, one in globals().items() if inspect.isclass(one)}
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        loaded = keras.saving.load_model(f"{folder}/model.keras", custom_objects=objects)
    texts = ["good", "bad film", "never"]
    error = float(np.abs(rows_of(loaded, texts) - rows_of(model, texts)).max())
    assert error < 1e-4, "the loaded model gives other rows than the one that was saved"


def test_predict_and_graph():
    """graph: `predict`, and one graph for any number of texts, give what direct calls give"""
    model = with_other_weights(build_classifier(TEXTS, 3))
    graph = tf.function(lambda texts: model(texts), autograph=False)
    graph = graph.get_concrete_function(tf.TensorSpec([None], tf.string))
    texts = tf.constant(["good", "a bad film, a bad film", "never", "the end"])
    direct = np.asarray(model(texts))
    found = {"graph": graph(texts), "predict": model.predict(texts, batch_size=3, verbose=0)}
    differ = [label for label, rows in found.items() if not np.allclose(rows, direct, atol=1e-4)]
    assert not differ, f"other rows than in a direct call: {', '.join(differ)}"
