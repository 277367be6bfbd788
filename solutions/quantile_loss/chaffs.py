# %%
class Named(keras.losses.Loss):
    """The reference without its constructor and configuration, for those that get these wrong."""

    def call(self, y_true, y_pred):
        return quantile_loss(self.q)(y_true, y_pred)


# %% wrong_way_round loses="numerics gradients"
"""The two sides are exchanged: with q = 0.9 a prediction that is too low must cost nine times as
much as one that is too high. The error is the label minus the prediction."""


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")

    def loss(y_true, y_pred):
        error = y_pred - y_true
        return tf.maximum(q * error, (q - 1) * error)

    return loss


# %% minimum loses="numerics gradients"
"""The smaller of the two pieces is negative: this loss rewards errors. Take the larger one."""


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")

    def loss(y_true, y_pred):
        error = y_true - y_pred
        return tf.minimum(q * error, (q - 1) * error)

    return loss


# %% absolute_error loses="numerics gradients"
"""Both sides cost the same here, whatever q is. A prediction that is too low costs q times its
error, one that is too high 1 - q times."""


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")
    return lambda y_true, y_pred: tf.abs(y_true - y_pred) / 2


# %% other_side_not_weighted loses="numerics gradients"
"""Only one side is weighted with q; the other costs its whole error. It must cost 1 - q
times."""


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")

    def loss(y_true, y_pred):
        error = y_true - y_pred
        return tf.where(error >= 0, q * error, -error)

    return loss


# %% one_side_only loses="numerics gradients"
"""A prediction that is too high costs nothing here, so the model would climb for ever. It costs
1 - q times its error."""


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")
    return lambda y_true, y_pred: q * tf.nn.relu(y_true - y_pred)


# %% squared loses="numerics gradients"
"""The errors are squared, which gives an expectile and not a quantile. The pinball loss grows
linearly on both sides."""


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")

    def loss(y_true, y_pred):
        error = y_true - y_pred
        return tf.where(error >= 0, q, 1 - q) * tf.square(error)

    return loss


# %% rounded_at_zero loses="numerics gradients"
"""Near 0 the kink is rounded off. The pinball loss consists of two straight lines: however small
the error is, the slope is -q on one side and 1 - q on the other."""


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")

    def loss(y_true, y_pred):
        error = y_true - y_pred
        size = tf.sqrt(tf.square(error) + 1e-4)
        return tf.where(error >= 0, q * size, (1 - q) * size)

    return loss


# %% errors_clipped loses="numerics gradients"
"""Beyond some size, an error has no slope here, so that a prediction far off learns nothing. The
pinball loss consists of two straight lines that do not end: the slope is always -q or 1 - q."""


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")

    def loss(y_true, y_pred):
        error = tf.clip_by_value(y_true - y_pred, -100, 100)
        return tf.maximum(q * error, (q - 1) * error)

    return loss


# %% large_errors_without_a_slope loses="gradients" like="errors_clipped"
def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")

    def loss(y_true, y_pred):
        error = y_true - y_pred
        losses = tf.maximum(q * error, (q - 1) * error)
        return tf.where(tf.abs(error) > 50, tf.stop_gradient(losses), losses)

    return loss


# %% upstream_ignored loses="gradients graph"
"""The gradient that you state leaves out what arrives from above. The chain rule multiplies the
slope of each sample by it, and the mean of a batch arrives as 1 / batch."""


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")

    @tf.custom_gradient
    def loss(y_true, y_pred):
        error = y_true - y_pred

        def grad(upstream):
            slope = tf.where(error >= 0, -q * tf.ones_like(error), 1 - q)
            return -slope, slope

        return tf.maximum(q * error, (q - 1) * error), grad

    return loss


# %% twice loses="numerics gradients"
"""There is a factor of 2 too much. For q = 0.5 the loss is half the absolute error."""


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")

    def loss(y_true, y_pred):
        error = y_true - y_pred
        return 2 * tf.maximum(q * error, (q - 1) * error)

    return loss


# %% python_if loses="numerics gradients serialization graph"
"""A batch has errors of both signs, so no `if` can choose for all of them. Choose element by
element, with `tf.where` or `tf.maximum`."""


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")

    def loss(y_true, y_pred):
        error = y_true - y_pred
        if error > 0:
            return q * error
        return (q - 1) * error

    return loss


# %% all_pairs loses="numerics gradients"
"""Labels of shape (batch,) minus predictions of shape (batch, 1) is a (batch, batch) matrix: every
label meets every prediction. Both come as (batch, 1); leave them so, or change both."""


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")

    def loss(y_true, y_pred):
        error = tf.reshape(y_true, [-1]) - y_pred
        return tf.maximum(q * error, (q - 1) * error)

    return loss


# %% decided_for_the_batch loses="numerics gradients"
"""The sign of the error is decided for the whole batch. Some predictions are too low and others
too high: choose element by element."""


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")

    def loss(y_true, y_pred):
        error = y_true - y_pred
        return tf.where(tf.reduce_mean(error) >= 0, q * error, (q - 1) * error)

    return loss


# %% last_quantile_wins loses="numerics"
"""All losses share one q, and the last one that was made wins. Each must keep its own: an inner
function uses the argument of the outer one, and a class keeps it on `self`."""
shared = {}


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")
    shared["q"] = q

    def loss(y_true, y_pred):
        error = y_true - y_pred
        return tf.maximum(shared["q"] * error, (shared["q"] - 1) * error)

    return loss


# %% class_attribute loses="numerics" like="last_quantile_wins"
@keras.saving.register_keras_serializable()
class QuantileLoss(Named):
    def __init__(self, q=0.5, **kwargs):
        super().__init__(**kwargs)
        if not 0 < q < 1:
            raise ValueError(f"q must be between 0 and 1. Received: {q}")
        QuantileLoss.q = q

    def get_config(self):
        return {**super().get_config(), "q": self.q}


# %% always_the_median loses="numerics gradients" like="absolute_error"
@keras.saving.register_keras_serializable()
class QuantileLoss(QuantileLoss):
    def call(self, y_true, y_pred):
        return quantile_loss(0.5)(y_true, y_pred)


# %% another_default loses="numerics"
"""Without a `q`, the class should be the loss for the median: the default is 0.5."""


@keras.saving.register_keras_serializable()
class QuantileLoss(QuantileLoss):
    def __init__(self, q=0.9, **kwargs):
        super().__init__(q, **kwargs)


# %% nothing_is_refused loses="numerics"
"""Whoever makes a loss with a `q` that is not between 0 and 1 should learn it there, with either
form. Check `q` first, before an inner function is defined, and raise a `ValueError` that shows
it."""


def quantile_loss(q):
    def loss(y_true, y_pred):
        error = y_true - y_pred
        return tf.maximum(q * error, (q - 1) * error)

    return loss


# %% ends_are_allowed loses="numerics"
"""0 and 1 are refused, too: with q = 1 a prediction that is too high costs nothing, however
high."""


def quantile_loss(q):
    if not 0 <= q <= 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")

    def loss(y_true, y_pred):
        error = y_true - y_pred
        return tf.maximum(q * error, (q - 1) * error)

    return loss


# %% refused_too_late loses="numerics" like="nothing_is_refused"
def quantile_loss(q):
    def loss(y_true, y_pred):
        if not 0 < q < 1:
            raise ValueError(f"q must be between 0 and 1. Received: {q}")
        error = y_true - y_pred
        return tf.maximum(q * error, (q - 1) * error)

    return loss


# %% only_the_function_refuses loses="numerics"
"""The class takes any `q`. It needs the check as well, in its constructor."""


@keras.saving.register_keras_serializable()
class QuantileLoss(Named):
    def __init__(self, q=0.5, **kwargs):
        super().__init__(**kwargs)
        self.q = q

    def call(self, y_true, y_pred):
        error = y_true - y_pred
        return tf.maximum(self.q * error, (self.q - 1) * error)

    def get_config(self):
        return {**super().get_config(), "q": self.q}


# %% assertion loses="numerics"
"""An `assert` raises an AssertionError, and with `python -O` nothing at all. Raise a
`ValueError` that shows the value."""


def quantile_loss(q):
    assert 0 < q < 1, f"q must be between 0 and 1. Received: {q}"

    def loss(y_true, y_pred):
        error = y_true - y_pred
        return tf.maximum(q * error, (q - 1) * error)

    return loss


# %% message_without_the_value loses="numerics"
"""The message does not show the value that was given. Whoever reads it wants to know what
arrived."""


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError("q must be between 0 and 1")

    def loss(y_true, y_pred):
        error = y_true - y_pred
        return tf.maximum(q * error, (q - 1) * error)

    return loss


# %% reduced_in_call loses="numerics"
"""A whole batch gets one number, so weights and reductions find no samples any more. Return a loss
for each sample, in both forms, and leave the mean to Keras."""


@keras.saving.register_keras_serializable()
class QuantileLoss(QuantileLoss):
    def call(self, y_true, y_pred):
        return tf.reduce_mean(quantile_loss(self.q)(y_true, y_pred))


# %% function_reduces loses="numerics gradients" like="reduced_in_call"
def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")

    def loss(y_true, y_pred):
        error = y_true - y_pred
        return tf.reduce_mean(tf.maximum(q * error, (q - 1) * error))

    return loss


# %% object_that_sums loses="graph"
"""In `compile`, what `quantile_loss` returns is summed over the batch: it is an object that leaves
the samples alone, and Keras leaves that to it. Return a plain function."""


def quantile_loss(q):
    return Unreduced(q)


class Unreduced(keras.losses.Loss):
    def __init__(self, q):
        super().__init__(reduction=None)
        if not 0 < q < 1:
            raise ValueError(f"q must be between 0 and 1. Received: {q}")
        self.q = q

    def call(self, y_true, y_pred):
        error = y_true - y_pred
        return tf.maximum(self.q * error, (self.q - 1) * error)


# %% object_that_takes_the_mean loses="numerics gradients" like="reduced_in_call"
def quantile_loss(q):
    return QuantileLoss(q)


@keras.saving.register_keras_serializable()
class QuantileLoss(Named):
    def __init__(self, q=0.5, **kwargs):
        super().__init__(**kwargs)
        if not 0 < q < 1:
            raise ValueError(f"q must be between 0 and 1. Received: {q}")
        self.q = q

    def call(self, y_true, y_pred):
        error = y_true - y_pred
        return tf.maximum(self.q * error, (self.q - 1) * error)

    def get_config(self):
        return {**super().get_config(), "q": self.q}


# %% no_kwargs loses="numerics serialization"
"""The constructor must take the arguments of Keras' own losses as well, like `reduction` and
`name`: add `**kwargs`, and pass them on to `super().__init__`."""


@keras.saving.register_keras_serializable()
class QuantileLoss(QuantileLoss):
    def __init__(self, q=0.5):
        super().__init__(q)


# %% arguments_swallowed loses="numerics serialization"
"""Name and reduction are lost. Either the constructor does not pass `**kwargs` on to
`super().__init__`, or `get_config` does not start from `super().get_config()`."""


@keras.saving.register_keras_serializable()
class QuantileLoss(Named):
    def __init__(self, q=0.5, **kwargs):
        super().__init__()
        if not 0 < q < 1:
            raise ValueError(f"q must be between 0 and 1. Received: {q}")
        self.q = q

    def get_config(self):
        return {**super().get_config(), "q": self.q}


# %% not_registered loses="serialization"
"""Keras does not know the class by the name that stands in the file. Put
`@keras.saving.register_keras_serializable()` above it. If it is there, its package and name must be
the same in every program."""


class QuantileLoss(Named):
    def __init__(self, q=0.5, **kwargs):
        super().__init__(**kwargs)
        if not 0 < q < 1:
            raise ValueError(f"q must be between 0 and 1. Received: {q}")
        self.q = q

    def get_config(self):
        return {**super().get_config(), "q": self.q}


# %% configuration_without_q loses="serialization"
"""The configuration does not hold `q`: a loss that is made from it is the default one, for the
median, and nothing says so. Add it in `get_config`."""


@keras.saving.register_keras_serializable()
class QuantileLoss(QuantileLoss):
    def get_config(self):
        return keras.losses.Loss.get_config(self)


# %% configuration_of_q_alone loses="serialization" like="arguments_swallowed"
@keras.saving.register_keras_serializable()
class QuantileLoss(QuantileLoss):
    def get_config(self):
        return {"q": self.q}


# %% configuration_in_float32 loses="serialization"
"""The configuration holds another `q` than was given, if only a little: in float32, 0.9 becomes
0.8999999761581421. Keep the number that was given, and return that."""


@keras.saving.register_keras_serializable()
class QuantileLoss(QuantileLoss):
    def get_config(self):
        return {**keras.losses.Loss.get_config(self), "q": float(tf.constant(self.q))}


# %% configuration_under_another_name loses="serialization"
"""The configuration calls it `quantile`, but the constructor's argument is `q`. The keys of the
configuration are the arguments that the class is made with."""


@keras.saving.register_keras_serializable()
class QuantileLoss(QuantileLoss):
    def get_config(self):
        return {**keras.losses.Loss.get_config(self), "quantile": self.q}


# %% numpy loses="gradients graph"
"""NumPy computes outside TensorFlow: no gradient passes through it, and a graph cannot hold it.
Use operations of TensorFlow or Keras."""


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")

    def loss(y_true, y_pred):
        error = np.asarray(y_true) - np.asarray(y_pred)
        return tf.constant(np.maximum(q * error, (q - 1) * error))

    return loss


# %% loop_over_samples loses="graph"
"""In a graph the size of the batch is unknown, and a Python loop cannot run over it. Compute
with whole tensors: `tf.maximum` takes the larger of two, element by element."""


def quantile_loss(q):
    if not 0 < q < 1:
        raise ValueError(f"q must be between 0 and 1. Received: {q}")

    def loss(y_true, y_pred):
        errors = [y_true[i] - y_pred[i] for i in range(y_true.shape[0])]
        return tf.stack([tf.maximum(q * error, (q - 1) * error) for error in errors])

    return loss
