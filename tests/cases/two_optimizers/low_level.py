# points: 12, 4, 0, 3
# What a reader of the statement wrote with low-level operations.
# %%
import keras
import numpy as np
import tensorflow as tf


# %%
class TwoOptimizers:
    """Trains some layers of a model with one optimizer, and all others with another."""

    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        """Find out which weights belong to which optimizer."""
        layers = {layer.name: layer for layer in model.layers}
        if unknown := set(lower) - set(layers):
            raise ValueError(f"no layers of the model: {sorted(unknown)}")
        named = {id(weight) for name in lower for weight in layers[name].weights}
        self.parts = [], []
        for weight in model.trainable_variables:
            self.parts[id(weight) not in named].append(weight)
        self.model, self.loss_fn = model, loss_fn
        self.optimizers = lower_optimizer, upper_optimizer
        for optimizer, weights in zip(self.optimizers, self.parts, strict=True):
            optimizer.build(weights)

    def step(self, x, y):
        """Train on one batch."""
        with tf.GradientTape() as tape:
            predictions = self.model(x, training=True)
            total = tf.add_n([self.loss_fn(y, predictions), *self.model.losses])
        slopes = tape.gradient(total, list(self.parts))
        for optimizer, some, weights in zip(self.optimizers, slopes, self.parts, strict=True):
            optimizer.apply(some, weights)
        return total
