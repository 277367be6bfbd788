# points: 11, 3, 3, 3
# What a reader of the statement wrote with low-level operations.
# %%
from pathlib import Path

import numpy as np
import tensorflow as tf


# %%
def export_for_serving(model, folder, mean, std, labels):
    """Write a SavedModel that takes raw features and returns probabilities and labels."""
    if Path(folder).is_dir() and any(Path(folder).iterdir()):
        raise FileExistsError(folder)
    mean, std, labels = np.asarray(mean, "float64"), np.asarray(std, "float64"), list(labels)

    def answer(features):
        standard = tf.math.divide_no_nan(tf.cast(features, tf.float64) - mean, std)
        rows = model(tf.cast(standard, tf.float32), training=False)
        names = tf.constant(labels, tf.string)
        return {"probabilities": rows, "label": tf.gather(names, tf.argmax(rows, axis=-1))}

    module = tf.Module()
    module.model = model
    spec = tf.TensorSpec([None, len(mean)], tf.float32, name="features")
    module.answer = tf.function(answer, input_signature=[spec], autograph=False)
    module.version = tf.function(lambda: {"version": tf.constant("1.0")}, input_signature=[])
    signatures = {
        "serving_default": module.answer.get_concrete_function(),
        "version": module.version.get_concrete_function(),
    }
    module.used = list(signatures["serving_default"].graph.variables)
    tf.saved_model.save(module, folder, signatures=signatures)
