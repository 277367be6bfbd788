# points: 10, 3, 4, 3
# A right answer with other operations and helpers than most would choose.

# %%
import keras


# %%
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
    if not 0 < q < 1:
        raise ValueError(f"The quantile q must lie between 0 and 1, without these: got q={q}")
    low, high = float(q), float(1 - q)

    def pinball(y_true, y_pred):
        y_true, y_pred = map(keras.ops.convert_to_tensor, (y_true, y_pred))
        missing, excess = keras.ops.relu(y_true - y_pred), keras.ops.relu(y_pred - y_true)
        return keras.ops.mean(low * missing + high * excess, axis=-1)

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
        super().__init__(**kwargs)
        self.q, self.pinball = q, quantile_loss(q)

    def call(self, y_true, y_pred):
        return self.pinball(y_true, y_pred)

    def get_config(self):
        return super().get_config() | {"q": self.q}
