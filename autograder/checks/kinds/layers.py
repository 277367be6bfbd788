"""What every layer must answer."""

from typing import Any, ClassVar

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import check, either, gradient, holding, in_graph, moves, ratio, reloaded
from autograder.checks.kinds import Kind
from autograder.checks.later import of_all_sizes, redrawn


class Layer(Kind):
    """A layer: called with an array, or with a list of arrays, whose first axis is the samples.

    An exercise gives `arguments` and `draw`, and `weights` if the layer has any. Outside of
    numerics a layer is compared with itself, so that a wrong formula costs its points once.

    Attributes:
        between: whether inputs may have axes between the samples and the features.
    """

    between: ClassVar[bool] = True

    def draw(self, rng: np.random.Generator, *shape: int) -> Any:
        """Return inputs of float32, an array or a list of arrays.

        Args:
            rng: what draws them.
            shape: all axes but the features: the number of samples, perhaps more.
        """
        raise NotImplementedError

    def weights(self, layer: keras.Layer) -> dict[str, Any]:
        """Return the variables of a new layer, once it is built, by what the statement calls them.

        Find them in `variables`, by their shape or by the values that they start with: their names,
        their order and the attributes of the layer are the student's. Raise a ValueError if one is
        not there.
        """
        return {}

    def variables(self, layer: keras.Layer) -> list[Any]:
        """Return the weights of a layer, and those that Keras does not know of.

        Whether it does is asked with the gradients and the saving.
        """
        raw = [value for value in vars(layer).values() if isinstance(value, tf.Variable)]
        return [*layer.weights, *raw]

    def upright(self, label: str, values: np.ndarray) -> np.ndarray:
        """Return values like those of a weight in the layout that the statement uses."""
        return values

    def shows(self, layer: keras.Layer, inputs: Any) -> Any:
        """Return an answer that all arguments of the constructor have a say in."""
        return layer(inputs)

    def fill(self, layer: keras.Layer, rng: np.random.Generator) -> dict[str, Any]:
        """Call a new layer, draw values for its weights, and return these by their names."""
        layer(self.draw(np.random.default_rng(0), 2))
        named = self.weights(layer)
        for variable in named.values():
            variable.assign(rng.uniform(0.5, 1.5, size=variable.shape))
        return named

    def filled(self, layer: keras.Layer, rng: np.random.Generator) -> keras.Layer:
        """Return a new layer after drawing values for its weights."""
        self.fill(layer, rng)
        return layer

    def build(self, layer: keras.Layer) -> keras.Layer:
        """Build a layer for inputs like those that are drawn, and return it."""
        layer.build(tf.nest.map_structure(any_size, self.draw(np.random.default_rng(0), 2)))
        return layer

    @check("numerics", points=2)
    def values(self, made, rng):
        """for given weights it answers what is asked, whatever {arguments} and size of the batch"""
        # All are made before one is called: each must keep its own arguments.
        layers = [self.make(made, number) for number in (0, 1)]
        return [
            [filled(self.draw(rng, samples)) for samples in (6, 1)]
            for filled in (self.filled(layer, rng) for layer in layers)
        ]

    @check("numerics", points=1)
    def inputs_of_any_rank(self, made, rng):
        """inputs with more axes are transformed along the last one, and keep the others"""
        layers = {"rank 3": (2, 4), "rank 4": (2, 4, 6)}
        return {
            label: self.filled(self.make(made), rng)(self.draw(rng, *shape))
            for label, shape in layers.items()
        }

    @check("numerics", points=1, rtol=1e-10, atol=1e-12)
    def double_precision(self, made, rng):
        """a layer made with dtype="float64" computes in double precision throughout"""
        layer = self.filled(self.make(made, dtype="float64"), rng)
        # Drawn numbers are float32, and these are none.
        inputs = tf.nest.map_structure(lambda x: x.astype("float64") / 3, self.draw(rng, 4))
        answer = tf.convert_to_tensor(layer(inputs))
        return {"dtype": answer.dtype.name, "values": answer}

    @check("gradients", points=1)
    def slopes(self, made, rng):
        """gradients reach the inputs and the weights"""
        layer, inputs = self.make(made, 1), self.draw(rng, 6)
        named = self.fill(layer, rng)
        upstream = rng.uniform(0.5, 1.5, size=np.shape(layer(inputs))).astype("float32")
        flat = tf.nest.flatten(inputs)

        def call(*flat):
            return layer(tf.nest.pack_sequence_as(inputs, [*flat]))

        found = gradient(call, *flat, of=named.values(), upstream=upstream) if named else []
        found = found if isinstance(found, list) else [found]
        return {
            "inputs": gradient(call, *flat, upstream=upstream),
            **{
                label: self.upright(label, one) if tf.is_tensor(one) else one
                for label, one in zip(named, found, strict=True)
            },
        }

    @check("gradients", points=2)
    def a_step_of_training(self, made, rng):
        """a step against the gradient of the loss moves all weights, and no others, as it should"""
        layer = self.make(made)
        return self.step(layer, self.fill(layer, rng), self.draw(rng, 6))

    def step(self, layer: keras.Layer, named: dict[str, Any], inputs: Any) -> dict[str, Any]:
        """Return how far a step of training moves weights, and what else there is to train."""
        before = {name: np.array(weight) for name, weight in named.items()}
        with tf.GradientTape() as tape:
            answer = layer(inputs)
            loss = tf.add_n([tf.reduce_mean(tf.square(answer)), *layer.losses])
        trained = layer.trainable_weights
        for weight, slope in zip(trained, tape.gradient(loss, trained), strict=True):
            if slope is not None:
                weight.assign(weight - 0.1 * slope)
        changes = {name: np.array(weight) - before[name] for name, weight in named.items()}
        return {
            **{f"change of the {name}": self.upright(name, one) for name, one in changes.items()},
            "weights that Keras knows of": len(layer.weights),
            "trainable ones": len(trained),
            "losses of the layer's own": len(layer.losses),
        }

    def answer(self, layer) -> np.ndarray:
        """Return the same for equal layers in all processes."""
        rng = np.random.default_rng(0)
        self.fill(layer, rng)
        return np.asarray(self.shows(layer, self.draw(rng, 4)))

    def change(self, layer, before, rng):
        seen = ratio(self.answer(layer), before)  # first: a layer may draw noise from a sequence
        answers = [self.shows(layer, self.draw(rng, 4)) for _ in range(2)]
        return {"over what it was before": seen, "moves": moves(answers)}

    def unchanged(self, made: Any, *arguments: Any) -> Any:
        """Ask whether a layer loaded from its configuration answers what one like it does."""
        before = self.answer(made(*arguments))
        return reloaded(made(*arguments), use=self.change, beside=before)

    @check("serialization", points=1)
    def arguments_survive(self, made):
        """a layer made from the configuration of one not built yet has its {arguments}"""
        return [
            self.unchanged(made, *(values[number] for values in self.arguments.values()))
            for number in (0, 1)
        ]

    def base_arguments(self, layer):
        return {"name": layer.name, "dtype": layer.dtype, "trainable": layer.trainable}

    @check("serialization", points=1)
    def base_arguments_survive(self, made):
        """name, dtype and trainable reach the base class, and survive saving and loading"""
        layer = self.build(self.make(made, name="first", dtype="float64", trainable=False))
        loaded = reloaded(layer, use=self.base_arguments)
        return {"made": self.base_arguments(layer), "loaded": loaded}

    def saved_weights(self, model):
        values = [np.array(weight) for weight in model.layer.weights]
        return sorted(values, key=lambda value: (value.shape, value.ravel().tolist()))

    # What Keras does not track is not saved, and not trained either.
    @check("serialization", points=2)
    def saved_model(self, made, rng):
        """a model saved as a .keras file and loaded has the weights that it was saved with"""
        model = holding(self.make(made))
        model.build(tf.nest.map_structure(any_size, self.draw(rng, 2)))
        self.fill(model.layer, rng)
        return reloaded(model, use=self.saved_weights)

    def of_a_graph(self, f, direct, rng):
        own = ratio(of_all_sizes(f, self.flat(np.random.default_rng(0))), direct)
        exact = [of_all_sizes(f, batch) for batch in redrawn(self.flat, rng)]
        return either(exact, {"over what direct calls give": own})

    def flat(self, rng) -> list[np.ndarray]:
        return tf.nest.flatten(self.draw(rng, 6))

    # A wrong formula is graded under numerics: here it need only be the same one in the graph.
    @check("graph", points=2)
    def one_graph_for_all_batches(self, made, rng):
        """one graph answers what direct calls do, for a batch of any size, and for new weights"""
        layer, structure = self.filled(self.make(made), rng), self.draw(rng, 1)

        def call(*flat):
            return layer(tf.nest.pack_sequence_as(structure, [*flat]))

        batch = self.flat(np.random.default_rng(0))
        direct = of_all_sizes(call, batch)
        alone = in_graph(call, *map(any_size, batch), use=self.of_a_graph, beside=direct)
        changed = self.after_a_change(made, rng)
        return {"the graph": alone, "weights changed later, over what direct calls give": changed}

    # Traced anew, as above, a graph has the weights of that moment.
    def after_a_change(self, made, rng):
        """What a graph answers over what direct calls do, when weights change after the trace."""
        layer, inputs = self.make(made), tf.nest.map_structure(tf.constant, self.draw(rng, 3))
        graph = tf.function(lambda inputs: layer(inputs), autograph=False)
        named = self.fill(layer, rng)
        graph(inputs)
        for variable in named.values():
            variable.assign(2 * np.array(variable))
        return ratio([graph(inputs)], [layer(inputs)])  # whatever shapes they have

    @check("graph", points=2)
    def functional_model(self, made, rng):
        """in a Functional model of inputs of unknown size it knows its shape, and takes any size"""
        # Two of one kind, which have the names that Keras gives them.
        layer, other = self.make(made), self.make(made)
        axes = (None,) if self.between else ()
        inputs = tf.nest.map_structure(
            lambda x: keras.Input((*axes, x.shape[-1])), self.draw(rng, 1)
        )
        model = keras.Model(inputs, [layer(inputs), other(inputs)])
        self.fill(layer, rng)
        sizes = [(2, size) if self.between else (size,) for size in (1, 5)]
        drawn = [[self.draw(rng, *size) for size in sizes] for _ in range(2)]
        exact = [[model(inputs)[0] for inputs in some] for some in drawn]
        own = ratio(exact[0], [layer(inputs) for inputs in drawn[0]])
        return {
            "output shape": str(tuple(model.output_shape[0])),
            "answers": either(exact, {"over what direct calls give": own}),
        }


def any_size(array: np.ndarray) -> tuple[int | None, ...]:
    """Return the shape of batches of any size that are like one."""
    return None, *array.shape[1:]
