# points: 7, 6, 3, 3
# The straightforward answer of a reader of the statement.
# %%
import keras
import tensorflow as tf


# %%
class ClippedModel(keras.Model):
    """A functional model that scales its gradients to a global norm of at most `clip`."""

    def __init__(self, *args, clip=1.0, **kwargs):
        super().__init__(*args, **kwargs)
        self.clip = clip
        self.norm_tracker = keras.metrics.Mean(name="grad_norm")

    def train_step(self, data):
        """Train on one batch, and return the logs."""
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        weights = self.trainable_weights
        gradients = tape.gradient(loss, weights)
        norm = tf.linalg.global_norm(gradients)
        clipped, _ = tf.clip_by_global_norm(gradients, float(self.clip), use_norm=norm)
        self.optimizer.apply(clipped, weights)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
        self.norm_tracker.update_state(norm)
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def get_config(self):
        """Return what makes this model again."""
        return {**super().get_config(), "clip": self.clip}
