"""Make children cheaper than a process that trains for hours; what they compute stays the same."""

import contextlib
import ctypes
import gc
from pathlib import Path

import keras
import tensorflow as tf
from tensorflow.python.eager import context
from tensorflow.python.framework import kernels, op_def_registry


def tune() -> None:
    """Prepare this process for forking children that live for a second."""
    # Graphs run a few times here: to optimize them takes longer than it saves.
    context.context().set_optimizer_experimental_options({"disable_meta_optimizer": True})
    keras.Variable.value = property(_value)
    _make_tables()


def _make_tables() -> None:
    """Have TensorFlow make now what it would make at the first operation of each child."""
    kernels.get_registered_kernels_for_op("AddV2")
    op_def_registry.get("none of this name")  # it makes a list of all that there are
    with contextlib.suppress(OSError, AttributeError):  # another platform, another version
        library = ctypes.CDLL(str(Path(tf.__file__).with_name("libtensorflow_cc.so.2")))
        library._ZN10tensorflow13XlaOpRegistry26RegisterCompilationKernelsEv()


_exact_value = keras.Variable.value.fget


def _value(variable):
    """Return a variable's value, or what stands for it where Keras looks for shapes alone.

    Before a model without `build` has variables, Keras calls it in a scratch graph that never
    runs, and there draws the first values of every variable, each time it is used.
    """
    graph = tf.compat.v1.get_default_graph()
    if variable._value is None and getattr(graph, "name", "").startswith("scratch_graph"):
        placeholder = tf.compat.v1.placeholder(variable._dtype, variable.shape)
        return variable._maybe_autocast(placeholder)
    return _exact_value(variable)


def set_random_seed(seed: int) -> None:
    """Seed all generators, as Keras does, with a seed that this process has not had before.

    TensorFlow would also forget its kernels, since some hold a state that begins with the seed. To
    make them anew takes longer than most questions, and what another seed begins gets a new one.
    """
    forget = context.pywrap_tfe.TFE_ContextClearCaches
    context.pywrap_tfe.TFE_ContextClearCaches = lambda handle: None
    try:
        keras.utils.set_random_seed(seed)
    finally:
        context.pywrap_tfe.TFE_ContextClearCaches = forget


def freeze() -> None:
    """Keep what is there out of garbage collection, which would copy its memory in every child."""
    gc.collect()
    gc.freeze()
    # What is frozen no longer counts as old, so Python would go through all the rest too often.
    gc.set_threshold(5_000, 10, 10)
