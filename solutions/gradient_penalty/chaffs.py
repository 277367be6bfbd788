# %%
def slopes_of(critic, x):
    """The slopes of the reference, for those that get the rest wrong."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        scores = critic(x)
    return tape.gradient(scores, x)


def root(square):
    """The root of the reference."""
    positive = square > 0
    found = tf.sqrt(tf.where(positive, square, tf.ones_like(square)))
    return tf.where(positive, found, tf.zeros_like(found))


def squares(g):
    return tf.reduce_sum(tf.square(g), axis=tf.range(1, tf.rank(g)))


def lengths_of(critic, x):
    return root(squares(slopes_of(critic, x)))


# %% norm_over_the_samples loses="numerics gradients"
"""The squares are summed over the samples. Each sample has a length of its own: sum over all axes
but the first."""


def gradient_penalty(critic, x):
    return tf.reduce_mean((root(tf.reduce_sum(slopes_of(critic, x) ** 2, axis=0)) - 1) ** 2)


# %% last_axis_only loses="numerics"
"""The squares are summed over the last axis alone, so an image gets a length for each of its
pixels. A sample has one slope, of all its numbers: sum over all axes but the first."""


def gradient_penalty(critic, x):
    return tf.reduce_mean((root(tf.reduce_sum(slopes_of(critic, x) ** 2, axis=-1)) - 1) ** 2)


# %% axes_of_images loses="numerics gradients graph"
"""The axes 1, 2 and 3 are those of images. Samples of another rank have others: sum over all axes
but the first, however many there are."""


def gradient_penalty(critic, x):
    g = slopes_of(critic, x)
    return tf.reduce_mean((root(tf.reduce_sum(g**2, axis=[1, 2, 3])) - 1) ** 2)


# %% one_length_for_all loses="numerics gradients"
"""This is one length of all slopes together. Each sample has its own: sum over all axes but the
first, and take the mean last."""


def gradient_penalty(critic, x):
    return (root(tf.reduce_sum(slopes_of(critic, x) ** 2)) - 1) ** 2


# %% first_sample_only loses="numerics gradients"
"""`tape.gradient(scores, x)[0]` is the slope of the first sample alone. Where the sources are a
list, `[0]` takes the gradient out of it; x itself gives the slopes of all samples."""


def gradient_penalty(critic, x):
    return (root(tf.reduce_sum(slopes_of(critic, x)[0] ** 2)) - 1) ** 2


# %% slope_of_the_mean_score loses="numerics gradients"
"""The gradient of the mean score has each slope divided by the number of samples. Take that of the
scores as they are; a tape adds them up."""


def gradient_penalty(critic, x):
    return tf.reduce_mean((lengths_of(lambda x: tf.reduce_mean(critic(x)), x) - 1) ** 2)


# %% mean_slope loses="numerics gradients"
"""You take the mean of the slopes, or of their lengths, too early. Each sample has its own length
and its own penalty, and the mean of these comes last."""


def gradient_penalty(critic, x):
    return (root(tf.reduce_sum(tf.reduce_mean(slopes_of(critic, x), axis=0) ** 2)) - 1) ** 2


# %% mean_length loses="numerics gradients" like="mean_slope"
def gradient_penalty(critic, x):
    return (tf.reduce_mean(lengths_of(critic, x)) - 1) ** 2


# %% squared_length loses="numerics gradients"
"""The root is missing: 1 is taken from the square of the length, not from the length."""


def gradient_penalty(critic, x):
    return tf.reduce_mean((squares(slopes_of(critic, x)) - 1) ** 2)


# %% one_sided loses="numerics gradients"
"""Slopes shorter than 1 pay nothing here. They are to pay as well as longer ones: the difference is
squared, whatever its sign."""


def gradient_penalty(critic, x):
    return tf.reduce_mean(tf.nn.relu(lengths_of(critic, x) - 1) ** 2)


# %% led_to_zero loses="numerics gradients"
"""This draws the lengths to 0. They are to be 1: square the difference of length and 1."""


def gradient_penalty(critic, x):
    return tf.reduce_mean(lengths_of(critic, x) ** 2)


# %% not_squared loses="numerics gradients"
"""The difference of length and 1 is not squared."""


def gradient_penalty(critic, x):
    return tf.reduce_mean(tf.abs(lengths_of(critic, x) - 1))


# %% sum_of_the_samples loses="numerics gradients"
"""The penalties of the samples are added up. The result is their mean."""


def gradient_penalty(critic, x):
    return tf.reduce_sum((lengths_of(critic, x) - 1) ** 2)


# %% one_for_each_sample loses="numerics gradients"
"""There is a penalty for each sample. The result is one number, their mean."""


def gradient_penalty(critic, x):
    return (lengths_of(critic, x) - 1) ** 2


# %% halved loses="numerics gradients"
"""There is a factor of one half too much: the formula has none."""


def gradient_penalty(critic, x):
    return tf.reduce_mean((lengths_of(critic, x) - 1) ** 2) / 2


# %% absolute_values loses="numerics gradients"
"""The length that you use is not the Euclidean one. It is the root of the sum of squares, not a sum
of absolute values and not the largest of them."""


def gradient_penalty(critic, x):
    g = tf.reshape(slopes_of(critic, x), [tf.shape(x)[0], -1])
    return tf.reduce_mean((tf.reduce_sum(tf.abs(g), axis=1) - 1) ** 2)


# %% largest_value loses="numerics gradients" like="absolute_values"
def gradient_penalty(critic, x):
    g = tf.reshape(slopes_of(critic, x), [tf.shape(x)[0], -1])
    return tf.reduce_mean((tf.reduce_max(tf.abs(g), axis=1) - 1) ** 2)


# %% root_of_the_mean_square loses="numerics gradients"
"""The squares are averaged over the numbers of a sample. A length is the root of their sum."""


def gradient_penalty(critic, x):
    g = tf.reshape(slopes_of(critic, x), [tf.shape(x)[0], -1])
    return tf.reduce_mean((root(tf.reduce_mean(g**2, axis=1)) - 1) ** 2)


# %% scores_instead_of_slopes loses="numerics gradients"
"""This compares the scores with 1. What should have the length 1 is the gradient of the score in
the sample."""


def gradient_penalty(critic, x):
    return tf.reduce_mean((critic(x) - 1) ** 2)


# %% bare_root loses="gradients"
"""Where the slope of a sample is zero, the gradient in the weights is NaN: the slope of a root, a
norm or a power is infinite at 0, and a `tf.where` behind a power lets it through. The root must
never see a 0: put a 1 in its place before, and a 0 in the place of the result afterwards."""


def gradient_penalty(critic, x):
    return tf.reduce_mean((tf.sqrt(squares(slopes_of(critic, x))) - 1) ** 2)


# %% bare_norm loses="gradients" like="bare_root"
def gradient_penalty(critic, x):
    g = tf.reshape(slopes_of(critic, x), [tf.shape(x)[0], -1])
    return tf.reduce_mean((tf.norm(g, axis=1) - 1) ** 2)


# %% guard_after_the_power loses="gradients" like="bare_root"
def gradient_penalty(critic, x):
    square = squares(slopes_of(critic, x))
    length = tf.where(square > 0, square**0.5, tf.zeros_like(square))
    return tf.reduce_mean((length - 1) ** 2)


# %% small_number_in_the_slope loses="gradients"
"""Where the slope of a sample is zero, yours is not quite: a small number in the slope itself gives
it a direction and a length with a gradient of full size. Add it under the root, to the sum of
squares."""


def gradient_penalty(critic, x):
    return tf.reduce_mean((tf.sqrt(squares(slopes_of(critic, x) + 1e-8)) - 1) ** 2)


# %% zero_counts_as_one loses="numerics"
"""Where the slope is zero, the 1 that you put under the root stays as the length, and the sample
costs nothing. Put the 0 back after the root: such a sample costs 1."""


def gradient_penalty(critic, x):
    square = squares(slopes_of(critic, x))
    length = tf.sqrt(tf.where(square > 0, square, tf.ones_like(square)))
    return tf.reduce_mean((length - 1) ** 2)


# %% too_much_under_the_root loses="numerics gradients"
"""The number that you add under the root is not small: it makes a length where there is none, and
moves the others. 1e-7 is enough."""


def gradient_penalty(critic, x):
    return tf.reduce_mean((tf.sqrt(squares(slopes_of(critic, x)) + 0.01) - 1) ** 2)


# %% slopes_are_stopped loses="gradients graph"
"""The penalty is right, but no gradient of it arrives in the weights: what `tf.stop_gradient` or
`tape.stop_recording` holds, and what goes through NumPy, is a constant for the tape outside."""


def gradient_penalty(critic, x):
    return tf.reduce_mean((root(squares(tf.stop_gradient(slopes_of(critic, x)))) - 1) ** 2)


# %% slopes_as_numbers loses="gradients graph"
"""`.numpy()` takes the slopes out of TensorFlow: no gradient of the penalty arrives in the weights,
and in a graph there are no numbers to take. Stay with tensors."""


def gradient_penalty(critic, x):
    g = slopes_of(critic, x).numpy().reshape(len(x), -1)
    return tf.reduce_mean((tf.constant(np.sqrt((g**2).sum(axis=1))) - 1) ** 2)


# %% not_watched loses="numerics gradients graph"
"""The gradient in x is None: the tape has not seen how the scores come from x. It watches a tensor
only from `tape.watch(x)` on, and records only what is called inside its `with` block: so first
watch, then call the critic, both in there."""


def gradient_penalty(critic, x):
    with tf.GradientTape() as tape:
        scores = critic(x)
    return tf.reduce_mean((root(squares(tape.gradient(scores, x))) - 1) ** 2)


# %% watched_too_late loses="numerics gradients graph" like="not_watched"
def gradient_penalty(critic, x):
    with tf.GradientTape() as tape:
        scores = critic(x)
        tape.watch(x)
    return tf.reduce_mean((root(squares(tape.gradient(scores, x))) - 1) ** 2)


# %% outside_of_the_tape loses="numerics gradients graph" like="not_watched"
def gradient_penalty(critic, x):
    scores = critic(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
    return tf.reduce_mean((root(squares(tape.gradient(scores, x))) - 1) ** 2)


# %% variable_of_the_samples loses="graph"
"""A `tf.Variable` is made anew whenever this runs, and in a graph that is not allowed. A tape can
watch a tensor: `tape.watch(x)`."""


def gradient_penalty(critic, x):
    x = tf.Variable(x)
    with tf.GradientTape() as tape:
        scores = critic(x)
    return tf.reduce_mean((root(squares(tape.gradient(scores, x))) - 1) ** 2)


# %% gradients_of_graphs loses="numerics gradients graph"
"""`tf.gradients` works only inside of graphs, and here the function is called directly, too. A
`tf.GradientTape` works in both."""


def gradient_penalty(critic, x):
    (g,) = tf.gradients(critic(x), x)
    return tf.reduce_mean((root(squares(g)) - 1) ** 2)


# %% always_float32 loses="numerics"
"""The penalty is cast to float32. Samples that arrive as float64 have a float64 penalty."""


def gradient_penalty(critic, x):
    return tf.cast(tf.reduce_mean((lengths_of(critic, x) - 1) ** 2), tf.float32)


# %% size_of_the_trace loses="graph"
"""In a graph for any number of samples `x.shape[0]` is None. `tf.shape(x)[0]` is the number in the
batch that the graph is running on."""


def gradient_penalty(critic, x):
    g = tf.reshape(slopes_of(critic, x), [x.shape[0], -1])
    return tf.reduce_mean((root(tf.reduce_sum(g**2, axis=1)) - 1) ** 2)


# %% loop_over_the_samples loses="graph"
"""A Python loop needs to know how many samples there are, and a graph for any number does not. One
call of `tape.gradient` has the slopes of all samples."""


def gradient_penalty(critic, x):
    lengths = [lengths_of(critic, x[i : i + 1]) for i in range(x.shape[0])]
    return tf.reduce_mean((tf.concat(lengths, axis=0) - 1) ** 2)
