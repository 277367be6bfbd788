# %%
from keras import layers


class Base(keras.Model):
    """The reference, with a method for each of its parts."""

    def __init__(self, output_dim, rate=0.05, **kwargs):
        super().__init__(**kwargs)
        self.output_dim, self.rate = output_dim, rate
        self.first, self.second = self.hidden(), self.hidden()
        self.prediction = self.predicting(output_dim)
        self.error = self.metric()

    def hidden(self):
        return layers.Dense(30, activation="relu")

    def predicting(self, output_dim):
        return layers.Dense(output_dim)

    def reconstructing(self, width):
        return layers.Dense(width)

    def metric(self):
        return keras.metrics.Mean(name="reconstruction_error")

    def build(self, input_shape):
        self.reconstruction = self.reconstructing(input_shape[-1])
        self.first.build(input_shape)
        for layer in (self.second, self.prediction, self.reconstruction):
            layer.build((None, self.first.units))

    def call(self, inputs):
        values = self.second(self.first(inputs))
        error = tf.reduce_mean(tf.square(self.reconstruction(values) - inputs))
        self.add_loss(self.rate * error)
        self.error.update_state(error)
        return self.prediction(values)

    def get_config(self):
        return {**super().get_config(), "output_dim": self.output_dim, "rate": self.rate}


# %% rate_forgotten loses="numerics"
"""The error is added to the loss as it is. Multiply it by `rate` for the loss, and for that alone:
the metric shows the error itself."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.second(self.first(inputs))
        error = tf.reduce_mean(tf.square(self.reconstruction(values) - inputs))
        self.add_loss(error)
        self.error.update_state(error)
        return self.prediction(values)


# %% rate_in_the_metric loses="numerics"
"""The metric shows rate times the error. It shows the error itself; the rate is for the loss
alone."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.second(self.first(inputs))
        error = self.rate * tf.reduce_mean(tf.square(self.reconstruction(values) - inputs))
        self.add_loss(error)
        self.error.update_state(error)
        return self.prediction(values)


# %% rate_of_the_book loses="numerics"
"""The rate is 0.05 whatever the constructor is given. That is only its default: use `self.rate`."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.second(self.first(inputs))
        error = tf.reduce_mean(tf.square(self.reconstruction(values) - inputs))
        self.add_loss(0.05 * error)
        self.error.update_state(error)
        return self.prediction(values)


# %% default_rate loses="numerics"
"""Without a rate, the constructor takes another one than 0.05."""


class ReconstructionRegressor(ReconstructionRegressor):
    def __init__(self, output_dim, rate=0.1, **kwargs):
        super().__init__(output_dim, rate, **kwargs)


# %% loss_never_added loses="numerics gradients"
"""The model adds nothing to its losses, so that the reconstruction is never trained. Hand rate
times the error to `self.add_loss`."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.second(self.first(inputs))
        error = tf.reduce_mean(tf.square(self.reconstruction(values) - inputs))
        self.error.update_state(error)
        return self.prediction(values)


# %% loss_in_training_only loses="numerics"
"""The loss is added in training only, as old books do it. Here every call adds it: then `evaluate`
shows the same loss as `fit`."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs, training=None):
        values = self.second(self.first(inputs))
        error = tf.reduce_mean(tf.square(self.reconstruction(values) - inputs))
        if training:
            self.add_loss(self.rate * error)
        self.error.update_state(error)
        return self.prediction(values)


# %% metric_in_training_only loses="numerics"
"""The metric takes in the batches of training only, so that `evaluate` shows 0. Every call updates
it."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs, training=None):
        values = self.second(self.first(inputs))
        error = tf.reduce_mean(tf.square(self.reconstruction(values) - inputs))
        self.add_loss(self.rate * error)
        if training:
            self.error.update_state(error)
        return self.prediction(values)


# %% both_in_training_only loses="numerics"
"""Loss and metric are there in training only, as old books have it. Here every call counts, in
training or not."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs, training=None):
        values = self.second(self.first(inputs))
        error = tf.reduce_mean(tf.square(self.reconstruction(values) - inputs))
        if training:
            self.add_loss(self.rate * error)
            self.error.update_state(error)
        return self.prediction(values)


# %% evaluates_without_the_added_loss loses="numerics"
"""`evaluate` shows the compiled loss alone, though a call adds to it. Leave `compute_loss` and
`test_step` to Keras, which adds what is in `self.losses`, in training or not."""


class ReconstructionRegressor(ReconstructionRegressor):
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        if training:
            return super().compute_loss(x, y, y_pred, sample_weight, training)
        return self._compile_loss(y, y_pred, sample_weight)


# %% sum_of_squares loses="numerics"
"""The squared errors are summed up, over the features or over all. The reconstruction error is
their mean over samples and features."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.second(self.first(inputs))
        error = tf.reduce_sum(tf.square(self.reconstruction(values) - inputs))
        self.add_loss(self.rate * error)
        self.error.update_state(error)
        return self.prediction(values)


# %% size_of_the_first_batch loses="numerics"
"""The error is right in batches of one size, and in others it is too large or too small. Divide the
sum of the squares by how many there are in this batch, not by a size that was kept before."""


class ReconstructionRegressor(ReconstructionRegressor):
    def build(self, input_shape):
        super().build(input_shape)
        self.size = (input_shape[0] or 1) * input_shape[1]

    def call(self, inputs):
        values = self.second(self.first(inputs))
        error = tf.reduce_sum(tf.square(self.reconstruction(values) - inputs)) / self.size
        self.add_loss(self.rate * error)
        self.error.update_state(error)
        return self.prediction(values)


# %% one_loss_per_sample loses="numerics"
"""The loss is one number for each sample, or for each feature, and Keras adds all of them to the
loss. Take the mean over both axes."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.second(self.first(inputs))
        errors = tf.reduce_mean(tf.square(self.reconstruction(values) - inputs), axis=-1)
        self.add_loss(self.rate * errors)
        self.error.update_state(errors)
        return self.prediction(values)


# %% absolute_errors loses="numerics"
"""The errors are not squared. The reconstruction error is the mean of their squares."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.second(self.first(inputs))
        error = tf.reduce_mean(tf.abs(self.reconstruction(values) - inputs))
        self.add_loss(self.rate * error)
        self.error.update_state(error)
        return self.prediction(values)


# %% root_of_the_error loses="numerics"
"""The error is the root of the mean of the squares, and no root is asked for."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.second(self.first(inputs))
        error = tf.sqrt(tf.reduce_mean(tf.square(self.reconstruction(values) - inputs)))
        self.add_loss(self.rate * error)
        self.error.update_state(error)
        return self.prediction(values)


# %% added_twice loses="numerics"
"""The loss is added twice in one call."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.second(self.first(inputs))
        error = tf.reduce_mean(tf.square(self.reconstruction(values) - inputs))
        self.add_loss(self.rate * error)
        self.add_loss(self.rate * error)
        self.error.update_state(error)
        return self.prediction(values)


# %% reconstructs_from_the_prediction loses="numerics gradients"
"""The inputs are reconstructed from the predictions. The reconstruction is called on the result of
the second hidden layer."""


class ReconstructionRegressor(Base):
    def build(self, input_shape):
        self.reconstruction = layers.Dense(input_shape[-1])
        self.first.build(input_shape)
        for layer in (self.second, self.prediction):
            layer.build((None, 30))
        self.reconstruction.build((None, self.output_dim))

    def call(self, inputs):
        predictions = self.prediction(self.second(self.first(inputs)))
        error = tf.reduce_mean(tf.square(self.reconstruction(predictions) - inputs))
        self.add_loss(self.rate * error)
        self.error.update_state(error)
        return predictions


# %% reconstructs_from_the_first_layer loses="numerics gradients"
"""The inputs are reconstructed from the first hidden layer. The reconstruction is called on the
result of the second one."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.first(inputs)
        error = tf.reduce_mean(tf.square(self.reconstruction(values) - inputs))
        self.add_loss(self.rate * error)
        self.error.update_state(error)
        return self.prediction(self.second(values))


# %% predicts_from_the_first_layer loses="numerics gradients"
"""The predictions are made of the first hidden layer. That of the prediction is called on the
result of the second one."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.first(inputs)
        error = tf.reduce_mean(tf.square(self.reconstruction(self.second(values)) - inputs))
        self.add_loss(self.rate * error)
        self.error.update_state(error)
        return self.prediction(values)


# %% relu_on_the_reconstruction loses="numerics"
"""The layer of the reconstruction has a ReLU, but inputs may be negative. It has no activation."""


class ReconstructionRegressor(Base):
    def reconstructing(self, width):
        return layers.Dense(width, activation="relu")


# %% relu_on_the_prediction loses="numerics"
"""The layer of the prediction has a ReLU, so that no prediction is negative. It has no
activation."""


class ReconstructionRegressor(Base):
    def predicting(self, output_dim):
        return layers.Dense(output_dim, activation="relu")


# %% hidden_without_activation loses="numerics"
"""The hidden layers have no activation. Linear layers in a row are no more than one of them: both
get a ReLU."""


class ReconstructionRegressor(Base):
    def hidden(self):
        return layers.Dense(30)


# %% hidden_values_cut_off loses="numerics"
"""Large values of a hidden layer are cut off. ReLU has no upper bound: above 0, it leaves a value
as it is."""


class ReconstructionRegressor(Base):
    def hidden(self):
        return layers.Dense(30, activation="relu6")


# %% width_of_32 loses="numerics"
"""The hidden layers have another number of neurons than 30."""


class ReconstructionRegressor(Base):
    def hidden(self):
        return layers.Dense(32, activation="relu")


# %% one_output loses="numerics"
"""The model predicts one number whatever `output_dim` says."""


class ReconstructionRegressor(Base):
    def predicting(self, output_dim):
        return layers.Dense(1)


# %% add_metric loses="numerics gradients serialization graph"
"""`add_metric` is gone. Make a metric in the constructor, as `keras.metrics.Mean(name=...)`, keep
it in an attribute and call its `update_state`."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.second(self.first(inputs))
        error = tf.reduce_mean(tf.square(self.reconstruction(values) - inputs))
        self.add_loss(self.rate * error)
        self.add_metric(error, name="reconstruction_error", aggregation="mean")
        return self.prediction(values)


# %% no_metric loses="numerics graph"
"""The model has no metric `reconstruction_error` that Keras knows of. Make one in the constructor,
keep it in an attribute, and update it in `call`: a number or a variable is none."""


class ReconstructionRegressor(keras.Model):
    def __init__(self, output_dim, rate=0.05, **kwargs):
        super().__init__(**kwargs)
        self.output_dim, self.rate = output_dim, rate
        self.first, self.second = (layers.Dense(30, activation="relu") for _ in range(2))
        self.prediction = layers.Dense(output_dim)

    def build(self, input_shape):
        self.reconstruction = layers.Dense(input_shape[-1])
        self.first.build(input_shape)
        for layer in (self.second, self.prediction, self.reconstruction):
            layer.build((None, 30))

    def call(self, inputs):
        values = self.second(self.first(inputs))
        error = tf.reduce_mean(tf.square(self.reconstruction(values) - inputs))
        self.add_loss(self.rate * error)
        self.reconstruction_error = error
        return self.prediction(values)

    def get_config(self):
        return {**super().get_config(), "output_dim": self.output_dim, "rate": self.rate}


# %% metric_never_updated loses="numerics graph"
"""The metric stays at 0, as nobody updates it. `call` hands it the error of each batch, by
`update_state`."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.second(self.first(inputs))
        error = tf.reduce_mean(tf.square(self.reconstruction(values) - inputs))
        self.add_loss(self.rate * error)
        return self.prediction(values)


# %% metric_with_another_name loses="numerics"
"""No metric of the model is called `reconstruction_error`. If there is one, give it that name when
it is made; the name of the attribute does not matter."""


class ReconstructionRegressor(Base):
    def metric(self):
        return keras.metrics.Mean()


# %% last_error_only loses="numerics"
"""The metric shows the last batch alone, or the sum over all batches. It is the mean of all since
the last reset; `keras.metrics.Mean` does that, if nothing but Keras resets it."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.second(self.first(inputs))
        error = tf.reduce_mean(tf.square(self.reconstruction(values) - inputs))
        self.add_loss(self.rate * error)
        self.error.reset_state()
        self.error.update_state(error)
        return self.prediction(values)


# %% sum_of_all_errors loses="numerics" like="last_error_only"
class ReconstructionRegressor(Base):
    def metric(self):
        return keras.metrics.Sum(name="reconstruction_error")


# %% begins_by_a_flag_of_python loses="numerics graph"
"""In a graph, every batch begins the metric anew. A Python `if` is executed once, while the graph
is made: what says whether the metric has begun must be a variable, as in `keras.metrics.Mean`."""


class Begins(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")
        self.begun = False

    def update_state(self, error, sample_weight=None):
        if self.begun:
            self.total.assign_add(error)
            self.count.assign_add(1.0)
        else:
            self.total.assign(error)
            self.count.assign(1.0)
        self.begun = True

    def result(self):
        return tf.math.divide_no_nan(self.total, self.count)

    def reset_state(self):
        super().reset_state()
        self.begun = False


class ReconstructionRegressor(Base):
    def metric(self):
        return Begins(name="reconstruction_error")


# %% new_variables_at_a_reset loses="numerics graph"
"""The first epoch is right, and then the metric is never reset: a graph goes on with the variables
that it was made with. `reset_state` assigns zeros to them, and makes no new ones."""


class Renewed(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.reset_state()

    def reset_state(self):
        self.total = keras.Variable(0.0, trainable=False)
        self.count = keras.Variable(0.0, trainable=False)

    def update_state(self, error, sample_weight=None):
        self.total.assign_add(error)
        self.count.assign_add(1.0)

    def result(self):
        return tf.math.divide_no_nan(self.total, self.count)


class ReconstructionRegressor(Base):
    def metric(self):
        return Renewed(name="reconstruction_error")


# %% layer_made_in_call loses="numerics gradients serialization graph"
"""The layer of the reconstruction is made anew in every call: its weights are random each time, and
nobody trains or saves them. Make it in `build`, where the width is known."""


class ReconstructionRegressor(ReconstructionRegressor):
    def build(self, input_shape):
        self.first.build(input_shape)
        for layer in (self.second, self.prediction):
            layer.build((None, 30))

    def call(self, inputs):
        values = self.second(self.first(inputs))
        reconstructed = layers.Dense(inputs.shape[-1])(values)
        error = tf.reduce_mean(tf.square(reconstructed - inputs))
        self.add_loss(self.rate * error)
        self.error.update_state(error)
        return self.prediction(values)


# %% builds_one_layer loses="serialization"
"""A loaded model has lost weights, though nothing is raised: `build` leaves layers unbuilt, and
what has no weights gets none from the file. Build every layer there, with the shape of its
inputs."""


class ReconstructionRegressor(ReconstructionRegressor):
    def build(self, input_shape):
        self.reconstruction = layers.Dense(input_shape[-1])


# %% super_build loses="serialization" like="builds_one_layer"
class ReconstructionRegressor(ReconstructionRegressor):
    def build(self, input_shape):
        self.reconstruction = layers.Dense(input_shape[-1])
        keras.Model.build(self, input_shape)


# %% builds_all_but_one loses="serialization" like="builds_one_layer"
class ReconstructionRegressor(ReconstructionRegressor):
    def build(self, input_shape):
        self.reconstruction = layers.Dense(input_shape[-1])
        self.first.build(input_shape)
        for layer in (self.second, self.prediction):
            layer.build((None, 30))


# %% shape_of_the_inputs_for_all loses="numerics gradients serialization graph"
"""A layer is built with the shape of its own inputs. Those of the first hidden layer are the
model's; the other layers get 30 values, as in `(None, 30)`."""


class ReconstructionRegressor(ReconstructionRegressor):
    def build(self, input_shape):
        self.reconstruction = layers.Dense(input_shape[-1])
        for layer in (self.first, self.second, self.prediction, self.reconstruction):
            layer.build(input_shape)


# %% no_config loses="serialization" without="ReconstructionRegressor.get_config"
"""The configuration does not hold the arguments of the constructor. Write a `get_config` that adds
`output_dim` and `rate` to what `super().get_config()` returns."""

# %% rate_not_in_the_config loses="serialization"
"""A loaded model has another `rate`, that of the default: the rate is not in the configuration."""


class ReconstructionRegressor(ReconstructionRegressor):
    def get_config(self):
        config = super().get_config()
        del config["rate"]
        return config


# %% rate_rounded_in_the_config loses="serialization"
"""A loaded model has not quite the rate that was saved: the configuration holds it rounded, or as a
whole number. Put `self.rate` there as it is."""


class ReconstructionRegressor(ReconstructionRegressor):
    def get_config(self):
        return {**super().get_config(), "rate": int(self.rate)}


# %% rate_of_two_digits_in_the_config loses="serialization" like="rate_rounded_in_the_config"
class ReconstructionRegressor(ReconstructionRegressor):
    def get_config(self):
        return {**super().get_config(), "rate": round(self.rate, 2)}


# %% output_dim_not_in_the_config loses="serialization"
"""`output_dim` is not in the configuration, so that the constructor cannot be called again."""


class ReconstructionRegressor(ReconstructionRegressor):
    def get_config(self):
        config = super().get_config()
        del config["output_dim"]
        return config


# %% config_without_super loses="serialization"
"""A loaded model has lost its name. `get_config` adds the arguments to what `super().get_config()`
returns, and the constructor hands `**kwargs` to `super().__init__`."""


class ReconstructionRegressor(ReconstructionRegressor):
    def get_config(self):
        return {"output_dim": self.output_dim, "rate": self.rate}


# %% only_the_name_in_the_config loses="serialization"
"""A loaded model has its name, and has lost what else `super().get_config()` returns, such as
whether it is `trainable`. Take all of that into the configuration."""


class ReconstructionRegressor(ReconstructionRegressor):
    def get_config(self):
        return {"name": self.name, "output_dim": self.output_dim, "rate": self.rate}


# %% kwargs_swallowed loses="serialization"
"""The model does not get the name it is given. The constructor takes `**kwargs`: hand them, as they
are, to `super().__init__`, which knows what to do with the name."""


class ReconstructionRegressor(ReconstructionRegressor):
    def __init__(self, output_dim, rate=0.05, **kwargs):
        super().__init__(output_dim, rate)


# %% only_the_name_handed_on loses="serialization"
"""Of `**kwargs`, the model gets the name alone: made with `trainable=False`, it is trainable. Hand
all of them, as they are, to `super().__init__`."""


class ReconstructionRegressor(ReconstructionRegressor):
    def __init__(self, output_dim, rate=0.05, **kwargs):
        super().__init__(output_dim, rate, name=kwargs.get("name"))


# %% no_kwargs loses="serialization"
"""The constructor takes no `**kwargs`, but the configuration holds the name and more, and loading
hands over all of it. Take them and pass them on to `super().__init__`."""


class ReconstructionRegressor(ReconstructionRegressor):
    def __init__(self, output_dim, rate=0.05):
        super().__init__(output_dim, rate)


# %% hidden_detached loses="gradients"
"""The error does not train the hidden layers: its gradient is stopped before it reaches them. But
that they learn to keep the inputs is what the reconstruction is for."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.second(self.first(inputs))
        reconstructed = self.reconstruction(tf.stop_gradient(values))
        error = tf.reduce_mean(tf.square(reconstructed - inputs))
        self.add_loss(self.rate * error)
        self.error.update_state(error)
        return self.prediction(values)


# %% predictions_train_one_hidden_layer loses="gradients"
"""The predictions do not train both hidden layers: their gradient is stopped on its way. The
reconstruction comes in addition to what the labels teach these layers."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.first(inputs)
        error = tf.reduce_mean(tf.square(self.reconstruction(self.second(values)) - inputs))
        self.add_loss(self.rate * error)
        self.error.update_state(error)
        return self.prediction(self.second(tf.stop_gradient(values)))


# %% predictions_detached loses="gradients" like="predictions_train_one_hidden_layer"
class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.second(self.first(inputs))
        error = tf.reduce_mean(tf.square(self.reconstruction(values) - inputs))
        self.add_loss(self.rate * error)
        self.error.update_state(error)
        return self.prediction(tf.stop_gradient(values))


# %% error_detached loses="gradients"
"""The added loss has no gradient in any weight, as if it were a constant. Leave out what cuts it
off, like `tf.stop_gradient` or a variable in which it is stored."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.second(self.first(inputs))
        error = tf.reduce_mean(tf.square(self.reconstruction(values) - inputs))
        self.add_loss(tf.stop_gradient(self.rate * error))
        self.error.update_state(error)
        return self.prediction(values)


# %% leaves_the_tape loses="numerics gradients serialization graph"
"""`.numpy()` and `float` turn a tensor into a plain number: no gradient comes through, and in a
graph there is none yet. Stay with tensors."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.second(self.first(inputs))
        error = float(tf.reduce_mean(tf.square(self.reconstruction(values) - inputs)))
        self.add_loss(self.rate * error)
        self.error.update_state(error)
        return self.prediction(values)


# %% returns_both loses="numerics gradients serialization graph"
"""`call` returns the reconstruction as well. It returns the predictions and nothing else."""


class ReconstructionRegressor(ReconstructionRegressor):
    def call(self, inputs):
        values = self.second(self.first(inputs))
        reconstructed = self.reconstruction(values)
        error = tf.reduce_mean(tf.square(reconstructed - inputs))
        self.add_loss(self.rate * error)
        self.error.update_state(error)
        return self.prediction(values), reconstructed


# %% dropout loses="numerics gradients graph"
"""In training, a part of the values is dropped. That may help against overfitting, but the model is
to compute the same in training as otherwise."""


class ReconstructionRegressor(ReconstructionRegressor):
    def __init__(self, output_dim, rate=0.05, **kwargs):
        super().__init__(output_dim, rate, **kwargs)
        self.dropout = layers.Dropout(0.5, seed=1)

    def call(self, inputs, training=None):
        values = self.dropout(self.second(self.first(inputs)), training=training)
        error = tf.reduce_mean(tf.square(self.reconstruction(values) - inputs))
        self.add_loss(self.rate * error)
        self.error.update_state(error)
        return self.prediction(values)


# %% trains_without_the_added_loss loses="graph"
"""A step of training leaves out the added loss, though a call adds it, so that the reconstruction
learns nothing. A `train_step` of one's own must add `self.losses`; that of Keras does so."""


class ReconstructionRegressor(ReconstructionRegressor):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            predictions = self(x, training=True)
            loss = self._compile_loss(y, predictions)
        weights = self.trainable_variables
        pairs = zip(tape.gradient(loss, weights), weights, strict=True)
        self.optimizer.apply_gradients([pair for pair in pairs if pair[0] is not None])
        self._loss_tracker.update_state(loss)
        return self.compute_metrics(x, y, predictions)


# %% shows_the_added_loss_only loses="graph" like="trains_without_the_added_loss"
class ReconstructionRegressor(ReconstructionRegressor):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            predictions = self(x, training=True)
            loss = self._compile_loss(y, predictions)
        weights = self.trainable_variables
        pairs = zip(tape.gradient(loss, weights), weights, strict=True)
        self.optimizer.apply_gradients([pair for pair in pairs if pair[0] is not None])
        self._loss_tracker.update_state(tf.add_n([loss, *self.losses]))
        return self.compute_metrics(x, y, predictions)


# %% constraint loses="graph"
"""Weights have a constraint, which changes them after each step of training. A step is to go where
the gradient points, and nowhere else."""


class ReconstructionRegressor(Base):
    def hidden(self):
        return layers.Dense(30, activation="relu", kernel_constraint=keras.constraints.MaxNorm(3))


# %% biases_not_negative loses="graph" like="constraint"
class ReconstructionRegressor(Base):
    def reconstructing(self, width):
        return layers.Dense(width, bias_constraint="non_neg")


# %% super_forgotten loses="numerics gradients serialization graph"
"""The constructor of the base class is not called, so Keras cannot keep track of attributes. Call
`super().__init__(**kwargs)` before the first layer is made."""


class ReconstructionRegressor(ReconstructionRegressor):
    def __init__(self, output_dim, rate=0.05, **kwargs):
        self.output_dim, self.rate = output_dim, rate
        self.first, self.second = (layers.Dense(30, activation="relu") for _ in range(2))
        self.prediction = layers.Dense(output_dim)
        self.error = keras.metrics.Mean(name="reconstruction_error")
