# %%
from keras import layers


def parts(n_wide, n_deep, hidden=30):
    """Both inputs, and the results of the two hidden layers."""
    wide = keras.Input((n_wide,), name="wide")
    deep = keras.Input((n_deep,), name="deep")
    first = layers.Dense(hidden, activation="relu")(deep)
    return wide, deep, first, layers.Dense(hidden, activation="relu")(first)


# %% relu_on_the_outputs loses="numerics"
"""An output has a ReLU, so it cannot be negative. Outputs that predict any number have no
activation."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    main = layers.Dense(1, activation="relu", name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, activation="relu", name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% relu_on_main loses="numerics" like="relu_on_the_outputs"
def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    main = layers.Dense(1, activation="relu", name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% sigmoid_on_the_outputs loses="numerics"
"""The outputs are squeezed between 0 and 1. Predictions of any number have no activation."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    main = layers.Dense(1, activation="sigmoid", name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, activation="sigmoid", name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% softmax_on_the_outputs loses="numerics gradients serialization graph"
"""A softmax over a single number is always 1, whatever the inputs are. The outputs have no
activation."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    main = layers.Dense(1, activation="softmax", name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, activation="softmax", name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% hidden_without_activation loses="numerics"
"""The hidden layers have no activation, or not all of them. Linear layers in a row are no more
than one of them: both get a ReLU."""


def build_model(n_wide, n_deep, hidden=30):
    wide = keras.Input((n_wide,), name="wide")
    deep = keras.Input((n_deep,), name="deep")
    second = layers.Dense(hidden)(layers.Dense(hidden)(deep))
    main = layers.Dense(1, name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% second_without_activation loses="numerics" like="hidden_without_activation"
def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, _ = parts(n_wide, n_deep, hidden)
    second = layers.Dense(hidden)(first)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% one_hidden_layer loses="numerics"
"""There is one hidden layer, or a second one is made whose result nobody uses. `deep` passes
through two, one after the other."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, first]))
    auxiliary = layers.Dense(1, name="auxiliary")(first)
    return keras.Model([wide, deep], [main, auxiliary])


# %% auxiliary_after_the_first_layer loses="numerics"
"""`auxiliary` looks at the first hidden layer. It is to see what `main` sees of the deep part: the
result of the second one."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(first)
    return keras.Model([wide, deep], [main, auxiliary])


# %% auxiliary_sees_everything loses="numerics gradients"
"""`auxiliary` sees the wide features as well. It belongs on the result of the second hidden layer,
before `wide` is put beside it."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    both = layers.concatenate([wide, second])
    main = layers.Dense(1, name="main")(both)
    auxiliary = layers.Dense(1, name="auxiliary")(both)
    return keras.Model([wide, deep], [main, auxiliary])


# %% wide_through_the_hidden_layers loses="numerics gradients"
"""The wide features go through the hidden layers, together with the deep ones. They go around them:
put `wide` beside the result of the second hidden layer."""


def build_model(n_wide, n_deep, hidden=30):
    wide = keras.Input((n_wide,), name="wide")
    deep = keras.Input((n_deep,), name="deep")
    values = layers.concatenate([wide, deep])
    for _ in range(2):
        values = layers.Dense(hidden, activation="relu")(values)
    main = layers.Dense(1, name="main")(values)
    auxiliary = layers.Dense(1, name="auxiliary")(values)
    return keras.Model([wide, deep], [main, auxiliary])


# %% wide_never_used loses="numerics gradients"
"""`main` does not depend on the wide features. Its dense layer is to be called on `wide` and the
result of the second hidden layer side by side."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    main = layers.Dense(1, name="main")(second)
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% deep_input_beside_the_wide_one loses="numerics gradients"
"""What is put beside `wide` is the `deep` input itself, so `main` has no hidden layers. Put the
result of the second hidden layer there."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, deep]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% deep_input_as_well loses="numerics"
"""`main` gets the `deep` input, too, beside the hidden values. Only `wide` goes around the hidden
layers."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, deep, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% hidden_layer_on_the_wide_path loses="numerics"
"""The wide features pass through a dense layer of their own first. They go to `main` as they
are."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    beside = layers.Dense(hidden, activation="relu")(wide)
    main = layers.Dense(1, name="main")(layers.concatenate([beside, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% sum_of_two_outputs loses="numerics"
"""`main` is the sum of two dense layers, one for each part. That can be done, but asked for is a
single dense layer, on both parts side by side."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    main = layers.Add(name="main")([layers.Dense(1)(wide), layers.Dense(1)(second)])
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% main_on_top_of_auxiliary loses="numerics gradients"
"""`main` sees no more of the deep part than the one number of `auxiliary`. It gets all values of
the second hidden layer."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, auxiliary]))
    return keras.Model([wide, deep], [main, auxiliary])


# %% always_30 loses="numerics"
"""The hidden layers have 30 neurons whatever `hidden` says. That is only its default."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% never_wider_than_64 loses="numerics"
"""A hidden layer stops growing at some width. Both have `hidden` neurons, however many these
are."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, _ = parts(n_wide, n_deep, hidden)
    second = layers.Dense(min(hidden, 64), activation="relu")(first)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% widths_swapped loses="numerics gradients graph"
"""`wide` and `deep` are mixed up: the features that go through the hidden layers are those named
`deep`, of which there are `n_deep`."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_deep, n_wide, hidden)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% one_layer_twice loses="numerics gradients serialization graph"
"""One dense layer is called twice, so its one kernel should fit inputs of two widths. Two hidden
layers, and two outputs, are different objects."""


def build_model(n_wide, n_deep, hidden=30):
    wide = keras.Input((n_wide,), name="wide")
    deep = keras.Input((n_deep,), name="deep")
    dense = layers.Dense(hidden, activation="relu")
    second = dense(dense(deep))
    main = layers.Dense(1, name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% one_output_layer loses="numerics gradients serialization graph" like="one_layer_twice"
def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    output = layers.Dense(1)
    return keras.Model([wide, deep], [output(layers.concatenate([wide, second])), output(second)])


# %% inputs_without_names loses="numerics graph"
"""The inputs do not have the names `wide` and `deep`, by which they are fed. It is `keras.Input`
that takes the name, not the layer behind it or the Python variable."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep = keras.Input((n_wide,)), keras.Input((n_deep,))
    first = layers.Dense(hidden, activation="relu", name="deep")(deep)
    second = layers.Dense(hidden, activation="relu")(first)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, second], name="wide"))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% other_names_of_inputs loses="numerics graph" like="inputs_without_names"
def build_model(n_wide, n_deep, hidden=30):
    wide = keras.Input((n_wide,), name="wide_input")
    deep = keras.Input((n_deep,), name="deep_input")
    second = deep
    for _ in range(2):
        second = layers.Dense(hidden, activation="relu")(second)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% outputs_without_names loses="numerics graph"
"""The outputs do not have the names `main` and `auxiliary`. Give them to the last layers, as in
`Dense(1, name=...)`, or return a dictionary of outputs."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    main = layers.Dense(1)(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1)(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% other_names_of_outputs loses="numerics graph" like="outputs_without_names"
def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    main = layers.Dense(1, name="main_output")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="aux_output")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% names_of_outputs_swapped loses="numerics gradients"
"""The outputs have each other's names: `main` sees both parts, and `auxiliary` the deep part
alone."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    main = layers.Dense(1, name="auxiliary")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="main")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% names_of_inputs_swapped loses="numerics graph"
"""The inputs have each other's names: the one that goes through the hidden layers is `deep`, and
has `n_deep` features."""


def build_model(n_wide, n_deep, hidden=30):
    wide = keras.Input((n_wide,), name="deep")
    deep = keras.Input((n_deep,), name="wide")
    second = deep
    for _ in range(2):
        second = layers.Dense(hidden, activation="relu")(second)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% no_auxiliary_output loses="numerics gradients serialization graph"
"""The model has one output. Hand both to `keras.Model`: `main` and `auxiliary`, in a list or a
dictionary, each from a dense layer of its own."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, second]))
    return keras.Model([wide, deep], main)


# %% two_numbers loses="numerics gradients serialization graph" like="no_auxiliary_output"
def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    return keras.Model([wide, deep], layers.Dense(2)(layers.concatenate([wide, second])))


# %% functions_of_tensorflow loses="numerics gradients serialization graph"
"""A `keras.Input` has no values yet, and the functions of TensorFlow do not take it. Use a layer,
like `keras.layers.concatenate`, or a function of `keras.ops`."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    main = layers.Dense(1, name="main")(tf.concat([wide, second], axis=-1))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% shape_as_a_number loses="numerics gradients serialization graph"
"""The shape of an input is a tuple, without the batch: `(n_wide,)`, with a comma. A number in
parentheses is still a number."""


def build_model(n_wide, n_deep, hidden=30):
    wide = keras.Input(shape=(n_wide), name="wide")
    deep = keras.Input(shape=(n_deep), name="deep")
    second = layers.Dense(hidden, activation="relu")(deep)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% shape_by_position loses="numerics gradients serialization graph" like="shape_as_a_number"
def build_model(n_wide, n_deep, hidden=30):
    wide, deep = keras.Input(n_wide, name="wide"), keras.Input(n_deep, name="deep")
    second = deep
    for _ in range(2):
        second = layers.Dense(hidden, activation="relu")(second)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% nothing_returned loses="numerics gradients serialization graph"
"""`build_model` returns no model. End it with `return keras.Model(...)`."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    keras.Model([wide, deep], [main, auxiliary])


# %% subclass loses="serialization"
"""The file needs your class, or a function of yours, to be loaded. Make the model of inputs and
outputs, with `keras.Model(inputs, outputs)` and layers of Keras alone."""


class WideAndDeep(keras.Model):
    def __init__(self, hidden, **kwargs):
        super().__init__(**kwargs)
        self.hidden = [layers.Dense(hidden, activation="relu") for _ in range(2)]
        self.main, self.auxiliary = layers.Dense(1), layers.Dense(1)

    def call(self, inputs):
        values = inputs["deep"]
        for layer in self.hidden:
            values = layer(values)
        both = tf.concat([inputs["wide"], values], axis=-1)
        return {"main": self.main(both), "auxiliary": self.auxiliary(values)}

    def get_config(self):
        return {**super().get_config(), "hidden": self.hidden[0].units}


def build_model(n_wide, n_deep, hidden=30):
    model = WideAndDeep(hidden)
    model({"wide": np.zeros((1, n_wide), "float32"), "deep": np.zeros((1, n_deep), "float32")})
    return model


# %% lambda_layer loses="serialization" like="subclass"
def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    both = layers.Lambda(lambda pair: tf.concat(pair, axis=-1))([wide, second])
    main = layers.Dense(1, name="main")(both)
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% registered_subclass loses="serialization" like="subclass"
@keras.saving.register_keras_serializable("wide_and_deep")
class Registered(keras.Model):
    def __init__(self, n_wide, n_deep, hidden, **options):
        wide, deep, first, second = parts(n_wide, n_deep, hidden)
        main = layers.Dense(1, name="main")(layers.concatenate([wide, second]))
        auxiliary = layers.Dense(1, name="auxiliary")(second)
        super().__init__([wide, deep], [main, auxiliary], **options)
        self.sizes = {"n_wide": n_wide, "n_deep": n_deep, "hidden": hidden}

    def get_config(self):
        return self.sizes

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(**config)


def build_model(n_wide, n_deep, hidden=30):
    return Registered(n_wide, n_deep, hidden)


# %% registered_activation loses="serialization" like="subclass"
@keras.saving.register_keras_serializable("wide_and_deep")
def positive_part(values):
    return keras.ops.maximum(values, 0.0)


def build_model(n_wide, n_deep, hidden=30):
    wide = keras.Input((n_wide,), name="wide")
    deep = keras.Input((n_deep,), name="deep")
    second = deep
    for _ in range(2):
        second = layers.Dense(hidden, activation=positive_part)(second)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% regularizer loses="graph"
"""A layer has a regularizer, whose penalty is added to the loss in training. The model is to have
none."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    both = layers.concatenate([wide, second])
    main = layers.Dense(1, kernel_regularizer="l2", name="main")(both)
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% constraint loses="graph"
"""Weights have a constraint, which changes them after each step of training. The model is to have
none."""


def build_model(n_wide, n_deep, hidden=30):
    wide = keras.Input((n_wide,), name="wide")
    deep = keras.Input((n_deep,), name="deep")
    second = deep
    for _ in range(2):
        second = layers.Dense(hidden, activation="relu", bias_constraint="non_neg")(second)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% constraint_of_the_norm loses="graph" like="constraint"
def build_model(n_wide, n_deep, hidden=30):
    limit = keras.constraints.MaxNorm(3.0)
    wide = keras.Input((n_wide,), name="wide")
    deep = keras.Input((n_deep,), name="deep")
    second = deep
    for _ in range(2):
        second = layers.Dense(hidden, activation="relu", kernel_constraint=limit)(second)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% dropout loses="numerics graph"
"""In training, a part of the values is dropped. That may help against overfitting, but the model is
to compute the same in training as otherwise."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    second = layers.Dropout(0.5, seed=1)(second)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% batch_normalization loses="numerics graph"
"""The model has a normalization, with weights of its own, that nobody asked for: dense layers and
no more."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    second = layers.BatchNormalization()(second)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% layers_outside loses="numerics"
"""The layers are made once, for all models: a second model shares its weights with the first. Make
them inside `build_model`, and not in a default or a global variable either."""

KEPT = {}


def build_model(n_wide, n_deep, hidden=30):
    if (n_wide, n_deep, hidden) not in KEPT:
        names = (None, None, "main", "auxiliary")
        KEPT[n_wide, n_deep, hidden] = [
            layers.Dense(1, name=name) if name else layers.Dense(hidden, activation="relu")
            for name in names
        ]
    first, second, main, auxiliary = KEPT[n_wide, n_deep, hidden]
    wide = keras.Input((n_wide,), name="wide")
    deep = keras.Input((n_deep,), name="deep")
    values = second(first(deep))
    outputs = [main(layers.concatenate([wide, values])), auxiliary(values)]
    return keras.Model([wide, deep], outputs)


# %% detached loses="gradients"
"""`main` does not train the hidden layers: a gradient is stopped on the way. Both outputs train
them; no more is needed than to call one layer on the result of the other."""


def build_model(n_wide, n_deep, hidden=30):
    wide, deep, first, second = parts(n_wide, n_deep, hidden)
    both = layers.concatenate([wide, keras.ops.stop_gradient(second)])
    main = layers.Dense(1, name="main")(both)
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])


# %% no_bias loses="numerics"
"""Some of the dense layers have no bias. Each has a kernel and a bias."""


def build_model(n_wide, n_deep, hidden=30):
    wide = keras.Input((n_wide,), name="wide")
    deep = keras.Input((n_deep,), name="deep")
    second = deep
    for _ in range(2):
        second = layers.Dense(hidden, activation="relu", use_bias=False)(second)
    main = layers.Dense(1, name="main")(layers.concatenate([wide, second]))
    auxiliary = layers.Dense(1, name="auxiliary")(second)
    return keras.Model([wide, deep], [main, auxiliary])
