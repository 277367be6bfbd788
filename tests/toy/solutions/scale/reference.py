# %% [markdown]
# # Scale
#
# Multiply by `factor`.

# %%
import keras
import tensorflow as tf


# %% tags=["solution"]
class Scale(keras.layers.Layer):
    """Multiplies its input by a factor."""

    def __init__(self, factor=1.0, **kwargs):
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.factor = factor
        ### END SOLUTION

    def call(self, inputs):
        ### BEGIN SOLUTION
        return self.factor * inputs
        ### END SOLUTION

    def get_config(self):
        ### BEGIN SOLUTION
        return {**super().get_config(), "factor": self.factor}
        ### END SOLUTION


# %% tags=["tests"]
def test_doubles():
    """numerics: 3 becomes 6"""
    got = float(Scale(2.0)(tf.constant([3.0]))[0])
    assert got == 6.0, f"Scale(2.0) made {got} of 3.0, expected 6.0"
