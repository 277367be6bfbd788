# points: 12, 4, 0, 3
# The straightforward answer of a reader of the statement.
# %%
import keras
import numpy as np
import tensorflow as tf


# %%
class TwoOptimizers:
    """Trains some layers of a model with one optimizer, and all others with another."""

    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        """Find out which weights belong to which optimizer."""
        names = {layer.name for layer in model.layers}
        unknown = [name for name in lower if name not in names]
        if unknown:
            raise ValueError(f"the model has no layers named {unknown}")
        below = {
            id(weight)
            for layer in model.layers
            if layer.name in lower
            for weight in layer.trainable_variables
        }
        self.model, self.loss_fn = model, loss_fn
        self.lower_optimizer, self.upper_optimizer = lower_optimizer, upper_optimizer
        weights = model.trainable_variables
        self.lower_weights = [weight for weight in weights if id(weight) in below]
        self.upper_weights = [weight for weight in weights if id(weight) not in below]
        self.lower_optimizer.build(self.lower_weights)
        self.upper_optimizer.build(self.upper_weights)

    def step(self, x, y):
        """Train on one batch."""
        with tf.GradientTape() as tape:
            predictions = self.model(x, training=True)
            loss = self.loss_fn(y, predictions)
            for extra in self.model.losses:
                loss = loss + extra
        lower, upper = tape.gradient(loss, [self.lower_weights, self.upper_weights])
        self.lower_optimizer.apply(lower, self.lower_weights)
        self.upper_optimizer.apply(upper, self.upper_weights)
        return loss
