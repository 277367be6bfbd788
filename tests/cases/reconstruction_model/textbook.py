# points: 8, 3, 5, 4
# The straightforward answer of a reader of the statement.
# %%
import keras


# %%
class ReconstructionRegressor(keras.Model):
    """Predicts, and adds the error with which it reconstructs its inputs to the loss."""

    def __init__(self, output_dim, rate=0.05, **kwargs):
        super().__init__(**kwargs)
        self.output_dim = output_dim
        self.rate = rate
        self.first_hidden = keras.layers.Dense(30, activation="relu")
        self.second_hidden = keras.layers.Dense(30, activation="relu")
        self.prediction = keras.layers.Dense(output_dim)
        self.error_metric = keras.metrics.Mean(name="reconstruction_error")

    def build(self, input_shape):
        """Make the layer of the reconstruction, and build all layers."""
        n = input_shape[-1]
        self.reconstruction = keras.layers.Dense(n)
        self.first_hidden.build((None, n))
        self.second_hidden.build((None, 30))
        self.prediction.build((None, 30))
        self.reconstruction.build((None, 30))
        self.built = True

    def call(self, inputs):
        """Return the predictions; add the loss and update the metric."""
        hidden = self.second_hidden(self.first_hidden(inputs))
        error = keras.ops.mean(keras.ops.square(self.reconstruction(hidden) - inputs))
        self.add_loss(self.rate * error)
        self.error_metric.update_state(error)
        return self.prediction(hidden)

    def get_config(self):
        """Return what the constructor needs to make this model again."""
        return {**super().get_config(), "output_dim": self.output_dim, "rate": self.rate}
