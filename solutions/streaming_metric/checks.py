"""What it means to have solved `streaming_metric`."""

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import check, either, gradient, in_graph, reloaded

SWITCHED_OFF = [
    "keras.losses.Huber",
    "keras.losses.huber",
    "tensorflow.compat.v1.losses.huber_loss",
    "tensorflow.python.keras.losses.Huber",
    "tensorflow.python.keras.losses.huber",
]

# Where errors are small they are within every threshold used here, where they are large beyond;
# those in the middle are beyond all but 2.0.
SMALL, MIDDLE, LARGE = (0.05, 0.4), (1.2, 1.8), (2.5, 5.0)

# A threshold to be saved: a float32, too, but none that is rounded to a few digits.
SAVED = 2.40625


def draw(rng, samples, outputs, *kinds):
    """Labels that differ, and predictions with errors of each kind in turn and of both signs.

    The kind changes from sample to sample and from output to output, the sign from output to output
    and after two samples.
    """
    sample, output = np.indices((samples, outputs))
    low, high = np.moveaxis(np.array(kinds)[(sample + output) % len(kinds)], -1, 0)
    error = rng.uniform(low, high) * np.where((sample // 2 + output) % 2, -1, 1)
    true = rng.normal(scale=3, size=(samples, outputs)).astype("float32")
    return true, (true - error).astype("float32")


def results(metric, *batches):
    """The result after each of the batches."""
    seen = []
    for batch in batches:
        metric.update_state(*batch)
        result = metric.result()
        # It may be the variable that the next batch changes.
        seen.append(result if result is None else np.array(result))
    return seen


def change_ratio(seen, direct):
    """How much results change, over how much those of direct calls do.

    1 where a metric agrees with itself, so that a wrong formula costs its points only once; a
    metric that always says the same does not get away with it.
    """
    with np.errstate(all="ignore"):
        return np.diff(np.float64(seen).ravel()) / np.diff(np.float64(direct).ravel())


def after_one_update(metric, *batch):
    """The result after one update, as a function of the batch without side effects."""
    state = metric.stateless_update_state(metric.variables, *batch)
    # Like `stateless_result`, which does not read a variable that `result` returns.
    with keras.StatelessScope(zip(metric.variables, state, strict=True)):
        result = metric.result()
        return result.value if isinstance(result, keras.Variable) else result


def why_no_gradient(metric):
    """What more there is to say where nothing flows back, or None."""
    if not metric.variables:
        return "no gradient (and the metric has no variables)"
    if metric.result() != 0:
        return "no gradient (and the stateless form has changed the metric itself)"
    return None


def no_numbers(HuberMetric, true, pred, weights):
    """How many values of one update's result and of its gradient are NaN or infinite.

    And whether there is a gradient where there are weights: a constant is finite, too.
    """

    def f(pred, weights=weights):
        # What does not depend on the input has no gradient at all, which is as good as zeros.
        return after_one_update(HuberMetric(), true, pred, weights) + 0 * tf.reduce_sum(pred)

    values = {"result": f(pred), "gradient": gradient(f, pred)}
    usual = gradient(lambda pred: f(pred, np.ones(len(true), "float32")), pred)
    return {
        f"values of its {name} that are NaN or infinite": int(np.sum(~np.isfinite(value)))
        for name, value in values.items()
    } | {"0 for all predictions, with any weights": bool(np.all(usual == 0))}


# Every wrong formula fails other checks too; this one shows it with nothing else around.
@check("numerics", points=2)
def mean_huber_loss_of_a_batch(HuberMetric, rng):
    """after one batch the result is its mean Huber loss, whatever the threshold"""
    cases = (1.0, 1), (0.5, 1), (2.0, 3)
    # All are made before the first is used: none may use the threshold of another.
    metrics = {
        f"threshold {threshold}, {outputs} output{'s'[: outputs - 1]}": (
            HuberMetric(threshold=threshold),
            outputs,
        )
        for threshold, outputs in cases
    }
    metrics["no threshold, which is 1.0"] = HuberMetric(), 1
    return {
        label: results(metric, draw(rng, 9, outputs, SMALL, MIDDLE, LARGE))
        for label, (metric, outputs) in metrics.items()
    }


# Whoever averages averages does so with weights too; this one shows it with nothing else around.
@check("numerics", points=1)
def every_sample_counts_the_same(HuberMetric, rng):
    """batches of unequal size give the mean over all their samples"""
    batches = [draw(rng, 6, 1, LARGE), draw(rng, 1, 1, SMALL), draw(rng, 3, 1, SMALL)]
    return results(HuberMetric(threshold=2.0), *batches)


@check("numerics", points=1)
def zero_where_there_is_nothing(HuberMetric, rng):
    """the result is 0.0 before any data, after a reset, and while all weights have been zero"""
    metric = HuberMetric()
    seen = {"before any data": np.array(metric.result())}
    metric.reset_state()
    seen["after a reset"] = np.array(metric.result())
    true, pred = draw(rng, 4, 1, SMALL, LARGE)
    metric.update_state(true, pred, np.zeros(4, "float32"))
    seen["after weights of zero"] = np.array(metric.result())
    metric.update_state(true, pred)
    seen["0.0 with weights, too"] = bool(metric.result() == 0)
    # Who counts weights of zero may ignore all weights, or take these for none.
    weights = np.float32([[1], [2], [1], [2]])
    with_weights, without = (
        results(HuberMetric(), batch) for batch in ((true, pred, weights), (true, pred))
    )
    return seen | {"other weights matter": bool(with_weights != without)}


@check("numerics", points=1)
def forgets_when_reset(HuberMetric, rng):
    """after `reset_state()` only what comes then counts, each time"""
    metric = HuberMetric(threshold=2.0)
    seen = {}
    for turn, kind in {"first": LARGE, "second": SMALL, "third": LARGE}.items():
        metric.reset_state()
        seen[f"after the {turn} reset"] = results(metric, draw(rng, 2, 1, SMALL, kind))
    return seen


@check("numerics", points=1)
def weighted_mean(HuberMetric, rng):
    """weights of shape (batch,) and (batch, 1), small or not, give sum(w * loss) / sum(w)"""
    seen = {}
    for name, shape, scale in ("small, (batch,)", [4], 1e-5), ("(batch, 1)", [4, 1], 1.0):
        metric, batches = HuberMetric(threshold=2.0), []
        # Large errors weigh more than small ones, and the second batch more than the first.
        for kinds, factors in ((SMALL, LARGE), [1, 2, 1, 2]), ((SMALL,), [4, 4, 4, 4]):
            weights = scale * rng.uniform(0.3, 0.5, 4) * factors
            batches.append((*draw(rng, 4, 1, *kinds), np.float32(weights).reshape(shape)))
        seen[name] = results(metric, *batches)
    return seen


@check("numerics", points=1)
def weights_with_several_outputs(HuberMetric, rng):
    """a weight of either shape counts for all outputs of its sample; no weight is weight 1"""
    weights = rng.uniform(0.5, 1.5, 3).astype("float32") * np.float32([1, 4, 1])
    # As many samples as outputs: weights for the wrong axis would raise nothing.
    pair, other = draw(rng, 3, 3, SMALL, LARGE), draw(rng, 2, 3, LARGE)
    flat, column = (*pair, weights), (*pair, weights[:, np.newaxis])
    return {
        "(batch,), then none": results(HuberMetric(threshold=2.0), flat, other),
        "(batch, 1), then none": results(HuberMetric(threshold=2.0), column, other),
        "none, then (batch,)": results(HuberMetric(threshold=2.0), other, flat),
    }


@check("gradients", points=2)
def slope_of_one_update(HuberMetric, rng):
    """the gradient of one update in a prediction is its clipped error over the number of samples"""
    true, pred = draw(rng, 9, 1, SMALL, MIDDLE, LARGE)
    seen = {}
    for threshold in 0.5, 2.0:
        metric = HuberMetric(threshold=threshold)
        slope = gradient(lambda pred: after_one_update(metric, true, pred), pred)  # noqa: B023
        if not tf.is_tensor(slope):
            slope = why_no_gradient(metric) or slope
        seen[f"threshold {threshold}"] = slope
    return seen


@check("gradients", points=1)
def finite_slope_at_zero_error(HuberMetric):
    """the gradient is finite where a prediction is exactly right"""
    true = np.float32([[1], [2], [4], [3]])
    pred = true + np.float32([[0], [3], [0], [-0.25]])
    return no_numbers(HuberMetric, true, pred, np.ones(4, "float32"))


@check("gradients", points=1)
def finite_slope_without_weight(HuberMetric):
    """the gradient is finite where all weights are zero"""
    true = np.float32([[1], [2], [4], [3]])
    pred = true + np.float32([[-0.5], [3], [-4], [0.25]])
    return no_numbers(HuberMetric, true, pred, np.zeros(4, "float32"))


@check("gradients", points=1)
def nothing_to_train(HuberMetric):
    """a gradient tape around a step of training finds nothing to train in the metric"""
    true, inputs = np.float32([[1], [2], [4]]), np.float32([[1], [3], [-2]])
    metric, weight = HuberMetric(threshold=2.0), tf.Variable(0.5)
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


def results_of_batches(metric, rng):
    return results(metric, *(draw(rng, 3, 1, kind) for kind in (LARGE, SMALL)))


def against_a_new_one(metric, rng):
    batches = [draw(rng, 3, 1, kind) for kind in (LARGE, SMALL)]
    # The second is made by the submission's class, here in the same process.
    return change_ratio(results(metric, *batches), results(type(metric)(threshold=SAVED), *batches))


def its_name(metric):
    return metric.name


def its_dtype(metric):
    return metric.dtype


@check("serialization", points=2)
def threshold_survives(HuberMetric):
    """saved and loaded in a new process, it behaves like a new metric of the same threshold"""
    metric = HuberMetric(threshold=SAVED)
    ratio = reloaded(metric, use=against_a_new_one)
    twice = [reloaded(metric, use=results_of_batches) for _ in range(2)]  # of different batches
    return either(twice, {"changes of its results, over those of a new one": ratio})


@check("serialization", points=1)
def name_survives(HuberMetric):
    """a name that was given survives saving and loading, and without one it is huber_metric"""
    loaded = reloaded(HuberMetric(threshold=0.5, name="mine"), use=its_name)
    return {"given": loaded, "not given": [HuberMetric().name, HuberMetric().name]}


@check("serialization", points=1)
def dtype_survives(HuberMetric):
    """a `dtype` that was given reaches Keras, and survives saving and loading"""
    metric = HuberMetric(threshold=0.5, dtype="float64")
    return {"made": metric.dtype, "loaded": reloaded(metric, use=its_dtype)}


def stream_of(seed):
    """Batches that are the same in every process."""
    rng = np.random.default_rng(seed)
    return [draw(rng, 5, 1, LARGE), draw(rng, 2, 1, SMALL), draw(rng, 4, 1, SMALL, LARGE)]


def results_of_graph(f, rng):
    batches = [draw(rng, size, 1, kind) for size, kind in ((5, LARGE), (2, SMALL), (3, SMALL))]
    return [f(*map(tf.constant, batch))[0] for batch in batches]


def against_direct_calls(f):
    answers = [f(*map(tf.constant, batch)) for batch in stream_of(1)]
    ratio = change_ratio([graph for graph, _ in answers], answers[0][1])
    return {"changes of its results, over those of direct calls": ratio}


@check("graph", points=1)
def one_trace_for_all_batches(HuberMetric):
    """traced once for batches of any size, the graph alone streams as direct calls do"""
    direct = results(HuberMetric(threshold=2.0), *stream_of(1))
    metric = HuberMetric(threshold=2.0)

    def step(true, pred):
        metric.update_state(true, pred)
        return tf.convert_to_tensor(metric.result()), tf.constant(np.array(direct, "float32"))

    def ask(use):
        return in_graph(step, (None, 1), (None, 1), use=use)

    # Each graph that is loaded begins anew, and draws batches of its own.
    twice = [ask(results_of_graph) for _ in range(2)]
    return either(twice, ask(against_direct_calls))


def echo(**compiled):
    """A compiled model that predicts its inputs and never learns."""
    dense = keras.layers.Dense(2, kernel_initializer="identity", use_bias=False)
    model = keras.Sequential([keras.Input((2,)), dense])
    model.compile(keras.optimizers.SGD(0.0), "mse", jit_compile=False, **compiled)
    return model


def directly(metric, true, pred, *weights):
    """The result of direct calls with batches of 3, after a reset."""
    metric.reset_state()
    batches = [[array[i : i + 3] for array in (true, pred, *weights)] for i in (0, 3)]
    return results(metric, *batches)[-1]


def only_metric(logs):
    return next(value for name, value in logs.items() if name != "loss")


@check("graph", points=1)
def each_fit_begins_anew(HuberMetric, rng):
    """in `fit`, called twice, it reports of each what direct calls do with the same batches"""
    model, metric = echo(metrics=[HuberMetric(threshold=2.0)]), HuberMetric(threshold=2.0)
    seen, direct = [], []
    for kind in SMALL, LARGE:
        true, pred = draw(rng, 5, 2, kind)
        history = model.fit(pred, true, batch_size=3, shuffle=False, verbose=0).history
        seen.append(only_metric(history)[0])
        direct.append(directly(metric, true, pred))
    return {"change of its results, over that of direct calls": change_ratio(seen, direct)}


@check("graph", points=1)
def weighted_evaluate(HuberMetric, rng):
    """in `evaluate` with weights it reports what direct calls do with the same batches"""
    seen, direct = [], []
    for kind in SMALL, LARGE:
        model = echo(weighted_metrics=[HuberMetric(threshold=2.0)])
        metric = HuberMetric(threshold=2.0)
        true, pred = draw(rng, 5, 2, kind)
        weights = rng.uniform(0.5, 2, 5).astype("float32")
        logs = model.evaluate(pred, true, 3, verbose=0, sample_weight=weights, return_dict=True)
        seen.append(only_metric(logs))
        direct.append(directly(metric, true, pred, weights))
    return {"change of its results, over that of direct calls": change_ratio(seen, direct)}


@check("graph", points=1)
def variables_hold_the_state(HuberMetric, rng):
    """its variables hold all of its state: copied to a second metric, they carry the result over"""
    first, second = HuberMetric(threshold=2.0), HuberMetric(threshold=2.0)
    seen, direct, before = [], [], len(first.variables)
    for kind in LARGE, SMALL:
        direct += results(first, draw(rng, 3, 2, kind))
        for mine, other in zip(first.variables, second.variables, strict=False):
            other.assign(mine)
        seen.append(np.array(second.result()))
    fresh = [HuberMetric(threshold=2.0) for _ in range(2)]
    alike = [results(metric, draw(rng, 3, 2, LARGE)) for metric in fresh]
    return {
        "change of its result, over that of the first": change_ratio(seen, direct),
        "the same for all batches": bool(alike[0] == alike[1]),
        "all variables are there from the start": before == len(first.variables),
    }
