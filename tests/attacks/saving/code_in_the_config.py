# beside: wrong
# score: 0
"""A configuration that names functions to call, and one that brings byte code along."""

import base64
import marshal

import keras

code = marshal.dumps((lambda x: print("BRE" + "ACH: ran") or 3 * x).__code__)
bytecode = {
    "class_name": "__lambda__",
    "config": {"code": base64.b64encode(code).decode(), "defaults": None, "closure": None},
}
# In two parts: a message may show a configuration.
command = "printf BRE; echo ACH"
system = {"module": "os", "class_name": "system", "config": {"command": command}}


class Scale(Scale):
    def get_config(self):
        return {
            **super().get_config(),
            "factor": keras.saving.serialize_keras_object(keras.layers.Lambda(lambda x: x)),
            "code": bytecode,
            "system": system,
        }
