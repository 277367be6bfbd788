# %%
from keras import layers, ops

# %% sequential
"""A `Sequential` model with a pooling layer of one's own, which uses the mask of the embedding."""


class AverageOfWords(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        there = tf.cast(mask, inputs.dtype)[:, :, None]
        count = tf.reduce_sum(there, axis=1)
        return tf.math.divide_no_nan(tf.reduce_sum(inputs * there, axis=1), count)

    def compute_mask(self, inputs, mask=None):
        return None


def build_classifier(texts, labels_count, max_tokens=1000):
    vectorize = layers.TextVectorization(max_tokens)
    vectorize.adapt(texts)
    model = keras.Sequential(
        [
            vectorize,
            layers.Embedding(len(vectorize.get_vocabulary()), 8, mask_zero=True),
            AverageOfWords(),
            layers.Dense(labels_count, activation="softmax"),
        ]
    )
    model(tf.constant(["a text"]))
    return model


# %% inputs_of_one_column
"""Inputs of shape (batch, 1), an embedding that is larger than the vocabulary, `divide_no_nan`."""


def build_classifier(texts, labels_count, max_tokens=1000):
    vectorize = layers.TextVectorization(max_tokens=max_tokens, output_mode="int")
    vectorize.adapt(tf.constant(texts))
    inputs = keras.Input(shape=(1,), dtype=tf.string)
    tokens = vectorize(inputs)
    mask = ops.cast(tokens > 0, "float32")
    vectors = layers.Embedding(input_dim=max_tokens, output_dim=32)(tokens)
    total = ops.einsum("btd,bt->bd", vectors, mask)
    average = ops.divide_no_nan(total, ops.sum(mask, axis=-1, keepdims=True))
    return keras.Model(inputs, layers.Softmax()(layers.Dense(labels_count)(average)))


# %% counts
"""Counts of words, divided by their sum, times a matrix: its rows are the embeddings."""


def build_classifier(texts, labels_count, max_tokens=1000):
    # In counts, no place is reserved for padding.
    vectorize = layers.TextVectorization(max_tokens=max_tokens - 1, output_mode="count")
    vectorize.adapt(texts)
    inputs = keras.Input((1,), dtype="string")
    counts = vectorize(inputs)
    shares = counts / ops.maximum(ops.sum(counts, axis=-1, keepdims=True), 1.0)
    average = layers.Dense(12, use_bias=False, name="embeddings")(shares)
    return keras.Model(inputs, layers.Dense(labels_count, activation="softmax")(average))


# %% unknown_words_left_out
"""Unknown words are left out of the average, like padding."""


def build_classifier(texts, labels_count, max_tokens=1000):
    vectorize = layers.TextVectorization(max_tokens=max_tokens)
    vectorize.adapt(texts)
    inputs = keras.Input((), dtype="string", name="texts")
    words = vectorize(inputs)
    there = ops.expand_dims(ops.cast(ops.greater(words, 1), "float32"), axis=2)
    vectors = layers.Embedding(vectorize.vocabulary_size(), 10)(words) * there
    average = ops.sum(vectors, axis=1) / (
        ops.sum(there, axis=1) + (1 - ops.max(there, axis=1, initial=0.0))
    )
    return keras.Model(inputs, layers.Dense(labels_count, "softmax")(average), name="classifier")


# %% subclass
"""A subclass of `keras.Model`, with its vocabulary in its configuration."""


class Classifier(keras.Model):
    def __init__(self, vocabulary, labels_count, **kwargs):
        super().__init__(**kwargs)
        self.vocabulary, self.labels_count = list(vocabulary), labels_count
        self.vectorize = layers.TextVectorization(vocabulary=self.vocabulary)
        self.embed = layers.Embedding(len(self.vocabulary) + 2, 16)
        self.probabilities = layers.Dense(labels_count, activation="softmax")

    def call(self, texts):
        words = self.vectorize(tf.reshape(texts, [-1]))
        there = tf.cast(words != 0, tf.float32)[..., tf.newaxis]
        total = tf.reduce_sum(self.embed(words) * there, axis=1)
        return self.probabilities(total / tf.maximum(tf.reduce_sum(there, axis=1), 1.0))

    def get_config(self):
        config = {"vocabulary": self.vocabulary, "labels_count": self.labels_count}
        return {**super().get_config(), **config}


def build_classifier(texts, labels_count, max_tokens=1000):
    vectorize = layers.TextVectorization(max_tokens=max_tokens)
    vectorize.adapt(texts)
    model = Classifier(vectorize.get_vocabulary()[2:], labels_count)
    model(tf.constant(["a text"]))
    return model


# %% lookup_of_words
"""Words are counted in Python, looked up by `StringLookup`, and split by a layer of one's own."""


@keras.saving.register_keras_serializable(package="course")
class Split(layers.Layer):
    def call(self, texts):
        lower = tf.strings.lower(tf.reshape(texts, [-1]))
        plain = tf.strings.regex_replace(lower, r"[!\"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~']", "")
        return tf.strings.split(plain).to_tensor(default_value="")

    def compute_output_spec(self, texts):
        return keras.KerasTensor((None, None), dtype="string")


def build_classifier(texts, labels_count, max_tokens=1000):
    import collections
    import re

    counts = collections.Counter(
        word for text in texts for word in re.sub(r"[^\w\s]", "", text.lower()).split()
    )
    known = [word for word, _ in counts.most_common(max_tokens - 2)]
    lookup = layers.StringLookup(vocabulary=known, mask_token="", num_oov_indices=1)
    inputs = keras.Input((), dtype="string")
    words = lookup(Split()(inputs))
    vectors = layers.Embedding(len(known) + 2, 16)(words)
    mask = ops.cast(ops.not_equal(words, 0), "float32")
    weights = mask / ops.maximum(1.0, ops.sum(mask, axis=1, keepdims=True))
    average = ops.sum(vectors * ops.expand_dims(weights, -1), axis=1)
    return keras.Model(inputs, layers.Dense(labels_count, activation="softmax")(average))


# %% average_in_a_layer
"""The built-in average with a mask, over one more place: a row of zeros for texts without words."""


class Average(layers.Layer):
    def call(self, vectors, words):
        there = words != 0
        empty = tf.logical_not(tf.reduce_any(there, axis=1, keepdims=True))
        more = tf.pad(vectors, [[0, 0], [0, 1], [0, 0]])
        mask = tf.concat([there, empty], axis=1)
        return layers.GlobalAveragePooling1D()(more, mask=mask)


def build_classifier(texts, labels_count, max_tokens=1000):
    vectorize = layers.TextVectorization(max_tokens=max_tokens, ragged=False)
    vectorize.adapt(np.array(texts, object))
    inputs = layers.Input(shape=(), dtype="string")
    words = vectorize(inputs)
    vectors = layers.Embedding(vectorize.vocabulary_size(), 16)(words)
    outputs = layers.Dense(labels_count)(Average()(vectors, words))
    return keras.Model(inputs, layers.Activation("softmax")(outputs))


# %% padding_embedded_as_zeros
"""The embedding is masked by a product, and the count comes from `count_nonzero`."""


def build_classifier(texts, labels_count, max_tokens=1000):
    vectorize = layers.TextVectorization(
        max_tokens=max_tokens, standardize="lower_and_strip_punctuation", split="whitespace"
    )
    vectorize.adapt(texts)
    text = keras.Input((), dtype="string")
    words = vectorize(text)
    embedding = layers.Embedding(vectorize.vocabulary_size(), 16, embeddings_initializer="normal")
    vectors = layers.Multiply()(
        [embedding(words), ops.expand_dims(ops.minimum(ops.cast(words, "float32"), 1.0), -1)]
    )
    count = ops.cast(ops.count_nonzero(words, axis=1), "float32")
    average = ops.sum(vectors, axis=1) / ops.expand_dims(ops.maximum(count, 1.0), 1)
    return keras.Model(
        text, layers.Dense(labels_count, activation=keras.activations.softmax)(average)
    )


# %% compiled
"""It comes compiled, and is a Functional model around another one."""


def build_classifier(texts, labels_count, max_tokens=1000):
    vectorize = layers.TextVectorization(max_tokens=max_tokens)
    vectorize.adapt(texts)
    words = keras.Input((None,), dtype="int64")
    vectors = layers.Embedding(vectorize.vocabulary_size(), 16)(words)
    there = ops.expand_dims(ops.cast(words != 0, "float32"), -1)
    average = ops.sum(vectors * there, axis=1) / ops.maximum(ops.sum(there, axis=1), 1e-3)
    inner = keras.Model(words, layers.Dense(labels_count, activation="softmax")(average))
    texts = keras.Input((1,), dtype="string")
    model = keras.Model(texts, inner(vectorize(texts)))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% nan_replaced
"""The built-in average with a mask, behind which NaN becomes 0; gradients stay finite."""


class Replace(layers.Layer):
    def call(self, average):
        return tf.where(tf.math.is_nan(average), tf.zeros_like(average), average)


def build_classifier(texts, labels_count, max_tokens=1000):
    vectorize = layers.TextVectorization(max_tokens=max_tokens)
    vectorize.adapt(texts)
    inputs = keras.Input((), dtype="string")
    embedding = layers.Embedding(vectorize.vocabulary_size(), 16, mask_zero=True)
    average = Replace()(layers.GlobalAveragePooling1D()(embedding(vectorize(inputs))))
    return keras.Model(inputs, layers.Dense(labels_count, activation="softmax")(average))
