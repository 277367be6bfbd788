# %%
import numpy as np


def forward(model, data, weighted=True, training=True):
    """The loss, its gradients and the predictions, with what `data` was made of."""
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
    used = sample_weight if weighted else None
    with tf.GradientTape() as tape:
        y_pred = model(x, training=training)
        loss = model.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=used)
    return loss, tape.gradient(loss, model.trainable_variables), (x, y, y_pred, sample_weight)


def report(model, loss, norm, batch):
    """The logs, as they should be."""
    model.norms.update_state(norm)
    for metric in model.metrics:
        if metric.name == "loss":
            metric.update_state(loss)
    return model.compute_metrics(*batch)


# %% each_weight_on_its_own loses="gradients"
"""The gradient of each weight is clipped on its own, which changes the direction of the step. Take
one norm of all gradients together, and scale all by the same factor."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, batch = forward(self, data)
        clipped = [tf.clip_by_norm(one, self.clip) for one in gradients]
        self.optimizer.apply(clipped, self.trainable_variables)
        return report(self, loss, tf.linalg.global_norm(gradients), batch)


# %% each_number_on_its_own loses="gradients"
"""Each number of the gradients is cut off at the limit, which changes the direction of the step.
Scale all gradients by the same factor, by their global norm."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, batch = forward(self, data)
        clipped = [tf.clip_by_value(one, -self.clip, self.clip) for one in gradients]
        self.optimizer.apply(clipped, self.trainable_variables)
        return report(self, loss, tf.linalg.global_norm(gradients), batch)


# %% never_clipped loses="gradients"
"""The gradients go to the optimizer as they are: the scaled ones are computed nowhere, or not used.
Hand the scaled ones to the optimizer."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, batch = forward(self, data)
        _, norm = tf.clip_by_global_norm(gradients, self.clip)
        self.optimizer.apply(gradients, self.trainable_variables)
        return report(self, loss, norm, batch)


# %% always_scaled loses="gradients"
"""Small gradients are scaled up: every step has the norm `clip`. Only what is above the limit is
scaled; what is below stays as it is."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, batch = forward(self, data)
        norm = tf.linalg.global_norm(gradients)
        scaled = [tf.math.divide_no_nan(self.clip * one, norm) for one in gradients]
        self.optimizer.apply(scaled, self.trainable_variables)
        return report(self, loss, norm, batch)


# %% division_by_zero loses="gradients"
"""Where all gradients are zero, the weights become NaN: 0 is divided by a norm of 0. Divide by the
larger of norm and limit, or use an operation that knows this case."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, batch = forward(self, data)
        norm = tf.linalg.global_norm(gradients)
        scaled = [one / norm * tf.minimum(norm, self.clip) for one in gradients]
        self.optimizer.apply(scaled, self.trainable_variables)
        return report(self, loss, norm, batch)


# %% the_error_alone_is_clipped loses="gradients"
"""The gradient of the penalties is not scaled. The whole loss has one gradient, and all of it is
scaled by the same factor."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape(persistent=True) as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
            penalty = tf.add_n([tf.zeros(()), *(tf.reduce_sum(one) for one in self.losses)])
            error = loss - penalty
        norm = tf.linalg.global_norm(tape.gradient(loss, self.trainable_variables))
        factor = self.clip / tf.maximum(norm, self.clip)
        both = zip(*(tape.gradient(one, self.trainable_variables) for one in (error, penalty)))
        gradients = [factor * one + (0.0 if other is None else other) for one, other in both]
        self.optimizer.apply(gradients, self.trainable_variables)
        return report(self, loss, norm, (x, y, y_pred, sample_weight))


# %% an_integer_as_it_is loses="gradients"
"""A clip of 2 is an integer, and TensorFlow does not compute with tensors of integers and of floats
together. Make it a float in the constructor, or a tensor of the dtype of the norm."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, batch = forward(self, data)
        gradients, norm = tf.clip_by_global_norm(gradients, tf.constant(self.clip))
        self.optimizer.apply(gradients, self.trainable_variables)
        return report(self, loss, norm, batch)


# %% limit_of_all loses="gradients"
"""All models have the limit of the one that was made last: it is kept in the class, or in a global
variable. Keep it in `self`."""


class ClippedModel(keras.Model):
    def __init__(self, *args, clip=1.0, **kwargs):
        super().__init__(*args, **kwargs)
        ClippedModel.clip = clip
        self.norms = keras.metrics.Mean(name="grad_norm")

    train_step = ClippedModel.train_step

    def get_config(self):
        return {**super().get_config(), "clip": self.clip}


# %% limit_of_one loses="gradients"
"""The limit is always 1, or always the same: `clip` does not reach the step. Keep it in the
constructor, and use what was kept."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, batch = forward(self, data)
        gradients, norm = tf.clip_by_global_norm(gradients, 1.0)
        self.optimizer.apply(gradients, self.trainable_variables)
        return report(self, loss, norm, batch)


# %% sum_of_the_norms loses="numerics gradients"
"""The norms of the gradients are added up. The global norm is the root of the sum of their squares:
that of all gradients as one long vector."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, batch = forward(self, data)
        norm = tf.add_n([tf.norm(one) for one in gradients])
        gradients, _ = tf.clip_by_global_norm(gradients, self.clip, use_norm=norm)
        self.optimizer.apply(gradients, self.trainable_variables)
        return report(self, loss, norm, batch)


# %% root_forgotten loses="numerics gradients"
"""The squares of the gradients are added up, but the root is missing."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, batch = forward(self, data)
        norm = tf.add_n([tf.reduce_sum(tf.square(one)) for one in gradients])
        gradients, _ = tf.clip_by_global_norm(gradients, self.clip, use_norm=norm)
        self.optimizer.apply(gradients, self.trainable_variables)
        return report(self, loss, norm, batch)


# %% epsilon_in_the_root loses="numerics"
"""A small number is added inside of the root, so the norm of a gradient of zero is not 0. Nobody
asks for the slope of this root: leave the number out."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, batch = forward(self, data)
        squares = tf.add_n([tf.reduce_sum(tf.square(one)) for one in gradients])
        norm = tf.sqrt(squares + keras.config.epsilon())
        gradients, _ = tf.clip_by_global_norm(gradients, self.clip, use_norm=norm)
        self.optimizer.apply(gradients, self.trainable_variables)
        return report(self, loss, norm, batch)


# %% norm_after_clipping loses="numerics"
"""The norm that is reported is that of the clipped gradients, which never exceeds the limit. Report
the one before clipping: it tells how often the limit is needed."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, batch = forward(self, data)
        gradients, _ = tf.clip_by_global_norm(gradients, self.clip)
        self.optimizer.apply(gradients, self.trainable_variables)
        return report(self, loss, tf.linalg.global_norm(gradients), batch)


# %% norm_of_the_last_step loses="numerics"
"""The norm in the logs is that of the last step. A mean over the steps is asked for: update a
`keras.metrics.Mean`, and report its result."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, batch = forward(self, data)
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
        self.optimizer.apply(gradients, self.trainable_variables)
        return {**report(self, loss, norm, batch), "grad_norm": norm}


# %% norms_by_their_rows loses="numerics"
"""In the mean of the norms, a step counts as often as it has rows. Here each step counts once: give
the metric no weights."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, batch = forward(self, data)
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
        self.optimizer.apply(gradients, self.trainable_variables)
        self.norms.update_state(norm, sample_weight=tf.shape(batch[0])[0])
        next(metric for metric in self.metrics if metric.name == "loss").update_state(loss)
        return self.compute_metrics(*batch)


# %% loss_by_its_weights loses="numerics"
"""In the mean of the loss, a step counts as much as its sample weights. They are in the loss
already: each step counts once, or as often as it has rows."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, (x, y, y_pred, sample_weight) = forward(self, data)
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
        self.optimizer.apply(gradients, self.trainable_variables)
        self.norms.update_state(norm)
        counts = tf.shape(x)[0] if sample_weight is None else tf.reduce_sum(sample_weight)
        loss_mean = next(metric for metric in self.metrics if metric.name == "loss")
        loss_mean.update_state(loss, sample_weight=counts)
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)


# %% predicted_anew loses="numerics"
"""The metrics look at other predictions than the loss. Give both of them the same, made with
`training=True`."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, (x, y, _, sample_weight) = forward(self, data)
        y_pred = self(x, training=False)
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
        self.optimizer.apply(gradients, self.trainable_variables)
        return report(self, loss, norm, (x, y, y_pred, sample_weight))


# %% reported_after_the_step loses="numerics gradients"
"""Loss and metrics are those after the step. Report those of the predictions that the gradients
were taken of."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        _, gradients, (x, y, _, sample_weight) = forward(self, data)
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
        self.optimizer.apply(gradients, self.trainable_variables)
        y_pred = self(x, training=True)
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        return report(self, loss, norm, (x, y, y_pred, sample_weight))


# %% norm_never_reset loses="numerics"
"""The mean of the norms goes on from one epoch to the next: Keras does not know your metric. It
resets what is in `self.metrics`: make the metric an attribute of the model."""


class ClippedModel(ClippedModel):
    @property
    def metrics(self):
        return [metric for metric in super().metrics if metric.name != "grad_norm"]

    def train_step(self, data):
        logs = super().train_step(data)
        return {**logs, "grad_norm": self.norms.result()}


# %% loss_not_updated loses="numerics"
"""The loss in the logs stays 0: its mean is in `self.metrics` under the name "loss", and must be
updated in every step."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, batch = forward(self, data)
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
        self.optimizer.apply(gradients, self.trainable_variables)
        self.norms.update_state(norm)
        return self.compute_metrics(*batch)


# %% metrics_forgotten loses="numerics"
"""The logs lack the metrics of `compile`. Update them in every step, and report them with loss and
norm."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        logs = super().train_step(data)
        return {name: logs[name] for name in ("loss", "grad_norm")}


# %% only_its_own_metric loses="numerics"
"""`metrics` lists your own metric alone, so Keras neither resets nor reports the others. Leave the
property out, as Keras finds metrics that are attributes, or add yours to `super().metrics`."""


class ClippedModel(ClippedModel):
    @property
    def metrics(self):
        return [self.norms]


# %% no_sample_weights loses="numerics gradients"
"""The sample weights are dropped: the loss and its gradient count every sample alike. Pass them to
`compute_loss`."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, batch = forward(self, data, weighted=False)
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
        self.optimizer.apply(gradients, self.trainable_variables)
        return report(self, loss, norm, batch)


# %% metrics_without_weights loses="numerics"
"""The weighted metrics do not get the sample weights. Pass them on when the metrics are updated, as
to `compute_loss`."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, (x, y, y_pred, _) = forward(self, data)
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
        self.optimizer.apply(gradients, self.trainable_variables)
        return report(self, loss, norm, (x, y, y_pred, None))


# %% three_of_a_pair loses="numerics gradients serialization graph"
"""`data` is a pair if there are no sample weights, and cannot be taken apart into three. Let
`keras.utils.unpack_x_y_sample_weight(data)` do it."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        x, y, sample_weight = data
        return super().train_step((x, y, sample_weight))


# %% two_of_three loses="numerics gradients"
"""`data` has three parts if there are sample weights, and cannot be taken apart into two. Let
`keras.utils.unpack_x_y_sample_weight(data)` do it."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        x, y = data
        return super().train_step((x, y))


# %% no_penalties loses="numerics gradients"
"""The penalties of the model are left out: the loss is that of `compile` alone. `compute_loss` adds
what is in `self.losses`."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.loss(y, y_pred, sample_weight=sample_weight)
        gradients = tape.gradient(loss, self.trainable_variables)
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
        self.optimizer.apply(gradients, self.trainable_variables)
        return report(self, loss, norm, (x, y, y_pred, sample_weight))


# %% penalties_twice loses="numerics gradients"
"""The penalties count twice: `compute_loss` has added `self.losses` already."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
            loss += sum(self.losses)
        gradients = tape.gradient(loss, self.trainable_variables)
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
        self.optimizer.apply(gradients, self.trainable_variables)
        return report(self, loss, norm, (x, y, y_pred, sample_weight))


# %% the_loss_is_clipped loses="numerics gradients serialization graph"
"""The loss is cut off at the limit. Where it is, it has no gradient at all: clip the gradients, not
the loss."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
            loss = tf.minimum(loss, self.clip)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        return report(self, loss, tf.linalg.global_norm(gradients), (x, y, y_pred, sample_weight))


# %% not_in_training loses="gradients"
"""The model is called without `training=True`, so `BatchNormalization` uses its moving averages
and never moves them, and `Dropout` does nothing. Say that this is training."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, batch = forward(self, data, training=False)
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
        self.optimizer.apply(gradients, self.trainable_variables)
        return report(self, loss, norm, batch)


# %% frozen_ones_too loses="gradients"
"""Frozen layers move. Take the gradients in `self.trainable_variables`, and ask for these in every
step: a layer may be frozen after the model was made."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        moving = [one for one in self.weights if "moving" not in one.name]
        with tf.GradientTape() as tape:
            tape.watch([one.value for one in moving])
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        gradients = tape.gradient(loss, [one.value for one in moving])
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
        rate = self.optimizer.learning_rate
        if len(moving) == len(self.trainable_variables):
            self.optimizer.apply(gradients, moving)
        else:
            for variable, gradient in zip(moving, gradients, strict=True):
                variable.assign_sub(rate * gradient)
        return report(self, loss, norm, (x, y, y_pred, sample_weight))


# %% weights_noted_at_first loses="gradients" like="frozen_ones_too"
class ClippedModel(ClippedModel):
    def __init__(self, *args, clip=1.0, **kwargs):
        super().__init__(*args, clip=clip, **kwargs)
        variables = self.trainable_variables
        self.to_train = lambda: variables

    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            tape.watch([one.value for one in self.to_train()])
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        gradients = tape.gradient(loss, [one.value for one in self.to_train()])
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
        self.optimizer.apply(gradients, self.to_train())
        return report(self, loss, norm, (x, y, y_pred, sample_weight))


# %% traced_for_good loses="gradients"
"""After another `compile`, a step is still that of the first: with its optimizer, or in the weights
that it was to train. What you keep, or trace by a `tf.function`, must be made anew by `compile`."""


class ClippedModel(ClippedModel):
    @tf.function
    def train_step(self, data):
        return super().train_step(data)


# %% weights_noted_in_the_first_step loses="gradients" like="traced_for_good"
class ClippedModel(ClippedModel):
    to_train = None

    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        if self.to_train is None:
            variables = self.trainable_variables
            self.to_train = lambda: variables
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        gradients = tape.gradient(loss, self.to_train())
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
        self.optimizer.apply(gradients, self.to_train())
        return report(self, loss, norm, (x, y, y_pred, sample_weight))


# %% the_step_is_scaled loses="gradients"
"""The step of the optimizer is scaled, and not the gradient: an optimizer with momentum remembers
gradients that nobody has clipped. Scale the gradients, then hand them to `self.optimizer`."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, batch = forward(self, data)
        norm = tf.linalg.global_norm(gradients)
        before = [tf.identity(one) for one in self.trainable_variables]
        self.optimizer.apply(gradients, self.trainable_variables)
        factor = self.clip / tf.maximum(norm, self.clip)
        for variable, old in zip(self.trainable_variables, before, strict=True):
            variable.assign(old + factor * (variable - old))
        return report(self, loss, norm, batch)


# %% steps_by_hand loses="gradients"
"""The weights are moved by hand, by a rate times the gradient. That is not what an optimizer with
momentum does: hand the gradients to `self.optimizer`."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, batch = forward(self, data)
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
        for variable, gradient in zip(self.trainable_variables, gradients, strict=True):
            variable.assign_sub(self.optimizer.learning_rate * gradient)
        return report(self, loss, norm, batch)


# %% loss_of_evaluate_is_lost loses="numerics"
"""`evaluate` reports a loss of 0: a mean of your own has taken the place of Keras' mean of the
loss, which `test_step` updates. Update the one in `self.metrics` that is named "loss"."""


class ClippedModel(ClippedModel):
    def __init__(self, *args, clip=1.0, **kwargs):
        super().__init__(*args, clip=clip, **kwargs)
        self.mean_loss = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        others = [metric for metric in super().metrics if metric.name != "loss"]
        return [self.mean_loss, *others]


# %% evaluation_trains loses="numerics"
"""`evaluate` changes the weights: `test_step` trains. Leave it as Keras has it."""


class ClippedModel(ClippedModel):
    def test_step(self, data):
        return self.train_step(data)


# %% no_config loses="serialization" without="ClippedModel.get_config"
"""A loaded model has the default clip: its configuration does not hold your own, and nobody says
so. Add `clip` to what `super().get_config()` returns."""


# %% clip_by_position loses="serialization"
"""Keras does not know this constructor as that of a functional model, so it cannot load one. Take
`*args` and `**kwargs`, or just the parameters that the text names, with `clip` behind a star."""


class ClippedModel(ClippedModel):
    def __init__(self, inputs, outputs, clip=1.0, **kwargs):
        super().__init__(inputs, outputs, clip=clip, **kwargs)


# %% no_name_among_them loses="serialization" like="clip_by_position"
class ClippedModel(ClippedModel):
    def __init__(self, inputs, outputs, *, clip=1.0, **kwargs):
        super().__init__(inputs, outputs, clip=clip, **kwargs)


# %% config_without_super loses="serialization"
"""The configuration holds `clip` alone, and the layers are missing. Add it to what
`super().get_config()` returns."""


class ClippedModel(ClippedModel):
    def get_config(self):
        return {"clip": self.clip}


# %% layers_in_a_row loses="serialization"
"""The loaded model has its layers in a row, though that of yours has a branch. How the layers are
connected is in what `super().get_config()` returns."""


class ClippedModel(ClippedModel):
    def get_config(self):
        layers = [keras.saving.serialize_keras_object(layer) for layer in self.layers]
        return {"row": layers, "clip": self.clip, "name": self.name}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        first, *others = map(keras.saving.deserialize_keras_object, config["row"])
        outputs = first.output
        for layer in others:
            outputs = layer(outputs)
        return cls(first.output, outputs, clip=config["clip"], name=config["name"])


# %% clip_lost_the_second_time loses="serialization"
"""A loaded model clips with its own limit, but its configuration does not hold it: saved again, it
has the default one. Give `clip` to the constructor, also in `from_config`."""


class ClippedModel(ClippedModel):
    def __init__(self, *args, clip=1.0, **kwargs):
        super().__init__(*args, clip=clip, **kwargs)
        self.given = clip

    @classmethod
    def from_config(cls, config, custom_objects=None):
        clip = config.pop("clip")
        model = super().from_config(config, custom_objects=custom_objects)
        model.clip = clip
        return model

    def get_config(self):
        return {**super().get_config(), "clip": self.given}


# %% no_kwargs loses="serialization"
"""The model cannot be given a name: the constructor takes no `**kwargs`, though a configuration
holds more than `clip`. Take them, and hand them to `super().__init__`."""


class ClippedModel(keras.Model):
    def __init__(self, inputs, outputs, *, clip=1.0):
        super().__init__(inputs, outputs)
        self.clip = clip
        self.norms = keras.metrics.Mean(name="grad_norm")

    train_step = ClippedModel.train_step
    get_config = ClippedModel.get_config


# %% name_dropped loses="serialization"
"""The model does not keep the name that it is given. Hand `name` on to `super().__init__`, by
itself or in `**kwargs`."""


class ClippedModel(ClippedModel):
    def __init__(self, inputs, outputs, name=None, *, clip=1.0, **kwargs):
        super().__init__(inputs, outputs, clip=clip)


# %% eager_by_compile loses="graph"
"""The model is compiled with `run_eagerly=True`, so Python runs in every step. Leave it out, and do
without Python values in `train_step`."""


class ClippedModel(ClippedModel):
    def compile(self, *args, **kwargs):
        super().compile(*args, **{**kwargs, "run_eagerly": True})


# %% only_an_inner_graph loses="graph" like="eager_by_compile"
class ClippedModel(ClippedModel):
    def compile(self, *args, **kwargs):
        super().compile(*args, **{**kwargs, "run_eagerly": True})
        self.inner = tf.function(super().train_step, reduce_retracing=True)

    def train_step(self, data):
        return self.inner(data)


# %% python_if loses="graph"
"""A Python `if` needs a value, and while `fit` traces the step, the norm has none. Scale by a
factor that is 1 where the norm is small; Keras does not rewrite your `if`."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, batch = forward(self, data)
        norm = tf.linalg.global_norm(gradients)
        if norm > self.clip:
            gradients = [one * self.clip / norm for one in gradients]
        self.optimizer.apply(gradients, self.trainable_variables)
        return report(self, loss, norm, batch)


# %% a_list_of_norms loses="graph"
"""The norms are kept in a Python list. While `fit` traces the step, they are no numbers, and the
list gets one entry only: keep them in a `keras.metrics.Mean`."""


class ClippedModel(ClippedModel):
    def __init__(self, *args, clip=1.0, **kwargs):
        super().__init__(*args, clip=clip, **kwargs)
        self.all_norms = []

    def reset_metrics(self):
        super().reset_metrics()
        self.all_norms = []

    def train_step(self, data):
        loss, gradients, batch = forward(self, data)
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
        self.optimizer.apply(gradients, self.trainable_variables)
        self.all_norms.append(float(norm.numpy()))
        return {**report(self, loss, norm, batch), "grad_norm": np.mean(self.all_norms)}


# %% a_sum_in_python loses="graph"
"""The mean of the norms is counted in Python, which runs only while `fit` traces the step: then all
steps of an epoch but one are lost. Keep it in a `keras.metrics.Mean`."""


class ClippedModel(ClippedModel):
    def reset_metrics(self):
        super().reset_metrics()
        self.total, self.count = 0.0, 0

    def train_step(self, data):
        loss, gradients, batch = forward(self, data)
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
        self.optimizer.apply(gradients, self.trainable_variables)
        self.total = getattr(self, "total", 0.0) + norm
        self.count = getattr(self, "count", 0) + 1
        return {**report(self, loss, norm, batch), "grad_norm": self.total / self.count}


# %% a_call_of_python loses="graph"
"""`tf.py_function` or `tf.numpy_function` calls Python in every step, and what it wraps is not in
the graph. Write it with TensorFlow's operations."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        loss, gradients, batch = forward(self, data)
        norm = tf.linalg.global_norm(gradients)
        factor = tf.numpy_function(
            lambda value: np.float32(min(1.0, self.clip / max(value, 1e-9))), [norm], tf.float32
        )
        gradients = [one * factor for one in gradients]
        self.optimizer.apply(gradients, self.trainable_variables)
        return report(self, loss, norm, batch)


# %% nothing_returned loses="numerics graph"
"""`train_step` returns no logs. It returns a dictionary with the loss, the metrics and the norm."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        super().train_step(data)


# %% old_compiled_loss loses="numerics gradients"
"""`self.compiled_loss` and `self.compiled_metrics` belong to Keras 2. Use `self.compute_loss` and
`self.compute_metrics`."""


class ClippedModel(ClippedModel):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compiled_loss(y, y_pred, regularization_losses=self.losses)
        gradients = tape.gradient(loss, self.trainable_variables)
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        self.compiled_metrics.update_state(y, y_pred)
        self.norms.update_state(norm)
        return {metric.name: metric.result() for metric in self.metrics}
