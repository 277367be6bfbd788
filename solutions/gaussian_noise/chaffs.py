# %%
class Noise(keras.layers.Layer):
    """The reference, with a method for the noise."""

    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev, self.seed = stddev, seed
        self.generator = keras.random.SeedGenerator(seed)

    def noise(self, inputs):
        return keras.random.normal(tf.shape(inputs), stddev=self.stddev, seed=self.generator)

    def call(self, inputs, training=None):
        return inputs + self.noise(inputs) if training else inputs

    def get_config(self):
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


# %% always_noisy loses="numerics serialization graph"
"""The noise is added when the model is used, too. Add it only if `training` is true."""


class MyGaussianNoise(Noise):
    def call(self, inputs, training=None):
        return inputs + self.noise(inputs)


# %% never_noisy loses="numerics serialization graph"
"""Nothing is added in training. Keras passes `training=True` to `call` then, if that has an
argument of this name; the constructor cannot know it, since it may change from call to call."""


class MyGaussianNoise(Noise):
    def call(self, inputs, training=None):
        return tf.identity(inputs)


# %% noisy_when_used loses="numerics serialization graph"
"""It is the wrong way round: the noise is added when the model is used, and left out in
training."""


class MyGaussianNoise(Noise):
    def call(self, inputs, training=None):
        return inputs if training else inputs + self.noise(inputs)


# %% noisy_if_told_anything loses="numerics serialization graph"
"""The noise is added with `training=False`, too. Ask whether `training` is true: it may be None or
False."""


class MyGaussianNoise(Noise):
    def call(self, inputs, training=None):
        return inputs if training is None else inputs + self.noise(inputs)


# %% noisy_by_default loses="numerics"
"""Without an argument the layer is noisy. If nobody says that a model is being trained, it is
not."""


class MyGaussianNoise(Noise):
    def call(self, inputs, training=True):
        return inputs + self.noise(inputs) if training is not False else inputs


# %% noisy_by_default_in_graphs loses="numerics"
"""In a graph, a call without the argument `training` is noisy. A graph is no sign of training:
models are used in graphs, too. If nobody says that a model is being trained, it is not."""


class MyGaussianNoise(Noise):
    def call(self, inputs, training=None):
        if training is None:
            training = tf.inside_function()
        return super().call(inputs, training)


# %% training_is_remembered loses="numerics"
"""After a call with `training=True`, the layer stays noisy: the next call without the argument adds
noise, too. `training` belongs to one call; keep nothing of it."""


class MyGaussianNoise(Noise):
    training = False

    def call(self, inputs, training=None):
        if training is not None:
            self.training = training
        return super().call(inputs, self.training)


# %% training_of_the_constructor loses="numerics serialization graph" like="never_noisy"
class MyGaussianNoise(Noise):
    def __init__(self, stddev, seed=None, training=False, **kwargs):
        super().__init__(stddev, seed, **kwargs)
        self.training = training

    def call(self, inputs):
        return inputs + self.noise(inputs) if self.training else inputs


# %% noise_of_numpy loses="numerics serialization graph"
"""NumPy draws while the graph is made, and every step of training adds the same numbers. Let
TensorFlow or Keras draw, with an operation that is part of the graph."""


class MyGaussianNoise(Noise):
    def noise(self, inputs):
        rows = inputs.shape[0] or 1
        return np.random.normal(0, self.stddev, (rows, *inputs.shape[1:])).astype("float32")


# %% generator_of_numpy loses="graph"
"""NumPy draws while the graph is made, and every step of training adds the same numbers. Let
TensorFlow or Keras draw, with an operation that is part of the graph."""


class MyGaussianNoise(Noise):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(stddev, seed, **kwargs)
        self.random = np.random.default_rng(seed)

    def noise(self, inputs):
        rows = inputs.shape[0] or 1
        shape = (rows, *inputs.shape[1:])
        return self.random.normal(0, self.stddev, shape).astype("float32")


# %% the_same_at_each_call loses="numerics graph"
"""A plain number as seed gives the same noise in each call. A `keras.random.SeedGenerator`, made
in the constructor, moves on."""


class MyGaussianNoise(Noise):
    def noise(self, inputs):
        seed = 0 if self.seed is None else self.seed
        return keras.random.normal(tf.shape(inputs), stddev=self.stddev, seed=seed)


# %% drawn_in_build loses="numerics graph"
"""The noise is drawn once, when the layer is built, and every call adds the same to all samples.
Draw it in `call`, in the shape of the inputs."""


class MyGaussianNoise(Noise):
    def build(self, input_shape):
        self.drawn = keras.random.normal(input_shape[1:], stddev=self.stddev, seed=self.generator)

    def noise(self, inputs):
        return self.drawn


# %% seed_unused loses="numerics serialization"
"""What a layer draws depends on something else than its seed, so that two layers with the same seed
draw different noise: on how many random operations there were before, as `tf.random.normal(seed=…)`
does, or on a generator that was not made with the seed, or that others share. Make a generator in
the constructor, with the seed that it is given."""


class MyGaussianNoise(Noise):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(stddev, seed, **kwargs)
        self.generator = keras.random.SeedGenerator()


# %% seed_of_tensorflow loses="numerics serialization" like="seed_unused"
class MyGaussianNoise(Noise):
    def noise(self, inputs):
        return tf.random.normal(tf.shape(inputs), stddev=self.stddev, seed=self.seed)


# %% one_generator_for_all loses="numerics serialization" like="seed_unused"
shared = keras.random.SeedGenerator(1)


class MyGaussianNoise(Noise):
    def noise(self, inputs):
        return keras.random.normal(tf.shape(inputs), stddev=self.stddev, seed=shared)


# %% generator_made_in_call loses="numerics graph"
"""A generator that is made in `call` begins anew each time. Make it once, in the constructor."""


class MyGaussianNoise(Noise):
    def noise(self, inputs):
        seed = 1 if self.seed is None else self.seed
        generator = tf.random.Generator.from_seed(seed)
        return generator.normal(tf.shape(inputs), stddev=self.stddev)


# %% set_seed_in_call loses="numerics"
"""With a seed, each call begins the sequence anew and adds the same noise. The sequence begins
once, in the constructor, with a generator that moves on from call to call."""


class MyGaussianNoise(Noise):
    def noise(self, inputs):
        if self.seed is not None:
            tf.random.set_seed(self.seed)
        return tf.random.normal(tf.shape(inputs), stddev=self.stddev)


# %% seed_zero_is_none loses="numerics"
"""The seed 0 is taken for no seed: two layers with `seed=0` draw different noise. In Python, 0 is
false, as None is. Ask `seed is None`."""


class MyGaussianNoise(Noise):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(stddev, seed, **kwargs)
        self.generator = keras.random.SeedGenerator(seed or None)


# %% frozen_if_seeded loses="graph"
"""A layer with a seed freezes in a graph: every call of the graph adds the same noise. What Python
counts or draws stands still there, as it is read once, while the graph is made. A
`keras.random.SeedGenerator` moves on in graphs, too."""


class MyGaussianNoise(Noise):
    calls = 0

    def noise(self, inputs):
        if self.seed is None:
            return super().noise(inputs)
        self.calls += 1
        seed = [self.seed, self.calls]
        return tf.random.stateless_normal(tf.shape(inputs), seed, stddev=self.stddev)


# %% default_seed loses="numerics"
"""Without a seed, two layers draw the same noise. Each needs a start of its own, and neither a
number in your code nor the time of day is one. With None, `keras.random.SeedGenerator` finds
one."""


class MyGaussianNoise(Noise):
    def __init__(self, stddev, seed=42, **kwargs):
        super().__init__(stddev, 42 if seed is None else seed, **kwargs)


# %% same_noise_for_all_samples loses="numerics graph"
"""The noise has no axis for the batch, so all samples get the same. Draw it in the shape of the
inputs."""


class MyGaussianNoise(Noise):
    def noise(self, inputs):
        return keras.random.normal(tf.shape(inputs)[1:], stddev=self.stddev, seed=self.generator)


# %% same_noise_for_all_features loses="numerics"
"""All features of a sample get the same noise. Draw it in the shape of the inputs."""


class MyGaussianNoise(Noise):
    def noise(self, inputs):
        rows = tf.shape(inputs[..., :1])
        return keras.random.normal(rows, stddev=self.stddev, seed=self.generator)


# %% uniform loses="numerics"
"""The noise is not normal: numbers far from 0 are missing, and the others are more even. Draw from
a normal distribution."""


class MyGaussianNoise(Noise):
    def noise(self, inputs):
        limit = self.stddev * 3**0.5
        return keras.random.uniform(tf.shape(inputs), -limit, limit, seed=self.generator)


# %% truncated loses="numerics"
"""Numbers far from 0 are missing: this normal distribution is truncated. Take one that is not."""


class MyGaussianNoise(Noise):
    def noise(self, inputs):
        return keras.random.truncated_normal(
            tf.shape(inputs), stddev=1.137 * self.stddev, seed=self.generator
        )


# %% stddev_as_variance loses="numerics"
"""`stddev` is taken for the variance. It is the standard deviation, which is what `stddev=`
expects."""


class MyGaussianNoise(Noise):
    def noise(self, inputs):
        return keras.random.normal(tf.shape(inputs), stddev=self.stddev**0.5, seed=self.generator)


# %% variance_as_stddev loses="numerics"
"""`stddev` is squared, as if a variance were asked for. Pass it on as it is."""


class MyGaussianNoise(Noise):
    def noise(self, inputs):
        return keras.random.normal(tf.shape(inputs), stddev=self.stddev**2, seed=self.generator)


# %% stddev_unused loses="numerics"
"""The noise has the deviation 1, whatever was asked for. `keras.random.normal` takes the shape, the
mean and then the standard deviation: pass this one by keyword, as `stddev=`."""


class MyGaussianNoise(Noise):
    def noise(self, inputs):
        return keras.random.normal(tf.shape(inputs), seed=self.generator)


# %% stddev_as_mean loses="numerics" like="stddev_unused"
class MyGaussianNoise(Noise):
    def noise(self, inputs):
        return keras.random.normal(tf.shape(inputs), self.stddev, seed=self.generator)


# %% positive_noise loses="numerics"
"""The noise is never negative, so it moves the inputs up. Its mean should be 0."""


class MyGaussianNoise(Noise):
    def noise(self, inputs):
        return tf.abs(super().noise(inputs))


# %% gradient_stopped loses="gradients"
"""In training no gradient reaches the inputs. Add the noise to the inputs as they are: it does not
replace them, and `tf.stop_gradient` belongs around nothing but the noise."""


class MyGaussianNoise(Noise):
    def call(self, inputs, training=None):
        return tf.stop_gradient(inputs + self.noise(inputs)) if training else inputs


# %% noise_instead_of_inputs loses="numerics gradients" like="gradient_stopped"
class MyGaussianNoise(Noise):
    def call(self, inputs, training=None):
        return self.noise(inputs) if training else inputs


# %% stddev_is_learned loses="gradients"
"""The noise depends on a weight that training changes. This layer has nothing to learn: the
standard deviation stays what the constructor was given. A Python number will do."""


class MyGaussianNoise(Noise):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(stddev, seed, **kwargs)
        start = keras.initializers.Constant(stddev)
        self.deviation = self.add_weight(name="stddev", shape=(), initializer=start)

    def noise(self, inputs):
        return self.deviation * keras.random.normal(tf.shape(inputs), seed=self.generator)


# %% multiplied loses="numerics gradients"
"""The inputs are multiplied by the noise. It is added, and does not depend on them."""


class MyGaussianNoise(Noise):
    def call(self, inputs, training=None):
        return inputs * (1 + self.noise(inputs)) if training else inputs


# %% known_sizes loses="graph"
"""The size of the batch may be unknown while a graph is made: `inputs.shape[0]` is then None.
`tf.shape(inputs)` knows it when the graph runs."""


class MyGaussianNoise(Noise):
    def noise(self, inputs):
        return keras.random.normal(inputs.shape, stddev=self.stddev, seed=self.generator)


# %% configuration_without_the_seed loses="serialization"
"""A layer made from the configuration draws other noise, and nothing says so. The configuration has
to hold the seed, just as the constructor was given it."""


class MyGaussianNoise(Noise):
    def get_config(self):
        return {**keras.layers.Layer.get_config(self), "stddev": self.stddev}


# %% seed_mixed_twice loses="serialization" like="configuration_without_the_seed"
class MyGaussianNoise(Noise):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(stddev, None if seed is None else 48271 * seed + 11, **kwargs)


# %% configuration_without_stddev loses="serialization"
"""The configuration does not hold `stddev`, so the constructor cannot be called again. Return what
`super().get_config()` returns, with `stddev` and `seed` added."""


class MyGaussianNoise(Noise):
    def get_config(self):
        return {**keras.layers.Layer.get_config(self), "seed": self.seed}


# %% no_configuration loses="serialization" like="configuration_without_stddev"
class MyGaussianNoise(Noise):
    def get_config(self):
        return keras.layers.Layer.get_config(self)


# %% arguments_swallowed loses="serialization"
"""The constructor drops the keyword arguments that belong to Keras, like `name`. Pass `**kwargs`
on."""


class MyGaussianNoise(Noise):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(stddev, seed)
