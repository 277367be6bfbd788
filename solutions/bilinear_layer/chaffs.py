# %% shape_of_a_list loses="numerics gradients serialization graph"
"""The last entry of a list of two shapes is a shape, the whole one of the second input, and not a
number. Take the list apart first: the number of entries is the last of each shape in it."""


class Bilinear(Bilinear):
    def build(self, input_shape):
        size = input_shape[-1]
        self.kernel = self.add_weight(name="kernel", shape=(size, size, self.units))
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")


# %% both_of_the_first_size loses="numerics gradients serialization graph"
"""Both axes of the kernel have the size of one input. The first has that of `a`, the second that of
`b`; the two may differ."""


class Bilinear(Bilinear):
    def build(self, input_shape):
        size = input_shape[0][-1]
        self.kernel = self.add_weight(name="kernel", shape=(size, size, self.units))
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")


# %% two_parameters loses="numerics gradients serialization graph"
"""`call` has a parameter for each input, but the layer is called on one list. It arrives as a
whole: give `call` one parameter and take the list apart inside."""


class Bilinear(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        shape = (input_shape[0][-1], input_shape[1][-1], self.units)
        self.kernel = self.add_weight(name="kernel", shape=shape)
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, a, b):
        return tf.einsum("zn,nmu,zm->zu", a, self.kernel, b) + self.bias

    def get_config(self):
        return {**super().get_config(), "units": self.units}


# %% one_after_the_other loses="numerics gradients serialization graph"
"""The inputs are put one after the other, and multiplied by a matrix. Such a layer only adds up
what each input says alone; it has no products of the two."""


class Bilinear(Bilinear):
    def build(self, input_shape):
        size = input_shape[0][-1] + input_shape[1][-1]
        self.kernel = self.add_weight(name="kernel", shape=(size, self.units))
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return tf.matmul(tf.concat(inputs, axis=-1), self.kernel) + self.bias


# %% elementwise_product loses="numerics gradients serialization graph"
"""The inputs are multiplied elementwise, and so need equally many entries. The layer needs all
products of an entry of `a` and an entry of `b`, not only those with the same number."""


class Bilinear(Bilinear):
    def build(self, input_shape):
        size = input_shape[0][-1]
        self.kernel = self.add_weight(name="kernel", shape=(size, self.units))
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return tf.matmul(inputs[0] * inputs[1], self.kernel) + self.bias


# %% one_matrix_for_all loses="numerics gradients serialization graph"
"""There is one matrix, of shape (n, m), and all units get the same number. Each unit has a matrix
of its own: the kernel has a third axis, which counts the units."""


class Bilinear(Bilinear):
    def build(self, input_shape):
        shape = (input_shape[0][-1], input_shape[1][-1])
        self.kernel = self.add_weight(name="kernel", shape=shape)
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        value = tf.einsum("zn,nm,zm->z", inputs[0], self.kernel, inputs[1])
        return value[:, tf.newaxis] + self.bias


# %% a_weight_for_each_unit loses="numerics gradients serialization graph"
"""Each unit has a weight of its own. The statement asks for one weight of the shape (n, m, units)
that holds the matrices of all units, and for one bias."""


class Bilinear(Bilinear):
    def build(self, input_shape):
        shape = (input_shape[0][-1], input_shape[1][-1])
        self.matrices = [self.add_weight(name=f"w{k}", shape=shape) for k in range(self.units)]
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        a, b = inputs
        units = [tf.reduce_sum(tf.matmul(a, w) * b, axis=1) for w in self.matrices]
        return tf.stack(units, axis=1) + self.bias


# %% every_row_with_every_row loses="numerics gradients"
"""Every row of `a` meets every row of `b`, and the results are added up or averaged. Rows have
partners: the first of `a` belongs to the first of `b`. In an einsum, the batch has the same letter
in both."""


class Bilinear(Bilinear):
    def call(self, inputs):
        a, b = inputs
        return tf.einsum("zn,nmu,ym->zu", a, self.kernel, b) + self.bias


# %% each_input_alone loses="numerics gradients"
"""The two inputs are summed over the kernel one by one and then added, so that each has its say
alone. Multiply them: a term has an entry of `a`, an entry of `b`, and a weight."""


class Bilinear(Bilinear):
    def call(self, inputs):
        a, b = inputs
        left = tf.einsum("zn,nmu->zu", a, self.kernel)
        return left + tf.einsum("zm,nmu->zu", b, self.kernel) + self.bias


# %% second_input_ignored loses="numerics gradients graph"
"""The second input has no part in the answer. Each product has an entry of both."""


class Bilinear(Bilinear):
    def call(self, inputs):
        return tf.einsum("zn,nmu->zu", inputs[0], self.kernel) + self.bias


# %% bias_not_added loses="numerics gradients"
"""The bias is created but never added, so it changes nothing and learns nothing."""


class Bilinear(Bilinear):
    def call(self, inputs):
        return tf.einsum("zn,nmu,zm->zu", inputs[0], self.kernel, inputs[1])


# %% one_bias_for_all loses="numerics gradients serialization graph"
"""All units share one bias. Each has its own: its shape is (units,)."""


class Bilinear(Bilinear):
    def build(self, input_shape):
        shape = (input_shape[0][-1], input_shape[1][-1], self.units)
        self.kernel = self.add_weight(name="kernel", shape=shape)
        self.bias = self.add_weight(name="bias", shape=(1,), initializer="zeros")


# %% squeezed loses="numerics graph"
"""A squeeze drops every axis of length 1: with it goes the batch axis of a batch of one, and the
last axis of a layer of one unit."""


class Bilinear(Bilinear):
    def call(self, inputs):
        return tf.squeeze(super().call(inputs))


# %% units_first loses="numerics"
"""The kernel has the shape (units, n, m). Its axes belong in the order (n, m, units)."""


class Bilinear(Bilinear):
    def build(self, input_shape):
        shape = (self.units, input_shape[0][-1], input_shape[1][-1])
        self.kernel = self.add_weight(name="kernel", shape=shape)
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return tf.einsum("zn,unm,zm->zu", inputs[0], self.kernel, inputs[1]) + self.bias


# %% second_input_first loses="numerics"
"""The kernel has the shape (m, n, units), as if `b` came first. Its first axis belongs to the first
input."""


class Bilinear(Bilinear):
    def build(self, input_shape):
        shape = (input_shape[1][-1], input_shape[0][-1], self.units)
        self.kernel = self.add_weight(name="kernel", shape=shape)
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return tf.einsum("zn,mnu,zm->zu", inputs[0], self.kernel, inputs[1]) + self.bias


# %% a_dense_layer_of_all_products loses="numerics"
"""A dense layer of the table of products computes the right thing, but its kernel is a matrix of n
times m rows. The statement asks for a kernel of three axes, (n, m, units)."""


class Bilinear(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.dense = keras.layers.Dense(units, dtype=self.dtype_policy, trainable=self.trainable)

    def build(self, input_shape):
        self.dense.build((None, input_shape[0][-1] * input_shape[1][-1]))

    def call(self, inputs):
        a, b = inputs
        products = a[:, :, tf.newaxis] * b[:, tf.newaxis, :]
        return self.dense(tf.reshape(products, (-1, a.shape[-1] * b.shape[-1])))

    def get_config(self):
        return {**super().get_config(), "units": self.dense.units}


# %% inputs_cast_to_float32 loses="numerics"
"""The inputs are cast to float32, and the answer has no more than seven digits, or none, in a layer
of another dtype. Keras has cast the inputs to the layer's dtype already."""


class Bilinear(Bilinear):
    def call(self, inputs):
        a, b = (tf.cast(tf.cast(one, tf.float32), one.dtype) for one in inputs)
        return super().call([a, b])


# %% zeros_to_start_with loses="gradients"
"""The kernel starts as zeros: all units are alike, and nothing flows back to the inputs before the
first step. Let it start at random."""


class Bilinear(Bilinear):
    def build(self, input_shape):
        shape = (input_shape[0][-1], input_shape[1][-1], self.units)
        self.kernel = self.add_weight(name="kernel", shape=shape, initializer="zeros")
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")


# %% units_start_alike loses="gradients"
"""One random matrix is copied for all units. They start alike, and may stay alike for ever: let
each start at random."""


class Bilinear(Bilinear):
    def build(self, input_shape):
        super().build(input_shape)
        first = self.kernel.numpy()[:, :, :1]
        self.kernel.assign(np.repeat(first, self.units, axis=2))


# %% plain_variables loses="gradients serialization"
"""The weights are plain TensorFlow variables. Keras 3 tracks only those of its own: `fit` does not
train these, and a file does not hold them. `self.add_weight` makes weights that Keras knows."""


class Bilinear(Bilinear):
    def build(self, input_shape):
        shape = (input_shape[0][-1], input_shape[1][-1], self.units)
        self.kernel = tf.Variable(tf.random.normal(shape, dtype=self.dtype))
        self.bias = tf.Variable(tf.zeros((self.units,), self.dtype))


# %% kernel_is_a_constant_to_the_tape loses="gradients"
"""No gradient reaches the kernel, so it never learns: NumPy and `tf.stop_gradient` cut it off. Use
the variable itself."""


class Bilinear(Bilinear):
    def call(self, inputs):
        kernel = tf.stop_gradient(tf.convert_to_tensor(self.kernel))
        return tf.einsum("zn,nmu,zm->zu", inputs[0], kernel, inputs[1]) + self.bias


# %% computed_by_numpy loses="gradients graph"
"""NumPy knows nothing of gradients, and has no numbers to work with while a graph is traced.
TensorFlow has the same functions."""


class Bilinear(Bilinear):
    def call(self, inputs):
        a, b = (np.asarray(one) for one in inputs)
        y = np.einsum("zn,nmu,zm->zu", a, np.asarray(self.kernel), b) + np.asarray(self.bias)
        return tf.convert_to_tensor(y)


# %% units_not_in_the_configuration loses="serialization"
"""The configuration lacks the units, without which no layer can be made again. Add them to what
`super().get_config()` returns."""


class Bilinear(Bilinear):
    def get_config(self):
        return keras.layers.Layer.get_config(self)


# %% a_default_of_one_unit loses="serialization"
"""The units have a default and are not in the configuration, so that a layer that is loaded has one
unit, and says nothing of it. Add the units to what `super().get_config()` returns."""


class Bilinear(Bilinear):
    def __init__(self, units=1, **kwargs):
        super().__init__(units, **kwargs)

    def get_config(self):
        return keras.layers.Layer.get_config(self)


# %% configuration_by_hand loses="serialization"
"""The configuration holds the units alone, and what the base class would put there is missing:
name, dtype and trainable. Keep all of what `super().get_config()` returns."""


class Bilinear(Bilinear):
    def get_config(self):
        return {"units": self.units}


# %% kwargs_not_passed_on loses="numerics serialization"
"""The keyword arguments are accepted and then dropped: pass them on to the base class, which knows
what to do with name, dtype and trainable."""


class Bilinear(Bilinear):
    def __init__(self, units, **kwargs):
        super().__init__(units)


# %% no_kwargs loses="numerics serialization"
"""A configuration also holds the arguments of the base class, such as name. The constructor must
accept them, as `**kwargs`, and pass them on."""


class Bilinear(Bilinear):
    def __init__(self, units):
        super().__init__(units)


# %% shapes_joined_as_tuples loses="serialization"
"""When Keras loads a file, `build` gets lists in the place of tuples, and a list and a tuple cannot
be joined. Take numbers out of the shapes, and make the kernel's shape of these."""


class Bilinear(Bilinear):
    def build(self, input_shape):
        a, b = input_shape
        shape = a[-1:] + b[-1:] + (self.units,)
        self.kernel = self.add_weight(name="kernel", shape=shape, initializer="glorot_uniform")
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")


# %% output_shape_of_one_input loses="graph"
"""`compute_output_shape` treats the list of two shapes as if it were one shape. The batch size is
the first entry of either; or leave the method out, and Keras finds the shape."""


class Bilinear(Bilinear):
    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)


# %% a_loop_over_the_batch loses="graph"
"""A Python loop over the rows needs to know their number, and a graph of unknown batch size does
not. One einsum, or a few products of matrices, treat all rows at once."""


class Bilinear(Bilinear):
    def call(self, inputs):
        a, b = inputs
        rows = []
        for i in range(a.shape[0]):
            half = tf.tensordot(a[i], self.kernel, axes=1)
            rows.append(tf.tensordot(b[i], half, axes=1) + self.bias)
        return tf.stack(rows)


# %% reshaped_to_unknown loses="graph"
"""The table of products gets its shape from `a.shape`, in which the batch size may be None. Write
-1 for it: one size may be left to TensorFlow."""


class Bilinear(Bilinear):
    def call(self, inputs):
        a, b = inputs
        size = a.shape[1] * b.shape[1]
        products = tf.reshape(a[:, :, None] * b[:, None, :], (a.shape[0], size))
        return tf.matmul(products, tf.reshape(self.kernel, (size, self.units))) + self.bias


# %% weights_frozen_in_the_graph loses="graph"
"""In a graph the layer computes with the weights as they were when the graph was made: NumPy reads
them once, and what `fit` learns changes nothing. Use the variables themselves, which the graph
reads in each call."""


class Bilinear(Bilinear):
    def call(self, inputs):
        a, b = inputs
        with tf.init_scope():  # out of the graph
            kernel = self.kernel.numpy()
        kernel = kernel if tf.inside_function() else self.kernel
        return tf.einsum("zn,nmu,zm->zu", a, kernel, b) + self.bias


# %% one_name_for_all loses="graph"
"""Layers of one size that are given no name all get the same, and a model refuses two of one name.
Leave the name to `**kwargs`: without one Keras makes up a new name for each layer."""


class Bilinear(Bilinear):
    def __init__(self, units, name=None, **kwargs):
        super().__init__(units, name=name or f"bilinear_{units}", **kwargs)


# %% dropout loses="numerics"
"""With `training=True` the layer answers something else. The formula is the same in training, and
dropout is a layer of its own."""


class Bilinear(Bilinear):
    def call(self, inputs, training=False):
        y = super().call(inputs)
        return keras.random.dropout(y, 0.3) if training else y


# %% not_trainable loses="gradients"
"""The weights are made with `trainable=False`, so that training never changes them. Both are
learned."""


class Bilinear(Bilinear):
    def build(self, input_shape):
        shape = (input_shape[0][-1], input_shape[1][-1], self.units)
        self.kernel = self.add_weight(name="kernel", shape=shape, trainable=False)
        self.bias = self.add_weight(name="bias", shape=(self.units,), trainable=False)


# %% python_inside_the_graph loses="gradients graph"
"""`tf.py_function` and `tf.numpy_function` only call Python from the graph. What they compute is in
no graph and no file. TensorFlow has the operations for all of it."""


class Bilinear(Bilinear):
    def call(self, inputs):
        kernel = tf.convert_to_tensor(self.kernel)

        def product(a, b, w):
            return np.einsum("zn,nmu,zm->zu", a, w, b).astype(w.dtype)

        y = tf.numpy_function(product, [*inputs, kernel], kernel.dtype)
        return tf.ensure_shape(y, (inputs[0].shape[0], self.units)) + self.bias


# %% one_unit_without_its_axis loses="numerics"
"""A layer of one unit drops its last axis. One output is still a row of one number: the shape of
the answer is (batch, units), whatever the units."""


class Bilinear(Bilinear):
    def call(self, inputs):
        y = super().call(inputs)
        return y[:, 0] if self.units == 1 else y


# %% second_input_is_a_constant loses="gradients"
"""No gradient reaches the second input, so nothing below it ever learns: NumPy and
`tf.stop_gradient` cut it off. Use the tensor as it came."""


class Bilinear(Bilinear):
    def call(self, inputs):
        a, b = inputs
        return super().call([a, tf.stop_gradient(b)])


# %% bias_as_a_row loses="numerics"
"""The bias has two axes. It holds one number for each unit: its shape is (units,)."""


class Bilinear(Bilinear):
    def build(self, input_shape):
        first, second = input_shape
        shape = (first[-1], second[-1], self.units)
        self.kernel = self.add_weight(name="kernel", shape=shape, initializer="glorot_uniform")
        self.bias = self.add_weight(name="bias", shape=(1, self.units), initializer="zeros")
