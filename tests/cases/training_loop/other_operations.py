# points: 11, 5, 0, 3
# What a reader of the statement wrote with other operations than most.
# %%
import keras
import tensorflow as tf


# %%
def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    """Train a model on batches in order; return a dictionary of lists with a value per epoch."""
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    weights = list(model.trainable_variables)
    if weights:
        optimizer.build(weights)

    @tf.function(input_signature=batches.element_spec, autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            parts = [loss_fn(labels, predictions), *model.losses]
            total = tf.add_n([tf.reduce_sum(part) for part in parts])
        if weights:
            optimizer.apply(tape.gradient(total, weights), weights)
        return total, predictions

    def epoch():
        for metric in metrics:
            metric.reset_state()
        weighted = 0.0
        for inputs, labels in batches:
            total, predictions = step(inputs, labels)
            weighted += float(total) * int(inputs.shape[0])
            for metric in metrics:
                metric.update_state(labels, predictions)
        results = {metric.name: float(metric.result()) for metric in metrics}
        return {"loss": weighted / len(x)} | results

    rows = [epoch() for _ in range(epochs)]
    return {name: [row[name] for row in rows] for name in rows[0]}
