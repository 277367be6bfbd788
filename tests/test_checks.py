"""The words that authors write checks with."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from autograder.checks import (
    compiled,
    gradient,
    holding,
    in_graph,
    moves,
    once,
    ratio,
    reloaded,
)
from autograder.grading.grader import Grader
from autograder.grading.reference import GraderError
from autograder.grading.seeds import Seeds
from autograder.records.exercises import Exercise
from autograder.records.observations import Thing
from autograder.records.submissions import Submission

NAN, INF = float("nan"), float("inf")
WRONG_FORMULA = """
class Scale(Scale):
    def call(self, inputs):
        return inputs + self.factor
"""
IGNORES_ITS_INPUTS = """
class Scale(Scale):
    def call(self, inputs):
        return tf.zeros_like(inputs) + self.factor
"""
FORGETS_THE_FACTOR = """
class Scale(Scale):
    def get_config(self):
        return keras.layers.Layer.get_config(self)
"""
ANOTHER_GRAPH = """
class Scale(Scale):
    def call(self, inputs):
        return self.factor * inputs if tf.executing_eagerly() else 5 * inputs
"""
SHAPE_OF_THE_TRACE = """
class Scale(Scale):
    def call(self, inputs):
        return tf.tile(inputs[:1], (inputs.shape[0], 1))
"""
DROPS_THE_NAME = """
class Scale(Scale):
    def __init__(self, factor=1.0, name=None, **kwargs):
        super().__init__(factor, **kwargs)
"""
FLOAT32_ONLY = """
class Scale(Scale):
    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "dtype": "float32"})
"""


@pytest.fixture
def ask(course, worker):
    """Ask a submission checks of the toy exercise; return what became of each."""
    folder = course / "solutions" / "scale"

    def ask(checks, change=""):
        head = (
            "import keras\nimport numpy as np\nimport tensorflow as tf\n"
            "from autograder.checks import *\n"
            "X = np.array([[1.0, -2.0], [0.5, 4.0]], 'float32')\n"
        )
        (folder / "checks.py").write_text(head + checks)
        exercise = Exercise(folder)
        grader = Grader(worker, exercise, Seeds.same(3))
        grader.hints.patient = False
        source = f"{exercise.reference}\n\n{change}"
        result = grader.grade(Submission("it", "it.py", False, (source,)))
        return {check.name: check.message or check.status for check in result.checks}

    return ask


@pytest.mark.parametrize(
    ("seen", "own", "expected"),
    [
        (3.0, 3.0, 1.0),
        (6.0, 3.0, 2.0),
        (6.0, -3.0, -2.0),
        ([2.0, 9.0], [4.0, 3.0], [0.5, 3.0]),
        (np.zeros((2, 2)), np.eye(2), [[0, 1], [1, 0]]),
        # Of each array in a list, the worst counts.
        ([np.ones((2, 3)), np.ones(4)], [np.ones((2, 3)), np.float32([1, 1, 2, 1])], [1, 0.5]),
        ([np.array([1.0, NAN, 9.0]), np.zeros((0, 2))], [np.ones(3), np.zeros((0, 2))], [NAN, 1]),
        # Rounding next to zero is no difference, and a difference next to zero is one.
        ([1e-9, 1.0], [0.0, 1.0], [1 + 1e-7, 1.0]),
        ([0.1, 1.0], [0.0, 1.0], [11.0, 1.0]),
        # What says nothing is no agreement.
        ([0.0, 0.0], [0.0, 0.0], [NAN, NAN]),
        (NAN, NAN, NAN),
        (INF, INF, NAN),
        (None, None, NAN),
        ([1.0, INF], [INF, 1.0], [NAN, NAN]),
        ([], [], []),
    ],
)
def test_a_ratio_is_one_where_answers_agree_and_say_something(seen, own, expected):
    np.testing.assert_allclose(ratio(seen, own), expected)
    assert np.shape(ratio(seen, own)) == np.shape(expected)


@pytest.mark.parametrize(
    ("seen", "own"),
    [
        (np.ones(3), np.ones((3, 1))),
        (1.0, np.ones(3)),
        ([np.ones(2), np.ones(1)], [np.ones(1), np.ones(2)]),
        ([1.0], [1.0, 1.0]),
        ([], [1.0]),
    ],
)
def test_answers_of_other_shapes_have_no_ratio(seen, own):
    assert "shape" in ratio(seen, own).kind


def test_a_ratio_hands_on_why_there_is_no_answer():
    assert ratio(Thing("no gradient"), 1.0) == Thing("no gradient")
    assert ratio([1.0, 1.0], [1.0, Thing("no gradient")]) == Thing("no gradient")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([1.0, 1.0, 2.0], True),
        ([np.ones(2), np.float32([1, 1.01])], True),
        ([np.ones(2), np.ones(3)], True),
        ([1.0, 1.0], False),
        ([1.0, 1.00000001], False),
        ([np.zeros(2), np.full(2, 1e-9)], False),
        ([1.0, NAN], False),
        ([INF, 1.0], False),
        ([1.0], False),
    ],
)
def test_what_moves_has_other_answers_for_other_inputs(answers, expected):
    assert moves(answers) is expected


def test_a_gradient_of_variables_reaches_those_that_are_not_trained():
    kernel = keras.Variable([[2.0]], trainable=False)
    bias, unused = tf.Variable([1.0]), tf.Variable(1.0)
    to_kernel, to_bias, none = gradient(
        lambda x: x @ kernel + bias, np.float32([[3], [4]]), of=[kernel, bias, unused]
    )
    assert (float(to_kernel[0, 0]), float(to_bias[0])) == (7.0, 2.0)
    assert none == Thing("no gradient (nothing flows back to the variable)")
    assert gradient(lambda: 5 * bias, of=[bias], upstream=[2.0]).numpy() == [10.0]
    assert gradient(lambda: 5 * bias, of=[]) == []


def test_what_is_no_tensor_has_no_gradient_in_any_variable():
    variables = tf.Variable(1.0), tf.Variable(2.0)
    found = gradient(lambda: 1.0, of=variables)
    assert found == 2 * [Thing("no gradient (the result is a float, not a tensor)")]


def test_a_compiled_model_predicts_its_inputs_until_it_is_trained():
    inputs = np.float32([[1, 2], [3, 5]])
    model = compiled(2, loss="mse")
    np.testing.assert_array_equal(model(inputs), inputs)
    model.train_on_batch(inputs, inputs + 1)
    assert (np.asarray(model(inputs)) != inputs).all()
    still = compiled(2, loss="mse", optimizer=keras.optimizers.SGD(0.0))
    still.train_on_batch(inputs, inputs + 1)
    np.testing.assert_array_equal(still(inputs), inputs)


# Keras saves its variables so that NumPy warns.
by_keras = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


class NotTraced(keras.layers.Layer):
    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1],))

    def call(self, inputs):
        raise AssertionError("it was called")


class Inner(keras.layers.Layer):
    """Builds its own layer in its first call."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = keras.layers.Dense(2)

    def call(self, inputs):
        return self.dense(inputs)


@by_keras
@pytest.mark.filterwarnings("ignore:.*does not have a `build:UserWarning")
@pytest.mark.parametrize(
    "layers", [[Inner()], [keras.layers.Dense(3)], [keras.layers.Dense(3), Inner()]]
)
def test_a_model_that_holds_layers_is_loaded_with_their_weights(layers, tmp_path):
    inputs, model = np.ones((1, 2), "float32"), holding(*layers)
    assert model.layer is layers[0]
    answer = np.asarray(model(inputs))
    loaded = saved_and_loaded(model, tmp_path)
    assert len(loaded.weights) == 2 * len(layers)
    np.testing.assert_array_equal(loaded(inputs), answer)


@by_keras
def test_a_held_layer_with_a_build_is_not_traced(tmp_path):
    model = holding(NotTraced())
    model.build((None, 2))
    loaded = saved_and_loaded(model, tmp_path)
    np.testing.assert_array_equal(*(np.asarray(one.layer.kernel) for one in (model, loaded)))


def saved_and_loaded(model, folder):
    path = folder / "saved.keras"
    model.save(path)
    custom = {"NotTraced": NotTraced, "Inner": Inner}
    return keras.saving.load_model(path, custom_objects=custom)


BESIDE = """
def difference(layer, direct, rng):
    other = layer(rng.normal(size=(2, 2)))
    same = ratio(layer(X), direct["answer"])
    return {"ratio": same, "sizes": direct["sizes"], "of": list(other.shape)}

def of_graph(graph, direct):
    return ratio(graph(tf.constant(X)), direct)

@check("serialization", points=1)
def loaded(Scale):
    "a loaded layer answers what it did"
    layer = Scale(3.0)
    return reloaded(layer, use=difference, beside={"answer": layer(X), "sizes": [1, "two"]})

@check("graph", points=1)
def graph(Scale):
    "a graph answers what the layer does"
    layer = Scale(3.0)
    return {how.__name__: how(layer, (None, 2), use=of_graph, beside=layer(X))
            for how in (in_graph, exported)}
"""


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ("", []),
        (WRONG_FORMULA, []),
        (FORGETS_THE_FACTOR, ["loaded"]),
        (ANOTHER_GRAPH, ["graph"]),
    ],
)
def test_direct_answers_travel_beside_a_question(ask, change, wrong):
    assert [name for name, message in ask(BESIDE, change).items() if message != "passed"] == wrong


AGAIN = """
def answer(layer, direct=None):
    return {"of": layer(X), "beside": direct is not None}

@once
def saved(Scale):
    count.append(1)
    return reloaded(Scale(3.0), use=answer)

count = []

@check("serialization", points=1)
def first(Scale):
    "the first question"
    return saved(Scale)

@check("serialization", points=1)
def second(Scale):
    "another question of the same file"
    return {"asked": again(saved(Scale), use=answer, beside=1.0), "files": len(count)}
"""


@pytest.mark.parametrize(
    ("change", "second"),
    [("", "passed"), (FORGETS_THE_FACTOR, "asked: of: 4 of 4 values differ")],
)
def test_checks_share_a_file(ask, change, second):
    found = ask(AGAIN, change)
    assert (found["first"] == "passed") is (second == "passed")
    assert found["second"].startswith(second)


def test_what_is_made_once_is_made_anew_after_it_was_raised():
    made = []

    @once
    def make(f):
        made.append(f)
        if len(made) == 1:
            raise ValueError
        return len(made)

    unhashable = []
    with pytest.raises(ValueError, match=None):
        make(unhashable)
    assert [make(unhashable), make(unhashable), make([])] == [2, 2, 3]


SURVIVES = """
@check("serialization", points=1)
@survives("name", "dtype")
def name_and_dtype(Scale):
    "they survive"
    return [Scale(2.0, name="mine_7", dtype="float64"), Scale(3.0)]
"""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("", "passed"),
        (WRONG_FORMULA, "passed"),
        (DROPS_THE_NAME, "made: answer 1 of 2: name: expected 'mine', got 'scale'"),
        (FLOAT32_ONLY, "loaded: answer 1 of 2: dtype: expected 'float64', got 'float32'"),
    ],
)
def test_attributes_survive_as_they_were_made(ask, change, expected):
    assert ask(SURVIVES, change) == {"name_and_dtype": expected}


ONE_GRAPH = """
def draw(rng):
    return [rng.normal(size=(5, 2)).astype("float32")]

@check("numerics", points=1)
def multiplies(Scale, rng):
    "it multiplies"
    return Scale(3.0)(*draw(rng))

@check("graph", points=1)
@one_graph((None, 2), draw=draw)
def batches_of_any_size(Scale, rng):
    "one graph for all"
    return Scale(float(rng.uniform(2, 4)))
"""


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ("", []),
        (WRONG_FORMULA, ["multiplies"]),
        (ANOTHER_GRAPH, ["batches_of_any_size"]),
        (IGNORES_ITS_INPUTS, ["multiplies", "batches_of_any_size"]),
        (SHAPE_OF_THE_TRACE, ["multiplies", "batches_of_any_size"]),
    ],
)
def test_one_graph_must_answer_what_direct_calls_do(ask, change, lost):
    """A wrong formula costs its points once; what ignores its inputs agrees with nobody."""
    found = ask(ONE_GRAPH, change)
    assert [name for name, message in found.items() if message != "passed"] == lost


def test_a_decorated_check_stays_the_authors(ask):
    source = ONE_GRAPH + SURVIVES
    assert list(ask(source)) == ["multiplies", "name_and_dtype", "batches_of_any_size"]
    with pytest.raises(GraderError, match="a docstring is missing"):
        ask(SURVIVES.replace('"they survive"', ""))
    with pytest.raises(GraderError, match="dimension must be one of"):
        ask(ONE_GRAPH.replace('"graph"', '"graphs"'))


def test_a_function_that_no_other_process_finds_is_refused():
    def use(graph):
        return graph

    layer = keras.layers.ReLU()
    with pytest.raises(TypeError, match="must be a function of the checks module"):
        reloaded(layer, use=use)
    with pytest.raises(TypeError, match="must be a function of the checks module"):
        in_graph(layer, (None, 2), use=lambda graph: graph)
