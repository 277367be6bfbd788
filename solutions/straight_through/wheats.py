# %% custom_gradient
"""Value and gradient apart, with a mask that keeps or drops what arrives."""


@tf.custom_gradient
def binarize(z):
    def grad(upstream):
        return tf.where(tf.abs(z) <= 1, upstream, tf.zeros_like(upstream))

    return tf.where(z < 0, -tf.ones_like(z), tf.ones_like(z)), grad


# %% mask_as_a_factor
"""A mask of zeros and ones, and twice a truth value minus 1."""


@tf.custom_gradient
def binarize(x):
    passes = tf.cast(tf.logical_and(x >= -1, x <= 1), x.dtype)
    return 2 * tf.cast(x >= 0, x.dtype) - 1, lambda dy: passes * dy


# %% keras_ops
"""Keras' own decorator and operations; the upstream is taken by keyword."""


@keras.ops.custom_gradient
def binarize(z):
    value = keras.ops.where(keras.ops.greater_equal(z, 0), 1.0, -1.0)

    def grad(*args, upstream=None):
        if upstream is None:
            (upstream,) = args
        return keras.ops.where(keras.ops.abs(z) > 1, keras.ops.zeros_like(upstream), upstream)

    return keras.ops.cast(value, z.dtype), grad


# %% grad_pass_through
"""TensorFlow's own pass-through, behind a clipped z."""


def binarize(z):
    def step(line):
        return tf.where(line >= 0, tf.ones_like(line), -tf.ones_like(line))

    return tf.grad_pass_through(step)(tf.clip_by_value(z, -1, 1))


# %% masked_line
"""A stopped mask times z has the right slope; what is missing to the step is stopped as well."""


def binarize(z):
    line = z * tf.stop_gradient(tf.cast(tf.abs(z) <= 1, z.dtype))
    return line + tf.stop_gradient(tf.where(z >= 0, 1 - line, -1 - line))


# %% sign_of_the_sign
"""`tf.sign` twice: in between, one half is added, so that 0 becomes positive."""


@tf.custom_gradient
def binarize(z):
    def grad(upstream):
        return [tf.math.multiply_no_nan(upstream, tf.cast(1 - tf.abs(z) >= 0, z.dtype))]

    return tf.sign(tf.sign(z) + 0.5), grad


# %% hard_tanh
"""Keras' hard tanh as the line; a sum in another order, which is off by rounding."""


def binarize(z):
    line = keras.activations.hard_tanh(z)
    step = tf.sign(z) + tf.cast(tf.equal(z, 0), z.dtype)
    return tf.stop_gradient(step) + line - tf.stop_gradient(line)


# %% one_expression
"""A lambda, and no name for anything in between; the square is within 1 where its root is."""

binarize = tf.custom_gradient(
    lambda z: (
        tf.cast(tf.where(z >= 0, 1.0, -1.0), z.dtype),
        lambda dy: dy * tf.cast(tf.square(z) <= 1, dy.dtype),
    )
)


# %% function_outside
"""A tf.function around it; AutoGraph converts the Python `if`, which nobody needs."""


@tf.function(reduce_retracing=True)
def binarize(z, name=None):
    one = tf.ones_like(z)
    if tf.size(z) > 0:
        line = tf.clip_by_value(z, -one, one)
    else:
        line = z
    return tf.stop_gradient(tf.where(tf.less(z, 0), -one, one) - line) + line


# %% one_after_the_other
"""A loop in the graph over the flattened elements, with a decision for each."""


@tf.custom_gradient
def binarize(z):
    def one(v):
        return tf.cond(v >= 0, lambda: tf.ones([], z.dtype), lambda: -tf.ones([], z.dtype))

    def grad(dy):
        return tf.reshape(
            tf.map_fn(
                lambda pair: tf.cond(tf.abs(pair[0]) <= 1, lambda: pair[1], lambda: 0 * pair[1]),
                (tf.reshape(z, [-1]), tf.reshape(dy, [-1])),
                fn_output_signature=z.dtype,
            ),
            tf.shape(z),
        )

    return tf.reshape(tf.map_fn(one, tf.reshape(z, [-1])), tf.shape(z)), grad


# %% callable_object
"""An object that is called, with borders of its own."""


class Binarize:
    def __init__(self, low=-1, high=1):
        self.low, self.high = low, high

    def __call__(self, z):
        @tf.custom_gradient
        def forward(z):
            inside = (z >= self.low) & (z <= self.high)

            def grad(upstream, variables=None):
                return tf.where(inside, upstream, 0)

            return tf.math.divide(tf.where(z >= 0, z + 1, z - 1), tf.abs(z) + 1), grad

        return forward(z)


binarize = Binarize()


# %% picked_and_put_back
"""The gradient picks the elements that pass, and puts them back among zeros."""


@tf.custom_gradient
def binarize(z):
    flat = tf.reshape(z, [-1])

    def grad(upstream):
        places = tf.where(tf.abs(flat) <= 1)
        passed = tf.gather_nd(tf.reshape(upstream, [-1]), places)
        return tf.reshape(tf.scatter_nd(places, passed, tf.shape(flat, tf.int64)), tf.shape(z))

    return tf.math.divide_no_nan(z, tf.abs(z)) + tf.cast(tf.equal(z, 0), z.dtype), grad


# %% in_double_precision
"""Everything in float64, and back to the dtype of z at the end."""


def binarize(z):
    wide = tf.cast(z, tf.float64)
    line = tf.clip_by_value(wide, -1, 1)
    step = tf.where(wide >= 0, tf.constant(1, tf.float64), tf.constant(-1, tf.float64))
    return tf.cast(line + tf.stop_gradient(step - line), z.dtype)
