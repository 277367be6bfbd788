"""Mutants of a reference: answers that are wrong by one small change, and who made it is a machine.

cosmic-ray brings the operators that any Python has use for: numbers, arithmetic, comparisons. Those
here make the mistakes that belong to tensors, layers and graphs. Only what stands between BEGIN
SOLUTION and END SOLUTION is changed.
"""

import ast
import copy
import difflib
import itertools
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.provider import OperatorProvider

from autograder.grading.reference import GraderError
from autograder.records.exercises import Exercise

# Operators on bits raise for every float, which would make the mutation score look better; those
# that take arguments replace by random numbers; decorators are given with the stub.
NEEDLESS = re.compile(r"Shift|Bit|Invert|RemoveDecorator|ExceptionReplacer")
# One of a row is replaced by each of the others.
FUNCTIONS = [
    ("abs", "square"),
    ("reduce_sum", "reduce_mean"),
    ("maximum", "minimum"),
    ("log1p", "log"),
    ("exp", "expm1"),
    ("sigmoid", "tanh"),
    ("assign_add", "assign", "assign_sub"),
    ("divide_no_nan", "divide"),
    ("ones_like", "zeros_like"),
]
STRINGS = [("zeros", "ones", "glorot_uniform", "he_normal"), ("relu", "tanh", "elu")]
WRAPPERS = {
    "stop_gradient": "tf.stop_gradient({})",
    "mean_too_early": "tf.reduce_mean({})",
    "half_precision": 'tf.cast(tf.cast({}, "float16"), "float32")',
}


class BadRecord(GraderError):
    """A record of `equivalent.toml` is not one, or matches no mutant."""


@dataclass(frozen=True)
class Mutant:
    """A changed reference.

    Attributes:
        name: the operator and the line of `reference.py`.
        where: the function that is changed, like `HuberLoss.call`.
        was: the lines that are gone, without indentation.
        becomes: the lines that came.
        source: the whole submission.
    """

    name: str
    where: str
    was: str
    becomes: str
    source: str

    @property
    def note(self) -> str:
        """The change as a diff."""
        gone = [f"- {line}" for line in self.was.splitlines()]
        came = [f"+ {line}" for line in self.becomes.splitlines()]
        return "\n".join([f"  {self.where}", *gone, *came])


def mutants(exercise: Exercise) -> list[Mutant]:
    """Return the mutants of an exercise's reference, each change once, by line."""
    source = exercise.reference
    lines = _solution_lines(source)
    # A reference is the file's code without its text and tests; a mutant is named by file lines.
    told = dict(zip(lines, _solution_lines(exercise.reference_file), strict=True))
    seen = {ast.dump(ast.parse(source))}
    found = []
    numbers: Counter[str] = Counter()
    changes = itertools.chain(_general(source, lines), _of_the_domain(source, lines))
    for line, operator, changed in sorted(changes, key=lambda change: change[:2]):
        try:
            tree = ast.dump(ast.parse(changed))
        except SyntaxError:
            continue
        if tree not in seen:
            seen.add(tree)
            name = f"{operator}:{told[line]}"
            numbers[name] += 1
            name += f".{numbers[name]}" if numbers[name] > 1 else ""
            was, becomes = _difference(source, changed)
            found.append(Mutant(name, _function_at(source, line), was, becomes, changed))
    return found


def equivalents(exercise: Exercise, found: list[Mutant]) -> dict[str, str]:
    """Return why a mutant is as right as the reference, for those recorded in `equivalent.toml`.

    Raises:
        BadRecord: a record has other fields than `where`, `was`, `becomes` and `why`, or there is
            not exactly one such mutant.
    """
    file = exercise.folder / "equivalent.toml"
    if not file.exists():
        return {}
    reasons = {}
    for record in tomllib.loads(file.read_text(encoding="utf-8")).get("mutant", []):
        if set(record) != {"where", "was", "becomes", "why"} or not record["why"]:
            raise BadRecord(
                f"{file}: a record has `where`, `was`, `becomes` and `why`. Received: {record}"
            )
        names = [
            mutant.name
            for mutant in found
            if all(
                _plain(getattr(mutant, key)) == _plain(record[key])
                for key in ("where", "was", "becomes")
            )
        ]
        if len(names) != 1:
            raise BadRecord(
                f"{file}: {len(names)} mutants of {record['where']} change\n{record['was']}\nto\n"
                f"{record['becomes']}\nMend the record, or remove it if the reference has changed."
            )
        reasons[names[0]] = record["why"]
    return reasons


def _plain(code: str) -> str:
    return re.sub(r"\s", "", code)


def _solution_lines(source: str) -> list[int]:
    """Return the numbers of the lines in solution regions."""
    found, inside = [], False
    for number, line in enumerate(source.splitlines(), 1):
        if "### END SOLUTION" in line:
            inside = False
        if inside:
            found.append(number)
        if "### BEGIN SOLUTION" in line:
            inside = True
    return found


def _difference(old: str, new: str) -> tuple[str, str]:
    """Return the lines that are only in the one, and those that are only in the other."""
    parts: dict[str, list[str]] = {"-": [], "+": []}
    for line in list(difflib.unified_diff(old.splitlines(), new.splitlines(), n=0))[2:]:
        if line[0] in parts:
            parts[line[0]].append(line[1:].strip())
    return "\n".join(parts["-"]), "\n".join(parts["+"])


def _function_at(source: str, line: int) -> str:
    """Return the qualified name of the outermost function around a line."""
    for node in ast.parse(source).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and line <= node.end_lineno:
            methods = node.body if isinstance(node, ast.ClassDef) else []
            inner = [
                method.name
                for method in methods
                if method.lineno <= line <= method.end_lineno
                and isinstance(method, ast.FunctionDef)
            ]
            return ".".join([node.name, *inner])
    return ""


def _general(source: str, lines: list[int]) -> Iterator[tuple[int, str, str]]:
    """Yield line, operator and source of what cosmic-ray makes."""
    provider = OperatorProvider()
    nodes = list(ast_nodes(get_ast(source)))
    for name in provider:
        if NEEDLESS.search(name) or provider[name].arguments():
            continue
        operator = provider[name]()
        positions = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        for occurrence, (line, _) in enumerate(positions):
            if line in lines and (changed := mutate_code(source, operator, occurrence)):
                yield line, name.removeprefix("Replace"), changed


def _of_the_domain(source: str, lines: list[int]) -> Iterator[tuple[int, str, str]]:
    """Yield line, operator and source of what the operators below make."""
    tree = ast.parse(source)
    for function, defaults in _functions(tree):
        for parent in ast.walk(function):
            for node in ast.iter_child_nodes(parent):
                if getattr(node, "lineno", 0) not in lines:
                    continue
                for operator, made in _changes(node, parent, function, defaults):
                    yield node.lineno, operator, _splice(source, node, parent, made)


def _functions(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef, dict[str, ast.expr]]]:
    """Yield each outermost function, with the default of each argument of its constructor."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node, {}
        if isinstance(node, ast.ClassDef):
            methods = [one for one in node.body if isinstance(one, ast.FunctionDef)]
            defaults: dict[str, ast.expr] = {}
            for arguments in (one.args for one in methods if one.name == "__init__"):
                names = [argument.arg for argument in arguments.args[1:]]
                defaults = {name: ast.Constant(1) for name in names}
                if arguments.defaults:
                    given = names[-len(arguments.defaults) :]
                    defaults |= dict(zip(given, arguments.defaults, strict=True))
            for method in methods:
                yield method, defaults


def _changes(node, parent, function, defaults) -> Iterator[tuple[str, ast.AST | str]]:
    """Yield the operators that apply to a node, and what each puts in its place."""
    match node:
        case ast.Call():
            yield from _changed_calls(node)
        case ast.Dict():
            for index in range(len(node.keys)):
                made = copy.deepcopy(node)
                del made.keys[index], made.values[index]
                yield "drop_entry", made
        case ast.BinOp():
            yield "left_operand_only", node.left
            yield "right_operand_only", node.right
        case ast.Constant(value=str() as text) if not isinstance(parent, ast.Dict):
            for other in _others(STRINGS, text):
                yield f"{text}_to_{other}", ast.Constant(other)
        case ast.Constant(value=int() | float() as number) if number and (
            isinstance(parent, ast.BinOp) or isinstance(number, float)
        ):
            yield "two_percent_less", ast.Constant(round(0.98 * number, 10))
        case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Load()) if (
            name in defaults and not (isinstance(parent, ast.Call) and node is parent.func)
        ):
            yield "default_instead_of_attribute", defaults[name]
        case ast.Name(id=name, ctx=ast.Load()) if name in defaults and function.name == "__init__":
            yield "default_instead_of_argument", defaults[name]
        case ast.ListComp(elt=element, generators=[ast.comprehension(iter=ast.Call(args=[n]))]):
            yield "one_for_all", f"[{ast.unparse(element)}] * {ast.unparse(n)}"
        case ast.If():
            for value in (True, False):
                made = copy.deepcopy(node)
                made.test = ast.Constant(value)
                yield f"if_{value}", made
        case ast.Assign() | ast.AugAssign() | ast.Return() | ast.Expr():
            yield "drop_statement", ast.Pass()
    if (
        isinstance(node, ast.expr)
        and function.name not in ("__init__", "get_config", "build")
        and isinstance(parent, (ast.Assign, ast.Return))
        and node is parent.value
        and not isinstance(node, ast.Tuple)
    ):
        for name, wrapper in WRAPPERS.items():
            yield name, wrapper.format(ast.unparse(node))


def _changed_calls(node: ast.Call) -> Iterator[tuple[str, ast.AST | str]]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
    for other in _others(FUNCTIONS, name):
        made = copy.deepcopy(node)
        made.func.attr = other
        yield f"{name}_to_{other}", made
    for index, keyword in enumerate(node.keywords):
        made = copy.deepcopy(node)
        del made.keywords[index]
        yield f"drop_{keyword.arg or 'kwargs'}", made
    if node.args:
        yield "argument_instead_of_call", node.args[0]
    if len(node.args) > 1:
        made = copy.deepcopy(node)
        made.args[-2:] = reversed(made.args[-2:])
        yield "swap_arguments", made
    if name in ("where", "cond"):
        for number, branch in enumerate(node.args[1:], 1):
            yield f"branch_{number}_only", branch
    if ast.unparse(node.func) == "tf.range":
        yield "python_range", ast.Call(ast.Name("range"), node.args, [])
    if name == "add_weight":
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        value = f"keras.initializers.get({given.get('initializer')})({given.get('shape', '()')})"
        yield "plain_variable", f"tf.Variable({value})"
    match node:
        case ast.Call(func=ast.Attribute(attr="shape"), args=[ast.Name(id=tensor)]):
            yield "static_shape", f"{tensor}.shape"


def _others(rows: list[tuple[str, ...]], name: str) -> list[str]:
    return [other for row in rows if name in row for other in row if other != name]


def _splice(source: str, node: ast.AST, parent: ast.AST, made: ast.AST | str) -> str:
    """Return the source with another node's code in the place of one."""
    code = made if isinstance(made, str) else ast.unparse(made)
    binds = (ast.BinOp, ast.UnaryOp, ast.Compare)
    statement = ast.parse(code).body[0]
    weak = isinstance(statement, ast.Expr) and isinstance(statement.value, binds)
    if weak and isinstance(parent, (*binds, ast.Attribute)):
        code = f"({code})"
    code = code.replace("\n", "\n" + node.col_offset * " ")
    lines = [line.encode() for line in source.splitlines(keepends=True)]  # ast counts bytes
    before = b"".join(lines[: node.lineno - 1]) + lines[node.lineno - 1][: node.col_offset]
    after = lines[node.end_lineno - 1][node.end_col_offset :] + b"".join(lines[node.end_lineno :])
    return (before + code.encode() + after).decode()
