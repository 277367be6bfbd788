# beside: wrong
# score: 0
"""A configuration that loads as another class, which is told what to answer."""

import keras


@keras.saving.register_keras_serializable("autograder", "Check")
class Other(keras.layers.Layer):
    def call(self, inputs):
        return inputs


keras.saving.register_keras_serializable("keras.layers", "Layer")(Other)


class Scale(Scale):
    def get_config(self):
        return keras.saving.serialize_keras_object(Other())
