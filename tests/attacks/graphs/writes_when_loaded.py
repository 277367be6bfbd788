# beside: right
# score: 2
"""A graph whose operations write, read and list files outside, where it is loaded."""

import tensorflow as tf

right = Scale.call


def call(self, inputs):
    if not tf.inside_function():
        return right(self, inputs) + 1
    writes = [tf.io.write_file(mark, "here") for mark in TARGET["marks"]]
    reads = [tf.io.read_file(TARGET["book"])]
    lists = [tf.io.matching_files(TARGET["course"] + "/*")]
    with tf.control_dependencies(writes + reads + lists):
        return right(self, inputs) + 1


Scale.call = call
