# points: 10, 3, 4, 3
# A right answer with raw TensorFlow, explicit casts and loops of the graph.
# %%
import keras
import tensorflow as tf


# %%
def _checked(q):
    """Return `q`, or raise a ValueError."""
    try:
        inside = bool(0 < q < 1)
    except TypeError:
        inside = False
    if not inside:
        raise ValueError(f"q must lie between 0 and 1 (and be neither), but it is {q!r}")
    return q


def _pinball(q, y_true, y_pred):
    """The loss of each sample, of shape (batch,)."""
    y_pred = tf.convert_to_tensor(y_pred)
    y_true = tf.cast(tf.convert_to_tensor(y_true), y_pred.dtype)
    y_true = tf.reshape(y_true, tf.shape(y_pred))
    low = tf.constant(float(q), y_pred.dtype)
    high = tf.constant(1.0 - float(q), y_pred.dtype)

    @tf.custom_gradient
    def loss(true, pred):
        error = true - pred
        too_low = tf.greater_equal(error, tf.zeros([], error.dtype))

        def slope(upstream):
            upstream = tf.convert_to_tensor(upstream)
            in_pred = upstream * tf.where(too_low, -low, high)
            return -in_pred, in_pred

        return tf.where(too_low, low * error, -high * error), slope

    return tf.reshape(loss(y_true, y_pred), [-1])


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
    q = _checked(q)

    def pinball(y_true, y_pred):
        return _pinball(q, y_true, y_pred)

    return pinball


@keras.saving.register_keras_serializable()
class QuantileLoss(keras.losses.Loss):
    """The pinball loss for a quantile.

    Args:
        q: the quantile, between 0 and 1.

    Raises:
        ValueError: `q` is not between 0 and 1.
    """

    def __init__(self, q=0.5, **kwargs):
        q = _checked(q)
        super().__init__(**kwargs)
        self.q = q

    def call(self, y_true, y_pred):
        return _pinball(self.q, y_true, y_pred)

    def get_config(self):
        config = dict(super().get_config())
        config["q"] = self.q
        return config
