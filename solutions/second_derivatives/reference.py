# %% [markdown] unit="7 Gradients" step=3 minutes=50 teaches="a gradient of a gradient"
# # How a slope changes: second derivatives
#
# The gradient says which way is down. How far to go, it does not say: that depends on how soon the
# slope changes, which the second derivatives tell. Newton's method, the width of a minimum, the
# uncertainty of an estimate and penalties on slopes are made of them.
#
# For a function $f$ of $n$ numbers $x = (x_1, \dots, x_n)$ they form a symmetric matrix, the
# *Hessian*. Its row $i$ is the gradient of entry $i$ of the gradient:
#
# $$H_{ij} = \frac{\partial^2 f}{\partial x_i\, \partial x_j}.$$
#
# With a thousand numbers it has a million entries, and with the weights of a network it fits into
# no memory. Often one needs no more than its product with a vector, $H v$: how the gradient changes
# in the direction $v$. That costs little more than a gradient. Here you write both:
# `gradient_and_hessian(f, x)` and `hessian_vector_product(f, x, v)`.
#
# ![On the left, a function along a direction v through x: its tangent, which the gradient gives,
# and the parabola that touches it, which needs the product of Hessian and v as well. On the right,
# the memory that numbers need, over n from 100 to a million: the vector stays below 10 megabytes,
# the matrix passes 16 gigabytes near n = 45 thousand.](figure.png)
#
# ## An example
#
# Take $f(x) = x_1^2 x_2 + x_2^3$ at $x = (1, 2)$. The gradient is
# $(2 x_1 x_2,\ x_1^2 + 3 x_2^2) = (4, 13)$, and
#
# $$H = \begin{pmatrix} 2 x_2 & 2 x_1 \\ 2 x_1 & 6 x_2 \end{pmatrix}
#     = \begin{pmatrix} 4 & 2 \\ 2 & 12 \end{pmatrix}, \qquad
# H \begin{pmatrix} 1 \\ -1 \end{pmatrix} = \begin{pmatrix} 2 \\ -10 \end{pmatrix}.$$

# %% tags=["look"]
def look_at_two_tapes():
    """The gradient of the example's gradient is no matrix; and a plane has no second one at all."""
    import tensorflow as tf

    x = tf.constant([1.0, 2.0])
    functions = {"x1^2 x2 + x2^3": lambda x: x[0] ** 2 * x[1] + x[1] ** 3}
    functions["3 x1 - x2"] = lambda x: 3 * x[0] - x[1]
    for name, f in functions.items():
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                value = f(x)
            gradient = inner.gradient(value, x)
        print(f"{name}: gradient {gradient}, its gradient {outer.gradient(gradient, x)}")


# %% [markdown] needs="gradients and matrices; `tf.GradientTape`"
# ## Tape in tape
#
# A tape records what happens while it is open, and that may be the work of another tape. So the
# gradient is taken while the outer tape still records:
#
# ```python
# x = tf.constant(3.0)
# with tf.GradientTape() as outer:
#     outer.watch(x)
#     with tf.GradientTape() as inner:
#         inner.watch(x)
#         y = x**4
#     slope = inner.gradient(y, x)
# print(slope.numpy(), outer.gradient(slope, x).numpy())  # 108.0 108.0
# ```
#
# Both are 108 here: $4 \cdot 3^3$, and $12 \cdot 3^2$. With a vector, `outer.gradient` would add
# up the gradients of all entries of `slope`, and so the rows of the Hessian. `outer.jacobian`
# keeps them apart. And `outer.gradient(slope, x, output_gradients=v)` adds them up with the factors
# $v_i$, which gives $\sum_i v_i H_{ij}$.
#
# ## Where nothing flows
#
# A plane has the Hessian 0, but on its way from the gradient back to $x$ a tape finds nothing, and
# answers `None`. `unconnected_gradients="zero"`, an argument of `gradient` and of `jacobian`, has
# it answer with zeros. The first gradient is `None`, too, if $f$ does not look at $x$ at all.

# %% [markdown]
# ## Your task
#
# `f` is a function that takes a tensor of shape $(n,)$ and returns a scalar tensor of the same
# dtype. It is made of operations of TensorFlow that can be differentiated. It may use variables,
# and it may ignore some entries of its argument, or all of them. `x` and `v` are float32 or float64
# tensors of shape $(n,)$, with $n \ge 1$. Write two functions:
#
# - `gradient_and_hessian(f, x)` returns two tensors, the gradient of `f` at `x`, of shape $(n,)$,
#   and the Hessian, of shape $(n, n)$.
# - `hessian_vector_product(f, x, v)` returns $H v$, of shape $(n,)$, without making the matrix:
#   $n$ may be a hundred thousand. `v` is constant, even where it is `x` itself.
#
# Derivatives that do not exist for the tape are zeros. All results have the dtype of `x`. They can
# be differentiated once more: a tape around your functions gets the gradient in `x`, and in the
# variables that `f` uses.
#
# ## Traps
#
# - **One tape for two orders.** A tape that is closed does not see how the gradient is made. The
#   second one has to be open when the first is asked.
# - **`gradient` of a vector adds up.** The gradient of the gradient is the sum of the rows.
# - **A tape watches variables, not tensors.** Both tapes need `watch(x)`.
# - **`v` may be `x`.** The gradient of $\sum_i v_i\, g_i(x)$ in $x$ is $H v$ only if $v$ does not
#   depend on $x$. `hessian_vector_product(f, x, x)` has the same tensor twice, and a tape that
#   watches the one watches the other. `tf.stop_gradient(v)` is a constant.
# - **A gradient may be no tensor.** Where `f` takes entries with `tf.gather`, a tape answers with
#   `tf.IndexedSlices`, the entries and their indices, in both orders. `tf.convert_to_tensor` makes
#   a tensor of them.
# - **Differences are no derivatives.** $(g(x + h) - g(x)) / h$ loses half of the digits, at best.
# - **`tf.hessians`** works in graphs only.
# - **A graph knows no values and perhaps no sizes.** While a function is traced, `x.shape[0]` may
#   be `None`, and a Python loop has nothing to count to. A `tf.Variable` cannot be made there
#   either. The grader traces without AutoGraph: a loop over a tensor works only inside a function
#   that you have decorated with `tf.function` yourself.
#
# ## What is graded
#
# What counts is what your functions do, not how they are written.
#
# - **Numerics**: gradient, Hessian and product, in float64 with nine digits; zeros where a tape has
#   nothing; tensors where it has slices; float32 stays float32, and float64 stays float64, zeros
#   too; a product with $n = 300\,000$.
# - **Gradients**: what you return is differentiated once more, in `x` and in a variable of `f`.
# - **Serialization**: your functions, with a given `f`, are exported as SavedModels and loaded by a
#   process that does not have your code.
# - **Graph**: each function is traced once for a given `f` and an unknown $n$. That graph must
#   answer for any $n$, and must not call back into Python (`tf.py_function`, `tf.numpy_function`).
#
# Serialization and graph are asked where no derivative is missing, and other results need only be
# the same there as in direct calls.
#
# **Switched off**: nothing.
#
# **Out of scope**: `f` of other shapes, `f` with loops or with gradients of its own, the gradient
# in `v`, the gradient of the product in `x` where `v` is `x` itself, other dtypes, Python lists and
# NumPy arrays as `x` or `v`, and how fast the Hessian is.

# %%
import numpy as np
import tensorflow as tf


# %% tags=["solution"]
def gradient_and_hessian(f, x):
    """Return the gradient and the Hessian of a scalar function of a vector.

    Args:
        f: a function of a tensor of shape (n,), which returns a scalar tensor.
        x: float32 or float64 tensor of shape (n,).

    Returns:
        Two tensors of the dtype of `x`, of the shapes (n,) and (n, n).
    """
    ### BEGIN SOLUTION
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            value = f(x)
        gradient = inner.gradient(value, x, unconnected_gradients="zero")
        gradient = tf.convert_to_tensor(gradient)
    return gradient, outer.jacobian(gradient, x, unconnected_gradients="zero")
    ### END SOLUTION


def hessian_vector_product(f, x, v):
    """Return the product of the Hessian of `f` at `x` with a vector, without making the matrix.

    Args:
        f: a function of a tensor of shape (n,), which returns a scalar tensor.
        x: float32 or float64 tensor of shape (n,).
        v: tensor of the same shape and dtype; a constant.

    Returns:
        A tensor of the same shape and dtype.
    """
    ### BEGIN SOLUTION
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            value = f(x)
        gradient = inner.gradient(value, x, unconnected_gradients="zero")
        gradient = tf.convert_to_tensor(gradient)
    product = outer.gradient(gradient, x, output_gradients=v, unconnected_gradients="zero")
    return tf.convert_to_tensor(product)
    ### END SOLUTION


# %% tags=["look"]
def look_at_my_derivatives(figure):
    """Your Hessian of a chain of numbers, each tied to the next; and the way from (-1, 1.2) to the
    bottom of a valley, with your derivatives by Newton's method and with the gradient alone."""
    left, right = figure.subplots(1, 2)

    def valley(x):
        return tf.reduce_sum(5 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    _, hessian = gradient_and_hessian(valley, tf.constant(np.linspace(-1, 1, 10)))
    drawn = left.imshow(hessian, cmap="PuOr", vmin=-60, vmax=60)
    left.set(title="Hessian of a chain of ten")
    figure.colorbar(drawn, ax=left)

    x, y = np.meshgrid(np.linspace(-1.6, 1.8, 90), np.linspace(-0.8, 2.4, 90))
    heights = np.log(0.1 + 5 * (y - x**2) ** 2 + (1 - x) ** 2)
    right.contour(x, y, heights, 12, colors="lightgray", linewidths=1)
    steps = {
        "Newton": lambda g, h: np.linalg.lstsq(h, g, rcond=None)[0],
        "gradient": lambda g, h: 0.02 * np.asarray(g),
    }
    for (name, step), count in zip(steps.items(), (7, 30), strict=True):
        way = [np.array([-1.0, 1.2])]
        for _ in range(count):
            way.append(way[-1] - step(*gradient_and_hessian(valley, tf.constant(way[-1]))))
        right.plot(*np.transpose(way), "o-", ms=4, label=f"{count} steps: {name}")
    right.plot(1, 1, "*", ms=12, color="black")
    right.set(title="a way down", xlim=(-1.6, 1.8), ylim=(-0.8, 2.4))
    right.legend(loc="lower left")


# %% tags=["tests"]
X = tf.constant([1.0, 2.0])


def example(x):
    return x[0] ** 2 * x[1] + x[1] ** 3


def shown(*tensors):
    """What came back, as lists of numbers."""
    return ", ".join("None" if one is None else str(np.asarray(one).tolist()) for one in tensors)


def close(got, want):
    return got is not None and np.shape(got) == np.shape(want) and np.allclose(got, want, rtol=1e-4)


def test_gradient():
    """numerics: the gradient of the example is (4, 13)"""
    got, _ = gradient_and_hessian(example, X)
    assert close(got, [4, 13]), f"gradient: got {shown(got)}, expected [4, 13]"


def test_hessian():
    """numerics: the Hessian of the example"""
    _, got = gradient_and_hessian(example, X)
    want = [[4, 2], [2, 12]]
    assert close(got, want), f"Hessian: got {shown(got)}, expected {want}"


def test_product():
    """numerics: the Hessian of the example times (1, -1)"""
    got = hessian_vector_product(example, X, tf.constant([1.0, -1.0]))
    assert close(got, [2, -10]), f"product with (1, -1): got {shown(got)}, expected [2, -10]"


def test_product_with_x_itself():
    """numerics: the Hessian of the example times x"""
    got = hessian_vector_product(example, X, X)
    assert close(got, [8, 26]), f"product with x: got {shown(got)}, expected [8, 26]"


def test_a_plane_has_no_second_derivatives():
    """numerics: of 3 x1 - x2 the gradient is (3, -1), and all else is zero"""

    def plane(x):
        return 3 * x[0] - x[1]

    got = gradient_and_hessian(plane, X)
    assert close(got[0], [3, -1]), f"gradient of 3 x1 - x2: got {shown(got[0])}, expected [3, -1]"
    want = [[0, 0], [0, 0]]
    assert close(got[1], want), f"Hessian of 3 x1 - x2: got {shown(got[1])}, expected {want}"
    got = hessian_vector_product(plane, X, X)
    assert close(got, [0, 0]), f"product for 3 x1 - x2: got {shown(got)}, expected [0, 0]"


def test_a_constant_has_no_derivatives():
    """numerics: where f ignores x, all derivatives are zero"""

    def constant(x):
        return tf.constant(7.0)

    got = gradient_and_hessian(constant, X)
    want = ([0, 0], [[0, 0], [0, 0]])
    assert all(map(close, got, want)), f"of f = 7: got {shown(*got)}, expected zeros"
    got = hessian_vector_product(constant, X, X)
    assert close(got, [0, 0]), f"product for f = 7: got {shown(got)}, expected [0, 0]"


def test_an_f_that_gathers():
    """numerics: of the square of x2, taken by `tf.gather`, the derivatives are tensors as well"""

    def square(x):
        return tf.reduce_sum(tf.gather(x, [1]) ** 2)

    results = {"gradient": [0, 4], "Hessian": [[0, 0], [0, 2]], "product with x": [0, 4]}
    found = [*gradient_and_hessian(square, X), hessian_vector_product(square, X, X)]
    for got, (name, want) in zip(found, results.items(), strict=True):
        kind = type(got).__name__
        assert tf.is_tensor(got) and hasattr(got, "numpy"), (
            f"{name} of an f that gathers: got {kind}, expected a tensor"
        )
        assert close(got, want), f"{name} of an f that gathers: got {shown(got)}, expected {want}"


def test_float64():
    """numerics: in float64 nine digits are right"""
    x = tf.constant([0.3, -0.7], tf.float64)

    def f(x):
        return tf.exp(x[0]) * tf.sin(x[1])

    got = gradient_and_hessian(f, x)[1]
    dtype = np.asarray(got).dtype.name
    assert dtype == "float64", f"dtype of the Hessian: got {dtype}, expected float64"
    e, s, c = np.exp(0.3), np.sin(-0.7), np.cos(-0.7)
    want = [[e * s, e * c], [e * c, -e * s]]
    assert np.allclose(got, want, rtol=1e-9), f"Hessian: got {shown(got)}, expected {want}"


def test_differentiable_once_more():
    """gradients: the first row of the Hessian adds up to 2 x2 + 2 x1, with the gradient (2, 2)"""
    found = {}
    for name, f in {
        "Hessian": lambda: gradient_and_hessian(example, X)[1][0],
        "product": lambda: hessian_vector_product(example, X, tf.constant([1.0, 0.0])),
    }.items():
        with tf.GradientTape() as tape:
            tape.watch(X)
            total = tf.reduce_sum(f())
        found[name] = tape.gradient(total, X)
    for name, got in found.items():
        assert close(got, [2, 2]), f"gradient through the {name}: got {shown(got)}, expected [2, 2]"


def test_graph_of_unknown_size():
    """graph: one graph for any number of variables has the Hessian and the product"""

    def f(x):
        return tf.reduce_sum(x) ** 3

    spec = tf.TensorSpec([None])
    hessian = tf.function(
        lambda x: gradient_and_hessian(f, x)[1], input_signature=[spec], autograph=False
    )
    got = hessian(X)
    want = [[18, 18], [18, 18]]
    assert close(got, want), f"Hessian in a graph: got {shown(got)}, expected {want}"
    product = tf.function(
        lambda x, v: hessian_vector_product(f, x, v), input_signature=[spec, spec], autograph=False
    )
    got = product(X, X)
    assert close(got, [54, 54]), f"product in a graph: got {shown(got)}, expected [54, 54]"
