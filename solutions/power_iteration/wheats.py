# %% [markdown]
# Right answers that look different.

# %%
import keras

# %% while_loop
"""`tf.while_loop`, without a decorator and without AutoGraph."""


def power_iteration(matrix, start, tolerance, max_steps):
    def more(vector, change, steps):
        return (steps < 1) | ((change >= tolerance) & (steps < max_steps))

    def step(vector, change, steps):
        new = tf.math.l2_normalize(tf.linalg.matvec(matrix, vector), epsilon=0.0)
        change = tf.minimum(tf.norm(new - vector), tf.norm(new + vector))
        return new, change, steps + 1

    first = tf.math.l2_normalize(start, epsilon=0.0)
    zero = tf.constant(0.0, tf.float64)
    vector, _, steps = tf.while_loop(more, step, (first, zero, tf.constant(0)))
    return tf.reduce_sum(vector * tf.linalg.matvec(matrix, vector)), vector, steps


# %% for_with_break
"""A `for` over `tf.range`, and a `break` that AutoGraph rewrites."""


@tf.function(reduce_retracing=True)
def power_iteration(matrix, start, tolerance, max_steps):
    vector = start / tf.sqrt(tf.reduce_sum(start**2))
    taken = tf.constant(0)
    for step in tf.range(1, max_steps + 1):
        before = vector
        vector = tf.squeeze(matrix @ before[:, None], 1)
        vector /= tf.sqrt(tf.reduce_sum(vector**2))
        taken = step
        if tf.norm(vector - before) < tolerance or tf.norm(vector + before) < tolerance:
            break
    return tf.einsum("i,ij,j->", vector, matrix, vector), vector, taken


# %% python_range_of_a_tensor
"""AutoGraph makes a graph loop of `range` with a tensor; a list is returned."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    v = start / tf.linalg.norm(start)
    steps, done = 0, False
    for _ in range(max_steps):
        if not done:
            w = tf.linalg.matvec(matrix, v)
            w = w / tf.linalg.norm(w)
            if tf.tensordot(w, v, 1) < 0:
                change = tf.linalg.norm(w + v)
            else:
                change = tf.linalg.norm(w - v)
            done = change < tolerance
            v = w
            steps += 1
    return [tf.tensordot(v, tf.linalg.matvec(matrix, v), 1), v, steps]


# %% turned_to_the_old_side
"""The new vector is turned to the side of the old one, so that the sign stays; `v` is a constant
for the gradient."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector = tf.stop_gradient(start / tf.norm(start))
    constant = tf.stop_gradient(matrix)
    steps = tf.constant(0)
    change = tf.constant(float("inf"), tf.float64)
    while tf.logical_and(steps < max_steps, tf.logical_not(change < tolerance)):
        image = tf.linalg.matvec(constant, vector)
        new = image * tf.sign(tf.tensordot(image, vector, 1)) / tf.norm(image)
        change = tf.norm(new - vector)
        vector = new
        steps += 1
    return tf.tensordot(vector, tf.linalg.matvec(matrix, vector), 1), vector, steps


# %% columns_and_a_signature
"""Vectors are columns inside, the signature is written down, and a maximum bounds the loop."""


@tf.function(
    input_signature=[
        tf.TensorSpec([None, None], tf.float64),
        tf.TensorSpec([None], tf.float64),
        tf.TensorSpec([], tf.float64),
        tf.TensorSpec([], tf.int32),
    ]
)
def power_iteration(a, s, t, most):
    def step(k, column, _):
        product = tf.matmul(a, column)
        product = tf.divide(product, tf.norm(product))
        gaps = tf.stack([tf.norm(product - column), tf.norm(product + column)])
        return k + 1, product, tf.reduce_min(gaps) >= t

    column = tf.reshape(s, [-1, 1]) / tf.norm(s)
    k, column, _ = tf.while_loop(
        lambda k, column, go_on: go_on,
        step,
        [0, column, True],
        shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, 1]), tf.TensorShape([])],
        maximum_iterations=most,
    )
    value = tf.matmul(column, a @ column, transpose_a=True)
    return tf.reshape(value, []), tf.reshape(column, [-1]), k


# %% squares_compared
"""Squares are compared instead of lengths, and the image of the vector is carried along."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector = start * tf.math.rsqrt(tf.reduce_sum(tf.square(start)))
    image = tf.linalg.matvec(matrix, vector)
    steps, moving = tf.constant(0, tf.int32), tf.constant(True)
    while moving:
        new = image * tf.math.rsqrt(tf.reduce_sum(tf.square(image)))
        difference, total = tf.square(new - vector), tf.square(new + vector)
        square = tf.minimum(tf.reduce_sum(difference), tf.reduce_sum(total))
        steps += 1
        moving = (square >= tolerance**2) & (steps < max_steps)
        vector, image = new, tf.linalg.matvec(matrix, new)
    return tf.reduce_sum(vector * image), vector, steps


# %% keras_operations
"""Operations of Keras, its `while_loop` included."""


def power_iteration(matrix, start, tolerance, max_steps):
    def step(vector, moving, steps):
        image = keras.ops.matmul(matrix, vector)
        new = image / keras.ops.norm(image)
        change = keras.ops.minimum(keras.ops.norm(new - vector), keras.ops.norm(new + vector))
        return new, change >= tolerance, steps + 1

    vector, _, steps = keras.ops.while_loop(
        lambda vector, moving, steps: keras.ops.logical_and(moving, steps < max_steps),
        step,
        (start / keras.ops.norm(start), tf.constant(True), tf.constant(0)),
    )
    return keras.ops.dot(vector, keras.ops.matmul(matrix, vector)), vector, steps


# %% own_gradient
"""The gradient of the eigenvalue is written by hand, in functions of its own."""


@tf.custom_gradient
def quotient(matrix, vector):
    def grad(upstream):
        return upstream * vector[:, None] * vector[None, :], tf.zeros_like(vector)

    return tf.tensordot(vector, tf.linalg.matvec(matrix, vector), 1), grad


def unit(vector):
    return vector / tf.norm(vector)


@tf.function
def search(matrix, start, tolerance, max_steps):
    def step(vector, still, steps):
        new = unit(tf.linalg.matvec(matrix, vector))
        still = tf.minimum(tf.norm(new - vector), tf.norm(new + vector)) < tolerance
        return new, still, steps + 1

    vector, still, steps = step(unit(start), False, 0)
    while not (still or steps == max_steps):
        vector, still, steps = step(vector, still, steps)
    return vector, steps


def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps = search(tf.stop_gradient(matrix), start, tolerance, max_steps)
    return quotient(matrix, vector), vector, steps


# %% method_of_a_module
"""A method of a `tf.Module` that counts calls in a variable, and a named tuple."""
import collections

Answer = collections.namedtuple("Answer", ["eigenvalue", "eigenvector", "steps"])


class Iteration(tf.Module):
    def __init__(self):
        super().__init__()
        self.calls = tf.Variable(0, trainable=False)

    @tf.function
    def __call__(self, matrix, start, tolerance, max_steps):
        self.calls.assign_add(1)
        tf.debugging.assert_rank(matrix, 2)
        vector, steps = start / tf.norm(start), tf.zeros([], tf.int32)
        before = tf.fill(tf.shape(start), tf.constant(9.0, tf.float64))
        while steps < max_steps and self.change(vector, before) >= tolerance:
            before = vector
            vector = tf.linalg.matvec(matrix, before)
            vector /= tf.norm(vector)
            steps += 1
        return Answer(tf.reduce_sum(matrix * tf.tensordot(vector, vector, 0)), vector, steps)

    def change(self, one, other):
        return tf.minimum(tf.norm(one - other), tf.norm(one + other))


iteration = Iteration()
power_iteration = iteration.__call__


# %% one_step_before_the_loop
"""The first step stands before the loop; later ones run while the last was a large one."""


def step(matrix, vector):
    new = tf.tensordot(matrix, vector, axes=[[1], [0]])
    new = new / tf.norm(new, ord=2)
    cosine = tf.tensordot(new, vector, 1)
    return new, tf.norm(new - tf.where(cosine < 0, -vector, vector))


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, change = step(matrix, start / tf.norm(start))
    count = tf.ones_like(max_steps)
    while change >= tolerance and count < max_steps:
        vector, change = step(matrix, vector)
        count = count + 1
    return tf.linalg.trace(vector[:, None] * tf.linalg.matvec(matrix, vector)), vector, count


# %% all_vectors_kept
"""Every vector is written into a TensorArray, and the last one is read at the end."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    kept = tf.TensorArray(tf.float64, 1, dynamic_size=True, clear_after_read=False)
    kept = kept.write(0, start / tf.norm(start))
    k = 0
    while True and k < max_steps:
        v = kept.read(k)
        w = tf.reduce_sum(matrix * v, axis=1)
        w = w / tf.sqrt(tf.reduce_sum(w * w))
        k += 1
        kept = kept.write(k, w)
        if tf.minimum(tf.norm(w - v), tf.norm(w + v)) < tolerance:
            break
    vector = kept.read(k)
    return tf.tensordot(vector, tf.linalg.matvec(matrix, vector), 1), vector, k


# %% held_fixed
"""The loop runs to the limit, but holds vector and count fixed once a step was small enough."""


@tf.function
def power_iteration(matrix, start, tolerance, max_steps):
    vector, steps, moving = start / tf.norm(start), 0, True
    for _ in tf.range(max_steps):
        new = tf.linalg.matvec(matrix, vector)
        new = new / tf.norm(new)
        change = tf.minimum(tf.norm(new - vector), tf.norm(new + vector))
        steps += tf.cast(moving, tf.int32)
        vector = tf.where(moving, new, vector)
        moving = tf.logical_and(moving, change >= tolerance)
    return tf.tensordot(vector, tf.linalg.matvec(matrix, vector), 1), vector, steps
