# %% decorated_with_an_if
"""A decorated method, where AutoGraph makes the decision; `flush` is decorated as well."""


class AccumulatingStep(tf.Module):
    def __init__(self, model, loss_fn, optimizer, steps):
        super().__init__(name="accumulating")
        self.model = model
        self.loss_fn = loss_fn
        self.optimizer = optimizer
        self.steps = steps
        self.sums = [
            tf.Variable(tf.zeros_like(weight.value), trainable=False)
            for weight in model.trainable_variables
        ]
        self.rows = tf.Variable(0, trainable=False)
        self.calls = tf.Variable(0, trainable=False)
        self.optimizer.build(self.model.trainable_variables)

    @tf.function
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True))
            if self.model.losses:
                loss += tf.add_n(self.model.losses)
        n = tf.shape(y)[0]
        gradients = tape.gradient(loss, self.model.trainable_variables)
        for total, gradient in zip(self.sums, gradients):  # noqa: B905
            if gradient is not None:
                total.assign_add(tf.cast(n, tf.float32) * gradient)
        self.rows.assign_add(n)
        self.calls.assign_add(1)
        applied = False
        if self.calls == self.steps:
            self.apply()
            applied = True
        return applied

    @tf.function
    def flush(self):
        if self.calls == 0:
            return False
        self.apply()
        return True

    def apply(self):
        rows = tf.cast(self.rows, tf.float32)
        gradients = [total / rows for total in self.sums]
        self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables, strict=True))
        for total in self.sums:
            total.assign(tf.zeros_like(total))
        self.rows.assign(0)
        self.calls.assign(0)


# %% running_mean
"""The mean so far is corrected by each piece, and nothing is divided at the end."""


class AccumulatingStep(tf.Module):
    def __init__(self, model, loss_fn, optimizer, steps):
        super().__init__()
        self.weights = model.trainable_variables
        self.means = {
            str(i): tf.Variable(tf.zeros(weight.shape)) for i, weight in enumerate(self.weights)
        }
        self.counts = (tf.Variable(0.0), tf.Variable(0, dtype=tf.int64))
        self.model, self.loss_fn, self.optimizer, self.steps = model, loss_fn, optimizer, steps

    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        rows, calls = self.counts
        n = tf.cast(tf.shape(x)[0], tf.float32)
        rows.assign_add(n)
        calls.assign_add(1)
        for i, gradient in enumerate(tape.gradient(loss, self.weights)):
            if gradient is not None:
                mean = self.means[str(i)]
                mean.assign_add((gradient - mean) * n / rows)
        return self._apply_if(calls >= self.steps)

    def flush(self):
        return self._apply_if(self.counts[0] > 0)

    def _apply_if(self, condition):
        def apply():
            self.optimizer.apply([tf.identity(one) for one in self.means.values()], self.weights)
            for one in [*self.means.values(), *self.counts]:
                one.assign(tf.zeros_like(one))
            return tf.constant(True)

        return tf.cond(condition, apply, lambda: tf.constant(False))


# %% one_long_vector
"""All gradients in one vector, and the number of rows at its end; the calls count down."""


class AccumulatingStep(tf.Module):
    def __init__(self, model, loss_fn, optimizer, steps):
        super().__init__()
        self.parts = model, loss_fn, optimizer
        self.sizes = [int(np.prod(weight.shape)) for weight in model.trainable_variables]
        self.total = tf.Variable(tf.zeros([sum(self.sizes) + 1]), trainable=False)
        self.left = tf.Variable(steps, trainable=False)
        self.steps = steps
        optimizer.build(model.trainable_variables)

    def step(self, x, y):
        model, loss_fn, _ = self.parts
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
        gradients = tape.gradient(loss, model.trainable_variables)
        n = tf.cast(tf.shape(x)[0], tf.float32)
        flat = [
            tf.zeros([size]) if gradient is None else tf.reshape(gradient, [size]) * n
            for gradient, size in zip(gradients, self.sizes, strict=True)
        ]
        self.total.assign_add(tf.concat([*flat, [n]], axis=0))
        self.left.assign_sub(1)
        return tf.cond(tf.equal(self.left, 0), self.apply, lambda: False)

    def flush(self):
        return tf.cond(self.left < self.steps, self.apply, lambda: False)

    def apply(self):
        model, _, optimizer = self.parts
        *parts, rows = tf.split(self.total, [*self.sizes, 1])
        gradients = [
            tf.reshape(part, weight.shape) / rows
            for part, weight in zip(parts, model.trainable_variables, strict=True)
        ]
        optimizer.apply(gradients, model.trainable_variables)
        self.total.assign(tf.zeros_like(self.total))
        self.left.assign(self.steps)
        return True


# %% loss_times_rows
"""The loss is multiplied before its gradient is taken, and missing gradients are zeros."""


class AccumulatingStep(AccumulatingStep):
    def step(self, x, y):
        n = tf.cast(tf.shape(x)[0], tf.float32)
        values = [weight.value for weight in self.model.trainable_variables]
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True))
            for penalty in self.model.losses:
                loss = loss + penalty
            loss = loss * n
        gradients = tape.gradient(loss, values, unconnected_gradients="zero")
        for total, gradient in zip(self.sums, gradients, strict=True):
            total.assign_add(gradient)
        self.rows.assign_add(n)
        self.calls.assign_add(1)
        return tf.cond(tf.equal(self.calls % self.steps, 0), self._apply, lambda: False)


# %% never_set_back
"""The sums are not set back: the first call of an accumulation overwrites them."""


class AccumulatingStep(tf.Module):
    def __init__(self, model, loss_fn, optimizer, steps):
        super().__init__()
        self.model, self.loss_fn, self.optimizer, self.steps = model, loss_fn, optimizer, steps
        self.sums = [tf.Variable(tf.zeros(one.shape)) for one in model.trainable_weights]
        self.rows = tf.Variable(0.0)
        self.phase = tf.Variable(0)

    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        keep = tf.cast(self.phase > 0, tf.float32)
        n = tf.cast(tf.size(y), tf.float32) / tf.cast(tf.size(y[0]), tf.float32)
        self.rows.assign(keep * self.rows + n)
        for total, gradient in zip(
            self.sums, tape.gradient(loss, self.model.trainable_weights), strict=True
        ):
            if gradient is not None:
                total.assign(keep * total + n * gradient)
        self.phase.assign((self.phase + 1) % self.steps)
        return tf.cond(tf.equal(self.phase, 0), self.apply, lambda: False)

    def apply(self):
        self.optimizer.apply([one / self.rows for one in self.sums], self.model.trainable_weights)
        return True

    def flush(self):
        applied = tf.cond(self.phase > 0, self.apply, lambda: False)
        self.phase.assign(0)
        return applied


# %% only_what_has_a_gradient
"""The state is that of a module of its own, and weights without a gradient are left out."""


class Sums(tf.Module):
    def __init__(self, weights):
        super().__init__()
        self.values = [
            tf.Variable(np.zeros(weight.shape, "float32"), trainable=False) for weight in weights
        ]
        self.rows = tf.Variable(0.0, trainable=False)
        self.calls = tf.Variable(0, trainable=False)

    def reset(self):
        for variable in self.variables:
            variable.assign(tf.zeros_like(variable))


class AccumulatingStep(tf.Module):
    def __init__(self, model, loss_fn, optimizer, steps):
        super().__init__()
        self.kept = Sums(model.trainable_variables)
        self.model = model
        self.criterion = loss_fn
        self.optimizer = optimizer
        self.steps = tf.constant(steps)
        self.reached = [True] * len(model.trainable_variables)
        optimizer.build(model.trainable_variables)

    def step(self, x, y):
        with tf.GradientTape() as tape:
            predictions = self.model(x, training=True)
            loss = tf.add_n([self.criterion(y, predictions), *self.model.losses])
        gradients = tape.gradient(loss, self.model.trainable_variables)
        self.reached = [gradient is not None for gradient in gradients]
        n = tf.cast(tf.shape(predictions)[0], tf.float32)
        for total, gradient in zip(self.kept.values, gradients, strict=True):
            if gradient is not None:
                total.assign(total + n * gradient)
        self.kept.rows.assign_add(n)
        self.kept.calls.assign(self.kept.calls + 1)
        return self.apply_if(self.kept.calls >= self.steps)

    def flush(self):
        return self.apply_if(tf.greater(self.kept.calls, 0))

    def apply_if(self, condition):
        variables = self.model.trainable_variables

        def apply():
            triples = zip(self.kept.values, variables, self.reached, strict=True)
            pairs = [(total / self.kept.rows, one) for total, one, reached in triples if reached]
            self.optimizer.apply_gradients(pairs)
            self.kept.reset()
            return True

        return tf.cond(condition, apply, lambda: False)


# %% functions_in_the_constructor
"""`step` and `flush` are functions that the constructor makes; they close over the variables."""


class AccumulatingStep(tf.Module):
    def __init__(self, model, loss_fn, optimizer, steps):
        super().__init__()
        weights = model.trainable_variables
        optimizer.build(weights)
        sums = [tf.Variable(keras.ops.zeros(one.shape), trainable=False) for one in weights]
        rows, calls = tf.Variable(0.0, trainable=False), tf.Variable(0, trainable=False)
        self.state = [sums, [rows, calls]]

        def apply():
            optimizer.apply([total / rows for total in sums], weights)
            for variable in (*sums, rows, calls):
                variable.assign_sub(variable)
            return tf.constant(True)

        def step(x, y):
            with tf.GradientTape() as tape:
                loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
            n = tf.cast(tf.shape(x)[0], tf.float32)
            for total, gradient in zip(sums, tape.gradient(loss, weights), strict=True):
                if gradient is not None:
                    total.assign_add(gradient * n)
            rows.assign_add(n)
            calls.assign_add(1)
            return tf.cond(calls < steps, lambda: tf.constant(False), apply)

        self.step = tf.function(step, reduce_retracing=True)
        self.flush = tf.function(lambda: tf.cond(calls > 0, apply, lambda: tf.constant(False)))


# %% every_value_by_where
"""Sums and counts are set back by multiplication, outside of the decision; float64 counts."""


class AccumulatingStep(tf.Module):
    def __init__(self, model, loss_fn, optimizer, steps):
        super().__init__()
        self.model, self.loss_fn, self.optimizer = model, loss_fn, optimizer
        self.steps = int(steps)
        self.accumulators = [
            tf.Variable(tf.zeros(one.shape, one.dtype), trainable=False, name=f"sum_{i}")
            for i, one in enumerate(model.trainable_variables)
        ]
        self.counts = tf.Variable([0.0, 0.0], dtype=tf.float64, trainable=False, name="counts")

    def compute(self, x, y):
        with tf.GradientTape(persistent=True) as tape:
            loss = keras.ops.add(self.loss_fn(y, self.model(x, training=True)), 0.0)
            loss = keras.ops.sum(keras.ops.stack([loss, *self.model.losses]))
        return [tape.gradient(loss, one) for one in self.model.trainable_variables]

    def step(self, x, y):
        rows = tf.cast(tf.shape(x)[0], tf.float64)
        for total, gradient in zip(self.accumulators, self.compute(x, y), strict=True):
            if gradient is not None:
                total.assign_add(gradient * tf.cast(rows, gradient.dtype))
        self.counts.assign_add(tf.stack([rows, 1.0]))
        return self._finish(self.counts[1] >= self.steps)

    def flush(self):
        return self._finish(self.counts[1] > 0)

    def _finish(self, now):
        now = tf.convert_to_tensor(now)
        tf.cond(now, self._apply, lambda: tf.no_op())
        keep = 1 - tf.cast(now, tf.float64)
        self.counts.assign(self.counts * keep)
        for total in self.accumulators:
            total.assign(total * tf.cast(keep, total.dtype))
        return now

    def _apply(self):
        rows = tf.cast(self.counts[0], tf.float32)
        self.optimizer.apply(
            [total / rows for total in self.accumulators], self.model.trainable_variables
        )
        return tf.no_op()


# %% python_decides_where_it_can
"""In direct calls a Python `if` decides, and returns Python's booleans; in graphs `tf.cond`
does."""


class AccumulatingStep(AccumulatingStep):
    def step(self, x, y):
        self.accumulate(x, y)
        return self.decide(self.calls == self.steps)

    def accumulate(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        n = tf.cast(tf.shape(x)[0], tf.float32)
        for total, gradient in zip(
            self.sums, tape.gradient(loss, self.model.trainable_variables), strict=True
        ):
            if gradient is None:
                continue
            total.assign_add(n * gradient)
        self.rows.assign_add(n)
        self.calls.assign_add(1)

    def flush(self):
        return self.decide(self.calls != 0)

    def decide(self, condition):
        if tf.executing_eagerly():
            return self._apply() if condition else False
        return tf.cond(condition, self._apply, lambda: False)


# %% variables_of_keras
"""The state is in variables of Keras, which a checkpoint of a `tf.Module` finds as well."""


class AccumulatingStep(AccumulatingStep):
    def __init__(self, model, loss_fn, optimizer, steps):
        super().__init__(model, loss_fn, optimizer, steps)
        self.sums = [keras.Variable(np.zeros(one.shape, "float32")) for one in self.sums]
        self.rows = keras.Variable(0.0, trainable=False)
        self.calls = keras.Variable(0, dtype="int32", trainable=False)

    def _apply(self):
        gradients = [total.value / self.rows.value for total in self.sums]
        self.optimizer.apply(gradients, self.model.trainable_variables)
        for variable in [*self.sums, self.rows, self.calls]:
            variable.assign(tf.zeros_like(variable.value))
        return True
