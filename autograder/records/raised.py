"""What exceptions of Python, TensorFlow and Keras mean for somebody who writes a component.

It knows no exercise: it serves the grader and the students' own runs of the public tests alike.
"""

import re
from dataclasses import dataclass

LAST = re.compile(r".*Exception encountered: ", re.DOTALL)
CLASS = re.compile(r"<class '[\w.]*?(\w+)'> could not be deserialized|deserializing class '(\w+)'")
ADVICE = "|".join(
    [
        # Eager execution and `@tf.function` are rarely what an exercise asks for.
        r" You can attempt the following resolutions to the problem:.*",
        r" Use Eager execution or decorate this function with @tf\.function\..*",
        r" Consider casting elements to a supported type\..*",
        r" Make sure custom classes and functions are decorated with .*",
        r" Received args: .*",  # all of their numbers
        r" In general every operation must have .*",
        r" Run with TF_DUMP_GRAPH_PREFIX.*",
        r" This error may indicate that you're trying to pass a Tensor to a NumPy call.*",
        r" and with computed input tensors: .*",
        r"\s+(?:Please s|S)ee https?://\S+ for more information\..*",
        r"\s+In most cases, this error indicates that either:.*",
        r" One reason could be that .*",
        r"\s*; NodeDef: .*",
        r"; in compilation of <.*?>",
        r"\s+If you are looking for numpy-related methods, please run the following:.*",
        r"\s+Example:\n.*",
        r"\s+Check the error log to see .*",
        r"\s+List of objects that could not be loaded:.*",
        r"\nTraceback \(most recent call last\):.*",
        r"\nThe op is created at:.*",
        r" name: \w*\Z",
    ]
)
NOISE = re.compile(
    r"<stack traces unavailable>\n?"
    r"|\A.*Could not automatically infer the output shape / dtype of .*?Error encountered:\s+"
    r"|A total of \d+ objects could not be loaded\. Example error message for object .*?:\n+"
    r"| for '\{\{node .*?\}\} = .*?'(?= with input shapes)"
    r"|\(\[?No registered .*? OpKernel for .*?\{\{node .*?\}\}\)(?:\{\{node .*?\}\})?"
    r"|\nop: \".*\n\}\n(?= do not match)"
    r"| (?:object )?at 0x[0-9a-f]+"
    r"|__inference_\S+?\[_XlaMustCompile=.*?\] ?",
    re.DOTALL,
)


def readable(message: str) -> str:
    """Return what an exception says, the reason first, and without advice that leads astray.

    Keras wraps the reason why an object could not be loaded into a long text, once for each object
    around it. TensorFlow recommends eager execution or a decorator wherever a graph is made, and
    lists all values of a call.
    """
    if found := LAST.match(message):
        names = [one or other for one, other in CLASS.findall(found[0])]
        message = message[found.end() :].strip()
        if names:
            message += f" (when Keras made `{names[-1]}` from its configuration)"
    message = NOISE.sub("", message)
    message = re.sub(ADVICE, "", message, flags=re.DOTALL)
    # Keras breaks some of its sentences into lines.
    return re.sub(r"(?<=[\w,])\n(?=[a-z`])", " ", message).strip()


@dataclass(frozen=True)
class Kind:
    r"""A kind of exception, and what it means.

    Attributes:
        name: for tests, and for authors.
        says: a regular expression for its type and text, as in "TypeError: …".
        hint: what it means; `\1` is what the first group of `says` has found.
        line: a regular expression for the student's own line that raised it. "" is any line, and
            None says that it does not matter whether there is one: elsewhere, the same exception
            may have another reason.
    """

    name: str
    says: str
    hint: str
    line: str | None = ""


NO_LINE = r"\A\Z"  # it was raised on behalf of the student's code, not in it

UNKNOWN_SIZE = (
    "A size is unknown while a graph is traced, and `x.shape` has None in its place. `tf.shape(x)` "
    "has the size as a number of the graph, once it runs; and most operations need no size at all."
)
NO_NUMBER = (
    "While a graph is traced, tensors have no values yet, so `.numpy()`, `float()`, `int()` and "
    "the functions of NumPy and `math` fail. Use the operations of TensorFlow or of `keras.ops`."
)
DTYPES = (
    "TensorFlow does not mix dtypes: \\1 meets \\2 here. Python's numbers take the dtype of the "
    "tensor that they meet; a tensor or an array has to be cast, as with `tf.cast(x, y.dtype)`."
)
NOT_RETURNED = "Something of yours returned None. Is a `return` missing, or indented too far?"
SUPER_FIRST = (
    "The constructor does not call `super().__init__(**kwargs)`, or not before all else, so what "
    "Keras needs in the object does not exist yet."
)
OLD_KERAS = (
    "The base class is of the old Keras in `tensorflow.python.keras`, which today's Keras neither "
    "knows, saves nor loads. Import `keras`, and derive from its classes."
)
SHAPE_FIRST = (
    "The first parameter of `add_weight` is the shape. Give the name by keyword, as in "
    '`add_weight(name="total", shape=...)`.'
)
INSIDE_ANOTHER = (
    "A tensor that was made while a graph was traced is used outside that graph. It was kept in an "
    "attribute, a list or a global variable, or assigned inside a `@tf.function` of your own where "
    "Keras traces already. Keep state in variables, and change it by `assign`; in a loop, carry it "
    "from step to step."
)

KINDS = [
    Kind("old keras", r"\(in tensorflow\.python\.keras\)", OLD_KERAS, None),
    Kind("no layer", r"Only instances of `keras.Layer` can be added", OLD_KERAS, None),
    # Sizes.
    Kind("size", r"'NoneType' object cannot be interpreted as an integer", UNKNOWN_SIZE),
    Kind("size of rows", r"Cannot infer argument `num` from shape \(.*None", UNKNOWN_SIZE),
    Kind("shape", r"Cannot convert a partially known TensorShape", UNKNOWN_SIZE),
    Kind("shape with None", r"Failed to convert elements of .*\bNone\b.* to Tensor", UNKNOWN_SIZE),
    Kind("size for a tensor", r"Expected int32, but got None", UNKNOWN_SIZE),
    Kind("length", r"len is not well defined for a symbolic Tensor", UNKNOWN_SIZE),
    Kind("size for NumPy", r"Use \(\) not None as shape arguments", UNKNOWN_SIZE),
    Kind("computed size", r"unsupported operand .*'NoneType'", UNKNOWN_SIZE, r"\.shape\b"),
    Kind("compared size", r"not supported between .*'NoneType'", UNKNOWN_SIZE, r"\.shape\b"),
    Kind("size as number", r"real number, not 'NoneType'", UNKNOWN_SIZE, r"\.shape\b"),
    Kind("size as tensor", r"None values not supported", UNKNOWN_SIZE, r"\.shape\b"),
    Kind(
        "size of a weight",
        r"Shapes used to initialize variables must be fully-defined",
        "A weight cannot have a size that is unknown, and that of the batch is None. Only the last "
        "entry of the input shape is sure to be known, `input_shape[-1]`.",
    ),
    Kind(
        "size of an array",
        r"Argument `size` must be provided|Size must be declared for TensorArrays",
        "The size of this `tf.TensorArray` is missing or None. Say how many rows there are: while "
        "a graph is traced, `tf.shape(x)[0]` knows it, and `x.shape[0]` does not.",
    ),
    Kind(
        "too small an array",
        r"Trying to modify element \d+ in a list|Tried to write to index \d+ but array is not",
        "A `tf.TensorArray` has as many places as its `size` says, and this writes past the last "
        "one. Count what you write, beginning with 0.",
        None,
    ),
    # Values.
    Kind("method of NumPy", r"SymbolicTensor'? object has no attribute '\w+'", NO_NUMBER),
    Kind("NumPy", r"Cannot convert a symbolic tf\.Tensor .* to a numpy array", NO_NUMBER),
    Kind("numpy()", r"numpy\(\) is only available when eager execution", NO_NUMBER),
    Kind("number", r"must be .*real number, not '?SymbolicTensor", NO_NUMBER),
    Kind(
        "list index",
        r"list indices must be integers or slices, not \w*Tensor",
        "A tensor cannot index a Python list. In a loop of the graph, keep the value of the step "
        "before in a variable of its own, and all rows in a `tf.TensorArray`.",
    ),
    Kind(
        "branch",
        r"as a Python `bool` is not allowed",
        "A Python `if`, `while`, `and` or `not` needs a value, and while a graph is traced a "
        "tensor has none. `tf.where` chooses for each element, and `tf.cond` once. Only inside of "
        "a `@tf.function` is an `if` or a `while` rewritten, and Keras does not rewrite yours.",
    ),
    Kind(
        "branch for many",
        r"The truth value of an array with more than one element is ambiguous",
        "A Python `if` decides once, and so does `tf.cond`, but there are many values. `tf.where` "
        "decides for each.",
    ),
    Kind(
        "loop",
        r"Iterating over a symbolic `tf\.Tensor` is not allowed",
        "A Python loop over a tensor needs its values, or their number, and while a graph is "
        "traced there are none. Most operations take the whole tensor at once. Only inside of a "
        "`@tf.function` is a `for` statement rewritten, a comprehension not even there.",
    ),
    Kind(
        "item assignment",
        r"Tensor' object does not support item assignment",
        "Tensors cannot be changed. Collect the parts in a `tf.TensorArray` or a list and stack "
        "them, or compute the whole tensor at once.",
    ),
    # State.
    Kind(
        "variable in a graph",
        r"tf\.function only supports singleton tf\.Variables",
        "A variable, or a layer with its weights, is made anew whenever this runs. Make it once: "
        "in the constructor or in `build`, and for a function outside of it.",
    ),
    Kind(
        "late state",
        r"You cannot add new elements of state",
        "Weights and layers are made in the constructor or in `build`, not in `call`.",
        None,
    ),
    Kind("tensor of another graph", r"is out of scope and cannot be used here", INSIDE_ANOTHER),
    Kind("captured tensor", r"because it captures graph tensor", INSIDE_ANOTHER, None),
    Kind(
        "growing tensor",
        r"has shape .* before the loop, but shape .* after one iteration",
        "In a loop of the graph, a variable keeps its shape from step to step. Rows that become "
        "more and more belong into a `tf.TensorArray`.",
    ),
    Kind(
        "recursion",
        r"StagingError: maximum recursion depth exceeded",
        "While a graph is traced, a recursion that ends by the value of a tensor does not end. "
        "Use a loop.",
    ),
    # Configurations and constructors.
    Kind(
        "argument of Keras",
        r"__init__\(\) got an unexpected keyword argument '(name|dtype|trainable|reduction)'",
        "The constructor does not take `\\1`. Keras hands over all that a configuration holds, "
        "also what `super().get_config()` put there: take `**kwargs`, and pass them on to "
        "`super().__init__(**kwargs)`.",
        NO_LINE,
    ),
    Kind(
        "unexpected argument",
        r"__init__\(\) got an unexpected keyword argument '(\w+)'",
        "No constructor takes `\\1`. The keys of a configuration become keyword arguments of the "
        "constructor: each must be the name of one of its parameters, or of Keras' own.",
        None,
    ),
    Kind(
        "misspelt argument",
        r"Unrecognized keyword arguments passed to (\w+): \{'(\w+)'",
        "`\\1` does not take an argument `\\2`. Is it spelt right?",
    ),
    Kind(
        "missing argument",
        r"__init__\(\) missing \d+ required positional arguments?: '(\w+)'",
        "The constructor needs `\\1`, which was not given to it. To be loaded again, an object "
        "must have it in its configuration under this name; to be made without it, a default.",
        NO_LINE,
    ),
    Kind(
        "weights by name",
        r"(?<!__init__)\(\) got an unexpected keyword argument 'sample_weight'",
        "Keras passes weights by their name, `sample_weight`. The method that it calls must have "
        "a parameter of this name, or be the one that you inherit.",
        NO_LINE,
    ),
    Kind(
        "dictionary by position",
        r"\b(?:Layer|Loss|Model)\.__init__\(\) takes 1 positional argument but",
        "Keras' constructor takes keyword arguments only, and none of your own. Two stars unpack a "
        "dictionary: `super().__init__(**kwargs)`.",
    ),
    Kind(
        "super without a call",
        r"descriptor '__init__' of 'super' object needs|type object 'super' has no attribute",
        "`super` takes a call to get at the class above: `super()`, with parentheses.",
    ),
    Kind(
        "method without a call",
        r"'method' object is not a mapping",
        "A method has to be called: `super().get_config()`, with parentheses.",
    ),
    Kind("no constructor", r"you forgot to call `super\(\)\.__init__\(\)`", SUPER_FIRST, None),
    Kind("You forgot", r"You forgot to call `super\(\)\.__init__\(\)`", SUPER_FIRST, None),
    Kind(
        "nothing of Keras",
        r"'(?!function'|method'|str'|dict'|list'|tuple'|NoneType')\w+' object has no attribute "
        r"'(?:_parent_path|_dtype_policy|_tracker|_lock|built|name)'",
        SUPER_FIRST,
        NO_LINE,
    ),
    Kind(
        "no configuration",
        r"`get_config\(\)` method of .* should return a dict\. It returned: None",
        "`get_config` returns None. `dict.update` changes a dictionary and returns nothing: return "
        "the dictionary itself.",
        None,
    ),
    Kind(
        "configuration of itself",
        r"maximum recursion depth exceeded",
        "`get_config` calls itself without end. The one that it extends is `super().get_config()`.",
        r"self\.get_config\(\)",
    ),
    Kind(
        "configuration missing",
        r"must override `get_config\(\)` in order to be serializable",
        "Without a `get_config`, Keras can record numbers and strings only. Write one: what "
        "`super().get_config()` returns, and all arguments of the constructor.",
        None,
    ),
    Kind(
        "function not found",
        r"Could not locate (?:function|class) '(\w+)'",
        "Keras looks for `\\1` by its name, and only while an object is loaded. It finds functions "
        "and classes at the top level of your code, not one inside of another; and looks them up "
        "in the constructor, not later.",
        None,
    ),
    Kind(
        "tensor in a configuration",
        r"loaded in a new process: .*(?:'(?:Tracked)?[Dd]ict' (?:and|object)|and '\w*[Dd]ict')",
        "After loading, an argument of the constructor is the dictionary that stands for an object "
        "in the configuration. Keep plain numbers and strings there, or make the object of it "
        "again in the constructor.",
    ),
    # What meets what.
    Kind("dtypes", r"was expected to be an? (\w+) tensor but is an? (\w+) tensor", DTYPES),
    Kind("dtypes in a graph", r"Op has type (\w+) that does not match type (\w+) of", DTYPES),
    Kind("dtypes of both", r"must have the same dtype, got tf\.(\w+) != tf\.(\w+)", DTYPES),
    Kind("dtype of a variable", r"requested dtype (\w+) for Tensor with dtype (\w+)", DTYPES),
    Kind(
        "shape as a list",
        r"'tuple' object has no attribute 'as_list'",
        "Keras 3 hands shapes over as plain tuples: `(*shape[:-1], n)` is one with another last "
        "entry. A `compute_output_shape` may also be left out.",
    ),
    Kind("name first", r"Cannot convert '[A-Za-z_]\w*' to a shape", SHAPE_FIRST),
    Kind("name by position", r"Received: add_weight\('", SHAPE_FIRST),
    Kind("name or shape", r"add_weight\(\) got multiple values for argument", SHAPE_FIRST),
    Kind(
        "no start value",
        r"Attempt to convert a value \(None\)",
        "A metric's variables have no default start: say what they begin with, as in "
        '`add_weight(name="total", initializer="zeros")`.',
        r"\badd_weight\(",
    ),
    Kind("nothing returned", r"Attempt to convert a value \(None\)", NOT_RETURNED, NO_LINE),
    Kind("None returned", r"ValueError: None values not supported", NOT_RETURNED, NO_LINE),
    Kind("None unpacked", r"cannot unpack non-iterable NoneType object", NOT_RETURNED, NO_LINE),
    Kind(
        "no call",
        r"does not have a `call` method implemented",
        "Keras calls the method `call`. Your class has none: is it spelt otherwise, or indented "
        "into another method?",
        None,
    ),
    Kind(
        "reserved name",
        r"property '(\w+)' of '\w+' object has no setter|`\w+\.(\w+)` attribute is reserved",
        "Keras has an attribute of this name itself. Choose another name.",
    ),
    Kind(
        "one name for all",
        r"The name \"\w+\" is used \d+ times in the model",
        "Several layers have the same name, because yours gives itself one. Leave the name to "
        "`**kwargs`: without one, Keras makes up a new name for each.",
        None,
    ),
    # Functions of TensorFlow.
    Kind(
        "signature",
        r"Binding inputs to tf\.function failed due to `Can not cast",
        "An `input_signature` accepts only the shapes and dtypes that it names. Put None for every "
        "size that may change.",
        None,
    ),
    Kind(
        "not decorated",
        r"'function' object has no attribute 'get_concrete_function'",
        "This is a plain Python function. `@tf.function` above it makes a graph of it.",
        NO_LINE,
    ),
    Kind(
        "no gradient",
        r"No gradient defined for operation ?'.*?' \(op type: (\w+)\)",
        "TensorFlow has no gradient for the operation `\\1`. Say the same with other operations.",
        None,
    ),
    Kind(
        "compiled",
        r"Detected unsupported operations when trying to compile graph|XLA/TF boundary",
        "With `jit_compile=True` a function is compiled by XLA, which does not have all of "
        "TensorFlow's operations, nor can pass all results on. Leave it out.",
        None,
    ),
    Kind(
        "callback",
        r"calls back into Python \(|Could not find callback with key=pyfunc",
        "What `tf.py_function` and `tf.numpy_function` wrap is not in the graph: it cannot be "
        "saved or run elsewhere. Write it with TensorFlow's operations.",
        None,
    ),
]


def hint(message: str, place: str = "") -> str:
    """Return what an exception means, or nothing.

    Args:
        message: its type and text, "TypeError: …"; a word on where it was raised may come first.
        place: the student's own line that raised it, with its code; "" if no line of theirs did.
    """
    kind, found = _find(message, place)
    return found.expand(kind.hint) if kind and found else ""


def kind_of(message: str, place: str = "") -> str:
    """Return the name of the kind of an exception, or nothing."""
    kind, _ = _find(message, place)
    return kind.name if kind else ""


def _find(message: str, place: str):
    for kind in KINDS:
        theirs = kind.line is None or (re.search(kind.line, place) if kind.line else bool(place))
        if theirs and (found := re.search(kind.says, message)):
            return kind, found
    return None, None
