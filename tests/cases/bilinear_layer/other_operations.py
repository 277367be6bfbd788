# points: 7, 5, 4, 4
# A right answer with other operations and helpers than most would choose.

# %%
import keras


# %%
class Bilinear(keras.layers.Layer):
    """A layer of two inputs: each unit is `a @ W_k @ b + c_k`.

    Args:
        units: the number of outputs.
        **kwargs: the arguments of `keras.layers.Layer`, such as `name` and `dtype`.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        # The layer is a dense one on the table of all products, whose weights keep both its axes.
        self.mix = keras.layers.EinsumDense(
            "bnm,nmk->bk",
            output_shape=int(units),
            bias_axes="k",
            dtype=self.dtype_policy,
            name="mix",
        )

    def build(self, input_shape):
        """Create the kernel and the bias for a list of two shapes, (batch, n) and (batch, m)."""
        (*_, n), (*_, m) = input_shape
        self.mix.build((None, n, m))
        self.trainable = self.trainable  # tells the new weights, if the layer was made frozen

    def call(self, inputs):
        """Return the answers of all units for a list of two tensors, (batch, n) and (batch, m)."""
        a, b = inputs
        return self.mix(keras.ops.expand_dims(a, 2) * keras.ops.expand_dims(b, 1))

    def get_config(self):
        """Return the base class' configuration together with `units`."""
        return super().get_config() | {"units": self.units}
