# points: 10, 3, 4, 3
# The straightforward answer of a reader of the statement.
# %%
import keras
import tensorflow as tf


# %%
def check_quantile(q):
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1 (and neither of them), got {q}")


def pinball(q, y_true, y_pred):
    """The loss of each sample, of shape (batch,)."""
    q = float(q)
    error = y_true - y_pred
    return tf.reduce_mean(tf.maximum(q * error, (q - 1) * error), axis=-1)


def quantile_loss(q):
    """Return the pinball loss for a quantile, as a function for `compile`.

    Args:
        q: the quantile, between 0 and 1.

    Returns:
        A function that takes labels and predictions, float tensors of shape (batch, 1), and returns
        the loss of each sample.

    Raises:
        ValueError: `q` is not between 0 and 1.
    """
    check_quantile(q)

    def loss(y_true, y_pred):
        return pinball(q, y_true, y_pred)

    return loss


@keras.saving.register_keras_serializable()
class QuantileLoss(keras.losses.Loss):
    """The pinball loss for a quantile.

    Args:
        q: the quantile, between 0 and 1.

    Raises:
        ValueError: `q` is not between 0 and 1.
    """

    def __init__(self, q=0.5, **kwargs):
        super().__init__(**kwargs)
        check_quantile(q)
        self.q = q

    def call(self, y_true, y_pred):
        return pinball(self.q, y_true, y_pred)

    def get_config(self):
        return {**super().get_config(), "q": self.q}
