"""The constants of a class: what may be set, where it is documented, how it is written as text.

A constant is a field of a dataclass or an argument of `__init__` or of a function. It is documented
in one place, the comment that ends its line, and help texts, docs and `run.json` derive from that:

    beta: float = 0.5  # congestion exponent, >= 0, dimensionless
"""

import ast
import dataclasses
import functools
import inspect
import io
import textwrap
import tokenize
import types
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints


class Constant(NamedTuple):
    """One thing that may be set."""

    annotation: Any
    default: Any
    note: str  # meaning, range and unit; "" where the class says nothing


def constants(made: Any, given: frozenset[str] | set[str]) -> dict[str, Constant]:
    """Name -> constant of a class or function, in order, without those `given` by the program.

    Raises:
        ValueError: if one that is not given has no default.
    """
    of_init = inspect.isclass(made) and not dataclasses.is_dataclass(made)
    hints = get_type_hints(made.__init__ if of_init else made)
    notes = _notes(made)
    factories = {
        field.name: field.default_factory
        for field in (dataclasses.fields(made) if dataclasses.is_dataclass(made) else ())
        if field.default_factory is not dataclasses.MISSING
    }
    found = {}
    for name, parameter in inspect.signature(made).parameters.items():
        if name in given or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        default = parameter.default
        if default is parameter.empty:
            raise ValueError(f"{made.__name__}.{name} needs a default, got none")
        if name in factories:
            default = factories[name]()
        found[name] = Constant(hints.get(name, type(default)), default, notes.get(name, ""))
    return found


def read(text: str, annotation: Any) -> Any:
    """The value that `text` stands for; tuples are written 0,0,1.

    Raises:
        ValueError: if it is not of that type.
    """
    origin, options = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        for option in options:
            if str(option) == text:
                return option
    elif origin in (Union, types.UnionType):
        for option in options:
            try:
                return read(text, option)
            except ValueError:
                continue
    elif origin is tuple:
        parts = text.split(",") if text else []
        types_of_parts = [options[0]] * len(parts) if options[1:] == (...,) else options
        if len(parts) == len(types_of_parts):
            return tuple(map(read, parts, types_of_parts))
    elif annotation is bool:
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
    elif annotation is type(None):
        if text.lower() == "none":
            return None
    elif annotation in (int, float, str):
        try:
            return annotation(text)
        except ValueError:
            pass
    else:  # no type that we know: a Python literal, else the text itself
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError):
            return text
    raise ValueError(f"expected {expectation(annotation)}, got {text!r}")


def expectation(annotation: Any) -> str:
    """`an integer`, `one of random, affinity`: a type in words."""
    origin, options = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return "one of " + ", ".join(map(str, options)) if options[1:] else str(options[0])
    if origin in (Union, types.UnionType):
        return " or ".join(map(expectation, options))
    if origin is tuple:
        return "numbers separated by commas"
    words = {int: "an integer", float: "a number", bool: "true or false", type(None): "none"}
    return words.get(annotation, "a text")


def metavar(annotation: Any) -> str:
    """`INT`, `random|affinity`, `FLOAT|none`: a type in a help text."""
    origin, options = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return "|".join(map(str, options))
    if origin in (Union, types.UnionType):
        return "|".join(map(metavar, options))
    if origin is tuple:
        return f"{metavar(options[0])},..."
    words = {int: "INT", float: "FLOAT", bool: "true|false", str: "TEXT", type(None): "none"}
    return words.get(annotation, "VALUE")


def write(value: Any) -> str:
    """The text that `read` turns back into `value`."""
    if isinstance(value, tuple):
        return ",".join(map(write, value))
    if value is None or isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _notes(made: Any) -> dict[str, str]:
    """Name -> the comment that ends the line of its declaration; subclasses win."""
    sources = reversed(made.__mro__[:-1]) if inspect.isclass(made) else [made]
    return {name: note for source in sources for name, note in _own_notes(source).items()}


@functools.cache
def _own_notes(source: Any) -> dict[str, str]:
    try:
        text = textwrap.dedent(inspect.getsource(source))
    except (OSError, TypeError):
        return {}  # built in, or typed into a console
    comments = {
        token.start[0]: token.string.lstrip("# ").strip()
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    }
    declared = _declarations(ast.parse(text).body[0])
    return {name: comments[line] for name, lines in declared for line in lines if line in comments}


def _declarations(node: ast.stmt) -> list[tuple[str, range]]:
    """Names declared by a class body or by the arguments of a function, with their lines."""
    if isinstance(node, ast.FunctionDef):
        return [(a.arg, _lines(a)) for a in [*node.args.args, *node.args.kwonlyargs]]
    found = []
    for line in getattr(node, "body", []):
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            found.append((line.target.id, _lines(line)))
        elif isinstance(line, ast.FunctionDef) and line.name == "__init__":
            found += _declarations(line)
    return found


def _lines(node: ast.stmt | ast.arg) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)
