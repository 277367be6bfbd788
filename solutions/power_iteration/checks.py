"""What it means to have solved `power_iteration`.

The sign of the vector is free, so its product with itself is compared. Tolerances lie clearly
between two changes: rounding does not decide how many steps there are.

Serialization and graph are asked in another process, of the file or the graph alone. There a wrong
iteration need only agree with its own direct answers, which travel beside it, so that it costs
points under numerics and gradients alone.
"""

import numpy as np
import tensorflow as tf

from autograder.checks import again, check, either, exported, gradient, in_graph, once, ratio

SPECTRUM = (4.0, 2.2, -1.0, 0.5)
NEGATIVE = (-4.0, 2.2, -1.0, 0.5)
MOST = 400  # steps, more than any of these needs
SMALL = 1e-8  # the least length of a start, and the least eigenvalue, that the statement promises
SIZES = (4, 2, 3)

MATRIX, START = tf.TensorSpec([None, None], tf.float64), tf.TensorSpec([None], tf.float64)
TOLERANCE, MAX_STEPS = tf.TensorSpec([], tf.float64), tf.TensorSpec([], tf.int32)
SIGNATURE = MATRIX, START, TOLERANCE, MAX_STEPS


def draw(rng, values=SPECTRUM):
    """A symmetric matrix with these eigenvalues, and a start with a part along each eigenvector."""
    axes, _ = np.linalg.qr(rng.normal(size=(len(values), len(values))))
    parts = rng.uniform(0.5, 1, len(values)) * rng.choice([-1, 1], len(values))
    matrix = axes * values @ axes.T
    return (matrix + matrix.T) / 2, 3 * axes @ parts


def met_after(matrix, start, steps):
    """A tolerance that is met clearly, by this step or the first one after it that allows this."""
    vector, changes = start / np.linalg.norm(start), []
    while True:
        new = matrix @ vector / np.linalg.norm(matrix @ vector)
        change = min(np.linalg.norm(new - vector), np.linalg.norm(new + vector))
        if len(changes) >= steps - 1 and change < 0.8 * min(changes):
            return np.sqrt(change * min(changes))
        changes.append(change)
        vector = new


def call(f, matrix, start, tolerance=0.0, max_steps=MOST):
    floats = (tf.constant(one, tf.float64) for one in (matrix, start, tolerance))
    eigenvalue, vector, steps = f(*floats, tf.constant(max_steps, tf.int32))
    return eigenvalue, vector[:, None] * vector[None, :], steps


def answers(f, *problem):
    names = "eigenvalue", "the vector times itself", "steps"
    return dict(zip(names, call(f, *problem), strict=True))


def settled(f, *problem):
    """The answers at the end, without the number of steps that it took."""
    return dict(list(answers(f, *problem).items())[:2])


# What iterates otherwise fails most others, too; this one shows it step by step.
@check("numerics", points=3)
def takes_the_steps_of_the_iteration(power_iteration, rng):
    """after 1, 2 and 5 steps, the eigenvalue, the vector and the number of steps"""
    problem = draw(rng)
    return {f"max_steps {k}": answers(power_iteration, *problem, 0, k) for k in (1, 2, 5)}


# A wrong eigenvalue shows after a few steps as well; here it shows that the sign is wrong.
@check("numerics", points=2)
def eigenvalue_of_either_sign(power_iteration, rng):
    """the eigenvalue of largest absolute value, with its sign, and its eigenvector"""
    problems = {"positive": draw(rng), "negative": draw(rng, NEGATIVE)}
    found = {name: settled(power_iteration, *one, 1e-9) for name, one in problems.items()}
    matrix, start = draw(rng)
    small = settled(power_iteration, SMALL * matrix, start, 1e-9)
    small["eigenvalue"] = small["eigenvalue"] / SMALL  # which is too small to be compared
    return found | {"positive, the matrix times 1e-8": small}


# What stops too late fails where the sign changes, too; this one says it without any signs.
@check("numerics", points=2)
def stops_when_it_may(power_iteration, rng):
    """the first step that changes the vector by less than the tolerance is the last one"""
    matrix, start = draw(rng)
    tolerances = {f"about {k} steps": met_after(matrix, start, k) for k in (3, 6, 12, 35)}
    return {name: call(power_iteration, matrix, start, one)[2] for name, one in tolerances.items()}


# A start along the eigenvector shows it as well, where the first step should be the last.
@check("numerics", points=1)
def stops_though_the_sign_changes(power_iteration, rng):
    """for a negative eigenvalue it stops as well: the change is measured up to sign"""
    matrix, start = draw(rng, NEGATIVE)
    return [call(power_iteration, matrix, start, met_after(matrix, start, k))[2] for k in (4, 9)]


@check("numerics", points=1)
def stops_when_it_must(power_iteration, rng):
    """with a small tolerance or none it takes `max_steps`, and with a tolerance of 0 all of them"""
    matrix, start = draw(rng)
    asked = {"1e-9 and 4": (1e-9, 4), "0 and 1": (0, 1), "0 and 1000": (0, 1000)}
    return {name: answers(power_iteration, matrix, start, *one) for name, one in asked.items()}


@check("numerics", points=1)
def eigenvector_takes_one_step(power_iteration, rng):
    """a start that is the eigenvector, of any length from 1e-8 on, takes one step"""
    found = {}
    for name, values in {"positive": SPECTRUM, "negative": NEGATIVE}.items():
        matrix, _ = draw(rng, values)
        vector = np.linalg.eigh(matrix)[1][:, -1 if values[0] > 0 else 0]
        lengths = {"1": 1, "more than 1": rng.uniform(2, 5), "1e-8": SMALL}
        for label, length in lengths.items():
            one = answers(power_iteration, matrix, length * vector, 1e-6)
            found[f"{name}, start of length {label}"] = one
    return found


@check("numerics", points=1)
def sizes_and_dtypes(power_iteration, rng):
    """one row and six, all answers are float64 and int32, and the vector has the matrix's size"""
    found = {}
    for values in ((-3.0,), (5.0, 2.0, 1.5, 1.0, -0.5, 0.25)):
        matrix, start = draw(rng, values)
        given = [tf.constant(one, tf.float64) for one in (matrix, start, 1e-9)]
        parts = [np.asarray(one) for one in power_iteration(*given, tf.constant(MOST))]
        found[f"{len(values)} rows"] = {
            "eigenvalue": parts[0],
            "kinds": ", ".join(f"{part.dtype.name} of shape {part.shape}" for part in parts),
        }
    return found


def slope(f, matrix, *rest, upstream=None):
    return gradient(lambda given: f(given, *rest)[0], matrix, upstream=upstream)


def settled_slope(f, matrix, start, upstream=None):
    rest = tf.constant(start), tf.constant(1e-12, tf.float64), tf.constant(MOST)
    return slope(f, matrix, *rest, upstream=upstream)


@check("gradients", points=2)
def gradient_is_the_vector_times_itself(power_iteration, rng):
    """once the vector has settled, the gradient in the matrix is v v^T, times what arrives"""
    found = {"positive": draw(rng), "negative": draw(rng, NEGATIVE)}
    return {
        name: settled_slope(power_iteration, *one, upstream=rng.uniform(2, 3))
        for name, one in found.items()
    }


@check("gradients", points=1)
def gradient_where_nothing_changes(power_iteration, rng):
    """the gradient is finite and right where the start is the eigenvector, and no step changes
    it"""
    largest = np.arange(4) == rng.integers(4)
    values = np.where(largest, 4.0, rng.uniform(0.5, 2, 4))
    return settled_slope(power_iteration, np.diag(values), np.where(largest, 2.0, 0.0))


# Below, the same problems in every process, to hold a file or a graph against direct calls.


def of_any_size(rng):
    return [draw(rng, SPECTRUM[:size]) for size in SIZES]


def a_few_steps(f, problems):
    """All numbers that three steps give for matrices of several sizes."""
    return [part for one in problems for part in call(f, *one, 0, 3)]


def limits(problem):
    """Tolerances and limits: the tolerance stops it, the limit does, or nothing for long."""
    return [(met_after(*problem, 5), MOST), (met_after(*problem, 9), MOST), (1e-12, 2), (0, 2500)]


def up_to_limits(f, problem):
    return [part for limit in limits(problem) for part in call(f, *problem, *limit)]


def the_same():
    return of_any_size(np.random.default_rng(0))


def redrawn(rng, draw):
    """Problems, and then the same with other matrices, and with other starts."""
    one, other = draw(rng), draw(rng)
    yield one
    yield [(matrix, start) for (matrix, _), (_, start) in zip(other, one, strict=True)]
    yield [(matrix, start) for (matrix, _), (_, start) in zip(one, other, strict=True)]


def listed(f):
    return lambda *given: list(f(*given))


@once
def saved(f):
    """A file for any size, which two checks ask."""
    return exported(listed(f), *SIGNATURE, use=a_few_steps_in)


@once
def graph_of(f):
    """The graph for any size, which two checks ask."""
    return in_graph(listed(f), *SIGNATURE, use=a_few_steps_in)


def a_few_steps_in(loaded, direct, rng):
    exact = [a_few_steps(loaded, problems) for problems in redrawn(rng, of_any_size)]
    own = ratio(a_few_steps(loaded, the_same()), direct)
    return either(exact, {"over what direct calls give": own})


def up_to_limits_in(loaded, direct, rng):
    exact = [up_to_limits(loaded, draw(rng)) for _ in range(2)]
    own = ratio(up_to_limits(loaded, the_same()[0]), direct)
    return either(exact, {"over what direct calls give": own})


def slopes_in(loaded, direct, rng):
    exact = [settled_slope(loaded, *draw(rng)) for _ in range(2)]
    own = ratio([settled_slope(loaded, *the_same()[0])], [direct])
    return either(exact, {"over that of a direct call": own}, "gradients")


# What cannot be saved has no gradients in its file either; apart, each is named.
@check("serialization", points=1)
def saved_model_gives_the_same_answers(power_iteration):
    """exported for any size and loaded where this code is not, it gives its answers"""
    direct = a_few_steps(power_iteration, the_same())
    return again(saved(power_iteration), use=a_few_steps_in, beside=direct)


@check("serialization", points=1)
def saved_model_gives_the_same_gradients(power_iteration):
    """exported for any size and loaded where this code is not, it gives its gradients"""
    direct = settled_slope(power_iteration, *the_same()[0])
    return again(saved(power_iteration), use=slopes_in, beside=direct)


# What makes no graph has none for tolerances and limits either; apart, each is named.
@check("graph", points=2)
def one_graph_for_any_size(power_iteration):
    """one graph for matrices of unknown size gives the answers of direct calls"""
    direct = a_few_steps(power_iteration, the_same())
    return again(graph_of(power_iteration), use=a_few_steps_in, beside=direct)


# Some graphs serve any size, and end by what was known while they were traced.
@check("graph", points=1)
def one_graph_for_all_tolerances_and_limits(power_iteration):
    """the graph stops by the tolerance and the limit it is given, after thousands of steps, too"""
    direct = up_to_limits(power_iteration, the_same()[0])
    return again(graph_of(power_iteration), use=up_to_limits_in, beside=direct)


# In a graph, the gradient of a loop is another loop; in a file it comes from the tape of the
# reader.
@check("graph", points=1)
def the_graph_gives_the_gradient(power_iteration):
    """a graph for any size that computes the gradient of the eigenvalue as well"""
    direct = settled_slope(power_iteration, *the_same()[0])

    def slope_of(*given):
        return slope(power_iteration, *given)

    return in_graph(slope_of, *SIGNATURE, use=graph_slopes_in, beside=direct)


def graph_slopes_in(graph, direct, rng):
    def settled_in(matrix, start):
        return graph(matrix, start, tf.constant(1e-12, tf.float64), tf.constant(MOST))

    exact = [settled_in(*draw(rng)) for _ in range(2)]
    own = ratio([settled_in(*the_same()[0])], [direct])
    return either(exact, {"over that of a direct call": own}, "gradients")
