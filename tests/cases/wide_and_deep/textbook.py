# points: 8, 3, 3, 3
# The straightforward answer of a reader of the statement.
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
    wide = keras.Input((n_wide,), name="wide")
    deep = keras.Input((n_deep,), name="deep")
    found = keras.layers.Dense(hidden, activation="relu")(deep)
    found = keras.layers.Dense(hidden, activation="relu")(found)
    both = keras.layers.Concatenate()([wide, found])
    main = keras.layers.Dense(1, name="main")(both)
    auxiliary = keras.layers.Dense(1, name="auxiliary")(found)
    return keras.Model({"wide": wide, "deep": deep}, {"main": main, "auxiliary": auxiliary})
