# %% other_layers_ignored loses="numerics"
"""The model is made of `MyDense`, whatever `layer` is given. Make all three layers by `layer`."""


def build_model(features, layer=MyDense):
    inputs = keras.Input((features,))
    hidden = MyDense(16, activation="tanh")(inputs)
    hidden = MyDense(8, activation="tanh")(hidden)
    return keras.Model(inputs, MyDense(1)(hidden))


# %% last_layer_of_keras loses="numerics"
"""One of the three layers is not made by the class that was given as `layer`. Make all three by
it."""


def build_model(features, layer=MyDense):
    inputs = keras.Input((features,))
    hidden = layer(16, activation="tanh")(inputs)
    hidden = layer(8, activation="tanh")(hidden)
    return keras.Model(inputs, keras.layers.Dense(1)(hidden))


# %% relu_instead loses="numerics gradients"
"""The hidden layers bend their results by another activation than the one that is asked for."""


def build_model(features, layer=MyDense):
    inputs = keras.Input((features,))
    hidden = layer(16, activation="relu")(inputs)
    hidden = layer(8, activation="relu")(hidden)
    return keras.Model(inputs, layer(1)(hidden))


# %% activation_at_the_end loses="numerics gradients"
"""The predictions go through an activation, so they cannot leave its range. The last layer has
none."""


def build_model(features, layer=MyDense):
    inputs = keras.Input((features,))
    hidden = layer(16, activation="tanh")(inputs)
    hidden = layer(8, activation="tanh")(hidden)
    return keras.Model(inputs, layer(1, activation="tanh")(hidden))


# %% no_activation loses="numerics gradients"
"""The hidden layers are linear, and so is the whole model. Give both an activation."""


def build_model(features, layer=MyDense):
    inputs = keras.Input((features,))
    return keras.Model(inputs, layer(1)(layer(8)(layer(16)(inputs))))


# %% sizes_swapped loses="numerics gradients"
"""The kernels have other shapes than the statement's three layers have. Count the units, and mind
their order."""


def build_model(features, layer=MyDense):
    inputs = keras.Input((features,))
    hidden = layer(8, activation="tanh")(inputs)
    hidden = layer(16, activation="tanh")(hidden)
    return keras.Model(inputs, layer(1)(hidden))


# %% a_layer_short loses="numerics gradients" like="sizes_swapped"


def build_model(features, layer=MyDense):
    inputs = keras.Input((features,))
    return keras.Model(inputs, layer(1)(layer(16, activation="tanh")(inputs)))


# %% not_clipped loses="numerics gradients"
"""The gradients are not clipped: a step is as large as they are. If their common norm is above
`clip`, scale them all down to it."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        gradients = tape.gradient(total, weights)
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% penalties_not_clipped loses="gradients"
"""The gradient of the model's own losses is added after the clipping, so a step may be longer than
`clip` allows. Clip the gradient of the whole total."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    weights = model.trainable_variables
    history = {"loss": [], **{metric.name: [] for metric in metrics}}
    for _ in range(epochs):
        total = 0.0
        for metric in metrics:
            metric.reset_state()
        for start in range(0, len(x), batch_size):
            rows, labels = x[start : start + batch_size], y[start : start + batch_size]
            with tf.GradientTape(persistent=True) as tape:
                predictions = model(rows, training=True)
                loss = loss_fn(labels, predictions)
                penalty = tf.add_n([*map(tf.convert_to_tensor, model.losses), 0.0])
            clipped, _ = tf.clip_by_global_norm(tape.gradient(loss, weights), clip)
            own = tape.gradient(penalty, weights, unconnected_gradients="none")
            own = [0.0 if one is None else one for one in own]
            optimizer.apply([a + b for a, b in zip(clipped, own, strict=True)], weights)
            for metric in metrics:
                metric.update_state(labels, predictions)
            total += float(loss + penalty) * len(rows)
        history["loss"].append(total / len(x))
        for metric in metrics:
            history[metric.name].append(float(metric.result()))
    return history


# %% each_clipped_alone loses="numerics gradients"
"""Each weight's gradient is clipped by its own norm, which changes the direction of the step. Take
one norm of all of them together."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        gradients = [tf.clip_by_norm(one, clip) for one in tape.gradient(total, weights)]
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% values_clipped loses="numerics gradients"
"""Single values are clipped, which changes the direction of the step. Scale all gradients by one
factor."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        gradients = [tf.clip_by_value(one, -clip, clip) for one in tape.gradient(total, weights)]
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% always_scaled loses="numerics gradients"
"""Small gradients are scaled up to the norm `clip`. Leave them as they are: the limit is for larger
ones."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        found = tape.gradient(total, weights)
        gradients = [one * clip / tf.linalg.global_norm(found) for one in found]
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% clip_ignored loses="numerics gradients"
"""The limit is the same whatever `clip` is. Use the argument."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), 1.0)
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% norm_squared loses="numerics gradients"
"""The limit is compared with the square of the norm, or the norm lacks its square root."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        found = tape.gradient(total, weights)
        norm = tf.linalg.global_norm(found) ** 2
        gradients = [one * tf.minimum(1.0, clip / norm) for one in found]
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% mean_norm loses="numerics gradients"
"""The norm is taken of another vector than that of all entries of all gradients: the sum of the
norms, or their mean, is something else."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        found = tape.gradient(total, weights)
        norm = tf.add_n([tf.norm(one) for one in found])
        gradients = [one * tf.minimum(1.0, clip / norm) for one in found]
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% another_default loses="gradients"
"""Without `clip`, the limit is not 1. Give the argument the default of the statement."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=2.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), clip)
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% mean_of_means loses="numerics"
"""A smaller last batch counts as much as the others. Weigh each batch's total by its number of
samples."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), clip)
        optimizer.apply(gradients, weights)
        mean.update_state(total)
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% last_loss loses="numerics"
"""The history holds the loss of the last batch of each epoch, not the mean over all samples."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), clip)
        optimizer.apply(gradients, weights)
        mean.reset_state()
        mean.update_state(total)
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% own_losses_forgotten loses="numerics gradients"
"""The model's own losses are missing: a regularizer has no effect. Add `model.losses` to what is
trained and reported."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = loss_fn(labels, predictions)
        weights = model.trainable_weights
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), clip)
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% own_losses_not_reported loses="numerics"
"""The model's own losses are trained, but are missing in the loss that is reported. Report the
total."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            loss = loss_fn(labels, predictions)
            total = tf.add_n([loss, *model.losses])
        weights = model.trainable_weights
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), clip)
        optimizer.apply(gradients, weights)
        mean.update_state(loss, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% not_in_training_mode loses="numerics"
"""The model is called as if it were used, not trained. Pass `training=True`."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), clip)
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% metrics_never_reset loses="numerics"
"""Metrics go on from the epoch before. Reset them at the start of each epoch."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), clip)
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        mean.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% nothing_reset loses="numerics" like="metrics_never_reset"


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), clip)
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% predicts_again loses="numerics"
"""Metrics get predictions that were made after the step. Give them those that the loss got."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), clip)
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, model(inputs, training=True))

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% loss_swapped loses="numerics"
"""The loss gets predictions and labels in the wrong order. The labels come first."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(predictions, labels), *model.losses])
        weights = model.trainable_weights
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), clip)
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% metrics_swapped loses="numerics"
"""The metrics get predictions and labels in the wrong order. The labels come first."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), clip)
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(predictions, labels)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% rest_dropped loses="numerics"
"""Samples that do not fill a batch are left out. The last batch may be smaller."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), clip)
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size, drop_remainder=True)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% one_batch loses="numerics"
"""All samples make one step. A step has `batch_size` samples, and the last one what is left."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), clip)
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(len(x))
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% shuffled loses="numerics"
"""The batches come in another order than the data. Do not shuffle."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), clip)
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x[::-1], y[::-1])).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% an_epoch_short loses="numerics gradients"
"""There is an epoch too few, or too many."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), clip)
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs + 1):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% kernels_only loses="numerics gradients"
"""Not all weights are trained. One step moves every trainable weight."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = [one for one in model.trainable_weights if len(one.shape) > 1]
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), clip)
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build([one for one in model.trainable_weights if len(one.shape) > 1])
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% one_for_all loses="numerics"
"""The optimizer is made anew for each step, or a new one is used, so it forgets what it keeps
between steps. Use the one that is given."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), clip)
        for slope, weight in zip(gradients, weights, strict=True):
            weight.assign_sub(optimizer.learning_rate * slope)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% without_metrics loses="numerics"
"""The history has no metrics. Give each one a list under its name."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), clip)
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return history


# %% an_average_over_epochs loses="numerics" like="metrics_never_reset"


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    mean = keras.metrics.Mean(name="loss")
    tracked = [mean, *metrics]

    @tf.function(autograph=False)
    def step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            total = tf.add_n([loss_fn(labels, predictions), *model.losses])
        weights = model.trainable_weights
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, weights), clip)
        optimizer.apply(gradients, weights)
        mean.update_state(total, tf.shape(inputs)[0])
        for metric in metrics:
            metric.update_state(labels, predictions)

    optimizer.build(model.trainable_weights)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    history = {metric.name: [] for metric in tracked}
    for _ in range(epochs):
        for metric in tracked:
            metric.reset_state()
        for batch in batches:
            step(*batch)
        for metric in tracked:
            history[metric.name].append(float(metric.result()))
    return {
        name: [float(np.mean(values[: i + 1])) for i in range(epochs)]
        for name, values in history.items()
    }


# %% one_step_for_all_models loses="numerics gradients"
"""The second model is trained by a step that was made for the first. Make the graph inside of
`train`."""


KEPT = {}
train_once = train


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    first = KEPT.setdefault("first", (model, optimizer))
    return train_once(first[0], loss_fn, first[1], x, y, epochs, batch_size, metrics, clip)


# %% not_standardized loses="numerics gradients"
"""The model gets raw features. Standardize them inside of what is served."""


def serve(model, mean, std):
    return lambda features: model(features)


# %% not_divided loses="numerics gradients"
"""The mean is subtracted, but nothing is divided by the standard deviation."""


def serve(model, mean, std):
    mean = tf.constant(mean, tf.float32)
    return lambda features: model(features - mean)


# %% not_centred loses="numerics gradients"
"""The features are divided, but their mean is not subtracted before."""


def serve(model, mean, std):
    std = tf.constant(std, tf.float32)
    return lambda features: model(tf.math.divide_no_nan(features, std))


# %% divided_by_the_variance loses="numerics gradients"
"""The features are divided by the square of the standard deviation, or by its root. Divide by `std`
as it is."""


def serve(model, mean, std):
    mean, std = tf.constant(mean, tf.float32), tf.constant(std, tf.float32)
    return lambda features: model(tf.math.divide_no_nan(features - mean, std**2))


# %% nan_where_nothing_varies loses="numerics gradients"
"""A feature whose standard deviation is 0 is divided by it. Pass on 0 for it."""


def serve(model, mean, std):
    mean, std = tf.constant(mean, tf.float32), tf.constant(std, tf.float32)
    return lambda features: model((features - mean) / std)


# %% small_deviations_for_zero loses="numerics gradients"
"""A small standard deviation is taken for 0. Features may be small numbers, and then their standard
deviation is small, too: only 0 itself is special."""


def serve(model, mean, std):
    mean, std = np.float32(mean), np.float32(std)
    std = np.where(std < 1e-3, 0, std).astype("float32")
    return lambda x: model(tf.math.divide_no_nan(x - mean, std), training=False)


# %% chosen_after_the_division loses="gradients"
"""The gradient is NaN where `std` is 0: a choice after the division does not undo it. Divide by
something that is not 0, or by `tf.math.divide_no_nan`."""


def serve(model, mean, std):
    mean, std = tf.constant(mean, tf.float32), tf.constant(std, tf.float32)
    return lambda features: model(tf.where(std == 0, 0.0, (features - mean) / std))


# %% in_training_mode loses="numerics"
"""What is served calls the model as if it were trained. A prediction does not depend on the rest of
its batch."""


def serve(model, mean, std):
    mean, std = tf.constant(mean, tf.float32), tf.constant(std, tf.float32)
    return lambda features: model(tf.math.divide_no_nan(features - mean, std), training=True)


# %% as_it_is_where_nothing_varies loses="numerics gradients"
"""Where the standard deviation is 0, the difference from the mean is passed on. Pass on 0."""


def serve(model, mean, std):
    safe = np.where(std == 0, 1, std)
    mean, safe = tf.constant(mean, tf.float32), tf.constant(safe, tf.float32)
    return lambda features: model((features - mean) / safe)


# %% by_the_batch loses="numerics gradients"
"""What is served standardizes each batch by its own mean or deviation. Use those that were
given."""


def serve(model, mean, std):
    def predict(features):
        centred = features - tf.reduce_mean(features, axis=0)
        return model(tf.math.divide_no_nan(centred, tf.math.reduce_std(features, axis=0)))

    return predict


# %% double_precision loses="numerics gradients graph"
"""`mean` and `std` are float64, the features are not. Cast the two to float32 once."""


def serve(model, mean, std):
    mean, std = tf.constant(mean), tf.constant(std)
    return lambda features: model(tf.math.divide_no_nan(features - mean, std))


# %% by_numpy loses="gradients graph"
"""NumPy works outside of the graph. What is served uses TensorFlow or Keras alone."""


def serve(model, mean, std):
    def predict(features):
        safe = np.where(std == 0, 1, std)
        return model(np.float32(np.where(std == 0, 0, (np.asarray(features) - mean) / safe)))

    return predict


# %% by_predict loses="gradients graph"
"""`predict` is for NumPy arrays, and is no part of a graph. Call the model."""


def serve(model, mean, std):
    mean, std = tf.constant(mean, tf.float32), tf.constant(std, tf.float32)
    return lambda features: model.predict(tf.math.divide_no_nan(features - mean, std), verbose=0)


# %% a_copy_of_the_model loses="numerics graph"
"""What is served keeps the weights that the model had at that time. Call the model itself."""


def serve(model, mean, std):
    mean, std = tf.constant(mean, tf.float32), tf.constant(std, tf.float32)
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return lambda features: copy(tf.math.divide_no_nan(features - mean, std))


# %% weights_of_the_trace loses="graph" like="a_copy_of_the_model"


def serve(model, mean, std):
    mean, std = np.float32(mean), np.float32(std)

    def predict(x):
        z = tf.math.divide_no_nan(x - mean, std)
        if tf.executing_eagerly():
            return model(z, training=False)
        with tf.init_scope():
            groups = model.trainable_variables, model.non_trainable_variables
            values = [[weight.numpy() for weight in group] for group in groups]
        constants = [[tf.constant(value) for value in group] for group in values]
        return model.stateless_call(*constants, z, training=False)[0]

    return predict


# %% one_sample_at_a_time loses="graph"
"""The number of samples is fixed to that of some example. Leave the first axis unknown."""


def serve(model, mean, std):
    mean, std = tf.constant(mean, tf.float32), tf.constant(std, tf.float32)

    def predict(features):
        return model(tf.reshape(tf.math.divide_no_nan(features - mean, std), features.shape))

    return predict


# %% threshold_of_the_loss_ignored loses="numerics gradients"
"""Your loss does not go by its threshold, or is no Huber loss. Mend it, or put Keras' in its
place."""


class HuberLoss(HuberLoss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(1.0, **kwargs)


# %% squared_error loses="numerics gradients" like="threshold_of_the_loss_ignored"


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)

    def call(self, y_true, y_pred):
        return tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)


# %% metric_of_the_default loses="numerics"
"""Your metric does not go by its threshold, or is no mean of Huber losses. Mend it, or put one of
Keras' in its place."""


class HuberMetric(HuberMetric):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        super().__init__(1.0, name=name, **kwargs)


# %% metric_by_batches loses="numerics"
"""Your metric counts batches instead of samples. Mend it, or put one of Keras' in its place."""


class HuberMetric(HuberMetric):
    def update_state(self, y_true, y_pred, sample_weight=None):
        samples = tf.cast(tf.shape(y_true)[0], tf.float32)
        self.total.assign_add(self.loss(y_true, y_pred) / samples)
        self.count.assign_add(1.0)


# %% metric_of_another_name loses="numerics"
"""Your metric has another name than `huber_metric`, under which the history has its list."""


class HuberMetric(HuberMetric):
    def __init__(self, threshold=1.0, name="mean_huber", **kwargs):
        super().__init__(threshold, name=name, **kwargs)


# %% bias_after_the_activation loses="numerics gradients"
"""Your layer adds the bias after its activation. Mend it, or put Keras' in its place."""


class MyDense(MyDense):
    def call(self, inputs):
        return self.activation(tf.matmul(inputs, self.kernel)) + self.bias


build_model.__defaults__ = (MyDense,)


# %% layer_without_configuration loses="serialization"
"""A model of your layers cannot be loaded: their configuration lacks the arguments of the
constructor. Write `get_config`, or use Keras' layer."""


class MyDense(MyDense):
    def get_config(self):
        return keras.layers.Layer.get_config(self)


build_model.__defaults__ = (MyDense,)


# %% layer_forgets_its_activation loses="serialization"
"""A layer of yours that is loaded has lost its activation. Its configuration must hold that,
too."""


class MyDense(MyDense):
    def get_config(self):
        return {**keras.layers.Layer.get_config(self), "units": self.units}


build_model.__defaults__ = (MyDense,)


# %% weights_unknown_to_keras loses="numerics gradients serialization"
"""The weights of your layer are variables that Keras does not know of: it trains and saves none.
Make them with `self.add_weight`."""


class MyDense(MyDense):
    def build(self, input_shape):
        draw = keras.initializers.GlorotUniform()
        self.kernel = tf.Variable(draw((input_shape[-1], self.units)))
        self.bias = tf.Variable(tf.zeros(self.units))


build_model.__defaults__ = (MyDense,)
