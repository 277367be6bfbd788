# points: 7, 4, 5, 2
"""A method that no model can call: half of the graph is lost."""

import keras


class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units, self.activation = units, keras.activations.get(activation)

    def build(self, input_shape):
        self.kernel = self.add_weight(name="k", shape=(input_shape[-1], self.units))
        self.bias = self.add_weight(name="b", shape=(self.units,))

    def call(self, inputs):
        return self.activation(inputs @ self.kernel + self.bias)

    def compute_output_shape(self, input_shape):
        return input_shape.with_rank_at_least(2)[:-1].concatenate(self.units)

    def get_config(self):
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "units": self.units, "activation": activation}
