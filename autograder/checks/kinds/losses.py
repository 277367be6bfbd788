"""What every loss must answer."""

import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import check, compiled, either, gradient, in_graph, ratio, reloaded, tried
from autograder.checks.kinds import Kind
from autograder.checks.later import of_all_sizes, redrawn

Batch = tuple[np.ndarray, np.ndarray]  # labels and predictions
# Of training: large, so that the rounding of weights does not show in a step.
RATE = 10.0


class Loss(Kind):
    """A loss: a class, whose objects are called with labels and predictions.

    An exercise gives `arguments`, `defaults` and `draw`.

    Attributes:
        defaults: the default of each argument, by its name.
    """

    defaults: ClassVar[dict[str, Any]] = {}

    def draw(self, rng: np.random.Generator, samples: int) -> Batch:
        """Return labels and predictions, arrays of float32 whose first axis is the samples.

        No prediction is right, and all samples have other losses.
        """
        raise NotImplementedError

    def right(self, true: Any) -> Any:
        """Return predictions that cost nothing, or always the same."""
        return tf.cast(true, tf.float32)

    def saved(self, rng: np.random.Generator) -> list[list[Any]]:
        """Return the arguments of two losses to be saved, numbers or strings."""
        return [[values[number] for values in self.arguments.values()] for number in (0, 1)]

    def cost(self, loss: Callable, true: Any, pred: Any) -> Any:
        """Return what errors cost beyond right predictions: nothing, if a loss ignores them."""
        return loss(true, pred) - loss(true, self.right(true))

    def total(self, loss: Callable, true: Any, pred: Any) -> Any:
        """Return the sum of what errors cost, however the loss reduces it."""
        return tf.reduce_sum(self.cost(loss, true, pred))

    def alone(self, loss: Callable, true: np.ndarray, pred: np.ndarray) -> np.ndarray:
        """Return what each sample costs alone, which all reductions leave as it is."""
        each = (slice(i, i + 1) for i in range(len(true)))
        return np.array([np.mean(self.cost(loss, true[one], pred[one])) for one in each])

    @check("numerics", points=3)
    def values(self, made, rng):
        """each sample costs what is asked, whatever {arguments}"""
        # How losses reduce is asked apart: a sample alone is its own mean.
        seen = []
        for number in (0, 1):
            loss, code = self.make(made, number), f"{self.called(number)}({{}}, {{}})"
            samples = [
                (true[None], pred[None]) for true, pred in zip(*self.draw(rng, 6), strict=True)
            ]
            seen.append([tried(np.mean(loss(*one)), code, *one) for one in samples])
        return seen

    @check("numerics", points=1)
    def default_arguments(self, made, rng):
        """without arguments, the loss is that of the default {arguments}"""
        batch = self.draw(rng, 6)
        # One by one: over a batch, what one sample costs more another may cost less.
        default = self.alone(made(**self.defaults), *batch)
        return {
            "over that of the default": ratio(self.alone(made(), *batch), default),
            "another one is the same": np.array_equal(self.alone(self.make(made), *batch), default),
        }

    @check("numerics", points=1)
    def each_keeps_its_arguments(self, made, rng):
        """a loss still uses its own {arguments} when another one has been made"""
        batch, first = self.draw(rng, 4), self.make(made, 1)
        before = self.alone(first, *batch)
        other = self.alone(self.make(made), *batch)
        return {
            "over what it was before": ratio(self.alone(first, *batch), before),
            "the other one is the same": np.array_equal(other, before),
        }

    # Wrong means show in gradients and other reductions, too; here they show with nothing else.
    @check("numerics", points=2)
    def mean_of_the_batch(self, made, rng):
        """by default, a batch costs the mean of what its samples cost alone"""
        batch, loss = self.draw(rng, 6), self.make(made)
        mean = np.mean(self.alone(loss, *batch))
        return {"over the mean": ratio(self.cost(loss, *batch), mean)}

    # A loss that reduces wrongly does so with weights as well; here it shows without them.
    @check("numerics", points=1)
    def reductions(self, made, rng):
        """`reduction="sum"` sums the losses of the samples, `reduction=None` leaves them alone"""
        batch = self.draw(rng, 6)
        alone = self.alone(self.make(made), *batch)
        summed = self.cost(self.make(made, reduction="sum"), *batch)
        losses = np.ravel(self.cost(self.make(made, reduction=None), *batch))
        return {
            "sum, over that of the samples": ratio(summed, alone.sum()),
            "numbers that None gives for 6 samples": losses.size,
            "None, each over that sample's loss": ratio(losses[: alone.size], alone),
        }

    @check("numerics", points=1)
    def weights_of_samples(self, made, rng):
        """weights of shape (batch, 1) give sum(w * loss) / batch, and count in other reductions"""
        batch = self.draw(rng, 6)
        # No weight can be mistaken for the mean of them all.
        weight = np.float32([[9], [9], [2], [2], [2], [2]] * rng.uniform(1, 1.5, size=(6, 1)))
        losses = weight.ravel() * self.alone(self.make(made), *batch)

        def weighted(**reduction):
            loss = partial(self.make(made, **reduction), sample_weight=weight)
            return self.cost(loss, *batch)

        return {
            "over what it should be": ratio(weighted(), losses.mean()),
            "sum, over what it should be": ratio(weighted(reduction="sum"), losses.sum()),
            "None, each over what it should be": ratio(
                np.ravel(weighted(reduction=None))[: losses.size], losses
            ),
        }

    @check("numerics", points=1)
    def labels_of_other_dtypes(self, made, rng):
        """labels that are integers or float64 give what float32 labels of the same value give"""
        true, pred = self.draw(rng, 6)
        whole = np.round(true)
        pred, loss = (pred + whole - true).astype("float32"), self.make(made)
        usual = self.total(loss, whole, pred)
        return {
            dtype: ratio(self.total(loss, whole.astype(dtype), pred), usual)
            for dtype in ("int32", "int64", "float64")
        }

    @check("gradients", points=3)
    def slopes(self, made, rng):
        """the gradient in each prediction is that of the loss, times what arrives from above"""
        true, pred = self.draw(rng, 6)
        # A forgotten factor of 5, and the mean of 6, are not off by 2 or a half.
        # One is asked before the next is made: whether they share anything is asked in numerics.
        seen = []
        for number in (0, 1):
            found, code = self.slope(self.make(made, number), true, pred), self.called(number)
            seen.append(tried(found, f"5 * {code}({{}}, pred)", true, slope_in={"pred": pred}))
        return seen

    def slope(self, loss: Callable, true: np.ndarray, pred: np.ndarray) -> Any:
        return gradient(lambda pred: 5 * loss(true, pred), pred)

    def again_and_redrawn(self, f, rng) -> list:
        """Return what `f` makes of a batch, and with other labels, and with other predictions."""

        def mean(*batch):  # how losses reduce is asked apart
            return tf.reduce_mean(f(*batch))

        return [of_all_sizes(mean, batch) for batch in redrawn(lambda rng: self.draw(rng, 6), rng)]

    def of_a_loss(self, loss, rng):
        return self.again_and_redrawn(loss, rng)

    def beside_a_new_one(self, loss, values, rng):
        batch = self.draw(rng, 6)
        # The other is made by the submission's class, here in the same process.
        return ratio(self.cost(loss, *batch), self.cost(type(loss)(*values), *batch))

    # A loss is saved and loaded before the next is made: that they share nothing is asked above.
    @check("serialization", points=1)
    def arguments_survive(self, made, rng):
        """the configuration holds the {arguments}; a loss made from it in a new process uses it"""
        seen = {}
        for which, values in zip(("first", "second"), self.saved(rng), strict=True):
            loss = made(*values)
            # The exact answer is asked where nothing but the configuration tells the arguments.
            alone = reloaded(loss, use=self.of_a_loss)
            beside = reloaded(loss, use=self.beside_a_new_one, beside=values)
            config = loss.get_config()
            seen[f"the {which} loss"] = {
                "loaded": either(alone, {"over a new one": beside}),
                "the configuration has what it was made with": all(
                    any(equals(one, value) for one in config.values()) for value in values
                ),
                "its keys are arguments of the constructor": bool(made(**config)),
            }
        return seen

    def named_and_summed(self, loss, rng):
        batch = self.draw(rng, 4)
        # With the arguments that it has now: whether these are the right ones is asked above.
        summed = type(loss).from_config({**loss.get_config(), "reduction": "sum"})
        # A name that Keras made up counts instances, so it is not the same in every run.
        return {
            "named mine": loss.name == "mine",
            "over one that sums": ratio(self.cost(loss, *batch), self.cost(summed, *batch)),
        }

    @check("serialization", points=1)
    def name_and_reduction_survive(self, made, rng):
        """saved and loaded in a new process, a loss has the name and the reduction it was given"""
        loss = self.make(made, name="mine", reduction="sum")
        unreduced = self.make(made, reduction=None)
        again = made.from_config(unreduced.get_config())
        batch = self.draw(rng, 2)
        return {
            "named mine": loss.name == "mine",
            "loaded": reloaded(loss, use=self.named_and_summed),
            "as many numbers for 2 samples, with None": np.size(again(*batch))
            == np.size(unreduced(*batch)),
        }

    def model(self, loss: keras.losses.Loss, **what: Any) -> keras.Model:
        """Return a compiled model that predicts its inputs until it is trained."""
        width = self.draw(np.random.default_rng(0), 1)[1].shape[-1]
        return compiled(width, loss=loss, **what)

    def of_a_model(self, model, values, rng):
        def loss(true, pred):
            return model.compute_loss(y=true, y_pred=pred)

        # The exact answer comes before anything tells the arguments but the file.
        exact = self.again_and_redrawn(loss, rng)
        batch = [tf.constant(side) for side in self.draw(rng, 6)]
        own = ratio(self.cost(loss, *batch), self.cost(type(model.loss)(*values), *batch))
        return either(exact, {"loaded, over a new one": own})

    # A loss that does not survive alone does not survive here either; this is what it is used for,
    # and what a `__call__` of its own breaks.
    @check("serialization", points=1)
    def compiled_model_survives(self, made, rng):
        """a model compiled with the loss is saved as `.keras`, loads, and computes the same loss"""
        values = self.saved(rng)[0]
        return reloaded(self.model(made(*values)), use=self.of_a_model, beside=values)

    def of_a_graph(self, f, direct, rng):
        own = ratio(of_all_sizes(f, self.draw(np.random.default_rng(0), 6)), direct)
        return either(self.again_and_redrawn(f, rng), {"over what direct calls give": own})

    def traced(self, loss) -> Any:
        """Ask a graph of the loss, traced once, what direct calls give."""
        batch = self.draw(np.random.default_rng(0), 6)

        def cost(true, pred):
            return tf.reduce_mean(self.cost(loss, true, pred))

        shapes = [(None, *side.shape[1:]) for side in batch]
        direct = of_all_sizes(cost, batch)
        return in_graph(cost, *shapes, use=self.of_a_graph, beside=direct)

    @check("graph", points=1)
    def one_graph_for_all_batches(self, made):
        """traced once for batches of any size, the graph alone gives what direct calls give"""
        return self.traced(self.make(made))

    # What breaks in any graph breaks here, too; beside that, `fit` calls a loss in its own way,
    # which a `__call__` of its own does not always stand.
    @check("graph", points=1, rtol=1e-3)
    def steps_of_training(self, made, rng):
        """compiled, a step of training goes where a direct call's gradient points, weighted or
        not
        """
        loss, steps = self.make(made), {}
        model = self.model(self.make(made), optimizer=keras.optimizers.SGD(RATE))
        (kernel,) = model.trainable_variables
        start = np.array(kernel)
        # Weighted or not are two graphs.
        for label, weighted in {"without weights": False, "with weights": True}.items():
            true, inputs = self.draw(rng, 3)
            # A loss that drops or mistakes the weights does so in the direct call as well.
            weight = [rng.uniform(1, 3, size=(3, 1)).astype("float32")] if weighted else []
            kernel.assign(start)
            model.train_on_batch(inputs, true, *weight)
            slope = gradient(lambda k, x=inputs, t=true, w=weight: loss(t, x @ k, *w), start)
            steps[f"step {label}, over the rate times the gradient"] = ratio(
                (start - kernel) / RATE, slope
            )
        return steps


def equals(value: Any, expected: Any) -> bool:
    """Tell whether a value of a configuration is what a loss was made with."""
    if isinstance(value, str | bytes) or isinstance(expected, str):  # `float` reads texts
        return value == expected
    with contextlib.suppress(TypeError, ValueError):
        return float(value) == expected
    return False
