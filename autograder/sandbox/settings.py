"""Settings of whole processes that a submission may have changed, put back before each question.

A line like `keras.config.set_floatx("float64")` beside a right answer must not change what is asked
of it. What enables something that an answer may need, like NumPy's methods of tensors, stays.
"""

import contextlib
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.debug.lib import check_numerics_callback
from tensorflow.python.framework import config

# This one stays: it is an answer of its own to the question whether something is a graph.
FUNCTIONS_ARE_EAGER = " (the code leaves `tf.config.run_functions_eagerly(True)` in)"
EAGER_IS_OFF = (
    "the code switches eager execution off, and nothing can switch it on again: look for "
    "`disable_eager_execution()`, `disable_v2_behavior()`, or a graph that is entered and not left"
)


class Setting(NamedTuple):
    """How a setting is read and written, and what it usually is."""

    read: Callable[[], Any]
    write: Callable[[Any], None]
    usual: Any


def _switch(read: Callable, on: Callable, off: Callable, usual: bool) -> Setting:
    return Setting(read, lambda wanted: on() if wanted else off(), usual)


def _checks_numerics() -> bool:
    return hasattr(check_numerics_callback._state, "check_numerics_callback")


v1, debugging = tf.compat.v1, tf.debugging
SETTINGS = [
    Setting(keras.config.floatx, keras.config.set_floatx, "float32"),
    Setting(keras.config.epsilon, keras.config.set_epsilon, 1e-7),
    Setting(keras.config.image_data_format, keras.config.set_image_data_format, "channels_last"),
    Setting(
        lambda: keras.config.dtype_policy().name,
        keras.config.set_dtype_policy,
        "float32",
    ),
    _switch(
        keras.config.is_traceback_filtering_enabled,
        keras.config.enable_traceback_filtering,
        keras.config.disable_traceback_filtering,
        True,
    ),
    Setting(np.geterr, lambda how: np.seterr(**how), np.geterr()),
    Setting(
        tf.config.get_soft_device_placement,
        tf.config.set_soft_device_placement,
        True,
    ),
    Setting(tf.config.optimizer.get_jit, lambda jit: tf.config.optimizer.set_jit(jit or False), ""),
    _switch(
        config.is_op_determinism_enabled,
        config.enable_op_determinism,
        config.disable_op_determinism,
        False,
    ),
    _switch(
        _checks_numerics,
        debugging.enable_check_numerics,
        debugging.disable_check_numerics,
        False,
    ),
    _switch(
        debugging.is_traceback_filtering_enabled,
        debugging.enable_traceback_filtering,
        debugging.disable_traceback_filtering,
        True,
    ),
    _switch(
        v1.control_flow_v2_enabled, v1.enable_control_flow_v2, v1.disable_control_flow_v2, True
    ),
    _switch(
        v1.resource_variables_enabled,
        v1.enable_resource_variables,
        v1.disable_resource_variables,
        True,
    ),
]
if hasattr(keras.config, "max_epochs"):  # since Keras 3.11
    SETTINGS += [
        Setting(keras.config.max_epochs, keras.config.set_max_epochs, None),
        Setting(keras.config.max_steps_per_epoch, keras.config.set_max_steps_per_epoch, None),
    ]


def reset() -> None:
    """Make all settings what they usually are."""
    for setting in SETTINGS:
        if setting.read() != setting.usual:
            setting.write(setting.usual)
    # These cannot be read, and cost nothing to write.
    v1.enable_tensor_equality()
    v1.enable_v2_tensorshape()
    warnings.resetwarnings()
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 1000))


@contextlib.contextmanager
def usual() -> Iterator[None]:
    """Make all settings in the block what they usually are.

    Afterwards those that can be read are as before.
    """
    before = [setting.read() for setting in SETTINGS]
    with warnings.catch_warnings():
        reset()
        try:
            yield
        finally:
            for setting, value in zip(SETTINGS, before, strict=True):
                if setting.read() != value:
                    setting.write(value)
