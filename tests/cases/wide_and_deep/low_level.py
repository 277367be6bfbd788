# points: 8, 3, 3, 3
# What a reader of the statement wrote with low-level operations.
# %%
import keras
import numpy as np
import tensorflow as tf


def by_name(model, inputs):
    """Return what a model answers as a dictionary, whether its outputs are a list or one."""
    answers = model(inputs)
    if isinstance(answers, dict):
        return answers
    listed = answers if isinstance(answers, (list, tuple)) else [answers]
    return dict(zip(model.output_names, listed, strict=True))


# %%
def build_model(n_wide, n_deep, hidden=30):
    """Return a Functional model with the inputs `wide` and `deep`."""
    ends = {name: keras.Input((n,), name=name) for name, n in (("deep", n_deep), ("wide", n_wide))}
    last = ends["deep"]
    for _ in range(2):
        last = keras.layers.Dense(hidden, activation="relu")(last)
    seen = {"auxiliary": last, "main": keras.layers.Concatenate()([last, ends["wide"]])}
    outputs = {name: keras.layers.Dense(1, name=name)(values) for name, values in seen.items()}
    return keras.Model(inputs=ends, outputs=outputs)
