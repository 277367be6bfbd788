# %% eps_outside_the_root loses="numerics gradients"
"""The small number is added to the standard deviation. It belongs under the root, beside the
variance. The two differ where the numbers of a row are small, and the slope of a root at 0 is
infinite: eps under the root is what keeps the gradient of a row of equal entries finite."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        mean = tf.reduce_mean(inputs, axis=-1, keepdims=True)
        deviation = tf.math.reduce_std(inputs, axis=-1, keepdims=True)
        return self.scale * (inputs - mean) / (deviation + self.eps) + self.offset


# %% no_eps loses="numerics gradients"
"""Nothing is added to the variance. A row whose entries are all equal has the variance 0, and 0/0
is NaN, in the answer and in the gradient. Add eps under the root."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        mean, variance = tf.nn.moments(inputs, axes=[-1], keepdims=True)
        return self.scale * (inputs - mean) / tf.sqrt(variance) + self.offset


# %% root_of_the_bare_variance loses="gradients"
"""The answers are right, but a root is taken before eps is added, and the slope of a root at 0 is
infinite: the gradient of a row of equal entries is NaN, although the root is squared again. Add eps
to the variance first, then take the root."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        centered = inputs - tf.reduce_mean(inputs, axis=-1, keepdims=True)
        deviation = tf.reduce_mean(tf.square(centered), axis=-1, keepdims=True) ** 0.5
        return self.scale * centered / (deviation**2 + self.eps) ** 0.5 + self.offset


# %% eps_as_a_lower_limit loses="numerics"
"""The variance is raised to eps where it is smaller, and else left alone. The formula adds eps to
every variance."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        mean, variance = tf.nn.moments(inputs, axes=[-1], keepdims=True)
        root = tf.sqrt(tf.maximum(variance, self.eps))
        return self.scale * (inputs - mean) / root + self.offset


# %% eps_squared loses="numerics gradients"
"""The square of eps is added to the variance. The formula adds eps itself: it is a variance, too,
and not a standard deviation."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        mean, variance = tf.nn.moments(inputs, axes=[-1], keepdims=True)
        root = tf.sqrt(variance + self.eps**2)
        return self.scale * (inputs - mean) / root + self.offset


# %% eps_written_down loses="numerics"
"""The call has a number of its own in the place of eps, whatever the constructor was given."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        mean, variance = tf.nn.moments(inputs, axes=[-1], keepdims=True)
        return tf.nn.batch_normalization(inputs, mean, variance, self.offset, self.scale, 0.001)


# %% another_default loses="numerics"
"""Without an argument, eps is not 0.001. Other libraries have other defaults, 1e-5 or 1e-6; this
layer promises 0.001."""


class MyLayerNormalization(MyLayerNormalization):
    def __init__(self, eps=1e-5, **kwargs):
        super().__init__(eps, **kwargs)


# %% epsilon_for_eps loses="numerics"
"""The constructor's argument is called `eps` in the statement; here it has another name, and
`eps=0.5` is an unknown argument of the base class."""


class MyLayerNormalization(MyLayerNormalization):
    def __init__(self, epsilon=0.001, **kwargs):
        super().__init__(epsilon, **kwargs)

    def get_config(self):
        config = super().get_config()
        return {**config, "epsilon": config.pop("eps")}

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        return cls(config.pop("epsilon", config.pop("eps", None)), **config)


# %% over_the_batch loses="numerics gradients"
"""Mean and variance are taken over axis 0, the batch. That is batch normalization: the answer for a
row depends on the rows beside it, and a batch of one becomes all zeros. The features of a row lie
along the last axis."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        mean, variance = tf.nn.moments(inputs, axes=[0], keepdims=True)
        return tf.nn.batch_normalization(inputs, mean, variance, self.offset, self.scale, self.eps)


# %% over_everything loses="numerics gradients"
"""Without an axis, mean and variance are those of the whole batch, one number each. Every row has
its own: say which axis, and keep it."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        mean, variance = tf.reduce_mean(inputs), tf.math.reduce_variance(inputs)
        return tf.nn.batch_normalization(inputs, mean, variance, self.offset, self.scale, self.eps)


# %% over_all_axes_but_the_first loses="numerics"
"""Inputs of rank 3 and more are normalized over all axes but the first, so that the steps of a
sequence share one mean. Only the last axis counts: each step is a row of its own."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        axes = list(range(1, len(inputs.shape)))
        mean, variance = tf.nn.moments(inputs, axes=axes, keepdims=True)
        return tf.nn.batch_normalization(inputs, mean, variance, self.offset, self.scale, self.eps)


# %% over_the_second_axis loses="numerics"
"""Mean and variance are taken over axis 1. That is the last axis only for inputs of rank 2; for
sequences it is the steps. The last axis is always -1."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        mean, variance = tf.nn.moments(inputs, axes=[1], keepdims=True)
        return tf.nn.batch_normalization(inputs, mean, variance, self.offset, self.scale, self.eps)


# %% keepdims_forgotten loses="numerics gradients serialization graph"
"""The mean over the last axis takes that axis away, and one number for each row does not line up
with the rows any more. `keepdims=True` leaves an axis of length 1 in its place."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        mean = tf.reduce_mean(inputs, axis=-1)
        variance = tf.math.reduce_variance(inputs, axis=-1)
        return self.scale * (inputs - mean) / tf.sqrt(variance + self.eps) + self.offset


# %% sample_variance loses="numerics gradients"
"""The sum of squares is divided by n - 1. That estimates the variance of a population from a
sample; here all entries of the row are known, and the sum is divided by n."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        centered = inputs - tf.reduce_mean(inputs, axis=-1, keepdims=True)
        square = tf.reduce_sum(tf.square(centered), axis=-1, keepdims=True)
        variance = square / (inputs.shape[-1] - 1)
        return self.scale * centered / tf.sqrt(variance + self.eps) + self.offset


# %% variance_by_the_short_formula loses="numerics"
"""The mean of the squares minus the square of the mean is the variance on paper. In float32, for
numbers around 10 000, it is the difference of two numbers that are rounded to multiples of 8. Take
the mean away first, and square then."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        mean = tf.reduce_mean(inputs, axis=-1, keepdims=True)
        square = tf.reduce_mean(tf.square(inputs), axis=-1, keepdims=True)
        variance = tf.maximum(square - tf.square(mean), 0)
        return self.scale * (inputs - mean) / tf.sqrt(variance + self.eps) + self.offset


# %% mean_not_taken_away loses="numerics gradients"
"""The row is divided by the root of its mean square, but its mean is still in it. That is another
layer, called RMS normalization."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        square = tf.reduce_mean(tf.square(inputs), axis=-1, keepdims=True)
        return self.scale * inputs / tf.sqrt(square + self.eps) + self.offset


# %% statistics_of_the_past loses="numerics gradients"
"""Out of training, the layer uses averages of means and variances that it has seen, as batch
normalization does. Layer normalization remembers nothing: each row has its own mean and variance,
in training and out of it."""


class MyLayerNormalization(MyLayerNormalization):
    def build(self, input_shape):
        super().build(input_shape)
        shape = (input_shape[-1],)
        self.moving_mean = self.add_weight(shape=shape, initializer="zeros", trainable=False)
        self.moving_variance = self.add_weight(shape=shape, initializer="ones", trainable=False)

    def call(self, inputs, training=False):
        if not training:
            normalized = (inputs - self.moving_mean) / tf.sqrt(self.moving_variance + self.eps)
            return self.scale * normalized + self.offset
        axes = list(range(len(inputs.shape) - 1))
        mean, variance = tf.nn.moments(inputs, axes)
        self.moving_mean.assign(0.9 * self.moving_mean + 0.1 * mean)
        self.moving_variance.assign(0.9 * self.moving_variance + 0.1 * variance)
        return super().call(inputs)


# %% no_weights loses="numerics gradients serialization graph"
"""Keras knows of no weights in this layer, so nothing can be learned. Make the scale and the offset
in `build`, with `self.add_weight`: Keras does not track a plain `tf.Variable`."""


class MyLayerNormalization(MyLayerNormalization):
    def build(self, input_shape):
        self.scale, self.offset = 1.0, 0.0


# %% scale_and_offset_not_used loses="numerics gradients"
"""Scale and offset are made but never used, so that they change nothing and learn nothing. Multiply
by the scale and add the offset."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        mean, variance = tf.nn.moments(inputs, axes=[-1], keepdims=True)
        return (inputs - mean) / tf.sqrt(variance + self.eps)


# %% offset_before_scale loses="numerics gradients"
"""The offset is added before the multiplication, so that it is scaled, too. Multiply first, add
then."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        mean, variance = tf.nn.moments(inputs, axes=[-1], keepdims=True)
        normalized = (inputs - mean) / tf.sqrt(variance + self.eps)
        return self.scale * (normalized + self.offset)


# %% one_scale_for_all loses="numerics gradients"
"""All features share one scale and one offset. Each feature has its own: the weights hold as many
values as the last axis of the inputs is long."""


class MyLayerNormalization(MyLayerNormalization):
    def build(self, input_shape):
        self.scale = self.add_weight(name="scale", shape=(1,), initializer="ones")
        self.offset = self.add_weight(name="offset", shape=(1,), initializer="zeros")


# %% weights_for_each_step loses="numerics graph"
"""In sequences, every step has a scale and an offset of its own. All rows share the same: the
number of values is the last entry of the input shape, and other entries may be unknown."""


class MyLayerNormalization(MyLayerNormalization):
    def build(self, input_shape):
        shape = tuple(input_shape[1:])
        self.scale = self.add_weight(name="scale", shape=shape, initializer="ones")
        self.offset = self.add_weight(name="offset", shape=shape, initializer="zeros")


# %% scale_starts_at_random loses="numerics"
"""Without an initializer, a weight starts at random. The scale starts as ones, so that a new layer
only normalizes."""


class MyLayerNormalization(MyLayerNormalization):
    def build(self, input_shape):
        size = input_shape[-1]
        self.scale = self.add_weight(name="scale", shape=(size,))
        self.offset = self.add_weight(name="offset", shape=(size,), initializer="zeros")


# %% plain_variables loses="gradients serialization" like="no_weights"


class MyLayerNormalization(MyLayerNormalization):
    def build(self, input_shape):
        self.scale = tf.Variable(tf.ones((input_shape[-1],), self.dtype))
        self.offset = tf.Variable(tf.zeros((input_shape[-1],), self.dtype))


# %% not_trainable loses="gradients"
"""The weights are made with `trainable=False`, so that training never changes them. Scale and
offset are learned."""


class MyLayerNormalization(MyLayerNormalization):
    def build(self, input_shape):
        size = input_shape[-1]
        self.scale = self.add_weight(shape=(size,), initializer="ones", trainable=False)
        self.offset = self.add_weight(shape=(size,), initializer="zeros", trainable=False)


# %% mean_and_variance_as_constants loses="gradients"
"""The gradient takes mean and variance for constants. They depend on the inputs, and have a part in
the gradient: without it, the slopes along a row do not add up to 0."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        mean, variance = tf.nn.moments(tf.stop_gradient(inputs), axes=[-1], keepdims=True)
        return self.scale * (inputs - mean) / tf.sqrt(variance + self.eps) + self.offset


# %% computed_by_numpy loses="gradients graph"
"""Mean and variance are cut off from the gradient, as by NumPy or `tf.stop_gradient`. They depend
on the inputs, and have a part in it. TensorFlow has functions for both that work in a graph."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        x = np.asarray(inputs)
        mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
        return self.scale * (inputs - mean) / np.sqrt(variance + self.eps) + self.offset


# %% always_float32 loses="numerics"
"""The call casts to float32, whatever the dtype of the layer. Keras has cast the inputs to that
dtype already, and the weights have it, too."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        x = tf.cast(inputs, tf.float32)
        mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
        normalized = (x - mean) / tf.sqrt(variance + self.eps)
        return tf.cast(normalized, inputs.dtype) * self.scale + self.offset


# %% eps_as_a_tensor loses="numerics serialization"
"""The constructor makes a float32 tensor of eps. It does not mix with float64, and a configuration
cannot hold it. A Python number takes the dtype of what it is added to."""


class MyLayerNormalization(MyLayerNormalization):
    def __init__(self, eps=0.001, **kwargs):
        super().__init__(tf.constant(eps, tf.float32), **kwargs)


# %% eps_not_in_the_configuration loses="serialization"
"""The configuration lacks eps, so that a layer that is loaded has the default again. Add it to what
`super().get_config()` returns."""


class MyLayerNormalization(MyLayerNormalization):
    def get_config(self):
        return keras.layers.Layer.get_config(self)


# %% configuration_by_hand loses="serialization"
"""The configuration holds eps alone, and what the base class would put there is missing: name,
dtype and trainable. Keep all of what `super().get_config()` returns."""


class MyLayerNormalization(MyLayerNormalization):
    def get_config(self):
        return {"eps": self.eps}


# %% kwargs_not_passed_on loses="numerics serialization"
"""The keyword arguments are accepted and then dropped: pass them on to the base class, which knows
what to do with name, dtype and trainable."""


class MyLayerNormalization(MyLayerNormalization):
    def __init__(self, eps=0.001, **kwargs):
        super().__init__(eps)


# %% no_kwargs loses="numerics serialization"
"""A configuration also holds the arguments of the base class, such as name. The constructor must
accept them, as `**kwargs`, and pass them on."""


class MyLayerNormalization(MyLayerNormalization):
    def __init__(self, eps=0.001):
        super().__init__(eps)


# %% built_in_inside loses="numerics gradients serialization graph"
"""The layer that does the work is Keras' own, which is switched off here: write the formula."""


class MyLayerNormalization(keras.layers.Layer):
    def __init__(self, eps=0.001, **kwargs):
        super().__init__(**kwargs)
        self.eps = eps
        self.inner = keras.layers.LayerNormalization(epsilon=eps, dtype=self.dtype_policy)

    def call(self, inputs):
        return self.inner(inputs)

    def get_config(self):
        return {**super().get_config(), "eps": self.eps}


# %% shape_of_two_axes loses="graph"
"""`compute_output_shape` takes the shape apart into two sizes, and sequences have three. The layer
changes no size at all: return the shape as it came, or leave the method out."""


class MyLayerNormalization(MyLayerNormalization):
    def compute_output_shape(self, input_shape):
        batch, size = input_shape
        return batch, size


# %% reshaped_to_unknown loses="graph"
"""The rows get their axes back from `inputs.shape`, in which unknown sizes are None. No reshaping
is needed; tf.shape would know the sizes when the graph runs."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        rows = tf.reshape(inputs, (-1, inputs.shape[-1]))
        return tf.reshape(super().call(rows), inputs.shape)


# %% a_loop_over_the_batch loses="graph"
"""A Python loop over a tensor needs to know its length, and a graph of unknown batch size does not.
Along the last axis, one operation treats all rows at once."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        normalize = super().call
        return tf.stack([normalize(row) for row in inputs])


# %% weights_frozen_in_the_graph loses="graph"
"""In a graph the layer computes with the weights as they were when the graph was made: NumPy reads
them once, and what `fit` learns changes nothing. Use the variables themselves, which the graph
reads in each call."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        if not tf.inside_function():
            return super().call(inputs)
        with tf.init_scope():  # out of the graph
            scale, offset = self.scale.numpy(), self.offset.numpy()
        mean, variance = tf.nn.moments(inputs, axes=[-1], keepdims=True)
        return scale * (inputs - mean) / tf.sqrt(variance + self.eps) + offset


# %% python_inside_the_graph loses="gradients graph"
"""`tf.py_function` and `tf.numpy_function` only call Python from the graph. What they compute is in
no graph and no file. TensorFlow has the operations for all of it."""


class MyLayerNormalization(MyLayerNormalization):
    def call(self, inputs):
        def normalize(x):
            mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
            return ((x - mean) / np.sqrt(variance + self.eps)).astype(x.dtype)

        normalized = tf.numpy_function(normalize, [inputs], inputs.dtype)
        return self.scale * tf.ensure_shape(normalized, inputs.shape) + self.offset
