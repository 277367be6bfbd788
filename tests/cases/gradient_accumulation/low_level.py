# points: 11, 3, 3, 3
# What a reader of the statement wrote with low-level operations.
# %%

import tensorflow as tf


# %%
class AccumulatingStep(tf.Module):
    """Trains on micro-batches, and applies the optimizer once for several of them."""

    def __init__(self, model, loss_fn, optimizer, steps):
        """Begin with nothing accumulated."""
        super().__init__()
        weights = list(model.trainable_variables)
        optimizer.build(weights)
        self.sums = [tf.Variable(tf.zeros(w.shape, w.dtype), trainable=False) for w in weights]
        self.reached = tf.Variable(tf.zeros([len(weights)], tf.bool), trainable=False)
        self.rows = tf.Variable(tf.zeros([], tf.int64), trainable=False)
        self.calls = tf.Variable(tf.zeros([], tf.int64), trainable=False)
        # A closure, which a checkpoint does not look into.
        self.parts = lambda: (model, loss_fn, optimizer, weights, int(steps))

    def step(self, x, y):
        """Accumulate a micro-batch; apply the optimizer with the last of `steps`."""
        model, loss_fn, _, weights, steps = self.parts()
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            total = tf.add_n([loss_fn(y, predictions), *model.losses])
        slopes, rows = tape.gradient(total, weights), tf.shape(x, tf.int64)[0]
        for one, slope in zip(self.sums, slopes, strict=True):
            if slope is not None:
                one.assign_add(tf.cast(rows, slope.dtype) * slope)
        here = [slope is not None for slope in slopes]
        self.reached.assign(tf.logical_or(self.reached, tf.constant(here, tf.bool)))
        self.rows.assign_add(rows)
        self.calls.assign_add(1)
        return self._apply_if(tf.greater_equal(self.calls, steps))

    def flush(self):
        """Apply the optimizer to what is left, if anything; return whether it was applied."""
        return self._apply_if(tf.greater(self.calls, 0))

    def _apply_if(self, condition):
        return tf.cond(condition, self._apply, lambda: tf.constant(False))

    def _apply(self):
        _, _, optimizer, weights, _ = self.parts()
        before = [tf.identity(tf.convert_to_tensor(weight)) for weight in weights]
        optimizer.apply([one / tf.cast(self.rows, one.dtype) for one in self.sums], weights)
        # Weights that no gradient has reached go back: decay or momentum may have moved them.
        for weight, old, moved in zip(
            weights, before, tf.unstack(self.reached, num=len(weights)), strict=True
        ):
            weight.assign(tf.where(moved, tf.convert_to_tensor(weight), old))
        for one in (*self.sums, self.reached, self.rows, self.calls):
            one.assign(tf.zeros(one.shape, one.dtype))
        return tf.constant(True)
