# points: 13, 6, 3, 3
# What a reader of the statement wrote with other operations than most.
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
    """One Huber loss for each sample, the mean over the last axis."""
    y_pred = keras.ops.convert_to_tensor(y_pred)
    y_true = keras.ops.cast(y_true, y_pred.dtype)
    size = keras.ops.abs(y_true - y_pred)
    inner = keras.ops.minimum(size, threshold)
    return keras.ops.mean(inner * (size - 0.5 * inner), axis=-1)


class HuberLoss(keras.losses.Loss):
    """Half the square up to the threshold, a straight line beyond."""

    def __init__(self, threshold=1.0, name="huber_loss", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold

    def call(self, y_true, y_pred):
        return _huber(y_true, y_pred, self.threshold)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


class HuberMetric(keras.metrics.Metric):
    """The mean Huber loss of all samples since the last reset."""

    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.total = self.add_variable(shape=(), initializer="zeros", name="total")
        self.count = self.add_variable(shape=(), initializer="zeros", name="count")

    def update_state(self, y_true, y_pred, sample_weight=None):
        losses = keras.ops.cast(_huber(y_true, y_pred, self.threshold), "float32")
        weights = keras.ops.ones_like(losses)
        if sample_weight is not None:
            given = keras.ops.convert_to_tensor(sample_weight, dtype="float32")
            weights = weights * keras.ops.reshape(given, keras.ops.shape(losses))
        self.total.assign_add(keras.ops.sum(losses * weights))
        self.count.assign_add(keras.ops.sum(weights))

    def result(self):
        return tf.math.divide_no_nan(
            tf.convert_to_tensor(self.total), tf.convert_to_tensor(self.count)
        )

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


class MyDense(keras.layers.Layer):
    """A dense layer."""

    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units, self.activation = units, keras.activations.get(activation)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], self.units), initializer="glorot_uniform"
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return self.activation(keras.ops.tensordot(inputs, self.kernel, axes=1) + self.bias)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "units": self.units, "activation": activation}


# %%
def build_model(features, layer=MyDense):
    """Return a Functional model of three layers: 16 and 8 units with tanh, and a linear one."""
    inputs = values = keras.Input((features,))
    for one in (layer(16, activation="tanh"), layer(8, activation="tanh"), layer(1)):
        values = one(values)
    return keras.Model(inputs, values)


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    """Train a model in place and return its history."""
    weights, limit = list(model.trainable_variables), float(clip)
    optimizer.build(weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {name: [] for name in ("loss", *(metric.name for metric in metrics))}

    @tf.function(input_signature=batches.element_spec, autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            parts = [loss_fn(labels, predictions), *model.losses]
            total = tf.add_n([tf.reduce_sum(part) for part in parts])
        gradients = tape.gradient(total, weights)
        norm = tf.linalg.global_norm(gradients)  # leaves out what is None
        factor = tf.where(norm > limit, limit / norm, tf.ones_like(norm))
        scaled = [None if one is None else factor * tf.convert_to_tensor(one) for one in gradients]
        optimizer.apply(scaled, weights)
        return total, predictions

    for _ in range(epochs):
        mean = keras.metrics.Mean()
        for metric in metrics:
            metric.reset_state()
        for inputs, labels in batches:
            total, predictions = step(inputs, labels)
            mean.update_state(total, sample_weight=float(inputs.shape[0]))
            for metric in metrics:
                metric.update_state(labels, predictions)
        history["loss"].append(float(mean.result()))
        for metric in metrics:
            history[metric.name].append(float(metric.result()))
    return history


def serve(model, mean, std):
    """Return a function of raw features that standardizes them and returns predictions."""
    mean, std = (tf.constant(np.asarray(one), tf.float64) for one in (mean, std))

    def answer(features):
        standardized = tf.math.divide_no_nan(tf.cast(features, tf.float64) - mean, std)
        return model(tf.cast(standardized, tf.float32), training=False)

    return answer
