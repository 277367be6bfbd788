"""Load what a check saved or exported, in a child. The file may be anything."""

import inspect
import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from tensorflow.python.saved_model import loader_impl

from autograder.records.observations import Later
from autograder.sandbox import switches

PYTHON_OPS = {"PyFunc", "PyFuncStateless", "EagerPyFunc"}


def custom_objects(*namespaces: dict[str, Any]) -> dict[str, Any]:
    """Return the classes and functions of namespaces, by all names that a configuration may use."""
    names = {name: thing for namespace in namespaces for name, thing in namespace.items()}
    found = {
        name: thing
        for name, thing in names.items()
        if inspect.isclass(thing) or inspect.isfunction(thing)
    }
    # It holds the name that a class was made with, not the one it goes by.
    return {thing.__name__: thing for thing in found.values()} | found


def load(later: Later, custom_objects: dict, switched_off: dict[str, str]) -> Any:
    """Load what a check saved or exported. The file may be anything: call this in a child only.

    Args:
        later: what another process left.
        custom_objects: for Keras, what the file may name.
        switched_off: operations that a graph may not hold, and the paths they are called by.
    """
    folder = Path(tempfile.mkdtemp())  # goes with the child's scratch folder
    if later.how in ("reloaded", "reloaded_alone"):
        if not later.file.startswith(b"PK"):
            config = json.loads(later.file)
            return keras.saving.deserialize_keras_object(config, custom_objects=custom_objects)
        path = folder / "saved.keras"
        path.write_bytes(later.file)
        return keras.saving.load_model(path, custom_objects=custom_objects)
    with zipfile.ZipFile(io.BytesIO(later.file)) as archive:
        archive.extractall(folder)
    # All of the file is looked at: what `module.f` says of itself, the file says, too.
    [graph] = loader_impl.parse_saved_model(folder).meta_graphs
    held = {node.op for node in switches.nodes(graph.graph_def)}
    for operation in held & set(switched_off):
        switches.refuse(switched_off[operation])
    if later.how == "in_graph" and (found := PYTHON_OPS & held):
        raise ValueError(
            f"the graph calls back into Python ({', '.join(sorted(found))}): what tf.py_function "
            "and tf.numpy_function wrap stays outside the graph"
        )
    if later.how == "written":
        return tf.saved_model.load(folder)
    if (traces := len(_traces(graph.object_graph_def))) != 1:
        raise ValueError(f"one trace serves every call, but the file holds {traces}")
    module = tf.saved_model.load(folder)
    module.f.module = module  # its variables live as long as the module does
    return module.f


def _traces(objects) -> set[str]:
    """Return the names of the graphs that the objects of a file can be called by."""
    functions = [node.function.concrete_functions for node in objects.nodes]
    alone = [node.bare_concrete_function.concrete_function_name for node in objects.nodes]
    return {name for names in [*functions, alone] for name in names} - {""}
