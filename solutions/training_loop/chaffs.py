# %%
import numpy as np


def batches_of(x, y, size):
    """Batches in order, the last one may be smaller."""
    for start in range(0, len(x), size):
        part = slice(start, start + size)
        yield tf.constant(x[part]), tf.constant(y[part])


def stepping(model, loss_fn, optimizer, training=True, penalties=True, trained=None):
    """A step that is right unless it is told otherwise."""

    @tf.function
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=training)
            total = loss_fn(labels, predictions)
            if penalties:
                total += sum(model.losses)
        variables = model.trainable_variables if trained is None else trained
        optimizer.apply(tape.gradient(total, variables), variables)
        return total, predictions

    return step


def looping(step, x, y, epochs, batch_size, metrics):
    """A loop that is right around a step that returns the loss and the predictions."""
    history = {"loss": [], **{metric.name: [] for metric in metrics}}
    for _ in range(epochs):
        loss = 0.0
        for metric in metrics:
            metric.reset_state()
        for inputs, labels in batches_of(x, y, batch_size):
            total, predictions = step(inputs, labels)
            loss += float(total) * len(inputs) / len(x)
            for metric in metrics:
                metric.update_state(labels, predictions)
        history["loss"].append(loss)
        for metric in metrics:
            history[metric.name].append(float(metric.result()))
    return history


# %% mean_of_the_batches loses="numerics"
"""The loss of an epoch is the mean of the batches here, so a sample of a small last batch counts
more than the others. Weight the loss of each batch by its number of rows."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    step, losses = stepping(model, loss_fn, optimizer), []

    def noted(inputs, labels):
        total, predictions = step(inputs, labels)
        losses.append(float(total))
        return total, predictions

    history = looping(noted, x, y, epochs, batch_size, metrics)
    history["loss"] = [float(np.mean(part)) for part in np.split(np.array(losses), epochs)]
    return history


# %% loss_of_the_last_batch loses="numerics"
"""The history holds the loss of the last batch of each epoch. The loss of an epoch is the mean over
all of its samples."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    step, losses = stepping(model, loss_fn, optimizer), []

    def noted(inputs, labels):
        total, predictions = step(inputs, labels)
        losses.append(float(total))
        return total, predictions

    history = looping(noted, x, y, epochs, batch_size, metrics)
    history["loss"] = [float(part[-1]) for part in np.split(np.array(losses), epochs)]
    return history


# %% sum_of_the_batches loses="numerics"
"""The losses of the batches are added up and never divided. The loss of an epoch is a mean over its
samples."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    step, losses = stepping(model, loss_fn, optimizer), []

    def noted(inputs, labels):
        total, predictions = step(inputs, labels)
        losses.append(float(total))
        return total, predictions

    history = looping(noted, x, y, epochs, batch_size, metrics)
    history["loss"] = [float(np.sum(part)) for part in np.split(np.array(losses), epochs)]
    return history


# %% loss_never_reset loses="numerics"
"""The mean of the loss goes on from one epoch to the next, so it holds the batches of all epochs
before. Begin it anew in each epoch, like the metrics."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    step, mean = stepping(model, loss_fn, optimizer), keras.metrics.Mean()
    losses = []

    def noted(inputs, labels):
        total, predictions = step(inputs, labels)
        mean.update_state(total, len(inputs))
        losses.append(float(mean.result()))
        return total, predictions

    history = looping(noted, x, y, epochs, batch_size, metrics)
    history["loss"] = [float(part[-1]) for part in np.split(np.array(losses), epochs)]
    return history


# %% a_value_for_each_batch loses="numerics"
"""The history has a loss for every batch. It has one value per epoch: the mean over all samples."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    step, losses = stepping(model, loss_fn, optimizer), []

    def noted(inputs, labels):
        total, predictions = step(inputs, labels)
        losses.append(float(total))
        return total, predictions

    return looping(noted, x, y, epochs, batch_size, metrics) | {"loss": losses}


# %% last_epoch_only loses="numerics"
"""The history holds the last epoch alone: a new list, or a new dictionary, is made in each epoch.
Make the lists before the loop, and append to them."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    step = stepping(model, loss_fn, optimizer)
    for _ in range(epochs):
        history = looping(step, x, y, 1, batch_size, metrics)
    return history


# %% evaluated_after_the_epoch loses="numerics"
"""The loss is computed anew after the epoch, with the weights that it ended with and not in
training. What is asked is the mean of the losses of the steps, each with the weights of then."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    step, losses = stepping(model, loss_fn, optimizer), []
    history = {metric.name: [] for metric in metrics}
    for _ in range(epochs):
        found = looping(step, x, y, 1, batch_size, metrics)
        losses.append(float(loss_fn(tf.constant(y), model(x)) + sum(model.losses)))
        for metric in metrics:
            history[metric.name] += found[metric.name]
    return history | {"loss": losses}


# %% no_penalties loses="numerics gradients"
"""`model.losses` is missing: in the loss that the history reports, in the one that the gradient is
taken of, or in both. Add it inside of the tape, and report the same total."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    step = stepping(model, loss_fn, optimizer, penalties=False)
    return looping(step, x, y, epochs, batch_size, metrics)


# %% penalties_not_reported loses="numerics" like="no_penalties"
def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    @tf.function
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            loss = loss_fn(labels, predictions)
            total = loss + sum(model.losses)
        gradients = tape.gradient(total, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss, predictions

    return looping(step, x, y, epochs, batch_size, metrics)


# %% penalties_without_a_gradient loses="gradients" like="no_penalties"
def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    @tf.function
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            loss = loss_fn(labels, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss + sum(model.losses), predictions

    return looping(step, x, y, epochs, batch_size, metrics)


# %% penalties_of_the_weights_only loses="numerics gradients"
"""The penalties of what layers return are missing: `model.losses` was read before the model was
called, or only regularizers of weights were added. Read it after the call, in every step."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    def penalties():
        return sum(
            variable.regularizer(variable)
            for variable in model.trainable_variables
            if variable.regularizer is not None
        )

    @tf.function
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            total = penalties()
            predictions = model(inputs, training=True)
            total += loss_fn(labels, predictions)
        gradients = tape.gradient(total, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return total, predictions

    return looping(step, x, y, epochs, batch_size, metrics)


# %% not_in_training loses="numerics gradients"
"""The model is called without `training=True`, so `BatchNormalization` uses its moving averages
and never moves them, and `Dropout` does nothing. Say that this is training."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    step = stepping(model, loss_fn, optimizer, training=False)
    return looping(step, x, y, epochs, batch_size, metrics)


# %% metrics_never_reset loses="numerics"
"""The metrics are never reset: they hold the samples of all epochs, and what they saw before.
Reset each of them at the beginning of every epoch, the first one too."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    step = stepping(model, loss_fn, optimizer)
    history = {"loss": [], **{metric.name: [] for metric in metrics}}
    for _ in range(epochs):
        loss = 0.0
        for inputs, labels in batches_of(x, y, batch_size):
            total, predictions = step(inputs, labels)
            loss += float(total) * len(inputs) / len(x)
            for metric in metrics:
                metric.update_state(labels, predictions)
        history["loss"].append(loss)
        for metric in metrics:
            history[metric.name].append(float(metric.result()))
    return history


# %% metrics_reset_afterwards loses="numerics"
"""The metrics are reset at the end of an epoch only, so the first epoch begins with what they saw
before. Reset them at the beginning of each epoch."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    step = stepping(model, loss_fn, optimizer)
    history = {"loss": [], **{metric.name: [] for metric in metrics}}
    for _ in range(epochs):
        loss = 0.0
        for inputs, labels in batches_of(x, y, batch_size):
            total, predictions = step(inputs, labels)
            loss += float(total) * len(inputs) / len(x)
            for metric in metrics:
                metric.update_state(labels, predictions)
        history["loss"].append(loss)
        for metric in metrics:
            history[metric.name].append(float(metric.result()))
            metric.reset_state()
    return history


# %% metrics_of_the_last_batch loses="numerics"
"""The metrics are reset before every batch, so the history has the last batch of an epoch instead
of all its samples. Reset them once per epoch."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    step = stepping(model, loss_fn, optimizer)

    def one(inputs, labels):
        for metric in metrics:
            metric.reset_state()
        return step(inputs, labels)

    return looping(one, x, y, epochs, batch_size, metrics)


# %% metrics_after_the_step loses="numerics"
"""The metrics get predictions that were made again after the weights moved. They belong to the
predictions that the gradient was computed from; the model need not be called twice."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    step, predict = stepping(model, loss_fn, optimizer), tf.function(lambda inputs: model(inputs))

    def again(inputs, labels):
        total, _ = step(inputs, labels)
        return total, predict(inputs)

    return looping(again, x, y, epochs, batch_size, metrics)


# %% named_by_their_class loses="numerics"
"""The history names the metrics otherwise than they are called. The key of a metric is its
`name`."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    found = looping(stepping(model, loss_fn, optimizer), x, y, epochs, batch_size, metrics)
    history = {"loss": found["loss"]}
    for metric in metrics:
        history[type(metric).__name__] = found[metric.name]
    return history


# %% predictions_first loses="numerics gradients"
"""The loss gets the predictions first. Keras' losses and metrics take the labels first, and it
matters wherever an error too high costs more than one too low."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    step = stepping(model, lambda labels, predictions: loss_fn(predictions, labels), optimizer)
    return looping(step, x, y, epochs, batch_size, metrics)


# %% remainder_dropped loses="numerics"
"""The rows that do not fill a batch are left out. The last batch of an epoch may be smaller, and is
a step like the others."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    size = min(batch_size, len(x))
    rows = len(x) // size * size
    step = stepping(model, loss_fn, optimizer)
    return looping(step, x[:rows], y[:rows], epochs, size, metrics)


# %% shuffled loses="numerics"
"""The rows are shuffled. That is often wise, but here the batches come in the order of the rows."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    order = np.random.default_rng(7).permutation(len(x))
    step = stepping(model, loss_fn, optimizer)
    return looping(step, x[order], y[order], epochs, batch_size, metrics)


# %% one_step_per_epoch loses="numerics"
"""The weights move once per epoch, by the gradients of all batches together. Each batch is a step
of its own: the optimizer is applied to its gradient at once."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    variables = model.trainable_variables

    @tf.function
    def gradients_of(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = loss_fn(labels, predictions) + sum(model.losses)
        return total, predictions, tape.gradient(total, variables)

    update = tf.function(lambda gradients: optimizer.apply(gradients, variables))
    history = {"loss": [], **{metric.name: [] for metric in metrics}}
    for _ in range(epochs):
        sums = None

        def step(inputs, labels):
            nonlocal sums
            total, predictions, found = gradients_of(inputs, labels)
            share = len(inputs) / len(x)
            found = [share * one for one in found]
            sums = found if sums is None else [a + b for a, b in zip(sums, found, strict=True)]
            return total, predictions

        seen = looping(step, x, y, 1, batch_size, metrics)
        update(sums)
        for name, values in seen.items():
            history[name] += values
    return history


# %% steps_by_hand loses="numerics"
"""The weights are moved by hand, by a rate times the gradient. That is not what Adam or momentum
do, and no constraint is applied: give the gradients to the optimizer."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    @tf.function
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = loss_fn(labels, predictions) + sum(model.losses)
        gradients = tape.gradient(total, model.trainable_variables)
        for variable, gradient in zip(model.trainable_variables, gradients, strict=True):
            variable.assign_sub(optimizer.learning_rate * gradient)
        return total, predictions

    return looping(step, x, y, epochs, batch_size, metrics)


# %% a_new_optimizer_in_each_epoch loses="numerics graph"
"""The optimizer is made anew, so what it has kept, like momentum and the moments of Adam, is lost.
Use the optimizer that was given, for all epochs."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    history = {"loss": [], **{metric.name: [] for metric in metrics}}
    for _ in range(epochs):
        anew = type(optimizer).from_config(optimizer.get_config())
        step = stepping(model, loss_fn, anew)
        for name, values in looping(step, x, y, 1, batch_size, metrics).items():
            history[name] += values
    return history


# %% all_weights loses="gradients"
"""All weights of the model get a gradient and are trained, frozen layers too. The list that belongs
to the optimizer is `model.trainable_variables`."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    step = stepping(model, loss_fn, optimizer, trained=model.weights)
    return looping(step, x, y, epochs, batch_size, metrics)


# %% sum_of_the_samples loses="numerics gradients"
"""The loss is multiplied by the number of rows before the gradient is taken, so the steps are too
long. The gradient belongs to the mean over the batch; only the history weights batches by size."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    @tf.function
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = loss_fn(labels, predictions) + sum(model.losses)
            scaled = total * tf.cast(tf.shape(inputs)[0], tf.float32)
        gradients = tape.gradient(scaled, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return total, predictions

    return looping(step, x, y, epochs, batch_size, metrics)


# %% never_moves loses="numerics gradients graph"
"""The gradients are computed, but no weight ever moves: the optimizer has to be applied to them in
every step."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    @tf.function
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = loss_fn(labels, predictions) + sum(model.losses)
        tape.gradient(total, model.trainable_variables)
        return total, predictions

    return looping(step, x, y, epochs, batch_size, metrics)


# %% python_in_every_step loses="graph"
"""The Python code of the model, the loss and the optimizer runs in every step. Put the whole step
into one function that is decorated with `@tf.function`, and call that in the loop."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = loss_fn(labels, predictions) + sum(model.losses)
        gradients = tape.gradient(total, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return total, predictions

    return looping(step, x, y, epochs, batch_size, metrics)


# %% optimizer_outside_the_graph loses="graph"
"""The gradients come out of a graph, but the optimizer runs in Python in every step. It belongs
into the decorated function, too."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    @tf.function
    def gradients_of(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = loss_fn(labels, predictions) + sum(model.losses)
        return total, predictions, tape.gradient(total, model.trainable_variables)

    def step(inputs, labels):
        total, predictions, gradients = gradients_of(inputs, labels)
        optimizer.apply(gradients, model.trainable_variables)
        return total, predictions

    return looping(step, x, y, epochs, batch_size, metrics)


# %% decorated_in_each_epoch loses="graph"
"""The step is traced more often than needed: it is decorated anew in each epoch or step, or gets
the number of an epoch or a step as a Python argument. Decorate it once, and pass tensors only."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    history = {"loss": [], **{metric.name: [] for metric in metrics}}
    for _ in range(epochs):
        step = stepping(model, loss_fn, optimizer)
        for name, values in looping(step, x, y, 1, batch_size, metrics).items():
            history[name] += values
    return history


# %% a_number_as_argument loses="graph" like="decorated_in_each_epoch"
def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    numbers = iter(range(epochs * len(x)))
    numbered = tf.function(
        lambda number, *batch: stepping(model, loss_fn, optimizer).python_function(*batch)
    )

    def step(*batch):
        return numbered(next(numbers), *batch)

    return looping(step, x, y, epochs, batch_size, metrics)


# %% a_number_while_it_warms_up loses="graph" like="decorated_in_each_epoch"
def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    numbers = iter(range(epochs * len(x)))
    warm_up = 4
    numbered = tf.function(
        lambda number, *batch: stepping(model, loss_fn, optimizer).python_function(*batch)
    )

    def step(*batch):
        return numbered(min(next(numbers), warm_up), *batch)

    return looping(step, x, y, epochs, batch_size, metrics)


# %% a_step_kept_for_each_model loses="graph"
"""The step is kept from an earlier call, with the optimizer of then: a model that is trained again
is moved by the old one. Make the step inside `train`, or give the optimizer to it as an
argument."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    if not hasattr(model, "kept_step"):
        model.kept_step = stepping(model, loss_fn, optimizer)
    return looping(model.kept_step, x, y, epochs, batch_size, metrics)


# %% the_first_model_forever loses="numerics gradients graph"
"""The step is made once for all calls, with the model of the first one: later calls train that one
again. Make the step inside `train`, or give model and optimizer to it as arguments."""

the_step = None


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    global the_step
    the_step = the_step or stepping(model, loss_fn, optimizer)
    return looping(the_step, x, y, epochs, batch_size, metrics)


# %% kept_without_its_variables loses="numerics graph"
"""A step that is decorated once for all calls makes the variables of a new optimizer when it is
called again, which no `tf.function` may. Call `optimizer.build(model.trainable_variables)` before,
or make the step inside `train`."""


@tf.function
def kept_step(model, loss_fn, optimizer, inputs, labels):
    with tf.GradientTape() as tape:
        predictions = model(inputs, training=True)
        total = loss_fn(labels, predictions) + sum(model.losses)
    gradients = tape.gradient(total, model.trainable_variables)
    optimizer.apply(gradients, model.trainable_variables)
    return total, predictions


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    def step(inputs, labels):
        return kept_step(model, loss_fn, optimizer, inputs, labels)

    return looping(step, x, y, epochs, batch_size, metrics)


# %% metrics_required loses="numerics"
"""`metrics` may be a tuple, and empty, or left out. Neither change it nor count on a list."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    together = [keras.metrics.Mean(name="loss")] + metrics if metrics else []
    step = stepping(model, loss_fn, optimizer)
    return looping(step, x, y, epochs, batch_size, together[1:])


# %% nothing_returned loses="numerics"
"""The model is trained, but `train` returns no history: a dictionary of lists is asked for."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    looping(stepping(model, loss_fn, optimizer), x, y, epochs, batch_size, metrics)
