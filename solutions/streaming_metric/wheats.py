# %% mean_of_keras
"""Inherits from `keras.metrics.Mean`, which keeps the sums and knows about weights."""


class HuberMetric(keras.metrics.Mean):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold

    def update_state(self, y_true, y_pred, sample_weight=None):
        error = keras.ops.abs(y_true - y_pred)
        inner = keras.ops.minimum(error, self.threshold)
        losses = inner**2 / 2 + self.threshold * (error - inner)
        super().update_state(keras.ops.mean(losses, axis=-1), sample_weight)

    def get_config(self):
        config = super().get_config()
        config["threshold"] = self.threshold
        return config


# %% metric_inside
"""Has no state of its own: a metric inside, in a list, keeps it and is reset with it."""


class HuberMetric(keras.Metric):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        self.delta = float(threshold)
        super().__init__(name=name, **kwargs)
        self.parts = [keras.metrics.Mean()]

    def update_state(self, y_true, y_pred, sample_weight=None):
        error = y_pred - y_true
        is_small = tf.cast(tf.abs(error) < self.delta, error.dtype)
        small, large = tf.square(error) / 2, self.delta * tf.abs(error) - self.delta**2 / 2
        losses = is_small * small + (1 - is_small) * large
        # Keras gives a weight of shape (batch,) to all outputs of its sample.
        self.parts[0].update_state(losses, sample_weight=sample_weight)

    def result(self):
        return self.parts[0].result()

    def get_config(self):
        config = {"threshold": self.delta}
        config.update(super().get_config())
        return config


# %% wrapped_function
"""`MeanMetricWrapper` makes a metric of a function."""


def huber(y_true, y_pred, threshold):
    error = keras.ops.abs(keras.ops.subtract(y_true, y_pred))
    return keras.ops.mean(
        keras.ops.where(
            error > threshold, threshold * error - 0.5 * threshold**2, 0.5 * error * error
        ),
        axis=-1,
    )


class HuberMetric(keras.metrics.MeanMetricWrapper):
    def __init__(self, threshold=1.0, name="huber_metric", dtype=None):
        super().__init__(huber, name=name, dtype=dtype, threshold=threshold)
        self.threshold = threshold

    def get_config(self):
        return keras.Metric.get_config(self) | {"threshold": self.threshold}


# %% elements
"""Sums over all elements, and divides by the sum of the weights over the same elements."""


class HuberMetric(keras.metrics.Metric):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.numerator = self.add_weight(initializer="zeros")
        self.denominator = self.add_weight(initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        error = tf.abs(y_true - y_pred)
        losses = tf.where(
            error < self.threshold,
            0.5 * tf.pow(error, 2),
            self.threshold * error - 0.5 * self.threshold**2,
        )
        weights = tf.ones_like(losses)
        if sample_weight is not None:
            weights *= tf.reshape(sample_weight, (-1, 1))
        self.numerator.assign(self.numerator + tf.reduce_sum(losses * weights))
        self.denominator.assign(self.denominator + tf.reduce_sum(weights))

    def result(self):
        nothing = self.denominator == 0
        safe = tf.where(nothing, 1.0, self.denominator)
        return tf.where(nothing, 0.0, self.numerator / safe)

    def reset_state(self):
        self.numerator.assign(0.0)
        self.denominator.assign(0.0)

    def get_config(self):
        base_config = super().get_config()
        return {**base_config, "threshold": self.threshold}


# %% one_vector
"""Keeps one variable with both sums, made by `keras.Variable`; sets attributes before `super`."""


@keras.saving.register_keras_serializable(package="mine", name="H")
class HuberMetric(keras.metrics.Metric):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        self.threshold = threshold
        super().__init__(name=name, **kwargs)
        self.state = keras.Variable(np.zeros(2, "float32"), trainable=False)

    def update_state(self, y, y_hat, sample_weight=None, **unused):
        error = tf.convert_to_tensor(y) - y_hat
        clipped = tf.clip_by_value(error, -self.threshold, self.threshold)
        losses = tf.reduce_mean(clipped * (error - clipped / 2), axis=-1, keepdims=True)
        if sample_weight is None:
            weights = tf.ones_like(losses)
        else:
            weights = tf.convert_to_tensor(sample_weight)
            if len(weights.shape) == 1:
                weights = weights[:, tf.newaxis]
        both = tf.concat([losses * weights, weights], axis=1)
        self.state.assign_add(tf.reduce_sum(both, axis=0))

    def result(self):
        return tf.math.divide_no_nan(*tf.unstack(self.state.value))

    def reset_states(self):
        """Not called by Keras 3; what it inherits does the same."""
        self.state.assign([0.0, 0.0])

    def get_config(self):
        return dict(super().get_config(), threshold=self.threshold)


# %% running_mean
"""Keeps the mean itself and moves it by each batch's share."""


class HuberMetric(HuberMetric):
    def update_state(self, y_true, y_pred, sample_weight=None):
        error = tf.math.abs(y_true - y_pred)
        excess = tf.nn.relu(error - self.threshold)
        losses = tf.reduce_mean((tf.square(error) - tf.square(excess)) / 2, axis=1)
        weights = tf.ones_like(losses)
        if sample_weight is not None:
            weights = tf.reshape(sample_weight, [-1])
        self.weight.assign_add(tf.reduce_sum(weights))
        step = tf.reduce_sum(weights * (losses - self.total))
        self.total.assign_add(tf.math.divide_no_nan(step, self.weight))

    def result(self):
        return self.total.value


# %% autograph_in_result
"""Its `result` is decorated, so that AutoGraph makes a graph of its Python `if`."""


class HuberMetric(HuberMetric):
    @tf.function
    def result(self):
        if self.weight == 0:
            return 0.0
        return self.total / self.weight


# %% cond_in_result
"""Chooses by `tf.cond`."""


class HuberMetric(HuberMetric):
    def result(self):
        return tf.cond(self.weight > 0, lambda: self.total / self.weight, lambda: 0.0)


# %% loops_over_its_variables
"""Resets by a loop over its variables; counts in whole numbers beside the weights."""


class HuberMetric(keras.metrics.Metric):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        super(HuberMetric, self).__init__(name=name, **kwargs)
        self.threshold = threshold
        self.total = self.add_variable(shape=(), initializer="zeros", name="total")
        self.weights_seen = self.add_variable(shape=(), initializer="zeros", name="weights")
        self.samples = self.add_variable((), "zeros", dtype="int32", name="samples")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = tf.cast(y_true, tf.float32)
        y_pred = tf.cast(y_pred, tf.float32)
        error = y_true - y_pred
        losses = tf.where(
            tf.abs(error) <= self.threshold,
            0.5 * error**2,
            self.threshold * (tf.abs(error) - 0.5 * self.threshold),
        )
        losses = tf.reduce_mean(losses, axis=-1)
        if sample_weight is not None:
            sample_weight = tf.cast(sample_weight, tf.float32)
            if sample_weight.shape.rank == 2:
                sample_weight = tf.squeeze(sample_weight, axis=1)
            self.total.assign_add(tf.tensordot(sample_weight, losses, 1))
            self.weights_seen.assign_add(tf.reduce_sum(sample_weight))
        else:
            self.total.assign_add(tf.reduce_sum(losses))
            self.samples.assign_add(tf.shape(losses)[0])

    def result(self):
        weight = self.weights_seen + tf.cast(self.samples.value, tf.float32)
        return self.total / tf.maximum(weight, 1e-12)

    def reset_state(self):
        for variable in self.variables:
            variable.assign(tf.zeros_like(variable.value))

    def get_config(self):
        return {"name": self.name, "dtype": self.dtype, "threshold": self.threshold}


# %% own_dtype
"""Casts to its own dtype and keeps its state in it; a tensor for the threshold."""


class HuberMetric(keras.metrics.Metric):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = tf.constant(threshold, self.dtype)
        self.total = self.add_weight(name="total", initializer="zeros", dtype=self.dtype)
        self.count = self.add_weight(name="count", initializer="zeros", dtype=self.dtype)

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true, y_pred = tf.cast(y_true, self.dtype), tf.cast(y_pred, self.dtype)
        error = tf.abs(y_true - y_pred)
        inner = tf.minimum(error, self.threshold)
        losses = tf.reduce_mean(inner * (error - inner / 2), axis=-1)
        weights = tf.ones_like(losses) if sample_weight is None else sample_weight
        weights = tf.reshape(tf.cast(weights, self.dtype), [-1])
        self.total.assign_add(tf.reduce_sum(losses * weights))
        self.count.assign_add(tf.reduce_sum(weights))

    def result(self):
        return tf.math.divide_no_nan(self.total.value, self.count.value)

    def get_config(self):
        return {**super().get_config(), "threshold": float(self.threshold)}


# %% own_from_config
"""A configuration of its own making, and a `from_config` that reads it."""


class HuberMetric(HuberMetric):
    def get_config(self):
        config = super().get_config()
        config["delta"] = config.pop("threshold")
        return config

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        return cls(config.pop("delta"), **config)


# %% safe_root
"""The root of the square, by `tf.sqrt`, whose gradient TensorFlow takes for zero where none
arrives."""


class HuberMetric(HuberMetric):
    def update_state(self, *batch, sample_weight=None):
        y_true, y_pred, *weights = batch
        size = tf.sqrt(tf.square(y_true - y_pred))
        delta = self.threshold
        losses = tf.where(size < delta, size**2 / 2, delta * size - delta**2 / 2)
        losses = tf.reduce_mean(losses, axis=-1, keepdims=True)
        weights = weights[0] if weights else sample_weight
        weights = tf.ones_like(losses) if weights is None else tf.reshape(weights, (-1, 1))
        self.total.assign_add(tf.squeeze(tf.matmul(weights, losses, transpose_a=True)))
        self.weight.assign_add(tf.reduce_sum(weights))


# %% variable_as_result
"""Keeps the result as well, in a variable, and returns that."""


class HuberMetric(HuberMetric):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.mean = self.add_weight(name="mean", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        super().update_state(y_true, y_pred, sample_weight)
        self.mean.assign(super().result())

    def result(self):
        return self.mean


# %% output_by_output
"""Loops over the outputs in Python, as their number is known."""


class HuberMetric(HuberMetric):
    def update_state(self, y_true, y_pred, sample_weight=None):
        outputs = y_true.shape[1]
        weights = 1.0 if sample_weight is None else tf.reshape(sample_weight, [-1])
        for output in range(outputs):
            error = tf.abs(y_true[:, output] - y_pred[:, output])
            linear = self.threshold * error - self.threshold**2 / 2
            losses = tf.where(error > self.threshold, linear, error * error / 2)
            self.total.assign_add(tf.reduce_sum(losses * weights) / outputs)
        self.weight.assign_add(tf.reduce_sum(tf.ones_like(losses) * weights))


# %% loss_inside
"""A `keras.losses.Loss` of its own inside, and `Mean` to average what it says."""


class HuberLoss(keras.losses.Loss):
    def __init__(self, delta):
        super().__init__(reduction="none")
        self.delta = delta

    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        linear = self.delta * (size - self.delta / 2)
        return tf.reduce_mean(tf.where(size <= self.delta, size * size / 2, linear), axis=-1)


class HuberMetric(keras.metrics.Metric):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.loss, self.mean = HuberLoss(threshold), keras.metrics.Mean()

    def update_state(self, y_true, y_pred, sample_weight=None):
        if sample_weight is not None and len(sample_weight.shape) > 1:
            sample_weight = sample_weight[:, 0]
        self.mean.update_state(self.loss(y_true, y_pred), sample_weight=sample_weight)

    def result(self):
        return self.mean.result()

    def reset_state(self):
        self.mean.reset_state()

    def get_config(self):
        return super().get_config() | {"threshold": self.threshold}


# %% two_sums
"""Two metrics of Keras add up, a property reads them, and what was assigned is returned."""


class HuberMetric(tf.keras.metrics.Metric):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        super(HuberMetric, self).__init__(name=name, **kwargs)
        self.threshold = threshold
        self.losses, self.count = keras.metrics.Sum(), keras.metrics.Sum()

    @property
    def mean(self):
        return tf.math.divide_no_nan(self.losses.result(), self.count.result())

    def update_state(self, y_true, y_pred, sample_weight=None):
        size = tf.keras.backend.abs(y_pred - y_true)
        beyond = tf.keras.backend.maximum(size - self.threshold, 0.0)
        losses = tf.reduce_mean(size * size - beyond * beyond, axis=-1) / 2
        weights = tf.ones_like(losses)
        if sample_weight is not None:
            weights = tf.reshape(sample_weight, tf.shape(losses))
        return [self.losses.update_state(losses, weights), self.count.update_state(weights)]

    def result(self):
        return self.mean

    def get_config(self):
        base_config = super(HuberMetric, self).get_config()
        return dict(list(base_config.items()) + list({"threshold": self.threshold}.items()))


# %% sums_in_float64
"""Adds up in float64 and answers in float32."""


class HuberMetric(keras.metrics.Metric):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.sums = [
            self.add_weight(name=n, initializer="zeros", dtype="float64")
            for n in ("loss", "weight")
        ]

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true, y_pred = (tf.cast(y, tf.float64) for y in (y_true, y_pred))
        size = tf.abs(y_true - y_pred)
        losses = tf.where(
            size <= self.threshold, size**2 / 2, self.threshold * (size - self.threshold / 2)
        )
        losses = tf.reduce_mean(losses, axis=-1, keepdims=True)
        weights = tf.ones_like(losses) if sample_weight is None else sample_weight
        weights = tf.reshape(tf.cast(weights, tf.float64), (-1, 1))
        for mine, new in zip(self.sums, (losses * weights, weights), strict=True):
            mine.assign_add(keras.ops.sum(new))

    def result(self):
        total, weight = self.sums
        return tf.cast(tf.math.divide_no_nan(total.value, weight.value), tf.float32)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


# %% another_metric_inside_out
"""Inherits from the mean squared error, and gives it another function to average."""


class HuberMetric(keras.metrics.MeanSquaredError):
    def __init__(self, threshold=1.0, name="huber_metric", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self._fn = self.huber
        self.threshold = threshold

    def huber(self, y_true, y_pred):
        inner = keras.ops.clip(y_true - y_pred, -self.threshold, self.threshold)
        return keras.ops.mean(inner * (y_true - y_pred - inner / 2), axis=-1)

    def get_config(self):
        return super().get_config() | {"threshold": self.threshold, "dtype": self.dtype}


# %% function_of_a_factory
"""A factory makes the function of one sample; `tf.map_fn` runs it, and a matrix product adds up."""


def create_huber(threshold):
    def huber_fn(pair):
        error = tf.subtract(*pair)
        is_small = tf.abs(error) < threshold
        return tf.reduce_mean(
            tf.where(is_small, tf.square(error) / 2, threshold * tf.abs(error) - threshold**2 / 2)
        )

    return huber_fn


class HuberMetric(HuberMetric):
    def update_state(self, y_true, y_pred, sample_weight=None):
        pairs = tf.convert_to_tensor(y_true), tf.convert_to_tensor(y_pred)
        losses = tf.map_fn(create_huber(self.threshold), pairs, fn_output_signature=tf.float32)
        if sample_weight is None:
            sample_weight = tf.ones(tf.shape(losses))
        weights = tf.reshape(sample_weight, (1, -1))
        self.total.assign_add((weights @ losses[:, tf.newaxis])[0, 0])
        self.weight.assign_add((weights @ tf.ones_like(losses)[:, tf.newaxis])[0, 0])


# %% default_inside
"""The default is filled in by the constructor, and the configuration holds what it was."""


class HuberMetric(HuberMetric):
    def __init__(self, threshold=None, name="huber_metric", **kwargs):
        super().__init__(1.0 if threshold is None else threshold, name=name, **kwargs)
