"""Exercises on custom TensorFlow/Keras components, and the machine that grades them."""

__version__ = "0.1.0"
