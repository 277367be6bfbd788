# points: 11, 5, 0, 3
# What a reader of the statement wrote with low-level operations.
# %%
import keras
import tensorflow as tf


# %%
import numpy as np


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    """Train a model on batches in order."""
    metrics, weights = list(metrics), list(model.trainable_variables)
    if weights:
        optimizer.build(weights)
    any_rows = [tf.TensorSpec([None, *one.shape[1:]], tf.float32) for one in (x, y)]

    @tf.function(input_signature=any_rows, autograph=False)
    def step(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            total = tf.reduce_sum(loss_fn(y, predictions))
            for penalty in model.losses:
                total += tf.reduce_sum(penalty)
        if weights:
            optimizer.apply(tape.gradient(total, weights), weights)
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
