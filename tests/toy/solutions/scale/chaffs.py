# %% adds loses="numerics gradients serialization graph"
"""Multiply; do not add."""


class Scale(Scale):
    def call(self, inputs):
        return inputs + self.factor


# %% forgets loses="serialization"
"""Return the factor from `get_config`."""


class Scale(Scale):
    def get_config(self):
        return keras.layers.Layer.get_config(self)


# %% numpy loses="gradients serialization graph"
"""NumPy leaves the graph; use TensorFlow's operations."""


class Scale(Scale):
    def call(self, inputs):
        return self.factor * inputs.numpy()


# %% python_op loses="serialization graph"
"""What `tf.py_function` wraps stays outside the graph."""


class Scale(Scale):
    def call(self, inputs):
        return tf.py_function(lambda x: self.factor * x, [inputs], tf.float32)
