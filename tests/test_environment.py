"""What works only on the student's machine costs no points, and somebody is told of it."""

import sys

import pytest

from autograder.grading.grader import Grader
from autograder.grading.processes import Limits, Worker
from autograder.records.results import Run
from autograder.records.submissions import Submission
from autograder.show import terminal

pytestmark = pytest.mark.slow  # they start commands

RIGHT = """class Scale(keras.layers.Layer):
    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}
"""
SCRIPT_LINES = [
    "import bokeh.plotting as plt\nplt.style.use('ggplot')",
    "import pandas as pd, seaborn as sns",
    "from tqdm.notebook import tqdm",
    "from google.colab import drive\ndrive.mount('/content/drive')",
    "import tensorflow_addons as tfa; import tensorflow_datasets as tfds",
    "tf.config.experimental.set_memory_growth(tf.config.list_physical_devices('GPU')[0], True)",
    "if not tf.config.list_physical_devices('GPU'):\n    raise SystemError('GPU device not found')",
    "name = input('Your name? ')",
    "os.chdir('/home/ada/course')",
    "keras.datasets.mnist.load_data()",
    "open('/tmp/results.csv', 'w').write('1')",
    "with open('C:/data.csv') as file:\n    rows = file.readlines()",
    "import socket; socket.create_connection(('example.com', 80))",
    "assert tf.__version__.startswith('2.15'), tf.__version__",
    "import subprocess; subprocess.run(['nvidia-smi'], check=True)",
    "keras.__version__.nothing",
    "tf.contrib.eager.enable()",
    "1 / 0",
]
NOTEBOOK_LINES = [
    "!pip install tensorflow-addons",
    "!nvidia-smi",
    "%matplotlib inline",
    "%tensorflow_version 2.x",
    "%load_ext tensorboard",
    "%cd /content/drive/MyDrive",
    "files = !ls /content",
    "%config InlineBackend.figure_format = 'retina'\nimport matplotlib",
]
HEAD = "import os\nimport keras\nimport tensorflow as tf\n"


def lost(result):
    return {check.name: check.message for check in result.checks if check.status != "passed"}


@pytest.mark.parametrize("line", SCRIPT_LINES)
def test_a_line_of_another_machine_costs_a_script_nothing(grade, line):
    result = grade(f"{HEAD}{line}\n{RIGHT}")
    assert lost(result) == {}
    at = line.splitlines()[-1 if line.startswith("if") else 0].strip()
    assert result.look_at.startswith("graded without the statement that raised at line ")
    assert f": `{at}`: " in result.look_at


@pytest.mark.parametrize("line", SCRIPT_LINES[::4] + NOTEBOOK_LINES)
def test_a_line_of_another_machine_costs_a_cell_nothing(grade, line):
    result = grade(HEAD, f"{line}\n{RIGHT}", notebook=True)
    assert lost(result) == {}
    harmless = not result.cells[1]["errors"]  # IPython only prints what it makes of some
    assert harmless or result.look_at.startswith("graded without the statement")


@pytest.mark.parametrize("line", SCRIPT_LINES[::4] + NOTEBOOK_LINES)
def test_in_a_cell_of_its_own_it_needs_no_look(grade, line):
    result = grade(HEAD, line, RIGHT)
    assert lost(result) == {}
    assert result.look_at == ""


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        (["import pandas\n" + HEAD, RIGHT], "cell 1, line 1"),  # the answer needs what comes after
        ([HEAD, f"%%time\nimport pandas\n{RIGHT}"], "cell 2, line 2"),
        ([HEAD, f"%%capture\nimport pandas\n{RIGHT}"], "cell 2, line 2"),
        ([HEAD, f"import pandas; import numpy as np\n{RIGHT}\nnp.ones"], "cell 2, line 1"),
        ([HEAD.replace("import keras", "import pandas, keras"), RIGHT], "cell 1, line 2"),
        ([f"import pandas as pd, keras, seaborn\n{RIGHT}"], "cell 1, line 1"),
        # The class is there, and what it calls is not.
        (
            [
                HEAD + RIGHT.replace("inputs *", "same(inputs) *"),
                "import pandas\nsame = tf.identity",
            ],
            "cell 2, line 1",
        ),
        # What a function uses has its later value.
        (
            [HEAD + "N = 3\n" + RIGHT.replace("inputs *", "N * inputs *"), "import pandas\nN = 1"],
            "cell 2, line 1",
        ),
        (
            [
                HEAD + RIGHT.replace("def call", "def wrong"),
                "import pandas\ndef call(self, x):\n    return self.factor * x\nScale.call = call",
            ],
            "cell 2, line 1",
        ),
        # A later definition of the same name counts.
        (
            [HEAD, RIGHT.replace("inputs *", "inputs +") + "import pandas\n" + RIGHT],
            "cell 2, line 11",
        ),
        (
            [
                HEAD,
                f"import pandas\n\n@keras.saving.register_keras_serializable()\n{RIGHT.strip()}",
            ],
            "cell 2, line 1",
        ),
    ],
)
def test_the_code_goes_on_after_what_raised(grade, cells, place):
    result = grade(*cells, notebook=True)
    assert lost(result) == {}
    assert place in result.look_at


def test_the_code_goes_on_with_its_future_statements(grade):
    result = grade(f"from __future__ import annotations\n{HEAD}import pandas\nx: unknown\n{RIGHT}")
    assert lost(result) == {}
    assert "line 5" in result.look_at
    assert "and 1 more" not in result.look_at


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("raise NotImplementedError", "not solved yet"),
        ("raise RuntimeError('not before Friday')", "RuntimeError: not before Friday"),
        ("import sys; sys.exit()", "SystemExit"),
        ("def stub():\n    raise NotImplementedError()\nstub()", "not solved yet"),
        ("while True: pass", "stopped after 4 seconds"),
    ],
)
def test_code_that_stops_on_purpose_stays_stopped(grade, line, message):
    result = grade(f"{HEAD}{line}\n{RIGHT}")
    assert result.score == 0
    assert message in result.checks[0].message
    assert result.look_at == ""


@pytest.mark.parametrize(
    "line", ['print(f"{dict(a=1)["a"]}")', "type Number = float", "def same[T](x: T): return x"]
)
def test_syntax_of_a_newer_python_needs_a_look(grade, line):
    result = grade(HEAD, f"{line}\n{RIGHT}")
    if sys.version_info < (3, 12):
        assert "SyntaxError" in result.checks[0].message
        assert result.look_at.startswith("it may be right elsewhere; here ")


def test_a_message_blames_what_kept_the_name_from_being_defined(grade):
    broken = RIGHT.replace("def call(self, inputs):", "def call(self, inputs)")
    result = grade("from google.colab import drive", HEAD, broken, "print(Scale)")
    assert "the code stopped at cell 3, line 6: `def call(self, inputs)`: SyntaxError: " in (
        result.checks[0].message
    )
    assert "colab" not in result.checks[0].message
    assert result.look_at == ""
    assert "Python 3." in result.checks[0].message
    assert "TensorFlow 2." in result.checks[0].message


@pytest.mark.parametrize(
    "source",
    [
        HEAD + "import tensorflow_addons as tfa\nclass Scale(tfa.layers.Scale): pass",
        HEAD + "from my_helpers import Scale",
        HEAD + "with tf.device('/GPU:0/'):\n    1 / 0\n    " + RIGHT.replace("\n", "\n    "),
        HEAD + "from my_helpers import *",
        HEAD + RIGHT.replace("return inputs", "import pandas; return inputs"),
        HEAD
        + RIGHT.replace("return inputs", "plt.figure(); return inputs")
        + "import bokeh as plt",
        HEAD + RIGHT.replace("return inputs", "open('/etc/hostname'); return inputs"),
        HEAD + RIGHT.replace("return inputs", "tf.compat.v3.nothing; return inputs"),
    ],
)
def test_an_answer_that_needs_another_machine_needs_a_look(grade, source):
    result = grade(source)
    assert result.score < 8
    assert result.look_at.startswith(("it may be right elsewhere; here ", "graded without "))


@pytest.mark.parametrize(
    "source",
    [
        "class Scael: pass",
        HEAD + RIGHT.replace("inputs *", "7 + inputs *"),
        HEAD + RIGHT.replace("self.factor\n", "self.faktor\n"),
    ],
)
def test_a_wrong_answer_needs_no_look(grade, source):
    result = grade(source)
    assert result.score < 8
    assert result.look_at == ""


def test_a_look_that_is_needed_is_in_every_report(grade):
    result = grade(f"import pandas\n{HEAD}{RIGHT}")
    run = Run("scale", 0, [], [result])
    (row,) = run.as_dict()["submissions"]
    assert row["look_at"] == result.look_at != ""
    assert set(row["versions"]) == {"python", "tensorflow", "keras", "numpy"}
    assert result.look_at in terminal.feedback(result).replace("\\[", "[")


@pytest.mark.parametrize(
    "line",
    [
        "keras.config.set_floatx('float64')",
        "keras.mixed_precision.set_global_policy('mixed_float16')",
        "import warnings; warnings.filterwarnings('error')",
        "import tensorflow.experimental.numpy as tnp; tnp.experimental_enable_numpy_behavior()",
        "tf.debugging.enable_check_numerics()",
        "import numpy as np; np.seterr(all='raise')",
        "keras.config.set_epsilon(10.0)",
        "keras.config.set_image_data_format('channels_first')",
        "keras.config.disable_traceback_filtering()",
        "tf.config.optimizer.set_jit(True)",
        "tf.compat.v1.disable_tensor_equality()",
        "tf.compat.v1.disable_control_flow_v2()",
        "tf.config.experimental.enable_op_determinism()",
        "import sys; sys.setrecursionlimit(150)",
    ],
)
def test_a_setting_beside_a_right_answer_costs_nothing(grade, line):
    assert lost(grade(f"{HEAD}{line}\n{RIGHT}")) == {}


@pytest.mark.parametrize("line", ["disable_eager_execution()", "disable_v2_behavior()"])
def test_a_setting_that_cannot_be_put_back_is_named(grade, line):
    result = grade(f"{HEAD}tf.compat.v1.{line}\n{RIGHT}")
    assert result.score == 0
    assert "the code switches eager execution off" in result.checks[0].message


def test_cells_that_run_again_take_no_time_from_questions(toy_exercise):
    """Four cells within their limits, and two processes that run them, are more than the total."""
    cells = (HEAD, RIGHT, *["import time; time.sleep(1)"] * 4)
    with Worker(Limits(cell=2, check=2, total=6)) as worker:
        result = Grader(worker, toy_exercise).grade(Submission("slow", "", True, cells))
    assert lost(result) == {}
    assert result.look_at == ""


def test_a_cell_that_came_too_late_is_named(toy_exercise):
    cells = (HEAD, *["import time; time.sleep(1.5)"] * 4, RIGHT)
    with Worker(Limits(cell=2, check=2, total=4)) as worker:
        result = Grader(worker, toy_exercise).grade(Submission("slow", "", True, cells))
    assert result.score == 0
    assert "its cell did not run, since the cells before it took more than 4 seconds" in (
        result.checks[0].message
    )
    assert "those from cell 5 on did not run" in result.look_at


def test_an_endless_loop_in_an_answer_names_its_line(grade):
    source = HEAD + RIGHT.replace(
        "        return inputs", "        while True:\n            pass\n        return inputs"
    )
    result = grade(source)
    assert {check.status for check in result.checks} == {"timed out"}
    assert result.checks[0].message.startswith("no answer after 4 seconds (line 1")


@pytest.mark.parametrize(
    "memory",
    ["np.ones((2**30, 2**10))", "bytearray(2**40)", "list(range(2**62))", "tf.ones((2**31, 99))"],
)
def test_a_lack_of_memory_is_called_so(grade, memory):
    source = (
        HEAD + "import numpy as np\n" + RIGHT.replace("return inputs", f"{memory}; return inputs")
    )
    result = grade(source)
    assert result.score < 8
    assert "MemoryError" in result.checks[0].message or "OOM" in result.checks[0].message


def test_a_name_that_is_needed_itself_is_no_suggestion(worker, toy_exercise):
    grader = Grader(worker, toy_exercise)
    grader.reference.setup.needs.append("Scael")
    result = grader.grade(Submission("x", "", False, ("class Scael: pass",)))
    assert "did you mean" not in result.checks[0].message
