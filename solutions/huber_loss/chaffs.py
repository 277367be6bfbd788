# %%
class Named(keras.losses.Loss):
    """The reference without its constructor and configuration, for those that get these wrong."""

    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        linear = self.threshold * (size - self.threshold / 2)
        return tf.where(size <= self.threshold, tf.square(size) / 2, linear)


# %% never_linear loses="numerics gradients"
"""This is half the squared error everywhere. Beyond the threshold the loss must grow linearly."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        return tf.square(y_true - y_pred) / 2


# %% not_halved loses="numerics gradients"
"""There is a factor of 2 too much. Up to the threshold an error costs half its square; beyond it,
the linear piece goes on at that height and with that slope, which is the threshold."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        linear = self.threshold * (size - self.threshold / 2)
        return tf.where(size <= self.threshold, tf.square(size), linear)


# %% sign_forgotten loses="numerics gradients"
"""An error of -3 is below any threshold, but it is not small. Compare the size of the error, not
the error itself."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        error = y_true - y_pred
        linear = self.threshold * (tf.abs(error) - self.threshold / 2)
        return tf.where(error <= self.threshold, tf.square(error) / 2, linear)


# %% linear_in_the_signed_error loses="numerics gradients"
"""The linear piece uses the signed error, so large negative errors make the loss negative and drive
the prediction away. It must grow with the size of the error."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        error = y_true - y_pred
        linear = self.threshold * (error - self.threshold / 2)
        return tf.where(tf.abs(error) <= self.threshold, tf.square(error) / 2, linear)


# %% slope_one loses="numerics gradients"
"""The linear piece has slope 1 whatever the threshold is. Its slope is the threshold: only so does
it go on where the square leaves off."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        return tf.where(size <= self.threshold, tf.square(size) / 2, size - 0.5)


# %% offset_of_threshold_one loses="numerics"
"""The linear piece starts at the wrong height unless the threshold is 1. What is taken off the size
of the error is half the threshold."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        linear = self.threshold * (size - 0.5)
        return tf.where(size <= self.threshold, tf.square(size) / 2, linear)


# %% no_offset loses="numerics"
"""The loss jumps at the threshold: the linear piece is too high by a constant. Compute both pieces
for an error of exactly the threshold; they must meet."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        return tf.where(size <= self.threshold, tf.square(size) / 2, self.threshold * size)


# %% divided_by_threshold loses="numerics gradients"
"""This is the "smooth L1" loss, which is the Huber loss divided by the threshold. The two are the
same for threshold 1 only."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        small = tf.square(size) / 2 / self.threshold
        return tf.where(size <= self.threshold, small, size - self.threshold / 2)


# %% threshold_unused loses="numerics gradients"
"""The threshold is 1 here, whatever the constructor is told. It belongs on `self`, where both
`call` and `get_config` find it."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        return tf.where(size <= 1.0, tf.square(size) / 2, size - 0.5)


# %% threshold_nowhere loses="numerics gradients serialization"
"""The threshold is 1 here, whatever the constructor is told. It belongs on `self`, where both
`call` and `get_config` find it."""


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)

    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        return tf.where(size < 1, tf.square(size) / 2, size - 0.5)


# %% square_against_threshold loses="numerics gradients"
"""The squared error is compared with the threshold. That makes no difference for threshold 1, and
moves the border for every other."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        error = y_true - y_pred
        linear = self.threshold * (tf.abs(error) - self.threshold / 2)
        return tf.where(tf.square(error) <= self.threshold, tf.square(error) / 2, linear)


# %% pieces_swapped loses="numerics gradients"
"""The pieces are swapped: `tf.where(condition, a, b)` takes `a` where the condition holds."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        linear = self.threshold * (size - self.threshold / 2)
        return tf.where(size <= self.threshold, linear, tf.square(size) / 2)


# %% error_clipped_then_squared loses="numerics gradients"
"""Clipping the error before it is squared makes the loss flat beyond the threshold: large errors no
longer pull at all. It is the slope that is clipped; the loss itself goes on growing."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        error = tf.clip_by_value(y_true - y_pred, -self.threshold, self.threshold)
        return tf.square(error) / 2


# %% smooth_everywhere loses="numerics gradients"
"""This is the pseudo-Huber loss, which only comes close: it is neither exactly quadratic nor
exactly linear anywhere."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        scaled = tf.square((y_true - y_pred) / self.threshold)
        return self.threshold**2 * (tf.sqrt(1 + scaled) - 1)


# %% twice_the_slope_on_the_border loses="gradients"
"""Exactly on the threshold two pieces have a slope, and together twice the right one. Only one may
count there. Mind that `tf.maximum(x, 0.0)` has the slope 1 at 0, where `tf.nn.relu(x)` has 0."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        beyond = tf.maximum(size - self.threshold, 0.0)
        return 0.5 * tf.minimum(size, self.threshold) ** 2 + self.threshold * beyond


# %% nothing_on_the_border loses="numerics gradients"
"""An error of exactly the threshold belongs to neither piece, as with `<` for the one and `>` for
the other. One of the two must include it."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        small = tf.cast(size < self.threshold, tf.float32) * tf.square(size) / 2
        linear = self.threshold * (size - self.threshold / 2)
        return small + tf.cast(size > self.threshold, tf.float32) * linear


# %% positive_labels_only loses="numerics gradients"
"""Samples whose label is not positive cost nothing here. Whether an error counts has nothing to do
with the label."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        return tf.where(y_true > 0.0, super().call(y_true, y_pred), 0.0)


# %% decided_for_the_batch loses="numerics gradients"
"""One piece is chosen for the whole batch, by its largest error. Each error has to be compared on
its own, as `tf.where` does."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        error = y_true - y_pred
        size = tf.abs(error)
        return tf.cond(
            tf.reduce_all(size <= self.threshold),
            lambda: tf.square(error) / 2,
            lambda: self.threshold * (size - self.threshold / 2),
        )


# %% python_if loses="numerics gradients serialization graph"
"""A Python `if` decides once, but a batch has many errors. Choose for each of them with an
operation like `tf.where`."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        if size <= self.threshold:
            return tf.square(size) / 2
        return self.threshold * (size - self.threshold / 2)


# %% all_pairs loses="numerics gradients"
"""Labels of shape (batch,) minus predictions of shape (batch, 1) is a (batch, batch) matrix: every
label meets every prediction. Both come as (batch, 1); leave them so, or change both."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        return super().call(tf.reshape(y_true, [-1]), y_pred)


# %% mean_in_call loses="numerics"
"""`call` returns a single number, so weights and reductions come too late. Return one loss per
sample and leave the rest to Keras."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        return tf.reduce_mean(super().call(y_true, y_pred))


# %% sum_in_call loses="numerics gradients"
"""`call` sums over the batch, so a batch twice as large costs twice as much. Return one loss per
sample; the mean is Keras' work."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        return tf.reduce_sum(super().call(y_true, y_pred))


# %% small_ones_first loses="numerics"
"""The losses are right, but not in their places: all small errors come first, then the large ones,
so weights meet the wrong samples. Choose in place instead of sorting out."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        small = tf.boolean_mask(size, size <= self.threshold)
        large = tf.boolean_mask(size, size > self.threshold)
        linear = self.threshold * (large - self.threshold / 2)
        return tf.concat([tf.square(small) / 2, linear], axis=0)


# %% mean_of_the_mean loses="numerics gradients"
"""The losses are divided by the number of samples in `call`, and Keras divides them once more.
Return them as they are."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        return super().call(y_true, y_pred) / tf.cast(tf.shape(y_true)[0], tf.float32)


# %% shared_threshold loses="numerics"
"""All losses share one threshold, that of the one made last. Keep it on `self`, not on the class or
in a global variable."""


class HuberLoss(Named):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        HuberLoss.threshold = threshold

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


# %% no_default loses="numerics"
"""`HuberLoss()` must work too: give `threshold` a default, 1.0."""


class HuberLoss(HuberLoss):
    def __init__(self, threshold, **kwargs):
        super().__init__(threshold, **kwargs)


# %% another_default loses="numerics"
"""The default threshold is not 1.0. Look at the signature again."""


class HuberLoss(HuberLoss):
    def __init__(self, threshold=1.35, **kwargs):
        super().__init__(threshold, **kwargs)


# %% only_float_thresholds loses="numerics graph"
"""An integer is a threshold, too, but a tensor made of it does not mix with float32 errors. Compute
with the number itself, or give the tensor the dtype float32."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size, threshold = tf.abs(y_true - y_pred), tf.constant(self.threshold)
        linear = threshold * (size - threshold / 2)
        return tf.where(size <= threshold, tf.square(size) / 2, linear)


# %% sum_by_default loses="numerics gradients"
"""Without a `reduction`, this loss sums over the batch. Keras' own default is the mean; pass
`kwargs` on as they come."""


class HuberLoss(HuberLoss):
    def __init__(self, threshold=1.0, reduction="sum", **kwargs):
        super().__init__(threshold, reduction=reduction, **kwargs)


# %% divided_by_the_weights loses="numerics"
"""The weighted losses are divided by the sum of the weights. Keras divides by the number of
samples, unless it is asked for "mean_with_sample_weight"."""


class HuberLoss(HuberLoss):
    def __init__(self, threshold=1.0, reduction="mean_with_sample_weight", **kwargs):
        super().__init__(threshold, reduction=reduction, **kwargs)


# %% weights_only_for_the_mean loses="numerics"
"""With `reduction="sum"` or None, the weights are dropped. They multiply the losses whatever comes
after; the `__call__` that you inherit does so."""


class HuberLoss(HuberLoss):
    def __call__(self, y_true, y_pred, sample_weight=None):
        if self.reduction in ("sum", None):
            sample_weight = None
        return super().__call__(y_true, y_pred, sample_weight)


# %% sum_without_weights loses="numerics"
"""With `reduction="sum"`, the weights are dropped. They multiply the losses whatever comes after;
the `__call__` that you inherit does so."""


class HuberLoss(HuberLoss):
    def __call__(self, y_true, y_pred, sample_weight=None):
        if self.reduction == "sum":
            sample_weight = None
        return super().__call__(y_true, y_pred, sample_weight)


# %% auto_reduction loses="numerics gradients serialization graph"
"""`reduction="auto"` is of Keras 2. Keras 3 does not know it, and its default is what you want."""


class HuberLoss(HuberLoss):
    def __init__(self, threshold=1.0, reduction="auto", name="huber_loss"):
        super().__init__(threshold, reduction=reduction, name=name)


# %% kwargs_swallowed loses="numerics serialization"
"""The constructor takes `**kwargs` and drops them: name and reduction never reach Keras. Pass them
on to `super().__init__`."""


class HuberLoss(HuberLoss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(threshold)


# %% no_kwargs loses="numerics serialization"
"""The constructor takes nothing but the threshold, so neither `reduction` nor a saved name can be
given. Take `**kwargs` and pass them on to `super().__init__`."""


class HuberLoss(HuberLoss):
    def __init__(self, threshold=1.0):
        super().__init__(threshold)


# %% keras_not_initialized loses="numerics gradients serialization graph"
"""The constructor never calls `super().__init__(**kwargs)`, so Keras' part of the loss (its name,
its reduction) does not exist."""


class HuberLoss(Named):
    def __init__(self, threshold=1.0, **kwargs):
        self.threshold = threshold

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


# %% super_not_called loses="numerics gradients serialization graph"
"""`super.__init__` is a method of the type `super` itself. It takes a call to get at the class
above: `super()`, with parentheses."""


class HuberLoss(Named):
    def __init__(self, threshold=1.0, **kwargs):
        super.__init__(**kwargs)
        self.threshold = threshold


# %% threshold_for_a_name loses="numerics gradients serialization graph"
"""The threshold is handed to `super().__init__`, which takes it for the name. Keras knows nothing
of thresholds: keep it on `self` and pass on only `**kwargs`."""


class HuberLoss(Named):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(threshold, **kwargs)
        self.threshold = threshold

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


# %% one_argument_more loses="numerics gradients serialization graph"
"""Keras calls `call` with labels and predictions and nothing else. Weights are applied after it."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred, sample_weight):
        return super().call(y_true, y_pred) * sample_weight


# %% nothing_returned loses="numerics gradients serialization graph"
"""`call` computes the losses and does not return them. Without a `return`, Python returns None."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        linear = self.threshold * (size - self.threshold / 2)
        tf.where(size <= self.threshold, tf.square(size) / 2, linear)


# %% wrong_call loses="numerics serialization graph"
"""This overrides `__call__`, where Keras casts, weights and reduces, and which it also calls with
weights. Override `call`, which returns a loss for each sample, and leave `__call__` alone."""


class HuberLoss(HuberLoss):
    def __call__(self, y_true, y_pred):
        return tf.reduce_mean(self.call(y_true, y_pred))


# %% never_reduced loses="numerics gradients serialization graph"
"""This overrides `__call__`, where Keras casts, weights and reduces, and which it also calls with
weights. Override `call`, which returns a loss for each sample, and leave `__call__` alone."""


class HuberLoss(HuberLoss):
    def __call__(self, y_true, y_pred):
        return self.call(tf.cast(y_true, tf.float32), tf.cast(y_pred, tf.float32))


# %% length_of_the_batch loses="graph"
"""`len` asks Python how many samples there are, and a graph does not know before it runs. Take a
mean instead, or inherit `__call__`, which does all of this."""


class HuberLoss(HuberLoss):
    def __call__(self, y_true, y_pred, sample_weight=None):
        losses = self.call(tf.cast(y_true, tf.float32), tf.cast(y_pred, tf.float32))
        if sample_weight is not None:
            losses = losses * sample_weight
        if self.reduction is None:
            return losses
        total = tf.reduce_sum(losses)
        return total if self.reduction == "sum" else total / len(losses)


# %% only_float_labels loses="numerics"
"""Labels that are integers or float64 do not mix with float32 predictions. The `__call__` that you
inherit casts both; one of your own has to do it too."""


class HuberLoss(HuberLoss):
    def __call__(self, y_true, y_pred, sample_weight=None):
        losses = self.call(tf.convert_to_tensor(y_true), tf.convert_to_tensor(y_pred))
        if sample_weight is not None:
            losses = losses * sample_weight
        if self.reduction is None:
            return losses
        return tf.reduce_sum(losses) if self.reduction == "sum" else tf.reduce_mean(losses)


# %% none_forgotten loses="numerics"
"""This `__call__` takes the mean where it was asked not to reduce. The one that you inherit knows
all the values of `reduction`; leave that alone and write `call`."""


class HuberLoss(HuberLoss):
    def __call__(self, y_true, y_pred, sample_weight=None):
        losses = self.call(tf.cast(y_true, tf.float32), tf.cast(y_pred, tf.float32))
        if sample_weight is not None:
            losses = losses * sample_weight
        return tf.reduce_sum(losses) if self.reduction == "sum" else tf.reduce_mean(losses)


# %% built_in loses="numerics gradients serialization graph"
"""The exercise is to write this loss. The one that Keras brings is switched off."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        return keras.losses.huber(y_true, y_pred, delta=self.threshold)


# %% built_in_class loses="numerics gradients serialization graph"
"""The exercise is to write this loss. Inherit from `keras.losses.Loss`, which knows of weights and
reductions, but of no threshold."""


class HuberLoss(keras.losses.Huber):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(delta=threshold, **kwargs)
        self.threshold = threshold

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


# %% divided_by_the_error loses="gradients"
"""The gradient is NaN where a prediction is exactly right: something divides by the error, or takes
its root or logarithm, if only in the piece that `tf.where` does not choose. `tf.abs` and a square
need none of these."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        linear = self.threshold * size * (1 - self.threshold / (2 * size))
        return tf.where(size <= self.threshold, tf.square(size) / 2, linear)


# %% root_of_the_square loses="gradients" like="divided_by_the_error"
class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = tf.square(y_true - y_pred) ** 0.5
        linear = self.threshold * (size - self.threshold / 2)
        return tf.where(size <= self.threshold, tf.square(size) / 2, linear)


# %% upstream_forgotten loses="gradients"
"""The gradient ignores what arrives from above, so the mean over the batch, and whatever else is
done with the loss, has no effect on it. Multiply the slope by the upstream gradient."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        @tf.custom_gradient
        def huber(error):
            clipped = tf.clip_by_value(error, -self.threshold, self.threshold)
            return clipped * (error - clipped / 2), lambda upstream: clipped

        return huber(y_true - y_pred)


# %% numpy_inside loses="gradients graph"
"""What NumPy computes has no gradient, and a graph has no values yet that NumPy, or `.numpy()`,
could take. Stay with the tensors: TensorFlow and `keras.ops` have all the operations that you
need."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = np.abs(y_true - y_pred)
        linear = self.threshold * (size - self.threshold / 2)
        return tf.constant(np.where(size <= self.threshold, size**2 / 2, linear), tf.float32)


# %% numpy_method loses="gradients graph" like="numpy_inside"
class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = np.abs(y_true.numpy() - y_pred.numpy())
        linear = self.threshold * (size - self.threshold / 2)
        return np.where(size <= self.threshold, size**2 / 2, linear)


# %% python_in_the_graph loses="graph"
"""`tf.py_function` calls back into Python, so there is nothing in the graph to save or to run
elsewhere. What the function does can be said with TensorFlow's operations."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        losses = tf.py_function(super().call, [y_true, y_pred], tf.float32)
        return tf.ensure_shape(losses, y_pred.shape)


# %% loop_over_the_samples loses="graph"
"""A graph does not know how many samples will come, so no Python loop can visit them. Compute with
the whole batch at once."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        losses = []
        for label, prediction in zip(tf.unstack(y_true), tf.unstack(y_pred), strict=True):
            losses.append(super().call(label, prediction))
        return tf.stack(losses)


# %% python_if_for_each loses="graph"
"""A graph has no values yet for a Python `if` to look at, not even for a single error. `tf.where`
chooses when the graph runs, and for the whole batch at once."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        def huber(size):
            if size <= self.threshold:
                return size**2 / 2
            return self.threshold * (size - self.threshold / 2)

        return tf.map_fn(huber, tf.reshape(tf.abs(y_true - y_pred), [-1]))


# %% weights_through_numpy loses="graph"
"""Training with weights fails: in a graph they have no values yet that NumPy, or a Python `if`,
could take. The `__call__` that you inherit weights the losses; leave that to it."""


class HuberLoss(HuberLoss):
    def __call__(self, y_true, y_pred, sample_weight=None):
        if sample_weight is not None:
            sample_weight = np.asarray(sample_weight, "float32")
        return super().__call__(y_true, y_pred, sample_weight)


# %% python_if_for_weights loses="graph"
"""Training with weights fails: in a graph they have no values yet that NumPy, or a Python `if`,
could take. The `__call__` that you inherit weights the losses; leave that to it."""


class HuberLoss(HuberLoss):
    def __call__(self, y_true, y_pred, sample_weight=None):
        if sample_weight is not None and np.all(sample_weight == 1):
            sample_weight = None
        return super().__call__(y_true, y_pred, sample_weight)


# %% no_config loses="serialization" without="HuberLoss.get_config"
"""A loaded loss has the default threshold, as its configuration does not hold the one it was made
with. Write `get_config`; Keras calls it by exactly this name."""


# %% only_the_threshold_in_the_config loses="serialization"
"""Name and reduction are lost: `get_config` holds the threshold alone. Add it to what
`super().get_config()` returns."""


class HuberLoss(HuberLoss):
    def get_config(self):
        return {"threshold": self.threshold}


# %% reduction_forgotten loses="serialization"
"""The reduction is lost: `get_config` lists what Keras needs by hand, and not all of it. Start from
what `super().get_config()` returns."""


class HuberLoss(HuberLoss):
    def get_config(self):
        return {"name": self.name, "threshold": self.threshold}


# %% updated_to_none loses="serialization"
"""`dict.update` changes the dictionary and returns None, and so does this `get_config`."""


class HuberLoss(HuberLoss):
    def get_config(self):
        return super().get_config().update({"threshold": self.threshold})


# %% another_key loses="serialization"
"""The configuration becomes the constructor's keyword arguments, so its keys must have their
names."""


class HuberLoss(Named):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = threshold

    def get_config(self):
        return {**super().get_config(), "delta": self.threshold}


# %% misspelt_attribute loses="serialization"
"""`get_config` reads an attribute that the constructor never sets. Is it spelt the same in both?"""


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.treshold = threshold

    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        linear = self.treshold * (size - self.treshold / 2)
        return tf.where(size <= self.treshold, tf.square(size) / 2, linear)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


# %% half_of_it_saved loses="serialization"
"""What is saved is not what the constructor was given: each time it is loaded, the threshold is
only half as large. Keep the argument as it came, and compute with it where it is needed."""


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.half = threshold / 2

    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        linear = 2 * self.half * (size - self.half)
        return tf.where(size <= 2 * self.half, tf.square(size) / 2, linear)

    def get_config(self):
        return {**super().get_config(), "threshold": self.half}


# %% all_doubled loses="numerics gradients"
"""There is a factor of 2 too much. Up to the threshold an error costs half its square; beyond it,
the linear piece goes on at that height and with that slope, which is the threshold."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        linear = 2 * self.threshold * size - self.threshold**2
        return tf.where(size <= self.threshold, tf.square(size), linear)


# %% half_inside_the_square loses="numerics gradients"
"""The error is halved before it is squared, which makes a quarter of its square. Square it first,
and take half of that."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        error = y_true - y_pred
        linear = self.threshold * (tf.abs(error) - self.threshold / 2)
        return tf.where(tf.abs(error) <= self.threshold, tf.square(error / 2), linear)


# %% relative_error loses="numerics gradients"
"""The error is divided by the label. The Huber loss takes it as it is, in the labels' own units."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = tf.abs((y_true - y_pred) / y_true)
        linear = self.threshold * (size - self.threshold / 2)
        return tf.where(size <= self.threshold, tf.square(size) / 2, linear)


# %% whole_thresholds loses="numerics gradients serialization"
"""The threshold is cut down to a whole number, so that 0.5 becomes 0 and 2.5 becomes 2. Keep it as
it was given."""


class HuberLoss(HuberLoss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(int(threshold), **kwargs)


# %% tensor_in_the_configuration loses="serialization"
"""The configuration holds a tensor, which Keras does not turn back into one when it loads it. Put
the number there that the constructor was given."""


class HuberLoss(HuberLoss):
    def get_config(self):
        return {**super().get_config(), "threshold": tf.constant(self.threshold)}


# %% text_in_the_configuration loses="serialization"
"""The configuration holds the threshold not as a number, but as something else, like a string. Put
the number there that the constructor was given."""


class HuberLoss(HuberLoss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(float(threshold), **kwargs)

    def get_config(self):
        return {**super().get_config(), "threshold": str(self.threshold)}


# %% rounded_in_the_configuration loses="serialization"
"""The configuration holds the threshold only roughly. Put it there as the constructor got it,
without rounding."""


class HuberLoss(HuberLoss):
    def get_config(self):
        return {**super().get_config(), "threshold": round(self.threshold, 1)}


# %% more_than_the_arguments loses="serialization"
"""The configuration has a key that the constructor does not take. It holds the arguments and
nothing else, so that `HuberLoss(**config)` makes the same loss again."""


class HuberLoss(HuberLoss):
    def get_config(self):
        return {**super().get_config(), "half_square": self.threshold**2 / 2}

    @classmethod
    def from_config(cls, config):
        return cls(**{key: config[key] for key in config if key != "half_square"})


# %% none_left_out_of_the_configuration loses="serialization"
"""`None` is not left out because nobody said it: `reduction=None` asks for the losses one by one.
Put what `super().get_config()` returns into the configuration as it is."""


class HuberLoss(HuberLoss):
    def get_config(self):
        config = super().get_config()
        return {key: value for key, value in config.items() if value is not None}


# %% threshold_first loses="graph"
"""`tf.minimum(threshold, error)` makes a tensor of the threshold first, and in a graph the integer
2 becomes an int32, which does not mix with float32. Put the tensor first, or make the threshold a
float."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        error = tf.abs(y_true - y_pred)
        quadratic = tf.minimum(self.threshold, error)
        return 0.5 * quadratic**2 + self.threshold * (error - quadratic)


# %% slope_one_from_the_middle loses="numerics gradients"
"""The linear piece has slope 1 whatever the threshold is. Its slope is the threshold: only so does
it go on where the square leaves off."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        return tf.where(size <= self.threshold, size**2 / 2, size - self.threshold / 2)


# %% border_at_one loses="numerics gradients"
"""Small and large errors are told apart at a fixed number. The threshold tells them apart."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        linear = self.threshold * (size - self.threshold / 2)
        return tf.where(size < 1, size**2 / 2, linear)


# %% border_at_two loses="numerics gradients"
"""Small and large errors are told apart at a fixed number. The threshold tells them apart."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        linear = self.threshold * (size - self.threshold / 2)
        return tf.where(size < 2, size**2 / 2, linear)


# %% border_twice_as_far loses="numerics gradients"
"""The square goes on up to twice the threshold. The linear piece begins at the threshold."""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        linear = self.threshold * (size - self.threshold / 2)
        return tf.where(size < 2 * self.threshold, size**2 / 2, linear)


# %% reduction_fixed_to_none loses="numerics gradients serialization"
"""The constructor fixes the reduction, and takes no `**kwargs`. How to reduce is for whoever makes
the loss to say: pass `**kwargs` on, and leave Keras its defaults."""


class HuberLoss(Named):
    def __init__(self, threshold=1.0):
        super().__init__(reduction="none", name="huber")
        self.threshold = threshold


# %% function_only loses="numerics gradients serialization graph"
"""What is made here is a function. Keras casts, weights, reduces and saves what is derived from
`keras.losses.Loss`: make it a class, and compute in its `call`."""


def HuberLoss(threshold=1.0, **kwargs):
    def huber_loss(y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        linear = threshold * (size - threshold / 2)
        return tf.where(size <= threshold, size**2 / 2, linear)

    return huber_loss


# %% old_keras loses="numerics serialization graph"
"""The base class is of the old Keras in `tensorflow.python.keras`, whose objects today's Keras
neither saves nor loads. Derive the loss from `keras.losses.Loss`."""
from tensorflow.python.keras import losses


class HuberLoss(losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = threshold

    def call(self, y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        linear = self.threshold * (size - self.threshold / 2)
        return tf.where(size <= self.threshold, size**2 / 2, linear)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}
