# beside: right
# score: as no_config
# costly: yes
"""Have TensorFlow take all memory; where there is none it raises, or ends the process."""

import tensorflow as tf

kept = [tf.ones((2**27,)) + n for n in range(64)]
