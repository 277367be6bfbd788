"""What every loss must answer."""

import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import check, either, gradient, in_graph, reloaded
from autograder.checks.kinds import Kind

Batch = tuple[np.ndarray, np.ndarray]  # labels and predictions


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
        return [
            [np.mean(loss(true[i : i + 1], pred[i : i + 1])) for i in range(6)]
            for loss in (self.make(made, number) for number in (0, 1))
            for true, pred in [self.draw(rng, 6)]
        ]

    @check("numerics", points=1)
    def default_arguments(self, made, rng):
        """without arguments, the loss is that of the default {arguments}"""
        batch = self.draw(rng, 6)
        default = self.total(made(**self.defaults), *batch)
        return {
            "over that of the default": over(self.total(made(), *batch), default),
            "another one is the same": np.array_equal(self.total(self.make(made), *batch), default),
        }

    @check("numerics", points=1)
    def each_keeps_its_arguments(self, made, rng):
        """a loss still uses its own {arguments} when another one has been made"""
        batch, first = self.draw(rng, 4), self.make(made, 1)
        before = self.total(first, *batch)
        other = self.total(self.make(made), *batch)
        return {
            "over what it was before": over(self.total(first, *batch), before),
            "the other one is the same": np.array_equal(other, before),
        }

    # Wrong means show in gradients or other reductions, too; here they show with nothing else around.
    @check("numerics", points=2)
    def mean_of_the_batch(self, made, rng):
        """by default, a batch costs the mean of what its samples cost alone"""
        batch, loss = self.draw(rng, 6), self.make(made)
        mean = np.mean(self.alone(loss, *batch))
        return {"over the mean": over(self.cost(loss, *batch), mean)}

    # A loss that reduces wrongly does so with weights as well; here it shows without them.
    @check("numerics", points=1)
    def reductions(self, made, rng):
        """`reduction="sum"` sums the losses of the samples, `reduction=None` leaves them alone"""
        batch = self.draw(rng, 6)
        alone = self.alone(self.make(made), *batch)
        summed = self.cost(self.make(made, reduction="sum"), *batch)
        losses = np.ravel(self.cost(self.make(made, reduction=None), *batch))
        return {
            "sum, over that of the samples": over(summed, alone.sum()),
            "numbers that None gives for 6 samples": losses.size,
            "None, each over that sample's loss": over(losses[: alone.size], alone),
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
            "over what it should be": over(weighted(), losses.mean()),
            "sum, over what it should be": over(weighted(reduction="sum"), losses.sum()),
            "None, each over what it should be": over(
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
            dtype: over(self.total(loss, whole.astype(dtype), pred), usual)
            for dtype in ("int32", "int64", "float64")
        }

    @check("gradients", points=3)
    def slopes(self, made, rng):
        """the gradient in each prediction is that of the loss, times what arrives from above"""
        true, pred = self.draw(rng, 6)
        # A forgotten factor of 5, and the mean of 6, are not off by 2 or a half.
        return [
            gradient(lambda pred, loss=self.make(made, number): 5 * loss(true, pred), pred)
            for number in (0, 1)
        ]

    def in_batches(self, f, rng):
        """What `f` makes of a batch and its half, and with other predictions, and other labels."""
        (true, pred), (other_true, other_pred) = (self.draw(rng, 6) for _ in range(2))
        return [
            [np.mean(f(*(tf.constant(side[:size]) for side in batch))) for size in (6, 3)]
            for batch in ((true, pred), (true, other_pred), (other_true, pred))
        ]

    def beside_a_new_one(self, saved, rng):
        loss, values = saved
        batch = self.draw(rng, 6)
        # The other is made by the submission's class, here in the same process.
        return over(self.cost(loss, *batch), self.cost(type(loss)(*values), *batch))

    # A loss is saved and loaded before the next is made: that they share nothing is asked above.
    @check("serialization", points=1)
    def arguments_survive(self, made, rng):
        """the configuration holds the {arguments}, and in a new process a loss made from it uses it"""
        seen = {}
        for which, values in zip(("first", "second"), self.saved(rng), strict=True):
            loss = made(*values)
            # The exact answer is asked where nothing but the configuration tells the arguments.
            alone = reloaded(loss, use=self.in_batches)
            beside = reloaded([loss, values], use=self.beside_a_new_one)
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
        # A name that Keras made up counts instances, so it is not the same in every run.
        return {
            "named mine": loss.name == "mine",
            "over the sum": over(self.cost(loss, *batch), np.sum(self.alone(loss, *batch))),
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

    def compiled(self, loss) -> keras.Model:
        """Return a compiled model that predicts its inputs, and can be trained."""
        width = self.draw(np.random.default_rng(0), 1)[1].shape[-1]
        dense = keras.layers.Dense(width, kernel_initializer="identity", use_bias=False)
        model = keras.Sequential([keras.Input((width,)), dense])
        model.compile(keras.optimizers.SGD(0.1), loss, jit_compile=False)
        return model

    def of_a_model(self, model, rng):
        return self.in_batches(lambda true, pred: model.compute_loss(y=true, y_pred=pred), rng)

    def of_a_model_beside_a_new_one(self, model, rng):
        batch = [tf.constant(array) for array in self.draw(rng, 6)]
        loss = self.cost(lambda true, pred: model.compute_loss(y=true, y_pred=pred), *batch)
        return over(loss, self.cost(self.make(type(model.loss)), *batch))

    # A loss that does not survive alone does not survive here either; this is what it is used for,
    # and what a `__call__` of its own breaks.
    @check("serialization", points=1)
    def compiled_model_survives(self, made, rng):
        """a model compiled with the loss is saved as `.keras`, loads, and computes the same loss"""
        ratio = reloaded(self.compiled(self.make(made)), use=self.of_a_model_beside_a_new_one)
        exact = reloaded(self.compiled(made(*self.saved(rng)[0])), use=self.of_a_model)
        return either(exact, {"loaded, over a new one": ratio})

    def batches_of_all_processes(self) -> list[Batch]:
        return [self.draw(np.random.default_rng(samples), samples) for samples in (6, 2)]

    def beside_direct_calls(self, f, rng):
        answers = [f(*map(tf.constant, batch)) for batch in self.batches_of_all_processes()]
        ratio = over([np.mean(loss) for loss, _ in answers], answers[0][1])
        exact = self.in_batches(lambda *batch: f(*batch)[0], rng)
        return either(exact, {"over that of direct calls": ratio})

    def traced(self, loss) -> Any:
        """Ask a graph of the loss, traced once, what direct calls give."""
        batches = self.batches_of_all_processes()
        direct = np.float32([np.mean(self.cost(loss, *batch)) for batch in batches])

        def compute(true, pred):
            # A loss opens a scope of its name, which must not be the first if it begins with "_".
            with tf.name_scope("check"):
                return self.cost(loss, true, pred), tf.constant(direct)

        shapes = [(None, *side.shape[1:]) for side in batches[0]]
        return in_graph(compute, *shapes, use=self.beside_direct_calls)

    @check("graph", points=1)
    def one_graph_for_all_batches(self, made):
        """traced once for batches of any size, the graph alone gives what direct calls give"""
        return self.traced(self.make(made))

    # What breaks in any graph breaks here too; beside that, `fit` calls a loss in its own way, which
    # a `__call__` of its own does not always stand.
    @check("graph", points=1)
    def steps_of_training(self, made, rng):
        """compiled, a step of training goes where a direct call's gradient points, weighted or not"""
        loss, model = self.make(made), self.compiled(self.make(made))
        (kernel,) = model.trainable_variables
        start = np.array(kernel)
        seen = {}
        # Weighted or not are two graphs.
        for label, weighted in {"without weights": False, "with weights": True}.items():
            true, inputs = self.draw(rng, 3)
            # A loss that drops or mistakes the weights does so in the direct call as well.
            weight = [rng.uniform(1, 3, size=(3, 1)).astype("float32")] if weighted else []
            kernel.assign(start)
            model.train_on_batch(inputs, true, *weight)
            step = np.ravel(start - kernel)
            slope = gradient(lambda k, x=inputs, t=true, w=weight: loss(t, x @ k, *w), start)
            slope = np.ravel(slope) if tf.is_tensor(slope) else np.nan
            seen[f"step {label}, over 0.1 times the gradient"] = over(
                np.sum(step * slope), 0.1 * np.sum(slope * slope)
            )
        return seen


def over(seen: Any, expected: Any) -> np.ndarray:
    """Return what was seen over what the same loss says elsewhere.

    It is 1 if a loss agrees with itself, so that a wrong formula costs its points only once.
    """
    with np.errstate(all="ignore"):
        return np.asarray(seen, "float64") / np.asarray(expected, "float64")


def equals(value: Any, expected: Any) -> bool:
    """Tell whether a value of a configuration is what a loss was made with."""
    if isinstance(value, str | bytes) or isinstance(expected, str):  # `float` reads texts
        return value == expected
    with contextlib.suppress(TypeError, ValueError):
        return float(value) == expected
    return False
