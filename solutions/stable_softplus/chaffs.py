# %% overflows_forward loses="numerics"
"""exp(z) is infinite from z = 89 on (710 in float64), and its logarithm with it; a gradient derived
from this form is NaN there. The value needs a form that cannot overflow, whatever you do about the
gradient."""


@tf.custom_gradient
def my_softplus(z):
    exp = tf.exp(z)

    def grad(upstream):
        return upstream * (1 - 1 / (1 + exp))

    return tf.math.log(1 + exp), grad


# %% naive loses="numerics gradients" like="overflows_forward"
def my_softplus(z):
    return tf.math.log(tf.exp(z) + 1)


# %% derived_through_where loses="gradients"
"""tf.where picks the right value on both sides, but a derived gradient runs through the side that
was not picked as well, and there 0 meets infinity and gives NaN. State the gradient yourself."""


def my_softplus(z):
    return tf.where(z > 0, z + tf.math.log1p(tf.exp(-z)), tf.math.log1p(tf.exp(z)))


# %% kink_at_zero loses="gradients"
"""The values are right, but the parts they are made of have kinks at 0, where a derived gradient
picks a side; softplus is smooth there, with slope one half. State the gradient yourself."""


def my_softplus(z):
    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z)))


# %% relu_kink_at_zero loses="gradients"
"""The values are right, but the slope at z = 0 is not: softplus has slope one half there. The
derived gradients of relu and abs are both 0 at their kinks; state the gradient yourself."""


def my_softplus(z):
    return tf.nn.relu(z) + tf.math.log1p(tf.exp(-tf.abs(z)))


# %% gradient_overflows loses="gradients"
"""From z = 89 on exp(z) is infinite, and your slope is infinity over infinity, or infinity times 0.
tf.where does not mend what TensorFlow derives: the gradient also runs through the side that was not
picked. Give grad a form that cannot overflow."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.exp(z) / (1 + tf.exp(z))

    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% hides_nan loses="gradients"
"""Where the slope came out as NaN you put a 0, but far to the right softplus rises with slope 1.
Replacing NaN hides the overflow; avoid it instead."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        slope = tf.exp(z) / (1 + tf.exp(z))
        return upstream * tf.where(tf.math.is_nan(slope), tf.zeros_like(slope), slope)

    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% ignores_upstream loses="gradients"
"""grad returns the slope alone. Its argument is the gradient that arrives from above; the chain
rule wants the product of the two, element by element."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return tf.sigmoid(z)

    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% averages_upstream loses="gradients"
"""The upstream gradient has one number for each element, and each belongs to its own element: do
not reduce it to a single number before you multiply."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return tf.reduce_mean(upstream) * tf.sigmoid(z)

    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% clips_upstream loses="gradients"
"""You limit the upstream gradient before you pass it on. Clipping may be an optimizer's business,
but the gradient of softplus is the whole upstream times the slope."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return tf.clip_by_value(upstream, -1, 1) * tf.sigmoid(z)

    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% averages_over_the_rows loses="gradients"
"""In a batch of rows you average the upstream gradient over the rows. Each element of z has its own
upstream and keeps it: a loss that is a mean has divided already."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        if z.shape.rank == 2:
            upstream = tf.reduce_mean(upstream, axis=0, keepdims=True)
        return upstream * tf.sigmoid(z)

    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% upstream_in_float32 loses="gradients"
"""The upstream gradient is cast to float32 on its way, and float64 loses half of its digits. Leave
it in the dtype in which it arrives: that is the dtype of z."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        upstream = tf.cast(tf.cast(upstream, tf.float32), z.dtype)
        return upstream * tf.sigmoid(z)

    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% slope_as_a_matrix loses="gradients"
"""You build the matrix of all derivatives and multiply it with the upstream gradient. A scalar has
no such matrix; and as each value depends on its own element only, the matrix is zero off its
diagonal: multiply element by element."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return tf.linalg.matvec(tf.linalg.diag(tf.sigmoid(z)), upstream)

    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% adds_upstream loses="gradients serialization graph"
"""The upstream gradient and the slope are added, but the chain rule multiplies them."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream + tf.sigmoid(z)

    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% slope_of_the_sigmoid loses="gradients serialization graph"
"""sigmoid(z) * (1 - sigmoid(z)) is the slope of the sigmoid: one derivative too many. The slope of
softplus is the sigmoid itself."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        s = tf.sigmoid(z)
        return upstream * s * (1 - s)

    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% slope_is_a_step loses="gradients serialization graph"
"""A slope of 0 on the left and 1 on the right is that of ReLU, and softplus only has it far out. In
between it is the sigmoid."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return tf.where(z > 0, upstream, tf.zeros_like(upstream))

    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% python_if loses="numerics serialization graph"
"""A Python `if` makes one decision for everything in z, so that one large element turns its
neighbours into themselves; and a graph has no values to decide on. Decide for each element, with
tf.where or a formula that needs no decision."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    if tf.reduce_max(z) > 30:
        return tf.identity(z), grad
    return tf.math.log1p(tf.exp(z)), grad


# %% cond_for_the_batch loses="numerics"
"""tf.cond makes one decision for the whole batch: as soon as one element is large, the others lose
their curved part too. Decide for each element."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    far = tf.reduce_any(tf.abs(z) > 30)
    return tf.cond(far, lambda: tf.nn.relu(z), lambda: tf.math.log1p(tf.exp(z))), grad


# %% shifted_by_the_batch loses="numerics"
"""Subtracting a maximum before exp is the right idea, but here it is the maximum of the batch: next
to a 1000 everything else underflows, and log(0) is -inf. Each element needs a shift of its own."""


@tf.custom_gradient
def my_softplus(z):
    shift = tf.maximum(tf.reduce_max(z), 0)

    def grad(upstream):
        return upstream * tf.sigmoid(z)

    return shift + tf.math.log(tf.exp(-shift) + tf.exp(z - shift)), grad


# %% float64_is_large_enough loses="numerics"
"""float64 reaches further than float32, but it ends as well: exp overflows there from z = 710 on.
It needs the same care."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    if z.dtype == tf.float64:
        return tf.math.log1p(tf.exp(z)), grad
    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% line_from_100_on loses="numerics"
"""Your switch to the straight line comes too late: in float32 exp(z) is infinite from z = 89 on.
Use a form that needs no switch, or switch earlier."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    return tf.where(z > 100, z, tf.math.log1p(tf.exp(z))), grad


# %% clipped_input loses="numerics"
"""Clipping z keeps exp finite, but then everything beyond the limit has the value of the limit:
softplus(1000) is 1000. Clip what goes into exp, not what comes out as the result."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    return tf.math.log1p(tf.exp(tf.clip_by_value(z, -50, 50))), grad


# %% stable_on_one_side loses="numerics"
"""z + log(1 + exp(-z)) cannot overflow for positive z, but for very negative z it is -1000 plus
infinity. Each side needs the form in which the exponent is not positive."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    return z + tf.math.log1p(tf.exp(-z)), grad


# %% line_from_5_on loses="numerics"
"""You switch to the straight line too early: at z = 5 softplus is still 0.007 above it. The switch
must wait until exp(-z) is below the tolerance, or not be needed at all."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    return tf.where(z > 5, z, tf.math.log1p(tf.exp(tf.minimum(z, 5)))), grad


# %% line_from_13_on loses="numerics"
"""Your switch to the straight line is fine for float32, but float64 sees the step: exp(-13) is
about two millionths. Use a form that needs no switch, or switch later."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    return tf.where(z > 13, z, tf.math.log1p(tf.exp(tf.minimum(z, 13)))), grad


# %% forgets_the_positive_part loses="numerics serialization graph"
"""log(1 + exp(-|z|)) is only the correction, the same for z and -z. For positive z the larger part,
z itself, is missing."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    return tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% log1p_of_one_more loses="numerics serialization graph"
"""log1p adds the 1 itself: log1p(1 + x) is log(2 + x)."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    return tf.maximum(z, 0) + tf.math.log1p(1 + tf.exp(-tf.abs(z))), grad


# %% float32_constants loses="numerics gradients"
"""A tensor made from a Python number is float32 unless you say otherwise, and does not mix with
float64. Use plain numbers, or make constants with the dtype of z."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    return tf.maximum(z, tf.constant(0.0)) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% always_float32 loses="numerics gradients"
"""Casting z to float32 makes float32 of every answer. What comes in as float64 must come out as
float64, value and gradient."""


@tf.custom_gradient
def my_softplus(z):
    z = tf.cast(z, tf.float32)

    def grad(upstream):
        return upstream * tf.sigmoid(z)

    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% float32_and_back loses="numerics"
"""The result is called float64 but was computed in float32: half of its digits were lost on the
way. Compute in the dtype of z."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    x = tf.cast(z, tf.float32)
    return tf.cast(tf.maximum(x, 0) + tf.math.log1p(tf.exp(-tf.abs(x))), z.dtype), grad


# %% float32_slope loses="gradients"
"""The gradient is called float64 but its slope was computed in float32: half of its digits were
lost on the way. Compute in the dtype of z."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.cast(tf.sigmoid(tf.cast(z, tf.float32)), upstream.dtype)

    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% vectors_and_more loses="numerics gradients"
"""tf.map_fn takes z apart along its first axis: a scalar has none, and what is left of a matrix, as
layers compute it, is no single number. TensorFlow's operations are elementwise already: work on the
whole tensor."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    def row(v):
        return tf.maximum(v, 0) + tf.math.log1p(tf.exp(-tf.abs(v)))

    return tf.map_fn(row, z), grad


# %% vectors_only loses="numerics gradients graph" like="vectors_and_more"
@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    def one(v):
        return tf.cond(
            tf.squeeze(v) > 0,
            lambda: v + tf.math.log1p(tf.exp(-v)),
            lambda: tf.math.log1p(tf.exp(v)),
        )

    return tf.map_fn(one, z), grad


# %% signature_of_vectors loses="numerics gradients graph"
"""An input signature accepts nothing but what it names: here float32 vectors. The function must
take every shape, and float64."""


@tf.custom_gradient
def softplus_of(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


@tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
def my_softplus(z):
    return softplus_of(z)


# %% decorator_missing loses="numerics gradients serialization graph"
"""The function returns a value and a gradient function, which is what tf.custom_gradient expects;
but without the decorator every caller gets both."""


def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% value_alone loses="numerics gradients serialization graph"
"""A function under tf.custom_gradient returns two things, the value and a function for the
gradient; yours returns the value alone."""


@tf.custom_gradient
def my_softplus(z):
    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z)))


# %% return_in_the_wrong_function loses="numerics gradients serialization graph"
"""`return value, grad` is indented into grad, so the decorated function itself returns None."""


@tf.custom_gradient
def my_softplus(z):
    value = tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z)))

    def grad(upstream):
        return upstream * tf.sigmoid(z)
        return value, grad


# %% slope_for_grad loses="numerics gradients serialization graph"
"""The second thing to return is a function of the upstream gradient; you return the slope itself, a
tensor, which cannot be called."""


@tf.custom_gradient
def my_softplus(z):
    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), tf.sigmoid(z)


# %% one_gradient_too_many loses="gradients serialization graph"
"""grad returns one gradient for each argument of the function. There is one argument, z."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z), upstream

    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% remembers_the_last_z loses="gradients"
"""The gradient uses a z that every call overwrites, so with two layers the first gets the slopes of
the second. Let grad use the z of its own call: a function inside remembers it."""

last = {}


@tf.custom_gradient
def my_softplus(z):
    last["z"] = z
    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), gradient_of_softplus


def gradient_of_softplus(upstream):
    return upstream * tf.sigmoid(last["z"])


# %% slope_of_clipped_z loses="gradients"
"""Clipping z before the sigmoid flattens the slope: sigmoid(-5) is 0.0067, but the slope goes on
falling. tf.sigmoid needs no protection."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(tf.clip_by_value(z, -5, 5))

    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% remembers_the_first_slope loses="gradients serialization graph"
"""The slope is kept from the first call with a tensor of the same shape, and used for other
tensors, even for those of another graph. Compute it from the z of this call."""

slopes = {}


@tf.custom_gradient
def my_softplus(z):
    slope = slopes.setdefault((str(z.shape), z.dtype), tf.sigmoid(z))

    def grad(upstream):
        return upstream * slope

    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% numpy_inside loses="serialization graph"
"""NumPy functions need numbers, and while a graph is traced there are none. Use TensorFlow's own
operations throughout."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    return np.logaddexp(z, 0), grad


# %% numpy_in_the_gradient loses="serialization graph"
"""grad is traced like the rest, and while a graph is traced there are no numbers yet: z.numpy(),
NumPy functions and a Python `if` that looks at a tensor fail there too."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream / (1 + np.exp(np.minimum(-z.numpy(), 80)))

    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% numpy_function loses="serialization graph"
"""tf.numpy_function puts a call back into your Python process into the graph. Exported, it finds
nobody to call. Use TensorFlow's own operations throughout."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    value = tf.numpy_function(lambda a: np.logaddexp(a, np.zeros_like(a)), [z], z.dtype)
    return tf.ensure_shape(value, z.shape), grad


# %% registered_gradient loses="serialization"
"""A gradient registered under a name stays in the process that registered it, and a SavedModel
cannot take it along. What tf.custom_gradient makes is saved together with the function."""


@tf.RegisterGradient("GradientOfMySoftplus")
def gradient_of_my_softplus(op, upstream):
    return upstream * tf.sigmoid(op.inputs[0])


@tf.function
def my_softplus(z):
    value = tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z)))
    with tf.compat.v1.get_default_graph().gradient_override_map(
        {"Identity": "GradientOfMySoftplus"}
    ):
        line = tf.identity(z)
    return line + tf.stop_gradient(value - z)


# %% fixed_size loses="graph"
"""z.shape is known while code runs eagerly, but in a graph for any size it has None in it, and
NumPy cannot make an array of that. Use what follows the tensor, such as tf.zeros_like(z)."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    zeros = np.zeros(z.shape, z.dtype.as_numpy_dtype)
    return tf.experimental.numpy.logaddexp(z, zeros), grad


# %% fixed_size_in_the_gradient loses="graph"
"""In a graph for any size z.shape has None in it, in the gradient function too, and no tensor can
be made of that. Plain numbers such as 1 fit every shape, and tf.ones_like(z) follows the tensor."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        ones = tf.ones(z.shape, z.dtype)
        return upstream * ones / (ones + tf.exp(-z))

    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z))), grad


# %% built_in loses="numerics gradients serialization graph"
"""The built-in softplus is what this exercise asks you to write. Start from log(1 + exp(z)) and
keep the exponent from growing."""


@tf.custom_gradient
def my_softplus(z):
    return tf.nn.softplus(z), lambda upstream: upstream * tf.sigmoid(z)


# %% log_sigmoid loses="numerics gradients serialization graph"
"""-log_sigmoid(-z) is the built-in softplus with other signs, and switched off like it. Start from
log(1 + exp(z)) and keep the exponent from growing."""


def my_softplus(z):
    return -tf.math.log_sigmoid(-z)


# %% element_by_element loses="serialization graph"
"""A Python loop over the elements needs to know how many there are, and the `if` what they are; a
graph for any size knows neither. TensorFlow's operations are elementwise already."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    values = [
        v + tf.math.log1p(tf.exp(-v)) if v > 0 else tf.math.log1p(tf.exp(v))
        for v in tf.unstack(tf.reshape(z, [-1]))
    ]
    return tf.reshape(tf.stack(values), z.shape), grad


# %% cross_entropy loses="numerics gradients serialization graph"
"""The sigmoid cross-entropy of a logit and the label 0 is softplus, ready-made, and switched off
like it. Start from log(1 + exp(z)) and keep the exponent from growing."""


def my_softplus(z):
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.zeros_like(z), logits=z)


# %% passes_upstream_on loses="gradients serialization graph"
"""The upstream gradient is passed on as it came, as if the slope were 1 everywhere. It has to be
multiplied by the slope, which is the sigmoid."""


@tf.custom_gradient
def my_softplus(z):
    value = tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z)))
    return value, lambda upstream: upstream


# %% slope_mirrored loses="gradients serialization graph"
"""This is the sigmoid of -z, which falls from 1 to 0. Softplus is flat on the left and rises on the
right: its slope is the sigmoid of z."""


@tf.custom_gradient
def my_softplus(z):
    value = tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z)))
    return value, lambda upstream: upstream * tf.sigmoid(-z)


# %% sigmoid_of_the_value loses="gradients serialization graph"
"""The slope at z is the sigmoid of z; you take the sigmoid of the value, which is never below one
half."""


@tf.custom_gradient
def my_softplus(z):
    value = tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z)))
    return value, lambda upstream: upstream * tf.sigmoid(value)


# %% hard_sigmoid loses="gradients serialization graph"
"""The hard sigmoid is made of straight lines, and only resembles the sigmoid."""


@tf.custom_gradient
def my_softplus(z):
    value = tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z)))
    return value, lambda upstream: upstream * keras.activations.hard_sigmoid(z)


# %% finite_difference loses="gradients serialization graph"
"""A finite difference tests a slope, but does not replace it: the two values agree in most of their
digits, and what is left is far from exact. The slope has a formula, the sigmoid."""


def stable(z):
    return tf.maximum(z, 0) + tf.math.log1p(tf.exp(-tf.abs(z)))


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * (stable(z + 1e-3) - stable(z - 1e-3)) / 2e-3

    return stable(z), grad


# %% squareplus loses="numerics gradients serialization graph"
"""The squareplus, (z + sqrt(z^2 + 4)) / 2, is a smooth relative of ReLU as well, but another one.
Start from log(1 + exp(z)) and keep the exponent from growing."""


def my_softplus(z):
    return (z + tf.sqrt(z * z + 4)) / 2


# %% sizes_taken_while_tracing loses="graph"
"""`z.shape` is what is known while tracing, and any of its sizes may be `None` there, not only the
first. `tf.shape(z)` is a tensor with all sizes that the graph is running on."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    flat = tf.reshape(z, [-1])
    value = tf.maximum(flat, 0) + tf.math.log1p(tf.exp(-tf.abs(flat)))
    return tf.reshape(value, [-1, *z.shape[1:]] if z.shape.rank else []), grad


# %% loop_over_the_elements loses="serialization graph"
"""A Python `for` cannot go over the elements of a tensor while a graph is made: nobody knows how
many there will be. Operations such as `tf.exp` take the whole tensor at once."""


@tf.custom_gradient
def my_softplus(z):
    def grad(upstream):
        return upstream * tf.sigmoid(z)

    elements = [one for one in tf.reshape(z, [-1])]
    values = [tf.maximum(one, 0) + tf.math.log1p(tf.exp(-tf.abs(one))) for one in elements]
    return tf.reshape(tf.stack(values), tf.shape(z)), grad


# %% tie_at_the_cutoff loses="gradients"
"""Where z is exactly at your cut-off, a derived gradient of `tf.minimum` or `tf.maximum` picks one
of its two arguments, and here that is the constant: the slope is 0 there. State the gradient
yourself."""


def my_softplus(z):
    limit = 20.0 * tf.ones_like(z)
    small = tf.math.log1p(tf.exp(tf.minimum(limit, z)))
    return tf.where(z > limit, z, small)
