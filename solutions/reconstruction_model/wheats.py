# %%
from keras import layers, ops

# %% layers_in_build
"""All layers are made in `build`, and built at once."""


class ReconstructionRegressor(keras.Model):
    def __init__(self, output_dim, rate=0.05, **kwargs):
        super().__init__(**kwargs)
        self.output_dim, self.rate = output_dim, rate
        self.reconstruction_mean = keras.metrics.Mean(name="reconstruction_error")

    def build(self, input_shape):
        width = input_shape[-1]
        self.hidden = []
        for units in (30, 30):
            self.hidden.append(layers.Dense(units, activation="relu"))
            self.hidden[-1].build((None, width))
            width = units
        self.out = layers.Dense(self.output_dim)
        self.reconstruct = layers.Dense(input_shape[-1])
        self.out.build((None, width))
        self.reconstruct.build((None, width))
        self.built = True

    def call(self, inputs, training=None):
        Z = inputs
        for layer in self.hidden:
            Z = layer(Z)
        error = ops.mean(ops.square(self.reconstruct(Z) - inputs))
        self.add_loss(self.rate * error)
        self.reconstruction_mean.update_state(error)
        return self.out(Z)

    def get_config(self):
        config = super().get_config()
        config.update({"output_dim": self.output_dim, "rate": self.rate})
        return config


# %% called_on_an_input
"""`build` calls every layer on a `keras.Input`, which builds it."""


class ReconstructionRegressor(ReconstructionRegressor):
    def build(self, input_shape):
        self.reconstruction = layers.Dense(input_shape[-1])
        x = self.second(self.first(keras.Input(input_shape[1:])))
        self.reconstruction(x)
        self.prediction(x)
        self.built = True


# %% nested_sequential
"""The hidden layers are a `Sequential` model, built as a whole; the error is a loss of Keras."""


class ReconstructionRegressor(keras.Model):
    def __init__(self, output_dim, rate=0.05, **kwargs):
        super().__init__(**kwargs)
        self.output_dim = output_dim
        self.rate = rate
        self.stack = keras.Sequential([layers.Dense(30, "relu"), layers.Dense(30, "relu")])
        self.head = layers.Dense(output_dim, activation="linear")
        self.squared = keras.losses.MeanSquaredError()
        self.shown = {"error": keras.metrics.Mean("reconstruction_error")}

    def build(self, input_shape):
        self.back = layers.Dense(units=input_shape[-1])
        self.stack.build(tuple(input_shape))
        self.head.build((None, 30))
        self.back.build((None, 30))

    def call(self, inputs):
        found = self.stack(inputs)
        error = self.squared(inputs, self.back(found))
        self.add_loss(error * self.rate)
        self.shown["error"].update_state(error)
        return self.head(found)

    def get_config(self):
        return super().get_config() | {"output_dim": self.output_dim, "rate": self.rate}


# %% layer_with_a_loss
"""A layer of one's own reconstructs, adds the loss and keeps the metric."""


class Reconstruction(layers.Layer):
    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.metric = keras.metrics.Mean(name="reconstruction_error")

    def build(self, shapes):
        inputs, hidden = shapes
        self.kernel = self.add_weight(name="kernel", shape=(hidden[-1], inputs[-1]))
        self.bias = self.add_weight(name="bias", shape=(inputs[-1],), initializer="zeros")

    def call(self, pair):
        inputs, hidden = pair
        error = tf.reduce_mean((tf.matmul(hidden, self.kernel) + self.bias - inputs) ** 2)
        self.add_loss(self.rate * error)
        self.metric.update_state(error)
        return hidden


class ReconstructionRegressor(keras.Model):
    def __init__(self, output_dim, rate=0.05, **kwargs):
        super().__init__(**kwargs)
        self.output_dim, self.rate = output_dim, rate
        self.hidden = [layers.Dense(30, activation="relu") for _ in range(2)]
        self.reconstruction = Reconstruction(rate)
        self.out = layers.Dense(output_dim)

    def call(self, inputs):
        values = inputs
        for layer in self.hidden:
            values = layer(values)
        return self.out(self.reconstruction([inputs, values]))

    def get_config(self):
        return {**super().get_config(), "output_dim": self.output_dim, "rate": self.rate}


# %% mean_over_samples
"""The metric gets the error of each sample, and weighs batches by their size; the target of the
reconstruction has no gradient."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.second(self.first(inputs))
        target = tf.stop_gradient(inputs)
        errors = keras.losses.mean_squared_error(target, self.reconstruction(values))
        self.error.update_state(errors)
        self.add_loss(self.rate * tf.reduce_mean(errors))
        return self.prediction(values)


# %% metric_of_its_own
"""A metric class with a sum and a count."""


class ReconstructionError(keras.metrics.Metric):
    def __init__(self, name="reconstruction_error", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, error, sample_weight=None):
        self.total.assign_add(error)
        self.count.assign_add(1.0)

    def result(self):
        return tf.math.divide_no_nan(self.total, self.count)


class ReconstructionRegressor(ReconstructionRegressor):
    def __init__(self, output_dim, rate=0.05, **kwargs):
        keras.Model.__init__(self, **kwargs)
        self.output_dim, self.rate = output_dim, rate
        self.first, self.second = (layers.Dense(30, activation="relu") for _ in range(2))
        self.prediction = layers.Dense(output_dim)
        self.error = ReconstructionError()


# %% metric_of_inputs
"""`keras.metrics.MeanSquaredError` gets inputs and reconstructions; what it is called is given."""


class ReconstructionRegressor(ReconstructionRegressor):
    def __init__(self, output_dim, rate=0.05, **kwargs):
        keras.Model.__init__(self, **kwargs)
        self.output_dim, self.rate = output_dim, rate
        self.first, self.second = (layers.Dense(30, activation="relu") for _ in range(2))
        self.prediction = layers.Dense(output_dim)
        self.error = keras.metrics.MeanSquaredError(name="reconstruction_error")

    def call(self, inputs, training=False):
        values = self.second(self.first(inputs))
        reconstructed = self.reconstruction(values)
        self.error.update_state(inputs, reconstructed)
        difference = reconstructed - inputs
        size = tf.cast(tf.size(difference), difference.dtype)
        self.add_loss(self.rate * tf.reduce_sum(difference * difference) / size)
        return self.prediction(values)


# %% functional_inside
"""`build` makes a Functional model with two outputs, and `call` uses it."""


class ReconstructionRegressor(keras.Model):
    def __init__(self, output_dim, rate=0.05, **kwargs):
        super().__init__(**kwargs)
        self.output_dim, self.rate = output_dim, rate
        self.mean_error = keras.metrics.Mean(name="reconstruction_error")

    def build(self, input_shape):
        inputs = keras.Input((input_shape[-1],))
        x = layers.Dense(30, activation="relu")(inputs)
        x = layers.Dense(30, activation="relu")(x)
        ends = [layers.Dense(self.output_dim)(x), layers.Dense(input_shape[-1])(x)]
        self.network = keras.Model(inputs, ends)

    def call(self, inputs):
        predictions, reconstructions = self.network(inputs)
        error = tf.reduce_mean(tf.math.squared_difference(inputs, reconstructions))
        self.add_loss(tf.multiply(error, self.rate))
        self.mean_error(error)
        return predictions

    def get_config(self):
        return {**super().get_config(), "output_dim": self.output_dim, "rate": self.rate}


# %% own_from_config
"""Another key in the configuration, and a `from_config` that knows it."""


@keras.saving.register_keras_serializable(package="course")
class ReconstructionRegressor(ReconstructionRegressor):
    def get_config(self):
        config = super().get_config()
        config["arguments"] = [config.pop("output_dim"), config.pop("rate")]
        return config

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        return cls(*config.pop("arguments"), **config)


# %% build_by_the_first_call
"""The width is asked of the first inputs, while Keras traces `call` to build the model."""


class ReconstructionRegressor(keras.Model):
    def __init__(self, output_dim, rate=0.05, **kwargs):
        super().__init__(**kwargs)
        self.output_dim, self.rate = output_dim, rate
        self.hidden1 = layers.Dense(30, activation="relu")
        self.hidden2 = layers.Dense(30, activation="relu")
        self.out = layers.Dense(output_dim)
        self.reconstruct = None
        self.reconstruction_mean = keras.metrics.Mean(name="reconstruction_error")

    def call(self, inputs):
        if self.reconstruct is None:
            self.reconstruct = layers.Dense(inputs.shape[-1])
        Z = self.hidden2(self.hidden1(inputs))
        error = tf.reduce_mean(tf.square(self.reconstruct(Z) - inputs))
        self.add_loss(self.rate * error)
        self.reconstruction_mean.update_state(error)
        return self.out(Z)

    def get_config(self):
        return {**super().get_config(), "output_dim": self.output_dim, "rate": self.rate}


# %% function_inside
"""A graph of its own computes predictions and error, so that gradients are zeros, not None; the
metric is made in `build`."""


class ReconstructionRegressor(keras.Model):
    def __init__(self, output_dim, rate=0.05, **kwargs):
        super().__init__(**kwargs)
        self.output_dim, self.rate = output_dim, rate

    def build(self, input_shape):
        n = input_shape[-1]
        self.average = keras.metrics.Mean(name="reconstruction_error")
        self.parts = {}
        for key, (ins, outs) in {
            "a": (n, 30),
            "b": (30, 30),
            "y": (30, self.output_dim),
            "r": (30, n),
        }.items():
            self.parts[key] = layers.Dense(outs, name=key)
            self.parts[key].build((None, ins))
        self.compute = tf.function(self.of_the_inputs, reduce_retracing=True)

    def of_the_inputs(self, x):
        a, b, y, r = (self.parts[key] for key in "abyr")
        values = tf.nn.relu(tf.nn.relu(x @ a.kernel + a.bias) @ b.kernel + b.bias)
        difference = values @ r.kernel + r.bias - x
        return values @ y.kernel + y.bias, tf.reduce_mean(difference * difference)

    def call(self, inputs):
        predictions, error = self.compute(tf.convert_to_tensor(inputs))
        self.add_loss(self.rate * error)
        self.average.update_state(error)
        return predictions

    def get_config(self):
        return {**super().get_config(), "output_dim": self.output_dim, "rate": self.rate}


# %% weights_of_the_model
"""The model itself owns all weights, and its layers are functions."""


class ReconstructionRegressor(keras.Model):
    def __init__(self, output_dim, rate=0.05, **kwargs):
        super().__init__(**kwargs)
        self.output_dim, self.rate = output_dim, rate
        self.average = keras.metrics.Mean(name="reconstruction_error")

    def build(self, input_shape):
        n = input_shape[-1]
        self.first, self.second = self.dense(n, 30, tf.nn.relu), self.dense(30, 30, tf.nn.relu)
        self.prediction, self.reconstruction = self.dense(30, self.output_dim), self.dense(30, n)

    def dense(self, ins, outs, activation=tf.identity):
        kernel = self.add_weight(shape=(ins, outs), initializer="glorot_uniform")
        bias = self.add_weight(shape=(outs,), initializer="zeros")
        return lambda x: activation(tf.matmul(x, kernel) + bias)

    def call(self, inputs):
        values = self.second(self.first(inputs))
        error = tf.reduce_mean(tf.square(inputs - self.reconstruction(values)))
        self.add_loss(self.rate * error)
        self.average.update_state(error)
        return self.prediction(values)

    def get_config(self):
        return {**super().get_config(), "output_dim": self.output_dim, "rate": self.rate}


# %% own_build_config
"""The file says how many inputs there are, and not which shape they had."""


class ReconstructionRegressor(ReconstructionRegressor):
    def get_build_config(self):
        return {"inputs": self.weights[0].shape[0]}

    def build_from_config(self, config):
        self.build((None, config["inputs"]))
        self.built = True
