# %% [markdown] unit="4 Metrics" step=2 minutes=50 teaches="counts over all batches, 0/0"
# # A score that no batch knows
#
# If one payment in a thousand is a fraud, a model that never raises an alarm is right 99.9 % of the
# time. So one asks for more: *precision* says how many of the alarms were right, *recall* how many
# of the frauds raised one, and the **F-beta score** makes one number of the two.
#
# In `streaming_metric` you learned what state is, and why a metric keeps it in variables that Keras
# knows. There, every batch had a sum and a size, and the answer was one divided by the other. Now
# you write a class, `FBetaScore`, for a score that cannot be put together from the scores of
# batches at all.

# %% tags=["look"]
def look_at_scores_of_batches():
    """Alarms in two batches: the precision of each, the mean of the two, and that of all alarms."""
    right, alarms = (4, 0), (5, 2)
    scores = [one / all_ for one, all_ in zip(right, alarms, strict=True)]
    for number, score in enumerate(scores, start=1):
        print(f"batch {number}: {right[number - 1]} of {alarms[number - 1]} are right: {score:.2f}")
    print(f"mean of the batches: {sum(scores) / 2:.2f}")
    print(f"all alarms: {sum(right)} of {sum(alarms)} are right: {sum(right) / sum(alarms):.2f}")


# %% [markdown] needs="`streaming_metric`; what precision and recall are good for"
# ## What to compute
#
# A prediction is a number, often a probability. It is **positive** if it is greater than a
# threshold $t$; a prediction of exactly $t$ is not. Over all samples since the last reset, each
# with a weight $w_i$ (1 if there are no weights), count
#
# - $\text{TP}$, the weight of the samples with label 1 and a positive prediction,
# - $\text{FP}$, the weight of those with label 0 and a positive prediction,
# - $\text{FN}$, the weight of those with label 1 and a prediction that is not.
#
# Precision is $P = \text{TP} / (\text{TP} + \text{FP})$, recall is $R = \text{TP} / (\text{TP} +
# \text{FN})$, and
#
# $$
# F_\beta = \frac{(1 + \beta^2)\, P\, R}{\beta^2 P + R}
#         = \frac{(1 + \beta^2)\, \text{TP}}
#                {(1 + \beta^2)\, \text{TP} + \beta^2\, \text{FN} + \text{FP}}
# $$
#
# The two forms are equal where nothing is divided by zero. $\beta$ says how many times as much
# recall is worth as precision: $F_2$ minds a missed fraud, $F_{1/2}$ minds a false alarm, and $F_1$
# is their harmonic mean.
#
# Without any true positive the score is `0.0`: before the first batch, after a reset, without a
# positive label, without a positive prediction.
#
# ![On the left, how the predictions for label 0 and label 1 are spread, and the threshold between
# positive and not positive: label 1 below it is FN, label 0 above it is FP, label 1 above it is TP.
# On the right, precision rises with the threshold and recall falls. The F score is best at a low
# threshold for a beta of 2, and at a high one for a beta of one half.](figure.png)

# %% [markdown]
# ## An example
#
# The threshold is 0.5, and the batches have five samples each.
#
# | batch | labels | predictions | TP | FP | FN | $P$ | $R$ | $F_1$ of the batch |
# |---|---|---|---|---|---|---|---|---|
# | 1 | 1, 1, 1, 1, 0 | 0.9, 0.8, 0.7, 0.6, 0.9 | 4 | 1 | 0 | 0.8 | 1 | 0.8889 |
# | 2 | 0, 0, 1, 0, 0 | 0.8, 0.7, 0.4, 0.2, 0.1 | 0 | 2 | 1 | 0 | 0 | 0 |
#
# The precision of all ten samples is $4 / 7 = 0.5714$, although the two batches have 0.8 and 0:
# their mean, 0.4, is the precision of nothing. Recall is $4 / 5 = 0.8$, and
#
# | $\beta$ | 0.5 | 1 | 2 |
# |---|---|---|---|
# | $F_\beta$ | 0.6061 | 0.6667 | 0.7407 |
#
# If each sample of the first batch has the weight 2, and each of the second the weight 3, then
# $\text{TP} = 8$, $\text{FP} = 2 + 6$ and $\text{FN} = 3$, and $F_1 = 16 / (16 + 3 + 8) = 0.5926$.
#
# With the threshold 0.75, the first batch alone has $\text{TP} = 2$, $\text{FP} = 1$ and
# $\text{FN} = 2$, and $F_1 = 4 / 7 = 0.5714$.

# %% [markdown]
# ## What to write
#
# A class `FBetaScore(beta=1.0, threshold=0.5, name="fbeta_score", **kwargs)`, a subclass of
# `keras.metrics.Metric` (or of one of its subclasses; look at what else you inherit then). Keras
# has a class of the same name, so a loaded model needs `custom_objects` to find yours.
#
# - `update_state(y_true, y_pred, sample_weight=None)` adds a batch. Labels are 0 or 1, of shape
#   `(batch, 1)` and of any of the dtypes bool, int32, int64, float32, float64. Predictions are
#   float32, of shape `(batch, 1)`. Weights are None, or float32 of shape `(batch,)` or `(batch,
#   1)`. All of them may be NumPy arrays or tensors.
# - `result()` returns the score, a scalar.
# - `reset_state()` forgets everything. The method of `keras.metrics.Metric` does it for all
#   variables made with `add_weight`; you need not write your own.
# - `get_config()` returns what the constructor needs to make the metric again.
#
# A prediction is compared with the threshold in float32, the dtype it has. What was counted does
# not have to be saved. How many variables hold the state is up to you. `**kwargs` are Keras' own
# arguments; pass them on.
#
# The class must work in `compile`, `fit` and `evaluate`:
#
# ```python
# model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
# model.compile("sgd", "binary_crossentropy", metrics=[FBetaScore(beta=2.0)])
# ```

# %% [markdown]
# ## Traps
#
# **Keep counts, not scores.** The score of an epoch does not follow from the scores of its batches,
# not even from a weighted mean of them. It follows from three sums.
#
# **State is created once**, in the constructor: `self.add_weight(name=..., initializer="zeros")`,
# with the name by keyword. A Python number looks the same in a notebook cell, but `fit` traces
# `update_state` once, and the number stays what it was then. What is not state, like the threshold,
# is no weight: a reset would set it to zero.
#
# **`reset_state` has no final s.** Earlier versions of Keras called it `reset_states`; a method of
# that name is now called by nobody.
#
# **Labels are not always float.** `y_true * y_pred` raises for labels that are integers or bool.
# Cast first.
#
# **Shapes of weights.** A `(batch,)` array times a `(batch, 1)` array is a `(batch, batch)` matrix,
# and no error tells you.
#
# **0/0.** $P$ has no value without a positive prediction, $R$ has none without a positive label,
# and $P R / (\beta^2 P + R)$ has none without a true positive. `tf.math.divide_no_nan` returns 0
# there. A Python `if` on a tensor cannot help: while a graph is traced, nobody knows the value.

# %% [markdown]
# ## What is graded
#
# - **Numerics**: the score after one batch and after several of unequal size, for several β and
#   thresholds (0 is one, too) and by default; predictions exactly on the threshold; labels of all
#   five dtypes; weights of both shapes; wherever something is 0/0; after `reset_state()`.
# - **Serialization**: `get_config` and the constructor together carry β, the threshold, the name
#   and the `dtype` to a metric that is loaded in a new process. The default name is `fbeta_score`
#   for every instance.
# - **Graph**: traced once, with the batch size unknown, it answers what direct calls answer; reset
#   between epochs, it begins anew; the same in `evaluate` with weights, which Keras passes to the
#   metrics in `compile(weighted_metrics=…)`. All of its state is in
#   `metric.variables` from the start.
# - **Gradients** are not graded, and there are no points for them: a count jumps where a prediction
#   passes the threshold and is flat everywhere else, so its slope says nothing. That is why a model
#   is trained with a loss and only watched with a metric.
#
# Switched off are Keras' own metrics that count the same: `keras.metrics.F1Score`, `FBetaScore`,
# `Precision`, `Recall`, `TruePositives`, `FalsePositives`, `FalseNegatives` and `TrueNegatives`.
# Calling one of them raises when your work is graded, and in the public tests, too. Other
# parts of Keras, like `keras.metrics.Sum` and `Mean`, are yours to use.
#
# Out of scope: several outputs or classes, labels other than 0 and 1, masks, weights that are
# negative, or so small that they sum to less than 0.1 without being 0, predictions of other dtypes,
# β ≤ 0, and distributed training. The score itself may be off by a millionth, so a tiny number
# below the fraction bar is allowed.

# %%
import keras
import numpy as np
import tensorflow as tf


# %% tags=["solution"]
class FBetaScore(keras.metrics.Metric):
    """The F-beta score over all samples since the last reset."""

    def __init__(self, beta=1.0, threshold=0.5, name="fbeta_score", **kwargs):
        """Create the metric.

        Args:
            beta: how many times as much recall is worth as precision.
            threshold: a prediction is positive if it is greater.
            name: what Keras calls it in logs.
            **kwargs: of `keras.metrics.Metric`.
        """
        ### BEGIN SOLUTION
        super().__init__(name=name, **kwargs)
        self.beta, self.threshold = beta, threshold
        self.hits = self.add_weight(name="hits", initializer="zeros")
        self.false_alarms = self.add_weight(name="false_alarms", initializer="zeros")
        self.misses = self.add_weight(name="misses", initializer="zeros")
        ### END SOLUTION

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: labels, 0 or 1, `(batch, 1)`.
            y_pred: predictions, `(batch, 1)`.
            sample_weight: None, or a weight for each sample, `(batch,)` or `(batch, 1)`.
        """
        ### BEGIN SOLUTION
        label = tf.cast(tf.reshape(y_true, [-1]), "float32")
        positive = tf.cast(tf.reshape(y_pred, [-1]) > self.threshold, "float32")
        weight = tf.ones_like(label)
        if sample_weight is not None:
            weight = tf.reshape(sample_weight, [-1])
        self.hits.assign_add(tf.reduce_sum(weight * label * positive))
        self.false_alarms.assign_add(tf.reduce_sum(weight * (1 - label) * positive))
        self.misses.assign_add(tf.reduce_sum(weight * label * (1 - positive)))
        ### END SOLUTION

    def result(self):
        """Return the score of everything seen, 0.0 without a true positive."""
        ### BEGIN SOLUTION
        square = self.beta**2
        hits = (1 + square) * self.hits
        return tf.math.divide_no_nan(hits, hits + square * self.misses + self.false_alarms)
        ### END SOLUTION

    def get_config(self):
        """Return what the constructor needs to make such a metric again."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "beta": self.beta, "threshold": self.threshold}
        ### END SOLUTION


# %% tags=["look"]
def look_at_my_metric(figure):
    """Your metric over seven batches, beside what it says of each batch alone; and your metric of
    all samples, for other thresholds."""
    left, right = figure.subplots(1, 2)
    rng = np.random.default_rng(2)
    sizes = (40, 5, 30, 3, 50, 8, 20)
    metric, so_far, alone, batches = FBetaScore(), [], [], []
    for size in sizes:
        y_true = (rng.random((size, 1)) < 0.3).astype("float32")
        y_pred = np.where(y_true, rng.beta(5, 3, y_true.shape), rng.beta(2.5, 5, y_true.shape))
        batches.append((y_true, y_pred.astype("float32")))
        metric.update_state(*batches[-1])
        so_far.append(float(metric.result()))
        fresh = FBetaScore()
        fresh.update_state(*batches[-1])
        alone.append(float(fresh.result()))
    places = np.arange(len(sizes))
    left.bar(places, alone, 0.6, alpha=0.45, label="a fresh metric, on this batch alone")
    left.plot(places, so_far, "o-", label="one metric, up to this batch")
    left.plot(places, np.cumsum(alone) / (places + 1), "--", label="mean of the bars (wrong)")
    left.set_xticks(places, sizes)
    left.set(title="F for β = 1", xlabel="samples in the batch", ylim=(0, 1.6), yticks=(0, 0.5, 1))
    left.legend(loc="upper left")
    thresholds = np.linspace(0.05, 0.95, 19)
    y_true, y_pred = map(np.concatenate, zip(*batches, strict=True))
    for beta in (0.5, 1.0, 2.0):
        scores = []
        for threshold in thresholds:
            metric = FBetaScore(beta=beta, threshold=float(threshold))
            metric.update_state(y_true, y_pred)
            scores.append(float(metric.result()))
        right.plot(thresholds, scores, ".-", label=f"β = {beta:g}")
    right.set(title="F of all samples", xlabel="threshold")
    right.legend()


# %% tags=["tests"]
def column(*values, dtype="float32"):
    """Return values as an array of shape `(batch, 1)`."""
    return np.array(values, dtype)[:, None]


FIRST = column(1, 1, 1, 1, 0), column(0.9, 0.8, 0.7, 0.6, 0.9)
SECOND = column(0, 0, 1, 0, 0), column(0.8, 0.7, 0.4, 0.2, 0.1)


def test_one_batch():
    """numerics: the first batch of the example scores 0.8889"""
    metric = FBetaScore()
    metric.update_state(*FIRST)
    result = float(metric.result())
    assert abs(result - 0.8889) < 1e-4, f"the first batch scores {result}, expected 0.8889"


def test_two_batches():
    """numerics: both batches score 0.6061, 0.6667 and 0.7407 for beta 0.5, 1 and 2"""
    for beta, expected in ((0.5, 0.6061), (1.0, 0.6667), (2.0, 0.7407)):
        metric = FBetaScore(beta)
        metric.update_state(*FIRST)
        metric.update_state(*SECOND)
        result = float(metric.result())
        assert abs(result - expected) < 1e-4, (
            f"both batches with beta {beta}: {result}, expected {expected}"
        )


def test_another_threshold():
    """numerics: with the threshold 0.75 the first batch scores 0.5714"""
    metric = FBetaScore(threshold=0.75)
    metric.update_state(*FIRST)
    result = float(metric.result())
    assert abs(result - 0.5714) < 1e-4, f"with the threshold 0.75: {result}, expected 0.5714"


def test_weights():
    """numerics: with the weights 2 in the first batch and 3 in the second it is 0.5926"""
    for shape in ((5,), (5, 1)):
        metric = FBetaScore()
        metric.update_state(*FIRST, sample_weight=np.full(shape, 2, "float32"))
        metric.update_state(*SECOND, sample_weight=np.full(shape, 3, "float32"))
        result = float(metric.result())
        assert abs(result - 0.5926) < 1e-4, (
            f"with weights of shape {shape}: {result}, expected 0.5926"
        )


def test_labels_that_are_integers():
    """numerics: labels may be integers"""
    metric = FBetaScore()
    metric.update_state(FIRST[0].astype("int64"), FIRST[1])
    result = float(metric.result())
    assert abs(result - 0.8889) < 1e-4, f"with labels of int64: {result}, expected 0.8889"


def test_nothing_and_a_reset():
    """numerics: it is 0 before any data and without a positive prediction, and begins anew"""
    metric = FBetaScore()
    result = float(metric.result())
    assert result == 0.0, f"before any data: {result}, expected 0.0"
    metric.update_state(*SECOND)
    metric.reset_state()
    metric.update_state(column(1, 0), column(0.2, 0.3))
    result = float(metric.result())
    assert result == 0.0, f"without a positive prediction: {result}, expected 0.0"
    metric.reset_state()
    metric.update_state(*FIRST)
    result = float(metric.result())
    assert abs(result - 0.8889) < 1e-4, f"after a reset: {result}, expected 0.8889"


def test_config():
    """serialization: made again from its configuration, it has its beta, threshold and name"""
    metric = FBetaScore(beta=2.0, threshold=0.75, name="mine")
    again = FBetaScore.from_config(metric.get_config())
    again.update_state(*FIRST)
    result = float(again.result())
    assert abs(result - 0.5263) < 1e-4, f"rebuilt with 2 and 0.75: {result}, expected 0.5263"
    assert again.name == "mine", f"a metric named 'mine' is called {again.name!r} when rebuilt"


def test_evaluate():
    """graph: `evaluate` in batches of 3 gives 0.6667"""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Identity()])
    model.compile(loss="mse", metrics=[FBetaScore()], jit_compile=False)
    labels, predictions = (np.concatenate(pair) for pair in zip(FIRST, SECOND, strict=True))
    logs = model.evaluate(predictions, labels, 3, verbose=0, return_dict=True)
    result = logs["fbeta_score"]
    assert abs(result - 0.6667) < 1e-4, f"`evaluate` in batches of 3 gives {result}, not 0.6667"
