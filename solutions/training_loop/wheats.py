# %%
import collections
import functools

import numpy as np


# %% a_class_with_a_step
"""A class of one's own holds model and optimizer; its step is a decorated method."""


class Trainer:
    def __init__(self, model, loss_fn, optimizer, metrics):
        self.model, self.loss_fn, self.optimizer = model, loss_fn, optimizer
        self.metrics = list(metrics)
        self.total = tf.Variable(0.0, trainable=False)
        self.rows = tf.Variable(0, trainable=False)

    @tf.function
    def step(self, x, y):
        variables = self.model.trainable_variables
        with tf.GradientTape() as tape:
            pred = self.model(x, training=True)
            loss = tf.add_n([self.loss_fn(y, pred), *self.model.losses])
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        self.total.assign_add(loss * tf.cast(tf.shape(x)[0], tf.float32))
        self.rows.assign_add(tf.shape(x)[0])
        for metric in self.metrics:
            metric.update_state(y, pred)

    def reset(self):
        self.total.assign(0.0)
        self.rows.assign(0)
        for metric in self.metrics:
            metric.reset_state()


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    trainer = Trainer(model, loss_fn, optimizer, metrics)
    history = {"loss": [], **{metric.name: [] for metric in metrics}}
    for _ in range(epochs):
        trainer.reset()
        for start in range(0, len(x), batch_size):
            rows = slice(start, start + batch_size)
            trainer.step(tf.constant(x[rows]), tf.constant(y[rows]))
        history["loss"].append(trainer.total.numpy() / trainer.rows.numpy())
        for metric in metrics:
            history[metric.name].append(metric.result().numpy())
    return history


# %% whole_epoch_in_a_graph
"""AutoGraph makes a loop of the graph of the loop over the batches; sums are loop variables."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    optimizer.build(model.trainable_variables)
    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size).prefetch(1)

    @tf.function
    def epoch():
        total, rows = 0.0, 0.0
        for inputs, targets in data:
            with tf.GradientTape() as tape:
                outputs = model(inputs, training=True)
                loss = loss_fn(targets, outputs)
                if model.losses:
                    loss += tf.add_n(model.losses)
            gradients = tape.gradient(loss, model.trainable_weights)
            optimizer.apply(gradients)
            for metric in metrics:
                metric.update_state(targets, outputs)
            size = tf.cast(tf.shape(inputs)[0], tf.float32)
            total += size * loss
            rows += size
        return total / rows

    history = collections.defaultdict(list)
    for _ in range(epochs):
        for metric in metrics:
            metric.reset_state()
        history["loss"].append(float(epoch()))
        for metric in metrics:
            history[metric.name].append(float(metric.result()))
    return history


# %% one_signature
"""One graph for both shapes, by an `input_signature` with None."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    signature = [tf.TensorSpec((None, *array.shape[1:]), tf.float32) for array in (x, y)]

    @tf.function(input_signature=signature)
    def step(inputs, targets):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in model.trainable_variables])
            outputs = model(inputs, training=True)
            loss = loss_fn(targets, outputs)
            for penalty in model.losses:
                loss = loss + penalty
        gradients = tape.gradient(loss, [one.value for one in model.trainable_variables])
        optimizer.apply_gradients(list(zip(gradients, model.trainable_variables)))
        return loss, outputs

    history = {name: [] for name in ["loss", *(metric.name for metric in metrics)]}
    for epoch in range(epochs):
        total = 0
        for metric in metrics:
            metric.reset_state()
        for i in range(0, x.shape[0], batch_size):
            loss, outputs = step(x[i : i + batch_size], y[i : i + batch_size])
            total += float(loss) * len(outputs)
            for metric in metrics:
                metric.update_state(y[i : i + batch_size], outputs)
        history["loss"] += [total / len(x)]
        for metric in metrics:
            history[metric.name] += [metric.result()]
    return history


# %% step_at_the_top_level
"""The step is a `tf.function` at the top level, and model and optimizer are arguments of it."""


@tf.function(reduce_retracing=True)
def one_step(model, loss_fn, optimizer, inputs, targets):
    with tf.GradientTape() as tape:
        predictions = model(inputs, training=True)
        loss = loss_fn(targets, predictions) + sum(model.losses)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss, predictions


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    # A function that is called again makes no variables.
    optimizer.build(model.trainable_variables)
    starts = range(0, len(x), batch_size)
    data = [(x[i : i + batch_size], y[i : i + batch_size]) for i in starts]
    data = [tuple(map(tf.convert_to_tensor, batch)) for batch in data]
    history = {"loss": []} | {metric.name: [] for metric in metrics}
    for _ in range(epochs):
        losses = []
        [metric.reset_state() for metric in metrics]
        for inputs, targets in data:
            loss, predictions = one_step(model, loss_fn, optimizer, inputs, targets)
            losses.append(loss.numpy())
            [metric.update_state(targets, predictions) for metric in metrics]
        weights = [len(inputs) for inputs, _ in data]
        history["loss"].append(np.average(losses, weights=weights))
        [history[metric.name].append(metric.result().numpy()) for metric in metrics]
    return history


# %% two_graphs
"""The gradients are one graph, the update is another; a persistent tape does no harm."""


def batches_of(x, y, size):
    while len(x):
        yield x[:size], y[:size]
        x, y = x[size:], y[size:]


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    @tf.function
    def gradients_of(x, y):
        with tf.GradientTape(persistent=True) as tape:
            pred = model(x, training=True)
            total = loss_fn(y, pred) + keras.ops.sum([0.0, *model.losses])
        return total, pred, tape.gradient(total, model.trainable_variables)

    @tf.function
    def update(gradients):
        optimizer.apply(gradients, model.trainable_variables)

    history = {}
    for _ in range(epochs):
        mean = keras.metrics.Mean()
        for metric in metrics:
            metric.reset_state()
        for xb, yb in batches_of(tf.constant(x), tf.constant(y), batch_size):
            total, pred, gradients = gradients_of(xb, yb)
            update(gradients)
            mean.update_state(total, len(xb))
            for metric in metrics:
                metric(yb, pred)
        history.setdefault("loss", []).append(mean.result().numpy())
        for metric in metrics:
            history.setdefault(metric.name, []).append(metric.result().numpy())
    return history


# %% slices_in_the_graph
"""A graph loop over the starts of the batches cuts them out of the whole arrays."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    x, y = tf.constant(x), tf.constant(y)
    rows = tf.shape(x)[0]
    variables = list(model.trainable_variables)
    optimizer.build(variables)
    total = tf.Variable(0.0)

    @tf.function
    def epoch():
        total.assign(0.0)
        start = tf.constant(0)
        while start < rows:
            part = slice(start, tf.minimum(start + batch_size, rows))
            inputs, targets = x[part], y[part]
            with tf.GradientTape() as tape:
                predictions = model(inputs, training=True)
                loss = loss_fn(targets, predictions) + sum(model.losses)
            optimizer.apply(tape.gradient(loss, variables), variables)
            for metric in metrics:
                metric.update_state(targets, predictions)
            total.assign_add(loss * tf.cast(tf.shape(inputs)[0], tf.float32))
            start += batch_size

    losses, others = [], [[] for _ in metrics]
    for _ in range(epochs):
        for metric in metrics:
            metric.reset_state()
        epoch()
        losses.append(float(total) / int(rows))
        for values, metric in zip(others, metrics, strict=True):
            values.append(float(metric.result()))
    return dict(zip(["loss", *(metric.name for metric in metrics)], [losses, *others], strict=True))


# %% sums_of_all_losses
"""The totals are kept with the sizes, and averaged by NumPy after the last epoch."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    @tf.function
    def step(batch):
        inputs, targets = batch
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            parts = [tf.reduce_mean(loss_fn(targets, predictions)), *model.losses]
            total = tf.math.accumulate_n(parts)
        sources = model.trainable_variables
        pairs = zip(tape.gradient(total, sources), sources)
        optimizer.apply_gradients(pairs)
        functools.reduce(lambda _, metric: metric.update_state(targets, predictions), metrics, None)
        return total

    parts = np.arange(batch_size, len(x), batch_size)
    batches = list(zip(np.split(x, parts), np.split(y, parts), strict=True))
    totals, results = [], {metric.name: [] for metric in metrics}
    for _ in range(epochs):
        for metric in metrics:
            metric.reset_state()
        totals.append([float(step(tuple(map(tf.constant, batch)))) for batch in batches])
        for metric in metrics:
            results[metric.name].append(metric.result().numpy().item())
    sizes = np.array([len(inputs) for inputs, _ in batches])
    return {"loss": list(np.array(totals) @ sizes / len(x)), **results}


# %% a_step_for_each_shape
"""Two graphs that are asked for by hand, one for each shape of batch."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    optimizer.build(model.trainable_variables)

    def step(inputs, targets):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = loss_fn(targets, predictions) + sum(model.losses)
        gradients = tape.gradient(total, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return total, predictions

    graphs = {}
    history = {"loss": [], **{metric.name: [] for metric in metrics}}
    for _ in range(epochs):
        loss = 0.0
        for metric in metrics:
            metric.reset_state()
        for start in range(0, len(x), batch_size):
            batch = [tf.constant(array[start : start + batch_size]) for array in (x, y)]
            size = len(batch[0])
            if size not in graphs:
                specs = [tf.TensorSpec(array.shape, array.dtype) for array in batch]
                graphs[size] = tf.function(step).get_concrete_function(*specs)
            total, predictions = graphs[size](*batch)
            loss += float(total) * size / len(x)
            for metric in metrics:
                metric.update_state(batch[1], predictions)
        history["loss"].append(loss)
        for metric in metrics:
            history[metric.name].append(float(metric.result()))
    return history


# %% variables_kept_in_a_tuple
"""The trainable list is cut once, frozen layers are left out, and a generator makes the batches."""


def in_batches(arrays, size):
    rows = len(arrays[0])
    for number in range(-(-rows // size)):
        yield [tf.convert_to_tensor(array[number * size :][:size]) for array in arrays]


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=()):
    variables = tuple(model.trainable_weights)
    trackers = {"loss": keras.metrics.Mean()} | {metric.name: metric for metric in metrics}
    history = {name: [] for name in trackers}

    def step(inputs, targets):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = sum(model.losses, start=loss_fn(targets, predictions))
        gradients = dict(zip(range(len(variables)), tape.gradient(total, variables)))
        optimizer.apply_gradients((gradients[i], one) for i, one in enumerate(variables))
        return total, predictions

    step = tf.function(step)
    for _ in range(epochs):
        for tracker in trackers.values():
            tracker.reset_state()
        for inputs, targets in in_batches((x, y), batch_size):
            total, predictions = step(inputs, targets)
            trackers["loss"].update_state(tf.fill([len(inputs)], total))
            for metric in metrics:
                metric.update_state(targets, predictions)
        for name, tracker in trackers.items():
            history[name].append(float(tracker.result()))
    return history
