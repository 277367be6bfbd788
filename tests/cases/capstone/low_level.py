# points: 13, 6, 3, 3
# What a reader of the statement wrote with low-level operations.
# %%
import keras
import numpy as np
import tensorflow as tf


def flats(samples, seed):
    """Return features (area, rooms, year, and a constant) and prices, some of them mistyped."""
    rng = np.random.default_rng(seed)
    area, rooms = rng.uniform(30, 200, samples), rng.integers(1, 8, samples)
    year = rng.uniform(1900, 2020, samples)
    price = 0.02 * area + 0.3 * np.sqrt(rooms) + 1.5 * np.cos((year - 1900) / 30)
    price += rng.normal(scale=0.1, size=samples)
    price[rng.random(samples) < 0.05] *= 10
    features = np.stack([area, rooms, year, np.full(samples, 7.0)], axis=1)
    return features.astype("float32"), price[:, None].astype("float32")


# %%
def _huber(y_true, y_pred, threshold):
    """One loss for each sample: of the error e, cut to q, it is q (e - q / 2)."""
    y_pred = tf.convert_to_tensor(y_pred)
    error = y_pred - tf.cast(y_true, y_pred.dtype)
    cut = tf.clip_by_value(error, -threshold, threshold)
    return tf.reduce_mean(cut * (error - cut / 2), axis=-1)


class HuberLoss(keras.losses.Loss):
    """Yours, of `huber_loss`."""

    def __init__(self, threshold=1.0, name="huber_loss", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = float(threshold)

    def call(self, y_true, y_pred):
        """Return one loss for each sample."""
        return _huber(y_true, y_pred, self.threshold)


class HuberMetric(keras.metrics.Metric):
    """Yours, of `streaming_metric`."""

    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = float(threshold)
        self.pair = self.add_variable(shape=(2,), initializer="zeros", name="pair")

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch; no weights are passed here."""
        losses = tf.reshape(_huber(y_true, y_pred, self.threshold), [-1])
        self.pair.assign_add(tf.stack([tf.reduce_sum(losses), tf.reduce_sum(tf.ones_like(losses))]))

    def result(self):
        """Return the mean over all samples since the last reset."""
        return tf.math.divide_no_nan(*tf.unstack(tf.convert_to_tensor(self.pair), num=2))


class MyDense(keras.layers.Layer):
    """Yours, of `dense_layer`."""

    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units, self.activation = units, keras.activations.get(activation)

    def build(self, input_shape):
        """Create the kernel and the bias."""
        size = (input_shape[-1], self.units)
        self.kernel = self.add_weight(shape=size, initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=size[1:], initializer="zeros", name="bias")

    def call(self, inputs):
        """Return `activation(inputs @ kernel + bias)`."""
        return self.activation(tf.nn.bias_add(tf.matmul(inputs, self.kernel), self.bias))

    def get_config(self):
        """Return the base class' configuration together with the arguments."""
        name = keras.activations.serialize(self.activation)
        return {**super().get_config(), "units": self.units, "activation": name}


# %%
def build_model(features, layer=MyDense):
    """Return a Functional model of three layers: 16 and 8 units with tanh, and a linear one."""
    inputs = values = keras.Input((features,))
    for units in (16, 8):
        values = layer(units, activation="tanh")(values)
    return keras.Model(inputs, layer(1)(values))


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    """Train a model in place and return its history."""
    metrics, weights = list(metrics), list(model.trainable_variables)
    optimizer.build(weights)
    any_rows = [tf.TensorSpec([None, *one.shape[1:]], tf.float32) for one in (x, y)]

    @tf.function(input_signature=any_rows, autograph=False)
    def step(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            total = tf.add_n([loss_fn(y, predictions), *model.losses])
        pairs = [
            (g, w)
            for g, w in zip(tape.gradient(total, weights), weights, strict=True)
            if g is not None
        ]
        slopes = [tf.convert_to_tensor(slope) for slope, _ in pairs]
        norm = tf.sqrt(tf.add_n([tf.reduce_sum(tf.square(slope)) for slope in slopes]))
        factor = tf.minimum(1.0, clip / norm)  # of a norm of 0, infinity, and so 1
        optimizer.apply([factor * slope for slope in slopes], [weight for _, weight in pairs])
        return total, predictions

    cuts = range(batch_size, len(x), batch_size)
    batches = list(zip(np.split(x, cuts), np.split(y, cuts), strict=True))
    rows = [len(one) for one, _ in batches]
    history = {name: [] for name in ("loss", *(metric.name for metric in metrics))}
    for _ in range(epochs):
        for metric in metrics:
            metric.reset_state()
        totals = []
        for inputs, labels in batches:
            labels = tf.constant(labels)
            total, predictions = step(tf.constant(inputs), labels)
            totals.append(total)
            for metric in metrics:
                metric.update_state(labels, predictions)
        history["loss"].append(float(np.average(np.array(totals, "float64"), weights=rows)))
        for metric in metrics:
            history[metric.name].append(float(metric.result()))
    return history


def serve(model, mean, std):
    """Return a function of raw features that standardizes them and returns predictions."""
    mean, std = np.asarray(mean, "float64"), np.asarray(std, "float64")

    def served(features):
        standard = tf.math.divide_no_nan(tf.cast(features, tf.float64) - mean, std)
        return model(tf.cast(standard, tf.float32), training=False)

    return served
