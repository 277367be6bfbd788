# points: 8, 6, 0, 4
# The straightforward answer of a reader of the statement.
# %%
import tensorflow as tf


# %%
def gradient_penalty(critic, x):
    """Return the mean over the samples of (length of the critic's slope - 1) squared."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        scores = critic(x)
    slopes = tape.gradient(scores, x)
    slopes = tf.reshape(slopes, [tf.shape(x)[0], -1])
    squares = tf.reduce_sum(tf.square(slopes), axis=1)
    flat = squares <= 0
    roots = tf.sqrt(tf.where(flat, tf.ones_like(squares), squares))
    lengths = tf.where(flat, tf.zeros_like(squares), roots)
    return tf.reduce_mean(tf.square(lengths - 1))
