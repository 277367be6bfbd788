# %% [markdown]
# Wrong answers. The numerics come first, then gradients, serialization and graph.


# %%
import numpy as np


def unit(vector):
    return vector / tf.norm(vector)


def apart(one, other):
    return tf.minimum(tf.norm(one - other), tf.norm(one + other))


def quotient(matrix, vector):
    return tf.tensordot(vector, tf.linalg.matvec(matrix, vector), 1)


# %% [markdown]
# ## The vector


# %% start_not_scaled loses="numerics"
"""The start is not scaled to length 1, so the change of the first step is that of a vector of
another length. A start along the eigenvector then seems to move."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = start, 0, True
    while moving and steps < max_steps:
        new = unit(tf.linalg.matvec(matrix, vector))
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
    return quotient(matrix, vector), vector, steps


# %% never_scaled loses="numerics graph"
"""The vector grows with every step, or shrinks, and after enough steps it is no number any more.
Scale it to length 1 after each step."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = unit(start), 0, True
    while moving and steps < max_steps:
        new = tf.linalg.matvec(matrix, vector)
        moving = apart(unit(new), unit(vector)) >= tolerance
        vector, steps = new, steps + 1
    return quotient(matrix, vector) / tf.square(tf.norm(vector)), vector, steps


# %% first_entry_is_one loses="numerics gradients"
"""The vector is divided by an entry, the first or the largest, and not by its length. An entry may
be zero or change its sign; and $v^\\top A v$ is the eigenvalue only if $v$ has length 1."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = start / start[0], 0, True
    while moving and steps < max_steps:
        new = tf.linalg.matvec(matrix, vector)
        new = new / new[0]
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
    return quotient(matrix, vector), vector, steps


# %% largest_entry_is_one loses="numerics gradients" like="first_entry_is_one"


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = start / tf.reduce_max(tf.abs(start)), 0, True
    while moving and steps < max_steps:
        new = tf.linalg.matvec(matrix, vector)
        new = new / tf.reduce_max(tf.abs(new))
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
    return quotient(matrix, vector), vector, steps


# %% least_length loses="numerics"
"""A short vector does not get the length 1: your division takes no length for less than some small
number, as `tf.math.l2_normalize` does with its `epsilon` of 1e-12, or adds one to it. Divide by the
length itself."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = tf.math.l2_normalize(start), 0, True
    while moving and steps < max_steps:
        new = tf.math.l2_normalize(tf.linalg.matvec(matrix, vector))
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
    return quotient(matrix, vector), vector, steps


# %% least_length_of_the_start loses="numerics" like="least_length"


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = start / (tf.norm(start) + 1e-7), 0, True
    while moving and steps < max_steps:
        new = unit(tf.linalg.matvec(matrix, vector))
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
    return quotient(matrix, vector), vector, steps


# %% least_length_of_the_image loses="numerics" like="least_length"


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = unit(start), 0, True
    while moving and steps < max_steps:
        image = tf.linalg.matvec(matrix, vector)
        new = image / tf.maximum(tf.norm(image), 1e-6)
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
    return quotient(matrix, vector), vector, steps


# %% vector_before_the_last_step loses="numerics"
"""The vector that comes back is the one before the last step. Return the new one, and the
eigenvalue that belongs to it."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, before, steps, moving = unit(start), unit(start), 0, True
    while moving and steps < max_steps:
        before, vector = vector, unit(tf.linalg.matvec(matrix, vector))
        moving = apart(before, vector) >= tolerance
        steps = steps + 1
    return quotient(matrix, before), before, steps


# %% [markdown]
# ## The eigenvalue


# %% length_for_eigenvalue loses="numerics gradients"
"""The length of $A v$ is the eigenvalue without its sign. $v^\\top A v$ has the sign as well, and
is closer before the vector has settled."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = unit(start), 0, True
    while moving and steps < max_steps:
        new = unit(tf.linalg.matvec(matrix, vector))
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
    return tf.norm(tf.linalg.matvec(matrix, vector)), vector, steps


# %% eigenvalue_of_the_step_before loses="numerics"
"""The eigenvalue is one step behind the vector: $v^\\top A v$ is to be taken of the vector that is
returned, after the loop."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = unit(start), 0, True
    value = quotient(matrix, vector)
    while moving and steps < max_steps:
        value = quotient(matrix, vector)
        new = unit(tf.linalg.matvec(matrix, vector))
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
    return value, vector, steps


# %% quotient_of_entries loses="numerics gradients"
"""The eigenvalue is read off one entry, $(A v)_0 / v_0$. That entry may be zero, it is less
accurate before the vector has settled, and its gradient is another one. Use all entries: $v^\\top A
v$."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = unit(start), 0, True
    while moving and steps < max_steps:
        new = unit(tf.linalg.matvec(matrix, vector))
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
    vector = tf.stop_gradient(vector)
    return tf.linalg.matvec(matrix, vector)[0] / vector[0], vector, steps


# %% [markdown]
# ## When it stops


# %% sign_counts loses="numerics"
"""The new vector is compared with the old one alone. For a negative eigenvalue it points the other
way after every step, and this never ends early: compare up to sign."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = unit(start), 0, True
    while moving and steps < max_steps:
        new = unit(tf.linalg.matvec(matrix, vector))
        moving = tf.norm(new - vector) >= tolerance
        vector, steps = new, steps + 1
    return quotient(matrix, vector), vector, steps


# %% change_of_the_eigenvalue loses="numerics"
"""It stops when something else than the vector has settled, like the eigenvalue, which settles
sooner. The change is the length of the difference of two vectors, up to sign."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = unit(start), 0, True
    value = quotient(matrix, vector)
    while moving and steps < max_steps:
        vector = unit(tf.linalg.matvec(matrix, vector))
        new = quotient(matrix, vector)
        moving = tf.abs(new - value) >= tolerance
        value, steps = new, steps + 1
    return quotient(matrix, vector), vector, steps


# %% square_of_the_change loses="numerics"
"""The square of the change is compared with the tolerance, or a mean of squares, which is less than
it sooner. Take the root, or compare with the square of the tolerance."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = unit(start), 0, True
    while moving and steps < max_steps:
        new = unit(tf.linalg.matvec(matrix, vector))
        moving = tf.square(apart(new, vector)) >= tolerance
        vector, steps = new, steps + 1
    return quotient(matrix, vector), vector, steps


# %% change_by_the_product loses="numerics"
"""Small changes are lost to rounding: one minus the product of the two vectors is half of the
*square* of the change, and has no digits left where the change is below 1e-8. Take the length of
the difference, up to sign."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = unit(start), 0, True
    while moving and steps < max_steps:
        new = unit(tf.linalg.matvec(matrix, vector))
        product = tf.abs(tf.tensordot(new, vector, 1))
        moving = tf.sqrt(tf.maximum(2 - 2 * product, 0)) >= tolerance
        vector, steps = new, steps + 1
    return quotient(matrix, vector), vector, steps


# %% never_early loses="numerics"
"""It always takes `max_steps`. Compare the change with the tolerance in every step, and end the
loop."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector = unit(start)
    for _ in tf.range(max_steps):
        vector = unit(tf.linalg.matvec(matrix, vector))
    return quotient(matrix, vector), vector, max_steps


# %% limit_of_its_own loses="numerics serialization graph"
"""`max_steps` is ignored: the loop has another limit, or none. It ends after `max_steps` at the
latest."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = unit(start), 0, True
    while moving and steps < tf.maximum(max_steps, 3000):
        new = unit(tf.linalg.matvec(matrix, vector))
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
    return quotient(matrix, vector), vector, steps


# %% stops_at_equality loses="numerics"
"""It stops although the change is not *less* than the tolerance: with a tolerance of 0 it ends as
soon as rounding leaves nothing to change. It should then take all `max_steps`."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = unit(start), 0, True
    while moving and steps < max_steps:
        new = unit(tf.linalg.matvec(matrix, vector))
        moving = apart(new, vector) > tf.maximum(tolerance, 1e-15)
        vector, steps = new, steps + 1
    return quotient(matrix, vector), vector, steps


# %% one_step_late loses="numerics"
"""It takes one step more than needed: the change is looked at before the step that makes it, so it
is that of the step before. The step that changes less than the tolerance is the last one."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving, last = unit(start), 0, True, True
    while last and steps < max_steps:
        last = moving
        new = unit(tf.linalg.matvec(matrix, vector))
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
    return quotient(matrix, vector), vector, steps


# %% counts_from_zero loses="numerics"
"""The number of steps is one too small: the first step is step 1, and a loop over `tf.range` counts
from 0."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, last = unit(start), 0
    for step in tf.range(max_steps):
        before = vector
        vector, last = unit(tf.linalg.matvec(matrix, before)), step
        if apart(vector, before) < tolerance:
            break
    return quotient(matrix, vector), vector, last


# %% vector_first loses="numerics gradients serialization graph"
"""The answers come in another order. First the eigenvalue, then the vector, then the number of
steps."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = unit(start), 0, True
    while moving and steps < max_steps:
        new = unit(tf.linalg.matvec(matrix, vector))
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
    return vector, quotient(matrix, vector), steps


# %% column_returned loses="numerics"
"""The vector comes back as a column or a row, of shape (n, 1) or (1, n), or the eigenvalue as a
matrix of one entry. Reshape what you return: the vector is to have the shape (n,)."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = unit(start)[:, None], 0, True
    while moving and steps < max_steps:
        new = unit(matrix @ vector)
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
    return tf.reduce_sum(vector * (matrix @ vector)), vector, steps


# %% float32_inside loses="numerics"
"""The numbers are cast to float32, which rounds them to seven digits: small tolerances are never
met, and the answers are to be float64."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    small, tolerance = tf.cast(matrix, tf.float32), tf.cast(tolerance, tf.float32)
    vector, steps, moving = unit(tf.cast(start, tf.float32)), 0, True
    while moving and steps < max_steps:
        new = unit(tf.linalg.matvec(small, vector))
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
    return quotient(small, vector), vector, steps


# %% [markdown]
# ## Gradients


# %% matrix_stopped loses="gradients serialization graph"
"""No gradient reaches the matrix: `tf.stop_gradient` cuts it off in $v^\\top A v$, too. The vector
may be taken for a constant, the matrix may not."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    matrix = tf.stop_gradient(matrix)
    vector, steps, moving = unit(start), 0, True
    while moving and steps < max_steps:
        new = unit(tf.linalg.matvec(matrix, vector))
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
    return quotient(matrix, vector), vector, steps


# %% root_of_zero loses="gradients"
"""The gradient is NaN where a step changes nothing at all: `** 0.5` has an infinite slope at zero,
and the change is a part of the loop that is differentiated. Use `tf.norm` or `tf.sqrt`, or keep the
change out of the gradient."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, change = unit(start), 0, tolerance
    while change >= tolerance and steps < max_steps:
        new = unit(tf.linalg.matvec(matrix, vector))
        back, forth = tf.reduce_sum((new - vector) ** 2), tf.reduce_sum((new + vector) ** 2)
        change = tf.minimum(back, forth) ** 0.5
        vector, steps = new, steps + 1
    return quotient(matrix, vector), vector, steps


# %% own_gradient_ignores_upstream loses="gradients"
"""The hand-written gradient ignores the gradient that arrives from above: multiply $v v^\\top$ by
it."""


@tf.custom_gradient
def eigenvalue(matrix, vector):
    def grad(upstream):
        return vector[:, None] * vector[None, :], tf.zeros_like(vector)

    return quotient(matrix, vector), grad


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = unit(start), 0, True
    while moving and steps < max_steps:
        new = unit(tf.linalg.matvec(tf.stop_gradient(matrix), vector))
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
    return eigenvalue(matrix, vector), vector, steps


# %% gradient_of_the_diagonal loses="gradients"
"""The gradient has only a part of $v v^\\top$, such as its diagonal. Each entry of the matrix takes
part in the eigenvalue."""


@tf.custom_gradient
def eigenvalue(matrix, vector):
    def grad(upstream):
        return upstream * tf.linalg.diag(vector**2), tf.zeros_like(vector)

    return quotient(matrix, vector), grad


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = unit(start), 0, True
    while moving and steps < max_steps:
        new = unit(tf.linalg.matvec(tf.stop_gradient(matrix), vector))
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
    return eigenvalue(matrix, vector), vector, steps


# %% through_numpy loses="gradients serialization graph"
"""`tf.numpy_function` and `tf.py_function` put a call of this Python process into the graph, and
elsewhere that process does not exist; through the former no gradient flows, either. Write the loop
with the operations of TensorFlow."""


def _loop(matrix, start, tolerance, max_steps):
    vector, steps = start / np.linalg.norm(start), 0
    while steps < max_steps:
        new = matrix @ vector / np.linalg.norm(matrix @ vector)
        steps += 1
        change = min(np.linalg.norm(new - vector), np.linalg.norm(new + vector))
        vector = new
        if change < tolerance:
            break
    return vector @ matrix @ vector, vector, np.int32(steps)


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    kinds = tf.float64, tf.float64, tf.int32
    given = [matrix, start, tolerance, max_steps]
    value, vector, steps = tf.numpy_function(_loop, given, kinds)
    return (
        tf.ensure_shape(value, []),
        tf.ensure_shape(vector, start.shape),
        tf.ensure_shape(steps, []),
    )


# %% loop_in_a_callback loses="serialization graph" like="through_numpy"


def _settled(matrix, start, tolerance, max_steps):
    vector, steps, moving = unit(start), 0, True
    while moving and steps < max_steps:
        new = unit(tf.linalg.matvec(matrix, vector))
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
    return vector, tf.constant(steps)


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    given = [matrix, start, tolerance, max_steps]
    vector, steps = tf.py_function(_settled, given, [tf.float64, tf.int32])
    vector = tf.stop_gradient(tf.ensure_shape(vector, start.shape))
    return quotient(matrix, vector), vector, tf.ensure_shape(steps, [])


# %% [markdown]
# ## What tracing refuses


# %% while_true loses="numerics gradients serialization graph"
"""Your loop begins as one that Python runs, and a tensor cannot end it later. Such are `while True`
with a `break` that depends on a tensor, and a condition that a Python value decides in the first
turn, like `steps == 0 or …` with a count that begins as 0. Put a condition on a tensor into the
`while`, so that it is a loop of the graph from the first turn."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps = unit(start), tf.constant(0)
    while True:
        new = unit(tf.linalg.matvec(matrix, vector))
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
        if not moving or steps == max_steps:
            break
    return quotient(matrix, vector), vector, steps


# %% first_turn_of_python loses="numerics gradients serialization graph" like="while_true"


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, change = unit(start), 0, tf.constant(0.0, tf.float64)
    while steps == 0 or (change >= tolerance and steps < max_steps):
        new = unit(tf.linalg.matvec(matrix, vector))
        change = apart(new, vector)
        vector, steps = new, steps + 1
    return quotient(matrix, vector), vector, steps


# %% first_vector_of_one_entry loses="numerics gradients serialization graph"
"""A loop variable keeps its shape, and this one begins with another shape than it has after a step.
Begin with a vector of the right size, such as one made of `start`."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, before, steps = unit(start), tf.fill([1], tf.constant(9.0, tf.float64)), 0
    while steps < max_steps and apart(vector, before) >= tolerance:
        before, vector = vector, unit(tf.linalg.matvec(matrix, vector))
        steps += 1
    return quotient(matrix, vector), vector, steps


# %% change_begins_as_an_integer loses="numerics gradients serialization graph"
"""A loop variable keeps its dtype, and this one is an integer before the loop, or float32, and
float64 in it. Begin with a float64 number."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, change = unit(start), 0, tf.constant(1)
    while steps < max_steps and (steps == 0 or tf.cast(change, tf.float64) >= tolerance):
        new = unit(tf.linalg.matvec(matrix, vector))
        change = apart(new, vector)
        vector, steps = new, steps + 1
    return quotient(matrix, vector), vector, steps


# %% numpy_method loses="numerics gradients serialization graph"
"""`.numpy()` exists for eager tensors only. Inside of `tf.function`, use the tensor itself:
AutoGraph makes a loop of the graph of a `while` or a `range` over it."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps = unit(start), 0
    for _ in range(max_steps.numpy()):
        new = unit(tf.linalg.matvec(matrix, vector))
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
        if not moving:
            break
    return quotient(matrix, vector), vector, steps


# %% [markdown]
# ## The graph


# %% not_decorated loses="serialization graph"
"""Python itself runs this loop, because no `@tf.function` is around it: then a tensor cannot decide
when it ends. Decorate the function, or use `tf.while_loop`."""


def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = unit(start), 0, True
    while moving and steps < max_steps:
        new = unit(tf.linalg.matvec(matrix, vector))
        moving = apart(new, vector) >= tolerance
        vector, steps = new, steps + 1
    return quotient(matrix, vector), vector, tf.constant(steps)


# %% break_not_decorated loses="serialization graph" like="not_decorated"


def power_iteration(matrix, start, tolerance, max_steps):
    vector = unit(start)
    for step in tf.range(max_steps):
        before, vector = vector, unit(tf.linalg.matvec(matrix, vector))
        if apart(before, vector) < tolerance:
            break
    return quotient(matrix, vector), vector, step + 1


# %% numbers_of_python loses="serialization graph"
"""`int()`, `float()` and `.numpy()` need numbers, and while a graph is traced, its arguments have
none. Use the tensors as they are."""


def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps = unit(start), 0
    for _ in range(int(max_steps)):
        before, vector = vector, unit(tf.linalg.matvec(matrix, vector))
        steps += 1
        if float(apart(before, vector)) < float(tolerance):
            break
    return quotient(matrix, vector), vector, tf.constant(steps)


# %% size_of_the_trace loses="serialization graph"
"""`matrix.shape[0]` is what is known while tracing: `None` in a graph for any size.
`tf.shape(matrix)[0]` knows the size, and `start` has it as well."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    before = tf.fill([matrix.shape[0]], tf.constant(9.0, tf.float64))
    vector, steps = unit(start), 0
    while steps < max_steps and apart(vector, before) >= tolerance:
        before, vector = vector, unit(tf.linalg.matvec(matrix, vector))
        steps += 1
    return quotient(matrix, vector), vector, steps


# %% unrolled loses="numerics"
"""Python runs the loop, up to a largest number of its own, and the graph holds a copy of each step.
What is beyond is lost. Loop over `tf.range(max_steps)`, or by a `while` on tensors."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = unit(start), tf.constant(0), tf.constant(True)
    for _ in range(25):
        new = unit(tf.linalg.matvec(matrix, vector))
        go_on = tf.logical_and(moving, steps < max_steps)
        moving = tf.logical_and(go_on, apart(new, vector) >= tolerance)
        vector = tf.where(go_on, new, vector)
        steps += tf.cast(go_on, tf.int32)
    return quotient(matrix, vector), vector, steps
