# %% [markdown]
# Right answers that look different.

# %% while_loop
"""`tf.while_loop` and a TensorArray, without AutoGraph."""


@tf.function(autograph=False)
def exponential_smoothing(series, alpha):
    steps = tf.shape(series)[0]
    rows = tf.TensorArray(tf.float32, size=0, dynamic_size=True, clear_after_read=False)
    rows = rows.write(0, series[0])

    def body(t, rows):
        return t + 1, rows.write(t, rows.read(t - 1) + alpha * (series[t] - rows.read(t - 1)))

    _, rows = tf.while_loop(lambda t, rows: t < steps, body, [tf.constant(1), rows])
    return rows.stack()


# %% scan
"""`tf.scan` takes the first row as the start by itself."""


@tf.function
def exponential_smoothing(series, alpha):
    return tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, series)


# %% own_signature
"""One signature for all shapes, named arguments, an assertion and a message while tracing."""


@tf.function(
    input_signature=[
        tf.TensorSpec(shape=[None, None], dtype=tf.float32, name="observations"),
        tf.TensorSpec(shape=[], dtype=tf.float32, name="factor"),
    ]
)
def exponential_smoothing(x, a):
    print("tracing")
    tf.debugging.assert_greater(a, 0.0)

    def step(previous, row):
        return a * row + (1.0 - a) * previous

    return tf.scan(step, elems=x, initializer=x[0])  # the first turn changes nothing


# %% rows_of_the_tensor
"""AutoGraph iterates over a tensor's rows; `len` and `range` are rewritten too."""


@tf.function
def exponential_smoothing(series, alpha):
    ta = tf.TensorArray(tf.float32, size=len(series))
    s, i = series[0], 0
    for row in series:
        s = alpha * row + (1 - alpha) * s
        ta = ta.write(i, s)
        i += 1
    return ta.stack()


# %% python_range_and_len
"""`range(len(series))` unrolls where the length is known, and is a loop where it is not."""


@tf.function
def exponential_smoothing(series, alpha):
    out = tf.TensorArray(tf.float32, size=len(series))
    out = out.write(0, series[0])
    s = series[0]
    for t in range(1, len(series)):
        s = alpha * series[t] + (1 - alpha) * s
        out = out.write(t, s)
    return out.stack()


# %% condition_in_the_loop
"""One loop over all steps with a case for the first; float() of a tensor is a cast."""


@tf.function(reduce_retracing=True)
def exponential_smoothing(series, alpha):
    a = float(alpha)
    n = tf.shape(series)[0]
    out = tf.TensorArray(tf.float32, n)
    s = tf.zeros_like(series[0])
    for t in tf.range(n):
        if t == 0:
            s = series[t]
        else:
            s = a * series[t] + (1.0 - a) * s
        out = out.write(t, s)
    return out.stack()


# %% growing_with_invariants
"""A tensor that grows by concatenation, with the shape invariants that this takes."""


@tf.function
def exponential_smoothing(series, alpha):
    smoothed = series[:1]
    t = 1
    while t < tf.shape(series)[0]:
        tf.autograph.experimental.set_loop_options(
            shape_invariants=[(smoothed, tf.TensorShape([None, None]))]
        )
        smoothed = tf.concat(
            [smoothed, alpha * series[t : t + 1] + (1 - alpha) * smoothed[-1:]], axis=0
        )
        t += 1
    return tf.reshape(smoothed, tf.shape(series))


# %% scatter_updates
"""The rows are written into a tensor of zeros, at most so often; sizes by `tf.unstack`."""


@tf.function
def exponential_smoothing(series, alpha):
    steps, features = tf.unstack(tf.shape(series))
    result = tf.tensor_scatter_nd_update(tf.zeros([steps, features]), [[0]], series[:1])
    last = series[0]
    for t in tf.range(1, steps):
        tf.autograph.experimental.set_loop_options(maximum_iterations=steps, parallel_iterations=1)
        last = tf.math.add(alpha * series[t], tf.subtract(1.0, alpha) * last)
        result = tf.tensor_scatter_nd_update(result, [[t]], [last])
    return result


# %% matrix_of_weights
"""No loop: a triangular matrix of weights, its exponents clipped before the power is taken."""


@tf.function
def exponential_smoothing(series, alpha):
    t = tf.range(tf.shape(series)[0])
    lag = t[:, None] - t[None, :]
    power = tf.exp(tf.cast(tf.maximum(lag, 0), tf.float32) * tf.math.log1p(-alpha))
    weights = tf.where(lag >= 0, power, 0.0)
    first = tf.one_hot(0, tf.shape(series)[0])
    return weights @ (series * (first + (1 - first) * alpha)[:, None])


# %% doubling
"""No sequential loop: the window doubles, so a thousand steps take ten turns."""


@tf.function
def exponential_smoothing(series, alpha):
    steps = tf.shape(series)[0]
    sums = tf.concat([series[:1], alpha * series[1:]], 0)
    shift, decay = 1, 1 - alpha
    while shift < steps:
        sums += decay * tf.pad(sums, [[shift, 0], [0, 0]])[:steps]
        sums = tf.ensure_shape(sums, series.shape)
        shift, decay = 2 * shift, decay * decay
    return sums


# %% convolution
"""A convolution with a kernel as long as the series."""


@tf.function
def exponential_smoothing(series, alpha):
    n = tf.shape(series)[0]
    lags = tf.cast(tf.range(n - 1, -1, -1), tf.float32)
    kernel = tf.pow(1 - alpha, lags)
    x = tf.concat([series[:1] / alpha, series[1:]], 0)
    rows = tf.transpose(tf.pad(x, [[n - 1, 0], [0, 0]]))[:, :, None]
    rows = tf.nn.conv1d(rows, kernel[:, None, None], stride=1, padding="VALID")
    return alpha * tf.transpose(rows[:, :, 0])


# %% own_gradient
"""A gradient written by hand, as a loop that runs backward."""


@tf.function
def _scan(rows, decay):
    return tf.scan(lambda s, x: x + decay * s, rows)


@tf.custom_gradient
def _smooth(series, alpha):
    out = _scan(tf.concat([series[:1], alpha * series[1:]], 0), 1 - alpha)

    def grad(upstream):
        total = tf.reverse(_scan(tf.reverse(upstream, [0]), 1 - alpha), [0])
        in_series = tf.concat([total[:1], alpha * total[1:]], 0)
        return in_series, tf.reduce_sum(total[1:] * (series[1:] - out[:-1]))

    return out, grad


exponential_smoothing = tf.function(_smooth)


# %% in_double_precision
"""Float64 inside, float32 outside; the work is done by helpers."""


def step(state, row, rate):
    return state + rate * (row - state)


@tf.function
def exponential_smoothing(series, alpha, name=None):
    with tf.name_scope(name or "smoothing"):
        x, a = tf.cast(series, tf.float64), tf.cast(alpha, tf.float64)
        return tf.cast(tf.scan(lambda s, row: step(s, row, a), x), tf.float32)


# %% method_of_a_module
"""A method of a `tf.Module` that counts its calls in a variable; the count changes no result."""


class Smoother(tf.Module):
    def __init__(self):
        self.calls = tf.Variable(0, trainable=False)
        self.one = tf.constant(1.0)

    @tf.function
    def __call__(self, series, alpha):
        self.calls.assign_add(1)
        tf.print("call", self.calls, output_stream="file:///dev/null")
        steps = tf.shape(series)[0]
        rows = tf.TensorArray(tf.float32, size=steps)
        s, t = series[0], 0
        while t < steps:
            if t > 0:
                s = alpha * series[t] + (self.one - alpha) * s
            rows = rows.write(t, s)
            t += 1
        return rows.stack()


smoother = Smoother()
exponential_smoothing = smoother.__call__


# %% keras_operations
"""A loop and operations of Keras, with the rows gathered by a mask."""
import keras


@tf.function
def exponential_smoothing(series, alpha):
    at = keras.ops.arange(keras.ops.shape(series)[0])[:, None]

    def body(t, out):
        row = alpha * series[t] + (1 - alpha) * out[t - 1]
        return keras.ops.where(at == t, row[None], out)

    return keras.ops.fori_loop(1, keras.ops.shape(series)[0], body, series)


# %% one_feature_at_a_time
"""`tf.map_fn` over the columns, and `tf.foldl` over the steps of each."""


@tf.function
def exponential_smoothing(series, alpha):
    def column(x):
        return tf.scan(lambda s, v: alpha * v + (1 - alpha) * s, x)

    return tf.transpose(tf.map_fn(column, tf.transpose(series)))


# %% list_of_traces
"""Python side data that changes nothing: a list of the shapes that were traced."""
traced = []


@tf.function
def exponential_smoothing(series, alpha):
    traced.append(series.shape)
    s = series[0]
    flat = tf.reshape(s, [1, -1])
    index = tf.constant(1)

    def more(index, s, flat):
        return index < tf.shape(series)[0]

    def turn(index, s, flat):
        s = alpha * series[index] + (1 - alpha) * s
        return index + 1, s, tf.concat([flat, s[None]], 0)

    _, _, flat = tf.while_loop(
        more,
        turn,
        (index, s, flat),
        shape_invariants=(index.shape, s.shape, tf.TensorShape([None, None])),
    )
    return tf.ensure_shape(flat, [None, series.shape[1]])


# %% registered_gradient
"""A gradient registered by name, in the style of TensorFlow 1; it is saved with the function."""


@tf.RegisterGradient("SmoothingInput")
def _gradient_of_the_input(op, upstream):
    return upstream


@tf.function
def exponential_smoothing(series, alpha):
    with tf.compat.v1.get_default_graph().gradient_override_map({"Identity": "SmoothingInput"}):
        series = tf.identity(series)
    return tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, series)


# %% recomputed_backward
"""`tf.recompute_grad` computes the values again for the gradient instead of keeping them."""


@tf.function
def exponential_smoothing(series, alpha):
    @tf.recompute_grad
    def run(series, alpha):
        return tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, series)

    return run(series, alpha)


# %% keras_scan
"""`keras.ops.scan` with the values as carried state and as output."""
import keras


@tf.function
def exponential_smoothing(series, alpha):
    def step(state, row):
        state = alpha * row + (1 - alpha) * state
        return state, state

    _, smoothed = keras.ops.scan(step, series[0], series)
    return smoothed


# %% system_of_equations
"""No loop: the recurrence as a triangular system of linear equations."""


@tf.function
def exponential_smoothing(series, alpha):
    n = tf.shape(series)[0]
    below = tf.pad(tf.eye(n - 1), [[1, 0], [0, 1]])
    right = tf.concat([series[:1], alpha * series[1:]], 0)
    return tf.linalg.triangular_solve(tf.eye(n) - (1 - alpha) * below, right)


# %% blocks
"""Sixteen steps at once by a matrix, and a scan over the blocks."""


@tf.function
def exponential_smoothing(series, alpha):
    size = 16
    steps, features = tf.shape(series)[0], tf.shape(series)[1]
    blocks = tf.reshape(tf.pad(series, [[0, -steps % size], [0, 0]]), [-1, size, features])
    lag = tf.range(size)[:, None] - tf.range(size)[None, :]
    powers = (1 - alpha) ** tf.cast(tf.maximum(lag, 0), tf.float32)
    inside = alpha * tf.einsum("ij,bjf->bif", tf.linalg.band_part(powers, -1, 0), blocks)
    decay = (1 - alpha) ** tf.range(1.0, size + 1.0)[:, None]
    first = tf.ones([size, 1]) * series[0]
    rows = tf.scan(lambda before, block: block + decay * before[-1], inside, initializer=first)
    return tf.reshape(rows, [-1, features])[:steps]


# %% fourier
"""A convolution by the Fourier transform."""


@tf.function
def exponential_smoothing(series, alpha):
    n = tf.shape(series)[0]
    x = tf.transpose(tf.concat([series[:1], alpha * series[1:]], 0))
    kernel = tf.exp(tf.math.log1p(-alpha) * tf.cast(tf.range(n), tf.float32))
    product = tf.signal.rfft(x, [2 * n]) * tf.signal.rfft(kernel, [2 * n])
    return tf.transpose(tf.signal.irfft(product, [2 * n])[:, :n])


# %% array_that_grows
"""A TensorArray that grows, a `while`, and a state that is moved by a part of the difference."""


@tf.function(reduce_retracing=True)
def exponential_smoothing(series, alpha):
    rows = tf.TensorArray(tf.float32, size=0, dynamic_size=True, clear_after_read=False)
    state, step = series[0], 0
    while step < tf.shape(series)[0]:
        state += alpha * (series[step] - state)
        rows = rows.write(step, state)
        step += 1
    return rows.stack()


# %% made_afterwards
"""A class that is called; `tf.function` is applied to its method, and a helper is left alone."""


class Smoother:
    def __init__(self, power=1):
        self.power = power

    @tf.autograph.experimental.do_not_convert
    def mix(self, state, row, alpha):
        return tf.stack([state, row], -1) @ tf.stack([1 - alpha, alpha])[:, None]

    def __call__(self, series, alpha):
        rows = tf.TensorArray(tf.float32, tf.shape(series)[0]).write(0, series[0])
        state = series[0]
        for t in tf.range(self.power, tf.shape(series)[0]):
            state = tf.squeeze(self.mix(state, series[t], alpha), -1)
            rows = rows.write(t, state)
        return rows.stack()


exponential_smoothing = tf.function(Smoother().__call__)


# %% powers_by_cumprod
"""Weights from a cumulative product and a cumulative sum over a square of steps; no loop."""


@tf.function
def exponential_smoothing(series, alpha):
    steps = tf.range(tf.shape(series)[0])
    distance = tf.cast(tf.nn.relu(steps[:, None] - steps[None, :]), tf.float32)
    weights = tf.linalg.band_part(tf.exp(distance * tf.math.log1p(-alpha)), -1, 0)
    start = tf.one_hot(0, tf.shape(series)[0])
    return weights @ (series * (alpha + (1 - alpha) * start)[:, None])


# %% compiled_weights
"""A formula without a loop can be compiled by XLA, which costs nothing where it works."""


@tf.function(jit_compile=True)
def exponential_smoothing(series, alpha):
    t = tf.range(tf.shape(series)[0])
    lag = tf.cast(tf.maximum(t[:, None] - t[None, :], 0), tf.float32)
    weights = tf.linalg.band_part(tf.exp(lag * tf.math.log1p(-alpha)), -1, 0)
    first = tf.cast(t[:, None] == 0, tf.float32)
    return weights @ (series * (first + (1 - first) * alpha))


# %% nested_functions
"""The loop is in a `tf.function` of its own, whose signature leaves both sizes open."""


@tf.function(input_signature=[tf.TensorSpec([None, None]), tf.TensorSpec([])])
def inner(series, decay):
    return tf.scan(lambda s, x: decay * s + x, series)


@tf.function
def exponential_smoothing(series, alpha):
    return inner(tf.concat([series[:1], alpha * series[1:]], 0), 1 - alpha)
