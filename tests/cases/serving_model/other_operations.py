# points: 11, 3, 3, 3
# What a reader of the statement wrote with other operations than most.
# %%
from pathlib import Path

import numpy as np
import tensorflow as tf


# %%
def export_for_serving(model, folder, mean, std, labels):
    """Write a SavedModel that takes raw features and returns probabilities and labels."""
    if Path(folder).is_dir() and any(Path(folder).iterdir()):
        raise FileExistsError(f"there is something in {folder}")
    mean, std, labels = np.array(mean, "float64"), np.array(std, "float64"), list(labels)

    def answer(features):
        # In float64; where std is 0 the quotient is 0, even of infinity, and so is its gradient.
        standardized = tf.math.divide_no_nan(tf.cast(features, tf.float64) - mean, std)
        probabilities = model(tf.cast(standardized, tf.float32), training=False)
        label = tf.gather(tf.constant(labels), tf.argmax(probabilities, axis=-1))
        return {"probabilities": tf.identity(probabilities), "label": label}

    def version():
        return {"version": tf.constant("1.0")}

    features = tf.TensorSpec([None, mean.shape[0]], tf.float32, name="features")
    box = tf.Module()
    box.model = model
    box.answer = tf.function(answer, input_signature=[features], autograph=False)
    box.version = tf.function(version, input_signature=[], autograph=False)
    tf.saved_model.save(
        box, folder, signatures={"serving_default": box.answer, "version": box.version}
    )
