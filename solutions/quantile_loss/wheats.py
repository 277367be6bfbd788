# %% where
"""Two branches, chosen by the sign of the error, each form with its own code."""


def quantile_loss(q):
    if q <= 0 or q >= 1:
        raise ValueError("not a quantile: " + str(q))

    def pinball(y_true, y_pred):
        e = y_true - y_pred
        return tf.where(e >= 0, q * e, (q - 1) * e)

    return pinball


@keras.saving.register_keras_serializable(package="statistics")
class QuantileLoss(keras.losses.Loss):
    def __init__(self, q=0.5, **kwargs):
        super().__init__(**kwargs)
        if q <= 0 or q >= 1:
            raise ValueError("not a quantile: " + str(q))
        self.q = q

    def call(self, y_true, y_pred):
        e = y_true - y_pred
        return tf.where(e >= 0, self.q * e, (self.q - 1) * e)

    def get_config(self):
        config = super().get_config()
        config.update({"q": self.q})
        return config


# %% function_of_the_class
"""The class comes first, and the function is its `call`."""


@keras.saving.register_keras_serializable(name="Pinball")
class QuantileLoss(keras.losses.Loss):
    def __init__(self, q=0.5, name="pinball", **kwargs):
        super().__init__(name=name, **kwargs)
        if not 0.0 < q < 1.0:
            raise ValueError(f"q={q} is not between 0 and 1")
        self._q = q

    def call(self, y_true, y_pred):
        y_true = tf.convert_to_tensor(y_true)
        return tf.maximum(self._q * (y_true - y_pred), (1.0 - self._q) * (y_pred - y_true))

    def get_config(self):
        return dict(super().get_config(), q=self._q)


def quantile_loss(q):
    return QuantileLoss(q).call


# %% by_relu
"""Two ReLUs, one for each side, in Keras' operations; one number for each sample."""


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"Received q = {q!r}, which is no quantile")
    return lambda y_true, y_pred: keras.ops.squeeze(
        q * keras.ops.relu(y_true - y_pred) + (1 - q) * keras.ops.relu(y_pred - y_true), axis=-1
    )


@keras.saving.register_keras_serializable("course", "QuantileLoss")
class QuantileLoss(keras.losses.Loss):
    def __init__(self, q=0.5, **kwargs):
        self.of = quantile_loss(q)
        super().__init__(**kwargs)
        self.q = q

    def call(self, y_true, y_pred):
        return self.of(y_true, y_pred)

    def get_config(self):
        return super().get_config() | {"q": self.q}


# %% half_the_size_and_a_tilt
"""Half the absolute error, tilted by q - 1/2: the same numbers by another formula."""


def quantile_loss(q):
    if q * (1 - q) <= 0:
        raise ValueError(f"{q} is no quantile")

    def loss(labels, predictions):
        error = labels - predictions
        return 0.5 * tf.abs(error) + (q - 0.5) * error

    return loss


# %% partial
"""The function is a partial of a function of three arguments."""
import functools


def pinball(y_true, y_pred, *, q):
    error = tf.subtract(y_true, y_pred)
    return tf.reduce_max(tf.stack([q * error, (q - 1) * error]), axis=0)


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q must lie in (0, 1), not {q}")
    return functools.partial(pinball, q=q)


# %% object_that_can_be_called
"""What the function returns is an object with a `__call__`."""


class Pinball:
    def __init__(self, q):
        if not (0 < q and q < 1):
            raise ValueError(f"expected 0 < q < 1, received {q}")
        self.q = q

    def __call__(self, y_true, y_pred):
        error = y_true - y_pred
        return error * (self.q - tf.cast(error < 0, error.dtype))


def quantile_loss(q):
    return Pinball(q)


# %% custom_gradient
"""A gradient of its own, which is 0 where the prediction is right."""


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q = {q}")

    @tf.custom_gradient
    def loss(y_true, y_pred):
        error = y_true - y_pred
        weight = tf.where(error > 0, q * tf.ones_like(error), (1 - q) * tf.ones_like(error))

        def grad(upstream):
            pull = upstream * weight * tf.sign(error)
            return pull, -pull

        return weight * tf.abs(error), grad

    return loss


# %% wrapper_of_keras
"""The class is Keras' own wrapper of a loss function, as its built-in losses are."""


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")
    return lambda y_true, y_pred: pinball(y_true, y_pred, q)


def pinball(y_true, y_pred, q):
    error = y_true - y_pred
    return keras.ops.mean(keras.ops.maximum(q * error, (q - 1) * error), axis=-1)


@keras.saving.register_keras_serializable()
class QuantileLoss(keras.losses.Loss):
    def __init__(self, q=0.5, reduction="sum_over_batch_size", name="quantile_loss", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        if not 0 < q < 1:
            raise ValueError(f"q must be between 0 and 1. Received: {q}")
        self.fn, self.fn_kwargs = pinball, {"q": q}

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred, **self.fn_kwargs)

    def get_config(self):
        return {"name": self.name, "reduction": self.reduction, "q": self.fn_kwargs["q"]}


# %% property
"""`q` is a property that nobody can set, checked by a function of its own."""


def quantile(q):
    if 0 < q < 1:
        return q
    raise ValueError(f"not between 0 and 1: {q}")


def quantile_loss(q):
    q = quantile(q)

    @tf.function(reduce_retracing=True)
    def loss(y_true, y_pred):
        error = y_true - y_pred
        low = tf.cast(error > 0, tf.float32)
        return tf.abs(error) * (low * q + (1 - low) * (1 - q))

    return loss


@keras.saving.register_keras_serializable()
class QuantileLoss(keras.losses.Loss):
    def __init__(self, q=0.5, **kwargs):
        super().__init__(**kwargs)
        self._quantile = quantile(q)
        self._loss = quantile_loss(q)

    @property
    def q(self):
        return self._quantile

    def call(self, y_true, y_pred):
        return self._loss(y_true, y_pred)

    def get_config(self):
        return {**super().get_config(), "q": self.q}


# %% registered_afterwards
"""The class is registered by a call, after a base class of its own has done the work."""


class Asymmetric(keras.losses.Loss):
    low, high = 0.5, 0.5

    def call(self, y_true, y_pred):
        error = y_true - y_pred
        return self.low * tf.nn.relu(error) + self.high * tf.nn.relu(-error)


class QuantileLoss(Asymmetric):
    def __init__(self, q=0.5, **kwargs):
        super().__init__(**kwargs)
        if not 0 < q < 1:
            raise ValueError(f"q is {q}, and should be between 0 and 1")
        self.low, self.high, self.given = q, 1 - q, q

    def get_config(self):
        return {**super().get_config(), "q": self.given}


QuantileLoss = keras.saving.register_keras_serializable("mine")(QuantileLoss)
