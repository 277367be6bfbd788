# %%
from keras import layers


# %% spare_parts
"""All three parts are Keras' own."""

HuberLoss = keras.losses.Huber
MyDense = keras.layers.Dense


class HuberMetric(keras.metrics.MeanMetricWrapper):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        super().__init__(keras.losses.huber, name, delta=threshold, **kwargs)


def build_model(features, layer=MyDense):
    inputs = keras.Input((features,))
    hidden = layer(8, activation="tanh")(layer(16, activation="tanh")(inputs))
    return keras.Model(inputs, layer(1)(hidden))


# %% an_eager_loop
"""No graph: a Python loop over slices, the norm by hand, means with NumPy."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    history = {"loss": [], **{metric.name: [] for metric in metrics}}
    for _ in range(epochs):
        for metric in metrics:
            metric.reset_state()
        total = 0.0
        for start in range(0, len(x), batch_size):
            xs, ys = x[start : start + batch_size], y[start : start + batch_size]
            with tf.GradientTape() as tape:
                predicted = model(xs, training=True)
                loss = loss_fn(ys, predicted) + sum(model.losses)
            slopes = tape.gradient(loss, model.trainable_variables)
            norm = float(np.sqrt(sum(np.sum(np.square(one.numpy())) for one in slopes)))
            if norm > clip:
                slopes = [one * (clip / norm) for one in slopes]
            optimizer.apply_gradients(zip(slopes, model.trainable_variables))
            total += float(loss) * len(xs)
            for metric in metrics:
                metric.update_state(ys, predicted)
        history["loss"].append(total / len(x))
        for metric in metrics:
            history[metric.name].append(float(metric.result()))
    return history


# %% by_fit
"""Keras' own `fit` and its optimizer, which is told to clip."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    optimizer.global_clipnorm = clip
    model.compile(optimizer, loss_fn, metrics=list(metrics), jit_compile=False)
    done = model.fit(x, y, batch_size, epochs, verbose=0, shuffle=False)
    return done.history


# %% a_model_that_clips
"""`train_step` of a model around the model does the work in `fit`."""


class Clipping(keras.Model):
    def __init__(self, inner, clip, **kwargs):
        super().__init__(**kwargs)
        self.inner, self.clip = inner, clip

    def call(self, inputs, training=None):
        return self.inner(inputs, training=training)

    def train_step(self, data):
        xs, ys = data
        with tf.GradientTape() as tape:
            predicted = self(xs, training=True)
            loss = self.compute_loss(xs, ys, predicted)
        slopes = tape.gradient(loss, self.trainable_variables)
        norm = tf.linalg.global_norm(slopes)
        factor = self.clip / tf.maximum(norm, self.clip)
        self.optimizer.apply_gradients(
            (slope * factor, weight)
            for slope, weight in zip(slopes, self.trainable_variables, strict=True)
        )
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss, sample_weight=tf.shape(xs)[0])
            else:
                metric.update_state(ys, predicted)
        return {metric.name: metric.result() for metric in self.metrics}


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    outer = Clipping(model, clip)
    outer.compile(optimizer, loss_fn, metrics=list(metrics), jit_compile=False)
    found = outer.fit(x, y, batch_size, epochs, verbose=0, shuffle=False).history
    return {name: found[name] for name in ["loss", *(metric.name for metric in metrics)]}


# %% a_graph_for_each_size
"""A step as `tf.function` of NumPy slices, and losses weighed at the end of an epoch."""


def train(model, loss_fn, optimizer, x, y, epochs, batch_size, metrics=(), clip=1.0):
    weights = model.trainable_weights
    optimizer.build(weights)

    @tf.function
    def step(xs, ys):
        with tf.GradientTape() as tape:
            predicted = model(xs, training=True)
            loss = loss_fn(ys, predicted)
            for extra in model.losses:
                loss += extra
        slopes = [tf.convert_to_tensor(slope) for slope in tape.gradient(loss, weights)]
        norm = tf.sqrt(tf.add_n([tf.reduce_sum(slope**2) for slope in slopes]))
        if norm > clip:
            slopes = [slope / norm * clip for slope in slopes]
        optimizer.apply(slopes, weights)
        return loss, predicted

    starts = range(0, x.shape[0], batch_size)
    history = {name: [] for name in ("loss", *(metric.name for metric in metrics))}
    for _ in range(epochs):
        losses, sizes = [], []
        [metric.reset_state() for metric in metrics]
        for start in starts:
            xs, ys = (tf.constant(one[start : start + batch_size]) for one in (x, y))
            loss, predicted = step(xs, ys)
            losses.append(loss.numpy())
            sizes.append(len(ys))
            for metric in metrics:
                metric.update_state(ys, predicted)
        history["loss"].append(float(np.average(losses, weights=sizes)))
        for metric in metrics:
            history[metric.name].append(metric.result().numpy())
    return history


# %% sequential
"""A Sequential model, and layers whose activation is a function."""


def build_model(features, layer=MyDense):
    return keras.Sequential(
        [keras.Input((features,))]
        + [layer(units, activation=keras.activations.tanh) for units in (16, 8)]
        + [layer(1, activation=None)]
    )


# %% a_module_serves
"""What is served is the method of a module, with the factors kept in variables."""


class Served(tf.Module):
    def __init__(self, model, mean, std):
        super().__init__()
        self.model = model
        self.mean = tf.Variable(mean.astype("float32"), trainable=False)
        factor = np.array([1 / one if one > 0 else 0 for one in std])
        self.factor = tf.Variable(factor.astype("float32"), trainable=False)

    def __call__(self, features):
        return self.model((features - self.mean) * self.factor, training=False)


def serve(model, mean, std):
    return Served(model, mean, std)


# %% a_model_serves
"""What is served is a model around the model, with a layer that standardizes."""


class Standardize(layers.Layer):
    def __init__(self, mean, std, **kwargs):
        super().__init__(**kwargs)
        self.mean = np.asarray(mean, "float32")
        self.std = np.asarray(std, "float32")

    def call(self, inputs):
        safe = np.where(self.std == 0, np.float32(1), self.std)
        return tf.where(self.std == 0, 0.0, (inputs - self.mean) / safe)


def serve(model, mean, std):
    inputs = keras.Input((len(mean),))
    return keras.Model(inputs, model(Standardize(mean, std)(inputs)))


# %% a_traced_function_serves
"""What is served is a `tf.function` with a signature, which computes in double precision first."""


def serve(model, mean, std):
    @tf.function(input_signature=[tf.TensorSpec([None, len(mean)], tf.float32)])
    def predict(raw):
        wide = tf.cast(raw, tf.float64)
        return model(tf.cast(tf.math.divide_no_nan(wide - mean, std), tf.float32))

    return predict


# %% other_parts
"""The parts in another style: a loss by `keras.ops`, a metric of a wrapped mean, a layer inside."""


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.d = threshold

    def call(self, y_true, y_pred):
        e = keras.ops.abs(y_true - y_pred)
        inside = keras.ops.minimum(e, self.d)
        return keras.ops.mean(inside * (e - inside / 2), axis=-1)


class HuberMetric(keras.metrics.Mean):
    def __init__(self, threshold=1.0, name="huber_metric", **kwargs):
        super().__init__(name=name, **kwargs)
        self.of_each = HuberLoss(threshold, reduction=None)

    def update_state(self, y_true, y_pred, sample_weight=None):
        return super().update_state(self.of_each(y_true, y_pred), sample_weight)


class MyDense(layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.inner = layers.Dense(units)
        self.outer = keras.activations.get(activation)
        self.kept = {"units": units, "activation": activation}

    def build(self, input_shape):
        self.inner.build(input_shape)
        self.built = True

    def call(self, inputs):
        return self.outer(self.inner(inputs))

    def get_config(self):
        return super().get_config() | self.kept


def build_model(features, layer=MyDense):
    inputs = keras.Input((features,), name="flat")
    outputs = inputs
    for units, activation in ((16, "tanh"), (8, "tanh"), (1, None)):
        outputs = layer(units, activation=activation)(outputs)
    return keras.Model(inputs=inputs, outputs=outputs, name="prices")
