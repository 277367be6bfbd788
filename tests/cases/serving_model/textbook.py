# points: 11, 3, 3, 3
# The straightforward answer of a reader of the statement.
# %%
from pathlib import Path

import numpy as np
import tensorflow as tf


# %%
def export_for_serving(model, folder, mean, std, labels):
    """Write a SavedModel that takes raw features and returns probabilities and labels."""
    if Path(folder).exists() and any(Path(folder).iterdir()):
        raise FileExistsError(f"there is something in {folder}")
    mean, std = np.asarray(mean, "float32"), np.asarray(std, "float32")
    labels = [str(label) for label in labels]

    @tf.function(
        input_signature=[tf.TensorSpec([None, len(mean)], tf.float32, name="features")],
        autograph=False,
    )
    def answer(features):
        standardized = tf.math.divide_no_nan(features - mean, std)
        probabilities = model(standardized, training=False)
        best = tf.argmax(probabilities, axis=1)
        return {
            "probabilities": probabilities,
            "label": tf.gather(tf.constant(labels, tf.string), best),
        }

    @tf.function(input_signature=[], autograph=False)
    def version():
        return {"version": tf.constant("1.0")}

    module = tf.Module()
    module.model = model
    module.answer = answer
    module.version = version
    signatures = {"serving_default": module.answer, "version": module.version}
    tf.saved_model.save(module, folder, signatures=signatures)
