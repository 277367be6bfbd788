# points: 8, 3, 5, 4
# What a reader of the statement wrote with other operations than most.
# %%
import keras


# %%
class ReconstructionRegressor(keras.Model):
    """Its layers are a Functional model, which `build` makes: so they are built at once."""

    def __init__(self, output_dim, rate=0.05, **kwargs):
        super().__init__(**kwargs)
        self.output_dim, self.rate = output_dim, rate
        self.shown_error = keras.metrics.Mean(name="reconstruction_error")

    def build(self, input_shape):
        """Make the body, whose two ends are predictions and reconstructions."""
        width = int(input_shape[-1])
        inputs = keras.Input((width,))
        values = inputs
        for _ in range(2):
            values = keras.layers.Dense(30, activation="relu")(values)
        heads = [keras.layers.Dense(size)(values) for size in (self.output_dim, width)]
        self.body = keras.Model(inputs, heads)

    def call(self, inputs):
        """Return the predictions; add the loss and update the metric."""
        predictions, reconstructions = self.body(inputs)
        error = keras.ops.mean(keras.ops.square(reconstructions - inputs))
        self.add_loss(self.rate * error)
        self.shown_error.update_state(error)
        return predictions

    def get_config(self):
        """Return what the constructor needs."""
        return super().get_config() | {"output_dim": self.output_dim, "rate": self.rate}
