# %% [markdown]
# # Huber

# %%
import keras
import tensorflow as tf


# %% tags=["solution"]
class HuberLoss(keras.losses.Loss):
    """Quadratic within `threshold` of the target, linear beyond it."""

    def __init__(self, threshold=1.0, **kwargs):
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.threshold = threshold
        ### END SOLUTION

    def call(self, y_true, y_pred):
        ### BEGIN SOLUTION
        error = y_true - y_pred
        size = tf.abs(error)
        squared = tf.square(error) / 2
        linear = self.threshold * (size - self.threshold / 2)
        return tf.where(size <= self.threshold, squared, linear)
        ### END SOLUTION

    def get_config(self):
        ### BEGIN SOLUTION
        return {**super().get_config(), "threshold": self.threshold}
        ### END SOLUTION


# %% tags=["tests"]
def test_small():
    assert float(HuberLoss()([[0.0]], [[0.5]])) == 0.125
