# %%
class Parts(HuberMetric):
    """The reference in parts, for those that get one of them wrong."""

    def huber(self, error):
        inner = tf.minimum(tf.abs(error), self.threshold)
        return inner**2 / 2 + self.threshold * (tf.abs(error) - inner)

    def add(self, losses, sample_weight):
        losses = tf.reduce_mean(losses, axis=1)
        weights = tf.ones_like(losses)
        if sample_weight is not None:
            weights = tf.reshape(sample_weight, [-1])
        self.total.assign_add(tf.reduce_sum(weights * losses))
        self.weight.assign_add(tf.reduce_sum(weights))

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.add(self.huber(y_true - y_pred), sample_weight)


# %% mean_of_batch_means loses="numerics"
"""This is the mean of the batches' means, in which a batch of one sample has as much say as a batch
of six. Add up sums, count samples, and divide only in `result`."""


class HuberMetric(Parts):
    def add(self, losses, sample_weight):
        losses = tf.reduce_mean(losses, axis=1)
        weights = tf.ones_like(losses)
        if sample_weight is not None:
            weights = tf.reshape(sample_weight, [-1])
        mean = tf.math.divide_no_nan(tf.reduce_sum(weights * losses), tf.reduce_sum(weights))
        self.total.assign_add(mean)
        self.weight.assign_add(1.0)


# %% only_the_last_batch loses="numerics"
"""Only the last batch is left. `assign` replaces what a variable holds, `assign_add` adds to it."""


class HuberMetric(Parts):
    def add(self, losses, sample_weight):
        losses = tf.reduce_mean(losses, axis=1)
        weights = tf.ones_like(losses)
        if sample_weight is not None:
            weights = tf.reshape(sample_weight, [-1])
        self.total.assign(tf.reduce_sum(weights * losses))
        self.weight.assign(tf.reduce_sum(weights))


# %% sum_of_everything loses="numerics gradients"
"""This is the sum of the losses, which grows and grows. A mean needs a second number in the state:
the sum of the weights."""


class HuberMetric(Parts):
    def result(self):
        return self.total.value


# %% batches_counted loses="numerics gradients"
"""The sum of the losses is divided by the number of batches. Count samples, or their weights."""


class HuberMetric(Parts):
    def add(self, losses, sample_weight):
        losses = tf.reduce_mean(losses, axis=1)
        if sample_weight is not None:
            losses *= tf.reshape(sample_weight, [-1])
        self.total.assign_add(tf.reduce_sum(losses))
        self.weight.assign_add(1.0)


# %% threshold_ignored loses="numerics gradients"
"""The threshold is 1 here whatever the constructor is told. Compare with what you keep on
`self`."""


class HuberMetric(Parts):
    def huber(self, error):
        size = tf.abs(error)
        return tf.where(size <= 1.0, tf.square(error) / 2, size - 0.5)


# %% no_half loses="numerics gradients"
"""A small error costs half its square: the half is missing."""


class HuberMetric(Parts):
    def huber(self, error):
        linear = self.threshold * (tf.abs(error) - self.threshold / 2)
        return tf.where(tf.abs(error) <= self.threshold, tf.square(error), linear)


# %% no_absolute_value loses="numerics gradients"
"""A large negative error is taken for a small one. Compare the size of the error, not the error,
with the threshold."""


class HuberMetric(Parts):
    def huber(self, error):
        linear = self.threshold * (tf.abs(error) - self.threshold / 2)
        return tf.where(error < self.threshold, tf.square(error) / 2, linear)


# %% slope_of_one loses="numerics gradients"
"""Beyond the threshold the slope must be the threshold, or the two branches do not meet."""


class HuberMetric(Parts):
    def huber(self, error):
        size = tf.abs(error)
        return tf.where(size < self.threshold, tf.square(size) / 2, size - self.threshold / 2)


# %% jump_at_the_threshold loses="numerics"
"""The slope of the linear branch is right, its height is not: where the error is the threshold,
both branches must give half the threshold's square."""


class HuberMetric(Parts):
    def huber(self, error):
        size = tf.abs(error)
        return tf.where(size < self.threshold, tf.square(size) / 2, self.threshold * size)


# %% smooth_l1 loses="numerics gradients"
"""This is the "smooth L1" loss, which is the Huber loss divided by the threshold. For the threshold
1 they are the same, for others not."""


class HuberMetric(Parts):
    def huber(self, error):
        size = tf.abs(error)
        small = tf.square(size) / (2 * self.threshold)
        return tf.where(size < self.threshold, small, size - self.threshold / 2)


# %% outputs_summed loses="numerics"
"""The outputs of a sample are summed, but the sum is divided by the number of samples. Take the
mean over the outputs, or count every output."""


class HuberMetric(Parts):
    def add(self, losses, sample_weight):
        super().add(tf.reduce_sum(losses, axis=1, keepdims=True), sample_weight)


# %% nan_before_data loses="numerics gradients"
"""Zero by zero is NaN. Before any data the result is 0.0: `tf.math.divide_no_nan` says so, or
choose a safe divisor."""


class HuberMetric(Parts):
    def result(self):
        return self.total / self.weight


# %% at_least_one loses="numerics"
"""The divisor is kept from being less than 1. That saves the start, but weights may well sum to
less than 1. Divide by what the sum is, unless it is zero."""


class HuberMetric(Parts):
    def result(self):
        return self.total / tf.maximum(self.weight, 1.0)


# %% result_of_shape_one loses="numerics"
"""The result has shape (1,). A metric is a scalar: give the state the shape ()."""


class HuberMetric(Parts):
    def result(self):
        return tf.reshape(super().result(), (1,))


# %% reset_forgets_the_count loses="numerics"
"""After a reset the old samples are still counted. Set all of the state to zero, or leave
`reset_state` to Keras, which does."""


class HuberMetric(Parts):
    def reset_state(self):
        self.total.assign(0.0)


# %% threshold_as_weight loses="numerics graph"
"""After a reset the threshold is zero. What `add_weight` makes is state, and `reset_state` sets all
of it to zero; keep the threshold as a plain attribute."""


class HuberMetric(Parts):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        super().__init__(name=name, **kwargs)
        constant = keras.initializers.Constant(threshold)
        self.threshold = self.add_weight(name="threshold", initializer=constant)

    def huber(self, error):
        size, threshold = tf.abs(error), self.threshold.value
        linear = threshold * (size - threshold / 2)
        return tf.where(size <= threshold, tf.square(size) / 2, linear)

    def get_config(self):
        return {**super().get_config(), "threshold": float(self.threshold)}


# %% weights_ignored loses="numerics"
"""`sample_weight` is accepted and then ignored."""


class HuberMetric(Parts):
    def add(self, losses, sample_weight):
        super().add(losses, None)


# %% zeros_taken_for_none loses="numerics"
"""Weights that are all zero are taken for no weights. Only `None` means that each sample has the
weight 1; a sample of weight zero counts nothing, also where all are."""


class HuberMetric(Parts):
    def add(self, losses, sample_weight):
        if sample_weight is not None:
            nothing = tf.reduce_sum(sample_weight) == 0
            sample_weight = tf.where(nothing, tf.ones_like(sample_weight), sample_weight)
        super().add(losses, sample_weight)


# %% first_batch_decides loses="numerics"
"""Whether there are weights is decided by the first batch, and the weights of a later one are
ignored. Ask `sample_weight is None` in each update."""


class HuberMetric(Parts):
    weighted = None

    def add(self, losses, sample_weight):
        if self.weighted is None:
            self.weighted = sample_weight is not None
        super().add(losses, sample_weight if self.weighted else None)


# %% weights_on_the_error loses="numerics"
"""The errors are weighted before their loss is taken, which squares the weights of small ones and
moves large ones across the threshold. Weight the losses."""


class HuberMetric(Parts):
    def update_state(self, y_true, y_pred, sample_weight=None):
        error = y_true - y_pred
        if sample_weight is not None:
            error *= tf.reshape(sample_weight, (-1, 1))
        losses = tf.reduce_mean(self.huber(error), axis=1)
        weights = tf.ones_like(losses)
        if sample_weight is not None:
            weights = tf.reshape(sample_weight, [-1])
        self.total.assign_add(tf.reduce_sum(losses))
        self.weight.assign_add(tf.reduce_sum(weights))


# %% weights_not_in_the_divisor loses="numerics"
"""The losses are weighted, but their sum is divided by the number of samples. A weighted mean
divides by the sum of the weights."""


class HuberMetric(Parts):
    def add(self, losses, sample_weight):
        losses = tf.reduce_mean(losses, axis=1)
        self.weight.assign_add(tf.cast(tf.size(losses), tf.float32))
        if sample_weight is not None:
            losses *= tf.reshape(sample_weight, [-1])
        self.total.assign_add(tf.reduce_sum(losses))


# %% weights_not_in_the_sum loses="numerics"
"""The weights are counted, but the losses are not multiplied by them."""


class HuberMetric(Parts):
    def add(self, losses, sample_weight):
        losses = tf.reduce_mean(losses, axis=1)
        self.total.assign_add(tf.reduce_sum(losses))
        weights = tf.ones_like(losses) if sample_weight is None else sample_weight
        self.weight.assign_add(tf.reduce_sum(weights))


# %% flat_weights_broadcast loses="numerics"
"""Weights of shape (batch,) times losses of shape (batch, 1) make a matrix, in which every weight
meets every loss. Bring the weights into the shape (batch, 1), or the losses into (batch,)."""


class HuberMetric(Parts):
    def add(self, losses, sample_weight):
        losses = tf.reduce_mean(losses, axis=1, keepdims=True)
        weights = tf.ones_like(losses) if sample_weight is None else sample_weight
        self.total.assign_add(tf.reduce_sum(weights * losses))
        self.weight.assign_add(tf.reduce_sum(weights))


# %% column_weights_broadcast loses="numerics"
"""With weights of shape (batch,) this is right, but those of shape (batch, 1) times losses of shape
(batch,) make a matrix, in which every weight meets every loss. Bring both into one shape."""


class HuberMetric(Parts):
    def add(self, losses, sample_weight):
        losses = tf.reduce_mean(losses, axis=1)
        weights = tf.ones_like(losses) if sample_weight is None else sample_weight
        self.total.assign_add(tf.reduce_sum(weights * losses))
        self.weight.assign_add(tf.reduce_sum(weights))


# %% outputs_not_in_the_divisor loses="numerics"
"""The sum goes over samples and outputs, but the divisor counts each weight once, or those of shape
(batch, 1). Count them for each output, or take the mean over the outputs first."""


class HuberMetric(Parts):
    def add(self, losses, sample_weight):
        if sample_weight is None:
            self.weight.assign_add(tf.cast(tf.size(losses), tf.float32))
        else:
            losses *= tf.reshape(sample_weight, (-1, 1))
            self.weight.assign_add(tf.reduce_sum(sample_weight))
        self.total.assign_add(tf.reduce_sum(losses))


# %% column_weights_counted_once loses="numerics"
"""The sum goes over samples and outputs, but the divisor counts each weight once, or those of shape
(batch, 1). Count them for each output, or take the mean over the outputs first."""


class HuberMetric(Parts):
    def add(self, losses, sample_weight):
        weights = tf.ones_like(losses)
        if sample_weight is not None:
            is_flat = len(sample_weight.shape) == 1
            weights = weights * sample_weight[:, tf.newaxis] if is_flat else sample_weight
        self.total.assign_add(tf.reduce_sum(weights * losses))
        self.weight.assign_add(tf.reduce_sum(weights))


# %% weights_taken_for_outputs loses="numerics graph"
"""Shapes are matched from the right, so weights of shape (batch,) go to the outputs here: that
raises, or, with one output or as many as samples, is silently wrong. Give the weights a second
axis."""


class HuberMetric(Parts):
    def add(self, losses, sample_weight):
        weights = tf.ones_like(losses)
        if sample_weight is not None:
            weights *= sample_weight
        self.total.assign_add(tf.reduce_sum(weights * losses))
        self.weight.assign_add(tf.reduce_sum(weights))


# %% weights_normalized_per_batch loses="numerics"
"""The weights are scaled to a mean of 1 in each batch, which is right for one batch only: a batch
of light samples then counts as much as one of heavy samples. Add up what you are given."""


class HuberMetric(Parts):
    def add(self, losses, sample_weight):
        if sample_weight is not None:
            sample_weight = tf.math.divide_no_nan(sample_weight, tf.reduce_mean(sample_weight))
        super().add(losses, sample_weight)


# %% weights_by_another_name loses="graph"
"""Keras passes the weights by their name, so `update_state` needs a parameter `sample_weight`. It
is None where there are no weights."""


class HuberMetric(Parts):
    def update_state(self, y_true, y_pred, weights=None):
        self.add(self.huber(y_true - y_pred), weights)


# %% no_weights loses="numerics gradients graph"
"""Keras passes the weights by their name, so `update_state` needs a parameter `sample_weight`. It
is None where there are no weights."""


class HuberMetric(Parts):
    def update_state(self, y_true, y_pred):
        self.add(self.huber(y_true - y_pred), None)


# %% name_of_weight_by_position loses="numerics gradients serialization graph"
"""The first parameter of `add_weight` is the shape. Give the name by keyword: `name="total"`."""


class HuberMetric(Parts):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        keras.metrics.Metric.__init__(self, name=name, **kwargs)
        self.threshold = threshold
        self.total = self.add_weight("total", initializer="zeros")
        self.weight = self.add_weight("weight", initializer="zeros")


# %% built_in loses="numerics gradients serialization graph"
"""The built-in Huber loss is switched off: write out the formula."""


class HuberMetric(keras.metrics.Mean):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.huber = keras.losses.Huber(delta=threshold, reduction="none")

    def update_state(self, y_true, y_pred, sample_weight=None):
        super().update_state(self.huber(y_true, y_pred), sample_weight)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


# %% gradient_stopped loses="gradients"
"""Nothing flows from the result back to the predictions: `tf.stop_gradient`, or a detour through
NumPy, makes the value a constant. NumPy does not work in a graph either. Stay with tensors;
training takes no notice of a metric anyway."""


class HuberMetric(Parts):
    def update_state(self, y_true, y_pred, sample_weight=None):
        super().update_state(y_true, tf.stop_gradient(y_pred), sample_weight)


# %% root_of_the_square loses="gradients"
"""The root of the square is the size of the error, but at zero its gradient is NaN: zero times
infinity. `tf.abs` has a gradient there."""


class HuberMetric(Parts):
    def huber(self, error):
        size = (error**2) ** 0.5
        linear = self.threshold * (size - self.threshold / 2)
        return tf.where(size <= self.threshold, tf.square(size) / 2, linear)


# %% where_around_a_division loses="gradients"
"""`tf.where` hides the NaN of zero by zero, but its gradient goes through both sides. Make the
divisor safe before you divide, or use `tf.math.divide_no_nan`."""


class HuberMetric(Parts):
    def result(self):
        return tf.where(self.weight > 0, self.total / self.weight, 0.0)


# %% trainable_state loses="gradients"
"""A `keras.Variable` is trainable unless it is told `trainable=False`. The state of a metric is not
to be trained; `add_weight` of a metric sees to that."""


class HuberMetric(Parts):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        keras.metrics.Metric.__init__(self, name=name, **kwargs)
        self.threshold = threshold
        self.total = keras.Variable(0.0, name="total")
        self.weight = keras.Variable(0.0, name="weight")


# %% own_tf_function loses="gradients"
"""Inside a `tf.function` of your own, what you assign does not reach the stateless form of the
metric. Leave tracing to Keras."""


class HuberMetric(Parts):
    @tf.function
    def update_state(self, y_true, y_pred, sample_weight=None):
        super().update_state(y_true, y_pred, sample_weight)


# %% no_get_config loses="serialization"
"""Once loaded, the metric has the default threshold again. Keras saves what `get_config` returns:
override it and add the threshold."""


class HuberMetric(Parts):
    def get_config(self):
        return keras.metrics.Metric.get_config(self)


# %% only_the_threshold loses="serialization"
"""The configuration does not carry all that Keras puts there, the name and the dtype. Start from
what `super().get_config()` returns, and add the threshold."""


class HuberMetric(Parts):
    def get_config(self):
        return {"threshold": self.threshold}


# %% dtype_not_in_the_config loses="serialization"
"""The configuration does not carry all that Keras puts there, the name and the dtype. Start from
what `super().get_config()` returns, and add the threshold."""


class HuberMetric(Parts):
    def get_config(self):
        return {"name": self.name, "threshold": self.threshold}


# %% no_keyword_arguments loses="serialization"
"""Keras passes everything in the configuration to the constructor, `dtype` too. Take `**kwargs` and
pass them on to `super().__init__`."""


class HuberMetric(Parts):
    def __init__(self, threshold=1.0, name="huber_metric"):
        super().__init__(threshold, name=name)


# %% keyword_arguments_dropped loses="serialization"
"""The constructor takes `**kwargs` but keeps them: `dtype` does not reach `super().__init__`."""


class HuberMetric(Parts):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        super().__init__(threshold, name=name)


# %% name_dropped loses="serialization"
"""The name does not reach `super().__init__`, so Keras makes one up."""


class HuberMetric(Parts):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        keras.metrics.Metric.__init__(self, **kwargs)
        self.threshold = threshold
        self.total = self.add_weight(name="total", initializer="zeros")
        self.weight = self.add_weight(name="weight", initializer="zeros")


# %% config_of_none loses="serialization"
"""`get_config` returns None: `dict.update` changes the dictionary and returns nothing."""


class HuberMetric(Parts):
    def get_config(self):
        config = super().get_config()
        return config.update({"threshold": self.threshold})


# %% config_of_another_key loses="serialization"
"""A key of the configuration is no argument of the constructor. The two must agree."""


class HuberMetric(Parts):
    def get_config(self):
        return {**keras.metrics.Metric.get_config(self), "delta": self.threshold}


# %% config_of_itself loses="serialization"
"""`get_config` calls itself without end. The one that it extends is `super().get_config()`."""


class HuberMetric(Parts):
    def get_config(self):
        return {**self.get_config(), "threshold": self.threshold}


# %% number_as_state_reset loses="graph"
"""The state is a Python number, and resetting it yourself is not enough: a graph cannot change it,
and `metric.variables` is empty. Make it with `add_weight`, change it with `assign_add`."""


class HuberMetric(Parts):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        keras.metrics.Metric.__init__(self, name=name, **kwargs)
        self.threshold = threshold
        self.reset_state()

    def add(self, losses, sample_weight):
        losses = tf.reduce_mean(losses, axis=1)
        weights = tf.ones_like(losses)
        if sample_weight is not None:
            weights = tf.reshape(sample_weight, [-1])
        self.total += tf.reduce_sum(weights * losses)
        self.weight += tf.reduce_sum(weights)

    def result(self):
        return tf.math.divide_no_nan(self.total, self.weight)

    def reset_state(self):
        self.total, self.weight = 0.0, 0.0


# %% list_as_state loses="graph"
"""A list of all batches is no state of a stream: it grows with the data, and a graph cannot append
to it. A sum of losses and a sum of weights, made by `add_weight`, are all that is needed."""


class HuberMetric(Parts):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        keras.metrics.Metric.__init__(self, name=name, **kwargs)
        self.threshold = threshold
        self.reset_state()

    def add(self, losses, sample_weight):
        losses = tf.reduce_mean(losses, axis=1)
        weights = tf.ones_like(losses)
        if sample_weight is not None:
            weights = tf.reshape(sample_weight, [-1])
        self.losses.append(losses)
        self.weights.append(weights)

    def result(self):
        if not self.losses:
            return 0.0
        losses, weights = tf.concat(self.losses, axis=0), tf.concat(self.weights, axis=0)
        return tf.math.divide_no_nan(tf.reduce_sum(weights * losses), tf.reduce_sum(weights))

    def reset_state(self):
        self.losses, self.weights = [], []


# %% rebound loses="numerics graph"
"""`self.total = self.total + x` does not change the variable but puts a tensor in its place, which
no reset reaches and which does not outlive the graph. Use `self.total.assign_add(x)`."""


class HuberMetric(Parts):
    def add(self, losses, sample_weight):
        losses = tf.reduce_mean(losses, axis=1)
        weights = tf.ones_like(losses)
        if sample_weight is not None:
            weights = tf.reshape(sample_weight, [-1])
        self.total = self.total + tf.reduce_sum(weights * losses)
        self.weight = self.weight + tf.reduce_sum(weights)

    def result(self):
        return tf.math.divide_no_nan(self.total + 0.0, self.weight + 0.0)


# %% variables_of_tensorflow loses="numerics gradients graph"
"""Keras does not find the variables that hold your state: a `tf.Variable`, or variables inside an
object of your own. `metric.variables` lacks them, and the stateless form loses what you assign to
them. Make them by `add_weight` of the metric."""


class HuberMetric(Parts):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        keras.metrics.Metric.__init__(self, name=name, **kwargs)
        self.threshold = threshold
        self.total = tf.Variable(0.0)
        self.weight = tf.Variable(0.0)

    def result(self):
        return tf.math.divide_no_nan(self.total, self.weight)


# %% variables_in_a_helper loses="gradients graph"
"""Keras does not find the variables that hold your state: a `tf.Variable`, or variables inside an
object of your own. `metric.variables` lacks them, and the stateless form loses what you assign to
them. Make them by `add_weight` of the metric."""


class State:
    def __init__(self):
        self.total = keras.Variable(0.0, trainable=False)
        self.weight = keras.Variable(0.0, trainable=False)


class HuberMetric(Parts):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        keras.metrics.Metric.__init__(self, name=name, **kwargs)
        self.threshold = threshold
        self.state = State()

    @property
    def total(self):
        return self.state.total

    @property
    def weight(self):
        return self.state.weight

    def reset_state(self):
        self.total.assign(0.0)
        self.weight.assign(0.0)


# %% made_when_needed loses="graph"
"""The state is made in the first update, so `metric.variables` is empty before. Make it in the
constructor."""


class HuberMetric(Parts):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        keras.metrics.Metric.__init__(self, name=name, **kwargs)
        self.threshold = threshold
        self.total = self.weight = None

    def add(self, losses, sample_weight):
        if self.total is None:
            self.total = self.add_weight(name="total", initializer="zeros")
            self.weight = self.add_weight(name="weight", initializer="zeros")
        super().add(losses, sample_weight)

    def result(self):
        return 0.0 if self.total is None else super().result()


# %% new_variables_at_reset loses="graph"
"""`reset_state` makes new variables, but a graph that was traced before goes on with the old ones.
Keep the variables and assign zeros to them."""


class HuberMetric(Parts):
    def reset_state(self):
        self.total = keras.Variable(0.0, trainable=False, name="total")
        self.weight = keras.Variable(0.0, trainable=False, name="weight")


# %% numpy_in_update loses="graph"
"""While a graph is traced there are no numbers yet, so `.numpy()` fails, and no gradient passes
through it. Stay with tensors, in `result` too."""


class HuberMetric(Parts):
    def add(self, losses, sample_weight):
        losses = tf.reduce_mean(losses, axis=1)
        weights = tf.ones_like(losses)
        if sample_weight is not None:
            weights = tf.reshape(sample_weight, [-1])
        self.total.assign_add(tf.reduce_sum(weights * losses))
        self.weight.assign_add(tf.reduce_sum(weights).numpy())


# %% numpy_in_result loses="gradients graph"
"""While a graph is traced there are no numbers yet, so `.numpy()` fails, and no gradient passes
through it. Stay with tensors, in `result` too."""


class HuberMetric(Parts):
    def result(self):
        return float(super().result().numpy())


# %% python_if_on_weights loses="graph"
"""A Python `if` cannot decide about a tensor: not for each of its elements, and in a graph not at
all, since nobody knows the value while tracing. Use `tf.where`, `tf.cond` or
`tf.math.divide_no_nan`; only `is None` and the rank are known early."""


class HuberMetric(Parts):
    def add(self, losses, sample_weight):
        if sample_weight is not None and tf.reduce_all(sample_weight == 1):
            sample_weight = None
        super().add(losses, sample_weight)


# %% python_if loses="graph"
"""A Python `if` cannot decide about a tensor: not for each of its elements, and in a graph not at
all, since nobody knows the value while tracing. Use `tf.where`, `tf.cond` or
`tf.math.divide_no_nan`; only `is None` and the rank are known early."""


class HuberMetric(Parts):
    def result(self):
        if self.weight.value == 0:
            return 0.0
        return self.total / self.weight


# %% python_if_on_errors loses="numerics gradients serialization graph"
"""A Python `if` cannot decide about a tensor: not for each of its elements, and in a graph not at
all, since nobody knows the value while tracing. Use `tf.where`, `tf.cond` or
`tf.math.divide_no_nan`; only `is None` and the rank are known early."""


class HuberMetric(Parts):
    def huber(self, error):
        if tf.abs(error) <= self.threshold:
            return tf.square(error) / 2
        return self.threshold * (tf.abs(error) - self.threshold / 2)


# %% length_of_the_batch loses="graph"
"""While a graph is traced the batch size may be unknown: `len(y_true)` raises then and
`y_true.shape[0]` is None. Ask `tf.shape(y_true)[0]`, which has the answer when the graph runs, or
use `tf.size` or `tf.ones_like`."""


class HuberMetric(Parts):
    def add(self, losses, sample_weight):
        if sample_weight is None:
            sample_weight = np.ones(len(losses), "float32")
        super().add(losses, sample_weight)


# %% numpy_in_loss loses="gradients graph"
"""Nothing flows from the result back to the predictions: `tf.stop_gradient`, or a detour through
NumPy, makes the value a constant. NumPy does not work in a graph either. Stay with tensors;
training takes no notice of a metric anyway."""


class HuberMetric(Parts):
    def huber(self, error):
        size = np.abs(np.asarray(error))
        linear = self.threshold * (size - self.threshold / 2)
        return np.where(size <= self.threshold, size**2 / 2, linear)


# %% static_batch_size loses="graph"
"""While a graph is traced the batch size may be unknown: `len(y_true)` raises then and
`y_true.shape[0]` is None. Ask `tf.shape(y_true)[0]`, which has the answer when the graph runs, or
use `tf.size` or `tf.ones_like`."""


class HuberMetric(Parts):
    def add(self, losses, sample_weight):
        losses = tf.reduce_mean(losses, axis=1)
        if sample_weight is None:
            self.weight.assign_add(float(losses.shape[0]))
        else:
            losses *= tf.reshape(sample_weight, [-1])
            self.weight.assign_add(tf.reduce_sum(sample_weight))
        self.total.assign_add(tf.reduce_sum(losses))


# %% calls_back_into_python loses="graph"
"""What `tf.py_function` and `tf.numpy_function` wrap stays in Python; the graph cannot run it
without your process. Write it in TensorFlow."""


class HuberMetric(Parts):
    def huber(self, error):
        return tf.py_function(super().huber, [error], tf.float32)


# %% super_not_called loses="numerics gradients serialization graph"
"""`super().__init__(...)` must come before `add_weight`: it makes the metric ready for state."""


class HuberMetric(keras.metrics.Metric):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        self.threshold = threshold
        self.total = self.add_weight(name="total", initializer="zeros")
        self.weight = self.add_weight(name="weight", initializer="zeros")


# %% nothing_returned loses="numerics gradients serialization graph"
"""`result` computes a value and returns nothing."""


class HuberMetric(Parts):
    def result(self):
        tf.math.divide_no_nan(self.total.value, self.weight.value)


# %% border_of_one loses="numerics gradients"
"""Where the loss becomes linear is fixed at 1, while its slope beyond is the threshold. The two
belong together: compare the size of the error with the threshold."""


class HuberMetric(Parts):
    def huber(self, error):
        linear = self.threshold * (tf.abs(error) - self.threshold / 2)
        return tf.where(tf.abs(error) <= 1.0, tf.square(error) / 2, linear)


# %% square_against_threshold loses="numerics gradients"
"""The squared error is compared with the threshold. For threshold 1 that makes no difference; for
every other it moves the border between the two branches."""


class HuberMetric(Parts):
    def huber(self, error):
        linear = self.threshold * (tf.abs(error) - self.threshold / 2)
        return tf.where(tf.square(error) <= self.threshold, tf.square(error) / 2, linear)


# %% moving_average loses="numerics"
"""This is a moving average, in which old batches fade. Every sample since the last reset counts the
same."""


class HuberMetric(HuberMetric):
    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.assign(0.9 * self.total)
        self.weight.assign(0.9 * self.weight)
        super().update_state(y_true, y_pred, sample_weight)


# %% means_before_the_threshold loses="numerics"
"""The errors of a sample are averaged before they are compared with the threshold. Each output has
an error and a loss of its own: take the mean of the losses."""


class HuberMetric(HuberMetric):
    def update_state(self, y_true, y_pred, sample_weight=None):
        size = keras.losses.mean_absolute_error(y_true, y_pred)
        square = keras.losses.mean_squared_error(y_true, y_pred)
        linear = self.threshold * (size - self.threshold / 2)
        losses = tf.where(size <= self.threshold, square / 2, linear)
        weights = tf.ones_like(losses)
        if sample_weight is not None:
            weights = tf.reshape(sample_weight, [-1])
        self.total.assign_add(tf.reduce_sum(weights * losses))
        self.weight.assign_add(tf.reduce_sum(weights))


# %% config_rounds loses="serialization"
"""The configuration holds a rounded threshold, so what is loaded has another one. Put it there as
the constructor got it."""


class HuberMetric(HuberMetric):
    def get_config(self):
        return {**super().get_config(), "threshold": int(self.threshold)}


# %% threshold_in_a_global loses="numerics"
"""The constructor puts the threshold into a global variable, so all metrics use that of the one
made last. Keep it on `self`."""


class HuberMetric(Parts):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        global THRESHOLD
        super().__init__(threshold, name, **kwargs)
        THRESHOLD = threshold

    def huber(self, error):
        inner = tf.minimum(tf.abs(error), THRESHOLD)
        return inner**2 / 2 + THRESHOLD * (tf.abs(error) - inner)


# %% epsilon_in_the_denominator loses="numerics"
"""An epsilon in the denominator changes every result a little, and much where the weights are small
themselves. `tf.math.divide_no_nan` leaves all of them as they are but 0 / 0."""


class HuberMetric(Parts):
    def result(self):
        return self.total / (self.weight + 1e-7)


# %% count_that_starts_tiny loses="numerics"
"""The sum of the weights starts just above zero, so that it can be divided by. But `reset_state`
sets it to zero, and the next result is NaN. Ask in `result` whether there is anything to divide
by."""


class HuberMetric(Parts):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        super().__init__(threshold, name, **kwargs)
        self.weight.assign(1e-12)

    def result(self):
        return self.total / self.weight


# %% outputs_in_an_attribute loses="graph"
"""How many outputs there are is state, too, and it is kept in a Python attribute: a metric that is
given the variables of another, or traced before its first batch, does not know it. Take the mean
over the outputs in `update_state`."""


class HuberMetric(Parts):
    outputs = 1

    def add(self, losses, sample_weight):
        self.outputs = losses.shape[-1]
        weights = tf.ones_like(losses[:, :1])
        if sample_weight is not None:
            weights = tf.reshape(sample_weight, [-1, 1])
        self.total.assign_add(tf.reduce_sum(weights * losses))
        self.weight.assign_add(tf.reduce_sum(weights))

    def result(self):
        return tf.math.divide_no_nan(self.total.value, self.weight.value * self.outputs)


# %% default_of_a_tenth loses="numerics"
"""The default threshold is another one than asked for: without a threshold it is 1.0."""


class HuberMetric(HuberMetric):
    def __init__(self, threshold=0.1, name="huber_metric", **kwargs):
        super().__init__(threshold, name=name, **kwargs)


# %% default_of_two loses="numerics"
"""The default threshold is another one than asked for: without a threshold it is 1.0."""


class HuberMetric(HuberMetric):
    def __init__(self, threshold=2.0, name="huber_metric", **kwargs):
        super().__init__(threshold, name=name, **kwargs)


# %% no_threshold_no_line loses="numerics"
"""Without a threshold this is half the squared error everywhere. The default threshold is 1.0."""


class HuberMetric(HuberMetric):
    def __init__(self, threshold=None, name="huber_metric", **kwargs):
        super().__init__(1e9 if threshold is None else threshold, name=name, **kwargs)


# %% count_assigned loses="numerics"
"""The sum grows with each batch, but the count is replaced by that of the last one. Add to both."""


class HuberMetric(Parts):
    def add(self, losses, sample_weight):
        losses = tf.reduce_mean(losses, axis=1)
        weights = tf.ones_like(losses) if sample_weight is None else tf.reshape(sample_weight, [-1])
        self.total.assign_add(tf.reduce_sum(losses * weights))
        self.weight.assign(tf.reduce_sum(weights))


# %% count_never_counted loses="numerics gradients serialization graph"
"""The weights are added to the sum, and the count stays 0: the result is infinite, or no number.
Add the losses to one variable and the weights to the other."""


class HuberMetric(HuberMetric):
    def update_state(self, y_true, y_pred, sample_weight=None):
        size = tf.abs(tf.convert_to_tensor(y_true) - y_pred)
        inner = tf.minimum(size, self.threshold)
        losses = tf.reduce_mean(inner**2 / 2 + self.threshold * (size - inner), axis=-1)
        weights = tf.ones_like(losses) if sample_weight is None else tf.reshape(sample_weight, [-1])
        self.total.assign_add(tf.reduce_sum(losses * weights))
        self.total.assign_add(tf.reduce_sum(weights))

    def result(self):
        return self.total / self.weight


# %% plain_division loses="numerics"
"""Weights are accepted and not used, and before any data this divides zero by zero. Multiply the
losses by the weights, count by the weights, and divide with `tf.math.divide_no_nan`."""


class HuberMetric(HuberMetric):
    def update_state(self, y_true, y_pred, sample_weight=None):
        size = tf.abs(tf.convert_to_tensor(y_true) - y_pred)
        inner = tf.minimum(size, self.threshold)
        losses = inner**2 / 2 + self.threshold * (size - inner)
        self.total.assign_add(tf.reduce_sum(losses))
        self.weight.assign_add(tf.cast(tf.size(losses), "float32"))

    def result(self):
        return self.total / self.weight


# %% dictionary_as_result loses="numerics gradients serialization graph"
"""`result` returns a dictionary. What is asked for is one number, a scalar of shape `()`."""


class HuberMetric(HuberMetric):
    def result(self):
        return {"huber": tf.math.divide_no_nan(self.total, self.weight), "count": self.weight}


# %% updates_counted loses="numerics gradients serialization graph"
"""The result counts the updates, and does not depend on the batches."""


class HuberMetric(HuberMetric):
    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.assign_add(1.0)

    def result(self):
        return self.total + 0.0
