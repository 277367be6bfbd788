# %% [markdown]
# Right answers that look different.

# %%
import os
import shutil

# %% export_archive
"""Keras' own `ExportArchive`, with two endpoints; NumPy prepares the factors."""


def export_for_serving(model, folder, mean, std, labels):
    if len([*Path(folder).glob("*")]) > 0:
        raise FileExistsError(folder)
    factor = np.divide(1.0, std, out=np.zeros_like(std), where=std > 0).astype("float32")
    middle = mean.astype("float32")

    def serve(x):
        p = model((x - middle) * factor)
        return {"probabilities": p, "label": tf.gather(tf.constant(labels), tf.argmax(p, -1))}

    archive = keras.export.ExportArchive()
    archive.track(model)
    signature = [tf.TensorSpec((None, len(mean)), tf.float32)]
    archive.add_endpoint("serving_default", serve, input_signature=signature)
    archive.add_endpoint("version", lambda: {"text": tf.constant("1.0")}, input_signature=[])
    archive.write_out(folder, verbose=False)


# %% module_with_methods
"""A module whose methods are the signatures; its divisor is made harmless beforehand."""


class Server(tf.Module):
    def __init__(self, model, mean, std, labels):
        super().__init__(name="server")
        self.model = model
        self.mean = tf.Variable(mean, dtype=tf.float32, trainable=False)
        self.fixed = tf.constant(std == 0)
        self.std = tf.Variable(np.where(std == 0, 1, std), dtype=tf.float32, trainable=False)
        self.labels = tf.constant([label.encode() for label in labels])
        self.text = tf.constant("1.0")

    @tf.function
    def serve(self, raw):
        z = tf.where(self.fixed, tf.zeros_like(raw), (raw - self.mean) / self.std)
        p = self.model(z, training=False)
        return {"label": tf.gather(self.labels, tf.argmax(p, axis=-1)), "probabilities": p}

    @tf.function(input_signature=[])
    def version(self):
        return self.text


def export_for_serving(model, folder, mean, std, labels):
    path = Path(folder)
    if path.exists() and next(path.iterdir(), None) is not None:
        raise FileExistsError(f"not empty: {folder}")
    server = Server(model, mean, std, labels)
    spec = tf.TensorSpec([None, mean.shape[0]], tf.float32, name="observations")
    signatures = {
        "serving_default": server.serve.get_concrete_function(spec),
        "version": server.version,
    }
    tf.saved_model.save(server, folder, signatures=signatures)
    return signatures


# %% rescaling_layer
"""A Keras layer rescales in a model around the model."""


def export_for_serving(model, folder, mean, std, labels):
    if Path(folder).is_dir() and [*Path(folder).glob("*")]:
        raise FileExistsError("there is something in " + folder)
    factor = np.where(std > 0, 1 / np.where(std > 0, std, 1), 0)
    inputs = keras.Input((len(mean),), name="raw")
    scaled = keras.layers.Rescaling(factor.tolist(), (-mean * factor).tolist())(inputs)
    whole = keras.Model(inputs, model(scaled))
    kept = tf.Module()
    kept.whole = whole
    kept.names = tf.Variable(labels, trainable=False)
    spec = tf.TensorSpec([None, len(mean)], tf.float32)

    def serve(raw):
        found = whole(raw)
        best = tf.math.top_k(found, 1).indices
        return {"probabilities": found, "label": tf.gather_nd(kept.names, best)}

    def version():
        return {"output_0": tf.strings.join(["1", "0"], ".")}

    signatures = {
        "serving_default": tf.function(serve, input_signature=[spec], autograph=False),
        "version": tf.function(version, input_signature=[], autograph=False),
    }
    tf.saved_model.save(kept, folder, signatures=signatures)


# %% lookup_table
"""A lookup table knows the labels, and a third signature helps somebody to look at the file."""


def export_for_serving(model, folder, mean, std, labels):
    with_content = Path(folder).is_dir() and any(os.scandir(folder))
    if with_content:
        raise FileExistsError(17, "the folder is not empty", folder)
    module = tf.Module()
    module.model = model
    keys, values = tf.range(len(labels), dtype=tf.int64), tf.constant(labels)
    initializer = tf.lookup.KeyValueTensorInitializer(keys, values)
    module.table = tf.lookup.StaticHashTable(initializer, default_value="?")
    mean, std = np.float32(mean), np.float32(std)

    @tf.function(input_signature=[tf.TensorSpec([None, len(mean)], tf.float32, name="x")])
    def serving_default(x):
        tf.debugging.assert_rank(x, 2)
        z = tf.math.divide_no_nan(x - mean, tf.broadcast_to(std, tf.shape(x)))
        p = model(z, training=False)
        return dict(probabilities=p, label=module.table.lookup(tf.argmax(p, axis=1)))

    @tf.function(input_signature=[])
    def version():
        return {"version": "1.0"}

    @tf.function(input_signature=[])
    def known_labels():
        return {"labels": values}

    signatures = {"serving_default": serving_default, "version": version, "labels": known_labels}
    tf.saved_model.save(module, folder, signatures)


# %% written_elsewhere_first
"""The file is written into a temporary folder, and moved when it is complete."""


def export_for_serving(model, folder, mean, std, labels):
    if os.path.lexists(folder) and [*Path(folder).iterdir()] != []:
        raise FileExistsError(f"{folder!r} has files in it")
    zero = std == 0
    divisor = tf.cast(tf.constant(np.where(zero, 1.0, std)), tf.float32)
    mask = tf.cast(tf.constant(~zero), tf.float32)

    class Whole(tf.Module):
        def __init__(self):
            self.weights = [weight.value for weight in model.weights]

        @tf.function(input_signature=[tf.TensorSpec([None, None], tf.float32)])
        def __call__(self, rows):
            rows = (rows - tf.cast(mean, tf.float32)) / divisor * mask
            found = tf.identity(model(rows), name="probabilities")
            best = tf.one_hot(tf.argmax(found, 1), len(labels), on_value=True, off_value=False)
            every = tf.broadcast_to(tf.constant(labels), tf.shape(best))
            label = tf.reshape(tf.boolean_mask(every, best), [-1])
            return {"probabilities": found, "label": label}

    whole = Whole()
    version = tf.function(lambda: {"version": tf.constant("1.0")}, input_signature=[])
    with tempfile.TemporaryDirectory() as parent:
        signatures = {"serving_default": whole.__call__, "version": version}
        tf.saved_model.save(whole, str(Path(parent) / "file"), signatures=signatures)
        Path(folder).mkdir(exist_ok=True)
        for part in Path(parent, "file").iterdir():
            shutil.move(part, folder)


# %% own_copy_of_the_model
"""The file holds a copy of the model, and compares probabilities to find the largest one."""


def export_for_serving(model, folder, mean, std, labels):
    try:
        found = [*os.scandir(folder)]
    except FileNotFoundError:
        found = []
    if found:
        raise FileExistsError(f"{len(found)} files in {folder}")
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    copy.trainable = False
    pairs = [(float(m), float(s)) for m, s in zip(mean, std, strict=True)]

    def standardized(rows):
        columns = tf.unstack(rows, num=len(pairs), axis=1)
        scaled = [
            (column - m) / s if s > 0 else tf.zeros_like(column)
            for column, (m, s) in zip(columns, pairs, strict=True)
        ]
        return tf.stack(scaled, axis=1)

    module = tf.Module()
    module.copy = copy

    @tf.function(input_signature=[tf.TensorSpec([None, len(pairs)], tf.float32)])
    def serve(rows):
        found = copy(standardized(rows))
        label = tf.fill([tf.shape(rows)[0]], labels[0])
        best = found[:, 0]
        for place in range(1, len(labels)):
            larger = found[:, place] > best
            label = tf.where(larger, labels[place], label)
            best = tf.maximum(best, found[:, place])
        return {"probabilities": found, "label": label}

    version = tf.function(lambda: tf.constant("1.0"), input_signature=[])
    signatures = {"serving_default": serve, "version": version}
    tf.saved_model.save(module, folder, signatures=signatures)


# %% frozen_weights
"""The weights are constants of the graph, by the functional call of the model without its state."""


def export_for_serving(model, folder, mean, std, labels):
    if tf.io.gfile.exists(folder) and tf.io.gfile.listdir(folder):
        raise FileExistsError(folder)
    trained = [np.array(one) for one in model.trainable_variables]
    others = [tf.constant(np.array(one)) for one in model.non_trainable_variables]
    safe = np.where(std, std, np.inf).astype(np.float32)

    @tf.function(input_signature=[tf.TensorSpec([None, len(mean)], tf.float32)])
    def serve(features):
        z = (features - mean.astype(np.float32)) / safe
        p, _ = model.stateless_call([*map(tf.constant, trained)], others, z, training=False)
        return {"probabilities": p, "label": tf.gather(labels, tf.argmax(p, axis=1))}

    @tf.function(input_signature=[])
    def version():
        return {"version": tf.constant(b"1.0")}

    signatures = {"serving_default": serve, "version": version}
    tf.saved_model.save(tf.Module(), folder, signatures=signatures)


# %% keras_layer_for_all
"""A Keras layer does everything, and its graph is asked for when it is saved."""


class Serving(keras.layers.Layer):
    def __init__(self, model, mean, std, labels):
        super().__init__()
        self.model, self.labels = model, labels
        self.shift = self.add_weight(shape=mean.shape, trainable=False, name="shift")
        self.scale = self.add_weight(shape=mean.shape, trainable=False, name="scale")
        self.shift.assign(mean)
        self.scale.assign(std)

    def call(self, rows):
        still = keras.ops.equal(self.scale, 0)
        scale = keras.ops.where(still, 1.0, self.scale)
        z = keras.ops.where(still, 0.0, (rows - self.shift) / scale)
        return self.model(z, training=False)


def export_for_serving(model, folder, mean, std, labels):
    if any(folders or files for _, folders, files in os.walk(folder)):
        raise FileExistsError(folder)
    layer = Serving(model, mean, std, labels)

    @tf.function(input_signature=[tf.TensorSpec([None, len(mean)], tf.float32)])
    def serve(rows):
        probabilities = layer(rows)
        label = tf.map_fn(
            lambda row: tf.constant(labels)[tf.argmax(row)],
            probabilities,
            fn_output_signature=tf.string,
        )
        return {"probabilities": probabilities, "label": label}

    module = tf.Module()
    module.layer = layer
    module.serve = serve
    module.version = tf.function(lambda: {"v": tf.constant("1.0")}, input_signature=[])
    tf.saved_model.save(
        module, folder, signatures={"serving_default": serve, "version": module.version}
    )
