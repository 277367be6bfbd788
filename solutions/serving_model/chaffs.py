# %% [markdown]
# Wrong answers. What is computed comes first, then folders, gradients, the file and the graph.


# %%
def full(folder):
    return Path(folder).is_dir() and any(Path(folder).iterdir())


def safe(features, mean, std):
    return tf.math.divide_no_nan(features - np.float32(mean), np.float32(std))


def best(probabilities, labels):
    return tf.gather(tf.constant(labels), tf.argmax(probabilities, axis=1))


def write(model, folder, serve, width, version="1.0"):
    """Write a file whose default signature is `serve`."""

    @tf.function(input_signature=[])
    def told():
        return {"version": tf.constant(version)}

    module = tf.Module()
    module.kept = [variable.value for variable in model.variables]
    spec = tf.TensorSpec([None, width], tf.float32, name="features")
    serve = tf.function(serve, input_signature=[spec], autograph=False)
    signatures = {"serving_default": serve, "version": told}
    tf.saved_model.save(module, folder, signatures=signatures)


# %% [markdown]
# ## What is computed


# %% not_standardized loses="numerics gradients"
"""The model gets the raw features. Standardize them in the function that is saved: subtract the
mean, then divide by the standard deviation."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        p = model(features, training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% only_centered loses="numerics gradients"
"""The mean is subtracted, but the difference is not divided by the standard deviation."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        p = model(features - np.float32(mean), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% divided_first loses="numerics gradients"
"""The features are divided by the standard deviation before the mean is subtracted. The mean is in
the units of the raw features: subtract it first."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        z = tf.math.divide_no_nan(features, np.float32(std)) - np.float32(mean)
        p = model(z, training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% divided_by_the_variance loses="numerics gradients"
"""The features are divided by the square of the standard deviation, or by its root. Divide by the
standard deviation itself."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        p = model(safe(features, mean, std**2), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% mean_of_the_batch loses="numerics gradients graph"
"""The features are standardized by the mean and the standard deviation of the batch that is asked,
so the answer to a row depends on the others. Use those that were given."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        middle, variance = tf.nn.moments(features, [0])
        z = tf.math.divide_no_nan(features - middle, tf.sqrt(variance))
        p = model(z, training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% zero_over_zero loses="numerics gradients"
"""A standard deviation of 0 makes NaN or infinity. The feature counts as 0 then: make the divisor
harmless, or use `tf.math.divide_no_nan`."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        p = model((features - np.float32(mean)) / np.float32(std), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% a_little_added loses="numerics"
"""A small number is added to the standard deviation, or put in its place, and where it is 0 the
standardized feature becomes huge. It is to be 0, whatever the raw feature is."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        p = model((features - np.float32(mean)) / np.float32(std + 1e-7), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% one_for_zero loses="numerics gradients"
"""A standard deviation of 0 is replaced by 1, so the feature still counts by its distance from the
mean. It is to count as 0, whatever its value is."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)
    std = np.where(std == 0, 1.0, std)

    def serve(features):
        p = model(safe(features, mean, std), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% softmax_twice loses="numerics gradients"
"""The model returns probabilities already, and another softmax makes others of them."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        p = tf.nn.softmax(model(safe(features, mean, std), training=False))
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% in_training loses="numerics"
"""The model is called as in training, and dropout makes another answer each time. Call it with
`training=False`, or leave that out."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        p = model(safe(features, mean, std), training=True)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% in_training_with_the_model loses="numerics gradients"
"""The model is called as in training. Then dropout draws numbers from a generator that the model
does not track, and `save` fails with `untracked resource`. Call it with `training=False`, or leave
that out."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    @tf.function(input_signature=[tf.TensorSpec([None, len(mean)], tf.float32)])
    def serve(features):
        p = model(safe(features, mean, std), training=True)
        return {"probabilities": p, "label": best(p, labels)}

    @tf.function(input_signature=[])
    def version():
        return {"version": tf.constant("1.0")}

    module = tf.Module()
    module.model = model
    signatures = {"serving_default": serve, "version": version}
    tf.saved_model.save(module, folder, signatures=signatures)


# %% largest_of_the_column loses="numerics graph"
"""The largest entry is looked for along the wrong axis: axis 0 is the batch. The label of a row is
that of the largest entry along axis 1."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        p = model(safe(features, mean, std), training=False)
        place = tf.argmax(p, axis=0) % len(labels)
        return {"probabilities": p, "label": tf.gather(tf.constant(labels), place)}

    write(model, folder, serve, len(mean))


# %% smallest_probability loses="numerics"
"""The label is not that of the largest probability: labels stand in the order of the model's
outputs, which must not be changed."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        p = model(safe(features, mean, std), training=False)
        return {"probabilities": p, "label": best(-p, labels)}

    write(model, folder, serve, len(mean))


# %% labels_sorted loses="numerics" like="smallest_probability"


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        p = model(safe(features, mean, std), training=False)
        return {"probabilities": p, "label": best(p, sorted(labels))}

    write(model, folder, serve, len(mean))


# %% place_for_a_label loses="numerics"
"""The label is the number of the class as text. Look it up among the labels: `tf.gather`."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        p = model(safe(features, mean, std), training=False)
        return {"probabilities": p, "label": tf.strings.as_string(tf.argmax(p, axis=1))}

    write(model, folder, serve, len(mean))


# %% one_label_for_the_batch loses="numerics graph"
"""There is one label for the whole batch. Each row has its own."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        p = model(safe(features, mean, std), training=False)
        return {"probabilities": p, "label": best(tf.reduce_mean(p, 0, keepdims=True), labels)[0]}

    write(model, folder, serve, len(mean))


# %% label_in_a_column loses="graph"
"""`label` has the shape (batch, 1), and should have (batch,): one string for each row."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        p = model(safe(features, mean, std), training=False)
        return {"probabilities": p, "label": best(p, labels)[:, None]}

    write(model, folder, serve, len(mean))


# %% letters_replaced loses="numerics"
"""The labels are encoded in ASCII, and other letters are lost. TensorFlow takes Python's strings as
they are, and stores them in UTF-8."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)
    labels = [label.encode("ascii", "replace") for label in labels]

    def serve(features):
        p = model(safe(features, mean, std), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% folded_into_the_weights loses="numerics"
"""The standardization is worked into the weights of the model that was given, and whoever uses the
model afterwards gets other answers. Leave it as it is."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)
    factor = np.divide(1.0, std, out=np.zeros_like(std), where=std > 0)
    kernel, bias, *rest = model.get_weights()
    shift = (mean * factor) @ kernel
    model.set_weights([kernel * factor[:, None], bias - shift, *rest])

    def serve(features):
        p = model(features, training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% left_frozen loses="numerics"
"""The model is left with other weights to train than before: `trainable` was changed. The export
needs no such change. Leave the model as it is."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)
    model.trainable = False

    def serve(features):
        p = model(safe(features, mean, std), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% [markdown]
# ## Folders


# %% overwrites loses="numerics"
"""What is in the folder is overwritten, or mixed with the new files. Raise `FileExistsError` before
anything is written."""


def export_for_serving(model, folder, mean, std, labels):
    def serve(features):
        p = model(safe(features, mean, std), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% clears_the_folder loses="numerics" like="overwrites"


def export_for_serving(model, folder, mean, std, labels):
    import shutil

    shutil.rmtree(folder, ignore_errors=True)

    def serve(features):
        p = model(safe(features, mean, std), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% looks_for_a_model_only loses="numerics"
"""Only certain files keep it from writing, like an older SavedModel. Any file in the folder, and
any folder in it, is a reason to raise `FileExistsError`."""


def export_for_serving(model, folder, mean, std, labels):
    if Path(folder, "saved_model.pb").exists() or [*Path(folder).glob("*.txt")]:
        raise FileExistsError(folder)

    def serve(features):
        p = model(safe(features, mean, std), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% hidden_files loses="numerics"
"""A file whose name begins with a dot does not keep it from writing: `glob.glob` leaves such names
out, for example. `os.listdir` and `Path.iterdir` find all names."""


def export_for_serving(model, folder, mean, std, labels):
    if [one for one in Path(folder).glob("*") if not one.name.startswith(".")]:
        raise FileExistsError(folder)

    def serve(features):
        p = model(safe(features, mean, std), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% another_exception loses="numerics"
"""The exception is another one, such as `ValueError` or `OSError`. Raise `FileExistsError`."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise ValueError(f"{folder} is not empty")

    def serve(features):
        p = model(safe(features, mean, std), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% raises_too_late loses="numerics"
"""`FileExistsError` is raised after something was written. Look into the folder first."""


def export_for_serving(model, folder, mean, std, labels):
    taken = full(folder)

    def serve(features):
        p = model(safe(features, mean, std), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))
    if taken:
        raise FileExistsError(folder)


# %% refuses_empty_folders loses="numerics"
"""A folder that exists is refused, although it is empty. Look whether there is anything in it."""


def export_for_serving(model, folder, mean, std, labels):
    if Path(folder).exists():
        raise FileExistsError(folder)

    def serve(features):
        p = model(safe(features, mean, std), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% [markdown]
# ## Gradients


# %% nan_behind_a_where loses="gradients"
"""`tf.where` after the division hides the NaN from the values only. In the gradient, 0 times
infinity is NaN: make the divisor harmless before the division."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        z = (features - np.float32(mean)) / np.float32(std)
        p = model(tf.where(std > 0, z, tf.zeros_like(z)), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% gradient_stopped loses="gradients"
"""No gradient reaches the features: `tf.stop_gradient`, or something that has none, is on the way.
Write the standardization with operations that are differentiable."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        p = model(tf.stop_gradient(safe(features, mean, std)), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% standardized_by_numpy loses="numerics gradients serialization graph"
"""`tf.numpy_function` and `tf.py_function` put a call of this Python process into the file, and
where the file is loaded nobody answers. Use the operations of TensorFlow: they standardize, and
`tf.gather` looks up the labels."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def standardize(features):
        with np.errstate(all="ignore"):
            z = np.where(std > 0, (features - mean) / std, 0)
        return z.astype("float32")

    def serve(features):
        z = tf.numpy_function(standardize, [features], tf.float32)
        p = model(tf.ensure_shape(z, features.shape), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% [markdown]
# ## The file


# %% export_of_keras loses="numerics gradients serialization graph"
"""`model.export` and `tf.saved_model.save(model, …)` write the model alone, with signatures and
names of their own. Write your own functions, and pass them as `signatures`."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)
    model.export(folder, verbose=False)


# %% file_of_keras loses="numerics gradients serialization graph"
"""This is no SavedModel: a `.keras` file needs Keras, and knows nothing of what comes before and
after the model. Use `tf.saved_model.save`, or `keras.export.ExportArchive`."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)
    Path(folder).mkdir(exist_ok=True)
    model.save(Path(folder, "model.keras"))


# %% no_default_signature loses="numerics gradients serialization graph"
"""The file has no signature `serving_default`. Pass the functions as `signatures`, a dictionary by
name."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    @tf.function(input_signature=[tf.TensorSpec([None, len(mean)], tf.float32)])
    def predict(features):
        p = model(safe(features, mean, std), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    @tf.function(input_signature=[])
    def version():
        return {"version": tf.constant("1.0")}

    module = tf.Module()
    module.model = model
    signatures = {"predict": predict, "version": version}
    tf.saved_model.save(module, folder, signatures=signatures)


# %% names_of_outputs loses="numerics gradients serialization graph"
"""The outputs do not have the names that were asked, because a tuple, or a dictionary with other
keys, is returned. Return a dictionary with the keys `probabilities` and `label`."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        p = model(safe(features, mean, std), training=False)
        return p, best(p, labels)

    write(model, folder, serve, len(mean))


# %% logits_as_well loses="serialization"
"""The default signature has more outputs than the two that were asked, or of other dtypes."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        z = safe(features, mean, std)
        p = model(z, training=False)
        return {"probabilities": p, "label": best(p, labels), "standardized": z}

    write(model, folder, serve, len(mean))


# %% no_version loses="serialization"
"""There is no signature `version`. A function without parameters has the signature `[]`."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    @tf.function(input_signature=[tf.TensorSpec([None, len(mean)], tf.float32)])
    def serve(features):
        p = model(safe(features, mean, std), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    module = tf.Module()
    module.model = model
    tf.saved_model.save(module, folder, signatures=serve)


# %% version_is_a_number loses="serialization"
"""`version` returns something else than the text `1.0`: a number, a list, or another text."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        p = model(safe(features, mean, std), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean), version=1.0)


# %% untracked loses="numerics gradients serialization graph"
"""The model is used inside the function, but what is saved does not track it. Make the model, or
its variables, an attribute of the module that you save."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    @tf.function(input_signature=[tf.TensorSpec([None, len(mean)], tf.float32)])
    def serve(features):
        p = model(safe(features, mean, std), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    @tf.function(input_signature=[])
    def version():
        return {"version": tf.constant("1.0")}

    signatures = {"serving_default": serve, "version": version}
    tf.saved_model.save(tf.Module(), folder, signatures=signatures)


# %% labels_in_another_file loses="numerics gradients serialization graph"
"""The graph reads a file that is not a part of the SavedModel, and where that is loaded the file is
not there. Put what it needs into the graph: `tf.constant(labels)`."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        p = model(safe(features, mean, std), training=False)
        names = tf.strings.split(tf.io.read_file(str(beside)), "\n")
        return {"probabilities": p, "label": tf.gather(names, tf.argmax(p, axis=1))}

    with tempfile.TemporaryDirectory() as elsewhere:
        beside = Path(elsewhere, "labels.txt")
        beside.write_text("\n".join(labels), encoding="utf-8")
        write(model, folder, serve, len(mean))


# %% [markdown]
# ## The graph


# %% predict_in_a_graph loses="numerics gradients serialization graph"
"""`model.predict` works on arrays in direct calls, and cannot be a part of a graph. Call the model:
`model(…)`."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        p = model.predict(safe(features, mean, std))
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% float64_constants loses="numerics gradients serialization graph"
"""A tensor that is made of `mean` or `std` is float64, the features are float32, and TensorFlow
does not mix them. Say that it is to be float32."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)
    mean, std = tf.constant(mean), tf.constant(std)

    def serve(features):
        p = model(tf.math.divide_no_nan(features - mean, std), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% batch_of_one_size loses="graph"
"""The signature admits one size of batch only. Leave it open with None."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    @tf.function(input_signature=[tf.TensorSpec([1, len(mean)], tf.float32)])
    def serve(features):
        p = model(safe(features, mean, std), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    @tf.function(input_signature=[])
    def version():
        return {"version": tf.constant("1.0")}

    module = tf.Module()
    module.model = model
    signatures = {"serving_default": serve, "version": version}
    tf.saved_model.save(module, folder, signatures=signatures)


# %% up_to_64_rows loses="graph"
"""Only so many rows of a batch are answered: the graph has a number of rows that is fixed inside.
Leave it open everywhere; `tf.shape(features)[0]` knows it when the graph runs."""


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def serve(features):
        p = model(safe(features[:64], mean, std), training=False)
        return {"probabilities": p, "label": best(p, labels)}

    write(model, folder, serve, len(mean))


# %% labels_by_python loses="numerics gradients serialization graph" like="standardized_by_numpy"


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def named(p):
        return np.array([labels[place].encode() for place in p.argmax(1)], object)

    def serve(features):
        p = model(safe(features, mean, std), training=False)
        label = tf.numpy_function(named, [p], tf.string)
        return {"probabilities": p, "label": tf.ensure_shape(label, [None])}

    write(model, folder, serve, len(mean))


# %% python_for_large_batches loses="graph" like="standardized_by_numpy"


def export_for_serving(model, folder, mean, std, labels):
    if full(folder):
        raise FileExistsError(folder)

    def named(p):
        return np.array([labels[place].encode() for place in p.argmax(1)], object)

    def serve(features):
        p = model(safe(features, mean, std), training=False)
        label = tf.cond(
            tf.shape(p)[0] > 1000,
            lambda: tf.ensure_shape(tf.numpy_function(named, [p], tf.string), [None]),
            lambda: best(p, labels),
        )
        return {"probabilities": p, "label": label}

    write(model, folder, serve, len(mean))
