# points: 7, 6, 3, 3
# What a reader of the statement wrote with other operations than most.
# %%
import keras
import tensorflow as tf


# %%
class ClippedModel(keras.Model):
    """A functional model that scales its gradients to a global norm of at most `clip`."""

    def __init__(self, inputs, outputs, name=None, *, clip=1.0, **kwargs):
        super().__init__(inputs, outputs, name=name, **kwargs)
        self.clip = float(clip)
        self.norm_tracker = keras.metrics.Mean(name="grad_norm")

    def train_step(self, data):
        """Train on one batch, and return the logs."""
        ops = keras.ops
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        weights = self.trainable_variables
        gradients = tape.gradient(loss, weights)
        # Literally one long vector.
        norm = ops.norm(ops.concatenate([ops.reshape(one, (-1,)) for one in gradients]))
        factor = ops.where(norm > self.clip, self.clip / norm, ops.ones_like(norm))
        self.optimizer.apply([factor * one for one in gradients], weights)
        self.norm_tracker.update_state(norm)
        next(one for one in self.metrics if one.name == "loss").update_state(loss)
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def get_config(self):
        """Return what makes this model again."""
        return {**super().get_config(), "clip": self.clip}
