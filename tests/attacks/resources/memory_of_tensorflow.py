# beside: right
# score: 0
# costly: yes
"""Have TensorFlow take all memory; it ends the process when there is none."""

import tensorflow as tf

kept = [tf.ones((2**27,)) + n for n in range(64)]
