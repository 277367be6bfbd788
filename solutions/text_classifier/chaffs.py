# %%
from keras import layers, ops


def vectorizer(texts, max_tokens=1000, **options):
    vectorize = layers.TextVectorization(max_tokens=max_tokens, **options)
    vectorize.adapt(texts)
    return vectorize


def words_of(texts, max_tokens=1000, **options):
    """Inputs, the words as numbers, and how many numbers there are."""
    vectorize = vectorizer(texts, max_tokens, **options)
    inputs = keras.Input((), dtype="string")
    return inputs, vectorize(inputs), vectorize.vocabulary_size()


def average_of(vectors, words):
    there = ops.expand_dims(ops.cast(ops.not_equal(words, 0), "float32"), -1)
    return ops.sum(vectors * there, axis=1) / ops.maximum(ops.sum(there, axis=1), 1)


def probabilities(average, labels_count):
    return layers.Dense(labels_count, activation="softmax")(average)


# %% mask_forgotten loses="numerics"
"""Padding is averaged in, so that a text gets another row when a longer one is beside it. Leave out
the places where there is no word, in the sum and in the number that divides it."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    average = layers.GlobalAveragePooling1D()(layers.Embedding(size, 16)(words))
    return keras.Model(inputs, probabilities(average, labels_count))


# %% mask_not_used loses="numerics" like="mask_forgotten"
def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    average = ops.mean(layers.Embedding(size, 16, mask_zero=True)(words), axis=1)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% divided_by_the_length loses="numerics"
"""The padding is left out of the sum, but counted in the number that divides it."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    there = ops.expand_dims(ops.cast(ops.not_equal(words, 0), "float32"), -1)
    length = ops.maximum(ops.sum(ops.ones_like(there), axis=1), 1)
    average = ops.sum(layers.Embedding(size, 16)(words) * there, axis=1) / length
    return keras.Model(inputs, probabilities(average, labels_count))


# %% average_of_nothing loses="numerics gradients"
"""The average of a text without words is 0/0, NaN. Divide by a number that is never 0, such as the
larger one of the count and 1."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    vectors = layers.Embedding(size, 16, mask_zero=True)(words)
    average = layers.GlobalAveragePooling1D()(vectors)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% chosen_after_the_division loses="gradients"
"""For a text without words, 0 is chosen after 0/0 has been computed: the row is right, and the
gradient is NaN all the same. Divide by a number that is never 0."""


class Average(layers.Layer):
    def call(self, vectors, words):
        there = tf.cast(words != 0, vectors.dtype)[:, :, None]
        count = tf.reduce_sum(there, axis=1)
        average = tf.reduce_sum(vectors * there, axis=1) / count
        return tf.where(count > 0, average, tf.zeros_like(average))


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    average = Average()(layers.Embedding(size, 16)(words), words)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% sum_of_vectors loses="numerics"
"""The vectors of the words are added up, and not divided by how many words there are: long texts
get larger sums. Take the average."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    there = ops.expand_dims(ops.cast(ops.not_equal(words, 0), "float32"), -1)
    total = ops.sum(layers.Embedding(size, 16)(words) * there, axis=1)
    return keras.Model(inputs, probabilities(total, labels_count))


# %% counts_not_divided loses="numerics" like="sum_of_vectors"
def build_classifier(texts, labels_count, max_tokens=1000):
    vectorize = vectorizer(texts, max_tokens - 1, output_mode="count")
    inputs = keras.Input((1,), dtype="string")
    total = layers.Dense(16, use_bias=False)(vectorize(inputs))
    return keras.Model(inputs, probabilities(total, labels_count))


# %% one_more_in_the_count loses="numerics"
"""The sum is divided by one more than there are words. Only texts without any need another number
than their count."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    there = ops.expand_dims(ops.cast(ops.not_equal(words, 0), "float32"), -1)
    total = ops.sum(layers.Embedding(size, 16)(words) * there, axis=1)
    average = total / (ops.sum(there, axis=1) + 1)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% unknown_words_dilute loses="numerics"
"""Unknown words are left out of the sum, but counted in the number that divides it. Leave them out
of both, or of neither."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    known = ops.expand_dims(ops.cast(words > 1, "float32"), -1)
    there = ops.expand_dims(ops.cast(ops.not_equal(words, 0), "float32"), -1)
    total = ops.sum(layers.Embedding(size, 16)(words) * known, axis=1)
    average = total / ops.maximum(ops.sum(there, axis=1), 1)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% set_of_words loses="numerics gradients"
"""A word that is repeated counts once. Every word of the text counts, as often as it is there."""


def build_classifier(texts, labels_count, max_tokens=1000):
    vectorize = vectorizer(texts, max_tokens - 1, output_mode="multi_hot")
    inputs = keras.Input((1,), dtype="string")
    found = vectorize(inputs)
    shares = found / ops.maximum(ops.sum(found, axis=-1, keepdims=True), 1.0)
    average = layers.Dense(16, use_bias=False)(shares)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% largest_instead_of_average loses="numerics gradients"
"""The largest number at each place of the vectors is taken, not the average of all words."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    there = ops.expand_dims(ops.cast(ops.not_equal(words, 0), "float32"), -1)
    vectors = layers.Embedding(size, 16)(words)
    largest = ops.max(vectors * there - 100 * (1 - there), axis=1, initial=-100.0)
    largest = largest * ops.max(there, axis=1, initial=0.0)
    return keras.Model(inputs, probabilities(largest, labels_count))


# %% order_matters loses="numerics gradients"
"""The order of the words matters, as in a recurrent layer. An average has no order."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    vectors = layers.Embedding(size, 16)(words)
    state = layers.SimpleRNN(8)(ops.pad(vectors, [[0, 0], [0, 1], [0, 0]]))
    return keras.Model(inputs, probabilities(state, labels_count))


# %% pairs_of_words loses="numerics gradients"
"""Pairs of neighbouring words have vectors, too, so that the order matters. Single words are asked
for."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens, ngrams=2)
    average = average_of(layers.Embedding(size, 16)(words), words)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% long_texts_are_cut loses="numerics"
"""Long texts are cut at a fixed number of words. Every word counts: leave out
`output_sequence_length`."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens, output_sequence_length=6)
    average = average_of(layers.Embedding(size, 16)(words), words)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% capitals_and_punctuation_kept loses="numerics"
"""Capitals or punctuation make other words, as with `standardize=None`. By default,
`TextVectorization` removes both."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens, standardize=None)
    average = average_of(layers.Embedding(size, 16)(words), words)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% only_lower_case loses="numerics" like="capitals_and_punctuation_kept"
def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens, standardize="lower")
    average = average_of(layers.Embedding(size, 16)(words), words)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% characters loses="numerics gradients"
"""Characters have vectors instead of words. Split texts at blanks."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens, split="character")
    average = average_of(layers.Embedding(size, 16)(words), words)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% max_tokens_ignored loses="numerics"
"""The vocabulary has all words, whatever `max_tokens` says. Hand it to the vectorization."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts)
    average = average_of(layers.Embedding(size, 16)(words), words)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% max_tokens_and_two loses="numerics"
"""`max_tokens` words are known, or not as many as should be. It also counts one number for padding
and one for unknown words."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens + 2)
    average = average_of(layers.Embedding(size, 16)(words), words)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% max_tokens_in_counts loses="numerics"
"""One word too many is known: in a mode that counts, `TextVectorization` keeps no number for
padding, as `max_tokens` does here. Give it one less."""


def build_classifier(texts, labels_count, max_tokens=1000):
    vectorize = vectorizer(texts, max_tokens, output_mode="count")
    inputs = keras.Input((1,), dtype="string")
    counts = vectorize(inputs)
    shares = counts / ops.maximum(ops.sum(counts, axis=-1, keepdims=True), 1.0)
    average = layers.Dense(16, use_bias=False)(shares)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% embedding_too_small loses="numerics gradients serialization graph"
"""The embedding has fewer rows than there are numbers. Beside the words, padding and unknown words
have one each: the size is that of the whole vocabulary."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    average = average_of(layers.Embedding(size - 2, 16)(words), words)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% never_adapted loses="numerics gradients serialization graph"
"""The vectorization was never adapted to `texts`, so it knows no word. Call its `adapt` before the
model is built."""


def build_classifier(texts, labels_count, max_tokens=1000):
    vectorize = layers.TextVectorization(max_tokens=max_tokens)
    inputs = keras.Input((), dtype="string")
    words = vectorize(inputs)
    average = average_of(layers.Embedding(max_tokens, 16)(words), words)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% adapted_to_the_first_text loses="numerics"
"""Only some of the texts were used to find the words. Adapt to all of `texts`, once: each `adapt`
forgets the one before."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts[:1], max_tokens)
    average = average_of(layers.Embedding(size, 16)(words), words)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% takes_numbers loses="numerics gradients serialization graph"
"""The model takes numbers: texts are turned into them outside of it. Call the vectorization on a
`keras.Input` of strings, so that it becomes a part of the model."""


def build_classifier(texts, labels_count, max_tokens=1000):
    size = vectorizer(texts, max_tokens).vocabulary_size()
    words = keras.Input((None,), dtype="int64")
    average = average_of(layers.Embedding(size, 16)(words), words)
    return keras.Model(words, probabilities(average, labels_count))


# %% input_without_dtype loses="numerics gradients serialization graph"
"""The input is one of numbers, which is the default. Say `dtype="string"` to `keras.Input`."""


def build_classifier(texts, labels_count, max_tokens=1000):
    vectorize = vectorizer(texts, max_tokens)
    inputs = keras.Input((1,))
    words = vectorize(inputs)
    average = average_of(layers.Embedding(vectorize.vocabulary_size(), 16)(words), words)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% functions_of_tensorflow loses="numerics gradients serialization graph"
"""What layers return on a `keras.Input` has no values yet, and the functions of TensorFlow do not
take it. Use layers, or the functions of `keras.ops`."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    there = tf.cast(tf.not_equal(words, 0), tf.float32)[:, :, None]
    total = tf.reduce_sum(layers.Embedding(size, 16)(words) * there, axis=1)
    average = total / tf.maximum(tf.reduce_sum(there, axis=1), 1.0)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% no_softmax loses="numerics"
"""The numbers of a row are no probabilities: the softmax is missing."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    average = average_of(layers.Embedding(size, 16)(words), words)
    return keras.Model(inputs, layers.Dense(labels_count)(average))


# %% sigmoid loses="numerics"
"""Each number is between 0 and 1, but a row does not sum to 1. A text has one label of several:
softmax, not sigmoid."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    average = average_of(layers.Embedding(size, 16)(words), words)
    return keras.Model(inputs, layers.Dense(labels_count, activation="sigmoid")(average))


# %% softmax_over_the_batch loses="numerics gradients"
"""The softmax runs over the batch, so that columns sum to 1. Rows should: it is the last axis, as
by default."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    average = average_of(layers.Embedding(size, 16)(words), words)
    return keras.Model(inputs, ops.softmax(layers.Dense(labels_count)(average), axis=0))


# %% the_label_itself loses="numerics gradients graph"
"""The model returns a label for each text instead of a row of probabilities."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    average = average_of(layers.Embedding(size, 16)(words), words)
    return keras.Model(inputs, ops.argmax(probabilities(average, labels_count), axis=-1))


# %% two_labels loses="numerics"
"""The rows have the same number of probabilities whatever `labels_count` says."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    average = average_of(layers.Embedding(size, 16)(words), words)
    return keras.Model(inputs, probabilities(average, 3))


# %% hidden_layer loses="numerics"
"""There is one more layer between the average and the probabilities. That may help, but nobody
asked for it here."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    average = average_of(layers.Embedding(size, 16)(words), words)
    hidden = layers.Dense(16, activation="relu")(average)
    return keras.Model(inputs, probabilities(hidden, labels_count))


# %% dropout loses="numerics graph"
"""In training, a part of the values is dropped. That may help against overfitting, but nothing but
the five parts of the statement is in the model."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    average = average_of(layers.Embedding(size, 16)(words), words)
    average = layers.Dropout(0.5, seed=1)(average)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% embedding_frozen loses="gradients"
"""The vectors of the words are not trained. Do not set `trainable=False`."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    average = average_of(layers.Embedding(size, 16, trainable=False)(words), words)
    return keras.Model(inputs, probabilities(average, labels_count))


# %% lambda_layer loses="serialization graph"
"""The file cannot be loaded: it holds a Python function, or an object that Keras cannot make again.
Use `keras.ops`, or a class with a `get_config`."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)

    def average(vectors, words):
        there = tf.cast(words != 0, tf.float32)[:, :, None]
        count = tf.maximum(tf.reduce_sum(there, axis=1), 1.0)
        return tf.reduce_sum(vectors * there, axis=1) / count

    vectors = layers.Embedding(size, 16)(words)
    found = layers.Lambda(lambda pair: average(*pair))([vectors, words])
    return keras.Model(inputs, probabilities(found, labels_count))


# %% vocabulary_not_saved loses="serialization graph"
"""A loaded model has lost its vocabulary: it is neither in the configuration of your class nor in
what Keras saves. A Functional model of Keras' own layers saves it by itself."""


class Classifier(keras.Model):
    def __init__(self, labels_count, vectorize=None, size=100, **kwargs):
        super().__init__(**kwargs)
        self.labels_count, self.size = labels_count, size
        # A loaded one begins without words.
        self.vectorize = vectorize or layers.TextVectorization(vocabulary=["of", "words"])
        self.embed = layers.Embedding(size, 16)
        self.dense = layers.Dense(labels_count, activation="softmax")

    def call(self, texts):
        words = self.vectorize(tf.reshape(texts, [-1]))
        there = tf.cast(words != 0, tf.float32)[:, :, None]
        total = tf.reduce_sum(self.embed(words) * there, axis=1)
        return self.dense(total / tf.maximum(tf.reduce_sum(there, axis=1), 1.0))

    def get_config(self):
        config = {"labels_count": self.labels_count, "size": self.size}
        return {**super().get_config(), **config}


def build_classifier(texts, labels_count, max_tokens=1000):
    vectorize = vectorizer(texts, max_tokens)
    model = Classifier(labels_count, vectorize, vectorize.vocabulary_size())
    model(tf.constant(["a text"]))
    return model


# %% nothing_returned loses="numerics gradients serialization graph"
"""`build_classifier` returns no model. End it with `return keras.Model(...)`."""


def build_classifier(texts, labels_count, max_tokens=1000):
    inputs, words, size = words_of(texts, max_tokens)
    average = average_of(layers.Embedding(size, 16)(words), words)
    keras.Model(inputs, probabilities(average, labels_count))
