# points: 11, 5, 0, 3
# The straightforward answer of a reader of the statement.
# %%
import keras
import tensorflow as tf


# %%
def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    """Train a model on batches in order."""
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
        optimizer.apply(tape.gradient(total, weights), weights)
        return total, predictions

    rows = len(x)
    history = {"loss": [], **{metric.name: [] for metric in metrics}}
    for _ in range(epochs):
        for metric in metrics:
            metric.reset_state()
        loss = 0.0
        for first in range(0, rows, batch_size):
            batch_x = tf.convert_to_tensor(x[first : first + batch_size])
            batch_y = tf.convert_to_tensor(y[first : first + batch_size])
            total, predictions = step(batch_x, batch_y)
            loss += float(total) * len(batch_x)
            for metric in metrics:
                metric.update_state(batch_y, predictions)
        history["loss"].append(loss / rows)
        for metric in metrics:
            history[metric.name].append(float(metric.result()))
    return history
