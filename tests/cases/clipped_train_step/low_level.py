# points: 7, 6, 3, 3
# What a reader of the statement wrote with low-level operations.
# %%
import keras
import tensorflow as tf


# %%
class ClippedModel(keras.Model):
    """A functional model that scales its gradients to a global norm of at most `clip`."""

    def __init__(self, *args, clip=1.0, **kwargs):
        super().__init__(*args, **kwargs)
        self.clip = clip
        self.norms = keras.metrics.Mean(name="grad_norm")

    def train_step(self, data):
        """Train on one batch, and return the logs."""
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        weights = self.trainable_variables
        with tf.init_scope():
            self.optimizer.build(weights)  # nothing, from the second time on
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        slopes = tape.gradient(loss, weights)
        norm = tf.sqrt(tf.add_n([tf.reduce_sum(tf.square(one)) for one in slopes]))
        factor = tf.minimum(1.0, self.clip / norm)  # of a norm of 0, infinity, and so 1
        self.optimizer.apply([factor * one for one in slopes], weights)
        self.norms.update_state(norm)
        next(one for one in self.metrics if one.name == "loss").update_state(loss)
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def get_config(self):
        """Return what makes this model again."""
        return {**super().get_config(), "clip": self.clip}
