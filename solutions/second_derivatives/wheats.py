# %%
def gradient_of(f, x):
    """The gradient as a tensor, zeros where there is none."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = f(x)
    return tf.convert_to_tensor(tape.gradient(value, x, unconnected_gradients="zero"))


def product_of(f, x, v):
    with tf.GradientTape() as tape:
        tape.watch(x)
        gradient = gradient_of(f, x)
    product = tape.gradient(gradient, x, output_gradients=v, unconnected_gradients="zero")
    return tf.convert_to_tensor(product)


# %% rows_one_after_the_other
"""Each row is a product with a unit vector; `tf.map_fn` makes them. The factors are stopped."""


def hessian_vector_product(f, x, v):
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(gradient_of(f, x) * tf.stop_gradient(v))
    return tf.convert_to_tensor(tape.gradient(total, x, unconnected_gradients="zero"))


def gradient_and_hessian(f, x):
    units = tf.eye(tf.shape(x)[0], dtype=x.dtype)
    return gradient_of(f, x), tf.map_fn(lambda unit: hessian_vector_product(f, x, unit), units)


# %% rows_at_once
"""`tf.vectorized_map` makes all rows at once, with units that are a diagonal of ones."""


def hessian_vector_product(f, x, v):
    return product_of(f, x, v)


def gradient_and_hessian(f, x):
    units = tf.linalg.diag(tf.ones_like(x))
    return [gradient_of(f, x), tf.vectorized_map(lambda unit: product_of(f, x, unit), units)]


# %% forward_over_reverse
"""A `ForwardAccumulator` carries v forward through the gradient."""


def hessian_vector_product(f, x, v):
    with tf.autodiff.ForwardAccumulator(primals=x, tangents=v) as accumulator:
        gradient = gradient_of(f, x)
    zero = tf.UnconnectedGradients.ZERO
    return tf.convert_to_tensor(accumulator.jvp(gradient, unconnected_gradients=zero))


def gradient_and_hessian(f, x):
    columns = tf.map_fn(lambda e: hessian_vector_product(f, x, e), tf.linalg.diag(tf.ones_like(x)))
    return gradient_of(f, x), tf.transpose(columns)


# %% loop_in_a_function
"""A loop over the rows that AutoGraph makes, in a function that is decorated."""


@tf.function
def rows_of(f, x):
    n = tf.shape(x)[0]
    rows = tf.TensorArray(x.dtype, size=n)
    for i in tf.range(n):
        rows = rows.write(i, product_of(f, x, tf.one_hot(i, n, dtype=x.dtype)))
    return rows.stack()


def gradient_and_hessian(f, x):
    hessian = rows_of(f, x)
    return gradient_of(f, x), tf.ensure_shape(hessian, [None, None])


# %% none_by_hand
"""What is None is replaced by zeros; a zero that does not depend on x has no Hessian either."""


def or_zeros(found, like):
    return tf.zeros_like(like) if found is None else tf.convert_to_tensor(found)


def gradient_and_hessian(f, x):
    with tf.GradientTape(watch_accessed_variables=False) as outer:
        outer.watch(x)
        with tf.GradientTape(watch_accessed_variables=False) as inner:
            inner.watch(x)
            value = f(x)
        gradient = or_zeros(inner.gradient(value, x), x)
    hessian = outer.jacobian(gradient, x)
    return gradient, or_zeros(hessian, tf.linalg.diag(x))


def hessian_vector_product(f, x, v):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            value = f(x)
        gradient = or_zeros(inner.gradient(value, x), x)
    return or_zeros(outer.gradient(gradient, x, v), x)


# %% nothing_is_added
"""Nothing times a cubic is added to f, so that no derivative is missing."""


def gradient_and_hessian(f, x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            value = f(x) + 0 * tf.reduce_sum(x * x * x)
        gradient = inner.gradient(value, x)
    return gradient, outer.jacobian(gradient, x)


def hessian_vector_product(f, x, v):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            value = f(x) + 0 * tf.reduce_sum(x * x * x)
        gradient = inner.gradient(value, x)
    return outer.gradient(gradient, x, output_gradients=v)


# %% gradients_in_a_graph
"""The older `tf.gradients`, which works in graphs, in a `tf.function` made anew for each call."""


def hessian_vector_product(f, x, v):
    @tf.function(autograph=False)
    def product(x, v):
        (gradient,) = tf.gradients(f(x), x, unconnected_gradients="zero")
        gradient = tf.convert_to_tensor(gradient)
        (found,) = tf.gradients(gradient, x, grad_ys=v, unconnected_gradients="zero")
        return tf.convert_to_tensor(found)

    return product(x, v)


# %% persistent_tape
"""One persistent tape, which is asked for the gradient while it still records."""


class Derivatives:
    def __init__(self, f, x):
        self.x = tf.identity(x)
        with tf.GradientTape(persistent=True) as self.tape:
            self.tape.watch(self.x)
            value = f(self.x)
            found = self.tape.gradient(value, self.x, unconnected_gradients="zero")
            self.gradient = tf.convert_to_tensor(found)

    def hessian(self):
        return self.tape.jacobian(self.gradient, self.x, unconnected_gradients="zero")

    def times(self, v):
        found = self.tape.gradient(self.gradient, self.x, v, unconnected_gradients="zero")
        return tf.convert_to_tensor(found)


def gradient_and_hessian(f, x, **kwargs):
    found = Derivatives(f, x)
    return found.gradient, found.hessian()


def hessian_vector_product(f, x, v):
    return Derivatives(f, x).times(v)


# %% symmetric
"""A Hessian is symmetric: the mean of it and of its transpose is the same."""


def gradient_and_hessian(f, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        gradient = gradient_of(f, x)
    hessian = tape.jacobian(gradient, x, unconnected_gradients="zero")
    return gradient, (hessian + tf.transpose(hessian)) / 2


# %% along_a_line
"""The product is how the gradient changes with t at x + t v, carried forward from the number t."""


def hessian_vector_product(f, x, v):
    t = tf.zeros([], x.dtype)
    with tf.autodiff.ForwardAccumulator(t, tf.ones_like(t)) as accumulator:
        gradient = gradient_of(f, x + t * v)
    return tf.convert_to_tensor(accumulator.jvp(gradient, unconnected_gradients="zero"))


# %% through_a_reshape
"""f sees a reshape of x, through which every gradient is a tensor, that of `tf.gather` as well."""


def slope_of(f):
    def slope(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = f(tf.reshape(x, [-1]))
        return tape.gradient(value, x, unconnected_gradients="zero")

    return slope


def gradient_and_hessian(f, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        slope = slope_of(f)(x)
    return slope, tape.jacobian(slope, x, unconnected_gradients="zero")


def hessian_vector_product(f, x, v):
    v = tf.stop_gradient(v)
    return slope_of(lambda x: tf.tensordot(slope_of(f)(x), v, 1))(x)
