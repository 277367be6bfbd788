# beside: wrong
# score: 0
"""A saved model that is a pickle."""

import keras


class Evil:
    def __reduce__(self):
        return print, ("BREACH: unpickled",)


def save(self, path, **kwargs):
    import pickle

    with open(path, "wb") as file:
        pickle.dump(Evil(), file)


keras.Model.save = save
keras.saving.serialize_keras_object = lambda thing: {"module": "builtins", "class_name": "eval"}
