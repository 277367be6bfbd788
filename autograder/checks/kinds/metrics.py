"""What every streaming metric must answer."""

from collections.abc import Sequence
from typing import Any, ClassVar

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import check, either, in_graph, ratio, reloaded, tried
from autograder.checks.kinds import Kind

Batch = tuple[np.ndarray, ...]  # labels, predictions, and perhaps weights


class Metric(Kind):
    """A metric that is given batches and says what holds for all of them since its last reset.

    An exercise gives `arguments` and `draw`.

    Attributes:
        small: the size of the smallest weights; 1 if they need not be smaller.
    """

    small: ClassVar[float] = 1e-5

    def draw(self, rng: np.random.Generator, samples: int, high: bool) -> Batch:
        """Return labels and predictions, arrays of float32 whose first axis is the samples.

        Args:
            rng: what draws them.
            samples: their number.
            high: two kinds of batches, whose results differ. If samples of both are mixed, the
                result must depend on the samples' weights.
        """
        raise NotImplementedError

    def mixed(self, rng: np.random.Generator, samples: int) -> Batch:
        """Return a batch of samples that are of the one kind and of the other in turn."""
        low, high = (self.draw(rng, samples, kind) for kind in (False, True))
        return tuple(
            np.concatenate([[pair[n % 2][n]] for n in range(samples)])
            for pair in zip(low, high, strict=True)
        )

    @check("numerics", points=3)
    def values(self, made, rng):
        """after one batch the result is what is asked, whatever {arguments}, and by default"""
        # All are made before the first is used: none may use the arguments of another.
        metrics = {
            "first": (self.make(made), self.called()),
            "second": (self.make(made, 1), self.called(1)),
            "by default": (made(), f"{self.asked}()"),
        }
        return {label: tried_results(*one, self.mixed(rng, 9)) for label, one in metrics.items()}

    @check("numerics", points=1)
    def every_sample_counts_the_same(self, made, rng):
        """batches of unequal size give the result for all their samples"""
        batches = [self.draw(rng, 6, True), self.draw(rng, 1, False), self.draw(rng, 3, False)]
        return tried_results(self.make(made), self.called(), *batches)

    @check("numerics", points=1)
    def zero_where_there_is_nothing(self, made, rng):
        """the result is 0.0 before any data, after a reset, and while all weights have been zero"""
        metric = self.make(made)
        seen = {"before any data": np.array(metric.result())}
        metric.reset_state()
        seen["after a reset"] = np.array(metric.result())
        true, pred = self.mixed(rng, 4)
        metric.update_state(true, pred, np.zeros(4, "float32"))
        seen["after weights of zero"] = np.array(metric.result())
        metric.update_state(true, pred)
        seen["0.0 with weights, too"] = bool(metric.result() == 0)
        # A metric that counts weights of zero may ignore all weights, or take these for none.
        weights = np.float32([[1], [2], [1], [2]])
        with_weights, without = (
            results(self.make(made), batch) for batch in ((true, pred, weights), (true, pred))
        )
        return seen | {"other weights matter": bool(with_weights != without)}

    @check("numerics", points=1)
    def forgets_when_reset(self, made, rng):
        """after `reset_state()` only what comes then counts, each time"""
        metric = self.make(made)
        seen = {}
        for turn, high in {"first": True, "second": False, "third": True}.items():
            metric.reset_state()
            seen[f"after the {turn} reset"] = results(metric, self.draw(rng, 2, high))
        return seen

    @check("numerics", points=1)
    def weights_of_samples(self, made, rng):
        """weights of shape (batch,) and (batch, 1), small or not, say how much a sample counts"""
        seen = {}
        for name, shape, scale in ("small, (batch,)", [4], self.small), ("(batch, 1)", [4, 1], 1.0):
            batches = []
            # Those of a batch differ, and the second batch weighs more than the first.
            for batch, factors in (
                (self.mixed(rng, 4), [1, 2, 1, 2]),
                (self.draw(rng, 4, False), [4, 4, 4, 4]),
            ):
                weights = scale * rng.uniform(0.3, 0.5, 4) * factors
                batches.append((*batch, np.float32(weights).reshape(shape)))
            seen[name] = tried_results(self.make(made), self.called(), *batches)
        return seen

    @check("gradients", points=1)
    def nothing_to_train(self, made, rng):
        """a gradient tape around a step of training finds nothing to train in the metric"""
        true, inputs = self.draw(rng, 3, True)
        metric, weight = self.make(made), tf.Variable(0.5)
        with tf.GradientTape() as tape:
            pred = weight * inputs
            loss = tf.reduce_mean(tf.square(true - pred))
            metric.update_state(true, pred)
            metric.result()
        return {
            "variables to train beside the model's": len(tape.watched_variables()) - 1,
            "of its own among them": sum(variable.trainable for variable in metric.variables),
            "gradient of the model's": tape.gradient(loss, weight),
        }

    def two_batches(self, rng) -> list[Batch]:
        return [self.draw(rng, 3, high) for high in (True, False)]

    def of_two_batches(self, metric, rng):
        return results(metric, *self.two_batches(rng))

    def beside_a_new_one(self, metric, rng):
        batches = self.two_batches(rng)
        # The other is made by the submission's class, here in the same process.
        own = results(self.make(type(metric)), *batches)
        return ratio(changes(results(metric, *batches)), changes(own))

    @check("serialization", points=2)
    def arguments_survive(self, made):
        """saved and loaded in a new process, it behaves like a new one of the same {arguments}"""
        metric = self.make(made)
        twice = [reloaded(metric, use=self.of_two_batches) for _ in range(2)]  # of other batches
        own = reloaded(metric, use=self.beside_a_new_one)
        return either(twice, {"changes of its results, over those of a new one": own})

    def its_name(self, metric):
        return metric.name

    @check("serialization", points=1)
    def name_survives(self, made):
        """a name that was given survives saving and loading, and without one it is the default"""
        loaded = reloaded(self.make(made, 1, name="mine"), use=self.its_name)
        return {"given": loaded, "not given": [self.make(made).name for _ in range(2)]}

    def its_dtype(self, metric):
        return metric.dtype

    @check("serialization", points=1)
    def dtype_survives(self, made):
        """a `dtype` that was given reaches Keras, and survives saving and loading"""
        metric = self.make(made, 1, dtype="float64")
        return {"made": metric.dtype, "loaded": reloaded(metric, use=self.its_dtype)}

    def stream(self, rng) -> list[Batch]:
        return [self.draw(rng, 5, True), self.draw(rng, 2, False), self.mixed(rng, 4)]

    def stream_of_all_processes(self) -> list[Batch]:
        return self.stream(np.random.default_rng(1))

    def in_batches(self, f, direct, rng):
        start = [variable.numpy() for variable in f.module.variables_of_f]

        def answers(stream):
            for variable, value in zip(f.module.variables_of_f, start, strict=True):
                variable.assign(value)
            return [f(*map(tf.constant, batch)) for batch in stream]

        own = ratio(changes(answers(self.stream_of_all_processes())), changes(direct))
        exact = [answers(self.stream(rng)) for _ in range(2)]
        return either(exact, {"changes of its results, over those of direct calls": own})

    @check("graph", points=1)
    def one_trace_for_all_batches(self, made):
        """traced once for batches of any size, the graph alone streams as direct calls do"""
        metric, batches = self.make(made), self.stream_of_all_processes()
        direct = results(self.make(made), *batches)

        def step(true, pred):
            metric.update_state(true, pred)
            return tf.convert_to_tensor(metric.result())

        return in_graph(step, *any_size(batches[0]), use=self.in_batches, beside=direct)

    @check("graph", points=1)
    def each_epoch_begins_anew(self, made, rng):
        """traced once and reset between epochs, it reports of each what direct calls do"""
        metric, other = self.make(made), self.make(made)

        def step(*batch):
            metric.update_state(*batch)
            return metric.result()

        specs = any_size(self.draw(rng, 2, True))
        # As Keras does in `fit`, where most of the time goes into other things.
        traced = tf.function(step, input_signature=specs, autograph=False)
        seen, direct = [], []
        for high in False, True:
            metric.reset_state()
            other.reset_state()
            batches = [self.draw(rng, samples, high) for samples in (3, 2)]
            seen += [[np.array(traced(*batch)) for batch in batches][-1]]
            direct += [results(other, *batches)[-1]]
        return {
            "change of its results, over that of direct calls": ratio(
                changes(seen), changes(direct)
            )
        }

    @check("graph", points=1)
    def weighted_evaluate(self, made, rng):
        """in `evaluate` with weights it reports what direct calls do with the same batches"""
        true, pred = self.draw(rng, 5, True)
        model = keras.Sequential([keras.Input(pred.shape[1:]), keras.layers.Identity()])
        model.compile(loss="mse", weighted_metrics=[self.make(made)], jit_compile=False)
        other, seen, direct = self.make(made), [], []
        for high in False, True:
            true, pred = self.draw(rng, 5, high)
            weights = rng.uniform(0.5, 2, 5).astype("float32")
            logs = model.evaluate(pred, true, 3, verbose=0, sample_weight=weights, return_dict=True)
            seen += [value for name, value in logs.items() if name != "loss"]
            batches = [[array[i : i + 3] for array in (true, pred, weights)] for i in (0, 3)]
            other.reset_state()
            direct += [results(other, *batches)[-1]]
        return {
            "change of its results, over that of direct calls": ratio(
                changes(seen), changes(direct)
            )
        }

    @check("graph", points=1)
    def variables_hold_the_state(self, made, rng):
        """its variables hold all of its state: copied to another metric, they carry the result"""
        first, second = self.make(made), self.make(made)
        seen, direct, before = [], [], len(first.variables)
        for high in True, False:
            direct += results(first, self.draw(rng, 3, high))
            for mine, other in zip(first.variables, second.variables, strict=False):
                other.assign(mine)
            seen.append(np.array(second.result()))
        alike = [results(self.make(made), self.draw(rng, 3, high)) for high in (True, False)]
        return {
            "change of its result, over that of the first": ratio(changes(seen), changes(direct)),
            "the same for all batches": bool(alike[0] == alike[1]),
            "all variables are there from the start": before == len(first.variables),
        }


def results(metric: keras.Metric, *batches: Sequence) -> list[Any]:
    """Return the result after each of the batches."""
    seen = []
    for batch in batches:
        metric.update_state(*batch)
        result = metric.result()
        # It may be the variable that the next batch changes.
        seen.append(result if result is None else np.array(result))
    return seen


def tried_results(metric: keras.Metric, code: str, *batches: Sequence) -> list[Any]:
    """Return the same, each result with the code that gives it; `code` makes the metric."""
    lines, given = [f"metric = {code}"], list[Any]()
    seen = []
    for batch, result in zip(batches, results(metric, *batches), strict=True):
        lines.append(f"metric.update_state({', '.join(['{}'] * len(batch))})")
        given += batch
        seen.append(tried(result, "\n".join([*lines, "metric.result()"]), *given))
    return seen


def any_size(batch: Batch) -> list[tf.TensorSpec]:
    """Return what describes batches of any size that are like one."""
    return [tf.TensorSpec((None, *array.shape[1:]), array.dtype) for array in batch]


def changes(seen: Sequence) -> np.ndarray:
    """Return how results change, for `ratio`: a metric that always says the same has none."""
    return np.diff(np.asarray(seen, "float64").ravel())
