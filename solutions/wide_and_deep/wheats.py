# %%
from keras import layers, ops

# %% dictionaries
"""Inputs and outputs in dictionaries; no layer has a name."""


def build_model(n_wide, n_deep, hidden=30):
    wide = keras.Input(shape=(n_wide,), name="wide")
    deep = keras.Input(shape=(n_deep,), name="deep")
    x = layers.Dense(hidden, activation="relu")(deep)
    x = layers.Dense(hidden, activation="relu")(x)
    return keras.Model(
        inputs={"wide": wide, "deep": deep},
        outputs={
            "main": layers.Dense(1)(layers.concatenate([wide, x])),
            "auxiliary": layers.Dense(1)(x),
        },
    )


# %% other_orders
"""Inputs, outputs, and what is put side by side, each in the other order."""


def build_model(n_wide, n_deep, hidden=30):
    deep = layers.Input((n_deep,), name="deep")
    wide = layers.Input((n_wide,), name="wide")
    hidden1 = layers.Dense(hidden, activation="relu", name="hidden1")(deep)
    hidden2 = layers.Dense(hidden, activation="relu", name="hidden2")(hidden1)
    auxiliary = layers.Dense(1, name="auxiliary")(hidden2)
    main = layers.Dense(1, name="main")(layers.Concatenate()([hidden2, wide]))
    return keras.Model(inputs=[deep, wide], outputs=[auxiliary, main], name="wide_and_deep")


# %% operations
"""`keras.ops` instead of layers, where there are no weights."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep = keras.Input((n_wide,), name="wide"), keras.Input((n_deep,), name="deep")
    values = ops.relu(layers.Dense(hidden)(deep))
    values = ops.maximum(layers.Dense(hidden)(values), 0.0)
    joined = ops.concatenate([wide, values], axis=1)
    outputs = layers.Dense(1, name="main")(joined), layers.Dense(1, name="auxiliary")(values)
    return keras.Model((wide, deep), outputs)


# %% sequential_tower
"""The hidden layers are a `Sequential` model in the model."""


def build_model(n_wide, n_deep, hidden=30):
    tower = keras.Sequential(
        [layers.Dense(hidden, activation="relu"), layers.Dense(hidden, activation="relu")]
    )
    wide = keras.Input((n_wide,), name="wide")
    deep = keras.Input((n_deep,), name="deep")
    found = tower(deep)
    main = layers.Dense(1, activation=None, name="main")(layers.concatenate([wide, found]))
    auxiliary = layers.Dense(1, activation="linear", name="auxiliary")(found)
    return keras.Model([wide, deep], [main, auxiliary])


# %% functional_tower
"""The hidden layers are a Functional model, with activations as layers of their own."""


def tower(n_deep, hidden):
    inputs = keras.Input((n_deep,))
    x = inputs
    for _ in range(2):
        x = layers.ReLU()(layers.Dense(hidden)(x))
    return keras.Model(inputs, x, name="tower")


def build_model(n_wide, n_deep, hidden=30):
    inputs = {
        name: keras.Input((n,), name=name) for name, n in zip(("wide", "deep"), (n_wide, n_deep))
    }
    found = tower(n_deep, hidden)(inputs["deep"])
    joined = layers.Concatenate(axis=-1)([inputs["wide"], found])
    outputs = {"auxiliary": layers.Dense(1)(found), "main": layers.Dense(1)(joined)}
    return keras.Model(inputs, outputs)


# %% identities
"""Layers that do nothing give the outputs their names; dense layers are called something else."""


def build_model(n_wide, n_deep, hidden=30):
    wide = keras.Input((n_wide,), name="wide")
    deep = keras.Input((n_deep,), name="deep")
    x = deep
    for number in range(2):
        x = layers.Dense(hidden, name=f"hidden_{number}")(x)
        x = layers.Activation("relu")(x)
    main = layers.Dense(1, name="main_dense")(layers.concatenate([wide, x]))
    auxiliary = layers.Dense(1, name="auxiliary_dense")(x)
    main = layers.Identity(name="main")(main)
    auxiliary = layers.Activation("linear", name="auxiliary")(auxiliary)
    return keras.Model(inputs=[wide, deep], outputs=[main, auxiliary])


# %% he_normal
"""Another initializer, `tf.keras`, and a partial function."""


def build_model(n_wide, n_deep, hidden=30):
    from functools import partial

    Hidden = partial(
        tf.keras.layers.Dense, hidden, activation=tf.nn.relu, kernel_initializer="he_normal"
    )
    wide = tf.keras.layers.Input(shape=[n_wide], name="wide")
    deep = tf.keras.layers.Input(shape=[n_deep], name="deep")
    value = Hidden()(Hidden()(deep))
    concat = tf.keras.layers.concatenate([wide, value])
    return tf.keras.models.Model(
        inputs=[wide, deep],
        outputs=[
            tf.keras.layers.Dense(1, name="main")(concat),
            tf.keras.layers.Dense(1, name="auxiliary")(value),
        ],
    )


# %% mixed
"""Inputs in a dictionary, outputs in a list; the two are joined after a reshape."""


def build_model(n_wide, n_deep, hidden=30):
    inputs = {
        "deep": keras.Input((n_deep,), name="deep"),
        "wide": keras.Input((n_wide,), name="wide"),
    }
    first = layers.Dense(hidden, "relu")(inputs["deep"])
    second = layers.Dense(hidden, "relu")(first)
    joined = layers.Reshape((n_wide + hidden,))(ops.hstack([second, inputs["wide"]]))
    return keras.Model(
        inputs, [layers.Dense(1, name="main")(joined), layers.Dense(1, name="auxiliary")(second)]
    )


# %% compiled
"""It comes compiled, which whoever trains it does anew."""


def build_model(n_wide, n_deep, hidden=30):
    wide = keras.Input((n_wide,), name="wide", dtype="float32")
    deep = keras.Input((n_deep,), name="deep", dtype="float32")
    x = layers.Dense(hidden, activation=keras.activations.relu)(deep)
    x = layers.Dense(hidden, activation=keras.activations.relu)(x)
    main = layers.Dense(1, name="main")(layers.concatenate((wide, x)))
    auxiliary = layers.Dense(1, name="auxiliary")(x)
    model = keras.Model(
        inputs=dict(wide=wide, deep=deep), outputs=dict(main=main, auxiliary=auxiliary)
    )
    model.compile("adam", {"main": "mse", "auxiliary": "mae"})
    return model


# %% layers_first
"""All layers are made in a list before the first is called, the outputs first."""


def build_model(n_wide, n_deep, hidden=30):
    outputs = [layers.Dense(1, name=name) for name in ("auxiliary", "main")]
    stack = [layers.Dense(units=hidden, activation="relu") for _ in range(2)]
    inputs = [
        keras.Input(batch_shape=(None, n), name=name)
        for n, name in ((n_deep, "deep"), (n_wide, "wide"))
    ]
    x = inputs[0]
    for layer in stack:
        x = layer(x)
    return keras.Model(inputs, [outputs[0](x), outputs[1](layers.concatenate([x, inputs[1]]))])
