# points: 13, 6, 3, 3
# The straightforward answer of a reader of the statement.
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
def huber(y_true, y_pred, threshold):
    """One number per sample: the mean over the last axis."""
    error = keras.ops.abs(y_true - y_pred)
    square = 0.5 * keras.ops.square(error)
    line = threshold * error - 0.5 * threshold**2
    return keras.ops.mean(keras.ops.where(error <= threshold, square, line), axis=-1)


class HuberLoss(keras.losses.Loss):
    """Yours, of `huber_loss`."""

    def __init__(self, threshold=1.0, name="huber_loss", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = float(threshold)

    def call(self, y_true, y_pred):
        """Return one loss for each sample."""
        y_pred = keras.ops.convert_to_tensor(y_pred)
        y_true = keras.ops.cast(y_true, y_pred.dtype)
        return huber(y_true, y_pred, self.threshold)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


class HuberMetric(keras.metrics.Metric):
    """Yours, of `streaming_metric`."""

    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = float(threshold)
        self.total = self.add_weight(shape=(), initializer="zeros", name="total")
        self.count = self.add_weight(shape=(), initializer="zeros", name="count")

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch; no weights are passed here."""
        y_pred = keras.ops.cast(y_pred, "float32")
        y_true = keras.ops.cast(y_true, "float32")
        losses = huber(y_true, y_pred, self.threshold)
        self.total.assign_add(keras.ops.sum(losses))
        self.count.assign_add(keras.ops.sum(keras.ops.ones_like(losses)))

    def result(self):
        """Return the mean over all samples since the last reset."""
        return self.total / keras.ops.maximum(self.count, 1.0)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


class MyDense(keras.layers.Layer):
    """Yours, of `dense_layer`."""

    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        """Create the kernel and the bias."""
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="glorot_uniform", name="kernel"
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs):
        """Return `activation(inputs @ kernel + bias)`."""
        return self.activation(keras.ops.matmul(inputs, self.kernel) + self.bias)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        """Return the base class' configuration together with the arguments."""
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "units": self.units, "activation": activation}


# %%
def build_model(features, layer=MyDense):
    """Return a Functional model of three layers: 16 and 8 units with tanh, and a linear one."""
    inputs = keras.Input((features,))
    hidden = layer(16, activation="tanh")(inputs)
    hidden = layer(8, activation="tanh")(hidden)
    return keras.Model(inputs, layer(1)(hidden))


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    """Train a model in place and return its history."""
    if not optimizer.built:
        optimizer.build(model.trainable_variables)

    @tf.function
    def step(batch_x, batch_y):
        with tf.GradientTape() as tape:
            predictions = model(batch_x, training=True)
            total = loss_fn(batch_y, predictions)
            for extra in model.losses:
                total = total + extra
        weights = model.trainable_variables
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), float(clip))
        optimizer.apply(gradients, weights)
        return total, predictions

    samples = len(x)
    history = {"loss": [], **{metric.name: [] for metric in metrics}}
    for _ in range(epochs):
        for metric in metrics:
            metric.reset_state()
        loss = 0.0
        for first in range(0, samples, batch_size):
            batch_x = tf.convert_to_tensor(x[first : first + batch_size])
            batch_y = tf.convert_to_tensor(y[first : first + batch_size])
            total, predictions = step(batch_x, batch_y)
            loss += float(total) * len(batch_x)
            for metric in metrics:
                metric.update_state(batch_y, predictions)
        history["loss"].append(loss / samples)
        for metric in metrics:
            history[metric.name].append(float(metric.result()))
    return history


def serve(model, mean, std):
    """Return a function of raw features that standardizes them and returns predictions."""
    mean, std = np.asarray(mean, "float32"), np.asarray(std, "float32")

    def served(features):
        standardized = tf.math.divide_no_nan(features - mean, std)
        return model(standardized, training=False)

    return served
