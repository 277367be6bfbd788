"""Make children cheaper than a process that trains for hours; what they compute stays the same.

Whatever uses private names of TensorFlow or Keras only to save time is in this file. Each function
says what it saves; `tests/test_tuning.py` sees whether it still has its effect. To find out whether
one of them is at fault, for example after an upgrade of TensorFlow, start the grader with the
environment variable AUTOGRADER_PLAIN=1: then none of them is applied.
"""

import ctypes
import gc
import os
from pathlib import Path

import keras
import tensorflow as tf
from tensorflow.python.eager import context
from tensorflow.python.framework import kernels, op_def_registry

PLAIN = os.environ.get("AUTOGRADER_PLAIN") == "1"
REGISTER_KERNELS = "_ZN10tensorflow13XlaOpRegistry26RegisterCompilationKernelsEv"


def tune() -> None:
    """Prepare this process for forking children that live for a second."""
    if not PLAIN:
        skip_the_optimizer()
        put_placeholders_for_values()
        make_tables()


def skip_the_optimizer() -> None:
    """Run graphs as they are traced.

    Graphs run a few times here, and optimizing them takes longer than it saves.
    """
    context.context().set_optimizer_experimental_options({"disable_meta_optimizer": True})


def put_placeholders_for_values() -> None:
    """Draw no values where Keras looks for shapes alone.

    Before a model without `build` has variables, Keras calls it in a scratch graph that never
    runs, and there draws the first values of every variable, each time it is used.
    """
    exact = keras.Variable.value.fget

    def value(variable):
        graph = tf.compat.v1.get_default_graph()
        if variable._value is None and getattr(graph, "name", "").startswith("scratch_graph"):
            placeholder = tf.compat.v1.placeholder(variable._dtype, variable.shape)
            return variable._maybe_autocast(placeholder)
        return exact(variable)

    keras.Variable.value = property(value)


def make_tables() -> None:
    """Have TensorFlow make now what it would make at the first operation of each child.

    Where a version or a platform lacks the function of the library, that part is left out.
    """
    kernels.get_registered_kernels_for_op("AddV2")
    op_def_registry.get("none of this name")  # it makes a list of all that there are
    if register := library_function(REGISTER_KERNELS):
        register()


def library_function(symbol: str):
    """Return a function of TensorFlow's C++ library, or None."""
    try:
        library = ctypes.CDLL(str(Path(tf.__file__).with_name("libtensorflow_cc.so.2")))
    except OSError:  # another platform, another version
        return None
    return getattr(library, symbol, None)


def set_random_seed(seed: int) -> None:
    """Seed all generators, as Keras does, with a seed that this process has not had before.

    TensorFlow would also forget its kernels, since some hold a state that begins with the seed. To
    make them anew takes longer than most questions, and what another seed begins gets a new one.
    """
    if PLAIN:
        keras.utils.set_random_seed(seed)
        return
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
