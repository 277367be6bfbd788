# %% [markdown]
# Wrong answers. The numerics come first, then gradients, serialization and graph.

# %% [markdown]
# ## The recurrence


# %% starts_at_zero loses="numerics gradients"
"""The running value must start at the first row, as it is. A start at zero pulls the first values
down: here $s_0$ is only a part of $x_0$."""


@tf.function
def exponential_smoothing(series, alpha):
    steps = tf.shape(series)[0]
    state = tf.zeros_like(series[0])
    rows = tf.TensorArray(tf.float32, size=steps)
    for t in tf.range(steps):
        state = alpha * series[t] + (1 - alpha) * state
        rows = rows.write(t, state)
    return rows.stack()


# %% factors_swapped loses="numerics gradients"
"""The factors are swapped: `alpha` belongs to the new observation and `1 - alpha` to the running
value. With alpha 0.5 nobody sees the difference."""


@tf.function
def exponential_smoothing(series, alpha):
    return tf.scan(lambda s, x: alpha * s + (1 - alpha) * x, series)


# %% previous_observation loses="numerics gradients"
"""This mixes each observation with the *observation* before it. The recurrence needs the
*smoothed* value before it, which the loop must carry along."""


@tf.function
def exponential_smoothing(series, alpha):
    later = alpha * series[1:] + (1 - alpha) * series[:-1]
    return tf.concat([series[:1], later], 0)


# %% one_step_late loses="numerics gradients"
"""The rows are stored before they are updated, so the smoothed series comes one step late: $s_t$
must already contain $x_t$."""


@tf.function
def exponential_smoothing(series, alpha):
    rows = tf.TensorArray(tf.float32, size=tf.shape(series)[0])
    state = series[0]
    for t in tf.range(tf.shape(series)[0]):
        rows = rows.write(t, state)
        state = alpha * series[t] + (1 - alpha) * state
    return rows.stack()


# %% along_the_features loses="numerics gradients"
"""The smoothing runs along the wrong axis. The steps are the rows (axis 0); the columns are
features that have nothing to do with each other."""


@tf.function
def exponential_smoothing(series, alpha):
    columns = tf.transpose(series)
    return tf.transpose(tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, columns))


# %% features_mixed loses="numerics gradients"
"""The running value is one number for all features. Each feature needs its own: carry a whole row
from step to step."""


@tf.function
def exponential_smoothing(series, alpha):
    def step(s, x):
        return alpha * x + (1 - alpha) * tf.reduce_mean(s)

    return tf.scan(step, series)


# %% only_the_last_value loses="numerics gradients graph"
"""Only the last smoothed row comes back. The result has one row per step: collect them, for example
in a `tf.TensorArray`."""


@tf.function
def exponential_smoothing(series, alpha):
    state = series[0]
    for t in tf.range(1, tf.shape(series)[0]):
        state = alpha * series[t] + (1 - alpha) * state
    return state


# %% write_not_kept loses="numerics gradients serialization graph"
"""`write` returns the TensorArray that has the new row; here that is dropped, so the rows are lost
and `stack` finds nothing but zeros."""


@tf.function
def exponential_smoothing(series, alpha):
    steps = tf.shape(series)[0]
    rows = tf.TensorArray(tf.float32, size=steps)
    state = series[0]
    rows.write(0, state)
    for t in tf.range(1, steps):
        state = alpha * series[t] + (1 - alpha) * state
        rows.write(t, state)
    return rows.stack()


# %% write_not_kept_in_the_loop loses="numerics gradients serialization graph"
"""`write` returns the TensorArray that has the new row. In the loop that is dropped, so `stack`
finds nothing but zeros after the first row."""


@tf.function
def exponential_smoothing(series, alpha):
    steps = tf.shape(series)[0]
    state = series[0]
    rows = tf.TensorArray(tf.float32, size=steps, element_shape=[None]).write(0, state)
    for t in tf.range(1, steps):
        state = alpha * series[t] + (1 - alpha) * state
        rows.write(t, state)
    return rows.stack()


# %% first_row_not_written loses="numerics gradients graph"
"""The loop begins with the second row, and nobody writes the first: it stays zero. Write the start
of the smoothing before the loop."""


@tf.function
def exponential_smoothing(series, alpha):
    steps = tf.shape(series)[0]
    rows = tf.TensorArray(tf.float32, size=steps)
    state = series[0]
    for t in tf.range(1, steps):
        state = alpha * series[t] + (1 - alpha) * state
        rows = rows.write(t, state)
    return rows.stack()


# %% restarts_in_long_series loses="numerics"
"""The series is smoothed in blocks, and each block starts anew from its own first step. Carry the
last value of a block into the next: a series has one start only."""


@tf.function
def exponential_smoothing(series, alpha):
    steps = tf.shape(series)[0]
    rows = tf.TensorArray(tf.float32, size=steps)
    state = series[0]
    for t in tf.range(steps):
        if t % 256 == 0:
            state = series[t]
        state = alpha * series[t] + (1 - alpha) * state
        rows = rows.write(t, state)
    return rows.stack()


# %% one_step_lost loses="numerics"
"""A series of one step comes back empty. The loop then runs zero times, and the result is the
series itself."""


@tf.function
def exponential_smoothing(series, alpha):
    steps = tf.shape(series)[0]
    smoothed = tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, series)
    return smoothed[: tf.where(steps > 1, steps, 0)]


# %% array_not_stacked loses="numerics gradients serialization graph"
"""What comes back is the TensorArray itself. `stack()` makes one tensor of its rows."""


@tf.function
def exponential_smoothing(series, alpha):
    steps = tf.shape(series)[0]
    rows = tf.TensorArray(tf.float32, size=steps)
    state = series[0]
    rows = rows.write(0, state)
    for t in tf.range(1, steps):
        state = alpha * series[t] + (1 - alpha) * state
        rows = rows.write(t, state)
    return rows


# %% nothing_returned loses="numerics gradients serialization graph"
"""The values are printed and nothing is returned."""


@tf.function
def exponential_smoothing(series, alpha):
    tf.print(tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, series))


# %% signature_of_one_feature loses="numerics gradients serialization graph"
"""The `input_signature` admits series of one feature only. Leave both sizes open."""


@tf.function(input_signature=[tf.TensorSpec([None, 1]), tf.TensorSpec([])])
def exponential_smoothing(series, alpha):
    return tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, series)


# %% first_update_before_the_loop loses="numerics graph"
"""The second row is read before the loop begins, and a series of one step has none. Write only the
first row outside the loop, which may then have nothing to do."""


@tf.function
def exponential_smoothing(series, alpha):
    steps = tf.shape(series)[0]
    rows = tf.TensorArray(tf.float32, size=steps)
    rows = rows.write(0, series[0])
    state = alpha * series[1] + (1 - alpha) * series[0]
    rows = rows.write(1, state)
    for t in tf.range(2, steps):
        state = alpha * series[t] + (1 - alpha) * state
        rows = rows.write(t, state)
    return rows.stack()


# %% one_step_squeezed loses="numerics"
"""`tf.squeeze` removes every axis of size 1, also the one of a single step or of a single feature.
Name the axis, or do not make the extra one."""


@tf.function
def exponential_smoothing(series, alpha):
    rows = tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, series[:, None, :])
    return tf.squeeze(rows)


# %% divided_powers loses="numerics gradients graph"
"""Dividing by powers of `1 - alpha` works for short series only: the powers become infinite or zero
after a few dozen steps, in double precision after hundreds or thousands, and the result is no
number. Use only the powers of the distance $t - i$, which cannot grow, or the recurrence itself."""


@tf.function
def exponential_smoothing(series, alpha):
    t = tf.cast(tf.range(tf.shape(series)[0]), tf.float32)[:, None]
    powers = tf.pow(1 - alpha, t)
    terms = tf.concat([series[:1], alpha * series[1:]], 0)
    return powers * tf.cumsum(terms / powers)


# %% divided_powers_in_double loses="numerics gradients graph" like="divided_powers"
@tf.function
def exponential_smoothing(series, alpha):
    x, a = tf.cast(series, tf.float64), tf.cast(alpha, tf.float64)
    powers = tf.pow(1 - a, tf.cast(tf.range(tf.shape(x)[0]), tf.float64))[:, None]
    terms = tf.concat([x[:1], a * x[1:]], 0)
    return tf.cast(powers * tf.cumsum(terms / powers), tf.float32)


# %% short_window loses="numerics gradients"
"""The weights are cut off after a fixed number of steps. With a small alpha old observations still
count: after 32 steps, $0.98^{32}$ is 0.52."""


@tf.function
def exponential_smoothing(series, alpha):
    kernel = tf.pow(1 - alpha, tf.range(31.0, -1.0, -1.0))
    x = tf.concat([series[:1] / alpha, series[1:]], 0)
    rows = tf.transpose(tf.pad(x, [[31, 0], [0, 0]]))[:, :, None]
    rows = tf.nn.conv1d(rows, kernel[:, None, None], stride=1, padding="VALID")
    return alpha * tf.transpose(rows[:, :, 0])


# %% [markdown]
# ## What is kept between calls and traces

# %% continues_the_last_call loses="numerics gradients serialization graph"
"""The running value lives in a variable and survives the call, so the next series starts where the
last one ended. Every call starts anew at its own first row: make it an ordinary loop variable."""
memory = tf.Variable(0.0, shape=tf.TensorShape(None))
started = tf.Variable(False)


@tf.function
def exponential_smoothing(series, alpha):
    if not started:
        memory.assign(series[0])
        started.assign(True)
    state = memory + tf.zeros_like(series[0])
    rows = tf.TensorArray(tf.float32, size=tf.shape(series)[0])
    for t in tf.range(tf.shape(series)[0]):
        state = alpha * series[t] + (1 - alpha) * state
        rows = rows.write(t, state)
    memory.assign(tf.reduce_mean(state))
    return rows.stack()


# %% first_alpha_kept loses="numerics gradients serialization graph"
"""`alpha` is stored in a variable that is made on the first call, and every later call smooths with
the first alpha. Use the argument as it comes; no variable is needed."""
rate = None


@tf.function
def exponential_smoothing(series, alpha):
    global rate
    if rate is None:
        rate = tf.Variable(alpha)
    return tf.scan(lambda s, x: rate * x + (1 - rate) * s, series)


# %% list_outside loses="numerics gradients serialization graph"
"""The list outside the function keeps growing: it is filled while tracing, once per graph, and
still holds tensors of an older graph when the next is traced. Keep what a call computes inside the
call."""
smoothed = []


@tf.function
def exponential_smoothing(series, alpha):
    for t in range(series.shape[0]):
        if not smoothed:
            smoothed.append(series[0])
        else:
            smoothed.append(alpha * series[t] + (1 - alpha) * smoothed[-1])
    return tf.stack(smoothed)


# %% counter_while_tracing loses="numerics gradients serialization graph"
"""A Python counter grows once per *trace*, not once per call, and changes what the next graph
computes. Nothing outside may decide what a graph does."""
calls = 0


@tf.function
def exponential_smoothing(series, alpha):
    global calls
    calls += 1
    rate = alpha / calls
    return tf.scan(lambda s, x: rate * x + (1 - rate) * s, series)


# %% [markdown]
# ## What tracing refuses

# %% list_in_a_graph_loop loses="numerics gradients serialization graph"
"""A Python list cannot collect what a graph loop computes: the loop's body is traced once, and its
tensors exist inside the loop only. A `tf.TensorArray` can collect them."""


@tf.function
def exponential_smoothing(series, alpha):
    state = series[0]
    rows = [state]
    for t in tf.range(1, tf.shape(series)[0]):
        state = alpha * series[t] + (1 - alpha) * state
        rows.append(state)
    return tf.stack(rows)


# %% grows_by_concat loses="numerics gradients serialization graph"
"""A loop variable must keep its shape, and this one gains a row per turn. Write rows into a
`tf.TensorArray`, or tell the loop by `shape_invariants` which size may change."""


@tf.function
def exponential_smoothing(series, alpha):
    smoothed = series[:1]
    for t in tf.range(1, tf.shape(series)[0]):
        row = alpha * series[t] + (1 - alpha) * smoothed[-1]
        smoothed = tf.concat([smoothed, [row]], 0)
    return smoothed


# %% item_assignment loses="numerics gradients serialization graph"
"""Tensors cannot be changed in place: `result[t] = ...` is for NumPy arrays. Collect the rows in a
`tf.TensorArray` and stack them at the end."""


@tf.function
def exponential_smoothing(series, alpha):
    result = tf.zeros_like(series)
    state = series[0]
    for t in tf.range(tf.shape(series)[0]):
        state = alpha * series[t] + (1 - alpha) * state
        result[t] = state
    return result


# %% numpy_inside loses="numerics gradients serialization graph"
"""NumPy needs numbers, and while a function is traced its tensors have none. Write it with
TensorFlow's operations."""
import numpy as np


@tf.function
def exponential_smoothing(series, alpha):
    result = np.array(series)
    for t in range(1, len(result)):
        result[t] = alpha * result[t] + (1 - alpha) * result[t - 1]
    return tf.constant(result)


# %% numpy_method loses="numerics gradients serialization graph"
"""`.numpy()` exists for eager tensors only. Inside `tf.function` use the tensor itself; and where a
number is asked for (`range`), use the one of TensorFlow."""


@tf.function
def exponential_smoothing(series, alpha):
    a = alpha.numpy()
    return tf.scan(lambda s, x: a * x + (1 - a) * s, series)


# %% endless_while loses="numerics gradients serialization graph"
"""`while True` is a Python loop, and a `break` that depends on a tensor cannot end it. Put the
condition on the tensor into the `while` itself, so that it is a graph loop from the first turn."""


@tf.function
def exponential_smoothing(series, alpha):
    steps = tf.shape(series)[0]
    rows = tf.TensorArray(tf.float32, size=steps)
    state, t = series[0], tf.constant(0)
    while True:
        rows = rows.write(t, state)
        t += 1
        if t >= steps:
            break
        state = alpha * series[t] + (1 - alpha) * state
    return rows.stack()


# %% variable_in_the_function loses="numerics gradients serialization graph"
"""A `tf.Variable` made inside the function would be made anew in every call, which `tf.function`
refuses. What changes from step to step is a loop variable, not a `tf.Variable`."""


@tf.function
def exponential_smoothing(series, alpha):
    result = tf.Variable(series)
    for t in tf.range(1, tf.shape(series)[0]):
        result[t].assign(alpha * series[t] + (1 - alpha) * result[t - 1])
    return result


# %% integer_state loses="numerics gradients serialization graph"
"""A loop variable must keep its dtype: this one is an integer before the loop and a float in it.
Start it with a float."""


@tf.function
def exponential_smoothing(series, alpha):
    rows = tf.TensorArray(tf.float32, size=tf.shape(series)[0])
    state = tf.constant(0)
    for t in tf.range(tf.shape(series)[0]):
        if t == 0:
            state = series[0]
        else:
            state = alpha * series[t] + (1 - alpha) * state
        rows = rows.write(t, state)
    return rows.stack()


# %% recursion loses="numerics gradients serialization graph"
"""A function that calls itself has no end while it is traced: both branches of a condition on a
tensor are traced, also the one that calls again. Turn the recursion into a loop."""


@tf.function
def smooth_up_to(series, alpha, t):
    if t == 0:
        return series[:1]
    before = smooth_up_to(series, alpha, t - 1)
    return tf.concat([before, alpha * series[t : t + 1] + (1 - alpha) * before[-1:]], 0)


@tf.function
def exponential_smoothing(series, alpha):
    return smooth_up_to(series, alpha, tf.shape(series)[0] - 1)


# %% [markdown]
# ## Gradients

# %% start_is_a_constant loses="gradients"
"""No gradient reaches the first row: the start is cut off by `tf.stop_gradient`. The first
observation counts in every smoothed value."""


@tf.function
def exponential_smoothing(series, alpha):
    start = tf.stop_gradient(series[:1])
    series = tf.concat([start, series[1:]], 0)
    return tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, series)


# %% truncated_backward loses="gradients"
"""The gradient goes back only one step, as the running value is cut off in every turn. It must flow
through all the steps before."""


@tf.function
def exponential_smoothing(series, alpha):
    return tf.scan(lambda s, x: alpha * x + (1 - alpha) * tf.stop_gradient(s), series)


# %% gradient_of_a_window loses="gradients"
"""The gradient of your own looks only a few steps ahead. With a small alpha an observation counts
for hundreds of steps: let the gradient go through all of them, or let TensorFlow derive it."""


@tf.custom_gradient
def smooth(series, alpha):
    smoothed = tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, series)

    def grad(upstream):
        steps = tf.shape(upstream)[0]
        padded = tf.pad(upstream, [[0, 16], [0, 0]])
        reaching = tf.add_n([(1 - alpha) ** float(k) * padded[k : steps + k] for k in range(16)])
        in_alpha = tf.reduce_sum(reaching[1:] * (series[1:] - smoothed[:-1]))
        return tf.concat([reaching[:1], alpha * reaching[1:]], 0), in_alpha

    return smoothed, grad


@tf.function
def exponential_smoothing(series, alpha):
    return smooth(series, alpha)


# %% alpha_in_a_variable loses="gradients"
"""`alpha` goes through a variable: the value arrives, the gradient does not, for an assignment has
none. Use the argument itself wherever it occurs."""
rate = tf.Variable(0.0)


@tf.function
def exponential_smoothing(series, alpha):
    rate.assign(alpha)
    decay = 1.0 - alpha
    return tf.scan(lambda s, x: rate * x + decay * s, series)


# %% state_in_a_variable loses="gradients"
"""The running value goes through a `tf.Variable`, and the gradient stops at each assignment. An
ordinary loop variable carries the value *and* the gradient."""
memory = tf.Variable(0.0, shape=tf.TensorShape(None))


@tf.function
def exponential_smoothing(series, alpha):
    memory.assign(series[0])
    rows = tf.TensorArray(tf.float32, size=tf.shape(series)[0])
    rows = rows.write(0, series[0])
    for t in tf.range(1, tf.shape(series)[0]):
        memory.assign(alpha * series[t] + (1 - alpha) * memory.read_value())
        rows = rows.write(t, memory.read_value())
    return tf.reshape(rows.stack(), tf.shape(series))


# %% infinite_weights_masked loses="gradients"
"""The values are right, but the long gradient is NaN. `tf.where` hides the infinite powers above
the diagonal from the value only; in the gradient they meet a zero, and inf times 0 is NaN. Make the
exponents harmless *before* the power."""


@tf.function
def exponential_smoothing(series, alpha):
    t = tf.cast(tf.range(tf.shape(series)[0]), tf.float32)
    lag = t[:, None] - t[None, :]
    weights = tf.where(lag >= 0, tf.pow(1 - alpha, lag), 0.0)
    terms = tf.concat([series[:1], alpha * series[1:]], 0)
    return weights @ terms


# %% own_gradient_forgets_alpha loses="gradients"
"""The hand-written gradient says that `alpha` does not matter. `tf.custom_gradient` needs the
gradient of each argument, and `alpha` acts in every step."""


@tf.function
@tf.custom_gradient
def exponential_smoothing(series, alpha):
    out = tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, series)

    def grad(upstream):
        back = tf.scan(lambda s, g: g + (1 - alpha) * s, upstream, reverse=True)
        return tf.concat([back[:1], alpha * back[1:]], 0), tf.zeros_like(alpha)

    return out, grad


# %% own_gradient_ignores_upstream loses="gradients"
"""The hand-written gradient of `alpha` ignores the gradient that arrives from above: multiply it in
before the sum. It is all ones only where the result is simply summed up."""


@tf.function
@tf.custom_gradient
def exponential_smoothing(series, alpha):
    def backward(upstream):
        return tf.scan(lambda s, g: g + (1 - alpha) * s, upstream, reverse=True)

    out = tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, series)

    def grad(upstream):
        back, plain = backward(upstream), backward(tf.ones_like(upstream))
        in_series = tf.concat([back[:1], alpha * back[1:]], 0)
        return in_series, tf.reduce_sum(plain[1:] * (series[1:] - out[:-1]))

    return out, grad


# %% keras_slice_update loses="gradients serialization graph"
"""`keras.ops.slice_update` with a position that is only known in the loop has no gradient in
TensorFlow. Collect the rows in another way."""
import keras


@tf.function
def exponential_smoothing(series, alpha):
    def body(t, out):
        row = alpha * series[t] + (1 - alpha) * out[t - 1]
        return keras.ops.slice_update(out, (t, 0), row[None])

    return keras.ops.fori_loop(1, keras.ops.shape(series)[0], body, series)


# %% numpy_function loses="gradients serialization graph"
"""`tf.numpy_function` and `tf.py_function` put a call of the Python process that traced it into the
graph, and elsewhere that process does not exist; through the former no gradient flows, either. Even
one that seldom runs is part of the graph. Write it with the operations of TensorFlow; for a warning
there is `tf.print`."""
import numpy as np


def _loop(series, alpha):
    result = np.array(series)
    for t in range(1, len(result)):
        result[t] = alpha * series[t] + (1 - alpha) * result[t - 1]
    return result.astype("float32")


@tf.function
def exponential_smoothing(series, alpha):
    result = tf.numpy_function(_loop, [series, alpha], tf.float32)
    return tf.ensure_shape(result, series.shape)


# %% [markdown]
# ## Serialization

# %% table_of_settings loses="serialization graph"
"""The function uses a lookup table that is not saved with it. Tables, queues and generators are
resources of this process; a number that is known in advance is better a plain constant."""
settings = tf.lookup.StaticHashTable(
    tf.lookup.KeyValueTensorInitializer(["start"], [0]), default_value=-1
)


@tf.function
def exponential_smoothing(series, alpha):
    series = series[settings.lookup(tf.constant("start")) :]
    return tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, series)


# %% python_for_a_warning loses="graph" like="numpy_function"
def _warn():
    print("the series has NaNs")


@tf.function
def exponential_smoothing(series, alpha):
    if tf.reduce_any(tf.math.is_nan(series)):
        tf.py_function(_warn, [], [])
    return tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, series)


# %% py_function loses="serialization graph" like="numpy_function"
def _loop(series, alpha):
    rows = [series[0]]
    for row in series[1:]:
        rows.append(alpha * row + (1 - alpha) * rows[-1])
    return tf.stack(rows)


@tf.function
def exponential_smoothing(series, alpha):
    smoothed = tf.py_function(_loop, [series, alpha], tf.float32)
    return tf.ensure_shape(smoothed, series.shape)


# %% eager_for_debugging loses="serialization"
"""`exponential_smoothing` itself makes no graph: it is not decorated with `@tf.function`, or
`autograph=False` or `tf.config.run_functions_eagerly(True)` is left in. So nobody turns a Python
loop over a tensor into a part of the graph."""
tf.config.run_functions_eagerly(True)


@tf.function
def exponential_smoothing(series, alpha):
    state = series[0]
    rows = tf.TensorArray(tf.float32, size=tf.shape(series)[0]).write(0, state)
    for t in tf.range(1, tf.shape(series)[0]):
        state = alpha * series[t] + (1 - alpha) * state
        rows = rows.write(t, state)
    return rows.stack()


# %% [markdown]
# ## The graph


# %% for_loop_not_decorated loses="serialization graph" like="eager_for_debugging"
def exponential_smoothing(series, alpha):
    rows = [series[0]]
    for observation in series[1:]:
        rows.append(alpha * observation + (1 - alpha) * rows[-1])
    return tf.stack(rows)


# %% powers_too_large_for_thousands loses="gradients graph" like="divided_powers"
@tf.function
def exponential_smoothing(series, alpha):
    series, alpha = tf.cast(series, tf.float64), tf.cast(alpha, tf.float64)
    steps = tf.shape(series)[0]
    t = tf.cast(tf.range(steps), tf.float64)[:, None]
    power = (1 - alpha) ** (t - tf.cast(steps, tf.float64) / 2)
    weight = tf.where(t == 0, tf.ones_like(t), alpha)
    return tf.cast(power * tf.cumsum(weight * series / power, axis=0), tf.float32)


# %% while_loop_not_decorated loses="graph" like="eager_for_debugging"
def exponential_smoothing(series, alpha):
    return tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, series)


# %% not_decorated loses="serialization graph" like="eager_for_debugging"
def exponential_smoothing(series, alpha):
    rows = [series[0]]
    while len(rows) < tf.shape(series)[0]:
        rows.append(alpha * series[len(rows)] + (1 - alpha) * rows[-1])
    return tf.stack(rows)


# %% unrolled loses="serialization graph"
"""`series.shape[0]` is the length that is known while tracing, and `None` in a graph for any
length. `range` over it unrolls the loop. Loop over `tf.range(tf.shape(series)[0])`, and collect
the rows in something that a graph loop can fill."""


@tf.function
def exponential_smoothing(series, alpha):
    rows = [series[0]]
    for t in range(1, series.shape[0]):
        rows.append(alpha * series[t] + (1 - alpha) * rows[-1])
    return tf.stack(rows)


# %% unstacked loses="serialization graph"
"""`tf.unstack` makes a Python list of rows, so the number of rows must be known while tracing.
Index the tensor inside a graph loop, or iterate by `tf.scan`."""


@tf.function
def exponential_smoothing(series, alpha):
    first, *others = tf.unstack(series)
    rows = [first]
    for row in others:
        rows.append(alpha * row + (1 - alpha) * rows[-1])
    return tf.stack(rows)


# %% length_guessed loses="graph"
"""Where the length is unknown while tracing, a fixed one is used: the graph is then right for that
number of steps only. Ask `tf.shape(series)[0]`, which always knows."""


@tf.function
def exponential_smoothing(series, alpha):
    steps = series.shape[0] or 5
    state = series[0]
    rows = [state]
    for t in range(1, steps):
        state = alpha * series[t] + (1 - alpha) * state
        rows.append(state)
    return tf.stack(rows)


# %% unrolled_to_a_maximum loses="numerics graph"
"""The loop is unrolled to a largest number of steps, and what is beyond it is lost. A loop of the
graph has no largest number, and its graph is smaller."""
MOST = 100


@tf.function(
    input_signature=[tf.TensorSpec([None, None], tf.float32), tf.TensorSpec([], tf.float32)]
)
def exponential_smoothing(series, alpha):
    steps = tf.shape(series)[0]
    padded = tf.pad(series, [[0, tf.maximum(MOST - steps, 0)], [0, 0]])[:MOST]
    decay = 1 - alpha
    rows = [padded[0]]
    for new in tf.unstack(alpha * padded, num=MOST)[1:]:
        rows.append(new + decay * rows[-1])
    return tf.stack(rows)[:steps]


# %% features_known_while_tracing loses="serialization graph"
"""`series.shape[1]` is `None` when the number of features is not known while tracing. Take a row of
the series for its shape (`tf.zeros_like(series[0])`), or `tf.shape(series)[1]`."""


@tf.function
def exponential_smoothing(series, alpha):
    steps = tf.shape(series)[0]
    rows = tf.TensorArray(tf.float32, size=steps)
    state = tf.zeros([series.shape[1]])
    for t in tf.range(steps):
        if t == 0:
            state = series[0]
        else:
            state = alpha * series[t] + (1 - alpha) * state
        rows = rows.write(t, state)
    return rows.stack()


# %% scan_over_nothing loses="graph"
"""With one step there is nothing left to scan, and TensorFlow cannot stack zero rows of unknown
size. Let the first row be a part of what is collected: then there is always one."""


@tf.function
def exponential_smoothing(series, alpha):
    start = series[0]
    rest = tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, series[1:], initializer=start)
    return tf.concat([series[:1], rest], 0)


# %% backward_unrolled loses="serialization graph"
"""The loop forward is part of the graph, but the hand-written gradient unrolls over
`series.shape[0]`, which is `None` when the length is unknown. Both directions need a graph loop;
TensorFlow derives the backward one by itself."""


@tf.function
@tf.custom_gradient
def exponential_smoothing(series, alpha):
    out = tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, series)

    def grad(upstream):
        back = [upstream[-1]]
        for t in reversed(range(series.shape[0] - 1)):
            back.insert(0, upstream[t] + (1 - alpha) * back[0])
        back = tf.stack(back)
        in_series = tf.concat([back[:1], alpha * back[1:]], 0)
        return in_series, tf.reduce_sum(back[1:] * (series[1:] - out[:-1]))

    return out, grad


# %% [markdown]
# ## More recurrences that are others


# %% corrected_start loses="numerics gradients"
"""This starts at zero and divides by the weights so far. The recurrence needs no correction: it
starts at the first row, as it is."""


@tf.function
def exponential_smoothing(series, alpha):
    rows = tf.TensorArray(tf.float32, size=tf.shape(series)[0])
    state, weight = tf.zeros_like(series[0]), tf.zeros_like(alpha)
    for t in tf.range(tf.shape(series)[0]):
        state = alpha * series[t] + (1 - alpha) * state
        weight = alpha + (1 - alpha) * weight
        rows = rows.write(t, state / weight)
    return rows.stack()


# %% starts_at_the_mean loses="numerics gradients"
"""The running value starts at the mean of the series, which nobody knows at the first step. It
starts at the first row."""


@tf.function
def exponential_smoothing(series, alpha):
    rows = tf.TensorArray(tf.float32, size=tf.shape(series)[0])
    state = tf.reduce_mean(series, axis=0)
    for t in tf.range(tf.shape(series)[0]):
        state = alpha * series[t] + (1 - alpha) * state
        rows = rows.write(t, state)
    return rows.stack()


# %% backward_in_time loses="numerics gradients"
"""The smoothing runs from the last row to the first, so that each value knows the future. It starts
at row 0."""


@tf.function
def exponential_smoothing(series, alpha):
    return tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, series, reverse=True)


# %% smoothed_twice loses="numerics gradients"
"""The smoothed series is smoothed once more. Once is what is asked for."""


@tf.function
def exponential_smoothing(series, alpha):
    once = tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, series)
    return tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, once)


# %% last_step_missing loses="numerics gradients"
"""The loop ends one step too early, and the last row is never computed. `tf.range(1, steps)` ends
before `steps` already."""


@tf.function
def exponential_smoothing(series, alpha):
    steps = tf.shape(series)[0]
    rows = tf.TensorArray(tf.float32, size=steps, element_shape=series[0].shape)
    rows = rows.write(0, series[0])
    state = series[0]
    for t in tf.range(1, steps - 1):
        state = alpha * series[t] + (1 - alpha) * state
        rows = rows.write(t, state)
    return rows.stack()


# %% returns_float64 loses="numerics"
"""The result is float64. To compute in double precision is fine, if the result is cast back to the
dtype of the series."""


@tf.function
def exponential_smoothing(series, alpha):
    alpha = tf.cast(alpha, tf.float64)
    series = tf.cast(series, tf.float64)
    return tf.scan(lambda state, x: alpha * x + (1 - alpha) * state, series)


# %% alpha_clipped loses="numerics gradients"
"""`alpha` is clipped to a range of your choice. It may be as close to 0 or 1 as one likes, and
needs no protection: nothing is divided by it."""


@tf.function
def exponential_smoothing(series, alpha):
    alpha = tf.clip_by_value(alpha, 0.05, 0.95)
    return tf.scan(lambda state, x: alpha * x + (1 - alpha) * state, series)


# %% gradient_by_numpy loses="serialization graph"
"""The values come from TensorFlow, but the gradient that you state calls back into Python. Write it
with TensorFlow's operations, or leave it out: TensorFlow derives the right one."""


@tf.custom_gradient
def smoothed(series, alpha):
    rows = tf.scan(lambda state, x: alpha * x + (1 - alpha) * state, series)

    def backward(upstream, alpha):
        for t in range(len(upstream) - 2, -1, -1):
            upstream[t] += (1 - alpha) * upstream[t + 1]
        return upstream

    def grad(upstream):
        adjoint = tf.numpy_function(
            lambda u, a: backward(u.copy(), a), [upstream, alpha], tf.float32
        )
        adjoint = tf.reshape(adjoint, tf.shape(series))
        in_series = tf.concat([adjoint[:1], alpha * adjoint[1:]], 0)
        return in_series, tf.reduce_sum(adjoint[1:] * (series[1:] - rows[:-1]))

    return rows, grad


@tf.function
def exponential_smoothing(series, alpha):
    return smoothed(series, alpha)


# %% [markdown]
# ## Lengths, gradients and compilation once more


# %% list_indexed_by_the_step loses="serialization graph"
"""Where the length is unknown, AutoGraph turns `range` into a loop of the graph, whose step is a
tensor, and no Python list can be indexed by that. Collect the rows in a `tf.TensorArray`."""


@tf.function
def exponential_smoothing(series, alpha):
    rows = [series[0]]
    for t in range(1, len(series)):
        rows.append(rows[t - 1] + alpha * (series[t] - rows[t - 1]))
    return tf.stack(rows)


# %% array_of_the_static_size loses="serialization graph"
"""`series.shape[0]` is `None` where the length is unknown while tracing, and no array has that
size. `tf.shape(series)[0]` always knows."""


@tf.function
def exponential_smoothing(series, alpha):
    steps = series.shape[0]
    rows, state = tf.TensorArray(tf.float32, size=steps), series[0]
    for t in tf.range(steps):
        state = state + alpha * (series[t] - state)
        rows = rows.write(t, state)
    return rows.stack()


# %% zeros_of_the_static_shape loses="serialization graph"
"""`series.shape` may hold `None`, of which no zeros can be made. `tf.shape(series)` or
`tf.zeros_like` always has an answer."""


@tf.function
def exponential_smoothing(series, alpha):
    at = tf.zeros(series.shape, tf.int32) + tf.range(tf.shape(series)[0])[:, None]
    start = tf.where(at == 0, series, tf.zeros_like(series))
    return tf.scan(lambda s, x: alpha * x + (1 - alpha) * s, start + tf.where(at > 0, series, 0))


# %% split_into_rows loses="serialization graph"
"""`tf.split` needs to know while tracing how many parts there will be. Index the tensor inside a
graph loop, or iterate by `tf.scan`."""


@tf.function
def exponential_smoothing(series, alpha):
    first, *others = tf.split(series, series.shape[0])
    rows = [first]
    for row in others:
        rows.append(alpha * row + (1 - alpha) * rows[-1])
    return tf.concat(rows, 0)


# %% no_back_prop loses="gradients serialization graph"
"""`back_prop=False` cuts the gradient off: nothing flows back through the scan, neither here nor in
a graph or a file. Leave it out."""


@tf.function
def exponential_smoothing(series, alpha):
    return tf.scan(lambda s, x: s + alpha * (x - s), series, back_prop=False)


# %% jit_compiled loses="gradients serialization graph"
"""Compiled by XLA, a loop that fills a `tf.TensorArray` has no gradient in TensorFlow. Leave
`jit_compile` off."""


@tf.function(jit_compile=True)
def exponential_smoothing(series, alpha):
    steps = tf.shape(series)[0]
    state = series[0]
    rows = tf.TensorArray(tf.float32, size=steps, element_shape=state.shape).write(0, state)
    for t in tf.range(1, steps):
        state = state + alpha * (series[t] - state)
        rows = rows.write(t, state)
    return rows.stack()


# %% series_returned loses="numerics gradients serialization graph"
"""This returns the series as it came. What agrees with itself without a use for `alpha` is no
smoothing, in a file and in a graph neither."""


@tf.function
def exponential_smoothing(series, alpha):
    return tf.identity(series)


# %% zeros_returned loses="numerics gradients serialization graph"
"""The rows are never filled: what comes back is zero for every series and every `alpha`."""


@tf.function
def exponential_smoothing(series, alpha):
    return tf.zeros_like(series)
