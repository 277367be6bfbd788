"""What makes children cheaper must not change what they compute."""

import numpy as np

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


def answers(worker, checks, *names):
    with worker.child() as child:

        def ask(**request):
            child.send(request, 30)
            return child.receive(30)

        ask(
            do="load", name="it", notebook=False, cells=[""], skip=[], switched_off=[],
            seconds=30, total=30, needs=[], resume=False,
        )  # fmt: skip
        child.receive(30)
        ask(do="prepare", source=checks)
        return [ask(do="ask", name=name, seed=1, seconds=30)["seen"] for name in names]


def test_do_draws_not_depend_on_what_was_asked_before(worker):
    first, after = answers(worker, DRAWS, "first", "second")
    (alone,) = answers(worker, DRAWS, "second")
    np.testing.assert_array_equal(after["drawn"], alone["drawn"])
    assert after["by Python"] == alone["by Python"] != first["by Python"]
    assert (first["drawn"] != after["drawn"]).all()


def test_does_a_model_that_builds_itself_compute_with_its_weights(worker):
    for decorator in ("tf.function", "tf.autograph.experimental.do_not_convert"):
        (ratio,) = answers(worker, COMPILED.format(decorator=decorator), "uses_its_weights")
        np.testing.assert_allclose(ratio, np.ones((3, 1)), rtol=1e-4)
