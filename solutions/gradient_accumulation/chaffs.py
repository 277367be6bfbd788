# %%
class Parts(tf.Module):
    """The reference in parts, one of which each chaff does otherwise."""

    def __init__(self, model, loss_fn, optimizer, steps):
        super().__init__()
        self.model, self.loss_fn, self.optimizer, self.steps = model, loss_fn, optimizer, steps
        optimizer.build(model.trainable_variables)
        shapes = [weight.shape for weight in model.trainable_variables]
        self.sums = [tf.Variable(tf.zeros(shape), trainable=False) for shape in shapes]
        self.rows = tf.Variable(0.0, trainable=False)
        self.calls = tf.Variable(0, trainable=False)

    def loss(self, x, y):
        return self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)

    def gradients(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss(x, y)
        return tape.gradient(loss, self.model.trainable_variables)

    def weight(self, x):
        return tf.cast(tf.shape(x)[0], tf.float32)

    def add(self, gradients, weight):
        for total, gradient in zip(self.sums, gradients, strict=True):
            if gradient is not None:
                total.assign_add(weight * gradient)
        self.rows.assign_add(weight)

    def mean(self):
        return [total / self.rows for total in self.sums]

    def forget(self):
        for variable in [*self.sums, self.rows, self.calls]:
            variable.assign(tf.zeros_like(variable))

    def apply(self):
        self.optimizer.apply(self.mean(), self.model.trainable_variables)
        self.forget()
        return True

    def complete(self):
        return self.calls >= self.steps

    def step(self, x, y):
        self.add(self.gradients(x, y), self.weight(x))
        self.calls.assign_add(1)
        return tf.cond(self.complete(), self.apply, lambda: False)

    def flush(self):
        return tf.cond(self.calls > 0, self.apply, lambda: False)


# %% [markdown]
# ## The mean


# %% sum_of_means loses="numerics gradients"
"""The gradients of the micro-batches are added up and never divided, so a step is as many times too
large as there were calls. What is asked for is the mean over all rows."""


class AccumulatingStep(Parts):
    def weight(self, x):
        return tf.constant(1.0)

    def mean(self):
        return [tf.identity(total) for total in self.sums]


# %% mean_of_means loses="numerics"
"""This is the mean of the micro-batches' means. It is right only if all have one size: weight each
gradient by its number of rows, and divide by the number of all rows."""


class AccumulatingStep(Parts):
    def weight(self, x):
        return tf.constant(1.0)


# %% divided_by_steps loses="numerics"
"""The gradients are divided by `steps`, but `flush` applies those of fewer calls, and micro-batches
differ in size. Divide by the number of rows that were added up."""


class AccumulatingStep(Parts):
    def weight(self, x):
        return tf.constant(1.0)

    def mean(self):
        return [total / self.steps for total in self.sums]


# %% flush_divided_by_steps loses="numerics"
"""`flush` divides as if there had been `steps` calls. There were fewer: divide by the number of
rows that were added up."""


class AccumulatingStep(Parts):
    def mean(self):
        share = tf.cast(self.calls, tf.float32) / self.steps
        return [share * total / self.rows for total in self.sums]


# %% sum_over_rows loses="numerics gradients"
"""The gradients are weighted by their numbers of rows, but the sum is never divided by the number
of all rows."""


class AccumulatingStep(Parts):
    def mean(self):
        return [tf.identity(total) for total in self.sums]


# %% rows_of_the_last_piece loses="numerics gradients"
"""The sum is divided by the number of rows of the last micro-batch. Add up the numbers of rows as
well."""


class AccumulatingStep(Parts):
    def add(self, gradients, weight):
        super().add(gradients, weight)
        self.rows.assign(weight)


# %% last_piece_only loses="numerics gradients"
"""Each micro-batch takes the place of those before it in the sums, so the last one alone counts.
`assign_add` adds, `assign` does not."""


class AccumulatingStep(Parts):
    def add(self, gradients, weight):
        super().add(gradients, weight)
        for total, gradient in zip(self.sums, gradients, strict=True):
            if gradient is not None:
                total.assign(weight * gradient)


# %% no_accumulation loses="numerics gradients"
"""The optimizer is applied in every call. Between applications the weights must not move: it is
applied in the last of `steps` calls."""


class AccumulatingStep(Parts):
    def complete(self):
        return self.calls > 0


# %% one_call_late loses="numerics gradients"
"""The optimizer is applied one call late: the call that makes it `steps` of them applies it
already."""


class AccumulatingStep(Parts):
    def complete(self):
        return self.calls > self.steps


# %% [markdown]
# ## The next accumulation


# %% sums_not_set_back loses="numerics"
"""After an application the sums of the gradients keep their values, and are part of the next one.
Set them back to zero."""


class AccumulatingStep(Parts):
    def forget(self):
        self.rows.assign(0.0)
        self.calls.assign(0)


# %% rows_not_set_back loses="numerics"
"""After an application the number of rows keeps its value, so the next mean is too small. Set it
back to zero."""


class AccumulatingStep(Parts):
    def forget(self):
        for variable in [*self.sums, self.calls]:
            variable.assign(tf.zeros_like(variable))


# %% calls_not_set_back loses="numerics graph"
"""After the first application the number of calls is not set back, so the optimizer is applied in
every call from then on."""


class AccumulatingStep(Parts):
    def forget(self):
        for variable in [*self.sums, self.rows]:
            variable.assign(tf.zeros_like(variable))


# %% set_back_by_step_only loses="numerics"
"""`flush` applies what is left, but sets nothing back, so that it is applied a second time later.
After `flush`, too, a new accumulation begins."""


class AccumulatingStep(Parts):
    def flush(self):
        def apply():
            self.optimizer.apply(self.mean(), self.model.trainable_variables)
            return True

        return tf.cond(self.calls > 0, apply, lambda: False)


# %% [markdown]
# ## What is left


# %% flush_does_nothing loses="numerics graph"
"""`flush` applies nothing. It applies the optimizer to the rows of the calls since the last
application, if there were any."""


class AccumulatingStep(Parts):
    def flush(self):
        return tf.constant(False)


# %% flush_divides_by_zero loses="numerics graph"
"""Where nothing is left, `flush` is neither to apply the optimizer, which makes NaN of all weights
if it divides zero by zero, nor to say that it has. Ask first whether there is anything to apply."""


class AccumulatingStep(Parts):
    def flush(self):
        return tf.convert_to_tensor(self.apply())


# %% flush_applies_zeros loses="numerics"
"""Where nothing is left, `flush` applies the optimizer with gradients of zero. A momentum, or Adam,
moves the weights nevertheless, and counts a step. Do not apply it at all."""


class AccumulatingStep(Parts):
    def mean(self):
        return [tf.math.divide_no_nan(total, self.rows) for total in self.sums]

    def flush(self):
        left = self.calls > 0
        self.apply()
        return left


# %% zeros_between loses="numerics"
"""The optimizer is applied in every call, with gradients of zero until the last. A momentum, or
Adam, moves the weights nevertheless, and counts a step. Do not apply it before the last call."""


class AccumulatingStep(Parts):
    def step(self, x, y):
        self.add(self.gradients(x, y), self.weight(x))
        self.calls.assign_add(1)
        complete = self.complete()
        share = tf.cast(complete, tf.float32)
        means = [share * mean for mean in self.mean()]
        self.optimizer.apply(means, self.model.trainable_variables)
        for variable in [*self.sums, self.rows]:
            variable.assign((1 - share) * variable)
        self.calls.assign(tf.where(complete, 0, self.calls))
        return complete


# %% by_hand loses="numerics"
"""The weights move by the learning rate times the gradient, whatever the optimizer is. Adam,
momentum and schedules are in `optimizer.apply`."""


class AccumulatingStep(Parts):
    def apply(self):
        rate = tf.cast(self.optimizer.learning_rate, tf.float32)
        for weight, mean in zip(self.model.trainable_variables, self.mean(), strict=True):
            weight.assign_sub(rate * mean)
        self.forget()
        return True


# %% built_into_keras loses="numerics graph"
"""Keras' own `gradient_accumulation_steps` takes the mean of means, which is wrong for
micro-batches of unequal size, and has no `flush`. Keep sums of your own."""


class AccumulatingStep(tf.Module):
    def __init__(self, model, loss_fn, optimizer, steps):
        super().__init__()
        config = optimizer.get_config()
        self.steps = steps
        if steps > 1:
            config["gradient_accumulation_steps"] = steps
        self.optimizer = type(optimizer).from_config(config)
        self.optimizer.build(model.trainable_variables)
        self.model, self.loss_fn = model, loss_fn
        self.calls = tf.Variable(0, trainable=False)

    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        weights = self.model.trainable_variables
        pairs = zip(tape.gradient(loss, weights), weights, strict=True)
        self.optimizer.apply_gradients([pair for pair in pairs if pair[0] is not None])
        self.calls.assign_add(1)
        return tf.equal(self.calls % self.steps, 0)

    def flush(self):
        left = self.calls % self.steps > 0
        self.calls.assign(0)
        return left


# %% [markdown]
# ## What is returned


# %% returns_nothing loses="numerics"
"""`step` returns nothing. It returns whether the optimizer was applied, and so does `flush`."""


class AccumulatingStep(Parts):
    def step(self, x, y):
        super().step(x, y)


# %% flush_returns_nothing loses="numerics"
"""`flush` returns nothing. It returns whether the optimizer was applied, and so does `step`."""


class AccumulatingStep(Parts):
    def flush(self):
        super().flush()


# %% asked_after_it_was_set_back loses="numerics"
"""What is returned is found out after the count was set back to zero, and never tells of an
application. Decide first, then apply and set back."""


class AccumulatingStep(Parts):
    def step(self, x, y):
        super().step(x, y)
        return self.complete()


# %% flush_is_always_true loses="numerics"
"""`flush` says that it has applied the optimizer though nothing was left. Ask first whether there
is anything to apply."""


class AccumulatingStep(Parts):
    def flush(self):
        super().flush()
        return True


# %% [markdown]
# ## The loss


# %% without_training loses="numerics"
"""The model is called without `training=True`, so BatchNormalization and Dropout behave as in
prediction, and moving averages never move."""


class AccumulatingStep(Parts):
    def loss(self, x, y):
        return self.loss_fn(y, self.model(x)) + sum(self.model.losses)


# %% own_losses_forgotten loses="gradients"
"""The model's own losses are missing, so regularizers have no effect. Add `model.losses` to the
loss, inside the tape."""


class AccumulatingStep(Parts):
    def loss(self, x, y):
        return self.loss_fn(y, self.model(x, training=True))


# %% own_losses_divided_by_rows loses="gradients"
"""The model's own losses are divided by the number of rows, though they are no mean over rows. What
is multiplied by the rows of a micro-batch is the whole loss, with them in it."""


class AccumulatingStep(Parts):
    def loss(self, x, y):
        rows = tf.cast(tf.shape(x)[0], tf.float32)
        return self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses) / rows


# %% own_losses_each_time loses="gradients"
"""The gradient of the model's own losses is added in each call and never divided, so they count as
often as there are calls. In the mean over all rows they count once."""


class AccumulatingStep(Parts):
    def loss(self, x, y):
        loss = self.loss_fn(y, self.model(x, training=True))
        return loss + self.steps * sum(self.model.losses)


# %% predictions_first loses="gradients"
"""The loss is called with the predictions first. The labels come first: for the mean squared error
it is all the same, for others it is not."""


class AccumulatingStep(Parts):
    def loss(self, x, y):
        return self.loss_fn(self.model(x, training=True), y) + sum(self.model.losses)


# %% number_instead_of_bool loses="numerics"
"""What is returned is a number. `step` and `flush` return a `bool`, or a scalar tensor of dtype
bool."""


class AccumulatingStep(Parts):
    def step(self, x, y):
        return tf.cast(super().step(x, y), tf.int32)


# %% none_is_no_number loses="gradients"
"""A weight that the loss does not depend on has the gradient `None`, which cannot be added or
multiplied. Leave its sum as it is."""


class AccumulatingStep(Parts):
    def add(self, gradients, weight):
        for total, gradient in zip(self.sums, gradients, strict=True):
            total.assign_add(weight * gradient)
        self.rows.assign_add(weight)


# %% none_left_out loses="gradients"
"""Gradients that are `None` are left out, and those behind them get into the sums of other weights.
Leave out the pairs of gradient and sum, not the gradients alone."""


class AccumulatingStep(Parts):
    def add(self, gradients, weight):
        there = [gradient for gradient in gradients if gradient is not None]
        for total, gradient in zip(self.sums, there, strict=False):
            total.assign_add(weight * gradient)
        self.rows.assign_add(weight)


# %% [markdown]
# ## Where the state is


# %% count_in_python loses="serialization graph"
"""Not all of the state is in variables of the object. A checkpoint leaves out what is in Python,
like a number of calls or a list of gradients, and global variables. And what is in Python changes
while a graph is traced, and not when it runs. Keep sums and counts in variables that are attributes
of the object."""


class AccumulatingStep(Parts):
    def __init__(self, model, loss_fn, optimizer, steps):
        super().__init__(model, loss_fn, optimizer, steps)
        self.count = 0

    def step(self, x, y):
        self.add(self.gradients(x, y), self.weight(x))
        self.count += 1
        return self.apply() if self.count == self.steps else False

    def forget(self):
        super().forget()
        self.count = 0

    def flush(self):
        return tf.cond(self.rows > 0, self.apply, lambda: False)


# %% count_in_a_decorated_method loses="numerics gradients serialization graph"
"""The method is decorated with `tf.function` and counts its calls by a Python number. That changes
while the method is traced, and not in the calls after it. Count in a `tf.Variable`."""


class AccumulatingStep(Parts):
    def __init__(self, model, loss_fn, optimizer, steps):
        super().__init__(model, loss_fn, optimizer, steps)
        self.count = 0

    @tf.function(reduce_retracing=True)
    def step(self, x, y):
        self.add(self.gradients(x, y), self.weight(x))
        self.count += 1
        if self.count >= self.steps:
            self.count = 0
            return self.apply()
        return False

    def flush(self):
        return tf.cond(self.rows > 0, self.apply, lambda: False)


# %% gradients_in_a_list loses="serialization graph" like="count_in_python"
class AccumulatingStep(Parts):
    def __init__(self, model, loss_fn, optimizer, steps):
        super().__init__(model, loss_fn, optimizer, steps)
        self.kept = {"all": ()}

    def add(self, gradients, weight):
        self.kept["all"] += ((weight, gradients),)

    def mean(self):
        rows = sum(weight for weight, _ in self.kept["all"])
        found = []
        for parts in zip(*(gradients for _, gradients in self.kept["all"]), strict=True):
            weights = [weight for weight, _ in self.kept["all"]]
            pairs = zip(weights, parts, strict=True)
            total = [weight * part for weight, part in pairs if part is not None]
            found.append(sum(total) / rows if total else None)
        return found

    def forget(self):
        self.calls.assign(0)
        self.kept["all"] = ()

    def step(self, x, y):
        self.add(self.gradients(x, y), self.weight(x))
        self.calls.assign_add(1)
        return self.apply() if len(self.kept["all"]) == self.steps else False

    def flush(self):
        return self.apply() if self.kept["all"] else False


# %% batches_in_a_list loses="numerics serialization graph"
"""The micro-batches are kept, and put together at the end. That takes the memory which was to be
saved; and what is kept in Python is in no graph and in no checkpoint. Keep sums of gradients."""


class AccumulatingStep(Parts):
    def __init__(self, model, loss_fn, optimizer, steps):
        super().__init__(model, loss_fn, optimizer, steps)
        self.kept = {"all": ()}

    def step(self, x, y):
        self.kept["all"] += ((x, y),)
        return self.apply() if len(self.kept["all"]) == self.steps else False

    def apply(self):
        x, y = (tf.concat(parts, axis=0) for parts in zip(*self.kept["all"], strict=True))
        self.optimizer.apply(self.gradients(x, y), self.model.trainable_variables)
        self.kept["all"] = ()
        return True

    def flush(self):
        return self.apply() if self.kept["all"] else False


# %% no_module loses="serialization"
"""The class is no `tf.Module`, and so a checkpoint refuses it."""


class AccumulatingStep:
    def __init__(self, *arguments):
        self.parts = Parts(*arguments)

    def step(self, x, y):
        return self.parts.step(x, y)

    def flush(self):
        return self.parts.flush()


# %% count_outside_of_the_checkpoint loses="serialization" like="count_in_python"
counts = {}


class AccumulatingStep(Parts):
    def __init__(self, model, loss_fn, optimizer, steps):
        super().__init__(model, loss_fn, optimizer, steps)
        counts[id(self)] = tf.Variable(0, trainable=False)

    def complete(self):
        count = counts[id(self)]
        count.assign_add(1)
        return count >= self.steps

    def forget(self):
        super().forget()
        counts[id(self)].assign(0)


# %% sums_outside_of_the_checkpoint loses="serialization" like="count_in_python"
outside = {}


class AccumulatingStep(Parts):
    sums = property(lambda self: outside[id(self)])

    def __init__(self, model, loss_fn, optimizer, steps):
        tf.Module.__init__(self)
        self.model, self.loss_fn, self.optimizer, self.steps = model, loss_fn, optimizer, steps
        optimizer.build(model.trainable_variables)
        outside[id(self)] = [tf.Variable(tf.zeros(one.shape)) for one in model.trainable_variables]
        self.rows, self.calls = tf.Variable(0.0, trainable=False), tf.Variable(0, trainable=False)


# %% shared_by_all loses="numerics"
"""All objects share their counts, as attributes of the class or global variables. Make the
variables in the constructor, for this object alone: `self.calls = …`."""

shared = [tf.Variable(0.0, trainable=False), tf.Variable(0, trainable=False)]


class AccumulatingStep(Parts):
    def __init__(self, model, loss_fn, optimizer, steps):
        super().__init__(model, loss_fn, optimizer, steps)
        self.rows, self.calls = shared
        self.forget()


# %% [markdown]
# ## The graph


# %% branch_in_python loses="graph"
"""A Python `if` asks for the value of a variable, and while a graph is traced it has none.
`tf.cond` decides when the graph runs; or decorate the method, and AutoGraph rewrites the `if`."""


class AccumulatingStep(Parts):
    def step(self, x, y):
        self.add(self.gradients(x, y), self.weight(x))
        self.calls.assign_add(1)
        return self.apply() if self.calls >= self.steps else False

    def flush(self):
        return self.apply() if self.calls > 0 else False


# %% branch_in_flush loses="graph" like="branch_in_python"
class AccumulatingStep(Parts):
    def flush(self):
        if self.calls.numpy():
            return self.apply()
        return False


# %% flush_never_asks_in_a_graph loses="graph"
"""In direct calls `flush` asks whether anything is left, but in a graph it always applies the
optimizer. Where nothing is left, zero divided by zero makes NaN of all weights, and zeros move them
if there is a momentum. Let the graph ask, with `tf.cond`."""


class AccumulatingStep(Parts):
    def flush(self):
        if tf.executing_eagerly() and not self.calls > 0:
            return False
        return self.apply()


# %% flush_applies_zeros_in_a_graph loses="graph" like="flush_never_asks_in_a_graph"
class AccumulatingStep(Parts):
    def mean(self):
        return [tf.math.divide_no_nan(total, self.rows) for total in self.sums]

    def flush(self):
        left = self.calls > 0
        if tf.executing_eagerly() and not left:
            return False
        self.apply()
        return left


# %% size_of_the_trace loses="graph"
"""`x.shape[0]` and `len(x)` are what is known while a graph is traced: nothing, if it is for any
number of rows. `tf.shape(x)[0]` is the number when it runs."""


class AccumulatingStep(Parts):
    def weight(self, x):
        return float(x.shape[0])


# %% calls_back loses="graph"
"""`tf.py_function` and `tf.numpy_function` call back into this Python process. Wherever else the
graph runs, nobody answers. Use operations of TensorFlow."""


class AccumulatingStep(Parts):
    def weight(self, x):
        rows = tf.py_function(lambda x: float(len(x)), [x], tf.float32)
        return tf.reshape(rows, ())
