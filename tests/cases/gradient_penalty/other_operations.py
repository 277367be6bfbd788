# points: 8, 6, 0, 4
# What a reader of the statement wrote with other operations than most.
# %%
import tensorflow as tf


# %%
def gradient_penalty(critic, x):
    """The mean over the samples of (length of the critic's slope - 1) squared."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        scores = critic(x)
    slopes = tf.convert_to_tensor(tape.gradient(scores, x))
    rows = tf.reshape(slopes, tf.stack([tf.shape(x)[0], -1]))
    squares = tf.einsum("ij,ij->i", rows, rows)
    flat = tf.equal(squares, 0)
    roots = tf.sqrt(tf.where(flat, tf.ones_like(squares), squares))
    lengths = tf.where(flat, tf.zeros_like(roots), roots)
    return tf.reduce_mean(tf.math.squared_difference(lengths, tf.ones_like(lengths)))
