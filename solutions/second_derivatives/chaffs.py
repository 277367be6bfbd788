# %%
def gradient_of(f, x):
    """The right gradient, for those that get the second order wrong."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = f(x)
    return tf.convert_to_tensor(tape.gradient(value, x, unconnected_gradients="zero"))


def right(f, x):
    """The right answer, for those that spoil it afterwards."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        gradient = gradient_of(f, x)
    return gradient, tape.jacobian(gradient, x, unconnected_gradients="zero")


# %% rows_added_up loses="numerics gradients"
"""The second result is a vector, the sum of the rows of the Hessian: that is what `tape.gradient`
of a vector gives. `tape.jacobian` keeps the rows apart."""


def gradient_and_hessian(f, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        gradient = gradient_of(f, x)
    return gradient, tape.gradient(gradient, x, unconnected_gradients="zero")


# %% diagonal_alone loses="numerics gradients"
"""Beside the diagonal your Hessian has zeros. Variables that act on each other have second
derivatives there; `tape.jacobian` finds all of them."""


def gradient_and_hessian(f, x):
    gradient, hessian = right(f, x)
    return gradient, tf.linalg.diag(tf.linalg.diag_part(hessian))


# %% one_tape loses="numerics gradients serialization graph"
"""A tape that is not persistent can be asked once; and even a persistent one does not know how the
gradient was made, unless it was still open then. Open a second tape around the first."""


def gradient_and_hessian(f, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = f(x)
    gradient = tape.gradient(value, x, unconnected_gradients="zero")
    return gradient, tape.jacobian(gradient, x, unconnected_gradients="zero")


# %% one_tape_for_the_product loses="numerics gradients serialization graph" like="one_tape"
def hessian_vector_product(f, x, v):
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = f(x)
    gradient = tape.gradient(value, x, unconnected_gradients="zero")
    return tape.gradient(gradient, x, v, unconnected_gradients="zero")


# %% asked_too_late loses="numerics gradients"
"""Your second derivatives are zero everywhere: the tape that you ask for them does not know how the
gradient was made from x. It must watch x, and still be open when the gradient is taken."""


def gradient_and_hessian(f, x):
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        value = f(x)
    gradient = tape.gradient(value, x, unconnected_gradients="zero")
    return gradient, tape.jacobian(gradient, x, unconnected_gradients="zero")


# %% outer_tape_does_not_watch loses="numerics gradients" like="asked_too_late"
def gradient_and_hessian(f, x):
    with tf.GradientTape() as tape:
        gradient = gradient_of(f, x)
    return gradient, tape.jacobian(gradient, x, unconnected_gradients="zero")


# %% product_after_both_tapes loses="numerics gradients serialization graph" like="asked_too_late"
def hessian_vector_product(f, x, v):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            value = f(x)
    gradient = inner.gradient(value, x, unconnected_gradients="zero")
    return outer.gradient(gradient, x, v, unconnected_gradients="zero")


# %% nothing_is_watched loses="numerics gradients serialization graph"
"""A tape watches variables by itself, but not a tensor like x: both tapes need `watch(x)`, before f
is called. Without it, all derivatives are zero, or None."""


def gradient_and_hessian(f, x):
    with tf.GradientTape() as outer, tf.GradientTape() as inner:
        value = f(x)
        gradient = inner.gradient(value, x, unconnected_gradients="zero")
    return gradient, outer.jacobian(gradient, x, unconnected_gradients="zero")


# %% none_for_a_plane loses="numerics"
"""Where a tape finds no way back to x, it answers None, and the result should be zeros. That
happens in both orders: in the second for a plane, in the first where f ignores x."""


def gradient_and_hessian(f, x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            value = f(x)
        gradient = inner.gradient(value, x)
    return gradient, outer.jacobian(gradient, x)


# %% none_in_the_second_order loses="numerics" like="none_for_a_plane"
def gradient_and_hessian(f, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        gradient = gradient_of(f, x)
    return gradient, tape.jacobian(gradient, x)


# %% product_is_none loses="numerics" like="none_for_a_plane"
def hessian_vector_product(f, x, v):
    with tf.GradientTape() as tape:
        tape.watch(x)
        gradient = gradient_of(f, x)
    return tape.gradient(gradient, x, output_gradients=v)


# %% zeros_of_float32 loses="numerics"
"""Where a tape has no derivative, your zeros are float32 whatever x is. They have the dtype of x,
like all results: `tf.zeros_like(x)`, or `tf.zeros` with `x.dtype`."""


def gradient_and_hessian(f, x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            value = f(x)
        gradient = inner.gradient(value, x)
        if gradient is None:
            n = tf.size(x)
            return tf.zeros([n]), tf.zeros([n, n])
        gradient = tf.convert_to_tensor(gradient)
    return gradient, outer.jacobian(gradient, x, unconnected_gradients="zero")


# %% product_zeros_of_float32 loses="numerics" like="zeros_of_float32"
def hessian_vector_product(f, x, v):
    with tf.GradientTape() as tape:
        tape.watch(x)
        gradient = gradient_of(f, x)
    product = tape.gradient(gradient, x, output_gradients=v)
    return tf.zeros([tf.size(x)]) if product is None else tf.convert_to_tensor(product)


# %% slices_returned loses="numerics"
"""Where f takes entries with `tf.gather`, a tape's gradient is no tensor but `tf.IndexedSlices`,
and yours is returned or differentiated as it is. `tf.convert_to_tensor` makes a tensor of it; that
is needed in the first and in the second order."""


def gradient_and_hessian(f, x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            value = f(x)
        gradient = inner.gradient(value, x, unconnected_gradients="zero")
    return gradient, outer.jacobian(gradient, x, unconnected_gradients="zero")


# %% slices_in_the_product loses="numerics" like="slices_returned"
def hessian_vector_product(f, x, v):
    with tf.GradientTape() as tape:
        tape.watch(x)
        gradient = gradient_of(f, x)
    return tape.gradient(gradient, x, output_gradients=v, unconnected_gradients="zero")


# %% slices_differentiated loses="numerics" like="slices_returned"
def hessian_vector_product(f, x, v):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            value = f(x)
        gradient = inner.gradient(value, x, unconnected_gradients="zero")
    return outer.gradient(gradient, x, output_gradients=v, unconnected_gradients="zero")


# %% v_forgotten loses="numerics gradients serialization graph"
"""This is the sum of the rows, whatever v is. Give v to the second tape as `output_gradients`."""


def hessian_vector_product(f, x, v):
    with tf.GradientTape() as tape:
        tape.watch(x)
        gradient = gradient_of(f, x)
    return tape.gradient(gradient, x, unconnected_gradients="zero")


# %% v_depends_on_x loses="numerics"
"""Where v is x itself, its own slope gets into your product. v is a constant: stop its gradient, or
leave it out of what the tape records and give it as `output_gradients`."""


def hessian_vector_product(f, x, v):
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(gradient_of(f, x) * v)
    return tf.convert_to_tensor(tape.gradient(total, x, unconnected_gradients="zero"))


# %% product_of_the_gradient loses="numerics gradients"
"""You multiply the gradient with v. What is asked is the product of the Hessian with v, and so a
second derivative."""


def hessian_vector_product(f, x, v):
    return gradient_of(f, x) * v


# %% product_with_the_diagonal loses="numerics gradients"
"""Each second derivative is multiplied with the wrong entries of v, as if the Hessian had nothing
beside its diagonal, or as if v came after the sum. Row i of the product is the sum of all entries
of row i, each times its own entry of v."""


def hessian_vector_product(f, x, v):
    with tf.GradientTape() as tape:
        tape.watch(x)
        gradient = gradient_of(f, x)
    return v * tape.gradient(gradient, x, unconnected_gradients="zero")


# %% slope_along_v loses="numerics gradients"
"""This is one number, a slope or a bend of f along v. The product is a vector: how each entry of
the gradient changes in the direction v."""


def hessian_vector_product(f, x, v):
    with tf.GradientTape() as tape:
        tape.watch(x)
        gradient = gradient_of(f, x)
    product = tape.gradient(gradient, x, v, unconnected_gradients="zero")
    return tf.tensordot(v, product, 1)


# %% slope_carried_forward loses="numerics gradients" like="slope_along_v"
def hessian_vector_product(f, x, v):
    with tf.autodiff.ForwardAccumulator(x, v) as accumulator:
        value = f(x)
    return accumulator.jvp(value, unconnected_gradients="zero")


# %% matrix_for_the_product loses="numerics"
"""With many variables there is no room for the Hessian. The product does not need it: it is one
more gradient, in which v comes from above."""


def hessian_vector_product(f, x, v):
    return tf.linalg.matvec(right(f, x)[1], v)


# %% differences loses="numerics"
"""These are differences, not derivatives: they lose half of the digits or more. A second tape is
exact."""


def hessian_vector_product(f, x, v):
    ahead, behind = gradient_of(f, x + 1e-3 * v), gradient_of(f, x - 1e-3 * v)
    return (ahead - behind) / 2e-3


# %% single_precision loses="numerics gradients"
"""x is cast to float32, which has seven digits and does not mix with float64. Leave it as it is."""


def gradient_and_hessian(f, x):
    return right(f, tf.cast(x, tf.float32))


# %% single_precision_and_back loses="numerics"
"""The results went through float32 and lost half of their digits. Leave them in the dtype of x."""


def gradient_and_hessian(f, x):
    return [tf.cast(tf.cast(found, tf.float32), x.dtype) for found in right(f, x)]


# %% other_order loses="numerics gradients"
"""Gradient and Hessian are in each other's place: the gradient comes first."""


def gradient_and_hessian(f, x):
    gradient, hessian = right(f, x)
    return hessian, gradient


# %% hessian_alone loses="numerics gradients serialization graph"
"""`gradient_and_hessian` returns two tensors, the gradient and the Hessian. Yours returns one."""


def gradient_and_hessian(f, x):
    return right(f, x)[1]


# %% doubled loses="numerics gradients"
"""All second derivatives are twice as large as they should be. A Hessian is symmetric as it is;
adding its transpose doubles it."""


def gradient_and_hessian(f, x):
    gradient, hessian = right(f, x)
    return gradient, hessian + tf.transpose(hessian)


# %% product_of_slopes loses="numerics gradients"
"""The products of first derivatives are no second derivatives. Differentiate the gradient once
more."""


def gradient_and_hessian(f, x):
    gradient = gradient_of(f, x)
    return gradient, gradient[:, None] * gradient[None, :]


# %% results_are_stopped loses="gradients"
"""The values are right, but nothing can be differentiated once more: what `tf.stop_gradient` holds,
or what has been made a constant, has no way back."""


def gradient_and_hessian(f, x):
    return [tf.stop_gradient(found) for found in right(f, x)]


# %% product_is_stopped loses="gradients" like="results_are_stopped"
def hessian_vector_product(f, x, v):
    with tf.GradientTape() as tape:
        tape.watch(x)
        gradient = gradient_of(f, x)
    product = tape.gradient(gradient, x, v, unconnected_gradients="zero")
    return tf.stop_gradient(tf.convert_to_tensor(product))


# %% results_of_numpy loses="gradients serialization graph"
"""`.numpy()` takes numbers out of TensorFlow: they have no gradient, and in a graph there are none.
Stay with tensors."""


def gradient_and_hessian(f, x):
    gradient, hessian = (found.numpy() for found in right(f, x))
    return tf.constant(gradient), tf.constant(hessian)


# %% variable_of_x loses="gradients serialization graph"
"""A `tf.Variable` made of x is made anew whenever this runs, which a graph does not allow, and no
gradient leads from it back to x. Watch the tensor instead."""


def gradient_and_hessian(f, x):
    return right(f, tf.Variable(x))


# %% loop_over_the_entries loses="graph"
"""A Python loop needs to know how many entries there are, and while a graph for any n is traced
that is None. `tape.jacobian` differentiates all of them at once."""


def gradient_and_hessian(f, x):
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        gradient = gradient_of(f, x)
        entries = [gradient[i] for i in range(x.shape[0])]
    rows = [tape.gradient(one, x, unconnected_gradients="zero") for one in entries]
    return gradient, tf.stack(rows)


# %% loop_over_unstacked loses="graph" like="loop_over_the_entries"
def gradient_and_hessian(f, x):
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        gradient = gradient_of(f, x)
        entries = tf.unstack(gradient)
    rows = [tape.gradient(one, x, unconnected_gradients="zero") for one in entries]
    return gradient, tf.stack(rows)


# %% units_of_a_known_size loses="graph"
"""In a graph for any n `x.shape[0]` is None. `tf.shape(x)[0]` is the number that the graph is
running on."""


def gradient_and_hessian(f, x):
    units = tf.eye(x.shape[0], dtype=x.dtype)
    rows = tf.map_fn(lambda unit: hessian_vector_product(f, x, unit), units)
    return gradient_of(f, x), rows


# %% hessians_of_graphs loses="numerics gradients serialization graph"
"""`tf.gradients` and `tf.hessians` work only inside of graphs, and here the functions are called
directly, too. A `tf.GradientTape` works in both."""


def gradient_and_hessian(f, x):
    value = f(x)
    return tf.gradients(value, x)[0], tf.hessians(value, x)[0]
