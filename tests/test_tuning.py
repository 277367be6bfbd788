"""What makes children cheaper must not change what they compute."""

import numpy as np
import pytest

from autograder.grading.grader import Grader
from autograder.grading.interview import Seeds
from autograder.grading.processes import Worker
from autograder.records.submissions import Submission

DRAWS = """
import random

import keras
import numpy as np
import tensorflow as tf

from autograder.checks import check


def draw():
    kinds = tf.random.uniform((2,)), keras.random.uniform((2,)), np.random.uniform(size=2)
    return {"drawn": np.ravel(kinds), "by Python": random.random()}


@check("numerics", points=1)
def first():
    "first"
    return draw()


@check("numerics", points=1)
def second():
    "second"
    return draw()
"""

COMPILED = """
import keras
import numpy as np
import tensorflow as tf

from autograder.checks import check


class Model(keras.Model):
    def __init__(self):
        super().__init__()
        self.layers_in_turn = [keras.layers.Dense(4), keras.layers.Dense(1)]

    @{decorator}
    def call(self, inputs):
        for layer in self.layers_in_turn:
            inputs = layer(inputs)
        return inputs


@check("numerics", points=1)
def uses_its_weights():
    "it does"
    inputs = expected = np.ones((3, 2), "float32")
    model = Model()
    predicted = model(inputs)
    for layer in model.layers_in_turn:
        expected = expected @ layer.kernel.numpy()
    return predicted / expected
"""

EFFECTS = """
import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context

from autograder.checks import check
from autograder.sandbox import tuning


class Counting(keras.initializers.Ones):
    drawn = 0

    def __call__(self, *args, **kwargs):
        Counting.drawn += 1
        return super().__call__(*args, **kwargs)


class Model(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(2, kernel_initializer=Counting())

    def call(self, inputs):
        return self.dense(inputs)


@check("numerics", points=1)
def effects():
    "which speed-ups have an effect"
    options = context.context().config.graph_options.rewrite_options
    Model()(np.ones((3, 2), "float32"))
    forget, forgotten = context.pywrap_tfe.TFE_ContextClearCaches, []
    context.pywrap_tfe.TFE_ContextClearCaches = forgotten.append
    tuning.set_random_seed(1)
    context.pywrap_tfe.TFE_ContextClearCaches = forget
    return {
        "graphs run as they are": bool(options.disable_meta_optimizer),
        "values are drawn once": Counting.drawn == 1,
        "kernels are kept": not forgotten,
        "the library has the function": bool(tuning.library_function(tuning.REGISTER_KERNELS)),
    }
"""


def answers(worker, checks, *names):
    with worker.child() as child:

        def ask(**request):
            child.send(request, 30)
            return child.receive(30)

        ask(
            do="load",
            name="it",
            notebook=False,
            cells=[""],
            skip=[],
            switched_off=[],
            seconds=30,
            total=30,
            needs=[],
            resume=False,
        )
        child.receive(30)
        ask(do="prepare", source=checks)
        return [ask(do="ask", name=name, seed=1, seconds=30)["seen"] for name in names]


def test_draws_do_not_depend_on_what_was_asked_before(worker):
    first, after = answers(worker, DRAWS, "first", "second")
    (alone,) = answers(worker, DRAWS, "second")
    np.testing.assert_array_equal(after["drawn"], alone["drawn"])
    assert after["by Python"] == alone["by Python"] != first["by Python"]
    assert (first["drawn"] != after["drawn"]).all()


def test_a_model_that_builds_itself_computes_with_its_weights(worker):
    for decorator in ("tf.function", "tf.autograph.experimental.do_not_convert"):
        (ratio,) = answers(worker, COMPILED.format(decorator=decorator), "uses_its_weights")
        np.testing.assert_allclose(ratio, np.ones((3, 1)), rtol=1e-4)


@pytest.fixture(scope="module")
def plain(worker):
    """A worker with the switch on, which it finds in the grader's environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADER_PLAIN", "1")
        started = Worker(worker.limits)
    with started:
        yield started


def test_each_speed_up_has_its_effect_unless_it_is_switched_off(worker, plain):
    (effects,) = answers(worker, EFFECTS, "effects")
    assert effects == {name: True for name in effects}
    (effects,) = answers(plain, EFFECTS, "effects")
    assert [name for name, has in effects.items() if has] == ["the library has the function"]


def test_scores_are_the_same_without_any_speed_up(toy, plain, toy_exercise):
    slow = Grader(plain, toy_exercise, Seeds.same(7))
    sources = [toy_exercise.reference, *(chaff.source for chaff in toy_exercise.chaffs)]
    for source in sources:
        submission = Submission("it", "it.py", False, (source,))
        assert toy.grade(submission).checks == slow.grade(submission).checks
