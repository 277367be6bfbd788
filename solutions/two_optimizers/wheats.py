# %%
import functools


# %% zip_and_apply_gradients
"""The old way to apply, with `zip`; layers by `get_layer`, which raises ValueError itself."""


class TwoOptimizers:
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        self.model, self.loss_fn = model, loss_fn
        lower_weights = []
        for name in lower:
            lower_weights += model.get_layer(name).trainable_weights
        upper_weights = [
            weight
            for weight in model.trainable_weights
            if not any(weight is other for other in lower_weights)
        ]
        self.parts = [(lower_optimizer, lower_weights), (upper_optimizer, upper_weights)]

    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.add_n([self.loss_fn(y, self.model(x, training=True)), *self.model.losses])
        gradients = tape.gradient(loss, [weights for _, weights in self.parts])
        for (optimizer, weights), part in zip(self.parts, gradients, strict=True):
            optimizer.apply_gradients(zip(part, weights, strict=True))
        return loss


# %% persistent_tape
"""A persistent tape is asked twice, the second time after the first update. It has kept the values
of the forward pass, so both gradients are those of the same point."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape(persistent=True) as tape:
            loss = self.loss_fn(y, self.model(x, training=True))
            for one in self.model.losses:
                loss += one
        self.lower_optimizer.apply(tape.gradient(loss, self.lower), self.lower)
        self.upper_optimizer.apply(tape.gradient(loss, self.upper), self.upper)
        del tape
        return loss


# %% two_tapes
"""Two tapes record the same pass."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as below, tf.GradientTape() as above:
            loss = self.loss_fn(y, self.model(x, training=True)) + sum(self.model.losses)
        upper = above.gradient(loss, self.upper)
        lower = below.gradient(loss, self.lower)
        self.upper_optimizer.apply(upper, self.upper)
        self.lower_optimizer.apply(lower, self.lower)
        return loss


# %% decorated
"""The step is a `tf.function`; the optimizers make their variables in its first trace."""


class TwoOptimizers(TwoOptimizers):
    @tf.function
    def step(self, x, y):
        return super().step(x, y)


# %% function_in_the_constructor
"""A `tf.function` made in the constructor; the optimizers are built before; the class is a
`tf.Module`."""


class TwoOptimizers(tf.Module):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn, name=None):
        super().__init__(name)
        names = [layer.name for layer in model.layers]
        for name in lower:
            if names.count(name) == 0:
                raise ValueError(f"no layer {name}")
        chosen = [layer for layer in model.layers if layer.name in lower]
        others = [layer for layer in model.layers if layer.name not in lower]
        self.lower = sum((layer.trainable_variables for layer in chosen), [])
        self.upper = sum((layer.trainable_variables for layer in others), [])
        lower_optimizer.build(self.lower)
        upper_optimizer.build(self.upper)

        def step(x, y):
            variables = [*self.lower, *self.upper]
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch([variable.value for variable in variables])
                loss = loss_fn(y, model(x, training=True))
                if model.losses:
                    loss = loss + tf.add_n(model.losses)
            found = tape.gradient(loss, [variable.value for variable in variables])
            lower_optimizer.apply(found[: len(self.lower)], self.lower)
            upper_optimizer.apply(found[len(self.lower) :], self.upper)
            return tf.identity(loss)

        self.step = tf.function(step, reduce_retracing=True)


# %% built_on_all_weights
"""Both optimizers are built on all weights of the model, and applied to a part of them."""


class TwoOptimizers(TwoOptimizers):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        super().__init__(model, lower, lower_optimizer, upper_optimizer, loss_fn)
        for optimizer in (lower_optimizer, upper_optimizer):
            optimizer.build(model.trainable_variables)


# %% sorted_by_a_mask
"""All gradients at once, in the model's order, with a mask that says whose they are."""


class TwoOptimizers:
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        unknown = set(lower) - {layer.name for layer in model.layers}
        if unknown:
            raise ValueError(", ".join(sorted(unknown)))
        owner = {}
        for layer in model.layers:
            for variable in layer.variables:
                owner[id(variable)] = layer.name in lower
        self.mask = [owner[id(variable)] for variable in model.trainable_variables]
        self.optimizers = {True: lower_optimizer, False: upper_optimizer}
        self.model = model
        self.loss_fn = loss_fn

    def step(self, x, y):
        variables = self.model.trainable_variables
        with tf.GradientTape() as tape:
            predictions = self.model(x, training=True)
            loss = self.loss_fn(y, predictions)
            loss = functools.reduce(tf.add, self.model.losses, loss)
        triples = list(zip(tape.gradient(loss, variables), variables, self.mask, strict=True))
        for below, optimizer in self.optimizers.items():
            optimizer.apply_gradients([(g, v) for g, v, mine in triples if mine == below])
        return loss


# %% weights_found_anew
"""The weights are looked up in each step, and the model is a layer of a `keras.Model`."""


class TwoOptimizers(keras.Model):
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        super().__init__()
        for name in lower:
            model.get_layer(name=name)
        self.inner, self.lower_names = model, tuple(lower)
        self.below, self.above, self.criterion = lower_optimizer, upper_optimizer, loss_fn

    def call(self, x, training=None):
        return self.inner(x, training=training)

    def step(self, x, y):
        below, above = [], []
        for layer in self.inner.layers:
            part = below if layer.name in self.lower_names else above
            part.extend(layer.trainable_weights)
        with tf.GradientTape() as tape:
            loss = self.criterion(y, self(x, training=True)) + sum(self.inner.losses)
        gradients = tape.gradient(loss, {"below": below, "above": above})
        self.below.apply(gradients["below"], below)
        self.above.apply(gradients["above"], above)
        return loss


# %% loss_by_hand_and_a_copy
"""`keras.ops` adds the losses up, and the loss is returned as a copy of shape ()."""


class TwoOptimizers(TwoOptimizers):
    def step(self, x, y):
        with tf.GradientTape() as tape:
            y_pred = self.model(x, training=True)
            total = keras.ops.mean(self.loss_fn(y_true=y, y_pred=y_pred))
            total = total + keras.ops.sum([0.0, *self.model.losses])
        gradients = tape.gradient(total, self.model.trainable_variables)
        by_variable = {
            variable.path + str(id(variable)): gradient
            for variable, gradient in zip(self.model.trainable_variables, gradients, strict=True)
        }
        for optimizer, part in (
            (self.upper_optimizer, self.upper),
            (self.lower_optimizer, self.lower),
        ):
            optimizer.apply([by_variable[one.path + str(id(one))] for one in part], part)
        return tf.reshape(total, ())


# %% closures
"""`step` is an attribute, a function that closes over everything; the order is by name."""


class TwoOptimizers:
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        try:
            layers = [model.layers[[one.name for one in model.layers].index(n)] for n in lower]
        except ValueError as error:
            raise ValueError("not a layer") from error
        below = [variable for layer in layers for variable in layer.trainable_variables]
        ids = set(map(id, below))
        above = [one for one in reversed(model.trainable_variables) if id(one) not in ids]

        def step(x, y):
            with tf.GradientTape() as tape:
                loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
            found = tape.gradient(loss, above + below)
            upper_optimizer.apply(found[: len(above)], trainable_variables=above)
            lower_optimizer.apply(found[len(above) :], trainable_variables=below)
            return loss

        self.step = step


# %% gradients_of_a_graph
"""No tape: `tf.gradients` in a `tf.function`; the weights are sorted, and then cut in two."""


class TwoOptimizers:
    def __init__(self, model, lower, lower_optimizer, upper_optimizer, loss_fn):
        named = [model.get_layer(name) for name in lower]
        ids = {id(one) for layer in named for one in layer.trainable_variables}
        weights = sorted(model.trainable_variables, key=lambda one: id(one) not in ids)
        count = sum(id(one) in ids for one in weights)
        self.groups = (lower_optimizer, weights[:count]), (upper_optimizer, weights[count:])
        self.model, self.loss_fn = model, loss_fn

    @tf.function
    def step(self, x, y):
        loss = self.loss_fn(y, self.model(x, training=True))
        if len(self.model.losses) > 0:
            loss = loss + tf.math.add_n(self.model.losses)
        handles = [one.value for _, group in self.groups for one in group]
        found = iter(tf.gradients(loss, handles))
        for optimizer, group in self.groups:
            optimizer.apply([next(found) for _ in group], group)
        return loss
