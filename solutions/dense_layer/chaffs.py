# %% activation_before_bias loses="numerics gradients"
"""The bias belongs inside: add it to the product first, then apply the activation to the sum."""


class MyDense(MyDense):
    def call(self, inputs):
        return self.activation(tf.matmul(inputs, self.kernel)) + self.bias


# %% bias_not_added loses="numerics gradients"
"""The bias is created but never added to the product, so it changes nothing and learns nothing."""


class MyDense(MyDense):
    def call(self, inputs):
        return self.activation(tf.matmul(inputs, self.kernel))


# %% activation_forgotten loses="numerics gradients"
"""The weighted sum comes out as it is: the activation is stored, but nothing applies it."""


class MyDense(MyDense):
    def call(self, inputs):
        return tf.matmul(inputs, self.kernel) + self.bias


# %% activation_twice loses="numerics gradients"
"""The activation is applied twice. With relu this does not show; with sigmoid it does."""


class MyDense(MyDense):
    def call(self, inputs):
        x = self.activation(tf.matmul(inputs, self.kernel) + self.bias)
        return self.activation(x)


# %% always_relu loses="numerics gradients"
"""The activation is always relu, whatever the constructor was given."""


class MyDense(MyDense):
    def call(self, inputs):
        return keras.activations.relu(tf.matmul(inputs, self.kernel) + self.bias)


# %% always_sigmoid loses="numerics gradients graph"
"""The activation is always the sigmoid, whatever the constructor was given."""


class MyDense(MyDense):
    def call(self, inputs):
        return tf.sigmoid(tf.matmul(inputs, self.kernel) + self.bias)


# %% tanh_for_none loses="numerics"
"""Without an activation the layer must stay linear; None is no wish for a default activation."""


class MyDense(MyDense):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(units, activation or "tanh", **kwargs)


# %% the_string_none loses="numerics"
"""The default is the string "None", which is no activation's name; the object None is meant."""


class MyDense(MyDense):
    def __init__(self, units, activation="None", **kwargs):
        super().__init__(units, activation, **kwargs)


# %% name_not_resolved loses="numerics serialization"
"""The activation may arrive as a name, and a name cannot be called. Have Keras look it up in the
constructor, and call what it returns."""


class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = activation

    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], self.units))
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        z = tf.matmul(inputs, self.kernel) + self.bias
        return z if self.activation is None else self.activation(z)

    def get_config(self):
        return {**super().get_config(), "units": self.units, "activation": self.activation}


# %% none_is_called loses="numerics"
"""A layer without an activation calls None. Either skip the call, or keep a function that returns
its argument."""


class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = activation if activation is None else keras.activations.get(activation)

    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], self.units))
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return self.activation(tf.matmul(inputs, self.kernel) + self.bias)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "activation": self.activation and keras.activations.serialize(self.activation),
        }


# %% a_few_names loses="numerics"
"""Only some activations are recognised, and every other one is ignored without a word. Keras can
look up all its activations by name, and a function needs no looking up."""


class MyDense(MyDense):
    def call(self, inputs):
        z = tf.matmul(inputs, self.kernel) + self.bias
        name = self.activation.__name__
        if name == "relu":
            z = tf.nn.relu(z)
        elif name == "sigmoid":
            z = tf.nn.sigmoid(z)
        elif name == "softmax":
            z = tf.nn.softmax(z)
        return z


# %% functions_by_their_name loses="numerics"
"""A function is looked up by its name among those of Keras, and silently replaced by none where it
is not found. A function needs no looking up: it can be called as it is."""


class MyDense(MyDense):
    def __init__(self, units, activation=None, **kwargs):
        if callable(activation):
            activation = getattr(keras.activations, activation.__name__, None)
        super().__init__(units, activation, **kwargs)


# %% names_of_tensorflow loses="numerics"
"""Names are looked up in tf.nn, which has only some of the activations that Keras knows by name.
Keras has a function that looks up all of them."""


class MyDense(MyDense):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(units, activation, **kwargs)
        self.function = self.activation
        if isinstance(activation, str) and activation != "linear":
            self.function = getattr(tf.nn, activation)

    def call(self, inputs):
        return self.function(tf.matmul(inputs, self.kernel) + self.bias)


# %% names_only loses="numerics serialization"
"""The activation is looked up as if it always were a name; a function needs no looking up."""


class MyDense(MyDense):
    def __init__(self, units, activation=None, **kwargs):
        activation = getattr(keras.activations, activation or "linear")
        super().__init__(units, activation, **kwargs)


# %% activation_of_the_class loses="numerics"
"""All layers share one activation, that of the layer made last. It belongs to the layer, on `self`,
not to the class or the module."""


class MyDense(MyDense):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(units, activation, **kwargs)
        MyDense.latest = staticmethod(self.activation)

    def call(self, inputs):
        return MyDense.latest(tf.matmul(inputs, self.kernel) + self.bias)


# %% softmax_of_the_second_axis loses="numerics"
"""Softmax looks along axis 1, where sequences have their steps. The units are on the last axis."""


class MyDense(MyDense):
    def call(self, inputs):
        z = tf.matmul(inputs, self.kernel) + self.bias
        if self.activation is keras.activations.softmax:
            return tf.nn.softmax(z, axis=1)
        return self.activation(z)


# %% dropout loses="numerics"
"""With `training=True` the layer answers something else. The formula is the same in training, and
dropout is a layer of its own."""


class MyDense(MyDense):
    def call(self, inputs, training=False):
        y = super().call(inputs)
        return keras.random.dropout(y, 0.2) if training else y


# %% inputs_from_the_second_axis loses="numerics graph"
"""The number of inputs is the last entry of the input shape. The second entry is the same only for
inputs of rank 2."""


class MyDense(MyDense):
    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[1], self.units))
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")


# %% flattened loses="numerics graph"
"""Inputs of higher rank must not be flattened: only their last axis is transformed, and the axes
before it stay as they are."""


class MyDense(MyDense):
    def build(self, input_shape):
        size = 1
        for n in input_shape[1:]:
            size *= n
        super().build((None, size))

    def call(self, inputs):
        return super().call(tf.reshape(inputs, (tf.shape(inputs)[0], -1)))


# %% rank_two_or_three loses="numerics"
"""Rank 2 and rank 3 have a formula each, and rank 4 has none. One formula takes every rank, if it
only names the last axis."""


class MyDense(MyDense):
    def call(self, inputs):
        if len(inputs.shape) == 2:
            z = tf.einsum("bi,ij->bj", inputs, self.kernel)
        else:
            z = tf.einsum("bti,ij->btj", inputs, self.kernel)
        return self.activation(z + self.bias)


# %% squeezed loses="numerics graph"
"""A squeeze drops every axis of length 1, and with it the batch axis of a batch of one."""


class MyDense(MyDense):
    def call(self, inputs):
        return tf.squeeze(super().call(inputs))


# %% rows_not_put_back loses="numerics graph"
"""Turned into one long matrix, the inputs of higher rank were never given back their axes."""


class MyDense(MyDense):
    def call(self, inputs):
        return super().call(tf.reshape(inputs, (-1, inputs.shape[-1])))


# %% kernel_the_other_way loses="numerics"
"""The kernel's shape is (inputs, units): one row for each input, one column for each unit."""


class MyDense(MyDense):
    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(self.units, input_shape[-1]))
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return self.activation(inputs @ tf.transpose(self.kernel) + self.bias)


# %% weights_always_float32 loses="numerics"
"""The weights have float32 written into them. Leave the dtype out: add_weight takes the layer's."""


class MyDense(MyDense):
    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], self.units), dtype="float32"
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), dtype="float32")


# %% inputs_cast_to_float32 loses="numerics"
"""The inputs are cast to float32, which does not fit the weights of a layer with another dtype.
Keras has cast the inputs to the layer's dtype already."""


class MyDense(MyDense):
    def call(self, inputs):
        return super().call(tf.cast(inputs, tf.float32))


# %% outputs_of_float32 loses="numerics"
"""The answer of a float64 layer comes out as float32: it is cast at the end, or it passes a layer
inside, which has a dtype of its own unless you give it yours."""


class MyDense(MyDense):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(units, activation, **kwargs)
        self.last = keras.layers.Activation(self.activation)

    def call(self, inputs):
        return self.last(tf.matmul(inputs, self.kernel) + self.bias)


# %% bias_for_each_row loses="numerics gradients serialization graph"
"""The bias has one value for each unit, and all rows of a batch share it: the batch size, which
may be unknown, is no part of its shape."""


class MyDense(MyDense):
    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], self.units))
        self.bias = self.add_weight(name="bias", shape=(input_shape[0], self.units))


# %% kwargs_not_passed_on loses="numerics serialization"
"""The keyword arguments are accepted and then dropped: pass them on to the base class, which knows
what to do with name, dtype and trainable."""


class MyDense(MyDense):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(units, activation)


# %% no_kwargs loses="numerics serialization"
"""A configuration also holds the arguments of the base class, such as name. The constructor must
accept them, as `**kwargs`, and pass them on."""


class MyDense(MyDense):
    def __init__(self, units, activation=None):
        super().__init__(units, activation)


# %% kwargs_as_one_argument loses="numerics gradients serialization graph"
"""The base class gets the dictionary of keyword arguments as one positional argument; two stars
unpack it."""


class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)


# %% base_class_not_initialised loses="numerics gradients serialization graph"
"""The constructor never calls the constructor of its base class, which has to come first."""


class MyDense(MyDense):
    def __init__(self, units, activation=None, **kwargs):
        self.units = units
        self.activation = keras.activations.get(activation)


# %% weights_in_the_constructor loses="numerics gradients serialization graph"
"""The constructor does not know the number of inputs, and should not have to: create the kernel in
build, which gets the shape of the inputs."""


class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, input_dim=32, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)
        self.kernel = self.add_weight(name="kernel", shape=(input_dim, units))
        self.bias = self.add_weight(name="bias", shape=(units,), initializer="zeros")

    def call(self, inputs):
        return self.activation(tf.matmul(inputs, self.kernel) + self.bias)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
        }


# %% forward loses="numerics gradients serialization graph"
"""In Keras the method that computes the answer is named `call`; without it Keras cannot tell what
the inputs are, and build gets no shape."""


class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], self.units))
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def forward(self, inputs):
        return self.activation(tf.matmul(inputs, self.kernel) + self.bias)


# %% built_in_inside loses="numerics gradients serialization graph"
"""The built-in layer does the work. The exercise is to write what it does: create the weights in
build, and compute with them in call."""


class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.dense = keras.layers.Dense(units, activation)

    def call(self, inputs):
        return self.dense(inputs)


# %% positional_weight_name loses="numerics gradients serialization graph"
"""The first positional argument of add_weight is the shape in Keras 3: give the name as `name=`."""


class MyDense(MyDense):
    def build(self, input_shape):
        self.kernel = self.add_weight("kernel", shape=(input_shape[-1], self.units))
        self.bias = self.add_weight("bias", shape=(self.units,), initializer="zeros")


# %% bias_not_created loses="numerics gradients serialization graph"
"""The call uses a bias that build has never created."""


class MyDense(MyDense):
    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], self.units))


# %% slip_of_a_bracket loses="numerics gradients serialization graph"
"""A slip of a bracket: the shape is a pair of the last entry of the input shape and the units; the
units must not stand inside the index."""


class MyDense(MyDense):
    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=[input_shape[-1, self.units]])
        self.bias = self.add_weight(name="bias", shape=[self.units])


# %% weights_of_tensorflow loses="gradients serialization"
"""Keras does not track a plain tf.Variable: it is neither trained nor saved. Create the weights
with add_weight."""


class MyDense(MyDense):
    def build(self, input_shape):
        start = tf.random_normal_initializer()
        dtype = self.variable_dtype
        self.kernel = tf.Variable(start((input_shape[-1], self.units), dtype), trainable=True)
        self.bias = tf.Variable(tf.zeros((self.units,), dtype), trainable=True)


# %% kernel_of_tensorflow loses="gradients serialization"
"""Keras does not know of the kernel, so it is neither trained nor saved: it does not track a plain
tf.Variable. Create the kernel with add_weight, like the bias."""


class MyDense(MyDense):
    def build(self, input_shape):
        start = keras.initializers.GlorotUniform()
        self.kernel = tf.Variable(start((input_shape[-1], self.units), self.variable_dtype))
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")


# %% bias_of_tensorflow loses="gradients serialization"
"""Keras does not know of the bias, so it is neither trained nor saved: it does not track a plain
tf.Variable. Create the bias with add_weight, like the kernel."""


class MyDense(MyDense):
    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], self.units))
        self.bias = tf.Variable(tf.zeros((self.units,), self.variable_dtype))


# %% a_third_weight loses="gradients"
"""The layer has a third weight that is trained. The formula has two: the kernel and the bias."""


class MyDense(MyDense):
    def build(self, input_shape):
        super().build(input_shape)
        self.scale = self.add_weight(name="scale", shape=(), initializer="ones")

    def call(self, inputs):
        return self.activation(self.scale * tf.matmul(inputs, self.kernel) + self.bias)


# %% kernel_not_trainable loses="gradients"
"""The kernel is created as not trainable, so training leaves it where it started."""


class MyDense(MyDense):
    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], self.units), trainable=False
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")


# %% bias_not_trainable loses="gradients"
"""The bias is created as not trainable, so training leaves it where it started."""


class MyDense(MyDense):
    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], self.units))
        self.bias = self.add_weight(
            name="bias", shape=(self.units,), initializer="zeros", trainable=False
        )


# %% nothing_flows_back loses="gradients"
"""No gradient reaches the inputs, so the layers before this one could never learn. Let the inputs
into the product as they are."""


class MyDense(MyDense):
    def call(self, inputs):
        return super().call(tf.stop_gradient(inputs))


# %% computed_by_numpy loses="gradients graph"
"""What NumPy computes leaves no trace: neither a gradient nor a graph comes through it. Use the
operations of TensorFlow or keras.ops."""


class MyDense(MyDense):
    def call(self, inputs):
        z = inputs.numpy() @ self.kernel.numpy() + self.bias.numpy()
        return self.activation(tf.convert_to_tensor(z))


# %% calls_back_into_python loses="gradients graph"
"""What tf.numpy_function wraps stays in Python: no gradient flows through it, and a graph that is
loaded elsewhere cannot call it. Compute with the operations of TensorFlow."""


class MyDense(MyDense):
    def call(self, inputs):
        def affine(x, kernel, bias):
            return x @ kernel + bias

        weights = [tf.convert_to_tensor(self.kernel), tf.convert_to_tensor(self.bias)]
        z = tf.numpy_function(affine, [inputs, *weights], self.compute_dtype)
        return self.activation(tf.ensure_shape(z, (*inputs.shape[:-1], self.units)))


# %% weights_read_as_numbers loses="gradients graph"
"""NumPy cuts a weight off from its gradient, as `tf.stop_gradient` does, and `.numpy()` does not
work in a graph. Use the variable itself."""


class MyDense(MyDense):
    def call(self, inputs):
        z = tf.matmul(inputs, self.kernel.numpy()) + self.bias.numpy()
        return self.activation(z)


# %% regularized loses="gradients"
"""A regularizer adds a penalty to the loss that nobody asked for, and pulls at the kernel in every
step of the training."""


class MyDense(MyDense):
    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], self.units), regularizer="l2"
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")


# %% regularized_a_little loses="gradients"
"""The layer adds a small loss of its own, as a regularizer or `add_loss` does. Nobody asked for it:
`layer.losses` must be empty."""


class MyDense(MyDense):
    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[-1], self.units),
            regularizer=keras.regularizers.L2(1e-4),
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")


# %% identity_matrix loses="gradients"
"""Some units start with the same kernel, as in an identity matrix with fewer inputs than units, and
equal gradients keep them alike: start the kernel at random."""


class MyDense(MyDense):
    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], self.units), initializer="identity"
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")


# %% kernel_of_equal_numbers loses="gradients"
"""All units start with the same kernel, and their equal gradients keep them alike: start it at
random."""


class MyDense(MyDense):
    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], self.units), initializer="zeros"
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")


# %% configuration_without_activation loses="serialization"
"""The configuration lacks the activation, so the layer comes back linear, without any error."""


class MyDense(MyDense):
    def get_config(self):
        config = super().get_config()
        del config["activation"]
        return config


# %% configuration_without_units loses="serialization"
"""The configuration lacks the units, which the constructor needs to make the layer again."""


class MyDense(MyDense):
    def get_config(self):
        config = super().get_config()
        del config["units"]
        return config


# %% configuration_with_default_units loses="serialization"
"""The configuration lacks the units, and a default takes their place: the layer comes back in
another size."""


class MyDense(MyDense):
    def __init__(self, units=32, activation=None, **kwargs):
        super().__init__(units, activation, **kwargs)

    def get_config(self):
        config = super().get_config()
        del config["units"]
        return config


# %% configuration_without_the_base loses="serialization"
"""The layer forgets its name, its dtype and whether it is trainable. What `super().get_config()`
returns belongs into the configuration, and a from_config of yours must hand it all on."""


class MyDense(MyDense):
    def get_config(self):
        return {
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
        }


# %% from_config_drops_the_rest loses="serialization"
"""The layer forgets its name, its dtype and whether it is trainable. What `super().get_config()`
returns belongs into the configuration, and a from_config of yours must hand it all on."""


class MyDense(MyDense):
    @classmethod
    def from_config(cls, config):
        return cls(config["units"], config["activation"])


# %% configuration_of_a_built_layer loses="serialization"
"""The configuration asks for the weights, which a layer that was not built yet does not have.
Weights are saved elsewhere; a configuration holds the constructor's arguments."""


class MyDense(MyDense):
    def __init__(self, units, activation=None, input_dim=None, **kwargs):
        super().__init__(units, activation, **kwargs)

    def get_config(self):
        return {**super().get_config(), "input_dim": self.kernel.shape[0]}


# %% none_not_serialized loses="serialization"
"""An activation of None needs no serializing, and Keras cannot do it: None may stay None in the
configuration, or be kept as the function that stands for it from the start."""


class MyDense(MyDense):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(units, activation, **kwargs)
        if activation is None:
            self.activation = None

    def call(self, inputs):
        z = tf.matmul(inputs, self.kernel) + self.bias
        return z if self.activation is None else self.activation(z)


# %% no_get_config loses="serialization" without="MyDense.get_config"
"""Without a get_config of its own the layer relies on Keras to record its arguments, and Keras can
do that for numbers and names only, not for a function."""


# %% name_of_the_function loses="serialization"
"""The configuration holds only the function's name, under which Keras finds its own activations
but no other. There is a function that serializes both kinds."""


class MyDense(MyDense):
    def get_config(self):
        return {**super().get_config(), "activation": self.activation.__name__}


# %% activation_in_a_function_of_its_own loses="serialization"
"""The activation is wrapped into a function that exists only inside the constructor, and nobody
finds that one again by its name. Keep the function that Keras returns."""


class MyDense(MyDense):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(units, activation, **kwargs)
        function = keras.activations.get(activation)

        def apply_activation(z):
            return function(z)

        self.activation = apply_activation


# %% looked_up_too_late loses="serialization"
"""While a layer is being loaded, Keras knows the functions given as custom_objects; afterwards it
does not. Look the activation up in the constructor, not in every call."""


class MyDense(MyDense):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(units, None, **kwargs)
        self.given = activation

    def call(self, inputs):
        activation = keras.activations.get(self.given)
        return activation(tf.matmul(inputs, self.kernel) + self.bias)

    def get_config(self):
        activation = keras.activations.serialize(keras.activations.get(self.given))
        return {**super().get_config(), "activation": activation}


# %% get_config_not_called loses="serialization"
"""The base class' get_config is a method: without its parentheses there is no dictionary to add
to."""


class MyDense(MyDense):
    def get_config(self):
        base_config = super().get_config
        return {**base_config, "units": self.units}


# %% bare_names_in_the_configuration loses="serialization"
"""In get_config the constructor's arguments are gone; only what was stored on self is left."""


class MyDense(MyDense):
    def get_config(self):
        return {**super().get_config(), "units": units, "activation": activation}


# %% shape_with_as_list loses="graph"
"""Keras 3 hands shapes over as plain tuples, which have no as_list; and compute_output_shape may
just as well be left out."""


class MyDense(MyDense):
    def compute_output_shape(self, batch_input_shape):
        return tf.TensorShape(batch_input_shape.as_list()[:-1] + [self.units])


# %% axes_missing_in_the_shape loses="graph"
"""The computed output shape always has two entries. All axes of the input but the last must be in
it; or leave compute_output_shape out."""


class MyDense(MyDense):
    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.units)


# %% one_name_for_all loses="graph"
"""Layers of one size that are given no name all get the same, and a model refuses two of one name.
Leave the name to `**kwargs`: without one Keras makes up a new name for each layer."""


class MyDense(MyDense):
    def __init__(self, units, activation=None, name=None, **kwargs):
        super().__init__(units, activation, name=name or f"my_dense_{units}", **kwargs)


# %% shape_of_the_trace loses="graph"
"""The batch size in `inputs.shape` is None while a graph is traced. Broadcasting needs no batch
size; and tf.shape knows it when the graph runs."""


class MyDense(MyDense):
    def call(self, inputs):
        bias = tf.tile(self.bias[tf.newaxis], (inputs.shape[0], 1))
        if inputs.shape.rank > 2:
            bias = self.bias
        return self.activation(tf.matmul(inputs, self.kernel) + bias)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)


# %% reshaped_to_unknown loses="graph"
"""The inputs get their axes back from `inputs.shape`, in which unknown sizes are None. A product
with a matrix needs no reshaping at all; tf.shape would know the sizes."""


class MyDense(MyDense):
    def call(self, inputs):
        rows = tf.reshape(inputs, (-1, inputs.shape[-1]))
        return tf.reshape(super().call(rows), (*inputs.shape[:-1], self.units))


# %% a_loop_over_the_batch loses="graph"
"""A Python loop over a tensor needs to know its length, and a graph of unknown batch size does not.
One product treats all rows at once."""


class MyDense(MyDense):
    def call(self, inputs):
        rows = [tf.tensordot(row, self.kernel, axes=1) + self.bias for row in inputs]
        return self.activation(tf.stack(rows))


# %% a_branch_on_the_rank loses="graph"
"""An `if` on a tensor cannot be decided while a graph is traced. The rank is known to Python, as
`len(inputs.shape)`; and matmul takes every rank from 2 on."""


class MyDense(MyDense):
    def call(self, inputs):
        if tf.rank(inputs) == 2:
            z = tf.matmul(inputs, self.kernel)
        else:
            z = tf.tensordot(inputs, self.kernel, axes=1)
        return self.activation(z + self.bias)


# %% no_bias_in_the_graph loses="graph"
"""The graph leaves out the bias, which direct calls add. Compute the same in both: ask neither
whether TensorFlow runs eagerly nor whether a tensor has a `numpy`."""


class MyDense(MyDense):
    def call(self, inputs):
        z = tf.matmul(inputs, self.kernel)
        if hasattr(inputs, "numpy"):
            z += self.bias
        return self.activation(z)


# %% weights_frozen_in_the_graph loses="graph"
"""In a graph the layer computes with the weights as they were when the graph was made: NumPy reads
them once, and what `fit` learns changes nothing. Use the variables themselves, which the graph
reads in each call."""


class MyDense(MyDense):
    def call(self, inputs):
        if not tf.inside_function():
            return super().call(inputs)
        with tf.init_scope():  # out of the graph
            kernel, bias = self.kernel.numpy(), self.bias.numpy()
        return self.activation(tf.matmul(inputs, kernel) + bias)


# %% no_activation_in_the_graph loses="graph"
"""The graph leaves out the activation, which direct calls apply. Compute the same in both: ask
neither whether TensorFlow runs eagerly nor whether the batch size is known."""


class MyDense(MyDense):
    def call(self, inputs):
        z = tf.matmul(inputs, self.kernel) + self.bias
        return self.activation(z) if tf.executing_eagerly() else z


# %% bias_added_to_the_kernel loses="numerics gradients"
"""The bias is added to the kernel, before the product. It belongs after it: inputs @ kernel + bias,
where the product binds more tightly only if the sum is not in parentheses."""


class MyDense(MyDense):
    def call(self, inputs):
        return self.activation(tf.matmul(inputs, self.kernel + self.bias))


# %% bias_subtracted loses="numerics gradients"
"""The bias is taken away where it should be added."""


class MyDense(MyDense):
    def call(self, inputs):
        return self.activation(tf.matmul(inputs, self.kernel) - self.bias)


# %% one_bias_for_all loses="numerics gradients serialization graph"
"""All units share one bias. Each has a bias of its own: its shape is (units,)."""


class MyDense(MyDense):
    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], self.units))
        self.bias = self.add_weight(name="bias", shape=(1,), initializer="zeros")


# %% new_weights_in_every_call loses="numerics gradients serialization graph"
"""Every call makes new weights, which start at random again. Keras calls `build`, and once."""


class MyDense(MyDense):
    def call(self, inputs):
        self.build(inputs.shape)
        return super().call(inputs)


# %% kernel_is_a_constant_to_the_tape loses="gradients"
"""No gradient reaches the kernel, so it never learns: NumPy and `tf.stop_gradient` cut it off. Use
the variable itself."""


class MyDense(MyDense):
    def call(self, inputs):
        kernel = tf.stop_gradient(tf.convert_to_tensor(self.kernel))
        return self.activation(tf.matmul(inputs, kernel) + self.bias)


# %% bias_is_a_constant_to_the_tape loses="gradients"
"""No gradient reaches the bias, so it never learns: NumPy and `tf.stop_gradient` cut it off. Use
the variable itself."""


class MyDense(MyDense):
    def call(self, inputs):
        bias = tf.stop_gradient(tf.convert_to_tensor(self.bias))
        return self.activation(tf.matmul(inputs, self.kernel) + bias)


# %% penalty_in_the_call loses="gradients"
"""The call adds a penalty to the loss that nobody asked for, and which pulls at the kernel in every
step of the training."""


class MyDense(MyDense):
    def call(self, inputs):
        self.add_loss(tf.reduce_sum(tf.square(self.kernel)))
        return super().call(inputs)


# %% configuration_by_hand loses="serialization"
"""The name comes back, but not the dtype, nor whether the layer is trainable. Keep all of what
`super().get_config()` returns, and let a from_config of yours hand it all on."""


class MyDense(MyDense):
    def get_config(self):
        activation = keras.activations.serialize(self.activation)
        return {"name": self.name, "units": self.units, "activation": activation}


# %% shape_joined_as_tuple loses="serialization"
"""When Keras loads a file, `build` gets the shape as a list, and a list and a tuple cannot be
joined. Take its last entry only: the kernel's shape is `(input_shape[-1], units)`."""


class MyDense(MyDense):
    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel", shape=input_shape[-1:] + (self.units,), initializer="glorot_uniform"
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")


# %% functions_only loses="numerics serialization"
"""The activation may arrive as a name, and a name cannot be called. Have Keras look it up in the
constructor, and call what it returns."""


class MyDense(MyDense):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(units, **kwargs)
        self.activation = activation

    def call(self, inputs):
        outputs = inputs @ self.kernel + self.bias
        return self.activation(outputs) if self.activation else outputs

    def get_config(self):
        activation = self.activation and keras.activations.serialize(self.activation)
        return {**super().get_config(), "activation": activation}


# %% neither_trainable loses="gradients"
"""No weight of the layer is trainable, so training changes nothing at all. Both are trained, unless
the layer is made with `trainable=False`."""


class MyDense(MyDense):
    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.kernel = self.add_weight(name="kernel", shape=shape, trainable=False)
        self.bias = self.add_weight(name="bias", shape=(self.units,), trainable=False)


# %% frozen_when_built loses="gradients"
"""No weight of the layer is trainable, so training changes nothing at all. Both are trained, unless
the layer is made with `trainable=False`."""


class MyDense(MyDense):
    def build(self, input_shape):
        super().build(input_shape)
        self.trainable = False


# %% shape_of_two_axes loses="graph"
"""`compute_output_shape` takes the shape apart into two sizes, and sequences have three. All axes
but the last come back unchanged; or leave it out, and Keras finds the shape."""


class MyDense(MyDense):
    def compute_output_shape(self, input_shape):
        batch, _ = input_shape
        return batch, self.units


# %% shape_with_a_number_added loses="graph"
"""A shape is a tuple, and a number cannot be added to it: it needs `(*shape[:-1], units)`. Or leave
compute_output_shape out, and Keras finds the shape."""


class MyDense(MyDense):
    def compute_output_shape(self, input_shape):
        return input_shape[:-1] + self.units


# %% constant_output loses="numerics gradients serialization graph"
"""The output does not depend on the inputs: nothing is multiplied by the kernel."""


class MyDense(MyDense):
    def call(self, inputs):
        return self.activation(tf.zeros_like(inputs @ self.kernel) + self.bias)
