"""Exceptions as the installed TensorFlow and Keras raise them, and what is said about them."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.keras import losses as old_losses

from autograder.records import raised
from autograder.sandbox.loading import explain

ROWS = tf.TensorSpec([None, 2])
ROW = tf.TensorSpec([None])
NUMBER = tf.TensorSpec([])


def traced(f, *specs, autograph=False):
    return tf.function(f, autograph=autograph).get_concrete_function(*specs)


def rows_in_an_array(size):
    return lambda x: tf.TensorArray(x.dtype, size=size(x)).write(0, x[0]).write(1, x[1]).stack()


def a_class(base, **methods):
    for name, method in methods.items():
        method.__qualname__ = f"Mine.{name}"  # which exceptions name
    return type("Mine", (base,), methods)


def layer(**methods):
    return a_class(keras.layers.Layer, **methods)


def again(made):
    """Save an object as a configuration, and make it anew."""
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(made)))
    return keras.saving.deserialize_keras_object(config, custom_objects={"Mine": type(made)})


def takes_no_more(self, units=3):
    keras.layers.Layer.__init__(self)


def takes_more(self, units, **kwargs):
    keras.layers.Layer.__init__(self, **kwargs)


def with_config(change):
    def get_config(self):
        config = keras.layers.Layer.get_config(self)
        return change(config)

    return get_config


def old_loss(reduction=None):
    loss = a_class(old_losses.Loss, call=lambda self, true, pred: true - pred)
    return loss(reduction=reduction)


def grows(x):
    found = x[:1]
    for _ in tf.range(3):
        found = tf.concat([found, found[:1]], 0)
    return found


def falls(n):
    return n if n == 0 else falls(n - 1)


def kept(x):
    made = []
    tf.function(lambda y: made.append(2 * y), autograph=False)(x)
    return made[0] + 1


def saved_with_a_tensor_of_another_graph(folder):
    made = []
    module = tf.Module()
    module.f = tf.function(lambda x: x + made[0], input_signature=[NUMBER], autograph=False)

    def outer(x):
        made.append(2 * x)
        module.f.get_concrete_function()
        return x

    traced(outer, NUMBER)
    tf.saved_model.save(module, folder)


def item_assigned(x):
    x[0] = 1.0


def calls_back(folder):
    module = tf.Module()
    module.f = tf.function(
        lambda x: tf.numpy_function(np.abs, [x], tf.float32), input_signature=[NUMBER]
    )
    tf.saved_model.save(module, folder)
    module.f = None
    from tensorflow.python.ops import script_ops

    script_ops._py_funcs._funcs.clear()
    tf.saved_model.load(folder).f(1.0)


def slope_of_an_update(x):
    return tf.gradients(keras.ops.slice_update(x, (0,), x[:1]), x)


def two_of_one_name():
    inputs = keras.Input((3,))
    layers = [keras.layers.Dense(3, name="same") for _ in range(2)]
    keras.Model(inputs, layers[1](layers[0](inputs)))


LINE = "line 7: code"
# Kind, the student's line, and what raises it.
RAISED = [
    ("old keras", "", lambda _: old_loss()(tf.ones(3), tf.ones(3))),
    ("no layer", LINE, lambda _: keras.Sequential([tf.Module()])),
    ("size", LINE, lambda _: traced(lambda x: [x for _ in range(x.shape[0])], ROW)),
    ("size of rows", LINE, lambda _: traced(tf.unstack, ROWS)),
    ("shape", LINE, lambda _: traced(lambda x: tf.zeros(x.shape), ROWS)),
    ("shape", LINE, lambda _: traced(lambda x: tf.broadcast_to(1.0, x.shape), ROWS)),
    ("shape with None", LINE, lambda _: traced(lambda x: tf.reshape(x, (x.shape[0], 1)), ROWS)),
    ("size for a tensor", LINE, lambda _: traced(lambda x: tf.ones((x.shape[0], 3)), ROWS)),
    ("length", LINE, lambda _: traced(len, ROWS)),
    ("size for NumPy", LINE, lambda _: traced(lambda x: np.zeros(x.shape[0]), ROWS)),
    ("computed size", "line 3: x.shape[0] - 1", lambda _: traced(lambda x: x.shape[0] - 1, ROWS)),
    ("compared size", "line 3: x.shape[0] > 1", lambda _: traced(lambda x: x.shape[0] > 1, ROWS)),
    ("size as number", "line 3: x.shape[0]", lambda _: traced(lambda x: float(x.shape[0]), ROWS)),
    ("size as tensor", "line 3: x.shape[0]", lambda _: traced(lambda x: x / x.shape[0], ROWS)),
    ("size of a weight", LINE, lambda _: keras.layers.Layer().add_weight(shape=(None, 3))),
    ("size of an array", LINE, lambda _: traced(rows_in_an_array(lambda x: x.shape[0]), ROWS)),
    ("size of an array", LINE, lambda _: tf.TensorArray(tf.float32).write(0, 1.0)),
    ("too small an array", LINE, lambda _: rows_in_an_array(lambda x: 1)(tf.ones((2, 2)))),
    (
        "too small an array",
        LINE,
        lambda _: tf.function(rows_in_an_array(lambda x: 1))(tf.ones((2, 2))),
    ),
    ("method of NumPy", LINE, lambda _: traced(lambda x: x.numpy(), ROW)),
    ("method of NumPy", LINE, lambda _: traced(lambda x: x.tolist(), ROW)),
    ("NumPy", LINE, lambda _: traced(lambda x: np.abs(x), ROW)),
    ("numpy()", LINE, lambda _: traced(lambda x: keras.Variable(1.0).value.numpy() + x, ROW)),
    ("number", LINE, lambda _: traced(lambda x: float(x), NUMBER)),
    ("number", LINE, lambda _: traced(lambda x: int(x), NUMBER)),
    ("list index", LINE, lambda _: traced(lambda n: [1, 2][n], tf.TensorSpec([], tf.int32))),
    ("branch", LINE, lambda _: traced(lambda x: 1 if x > 0 else 0, NUMBER)),
    ("branch for many", LINE, lambda _: bool(tf.ones(2) > 0)),
    ("loop", LINE, lambda _: traced(list, ROWS)),
    ("item assignment", LINE, lambda _: item_assigned(tf.ones(2))),
    ("item assignment", LINE, lambda _: traced(item_assigned, ROW)),
    ("variable in a graph", LINE, lambda _: tf.function(lambda x: tf.Variable(x) + 0)(1.0)),
    (
        "late state",
        LINE,
        lambda _: layer(call=lambda self, x: self.add_weight(shape=()) + x)()(tf.ones((2, 3))),
    ),
    ("tensor of another graph", LINE, lambda _: kept(tf.ones(2))),
    ("captured tensor", "", lambda folder: saved_with_a_tensor_of_another_graph(folder)),
    ("growing tensor", LINE, lambda _: traced(grows, tf.TensorSpec([2]), autograph=True)),
    ("recursion", LINE, lambda _: traced(falls, NUMBER, autograph=True)),
    ("argument of Keras", "", lambda _: again(layer(__init__=takes_no_more)())),
    ("argument of Keras", "", lambda _: layer(__init__=takes_no_more)(dtype="float64")),
    (
        "unexpected argument",
        "",
        lambda _: again(
            layer(__init__=takes_no_more, get_config=lambda self: {"unit": 3})(),
        ),
    ),
    ("unexpected argument", LINE, lambda _: keras.losses.Loss(delta=3)),
    ("misspelt argument", LINE, lambda _: keras.layers.Dense(3, kernel_initalizer="zeros")),
    (
        "missing argument",
        "",
        lambda _: again(layer(__init__=takes_more, get_config=with_config(dict))(3)),
    ),
    ("missing argument", "", lambda _: layer(__init__=takes_more)()),
    (
        "weights by name",
        "",
        lambda _: a_class(keras.losses.Loss, __call__=lambda self, true, pred: pred)()(
            1.0, 2.0, sample_weight=3.0
        ),
    ),
    (
        "dictionary by position",
        LINE,
        lambda _: layer(__init__=lambda self, **kw: keras.layers.Layer.__init__(self, kw))(),
    ),
    ("super without a call", LINE, lambda _: super.__init__()),
    ("super without a call", LINE, lambda _: super.get_config()),
    ("method without a call", LINE, lambda _: {**keras.layers.Layer().get_config}),
    (
        "no constructor",
        "",
        lambda _: layer(__init__=lambda self: None, call=lambda self, x: x)()(tf.ones(2)),
    ),
    (
        "You forgot",
        LINE,
        lambda _: a_class(
            keras.metrics.Metric, __init__=lambda self: setattr(self, "n", self.add_weight(()))
        )(),
    ),
    (
        "nothing of Keras",
        "",
        lambda _: a_class(keras.losses.Loss, __init__=lambda self: None)()(1.0, 2.0),
    ),
    ("no configuration", "", lambda _: again(layer(get_config=with_config(lambda one: None))())),
    (
        "configuration of itself",
        "line 3: return {**self.get_config(), 'a': 1}",
        lambda _: again(layer(get_config=lambda self: {**self.get_config()})()),
    ),
    (
        "configuration missing",
        "",
        lambda _: again(layer(__init__=takes_more)(tf.ones)),
    ),
    (
        "function not found",
        "",
        lambda _: keras.saving.deserialize_keras_object(
            {"module": "builtins", "class_name": "function", "config": "bend"}
        ),
    ),
    ("dtypes", LINE, lambda _: tf.constant(1.0) * tf.constant(2)),
    ("dtypes in a graph", LINE, lambda _: traced(lambda x: x * tf.constant(2), ROW)),
    ("dtypes of both", LINE, lambda _: traced(lambda x: x / tf.shape(x)[0], ROW)),
    ("dtype of a variable", LINE, lambda _: tf.Variable(1.0).assign_add(tf.constant(1))),
    (
        "shape as a list",
        LINE,
        lambda _: layer(
            compute_output_shape=lambda self, shape: shape.as_list(), call=lambda self, x: x
        )()(keras.Input((3,))),
    ),
    ("name first", LINE, lambda _: keras.metrics.Mean().add_weight("n", initializer="zeros")),
    ("name by position", LINE, lambda _: keras.layers.Layer().add_weight("w", shape=(3,))),
    (
        "name or shape",
        LINE,
        lambda _: keras.metrics.Mean().add_weight("n", (), initializer="zeros"),
    ),
    ("no start value", "line 3: add_weight(())", lambda _: keras.metrics.Mean().add_weight(())),
    ("nothing returned", "", lambda _: tf.convert_to_tensor(None)),
    ("None returned", "", lambda _: traced(lambda x: x + None, ROW)),
    ("None unpacked", "", lambda _: tf.custom_gradient(lambda x: None)(tf.ones(2))),
    ("no call", "", lambda _: layer()()(tf.ones((2, 3)))),
    ("reserved name", LINE, lambda _: setattr(keras.layers.Layer(), "losses", [])),
    ("reserved name", LINE, lambda _: setattr(layer_model(), "layers", [])),
    ("one name for all", "", lambda _: two_of_one_name()),
    (
        "signature",
        "",
        lambda _: tf.function(lambda x: x, input_signature=[ROW])(tf.ones((2, 2))),
    ),
    ("not decorated", "", lambda _: falls.get_concrete_function()),
    (
        "compiled",
        "",
        lambda _: tf.function(tf.strings.as_string, jit_compile=True)(tf.ones(2)),
    ),
    ("callback", "", lambda folder: calls_back(folder)),
    ("no gradient", "", lambda _: traced(slope_of_an_update, ROW)),
]


def layer_model():
    return a_class(keras.Model)()


@pytest.mark.parametrize(("kind", "place", "raises"), RAISED, ids=[one[0] for one in RAISED])
@pytest.mark.filterwarnings("ignore")
def test_an_exception_of_the_installed_keras_is_known(kind, place, raises, tmp_path):
    with pytest.raises(Exception) as caught:  # noqa: PT011
        raises(str(tmp_path / "saved"))
    told = explain(caught.value, None)
    message = f"{told['type']}: {told['message']}"
    assert raised.kind_of(message, place) == kind, message
    assert raised.hint(message, place)


def message_of(raises, *args):
    with pytest.raises(Exception) as caught:  # noqa: PT011
        raises(*args)
    return explain(caught.value, None)["message"]


def test_every_kind_has_an_example():
    assert [kind.name for kind in raised.KINDS] == list(
        dict.fromkeys(kind.name for kind in raised.KINDS)
    )
    examples = {kind for kind, _, _ in RAISED} | {"tensor in a configuration"}
    assert {kind.name for kind in raised.KINDS} == examples


def test_a_dictionary_in_place_of_a_tensor_is_known_once_something_is_loaded():
    def keeps(self, factor=1.0, **kwargs):
        keras.layers.Layer.__init__(self, **kwargs)
        self.factor = factor

    tensor = with_config(lambda config: {**config, "factor": tf.constant(3.0)})
    loaded = again(layer(__init__=keeps, get_config=tensor)())
    message = f"TypeError: {message_of(lambda: loaded.factor / 2)}"
    assert raised.kind_of(message, LINE) == ""
    loaded_anew = f"loaded in a new process: {message}"
    assert raised.kind_of(loaded_anew, LINE) == "tensor in a configuration"


@pytest.mark.filterwarnings("ignore")
def test_the_reason_comes_first_when_keras_cannot_load_something():
    inner = layer(__init__=takes_no_more)
    model = keras.Sequential([keras.Input((2,)), inner()])
    config = keras.saving.serialize_keras_object(model)
    message = message_of(keras.saving.deserialize_keras_object, config, {"Mine": inner})
    assert message == (
        "Mine.__init__() got an unexpected keyword argument 'trainable' "
        "(when Keras made `Mine` from its configuration)"
    )


def test_no_advice_of_tensorflow_leads_away_from_graphs():
    for raises in (list, lambda x: 1 if x > 0 else 0):
        message = message_of(traced, raises, ROWS)
        assert message.endswith("is not allowed.")
        assert "eager" not in message.lower()


def test_the_numbers_of_a_call_are_left_out():
    f = tf.function(lambda x: x, input_signature=[ROW])
    message = message_of(f, tf.constant([[1.25, 2.5]]))
    assert "Can not cast TensorSpec(shape=(1, 2)" in message
    assert "1.25" not in message


def test_shapes_stay_in_a_message_and_nodes_do_not():
    message = message_of(traced, lambda x: x + tf.ones((3, 3)), tf.TensorSpec([2, 2]))
    assert message == "Dimensions must be equal, but are 2 and 3 with input shapes: [2,2], [3,3]."


def test_an_ordinary_message_stays_as_it_is():
    said = "two lines,\n    the second indented\nSee name: and (Exception) encountered"
    assert raised.readable(said) == said


@pytest.mark.parametrize(
    ("message", "place"),
    [
        (
            "OperatorNotAllowedInGraphError: Iterating over a symbolic `tf.Tensor` is not allowed",
            "",
        ),
        ("TypeError: unsupported operand type(s) for -: 'NoneType' and 'int'", "line 3: a - 1"),
        ("ValueError: None values not supported.", "line 3: tf.constant(self.start)"),
        ("AttributeError: 'HuberLoss' object has no attribute 'name'", "line 3: self.name"),
        ("AttributeError: 'function' object has no attribute 'name'", ""),
        ("ValueError: too many values to unpack (expected 2)", "line 3: a, b = c"),
        # `keras.Input(shape=5)`: the number is no name.
        ("ValueError: Cannot convert '5' to a shape.", LINE),
    ],
)
def test_what_may_have_another_reason_gets_no_hint(message, place):
    assert raised.hint(message, place) == ""


def test_a_hint_names_what_the_message_names():
    message = "TypeError: Mine.__init__() got an unexpected keyword argument 'dtype'"
    assert raised.hint(message).startswith("The constructor does not take `dtype`.")


class Repeats(keras.layers.Layer):
    def call(self, inputs):
        return tf.tile(inputs, (inputs.shape[0], 1))


def test_keras_tells_why_it_cannot_infer_a_shape():
    message = message_of(Repeats(), keras.Input((3,)))
    assert message == "Failed to convert elements of (None, 1) to Tensor."


def test_autograph_tells_what_was_raised_inside_of_what_it_wrapped():
    @tf.autograph.experimental.do_not_convert
    def decides(x):
        return 1 if x > 0 else 0

    @tf.function
    def inner(x):
        return decides(x)

    @tf.function
    def outer(x):
        return inner(x)

    assert message_of(outer, tf.ones(2)) == (
        "Using a symbolic `tf.Tensor` as a Python `bool` is not allowed."
    )


def test_saving_tells_what_the_gradient_raised(tmp_path):
    @tf.custom_gradient
    def bent(x):
        return tf.exp(x), lambda upstream: upstream * x.numpy()

    module = tf.Module()
    module.f = tf.function(lambda x: bent(x), input_signature=[ROW])
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=True)

    def save():
        tf.saved_model.save(module, str(tmp_path), options=options)

    assert "object has no attribute 'numpy'" in message_of(save)
