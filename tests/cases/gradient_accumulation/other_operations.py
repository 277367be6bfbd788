# points: 11, 3, 3, 3
# What a reader of the statement wrote with other operations than most.
# %%

import tensorflow as tf


# %%
class AccumulatingStep(tf.Module):
    """Trains on micro-batches, and applies the optimizer once for several of them."""

    def __init__(self, model, loss_fn, optimizer, steps):
        super().__init__()
        self.model, self.loss_fn, self.optimizer, self.steps = model, loss_fn, optimizer, steps
        weights = list(model.trainable_variables)
        optimizer.build(weights)
        self.get_weights = lambda: weights  # a function, so that nobody tracks the list
        self.rows = tf.Variable(0, trainable=False, dtype=tf.int64)
        self.calls = tf.Variable(0, trainable=False, dtype=tf.int64)
        self.sums = [
            tf.Variable(tf.zeros(one.shape, one.dtype), trainable=False) for one in weights
        ]
        self.seen = [tf.Variable(False, trainable=False) for _ in weights]

    def step(self, x, y):
        """Accumulate a micro-batch; apply the optimizer with the last of `steps`."""
        with tf.GradientTape() as tape:
            predictions = self.model(x, training=True)
            parts = [self.loss_fn(y, predictions), *self.model.losses]
            loss = tf.add_n([tf.reduce_sum(part) for part in parts])
        gradients = tape.gradient(loss, self.get_weights())
        rows = tf.shape(x, out_type=tf.int64)[0]
        for total, seen, gradient in zip(self.sums, self.seen, gradients, strict=True):
            if gradient is not None:  # known while tracing
                total.assign_add(tf.cast(rows, total.dtype) * gradient)
                seen.assign(True)
        self.rows.assign_add(rows)
        self.calls.assign_add(1)
        return self._apply_if(self.calls >= self.steps)

    def flush(self):
        """Apply the optimizer to what is left, if anything; return whether it was applied."""
        return self._apply_if(self.calls > 0)

    def _apply_if(self, due):
        def apply():
            weights = self.get_weights()
            before = [tf.identity(tf.convert_to_tensor(one)) for one in weights]
            means = [total / tf.cast(self.rows, total.dtype) for total in self.sums]
            self.optimizer.apply(means, weights)
            # Weights without a gradient got zeros, which decay or a constraint may answer.
            for weight, seen, old in zip(weights, self.seen, before, strict=True):
                weight.assign(tf.where(seen, tf.convert_to_tensor(weight), old))
            for state in (self.rows, self.calls, *self.sums, *self.seen):
                state.assign(tf.zeros_like(state))
            return tf.constant(True)

        return tf.cond(due, apply, lambda: tf.constant(False))
