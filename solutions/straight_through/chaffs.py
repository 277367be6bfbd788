# %%
def straight(value, z):
    """A value with the right gradient, for those that get the value wrong."""
    line = tf.clip_by_value(z, -1, 1)
    return line + tf.stop_gradient(value - line)


def step_of(z):
    """The right value, for those that get the gradient wrong."""
    return tf.where(z >= 0, tf.ones_like(z), -tf.ones_like(z))


# %% sign loses="numerics"
"""`tf.sign(0)` is 0. There are only two values here, and 0 belongs to +1: compare with `>=`."""


def binarize(z):
    return straight(tf.sign(z), z)


# %% zero_is_negative loses="numerics"
"""At 0 the value is +1, and you give -1. The comparison is `z >= 0`, not `z > 0`."""


def binarize(z):
    return straight(tf.where(z > 0, tf.ones_like(z), -tf.ones_like(z)), z)


# %% a_little_more loses="numerics"
"""You add a small number before you look at the sign, and what is negative and even smaller becomes
positive. `z >= 0` needs no such help at 0."""


def binarize(z):
    return straight(tf.sign(z + 1e-7), z)


# %% zero_and_one loses="numerics"
"""These are the values 0 and 1 of a truth value. The step goes from -1 to +1."""


def binarize(z):
    return straight(tf.cast(z >= 0, z.dtype), z)


# %% clipped_value loses="numerics"
"""The value is z, clipped to -1 and 1. That line is for the gradient alone; the value is the step,
+1 or -1."""


def binarize(z):
    return tf.clip_by_value(z, -1, 1)


# %% steep_line loses="numerics gradients"
"""A steep curve only resembles a step: close to 0 its value is neither -1 nor +1, and its slope is
large there and 0 elsewhere. Forward take the step itself, backward the mask."""


def binarize(z):
    return tf.tanh(5 * z)


# %% mirrored loses="numerics"
"""The two values are in each other's place: +1 belongs to z >= 0, -1 to negative z."""


def binarize(z):
    return straight(tf.where(z >= 0, -tf.ones_like(z), tf.ones_like(z)), z)


# %% slope_of_the_step loses="gradients serialization graph"
"""No gradient gets through: a step, a sign and a comparison have none, or the slope 0, and what is
inside `tf.stop_gradient` has none either. State the gradient with `tf.custom_gradient`, or leave
outside of `tf.stop_gradient` something that has the slope you want."""


def binarize(z):
    return step_of(z)


# %% slope_of_the_sign loses="gradients serialization graph" like="slope_of_the_step"
def binarize(z):
    return tf.sign(tf.sign(z) + 0.5)


# %% all_is_stopped loses="gradients serialization graph" like="slope_of_the_step"
def binarize(z):
    line = tf.clip_by_value(z, -1, 1)
    return tf.stop_gradient(line + (step_of(z) - line))


# %% nothing_is_stopped loses="gradients serialization graph" like="slope_of_the_step"
def binarize(z):
    line = tf.clip_by_value(z, -1, 1)
    return line + (step_of(z) - line)


# %% the_line_is_stopped loses="gradients"
"""The gradient arrives with the opposite sign: the line must be outside of `tf.stop_gradient` with
a plus, and what is taken away again must be inside."""


def binarize(z):
    line = tf.clip_by_value(z, -1, 1)
    return tf.stop_gradient(line) + (step_of(z) - line)


# %% no_mask loses="gradients"
"""The gradient passes everywhere. Where |z| is larger than 1 nothing may pass; and it is z that
decides, not the value, which is never larger than 1."""


def binarize(z):
    return z + tf.stop_gradient(step_of(z) - z)


# %% mask_of_the_value loses="gradients" like="no_mask"
@tf.custom_gradient
def binarize(z):
    value = step_of(z)
    return value, lambda upstream: tf.where(tf.abs(value) <= 1, upstream, tf.zeros_like(upstream))


# %% mask_of_the_upstream loses="gradients"
"""You drop what is large in the upstream. What decides is z: where |z| is at most 1, everything
passes that arrives, however large."""


@tf.custom_gradient
def binarize(z):
    def grad(upstream):
        return tf.where(tf.abs(upstream) <= 1, upstream, tf.zeros_like(upstream))

    return step_of(z), grad


# %% upstream_clipped loses="gradients"
"""You clip the upstream to -1 and 1. It is not to be limited, but to pass unchanged where |z| is at
most 1, and not at all elsewhere: a mask, made of z."""


@tf.custom_gradient
def binarize(z):
    return step_of(z), lambda upstream: tf.clip_by_value(upstream, -1, 1)


# %% upstream_clipped_and_masked loses="gradients"
"""The mask is right, but what passes is limited on its way. It passes as it arrived."""


@tf.custom_gradient
def binarize(z):
    def grad(upstream):
        clipped = tf.clip_by_value(upstream, -1, 1)
        return tf.where(tf.abs(z) <= 1, clipped, tf.zeros_like(clipped))

    return step_of(z), grad


# %% upstream_forgotten loses="gradients"
"""Your gradient is the mask alone. Multiply it with the argument of the gradient function, which is
what arrives from above."""


@tf.custom_gradient
def binarize(z):
    return step_of(z), lambda upstream: tf.cast(tf.abs(z) <= 1, z.dtype)


# %% upstream_averaged loses="gradients"
"""All elements pass the same here, the mean of what arrives. Each has its own upstream: multiply
element by element."""


@tf.custom_gradient
def binarize(z):
    def grad(upstream):
        return tf.reduce_mean(upstream) * tf.cast(tf.abs(z) <= 1, z.dtype)

    return step_of(z), grad


# %% ends_excluded loses="gradients"
"""At z = -1 and at z = 1 the gradient still passes, and at one of these ends or at both yours does
not pass in full. A comparison has to let both ends in; the derived gradients of `tf.maximum`,
`tf.minimum` and `tf.nn.relu` make a choice of their own at a tie, that of `tf.clip_by_value`
passes."""


@tf.custom_gradient
def binarize(z):
    def grad(upstream):
        return tf.where(tf.abs(z) < 1, upstream, tf.zeros_like(upstream))

    return step_of(z), grad


# %% lower_end_excluded loses="gradients" like="ends_excluded"
@tf.custom_gradient
def binarize(z):
    def grad(upstream):
        return tf.where((z > -1) & (z <= 1), upstream, tf.zeros_like(upstream))

    return step_of(z), grad


# %% upper_end_excluded loses="gradients" like="ends_excluded"
@tf.custom_gradient
def binarize(z):
    def grad(upstream):
        return tf.where((z >= -1) & (z < 1), upstream, tf.zeros_like(upstream))

    return step_of(z), grad


# %% ties_at_the_ends loses="gradients" like="ends_excluded"
def binarize(z):
    line = tf.maximum(-1.0, tf.minimum(1.0, z))
    return line + tf.stop_gradient(step_of(z) - line)


# %% one_tie loses="gradients" like="ends_excluded"
def binarize(z):
    line = tf.nn.relu(z + 1) - tf.nn.relu(z - 1) - 1
    return line + tf.stop_gradient(step_of(z) - line)


# %% one_side_open loses="gradients"
"""On one side of 0 your mask is wrong. Both ends count: the gradient passes from -1 to 1, so
compare the size of z, not z itself."""


@tf.custom_gradient
def binarize(z):
    def grad(upstream):
        return tf.where(z <= 1, upstream, tf.zeros_like(upstream))

    return step_of(z), grad


# %% one_side_closed loses="gradients" like="one_side_open"
@tf.custom_gradient
def binarize(z):
    def grad(upstream):
        return tf.where((z >= 0) & (z <= 1), upstream, tf.zeros_like(upstream))

    return step_of(z), grad


# %% smooth_slope loses="gradients"
"""The slope that you use falls off smoothly, like that of a tanh. Here it is that of a straight
line: what arrives passes unchanged where |z| is at most 1, and not at all elsewhere."""


def binarize(z):
    return tf.tanh(z) + tf.stop_gradient(step_of(z) - tf.tanh(z))


# %% triangle loses="gradients" like="smooth_slope"
@tf.custom_gradient
def binarize(z):
    return step_of(z), lambda upstream: upstream * tf.nn.relu(1 - tf.abs(z))


# %% mask_reversed loses="gradients"
"""The mask is the wrong way round: the gradient passes where |z| is at most 1, and is 0 beyond."""


@tf.custom_gradient
def binarize(z):
    def grad(upstream):
        return tf.where(tf.abs(z) <= 1, tf.zeros_like(upstream), upstream)

    return step_of(z), grad


# %% one_decision_for_all loses="gradients serialization graph"
"""One large element closes the gate for all of them. Each element of z decides for itself:
`tf.where` does it without a loop."""


@tf.custom_gradient
def binarize(z):
    def grad(upstream):
        return upstream * tf.cast(tf.reduce_all(tf.abs(z) <= 1), z.dtype)

    return step_of(z), grad


# %% remembers_the_last_z loses="gradients"
"""The gradient uses a z that every call overwrites, so where the function is used twice, the one
use gets the mask of the other. Let the gradient function use the z of its own call."""

last = {}


@tf.custom_gradient
def binarize(z):
    last["z"] = z
    return step_of(z), gradient_of_the_last


def gradient_of_the_last(upstream):
    return tf.where(tf.abs(last["z"]) <= 1, upstream, tf.zeros_like(upstream))


# %% whole_numbers loses="numerics gradients serialization"
"""`tf.where(z >= 0, 1, -1)` is int32: it does not mix with float32, and through whole numbers there
is no gradient. Use the dtype of z, with `tf.ones_like(z)` or a cast."""


@tf.custom_gradient
def binarize(z):
    def grad(upstream):
        return tf.where(tf.abs(z) <= 1, upstream, tf.zeros_like(upstream))

    return tf.where(z >= 0, 1, -1), grad


# %% whole_numbers_and_others loses="numerics gradients serialization graph" like="whole_numbers"
def binarize(z):
    return straight(tf.where(z >= 0, 1, -1), z)


# %% float32_constants loses="numerics gradients"
"""A tensor made from Python numbers is float32 unless you say otherwise, and does not mix with
float64. Use `tf.ones_like(z)`, or cast to the dtype of z."""


def binarize(z):
    return straight(tf.where(z >= 0, 1.0, -1.0), z)


# %% always_float32 loses="numerics gradients"
"""Casting z to float32 makes float32 of every answer, and rounds z before it is compared. What
comes in as float64 must be judged and come out as float64."""


def binarize(z):
    z = tf.cast(z, tf.float32)
    return straight(step_of(z), z)


# %% float32_and_back loses="numerics gradients"
"""The result has the right dtype, but z was rounded to float32 before it was compared: a tiny
negative number becomes 0 there, and what lies barely beyond 1 becomes 1. Compare z as it is."""


def binarize(z):
    narrow = tf.cast(z, tf.float32)
    return tf.cast(straight(step_of(narrow), narrow), z.dtype)


# %% decorator_missing loses="numerics gradients serialization graph"
"""The function returns a value and a gradient function, which is what `tf.custom_gradient` expects;
but without the decorator every caller gets both."""


def binarize(z):
    def grad(upstream):
        return tf.where(tf.abs(z) <= 1, upstream, tf.zeros_like(upstream))

    return step_of(z), grad


# %% python_if loses="numerics gradients serialization graph"
"""A Python `if` makes one decision for the whole tensor, and cannot look at many elements, nor at
those of a graph. `tf.where` decides for each element."""


@tf.custom_gradient
def binarize(z):
    def grad(upstream):
        return upstream if abs(z) <= 1 else tf.zeros_like(upstream)

    return (tf.ones_like(z) if z >= 0 else -tf.ones_like(z)), grad


# %% numpy_inside loses="serialization graph"
"""NumPy functions need numbers, and while a graph is traced there are none. Use TensorFlow's own
operations throughout."""


@tf.custom_gradient
def binarize(z):
    def grad(upstream):
        return tf.where(tf.abs(z) <= 1, upstream, tf.zeros_like(upstream))

    return np.where(np.asarray(z) >= 0, 1, -1).astype(z.dtype.name), grad


# %% numpy_function loses="serialization graph"
"""`tf.numpy_function` puts a call back into your Python process into the graph. Exported, it finds
nobody to call. Use TensorFlow's own operations throughout."""


def binarize(z):
    value = tf.numpy_function(lambda a: np.where(a >= 0, 1, -1).astype(a.dtype), [z], z.dtype)
    return straight(tf.ensure_shape(value, z.shape), z)


# %% fixed_size loses="graph"
"""`z.shape` is what is known while tracing, and may hold None in a graph for any size. No tensor
can be made of that; `tf.ones_like(z)` follows the tensor."""


def binarize(z):
    ones = tf.ones(z.shape, z.dtype)
    return straight(tf.where(z >= 0, ones, -ones), z)


# %% element_by_element loses="serialization graph"
"""A Python loop over the elements and its `if` need numbers; while a graph is traced there are
none, and nobody knows how many elements there will be. `tf.where` takes the whole tensor at
once."""


def binarize(z):
    values = [1.0 if float(one) >= 0 else -1.0 for one in tf.reshape(z, [-1])]
    return straight(tf.reshape(tf.constant(values, z.dtype), z.shape), z)
