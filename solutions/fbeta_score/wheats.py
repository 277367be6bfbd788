# %% one_vector
"""All counts in one variable, and labels compared as booleans."""


class FBetaScore(keras.metrics.Metric):
    def __init__(self, beta=1.0, threshold=0.5, name="fbeta_score", **kwargs):
        super().__init__(name=name, **kwargs)
        self.beta = beta
        self.threshold = threshold
        self.counts = self.add_weight(name="counts", shape=(3,), initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        actual = tf.cast(y_true, tf.bool)
        found = tf.greater(y_pred, self.threshold)
        cells = tf.concat([actual & found, ~actual & found, actual & ~found], axis=1)
        cells = tf.cast(cells, tf.float32)
        if sample_weight is not None:
            cells *= tf.reshape(sample_weight, [-1, 1])
        self.counts.assign_add(tf.reduce_sum(cells, axis=0))

    def result(self):
        tp, fp, fn = tf.unstack(self.counts)
        b2 = self.beta**2
        score = (1 + b2) * tp / ((1 + b2) * tp + b2 * fn + fp)
        return tf.where(tf.math.is_nan(score), 0.0, score)

    def get_config(self):
        config = super().get_config()
        config.update(beta=self.beta, threshold=self.threshold)
        return config


# %% precision_and_recall
"""The textbook formula, with a guard for each division."""


class FBetaScore(keras.Metric):
    def __init__(self, beta=1.0, threshold=0.5, name="fbeta_score", **kwargs):
        super().__init__(name=name, **kwargs)
        self.beta, self.threshold = float(beta), float(threshold)
        self.true = self.add_variable(shape=(), initializer="zeros", name="true")
        self.labelled = self.add_variable(shape=(), initializer="zeros", name="labelled")
        self.predicted = self.add_variable(shape=(), initializer="zeros", name="predicted")

    def update_state(self, y_true, y_pred, sample_weight=None):
        ops = keras.ops
        y_true = ops.cast(ops.squeeze(y_true, -1), "float32")
        found = ops.cast(ops.squeeze(y_pred, -1) > self.threshold, "float32")
        weight = ops.ones_like(y_true) if sample_weight is None else ops.ravel(sample_weight)
        self.true.assign(self.true + ops.sum(weight * y_true * found))
        self.labelled.assign(self.labelled + ops.sum(weight * y_true))
        self.predicted.assign(self.predicted + ops.sum(weight * found))

    def result(self):
        precision = keras.ops.divide_no_nan(self.true, self.predicted)
        recall = keras.ops.divide_no_nan(self.true, self.labelled)
        square = self.beta * self.beta
        return keras.ops.divide_no_nan(
            (1 + square) * precision * recall, square * precision + recall
        )

    def reset_state(self):
        for variable in (self.true, self.labelled, self.predicted):
            variable.assign(0.0)

    def get_config(self):
        return {**super().get_config(), "beta": self.beta, "threshold": self.threshold}


# %% three_sums
"""Three of Keras' sums inside the metric; the state is theirs."""


class FBetaScore(keras.metrics.Metric):
    def __init__(self, beta=1.0, threshold=0.5, name="fbeta_score", **kwargs):
        super().__init__(name=name, **kwargs)
        self.b, self.t = beta, threshold
        self.tp, self.fp, self.fn = (keras.metrics.Sum(name=n) for n in ("tp", "fp", "fn"))

    def update_state(self, y_true, y_pred, sample_weight=None):
        y = tf.cast(y_true, tf.float32)[:, 0]
        p = tf.cast(tf.convert_to_tensor(y_pred)[:, 0] > self.t, tf.float32)
        w = None if sample_weight is None else tf.reshape(sample_weight, tf.shape(y))
        self.tp.update_state(y * p, w)
        self.fp.update_state(p - y * p, w)
        self.fn.update_state(y - y * p, w)

    def result(self):
        tp, fp, fn = self.tp.result(), self.fp.result(), self.fn.result()
        top = (1 + self.b**2) * tp
        return tf.math.divide_no_nan(top, top + self.b**2 * fn + fp)

    def get_config(self):
        return super().get_config() | {"beta": self.b, "threshold": self.t}


# %% two_sums
"""Only the true positives and the sum below the line are kept, the latter with β already in it."""


class FBetaScore(keras.metrics.Metric):
    def __init__(self, beta=1.0, threshold=0.5, name="fbeta_score", **kwargs):
        super().__init__(name=name, **kwargs)
        self.beta, self.threshold = beta, threshold
        self.above = self.add_weight(name="above", initializer="zeros")
        self.below = self.add_weight(name="below", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        label = tf.cast(y_true, tf.float32)
        found = tf.where(y_pred > self.threshold, 1.0, 0.0)
        weight = 1.0 if sample_weight is None else tf.reshape(sample_weight, tf.shape(label))
        self.above.assign_add(tf.reduce_sum(weight * label * found))
        self.below.assign_add(tf.reduce_sum(weight * (self.beta**2 * label + found)))

    def result(self):
        return (1 + self.beta**2) * self.above / tf.maximum(self.below, 1e-12)

    def get_config(self):
        return {**super().get_config(), "beta": self.beta, "threshold": self.threshold}


# %% confusion_matrix
"""A matrix of 2 x 2 counts, which TensorFlow makes of each batch."""


class FBetaScore(keras.metrics.Metric):
    def __init__(self, beta=1.0, threshold=0.5, name="fbeta_score", **kwargs):
        super().__init__(name=name, **kwargs)
        self.beta, self.threshold = beta, threshold
        self.matrix = self.add_weight(shape=(2, 2), initializer="zeros", name="matrix")

    def update_state(self, y_true, y_pred, sample_weight=None):
        labels = tf.cast(tf.reshape(y_true, [-1]), tf.int32)
        found = tf.cast(tf.reshape(y_pred, [-1]) > self.threshold, tf.int32)
        if sample_weight is not None:
            sample_weight = tf.reshape(sample_weight, [-1])
        self.matrix.assign_add(
            tf.math.confusion_matrix(labels, found, 2, sample_weight, dtype=tf.float32)
        )

    def result(self):
        _, fp, fn, tp = tf.unstack(tf.reshape(self.matrix, [4]))
        square = self.beta**2
        return tf.math.divide_no_nan((1 + square) * tp, (1 + square) * tp + square * fn + fp)

    def get_config(self):
        return {**super().get_config(), "beta": self.beta, "threshold": self.threshold}


# %% small_number_below
"""A small number below the line instead of a guard: off by less than one millionth."""


class FBetaScore(FBetaScore):
    def result(self):
        square = self.beta**2
        top = (1 + square) * self.hits
        return top / (top + square * self.misses + self.false_alarms + 1e-7)


# %% masks
"""Rows are chosen by boolean masks, and their weights summed."""


class FBetaScore(FBetaScore):
    def update_state(self, y_true, y_pred, sample_weight=None):
        labels = tf.reshape(tf.cast(y_true, tf.int64), [-1]) == 1
        positive = tf.reshape(tf.cast(y_pred, tf.float32), [-1]) > self.threshold
        if sample_weight is None:
            sample_weight = tf.ones(tf.shape(labels))
        weights = tf.reshape(tf.convert_to_tensor(sample_weight), [-1])
        for state, chosen in (
            (self.hits, labels & positive),
            (self.false_alarms, positive & ~labels),
            (self.misses, labels & ~positive),
        ):
            state.assign_add(tf.reduce_sum(tf.boolean_mask(weights, chosen)))


# %% wide_state
"""State in float64 whatever the metric's dtype is, and β and the threshold as properties."""


class FBetaScore(keras.metrics.Metric):
    def __init__(self, beta=1.0, threshold=0.5, name="fbeta_score", **kwargs):
        super().__init__(name=name, **kwargs)
        self._arguments = {"beta": beta, "threshold": threshold}
        self.sums = [
            self.add_weight(name=name, initializer="zeros", dtype="float64") for name in "abc"
        ]

    def update_state(self, y_true, y_pred, sample_weight=None):
        label = tf.cast(tf.reshape(y_true, [-1]), tf.float64)
        found = tf.cast(tf.reshape(y_pred, [-1]) > self._arguments["threshold"], tf.float64)
        weight = tf.ones_like(label)
        if sample_weight is not None:
            weight = tf.cast(tf.reshape(sample_weight, [-1]), tf.float64)
        terms = label * found, found, label
        for total, term in zip(self.sums, terms, strict=True):
            total.assign_add(tf.tensordot(weight, term, 1))

    def result(self):
        hits, found, labels = self.sums
        square = self._arguments["beta"] ** 2
        score = tf.math.divide_no_nan((1 + square) * hits, square * labels + found)
        return tf.cast(score, tf.float32)

    def get_config(self):
        return {**super().get_config(), **self._arguments}


# %% harmonic
"""The weighted harmonic mean of precision and recall, written as one."""


class FBetaScore(FBetaScore):
    def result(self):
        found = self.hits + self.false_alarms
        labelled = self.hits + self.misses
        share = 1 / (1 + self.beta**2)
        mean = tf.math.reciprocal_no_nan(
            share * tf.math.divide_no_nan(found, self.hits)
            + (1 - share) * tf.math.divide_no_nan(labelled, self.hits)
        )
        return mean


# %% subclass_of_sum
"""A subclass of Keras' Sum, which holds the false alarms; its own variables hold the rest."""


class FBetaScore(keras.metrics.Sum):
    def __init__(self, beta=1.0, threshold=0.5, name="fbeta_score", **kwargs):
        super().__init__(name=name, **kwargs)
        self.beta, self.threshold = beta, threshold
        self.hits = self.add_weight(name="hits", initializer="zeros")
        self.misses = self.add_weight(name="misses", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = tf.cast(y_true, "float32")
        found = tf.cast(y_pred > self.threshold, "float32")
        weight = 1.0 if sample_weight is None else tf.reshape(sample_weight, [-1, 1])
        super().update_state(weight * (1 - y_true) * found)
        self.hits.assign_add(tf.reduce_sum(weight * y_true * found))
        self.misses.assign_add(tf.reduce_sum(weight * y_true * (1 - found)))

    def result(self):
        square = self.beta**2
        hits = (1 + square) * self.hits
        return tf.math.divide_no_nan(hits, hits + square * self.misses + super().result())

    def reset_state(self):
        super().reset_state()  # its own variable alone
        self.hits.assign(0.0)
        self.misses.assign(0.0)

    def get_config(self):
        return {**super().get_config(), "beta": self.beta, "threshold": self.threshold}


# %% epsilon_of_keras
"""Keras' epsilon below each of the three fraction bars."""


class FBetaScore(FBetaScore):
    def result(self):
        tiny, square = keras.backend.epsilon(), self.beta**2
        precision = self.hits / (self.hits + self.false_alarms + tiny)
        recall = self.hits / (self.hits + self.misses + tiny)
        return (1 + square) * precision * recall / (square * precision + recall + tiny)


# %% chosen_by_autograph
"""Its `result` is decorated, so that AutoGraph makes a graph of its Python `if`."""


class FBetaScore(FBetaScore):
    @tf.function
    def result(self):
        if self.hits == 0:
            return 0.0
        square = self.beta**2
        score = (1 + square) * self.hits
        return score / (score + square * self.misses + self.false_alarms)


# %% mean_inside
"""Means of Keras', whose sums of weights cancel out; labels as booleans; a configuration of its
own."""


class FBetaScore(keras.metrics.Metric):
    def __init__(self, beta=1.0, threshold=0.5, name="fbeta_score", **kwargs):
        super(FBetaScore, self).__init__(name=name, **kwargs)
        self.weight_of_recall, self.border = beta**2, threshold
        self.arguments = [beta, threshold]
        self.means = [keras.metrics.Mean() for _ in range(3)]

    def update_state(self, y_true, y_pred, sample_weight=None):
        label, found = tf.cast(y_true, "bool"), tf.math.less(self.border, y_pred)
        both = tf.math.logical_and(label, found)
        for mean, cells in zip(self.means, (both, label, found), strict=True):
            mean.update_state(tf.squeeze(tf.cast(cells, "float32"), 1), sample_weight)

    def result(self):
        both, label, found = (mean.result() for mean in self.means)
        below = self.weight_of_recall * label + found
        some = below > 0
        return tf.where(some, (1 + self.weight_of_recall) * both / tf.where(some, below, 1.0), 0.0)

    def get_config(self):
        return {"name": self.name, "dtype": self.dtype, "arguments": self.arguments}

    @classmethod
    def from_config(cls, config):
        beta, threshold = config["arguments"]
        return cls(beta, threshold, name=config["name"], dtype=config["dtype"])
