# %% never_linear loses="numerics"
"""Never linear"""


class HuberLoss(HuberLoss):
    def call(self, y_true, y_pred):
        return tf.square(y_true - y_pred) / 2
