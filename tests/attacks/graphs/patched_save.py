# beside: wrong
# score: 0
"""Save something else than what was traced."""

import tensorflow as tf

save = tf.saved_model.save


def other(module, folder, **kwargs):
    fake = tf.Module()
    fake.f = tf.function(
        lambda x: tf.ones_like(x), input_signature=[tf.TensorSpec([None, 2], tf.float32)]
    )
    save(fake, folder, **kwargs)


tf.saved_model.save = other
