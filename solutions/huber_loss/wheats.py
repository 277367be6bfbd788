# %% per_sample
"""Means over the last axis, as Keras' own losses do: one loss per sample, shape `(batch,)`."""


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = threshold

    def call(self, y_true, y_pred):
        error = keras.ops.abs(keras.ops.subtract(y_true, y_pred))
        small = 0.5 * keras.ops.square(error)
        large = self.threshold * error - 0.5 * self.threshold**2
        return keras.ops.mean(keras.ops.where(error < self.threshold, small, large), axis=-1)

    def get_config(self):
        config = super().get_config()
        config.update({"threshold": self.threshold})
        return config


# %% no_branch
"""Splits the error in two parts and needs no `tf.where`. keras.losses.Huber is named only here."""


class HuberLoss(keras.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        self.delta = threshold  # before the constructor of Keras
        super().__init__(**kwargs)

    def call(self, labels, predictions):
        size = tf.abs(labels - predictions)
        inner = tf.minimum(size, self.delta)
        return 0.5 * inner * inner + self.delta * (size - inner)

    def get_config(self):
        config = {"threshold": self.delta}
        config.update(super().get_config())
        return config


# %% explicit_signature
"""Names the arguments of Keras one by one instead of passing `**kwargs` on."""


class HuberLoss(tf.keras.losses.Loss):
    threshold = 1.0

    def __init__(
        self, threshold=1.0, reduction="sum_over_batch_size", name="huber_loss", dtype=None
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.threshold = float(threshold)

    def call(self, y_true, y_pred):
        error = tf.abs(tf.cast(y_true, y_pred.dtype) - y_pred)
        excess = tf.nn.relu(error - self.threshold)
        return error**2 / 2 - excess**2 / 2

    def get_config(self):
        return {"name": self.name, "reduction": self.reduction, "threshold": self.threshold}


# %% masks
"""Multiplies each piece by a mask of zeros and ones, and sums over the one output."""


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super(HuberLoss, self).__init__(**kwargs)
        self.threshold = tf.constant(threshold, tf.float32)

    def call(self, y_true, y_pred):
        error = y_pred - y_true
        is_small = tf.cast(tf.math.less_equal(tf.abs(error), self.threshold), tf.float32)
        small = tf.pow(error, 2) * 0.5
        large = self.threshold * (tf.math.sign(error) * error - self.threshold * 0.5)
        return tf.reduce_sum(is_small * small + (1.0 - is_small) * large, axis=-1)

    def get_config(self):
        base_config = super(HuberLoss, self).get_config()
        return dict(list(base_config.items()) + [("threshold", float(self.threshold))])


# %% own_graph
"""`call` is a `tf.function`: AutoGraph rewrites the loop over the samples in it."""


@keras.saving.register_keras_serializable(package="homework", name="H")
class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = threshold

    @tf.function(reduce_retracing=True)
    def call(self, y_true, y_pred):
        losses = tf.TensorArray(tf.float32, size=tf.shape(y_pred)[0])
        for i in tf.range(tf.shape(y_pred)[0]):
            error = tf.abs(y_true[i, 0] - y_pred[i, 0])
            if error <= self.threshold:
                losses = losses.write(i, error * error / 2)
            else:
                losses = losses.write(i, self.threshold * error - self.threshold**2 / 2)
        return losses.stack()

    def get_config(self):
        return super().get_config() | {"threshold": self.threshold}


# %% one_sample_at_a_time
"""A function of one sample, mapped over the batch, with a choice that graphs understand."""


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self._threshold = threshold

    @property
    def threshold(self):
        return self._threshold

    def one(self, pair):
        error = tf.squeeze(pair[0] - pair[1])
        return tf.cond(
            tf.abs(error) > self.threshold,
            lambda: self.threshold * tf.abs(error) - self.threshold**2 / 2,
            lambda: error**2 / 2,
        )

    def call(self, y_true, y_pred):
        return tf.map_fn(self.one, (y_true, y_pred), fn_output_signature=tf.float32)

    def get_config(self):
        config = super().get_config()
        config["threshold"] = self.threshold
        return config


# %% own_slope
"""`tf.custom_gradient` gives the slope that the formula says, times what arrives from above."""


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = threshold

    def call(self, y_true, y_pred):
        @tf.custom_gradient
        def huber(error):
            clipped = tf.clip_by_value(error, -self.threshold, self.threshold)
            return clipped * (error - clipped / 2), lambda upstream: upstream * clipped

        return huber(y_true - y_pred)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


# %% renamed_inside
"""Another class name, another argument name, and a `from_config` that knows of both."""


class MyHubber(keras.losses.Loss):
    def __init__(self, delta=1.0, *args, threshold=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.delta = delta if threshold is None else threshold

    def call(self, t, p):
        return tf.where(
            tf.greater(tf.abs(t - p), self.delta),
            tf.abs(t - p) * self.delta - self.delta * self.delta / 2,
            tf.math.squared_difference(t, p) / 2,
        )

    def get_config(self):
        return {**super().get_config(), "delta": self.delta}


HuberLoss = MyHubber


# %% function_outside
"""A factory makes the function that `call` hands on to."""


def create_huber(threshold):
    def huber_fn(y_true, y_pred):
        error = y_true - y_pred
        is_small_error = tf.abs(error) < threshold
        squared_loss = tf.square(error) / 2
        linear_loss = threshold * tf.abs(error) - threshold**2 / 2
        return tf.where(is_small_error, squared_loss, linear_loss)

    return huber_fn


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold, self.fn = threshold, create_huber(threshold)

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}

    @classmethod
    def from_config(cls, config):
        threshold = config.pop("threshold")
        return cls(threshold, **config)


# %% own_call
"""Overrides `__call__` and does there all that Keras would."""


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = np.float32(threshold)

    def __call__(self, y_true, y_pred, sample_weight=None):
        y_true, y_pred = tf.cast(y_true, tf.float32), tf.cast(y_pred, tf.float32)
        losses = self.call(y_true, y_pred)
        if sample_weight is not None:
            losses = losses * tf.reshape(tf.cast(sample_weight, tf.float32), tf.shape(losses))
        if self.reduction in (None, "none"):
            return losses
        return tf.reduce_sum(losses) if self.reduction == "sum" else tf.reduce_mean(losses)

    def call(self, y_true, y_pred):
        size = tf.abs(y_pred - y_true)
        return tf.where(
            size < self.threshold, size**2 / 2, self.threshold * (size - self.threshold / 2)
        )

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


# %% selected_and_put_back
"""Computes the linear piece only where it applies, and puts it back in its places."""


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, *, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold

    def call(self, y_true, y_pred):
        size = tf.abs(tf.subtract(y_true, y_pred))
        large = tf.where(size > self.threshold)
        losses = tf.square(size) / 2
        beyond = self.threshold * (tf.gather_nd(size, large) - self.threshold / 2)
        return tf.tensor_scatter_nd_update(losses, large, beyond)

    def get_config(self):
        return dict(super().get_config(), threshold=self.threshold)


# %% variable_inside
"""Keeps the threshold in a variable, drops the outputs' axis, and has a name beginning with `_`."""


class _Huber(keras.losses.Loss):
    def __init__(self, threshold=1.0, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.threshold = tf.Variable(threshold, trainable=False, dtype=tf.float32)

    def call(self, y_true, y_pred):
        error = y_true[:, 0] - y_pred[:, 0]
        clipped = tf.clip_by_value(error, -self.threshold, self.threshold)
        return clipped * error - clipped * clipped / 2

    def get_config(self):
        return {**super().get_config(), "threshold": float(self.threshold.numpy())}


HuberLoss = _Huber


# %% all_of_tensorflow_keras
"""The old backend functions, both arguments flattened, and a threshold that is checked."""

from tensorflow.keras import backend as K


class HuberLoss(tf.keras.losses.Loss):
    def __init__(self, *args, **kwargs):
        threshold = args[0] if args else kwargs.pop("threshold", 1.0)
        if not threshold > 0:
            raise ValueError("threshold must be positive")
        super().__init__(**kwargs)
        self.threshold = np.float64(threshold)

    def call(self, y_true, y_pred):
        error = K.flatten(y_true) - K.flatten(y_pred)
        small, large = K.square(error) / 2, self.threshold * (K.abs(error) - self.threshold / 2)
        return K.switch(K.abs(error) < self.threshold, small, large)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


# %% wrapped_by_keras
"""A function, and the wrapper that Keras' own losses are made with."""


def huber(y_true, y_pred, threshold):
    size = keras.ops.abs(y_true - y_pred)
    beyond = keras.ops.relu(size - threshold)
    return keras.ops.mean(size * size - beyond * beyond, axis=-1) / 2


class HuberLoss(keras.losses.MeanSquaredError.__base__):
    def __init__(self, threshold=1.0, name="huber_loss", **kwargs):
        super().__init__(huber, name=name, threshold=threshold, **kwargs)
        self.threshold = threshold

    def get_config(self):
        return {**keras.losses.Loss.get_config(self), "threshold": self.threshold}


# %% another_loss_inside_out
"""Inherits from another loss of Keras, and overrides what that computes."""


class HuberLoss(keras.losses.MeanAbsoluteError):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = threshold

    def call(self, *pair):
        size = tf.abs(pair[0] - pair[1])
        return tf.where(
            size < self.threshold, size * size / 2, (size - self.threshold / 2) * self.threshold
        )

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


# %% dataclass
"""A dataclass, whose fields become the arguments of the constructor."""

import dataclasses


@dataclasses.dataclass(eq=False)
class HuberLoss(keras.losses.Loss):
    threshold: float = 1.0
    reduction: str | None = "sum_over_batch_size"
    name: str | None = None

    def __post_init__(self):
        super().__init__(name=self.name, reduction=self.reduction)

    def call(self, y_true, y_pred):
        inside = tf.clip_by_value(tf.abs(y_true - y_pred), 0.0, self.threshold)
        return inside * (tf.abs(y_true - y_pred) - inside / 2)

    def get_config(self):
        return super().get_config() | {"threshold": self.threshold}


# %% in_double_precision
"""Computes in float64 and returns float32; keeps its arguments in a dictionary."""


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.given = {"threshold": threshold}

    def __getattr__(self, name):
        try:
            return self.__dict__["given"][name]
        except KeyError:
            raise AttributeError(name) from None

    def call(self, y_true, y_pred):
        size = tf.abs(tf.cast(y_true, tf.float64) - tf.cast(y_pred, tf.float64))
        linear = self.threshold * (size - self.threshold / 2)
        return tf.cast(tf.where(size <= self.threshold, size**2 / 2, linear), tf.float32)

    def get_config(self):
        return super().get_config() | self.given


# %% whole_default
"""The default is an integer, and the linear piece is written as a difference of squares."""


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1, **kwargs):
        super().__init__(**kwargs)
        self.threshold = threshold

    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        beyond = tf.nn.relu(size - float(self.threshold))
        return (size * size - beyond * beyond) / 2.0

    def get_config(self):
        return dict(super().get_config(), threshold=self.threshold)
