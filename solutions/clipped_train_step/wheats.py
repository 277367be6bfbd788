# %%
import numpy as np


# %% scaled_by_hand
"""The norm and the factor are computed by hand, and every metric is updated in a loop."""


class ClippedModel(keras.Model):
    def __init__(self, inputs, outputs, name=None, *, clip=1.0, **kwargs):
        super().__init__(inputs, outputs, name=name, **kwargs)
        self.clip = clip
        self.grad_norm_tracker = keras.metrics.Mean(name="grad_norm")

    def train_step(self, data):
        if len(data) == 3:
            x, y, sample_weight = data
        else:
            sample_weight = None
            x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred, sample_weight=sample_weight)
        variables = self.trainable_variables
        gradients = tape.gradient(loss, variables)
        norm = tf.sqrt(tf.add_n([tf.reduce_sum(tf.square(one)) for one in gradients]))
        factor = tf.minimum(1.0, self.clip / norm)
        self.optimizer.apply_gradients(zip([factor * one for one in gradients], variables))
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            elif metric.name == "grad_norm":
                metric.update_state(norm)
            else:
                metric.update_state(y, y_pred, sample_weight=sample_weight)
        return {metric.name: metric.result() for metric in self.metrics}

    def get_config(self):
        config = super().get_config()
        config.update({"clip": self.clip})
        return config


# %% own_loss_mean
"""A mean of the loss of one's own for training and evaluation; `metrics` lists it."""


class ClippedModel(keras.Model):
    def __init__(self, *args, clip=1.0, **kwargs):
        super().__init__(*args, **kwargs)
        self.clip = float(clip)
        self.means = {name: keras.metrics.Mean(name=name) for name in ("loss", "grad_norm")}

    @property
    def metrics(self):
        others = [one for one in super().metrics if one.name not in self.means]
        return [*self.means.values(), *others]

    def train_step(self, data):
        x, y, weights = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, y_pred := self(x, training=True), weights)
        gradients = tape.gradient(loss, self.trainable_weights)
        norm = tf.linalg.global_norm(gradients)
        gradients, _ = tf.clip_by_global_norm(gradients, self.clip, use_norm=norm)
        self.optimizer.apply(gradients, self.trainable_weights)
        results = self.compute_metrics(x, y, y_pred, weights)
        self.means["loss"].update_state(loss)
        self.means["grad_norm"].update_state(norm)
        return {**results, **{name: mean.result() for name, mean in self.means.items()}}

    def test_step(self, data):
        x, y, weights = keras.utils.unpack_x_y_sample_weight(data)
        y_pred = self(x, training=False)
        loss = self.compute_loss(x, y, y_pred, weights, training=False)
        self.means["loss"].update_state(loss)
        return self.compute_metrics(x, y, y_pred, weights)

    def get_config(self):
        return super().get_config() | {"clip": self.clip}


# %% one_long_vector
"""The gradients are flattened into one vector, in the operations of Keras."""


class ClippedModel(keras.Model):
    def __init__(self, *args, clip=1.0, **kwargs):
        super().__init__(*args, **kwargs)
        self.norm_metric = keras.metrics.Mean("grad_norm")
        self.limit = clip

    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape(persistent=True) as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        gradients = tape.gradient(loss, self.trainable_variables)
        vector = keras.ops.concatenate([keras.ops.ravel(one) for one in gradients])
        norm = keras.ops.norm(vector)
        long = norm > self.limit
        gradients = [
            keras.ops.where(long, one * self.limit / keras.ops.maximum(norm, 1e-12), one)
            for one in gradients
        ]
        self.optimizer.apply(gradients, self.trainable_variables)
        self.norm_metric.update_state(norm)
        self._loss_tracker.update_state(loss, sample_weight=keras.ops.shape(x)[0])
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def get_config(self):
        return dict(super().get_config(), clip=self.limit)


# %% the_optimizer_clips
"""`compile` tells the optimizer to clip; the step only takes the norm."""


class ClippedModel(keras.Model):
    def __init__(self, *args, clip=1.0, **kwargs):
        super().__init__(*args, **kwargs)
        self.clip = clip
        self.norms = keras.metrics.Mean(name="grad_norm")

    def compile(self, optimizer="rmsprop", *args, **kwargs):
        optimizer = keras.optimizers.get(optimizer)
        optimizer.global_clipnorm = self.clip
        super().compile(optimizer, *args, **kwargs)

    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.norms.update_state(tf.linalg.global_norm(gradients))
        logs = self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
                logs["loss"] = metric.result()
        return logs

    def get_config(self):
        return {**super().get_config(), "clip": self.clip}


# %% decorated
"""`train_step` is a `tf.function` itself, with an `if` for AutoGraph."""


class ClippedModel(keras.Model):
    def __init__(self, *args, clip=1.0, **kwargs):
        super().__init__(*args, **kwargs)
        self.clip = clip
        self.norms = keras.metrics.Mean(name="grad_norm")

    @tf.function
    def clipped(self, gradients):
        norm = tf.linalg.global_norm(gradients)
        if norm > self.clip:
            gradients = [one * (self.clip / norm) for one in gradients]
        return gradients, norm

    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        gradients, norm = self.clipped(tape.gradient(loss, self.trainable_variables))
        self.optimizer.apply(gradients, self.trainable_variables)
        self.norms.update_state(norm)
        next(one for one in self.metrics if one.name == "loss").update_state(loss)
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def get_config(self):
        return {**super().get_config(), "clip": self.clip}


# %% traced_by_every_compile
"""`compile` makes a `tf.function` of the step, which the next one replaces."""


class ClippedModel(keras.Model):
    def __init__(self, *args, **kwargs):
        clip = kwargs.pop("clip", 1.0)
        super().__init__(*args, **kwargs)
        self.clip = clip
        self.norms = keras.metrics.Mean(name="grad_norm")

    def compile(self, *args, **kwargs):
        super().compile(*args, **kwargs)

        def step(x, y, sample_weight):
            with tf.GradientTape() as tape:
                y_pred = self(x, training=True)
                loss = self.compute_loss(x, y, y_pred, sample_weight)
            gradients = tape.gradient(loss, self.trainable_weights)
            gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
            self.optimizer.apply(gradients, self.trainable_weights)
            self.norms.update_state(norm)
            next(one for one in self.metrics if one.name == "loss").update_state(loss)
            return self.compute_metrics(x, y, y_pred, sample_weight)

        self.inner = tf.function(step, reduce_retracing=True)

    def train_step(self, data):
        return self.inner(*keras.utils.unpack_x_y_sample_weight(data))

    def get_config(self):
        return {**super().get_config(), "clip": self.clip}


# %% variables_count
"""Sum and count of the norms are in two variables of TensorFlow; `reset_metrics` resets them."""


class ClippedModel(ClippedModel):
    def __init__(self, *args, clip=1.0, **kwargs):
        super().__init__(*args, clip=clip, **kwargs)
        self.total = tf.Variable(0.0, trainable=False)
        self.steps = tf.Variable(0.0, trainable=False)

    @property
    def metrics(self):
        return [metric for metric in super().metrics if metric is not self.norms]

    def reset_metrics(self):
        super().reset_metrics()
        self.total.assign(0.0)
        self.steps.assign(0.0)

    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        weights = self.trainable_weights
        gradients, norm = tf.clip_by_global_norm(tape.gradient(loss, weights), self.clip)
        self.optimizer.apply(gradients, weights)
        self.total.assign_add(norm)
        self.steps.assign_add(1.0)
        next(one for one in self.metrics if one.name == "loss").update_state(loss)
        logs = self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)
        return {**logs, "grad_norm": self.total / self.steps}


# %% the_step_of_keras
"""Keras' own step runs, while something that clips stands where the optimizer is."""


class Between:
    def __init__(self, optimizer, clip, norms):
        self.optimizer, self.clip, self.norms = optimizer, clip, norms

    def __getattr__(self, name):
        return getattr(self.optimizer, name)

    def apply_gradients(self, pairs):
        gradients, weights = zip(*pairs, strict=True)
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
        self.norms.update_state(norm)
        return self.optimizer.apply_gradients(zip(gradients, weights, strict=True))


class ClippedModel(keras.Model):
    def __init__(self, *args, clip=1.0, **kwargs):
        super().__init__(*args, **kwargs)
        self.clip = clip
        self.norms = keras.metrics.Mean(name="grad_norm")

    def train_step(self, data):
        optimizer = self.optimizer
        self.optimizer = Between(optimizer, self.clip, self.norms)
        try:
            return super().train_step(data)
        finally:
            self.optimizer = optimizer

    def get_config(self):
        return {**super().get_config(), "clip": self.clip}


# %% own_from_config
"""`clip` stands where Keras does not know the constructor, with a `from_config` that does."""


class ClippedModel(keras.Model):
    def __init__(self, inputs, outputs, clip=1.0, **kwargs):
        super().__init__(inputs, outputs, **kwargs)
        self.clip = clip
        self.norms = keras.metrics.Mean(name="grad_norm")

    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        gradients = tape.gradient(loss, self.trainable_variables)
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
        self.optimizer.apply(gradients, self.trainable_variables)
        self.norms.update_state(norm)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def get_config(self):
        network = keras.Model(self.inputs, self.outputs, name=self.name)
        return {"network": network.get_config(), "clip": self.clip}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        network = keras.Model.from_config(config["network"], custom_objects=custom_objects)
        outputs = network.outputs[0]
        return cls(network.inputs[0], outputs, clip=config["clip"], name=network.name)


# %% a_base_class_in_between
"""A base class of one's own clips whatever model there is; the class adds a constructor."""


class Clipping(keras.Model):
    clip = 1.0

    def gradients_of(self, x, y, weight):
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x, y, y_pred, sample_weight=weight, training=True)
        return loss, y_pred, tape.gradient(loss, self.trainable_weights)

    def train_step(self, data):
        x, y, weight = keras.utils.unpack_x_y_sample_weight(data)
        loss, y_pred, gradients = self.gradients_of(x, y, weight)
        norm = tf.norm(tf.stack([tf.norm(one) for one in gradients]))
        gradients = [one / tf.maximum(1.0, norm / self.clip) for one in gradients]
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.norms.update_state(norm)
        self.get_metric("loss").update_state(loss)
        return self.compute_metrics(x, y, y_pred, weight)

    def get_metric(self, name):
        return {metric.name: metric for metric in self.metrics}[name]


@keras.saving.register_keras_serializable(package="course")
class ClippedModel(Clipping):
    def __init__(self, *args, clip=1.0, **kwargs):
        super().__init__(*args, **kwargs)
        self.clip = clip
        self.norms = keras.metrics.Mean(name="grad_norm")

    def get_config(self):
        config = super().get_config()
        config["clip"] = self.clip
        return config


# %% a_variable_counts
"""Sum and count of the norms are kept in a metric class of one's own."""


class MeanNorm(keras.metrics.Metric):
    def __init__(self, name="grad_norm", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")
        self.steps = self.add_weight(name="steps", initializer="zeros")

    def update_state(self, gradients):
        self.total.assign_add(tf.linalg.global_norm(gradients))
        self.steps.assign_add(1.0)

    def result(self):
        return tf.math.divide_no_nan(self.total.value, self.steps.value)


class ClippedModel(keras.Model):
    def __init__(self, *args, clip=1.0, **kwargs):
        self._limit = float(clip)
        super().__init__(*args, **kwargs)
        self.mean_norm = MeanNorm()

    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.mean_norm.update_state(gradients)
        norm = tf.linalg.global_norm(gradients)
        gradients = [
            tf.where(norm > self._limit, tf.math.divide_no_nan(self._limit * one, norm), one)
            for one in gradients
        ]
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        for metric in self.metrics:
            if isinstance(metric, keras.metrics.Mean) and metric.name == "loss":
                metric.update_state(loss)
        logs = self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)
        assert "grad_norm" in logs
        return logs

    def get_config(self):
        return {**super().get_config(), "clip": self._limit}


# %% a_tensor_for_the_limit
"""A function does the clipping, and the limit is an array of NumPy on its way."""


def clipped(gradients, limit):
    squares = [tf.reduce_sum(one * one) for one in gradients]
    norm = tf.sqrt(sum(squares))
    scale = limit / tf.maximum(norm, limit)
    return tf.nest.map_structure(lambda one: one * scale, gradients), norm


class ClippedModel(ClippedModel):
    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        gradients = tape.gradient(loss, self.trainable_variables)
        gradients, norm = clipped(gradients, np.float32(self.clip))
        self.optimizer.apply(gradients, self.trainable_variables)
        self.norms.update_state([norm])
        logs = {"grad_norm": self.norms.result()}
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight) | logs
