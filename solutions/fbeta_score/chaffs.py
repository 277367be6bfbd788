# %%
class Plain(keras.metrics.Metric):
    """The reference's parts, for those that get one of them wrong."""

    def __init__(self, beta=1.0, threshold=0.5, name="fbeta_score", **kwargs):
        super().__init__(name=name, **kwargs)
        self.beta, self.threshold = beta, threshold
        self.hits = self.add_weight(name="hits", initializer="zeros")
        self.false_alarms = self.add_weight(name="false_alarms", initializer="zeros")
        self.misses = self.add_weight(name="misses", initializer="zeros")

    def parts(self, y_true, y_pred, sample_weight):
        label = tf.cast(tf.reshape(y_true, [-1]), "float32")
        positive = tf.cast(tf.reshape(y_pred, [-1]) > self.threshold, "float32")
        weight = tf.ones_like(label) if sample_weight is None else tf.reshape(sample_weight, [-1])
        hits, alarms = (tf.reduce_sum(weight * one * positive) for one in (label, 1 - label))
        return hits, alarms, tf.reduce_sum(weight * label * (1 - positive))

    def score(self, hits, alarms, misses):
        square = self.beta**2
        top = (1 + square) * hits
        return tf.math.divide_no_nan(top, top + square * misses + alarms)

    def update_state(self, y_true, y_pred, sample_weight=None):
        hits, alarms, misses = self.parts(y_true, y_pred, sample_weight)
        self.hits.assign_add(hits)
        self.false_alarms.assign_add(alarms)
        self.misses.assign_add(misses)

    def result(self):
        return self.score(self.hits, self.false_alarms, self.misses)

    def get_config(self):
        return {**super().get_config(), "beta": self.beta, "threshold": self.threshold}


# %% mean_of_batches loses="numerics"
"""This is the mean of the scores of the batches. The score of all samples follows from three
counts over all of them, not from scores: keep the counts, and divide in `result`."""


class FBetaScore(Plain):
    def update_state(self, y_true, y_pred, sample_weight=None):
        self.hits.assign_add(self.score(*self.parts(y_true, y_pred, sample_weight)))
        self.misses.assign_add(1.0)

    def result(self):
        return tf.math.divide_no_nan(self.hits, self.misses)


# %% last_batch loses="numerics"
"""Only the last batch counts: `assign` replaces what was counted before. Add to it, with
`assign_add`."""


class FBetaScore(Plain):
    def update_state(self, y_true, y_pred, sample_weight=None):
        hits, alarms, misses = self.parts(y_true, y_pred, sample_weight)
        self.hits.assign(hits)
        self.false_alarms.assign(alarms)
        self.misses.assign(misses)


# %% beta_not_squared loses="numerics"
"""β enters the formula squared: recall counts β times as much as precision, and the formula has
β² for that."""


class FBetaScore(Plain):
    def score(self, hits, alarms, misses):
        top = (1 + self.beta) * hits
        return tf.math.divide_no_nan(top, top + self.beta * misses + alarms)


# %% beta_on_the_wrong_side loses="numerics"
"""Misses and false alarms have changed places: β² belongs to the misses, the samples with label 1
and no positive prediction, because a large β minds them."""


class FBetaScore(Plain):
    def score(self, hits, alarms, misses):
        square = self.beta**2
        top = (1 + square) * hits
        return tf.math.divide_no_nan(top, top + misses + square * alarms)


# %% always_f1 loses="numerics"
"""β is kept and never used: this is F1, whatever β is."""


class FBetaScore(Plain):
    def score(self, hits, alarms, misses):
        return tf.math.divide_no_nan(2 * hits, 2 * hits + misses + alarms)


# %% factor_forgotten loses="numerics"
"""The factor 1 + β² above the line is missing: a perfect model must score 1."""


class FBetaScore(Plain):
    def score(self, hits, alarms, misses):
        square = self.beta**2
        return tf.math.divide_no_nan(hits, (1 + square) * hits + square * misses + alarms)


# %% precision_alone loses="numerics"
"""This is the precision. Misses do not count here, and β has nothing to weigh."""


class FBetaScore(Plain):
    def score(self, hits, alarms, misses):
        return tf.math.divide_no_nan(hits, hits + alarms)


# %% recall_alone loses="numerics"
"""This is the recall. False alarms do not count here, and β has nothing to weigh."""


class FBetaScore(Plain):
    def score(self, hits, alarms, misses):
        return tf.math.divide_no_nan(hits, hits + misses)


# %% arithmetic_mean loses="numerics"
"""This is the arithmetic mean of precision and recall. F-beta is a harmonic mean: if one of them
is 0, so is the score."""


class FBetaScore(Plain):
    def score(self, hits, alarms, misses):
        precision = tf.math.divide_no_nan(hits, hits + alarms)
        return (precision + tf.math.divide_no_nan(hits, hits + misses)) / 2


# %% threshold_included loses="numerics"
"""A prediction of exactly the threshold is not positive: it must be greater."""


class FBetaScore(Plain):
    def parts(self, y_true, y_pred, sample_weight):
        above = tf.cast(tf.convert_to_tensor(y_pred) >= self.threshold, "float32")
        return super().parts(y_true, above + self.threshold - 0.5, sample_weight)


# %% threshold_in_float64 loses="numerics"
"""In float64, the prediction 0.6 is a little more than the threshold 0.6: it was rounded to float32
before, and the threshold was not. Compare in float32, the dtype that predictions have."""


class FBetaScore(Plain):
    def parts(self, y_true, y_pred, sample_weight):
        above = tf.cast(tf.cast(y_pred, "float64") > self.threshold, "float32")
        return super().parts(y_true, above + self.threshold - 0.5, sample_weight)


# %% threshold_of_zero_replaced loses="numerics"
"""A threshold of 0 is taken for none: `threshold or 0.5` and `if threshold` do so, since 0 is false
in Python. For predictions of both signs it is the usual threshold."""


class FBetaScore(Plain):
    def __init__(self, beta=1.0, threshold=0.5, name="fbeta_score", **kwargs):
        super().__init__(beta, threshold or 0.5, name, **kwargs)


# %% threshold_half loses="numerics"
"""The threshold is 0.5 here, whatever was asked for. Compare the predictions with the argument."""


class FBetaScore(Plain):
    def parts(self, y_true, y_pred, sample_weight):
        above = tf.cast(tf.convert_to_tensor(y_pred) > 0.5, "float32")
        return super().parts(y_true, above + self.threshold - 0.5, sample_weight)


# %% rounded loses="numerics" like="threshold_half"
class FBetaScore(Plain):
    def parts(self, y_true, y_pred, sample_weight):
        rounded = tf.round(tf.convert_to_tensor(y_pred))
        return super().parts(y_true, rounded + self.threshold - 0.5, sample_weight)


# %% predictions_not_compared loses="numerics"
"""The predictions themselves are summed. Sum whether they are greater than the threshold: cast the
comparison to a number."""


class FBetaScore(Plain):
    def parts(self, y_true, y_pred, sample_weight):
        label, found = tf.cast(tf.reshape(y_true, [-1]), "float32"), tf.reshape(y_pred, [-1])
        weight = tf.ones_like(label) if sample_weight is None else tf.reshape(sample_weight, [-1])
        hits, alarms = (tf.reduce_sum(weight * one * found) for one in (label, 1 - label))
        return hits, alarms, tf.reduce_sum(weight * label * (1 - found))


# %% another_default_beta loses="numerics"
"""The default β is another one than asked for: without a β, the score is F1."""


class FBetaScore(Plain):
    def __init__(self, beta=2.0, threshold=0.5, name="fbeta_score", **kwargs):
        super().__init__(beta, threshold, name, **kwargs)


# %% another_default_threshold loses="numerics"
"""The default threshold is another one than asked for: without one, a prediction is positive if it
is greater than 0.5."""


class FBetaScore(Plain):
    def __init__(self, beta=1.0, threshold=0.0, name="fbeta_score", **kwargs):
        super().__init__(beta, threshold, name, **kwargs)


# %% weights_ignored loses="numerics"
"""Weights are accepted and not used. A sample of weight 3 counts as three samples."""


class FBetaScore(Plain):
    def parts(self, y_true, y_pred, sample_weight):
        return super().parts(y_true, y_pred, None)


# %% weights_against_columns loses="numerics"
"""A `(batch,)` array times a `(batch, 1)` array is a `(batch, batch)` matrix. Bring the weights
into the shape of the labels first."""


class FBetaScore(Plain):
    def parts(self, y_true, y_pred, sample_weight):
        label = tf.cast(y_true, "float32")
        positive = tf.cast(tf.convert_to_tensor(y_pred) > self.threshold, "float32")
        weight = 1.0 if sample_weight is None else sample_weight
        hits, alarms = (tf.reduce_sum(weight * one * positive) for one in (label, 1 - label))
        return hits, alarms, tf.reduce_sum(weight * label * (1 - positive))


# %% no_guard loses="numerics"
"""0/0 is NaN, and the score should be 0.0 then. Precision has no value without a positive
prediction, recall has none without a positive label, and the score has none without a true
positive: `tf.math.divide_no_nan` returns 0 there, and each division needs it."""


class FBetaScore(Plain):
    def score(self, hits, alarms, misses):
        square = self.beta**2
        return (1 + square) * hits / ((1 + square) * hits + square * misses + alarms)


# %% guard_of_the_last_division_only loses="numerics" like="no_guard"
class FBetaScore(Plain):
    def score(self, hits, alarms, misses):
        square = self.beta**2
        precision, recall = hits / (hits + alarms), hits / (hits + misses)
        return tf.math.divide_no_nan((1 + square) * precision * recall, square * precision + recall)


# %% guard_before_any_data_only loses="numerics"
"""There is also nothing to divide by if there are samples, but no label is 1 and no prediction is
positive. Ask whether the number below the fraction bar is 0, not whether there is any data."""


class FBetaScore(Plain):
    def __init__(self, beta=1.0, threshold=0.5, name="fbeta_score", **kwargs):
        super().__init__(beta, threshold, name, **kwargs)
        self.samples = self.add_weight(name="samples", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        super().update_state(y_true, y_pred, sample_weight)
        weight = tf.ones_like(y_pred) if sample_weight is None else sample_weight
        self.samples.assign_add(tf.reduce_sum(weight))

    def score(self, hits, alarms, misses):
        square = self.beta**2
        top = (1 + square) * hits
        score = top / (top + square * misses + alarms)
        return tf.where(self.samples > 0, score, 0.0)


# %% large_number_below loses="numerics"
"""The number that you add below the line against 0/0 is so large that it changes the score."""


class FBetaScore(Plain):
    def score(self, hits, alarms, misses):
        square = self.beta**2
        top = (1 + square) * hits
        return top / (top + square * misses + alarms + 0.01)


# %% small_number_for_large_weights loses="numerics" like="large_number_below"
class FBetaScore(Plain):
    def score(self, hits, alarms, misses):
        square = self.beta**2
        top = (1 + square) * hits
        return top / (top + square * misses + alarms + 1e-5)


# %% small_number_above_as_well loses="numerics"
"""With a small number above the fraction bar, too, 0/0 becomes 1 and not 0."""


class FBetaScore(Plain):
    def score(self, hits, alarms, misses):
        tiny, square = 1e-7, self.beta**2
        top = (1 + square) * hits
        return (top + tiny) / (top + square * misses + alarms + tiny)


# %% weights_of_hits_only loses="numerics"
"""Only the true positives are weighted. A weight counts for a false positive and for a false
negative as well."""


class FBetaScore(Plain):
    def parts(self, y_true, y_pred, sample_weight):
        _, alarms, misses = super().parts(y_true, y_pred, None)
        return super().parts(y_true, y_pred, sample_weight)[0], alarms, misses


# %% true_negatives_counted loses="numerics"
"""Samples with label 0 that are rightly not positive are counted as well. Precision and recall take
no notice of them."""


class FBetaScore(Plain):
    def parts(self, y_true, y_pred, sample_weight):
        hits, alarms, misses = super().parts(y_true, y_pred, sample_weight)
        label = tf.cast(tf.reshape(y_true, [-1]), "float32")
        weight = tf.ones_like(label) if sample_weight is None else tf.reshape(sample_weight, [-1])
        return tf.reduce_sum(weight) - alarms - misses, alarms, misses


# %% labels_not_cast loses="numerics"
"""Labels that are integers or bool do not multiply with float32. Cast them first."""


class FBetaScore(Plain):
    def parts(self, y_true, y_pred, sample_weight):
        return super().parts(tf.convert_to_tensor(y_true) * 1.0, y_pred, sample_weight)


# %% reset_of_the_base loses="numerics"
"""After a reset, what was counted before is still there, or some of it. Keras calls `reset_state`,
without a final s. What you inherit resets the variables made with `add_weight`, and in a subclass
of `Sum` or `Mean` only those that `Sum` or `Mean` have made. Reset all of yours."""


class FBetaScore(keras.metrics.Sum):
    def __init__(self, beta=1.0, threshold=0.5, name="fbeta_score", **kwargs):
        super().__init__(name=name, **kwargs)
        self.beta, self.threshold = beta, threshold
        self.false_alarms = self.add_weight(name="false_alarms", initializer="zeros")
        self.misses = self.add_weight(name="misses", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        hits, alarms, misses = Plain.parts(self, y_true, y_pred, sample_weight)
        super().update_state(hits)
        self.false_alarms.assign_add(alarms)
        self.misses.assign_add(misses)

    def result(self):
        return Plain.score(self, super().result(), self.false_alarms, self.misses)

    def get_config(self):
        return {**super().get_config(), "beta": self.beta, "threshold": self.threshold}


# %% reset_states loses="numerics graph" like="reset_of_the_base"
class FBetaScore(Plain):
    def __init__(self, beta=1.0, threshold=0.5, name="fbeta_score", **kwargs):
        super().__init__(beta, threshold, name, **kwargs)
        self.hits, self.false_alarms, self.misses = (tf.Variable(0.0) for _ in range(3))

    def reset_states(self):
        for variable in (self.hits, self.false_alarms, self.misses):
            variable.assign(0.0)


# %% reset_of_one_count loses="numerics" like="reset_of_the_base"
class FBetaScore(Plain):
    def reset_state(self):
        self.hits.assign(0.0)


# %% python_numbers loses="graph"
"""The counts are Python numbers or tensors, which `fit` does not see change: it traces
`update_state` once. Keep them in variables made with `add_weight`."""


class FBetaScore(keras.metrics.Metric):
    def __init__(self, beta=1.0, threshold=0.5, name="fbeta_score", **kwargs):
        super().__init__(name=name, **kwargs)
        self.beta, self.threshold = beta, threshold
        self.counts = [0.0, 0.0, 0.0]

    def update_state(self, y_true, y_pred, sample_weight=None):
        found = Plain.parts(self, y_true, y_pred, sample_weight)
        self.counts = [total + one for total, one in zip(self.counts, found, strict=True)]

    def result(self):
        return Plain.score(self, *map(tf.convert_to_tensor, self.counts))

    def reset_state(self):
        self.counts = [0.0, 0.0, 0.0]

    def get_config(self):
        return {**super().get_config(), "beta": self.beta, "threshold": self.threshold}


# %% numpy_in_result loses="graph"
"""While a graph is traced there are no numbers yet, so `.numpy()` and `float()` fail. Stay with
tensors, in `result` too."""


class FBetaScore(Plain):
    def result(self):
        return float(super().result())


# %% numpy loses="graph"
"""NumPy computes outside TensorFlow: in a graph there are no values yet that it could take. Use
operations of TensorFlow or Keras."""


class FBetaScore(Plain):
    def parts(self, y_true, y_pred, sample_weight):
        label = np.array(y_true).ravel().astype("float32")
        positive = np.array(y_pred).ravel() > self.threshold
        weight = np.ones_like(label) if sample_weight is None else np.ravel(sample_weight)
        return (
            np.sum(weight * label * positive),
            np.sum(weight * (1 - label) * positive),
            np.sum(weight * label * ~positive),
        )


# %% python_if loses="graph"
"""In a graph a tensor has no truth value, so `if` cannot ask it, and nothing in Keras rewrites
your `if`. `tf.math.divide_no_nan` needs none."""


class FBetaScore(Plain):
    def score(self, hits, alarms, misses):
        if hits == 0:
            return tf.constant(0.0)
        return super().score(hits, alarms, misses)


# %% configuration_forgotten loses="serialization"
"""The configuration holds neither β nor the threshold: a metric that is made from it has the
defaults, and nothing says so. Add both in `get_config`."""


class FBetaScore(Plain):
    def get_config(self):
        return keras.metrics.Metric.get_config(self)


# %% configuration_without_the_threshold loses="serialization"
"""The configuration does not hold the threshold: a metric that is made from it has the
default."""


class FBetaScore(Plain):
    def get_config(self):
        return {**keras.metrics.Metric.get_config(self), "beta": self.beta}


# %% configuration_without_beta loses="serialization"
"""The configuration does not hold β: a metric that is made from it is F1."""


class FBetaScore(Plain):
    def get_config(self):
        return {**keras.metrics.Metric.get_config(self), "threshold": self.threshold}


# %% configuration_without_a_threshold_of_zero loses="serialization"
"""A threshold of 0 is lost on the way: 0 is false in Python, so `if self.threshold` leaves it out
of the configuration, as if there were none. Write it there whatever it is."""


class FBetaScore(Plain):
    def get_config(self):
        config = {**keras.metrics.Metric.get_config(self), "beta": self.beta}
        if self.threshold:
            config["threshold"] = self.threshold
        return config


# %% configuration_without_the_name loses="serialization"
"""The configuration lacks what every metric has: its name, its dtype, or both. Start from
`super().get_config()`, and add your own arguments."""


class FBetaScore(Plain):
    def get_config(self):
        return {"beta": self.beta, "threshold": self.threshold}


# %% arguments_swallowed loses="serialization"
"""The constructor drops the keyword arguments that belong to Keras, like `dtype`. Pass
`**kwargs` on."""


class FBetaScore(Plain):
    def __init__(self, beta=1.0, threshold=0.5, name="fbeta_score", **kwargs):
        super().__init__(beta, threshold, name)


# %% no_default_name loses="serialization"
"""Without a name the metric is called after its class, with a number that counts instances. The
default is `fbeta_score`."""


class FBetaScore(Plain):
    def __init__(self, beta=1.0, threshold=0.5, name=None, **kwargs):
        super().__init__(beta, threshold, name, **kwargs)
