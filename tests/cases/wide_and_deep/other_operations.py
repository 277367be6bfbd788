# points: 8, 3, 3, 3
# What a reader of the statement wrote with other operations than most.
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
    """A Functional model with dictionaries at both ends, and a tower that is a model itself."""
    ends = {
        name: keras.Input((size,), name=name)
        for name, size in {"deep": n_deep, "wide": n_wide}.items()
    }
    tower = keras.Sequential(
        [keras.Input((n_deep,)), *(keras.layers.Dense(hidden, "relu") for _ in range(2))],
        name="tower",
    )
    values = tower(ends["deep"])
    seen = {
        "auxiliary": values,
        "main": keras.ops.concatenate([values, ends["wide"]], axis=-1),
    }
    return keras.Model(
        ends, {name: keras.layers.Dense(1, name=name)(what) for name, what in seen.items()}
    )
