# points: 12, 4, 0, 3
# What a reader of the statement wrote with other operations than most.
# %%
import keras
import numpy as np
import tensorflow as tf


# %%
class TwoOptimizers:
    """Trains some layers of a model with one optimizer, and all others with another."""

    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        layers = {layer.name: layer for layer in model.layers}
        unknown = set(lower) - set(layers)
        if unknown:
            raise ValueError(f"no layers of the model: {sorted(unknown)}")
        below = {id(weight) for name in lower for weight in layers[name].weights}
        parts = {True: [], False: []}
        for weight in model.trainable_variables:
            parts[id(weight) in below].append(weight)
        self.model, self.loss_fn = model, loss_fn
        self.parts = [parts[True], parts[False]]
        self.optimizers = [lower_optimizer, upper_optimizer]
        for optimizer, weights in zip(self.optimizers, self.parts, strict=True):
            optimizer.build(weights)

    def step(self, x, y):
        """Train on one batch; return the loss before the weights have changed."""
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True))
            loss = tf.add_n([loss, *(tf.reduce_sum(one) for one in self.model.losses)])
        gradients = tape.gradient(loss, self.parts)
        for optimizer, *pairs in zip(self.optimizers, gradients, self.parts, strict=True):
            optimizer.apply_gradients(zip(*pairs, strict=True))
        return loss
