# autograder exercise: scale
# Fill in what says YOUR CODE HERE, then run: pytest exercises/scale.py

# %% [markdown]
# # Scale
#
# Multiply by `factor`.

# %%
import keras
import tensorflow as tf


# %%
class Scale(keras.layers.Layer):
    """Multiplies its input by a factor."""

    def __init__(self, factor=1.0, **kwargs):
        # YOUR CODE HERE
        raise NotImplementedError()

    def call(self, inputs):
        # YOUR CODE HERE
        raise NotImplementedError()

    def get_config(self):
        # YOUR CODE HERE
        raise NotImplementedError()


# %%
def test_doubles():
    """numerics: 3 becomes 6"""
    got = float(Scale(2.0)(tf.constant([3.0]))[0])
    assert got == 6.0, f"Scale(2.0) made {got} of 3.0, expected 6.0"
