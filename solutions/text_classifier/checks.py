"""What it means to have solved `text_classifier`.

Which number a word has and how long its vector is differ from one right answer to the next. So the
number of a word is read from the model's own answers, with weights that show it; then the word gets
a vector that was drawn for it. The rows of single words are compared with the reference's. Those of
texts are held against them: what the dense layer makes of an average is the average of what it
makes of the words.
"""

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import again, check, either, gradient, moves, once, ratio, reloaded

TEXTS = [
    "a good film",
    "a bad film",
    "good music, good actors",
    "Good film. Boring music!",
    "the bad actors in a bad story",
    "really boring, from the first to the last minute",
    "the end of the story",
]
LAST = "really", "from", "first", "to", "last", "minute", "end"  # one has the largest number
WORDS = sorted({word.strip(",.!").lower() for text in TEXTS for word in text.split()})
LABELS = 3
LONG = "the actors in the film and the music of the story really good the end was bad"
RATE = 1.0


@once
def model_of(build_classifier):
    """One model, which each check gives other weights."""
    return build_classifier(TEXTS, LABELS)


def embedding_of(model):
    """The weight with the words' vectors: of all matrices, the one on which no other one works."""
    matrices = [one for one in model.weights if len(one.shape) == 2]
    if not matrices:
        raise ValueError("the model has no matrix of embeddings among its weights")
    ends = {id(one): one.shape[-1] for one in matrices}
    first = [
        one
        for one in matrices
        if one.shape[0] not in [end for other, end in ends.items() if other != id(one)]
    ]
    return max(first or matrices, key=lambda one: one.shape[0])


def numbers_of(model, words):
    """The rows of the matrix that have the vectors of words; any, if the model is a wrong one."""
    embedding = embedding_of(model)
    for weight in model.weights:
        value = np.zeros(weight.shape)
        if weight is embedding:
            value[:, 0] = np.linspace(-4, 4, len(value))
        elif len(weight.shape) == 2:
            value[0, 0] = 1
        weight.assign(value)
    found = rows(model, *words).reshape(len(words), -1)
    with np.errstate(all="ignore"):
        shown = np.nan_to_num(np.log(found[:, 0] / found[:, -1]))
    return np.rint((np.clip(shown, -4, 4) + 4) / 8 * (embedding.shape[0] - 1)).astype(int)


def filled(model, rng, words=WORDS):
    """Draw weights with which words differ much, and no probability is close to 0 or 1.

    Only four numbers of each vector are not 0, so that its length changes no answer.
    """
    numbers, embedding, seed = numbers_of(model, words), embedding_of(model), rng.integers(2**31)
    vectors, others, kernels, biases = (np.random.default_rng([seed, one]) for one in range(4))
    for weight in model.weights:
        shape = tuple(weight.shape)
        if weight is embedding:
            size = min(4, shape[1])
            value = np.zeros(shape)
            value[:, :size] = others.normal(size=(shape[0], 4))[:, :size]
            value[numbers, :size] = vectors.normal(size=(len(words), 4))[:, :size]
        elif len(shape) == 2:
            value = kernels.normal(scale=0.4, size=shape)  # the first rows, for any size
        else:
            value = biases.normal(scale=0.5, size=shape)
        weight.assign(value)
    return model


def rows(model, *texts):
    return np.asarray(model(tf.constant(texts)))


def odds(model, *texts):
    """What the dense layer gives, up to a number for each row; each text is asked for alone."""
    with np.errstate(all="ignore"):
        found = [np.log(rows(model, text)[0]) for text in texts]
    return np.array([one - np.mean(one) for one in found])


@check("numerics", points=1)
def rows_are_probabilities(build_classifier, rng):
    """each text has a row of `labels_count` probabilities, for inputs (batch,) and (batch, 1)"""
    texts, seen = ["good", "a bad film", LONG, "", "xyz"], {}
    for count, size in ((LABELS, 5), (2, 1)):
        shared = model_of(build_classifier) if count == LABELS else build_classifier(TEXTS, count)
        model = filled(shared, rng)
        for given in (texts[:size], [[text] for text in texts[:size]]):
            found = np.asarray(model(tf.constant(given)))
            seen[f"labels_count {count}, inputs of shape {np.shape(given)}"] = {
                "shape": str(found.shape),
                "sums": found.sum(axis=-1),
                "negative": int((found < 0).sum()),
            }
            if size == 1:  # without padding, which is asked below
                seen['row of "good"'] = found[0]
    return seen


@check("numerics", points=3, rtol=5e-3)
def text_is_the_average_of_its_words(build_classifier, rng):
    """behind the dense layer, a text is the average of its words, repeated ones included"""
    model, seen = filled(model_of(build_classifier), rng), {}
    for text in ("good bad", "good good bad", "boring film", "the end of the story", LONG):
        words = [word for word in text.split() if word not in ("and", "was")]  # unknown ones
        single = odds(model, *words)
        label = f"{len(words)} words, over the average"
        seen[label] = ratio(odds(model, " ".join(words))[0], np.mean(single, axis=0))
    return {"rows of single words": rows(model, *WORDS)} | seen


@check("numerics", points=2)
def padding_is_no_word(build_classifier, rng):
    """in a batch with longer texts, a text has the row that it has alone"""
    model = filled(model_of(build_classifier), rng)
    texts = ["music", "a bad film", LONG, "really boring story"]
    alone = np.concatenate([rows(model, one) for one in texts])
    found = rows(model, *texts)
    return {"over the row alone": ratio(found, alone), 'row of "music"': found[0]}


@check("numerics", points=1)
def only_words_matter(build_classifier, rng):
    """order, capitals, punctuation and blanks change nothing, nor does training"""
    model = filled(model_of(build_classifier), rng)
    (own,) = rows(model, "good boring film")
    others = {
        "another order": "film good boring",
        "capitals": "Good BORING film",
        "punctuation": "good, (boring) film!",
        "blanks": "   good  boring film   ",
    }
    seen = {label: ratio(rows(model, text)[0], own) for label, text in others.items()}
    trained = model(tf.constant(["good boring film"]), training=True)
    seen["in training"] = ratio(np.asarray(trained)[0], own)
    words = LONG.split()
    shuffled = " ".join(rng.permutation(words))
    seen[f"{len(words)} words"] = ratio(rows(model, shuffled)[0], rows(model, LONG)[0])
    return seen | {'row of " GOOD!"': rows(model, " GOOD!")[0]}


def known(model, *words):
    """Which words have another row than unknown ones."""
    (unknown,) = rows(model, "xyz")
    return {word: bool(np.abs(rows(model, word)[0] - unknown).max() > 1e-3) for word in words}


@check("numerics", points=1)
def words_of_the_texts_are_known(build_classifier, rng):
    """the words of `texts` are known; all others have one row, and do not dilute the average"""
    model = filled(model_of(build_classifier), rng)
    found = rows(model, "xyz"), rows(model, "never"), rows(model, "never xyz never")
    seen = {"rows of unknown words, over that of one": ratio([*found[1:]], [found[0]] * 2)}
    seen["differ"] = known(model, "good", "bad", "story", *LAST, "never")
    seen['row of "story"'] = rows(model, "story")[0]
    embedding = embedding_of(model)
    embedding.assign(np.tile(np.array(embedding)[:1], (embedding.shape[0], 1)))
    (mixed,), (good,) = rows(model, "xyz good never"), rows(model, "good")
    return seen | {"if all vectors are one, beside unknown words over alone": ratio(mixed, good)}


@check("numerics", points=1)
def max_tokens_limits_the_vocabulary(build_classifier, rng):
    """with `max_tokens`, the most frequent words are known, and all others are not"""
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight"]
    texts = [" ".join(words[:size]) for size in range(1, 9)]  # the first is the most frequent one
    seen = {}
    for size in (4, 6, 50):
        model = filled(build_classifier(texts, LABELS, size), rng, words[: size - 2])
        seen[f"max_tokens {size}"] = known(model, *words)
    return seen | {'row of "one"': rows(model, "one")[0]}


@check("numerics", points=2)
def text_without_words(build_classifier, rng):
    """a text without words counts as the vector of zeros, alone and in a batch"""
    model = filled(model_of(build_classifier), rng)
    found = [rows(model, "")[0], rows(model, "", " ?! ", "good film")[0], rows(model, "...")[0]]
    embedding = embedding_of(model)
    embedding.assign(np.zeros(embedding.shape))
    (zeros,) = rows(model, "good film")
    labels = "alone", "in a batch", "punctuation only"
    return {"row of zeros": zeros} | {
        f"{label}, over the row of zeros": ratio(one, zeros)
        for label, one in zip(labels, found, strict=True)
    }


def first_probability(model, *texts):
    return lambda *_: tf.reduce_sum(model(tf.constant(texts))[:, 0])


@check("gradients", points=2, rtol=1e-2)
def words_train_their_vectors(build_classifier, rng):
    """of "good good bad", the vector of "good" gets twice the gradient of "bad", all others none"""
    model = filled(model_of(build_classifier), rng)
    embedding = embedding_of(model)
    found = gradient(first_probability(model, "good good bad"), of=[embedding])
    if tf.is_tensor(found):
        sizes = np.sort(np.linalg.norm(found[:, :4], axis=-1))[::-1]
        found = {"that move": int((sizes > 1e-6 * sizes[0]).sum()), "ratio": sizes[0] / sizes[1]}
    return {
        "weights that are not trainable": len(model.weights) - len(model.trainable_weights),
        "vectors": found,
    }


@check("gradients", points=1)
def gradients_are_finite(build_classifier, rng):
    """with a text without words in the batch, all gradients are finite"""
    model = filled(model_of(build_classifier), rng)
    found = gradient(first_probability(model, "good bad", "", "film"), of=model.weights)
    found = found if isinstance(found, list) else [found]
    bad = [tf.is_tensor(one) and not np.isfinite(one).all() for one in found]
    return {"gradients that are not finite": sum(bad)}


@once
def saved(build_classifier):
    """A model in a file, and its rows of some texts: of all, of two, and of two after the other."""
    model = filled(build_classifier(TEXTS, LABELS), np.random.default_rng(1))
    texts = ["good", "a bad film", LONG, "xyz", "really boring music"]
    pairs = [rows(model, *texts[start : start + 2]) for start in (0, 2, 4)]
    before = [" | ".join(texts), rows(model, *texts), pairs[0], np.concatenate(pairs)]
    return reloaded(model, use=of_a_file, beside=before), before


def beside_itself(f, before, rng):
    """Rows of words that are drawn; or, for who loses there, rows over what they were."""
    texts, every, two, _ = before
    texts = texts.split(" | ")
    found = f(*texts)
    own = {"over what they were": ratio([found, f(*texts[:2])], [every, two])}
    return either(of_words(f, rng), own | {"moves": moves(found)})


def of_words(f, rng):
    """What words get that are drawn, beside one that most vocabularies have."""
    return [f(one, *rng.choice(WORDS, 4, replace=False)) for one in ("good", "film")]


@check("serialization", points=3, rtol=1e-3)
def vocabulary_survives(build_classifier):
    """saved as .keras and loaded in a new process, a model gives the rows that it gave"""
    return saved(build_classifier)[0]


def of_a_file(model, before, rng):
    return beside_itself(lambda *texts: rows(model, *texts), before, rng)


# A graph cannot be handed to a process without the submission, as the table of words would stay
# behind. It is made where the model has been loaded.
@check("graph", points=1, rtol=1e-3)
def one_graph_for_all_batches(build_classifier):
    """in a new process, one graph for any number of texts gives the rows of direct calls"""
    file, before = saved(build_classifier)
    return again(file, use=of_a_graph, beside=before)


def of_a_graph(model, before, rng):
    graph = tf.function(lambda texts: model(texts), autograph=False)
    graph = graph.get_concrete_function(tf.TensorSpec([None], tf.string))
    return beside_itself(lambda *texts: np.asarray(graph(tf.constant(texts))), before, rng)


# Keras makes a graph for it, as above: this asks its own loop over batches.
@check("graph", points=1, rtol=1e-3)
def prediction(build_classifier):
    """in a new process, `predict` gives the rows of direct calls, batch by batch"""
    file, before = saved(build_classifier)
    return again(file, use=of_predict, beside=before)


def of_predict(model, before, rng):
    def predict(*texts):
        return model.predict(tf.constant(texts), batch_size=2, verbose=0)

    found = predict(*before[0].split(" | "))
    own = {"over what they were": ratio(found, before[3]), "moves": moves(found)}
    return either(of_words(predict, rng), own)


# It costs more than the others, 0.4 seconds: Keras makes a graph of the whole step.
@check("graph", points=1, rtol=5e-3)
def step_of_training(build_classifier, rng):
    """compiled, a step of training on texts goes where the gradient points"""
    model = filled(model_of(build_classifier), rng)
    name = "sparse_categorical_crossentropy"
    loss = keras.losses.get(name)
    model.compile(keras.optimizers.SGD(RATE), name, jit_compile=False)

    def step(*texts):
        texts, labels = tf.constant(texts), np.arange(len(texts)) % LABELS
        variables = model.trainable_variables
        start = [np.array(weight) for weight in variables]
        slopes = gradient(
            lambda *_: tf.reduce_mean(loss(labels, model(texts, training=True))), of=variables
        )
        model.train_on_batch(texts, labels)
        return [one - weight for one, weight in zip(start, variables, strict=True)], slopes

    steps, slopes = step("good", "a bad film", LONG, "xyz")
    own = {
        "step, over the rate times the gradient": worst([one / RATE for one in steps], slopes),
        "moves": any(np.any(one) for one in steps),
    }

    def of_biases(*words):
        filled(model, np.random.default_rng(1))
        return [one for one in step(*words)[0] if one.shape == (LABELS,)]

    return either(of_words(of_biases, rng), own)


def worst(seen, own):
    """The worst ratio of all weights, however many there are."""
    found = ratio(seen, own)
    return found[np.argmax(np.abs(found - 1))] if isinstance(found, np.ndarray) else found
