# %% [markdown]
# ## Which weights


# %% swapped loses="numerics"
"""The two optimizers are swapped: the layers that are named move by the upper optimizer. The first
optimizer is for the layers in `lower`."""


class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        super().__init__(model, lower, upper_optimizer, lower_optimizer, loss_fn)


# %% one_optimizer_for_all loses="numerics"
"""One optimizer moves all weights, and the other one is never used."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        variables = self.model.trainable_variables
        self.lower_optimizer.apply(tape.gradient(loss, variables), variables)
        return loss


# %% both_move_everything loses="numerics gradients"
"""Both optimizers move all weights, so that each weight moves twice in a step. Each optimizer gets
the weights of its own part alone."""


class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        super().__init__(model, lower, lower_optimizer, upper_optimizer, loss_fn)
        self.lower = self.upper = model.trainable_variables


# %% upper_moves_everything loses="numerics gradients"
"""The upper optimizer moves the weights of the layers in `lower` as well, so these move twice in a
step. It gets all trainable weights but theirs."""


class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        super().__init__(model, lower, lower_optimizer, upper_optimizer, loss_fn)
        self.upper = model.trainable_variables


# %% others_never_move loses="numerics gradients"
"""Only the layers in `lower` move. All other trainable weights belong to the upper optimizer, in
the same step."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        self.lower_optimizer.apply(tape.gradient(loss, self.lower), self.lower)
        return loss


# %% by_part_of_a_name loses="numerics"
"""A name is searched for inside of other names, so "dense" is found in "dense_1", too. Compare the
whole `layer.name`, with `==` or in a dictionary."""


class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        found = [layer.name for layer in model.layers if any(name in layer.name for name in lower)]
        for name in lower:
            model.get_layer(name)
        super().__init__(model, found, lower_optimizer, upper_optimizer, loss_fn)


# %% by_place loses="numerics"
"""The first layers of the model are taken, as many as there are names. Look each name up: the
layers may be anywhere, and in another order."""


class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        for name in lower:
            model.get_layer(name)
        names = [layer.name for layer in model.layers[: len(lower)]]
        super().__init__(model, names, lower_optimizer, upper_optimizer, loss_fn)


# %% first_name_only loses="numerics"
"""Of several names one alone counts. The lower part consists of all layers that are named."""


class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        for name in lower:
            model.get_layer(name)
        super().__init__(model, lower[:1], lower_optimizer, upper_optimizer, loss_fn)


# %% cut_at_the_last loses="numerics"
"""Everything up to a layer that is named is taken for the lower part, whether it is named or not.
Only the layers that are named belong to it."""


class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        names = [layer.name for layer in model.layers]
        last = max(names.index(name) for name in lower)
        super().__init__(model, names[: last + 1], lower_optimizer, upper_optimizer, loss_fn)


# %% kernel_and_bias loses="numerics gradients"
"""Only `layer.kernel` and `layer.bias` are taken. Other layers have other weights, and an inner
model has many: `layer.trainable_variables` has them all."""


class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        super().__init__(model, lower, lower_optimizer, upper_optimizer, loss_fn)
        layers = [(layer, layer.name in lower) for layer in model.layers if layer.trainable]
        self.lower, self.upper = (
            [one for layer, below in layers if below == part for one in (layer.kernel, layer.bias)]
            for part in (True, False)
        )


# %% all_weights loses="numerics"
"""Weights that are not trainable are among those that you train: frozen layers, moving averages.
`trainable_variables` leaves them out, if you do not set `trainable`; `weights` and `variables` do
not."""


class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        super().__init__(model, lower, lower_optimizer, upper_optimizer, loss_fn)
        named = {id(one) for name in lower for one in model.get_layer(name).weights}
        self.lower = [one.value for one in model.weights if id(one) in named]
        self.upper = [one.value for one in model.weights if id(one) not in named]
        self.pairs = {id(one.value): one for one in model.weights}

    def step(self, x, y):
        with tf.GradientTape() as tape:
            tape.watch(self.lower + self.upper)
            loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        for optimizer, part, gradients in zip(
            (self.lower_optimizer, self.upper_optimizer),
            (self.lower, self.upper),
            tape.gradient(loss, [self.lower, self.upper]),
            strict=True,
        ):
            optimizer.apply(gradients, [self.pairs[id(one)] for one in part])
        return loss


# %% unfrozen loses="numerics" like="all_weights"
class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        for name in set(lower) & {layer.name for layer in model.layers}:
            model.get_layer(name).trainable = True
        super().__init__(model, lower, lower_optimizer, upper_optimizer, loss_fn)


# %% by_path loses="numerics"
"""Weights are told apart by their names or paths, and a layer inside of an inner model may have the
same. Compare the variables themselves: with `is`, or by `id`."""


class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        super().__init__(model, lower, lower_optimizer, upper_optimizer, loss_fn)
        layers = [model.get_layer(name) for name in lower]
        paths = {one.path for layer in layers for one in layer.trainable_variables}
        self.lower = [one for one in model.trainable_variables if one.path in paths]
        self.upper = [one for one in model.trainable_variables if one.path not in paths]


# %% by_the_start_of_the_path loses="numerics"
"""The upper optimizer moves layers that are named, too. If you go by `weight.path`: it need not
begin with the name of a layer of the model. Take `layer.trainable_variables`."""


class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        super().__init__(model, lower, lower_optimizer, upper_optimizer, loss_fn)
        starts = [(one, one.path.split("/")[0]) for one in model.trainable_variables]
        self.lower = [one for one, start in starts if start in lower]
        self.upper = [one for one, start in starts if start not in lower]


# %% inside_of_inner_models loses="numerics"
"""Names are also looked up inside of inner models, where layers may have the same names. Those of
`model.layers` are meant."""


class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        super().__init__(model, lower, lower_optimizer, upper_optimizer, loss_fn)

        def named(layers):
            for layer in layers:
                if layer.name in lower:
                    yield from layer.trainable_variables
                yield from named(getattr(layer, "layers", []))

        ids = {id(one) for one in named(model.layers)}
        self.lower = [one for one in model.trainable_variables if id(one) in ids]
        self.upper = [one for one in model.trainable_variables if id(one) not in ids]


# %% layers_without_weights_raise loses="numerics"
"""A name raises if its layer has no trainable weights, as a frozen layer or Dropout. It is the name
of a layer all the same, and nothing of it moves."""


class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        super().__init__(model, lower, lower_optimizer, upper_optimizer, loss_fn)
        for name in lower:
            if not model.get_layer(name).trainable_variables:
                raise ValueError(f"{name} has nothing to train")


# %% lists_of_the_class loses="numerics"
"""All objects share their lists of weights, so a second object trains the weights of the first one,
too. Make the lists in the constructor, as attributes of `self`."""


class TwoOptimizers(TwoOptimizers):
    below, above = [], []

    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        super().__init__(model, lower, lower_optimizer, upper_optimizer, loss_fn)
        self.below += self.lower
        self.above += self.upper
        self.lower, self.upper = self.below, self.above


# %% unknown_names_ignored loses="numerics"
"""A name that no layer has is passed over. The constructor raises `ValueError`: a typing mistake
would otherwise train a layer with the wrong optimizer."""


class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        names = [layer.name for layer in model.layers]
        lower = [name for name in lower if name in names]
        super().__init__(model, lower, lower_optimizer, upper_optimizer, loss_fn)


# %% unknown_names_raise_otherwise loses="numerics"
"""A name that no layer has raises an exception of another kind, such as KeyError or AssertionError.
The statement asks for `ValueError`."""


class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        layers = {layer.name: layer for layer in model.layers}
        lower = [layers[name].name for name in lower]
        super().__init__(model, lower, lower_optimizer, upper_optimizer, loss_fn)


# %% [markdown]
# ## The pass


# %% second_pass loses="numerics gradients"
"""There is a second forward pass after the first update, and it sees weights that have moved. One
pass gives the gradients of both parts, before any weight changes."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        self.lower_optimizer.apply(tape.gradient(loss, self.lower), self.lower)
        with tf.GradientTape() as tape:
            again = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        self.upper_optimizer.apply(tape.gradient(again, self.upper), self.upper)
        return loss


# %% upper_part_first loses="numerics gradients" like="second_pass"
class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        for optimizer, part in (
            (self.upper_optimizer, self.upper),
            (self.lower_optimizer, self.lower),
        ):
            with tf.GradientTape() as tape:
                loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
            optimizer.apply(tape.gradient(loss, part), part)
        return loss


# %% two_passes_at_one_point loses="numerics"
"""The model is called twice in a step, and so moving averages move twice. One call gives the loss
and the gradients of both parts."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        gradients = []
        for part in (self.lower, self.upper):
            with tf.GradientTape() as tape:
                loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
            gradients.append(tape.gradient(loss, part))
        self.lower_optimizer.apply(gradients[0], self.lower)
        self.upper_optimizer.apply(gradients[1], self.upper)
        return loss


# %% without_training loses="numerics gradients"
"""The model is called without `training=True`, so BatchNormalization and Dropout behave as in
prediction, and moving averages never move."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x)) + sum(self.model.losses)
        lower, upper = tape.gradient(loss, [self.lower, self.upper])
        self.lower_optimizer.apply(lower, self.lower)
        self.upper_optimizer.apply(upper, self.upper)
        return loss


# %% training_for_norms_only loses="gradients"
"""`training=True` is given only if the model has certain layers. Dropout and others need it as well
as BatchNormalization: give it in any case."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        norm = keras.layers.BatchNormalization
        training = any(isinstance(layer, norm) for layer in self.model.layers)
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=training)) + sum(self.model.losses)
        lower, upper = tape.gradient(loss, [self.lower, self.upper])
        self.lower_optimizer.apply(lower, self.lower)
        self.upper_optimizer.apply(upper, self.upper)
        return loss


# %% layer_after_layer loses="numerics"
"""The layers are called one after the other. Only in a chain of layers is that the model: call the
model itself, which knows what each layer gets."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as tape:
            predictions = x
            for layer in self.model.layers:
                predictions = layer(predictions, training=True)
            loss = self.loss_fn(y, predictions) + sum(self.model.losses)
        lower, upper = tape.gradient(loss, [self.lower, self.upper])
        self.lower_optimizer.apply(lower, self.lower)
        self.upper_optimizer.apply(upper, self.upper)
        return loss


# %% labels_as_a_column loses="gradients"
"""Labels or predictions are brought into a shape or a dtype of your own, which fits tables with one
label in each row. Give the model and the loss what `step` gets."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        return super().step(x, tf.reshape(tf.cast(y, tf.float32), (-1, 1)))


# %% signature_of_tables loses="gradients"
"""The signature of the `tf.function` takes tables of float32 and nothing else. Sequences, pictures
and integer labels are welcome, too: leave `input_signature` out."""


class TwoOptimizers(TwoOptimizers):
    @tf.function(input_signature=[tf.TensorSpec((None, None)), tf.TensorSpec((None, None))])
    def step(self, x, y):
        return super().step(x, y)


# %% batch_kept_in_attributes loses="numerics"
"""Every step trains on the batch of the first one. A `tf.function` reads attributes, as `self.x`,
once, while it is traced: give it the batch as arguments."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        self.x, self.y = x, y
        return self.train()

    @tf.function
    def train(self):
        return super().step(self.x, self.y)


# %% predictions_first loses="gradients"
"""The loss is called with the predictions first. The labels come first: for the mean squared error
it is all the same, for others it is not."""


class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        def turned_round(y, predictions):
            return loss_fn(predictions, y)

        super().__init__(model, lower, lower_optimizer, upper_optimizer, turned_round)


# %% own_losses_forgotten loses="numerics gradients"
"""The model's own losses, `model.losses`, belong to both: to the loss that the gradients are taken
of, and to the loss that `step` returns. Yours are missing in one of the two, or in both. Add them
inside of the tape, and return that sum."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True))
        lower, upper = tape.gradient(loss, [self.lower, self.upper])
        self.lower_optimizer.apply(lower, self.lower)
        self.upper_optimizer.apply(upper, self.upper)
        return loss


# %% own_losses_after_the_tape loses="gradients" like="own_losses_forgotten"


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True))
        lower, upper = tape.gradient(loss, [self.lower, self.upper])
        loss += sum(self.model.losses)
        self.lower_optimizer.apply(lower, self.lower)
        self.upper_optimizer.apply(upper, self.upper)
        return loss


# %% loss_returned_without_penalties loses="numerics" like="own_losses_forgotten"


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        penalties = sum(self.model.losses)
        return super().step(x, y) - penalties


# %% penalties_by_hand loses="gradients"
"""Some of the model's own losses are missing, or are those of an older batch: of biases, of
activities, or inside of an inner model. After the model has been called, `model.losses` has all."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True))
            for layer in self.model.layers:
                if getattr(layer, "kernel_regularizer", None) and layer.trainable:
                    loss += layer.kernel_regularizer(layer.kernel)
        lower, upper = tape.gradient(loss, [self.lower, self.upper])
        self.lower_optimizer.apply(lower, self.lower)
        self.upper_optimizer.apply(upper, self.upper)
        return loss


# %% own_losses_before_the_call loses="gradients" like="penalties_by_hand"
class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as tape:
            penalties = sum(self.model.losses)
            loss = self.loss_fn(y, self.model(x, training=True)) + penalties
        lower, upper = tape.gradient(loss, [self.lower, self.upper])
        self.lower_optimizer.apply(lower, self.lower)
        self.upper_optimizer.apply(upper, self.upper)
        return loss


# %% mean_of_own_losses loses="numerics gradients"
"""The mean of the model's own losses is added. Add up all of them: their sum."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True))
            if self.model.losses:
                loss += tf.reduce_mean(self.model.losses)
        lower, upper = tape.gradient(loss, [self.lower, self.upper])
        self.lower_optimizer.apply(lower, self.lower)
        self.upper_optimizer.apply(upper, self.upper)
        return loss


# %% loss_after_the_step loses="numerics"
"""The loss that is returned is that of the new weights. Return the one that the gradients were
taken of; it costs no second pass."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        super().step(x, y)
        return self.loss_fn(y, self.model(x, training=False)) + sum(self.model.losses)


# %% nothing_returned loses="numerics"
"""`step` returns nothing. It returns the loss, a scalar."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        super().step(x, y)


# %% called_outside_the_tape loses="numerics gradients graph"
"""The model is called before the tape records, so there are no gradients. Call it, and add up the
loss, inside of `with tf.GradientTape() as tape:`."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        predictions = self.model(x, training=True)
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, predictions)
        lower, upper = tape.gradient(loss, [self.lower, self.upper])
        self.lower_optimizer.apply(lower, self.lower)
        self.upper_optimizer.apply(upper, self.upper)
        return loss


# %% tape_asked_twice loses="numerics gradients graph"
"""A tape answers once and forgets. Ask for the gradients of both parts in one call, or make the
tape with `persistent=True`."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        lower = tape.gradient(loss, self.lower)
        upper = tape.gradient(loss, self.upper)
        self.lower_optimizer.apply(lower, self.lower)
        self.upper_optimizer.apply(upper, self.upper)
        return loss


# %% [markdown]
# ## How it is applied


# %% weight_by_weight loses="numerics"
"""An optimizer is applied to one weight, or to one layer, after the other, and counts each time as
a step. Apply it once, with all gradients and all weights of its part."""


class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        super().__init__(model, lower, lower_optimizer, upper_optimizer, loss_fn)
        lower_optimizer.build(self.lower)
        upper_optimizer.build(self.upper)

    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        for optimizer, part, gradients in zip(
            (self.lower_optimizer, self.upper_optimizer),
            (self.lower, self.upper),
            tape.gradient(loss, [self.lower, self.upper]),
            strict=True,
        ):
            for gradient, variable in zip(gradients, part, strict=True):
                optimizer.apply([gradient], [variable])
        return loss


# %% layer_by_layer loses="numerics" like="weight_by_weight"
class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        super().__init__(model, lower, lower_optimizer, upper_optimizer, loss_fn)
        lower_optimizer.build(self.lower)
        layers = [layer for layer in model.layers if layer.name in lower]
        self.groups = [one.trainable_variables for one in layers if one.trainable_variables]

    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        gradients = tape.gradient(loss, [self.upper, *self.groups])
        self.upper_optimizer.apply(gradients[0], self.upper)
        for part, variables in zip(gradients[1:], self.groups, strict=True):
            self.lower_optimizer.apply(part, variables)
        return loss


# %% copies_of_the_optimizers loses="numerics"
"""Copies of the optimizers are applied. So those that the constructor gets never count a step, and
a learning rate that is set later is not seen. Keep the objects themselves."""


class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, *optimizers_and_loss):
        *optimizers, loss_fn = optimizers_and_loss
        copies = [type(one).from_config(one.get_config()) for one in optimizers]
        super().__init__(model, lower, *copies, loss_fn)


# %% clipped loses="gradients"
"""Large gradients are made smaller, though nobody asks for that. Pass them on as the tape gives
them: an optimizer clips by itself if it is told to."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        lower, upper = tape.gradient(loss, [self.lower, self.upper])
        self.lower_optimizer.apply(tf.clip_by_global_norm(lower, 100.0)[0], self.lower)
        self.upper_optimizer.apply(tf.clip_by_global_norm(upper, 100.0)[0], self.upper)
        return loss


# %% clipped_each_alone loses="gradients" like="clipped"
class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        lower, upper = tape.gradient(loss, [self.lower, self.upper])
        self.lower_optimizer.apply([tf.clip_by_value(g, -50, 50) for g in lower], self.lower)
        self.upper_optimizer.apply([tf.clip_by_value(g, -50, 50) for g in upper], self.upper)
        return loss


# %% by_hand loses="numerics"
"""The weights move by the learning rate times the gradient, whatever the optimizer is. Adam,
momentum, schedules and clipping are in `optimizer.apply`."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        for optimizer, part, gradients in zip(
            (self.lower_optimizer, self.upper_optimizer),
            (self.lower, self.upper),
            tape.gradient(loss, [self.lower, self.upper]),
            strict=True,
        ):
            for gradient, variable in zip(gradients, part, strict=True):
                variable.assign_sub(tf.cast(optimizer.learning_rate, tf.float32) * gradient)
        return loss


# %% made_anew_each_time loses="numerics graph"
"""The optimizers are made anew in each step, and so their states begin anew. Keep those that the
constructor gets, and apply these."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        kept = self.lower_optimizer, self.upper_optimizer
        self.lower_optimizer, self.upper_optimizer = (
            type(one).from_config(one.get_config()) for one in kept
        )
        loss = super().step(x, y)
        self.lower_optimizer, self.upper_optimizer = kept
        return loss


# %% all_gradients_for_each loses="numerics gradients graph"
"""The gradients of all weights are paired with the weights of one part, by `zip` or by `apply`. So
weights get gradients of others. Pick the gradients of the part first."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        gradients = tape.gradient(loss, self.model.trainable_variables)
        self.lower_optimizer.apply_gradients(zip(gradients, self.lower, strict=False))
        self.upper_optimizer.apply_gradients(zip(gradients, self.upper, strict=False))
        return loss


# %% lower_gradients_first loses="numerics gradients graph" like="all_gradients_for_each"
class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        gradients = tape.gradient(loss, self.model.trainable_variables)
        self.lower_optimizer.apply(gradients[: len(self.lower)], self.lower)
        self.upper_optimizer.apply(gradients[len(self.lower) :], self.upper)
        return loss


# %% built_on_the_other_part loses="numerics gradients graph"
"""An optimizer is built on weights that it does not get later, and refuses those that it gets.
Build each one on the weights of its own part, or leave that to the first `apply`."""


class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        super().__init__(model, lower, lower_optimizer, upper_optimizer, loss_fn)
        lower_optimizer.build(self.upper)
        upper_optimizer.build(self.lower)


# %% [markdown]
# ## The graph


# %% number_of_the_loss loses="graph"
"""A loss has no value while a graph is traced, so `float(loss)` and `loss.numpy()` fail. Return the
tensor as it is."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        return float(super().step(x, y))


# %% weights_by_numpy loses="graph"
"""Gradients or weights go through NumPy, whose functions need values; while a graph is traced there
are none. `optimizer.apply` takes tensors."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        lower, upper = tape.gradient(loss, [self.lower, self.upper])
        self.lower_optimizer.apply([np.array(one) for one in lower], self.lower)
        self.upper_optimizer.apply([np.array(one) for one in upper], self.upper)
        return loss


# %% size_of_the_batch loses="graph"
"""The number of rows is used as a Python number, and in a graph for batches of any size it is
`None`. The loss is a mean already, and needs no size."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as tape:
            predictions = self.model(x, training=True)
            losses = [self.loss_fn(y[i : i + 1], predictions[i : i + 1]) for i in range(x.shape[0])]
            loss = sum(losses) / len(losses) + sum(self.model.losses)
        lower, upper = tape.gradient(loss, [self.lower, self.upper])
        self.lower_optimizer.apply(lower, self.lower)
        self.upper_optimizer.apply(upper, self.upper)
        return loss


# %% skipped_by_python loses="graph"
"""A Python `if` asks for the value of a tensor, and while a graph is traced it has none. A step
needs no decision: it always trains."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        lower, upper = tape.gradient(loss, [self.lower, self.upper])
        if not tf.math.is_nan(loss):
            self.lower_optimizer.apply(lower, self.lower)
            self.upper_optimizer.apply(upper, self.upper)
        return loss


# %% calls_back loses="graph"
"""`tf.py_function` calls back into this Python process, and wherever else the graph runs, nobody
answers. A step needs no operation outside of TensorFlow."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        step = super().step
        return tf.py_function(lambda x, y: step(x, y), [x, y], tf.float32)


# %% counted_in_python loses="graph"
"""Steps are counted in Python, and the graph keeps the number that was there while it was traced.
Each optimizer counts by itself, in a variable: leave that to `apply`."""


class TwoOptimizers(TwoOptimizers):
    count = 0

    def step(self, x, y):
        for optimizer in (self.lower_optimizer, self.upper_optimizer):
            optimizer.iterations.assign(self.count)
        self.count += 1
        return super().step(x, y)


# %% number_if_there_is_one loses="graph"
"""In a graph, what is returned is no loss, or not the one of that run: `float(loss)` has no value
while a graph is traced, and a number from elsewhere stays as it is. Return the tensor."""


class TwoOptimizers(TwoOptimizers):
    last = 0.0

    def step(self, x, y):
        loss = super().step(x, y)
        if tf.executing_eagerly():
            self.last = float(loss)
        return tf.constant(self.last)
