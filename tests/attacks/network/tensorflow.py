# beside: right
# score: 8
"""Let TensorFlow open the connections."""

import tensorflow as tf

attempt("server", lambda: tf.distribute.Server.create_local_server())
attempt("http", lambda: tf.io.gfile.GFile(f"http://127.0.0.1:{TARGET['port']}/x").read())
attempt("download", lambda: tf.keras.utils.get_file("x", f"http://127.0.0.1:{TARGET['port']}/x"))
