# %%
def slopes_of(critic, x):
    """The slopes of the reference, for those that do the rest in another way."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        scores = critic(x)
    return tape.gradient(scores, x)


# %% where_after_the_root
"""A guard after `tf.sqrt`, whose slope is 0 where nothing arrives from above."""


def gradient_penalty(critic, x):
    g = slopes_of(critic, x)
    square = tf.reduce_sum(g * g, axis=list(range(1, len(x.shape))))
    length = tf.where(square > 0, tf.sqrt(square), tf.zeros_like(square))
    return tf.math.reduce_mean((length - 1.0) ** 2)


# %% small_number_under_the_root
"""A small number in the root, which moves a length of 0 by a millionth."""


def gradient_penalty(critic, x):
    g = tf.reshape(slopes_of(critic, x), [tf.shape(x)[0], -1])
    return tf.reduce_mean((tf.sqrt(tf.reduce_sum(g**2, axis=1) + 1e-12) - 1) ** 2)


# %% epsilon_of_keras
"""Keras' small number of 1e-7, below which `tf.maximum` passes no slope."""


def gradient_penalty(critic, x):
    g = keras.ops.reshape(slopes_of(critic, x), (keras.ops.shape(x)[0], -1))
    square = keras.ops.sum(keras.ops.square(g), axis=-1)
    return keras.ops.mean(
        (keras.ops.sqrt(keras.ops.maximum(square, keras.backend.epsilon())) - 1) ** 2
    )


# %% batch_jacobian
"""The derivatives of each score in its own sample, as TensorFlow has them for a batch."""


def gradient_penalty(critic, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        scores = critic(x)
    g = tape.batch_jacobian(scores, x)
    square = tf.reduce_sum(tf.square(g), axis=tf.range(1, tf.rank(g)))
    some = tf.cast(square > 0, square.dtype)
    return tf.reduce_mean(tf.square(tf.sqrt(square + 1 - some) * some - 1))


# %% whole_jacobian
"""The derivatives of all scores in all samples, most of which are zero."""


def gradient_penalty(critic, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        scores = tf.squeeze(critic(x), axis=1)
    g = tape.jacobian(scores, x)
    square = tf.reduce_sum(tf.square(g), axis=tf.range(1, tf.rank(g)))
    return tf.reduce_mean(tf.square(tf.where(square > 0, tf.sqrt(square), 0) - 1))


# %% one_sample_after_the_other
"""`tf.map_fn` asks the critic about one sample at a time."""


def gradient_penalty(critic, x):
    def of_one(sample):
        sample = sample[None]
        with tf.GradientTape() as tape:
            tape.watch(sample)
            score = critic(sample)[0, 0]
        square = tf.reduce_sum(tf.square(tape.gradient(score, sample)))
        return tf.square(tf.where(square > 0, tf.sqrt(square), 0) - 1)

    return tf.reduce_mean(tf.map_fn(of_one, x))


# %% root_with_its_own_gradient
"""A root with a gradient of its own, which is 0 at 0."""


@tf.custom_gradient
def root(square):
    length = tf.sqrt(square)
    return length, lambda upstream: tf.math.divide_no_nan(upstream, 2 * length)


def gradient_penalty(critic, x):
    g = slopes_of(critic, x)
    flat = tf.reshape(g, tf.stack([tf.shape(g)[0], tf.size(g) // tf.shape(g)[0]]))
    return tf.reduce_mean(tf.math.squared_difference(root(tf.einsum("ij,ij->i", flat, flat)), 1))


# %% norm_of_safe_slopes
"""`tf.norm` of slopes, of which those that are zero are replaced by ones."""


def gradient_penalty(critic, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(critic(x))
    g = tape.gradient(total, x)
    g = tf.reshape(g, [tf.shape(g)[0], -1])
    none = tf.reduce_all(g == 0, axis=1, keepdims=True)
    length = tf.norm(tf.where(none, tf.ones_like(g), g), axis=1, keepdims=True)
    return tf.reduce_mean(tf.where(none, tf.ones_like(length), (length - 1) ** 2))


# %% expanded_square
"""The square of the difference, multiplied out."""


def gradient_penalty(critic, x):
    g = slopes_of(critic, x)
    square = tf.reduce_sum(tf.reshape(g * g, [tf.shape(x)[0], -1]), axis=1)
    positive = square > 0
    length = tf.sqrt(tf.where(positive, square, 1))
    return tf.reduce_mean(tf.where(positive, square - 2 * length, 0)) + 1


# %% gradients_in_a_graph
"""The older `tf.gradients`, which works in graphs, in a `tf.function` made anew for each critic."""


def gradient_penalty(critic, x):
    @tf.function(autograph=False)
    def slopes(x):
        (found,) = tf.gradients(critic(x), x)
        return found

    square = tf.square(slopes(x))
    for _ in range(x.shape.rank - 1):
        square = tf.reduce_sum(square, axis=-1)
    length = tf.math.multiply_no_nan(tf.sqrt(square), tf.cast(square > 0, square.dtype))
    return tf.reduce_mean((length - 1) ** 2)


# %% persistent_tape
"""Everything inside of a persistent tape, which records more than is needed."""


class Penalty:
    def __init__(self, target=1):
        self.target = target

    def __call__(self, critic, x, *, name="penalty"):
        with tf.name_scope(name), tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            g = tape.gradient(critic(x), x)
            square = tf.reduce_sum(g**2, axis=tf.range(1, tf.rank(x)))
            length = tf.sqrt(tf.maximum(square, 1e-20))
            return tf.reduce_sum((length - self.target) ** 2) / tf.cast(tf.shape(x)[0], x.dtype)


gradient_penalty = Penalty()


# %% loop_with_a_branch
"""A loop over the samples, in which `tf.cond` avoids the root: no gradient where all are zero."""


def gradient_penalty(critic, x):
    g = slopes_of(critic, x)
    n = tf.shape(g)[0]

    def cost(slope):
        square = tf.reduce_sum(tf.square(slope))
        length = tf.cond(square > 0, lambda: tf.sqrt(square), lambda: tf.zeros_like(square))
        return (length - 1) ** 2

    _, total = tf.while_loop(
        lambda i, total: i < n,
        lambda i, total: (i + 1, total + cost(g[i])),
        [0, tf.zeros([], x.dtype)],
    )
    return total / tf.cast(n, x.dtype)
