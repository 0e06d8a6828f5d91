"""Reads a source tree: its modules, what they import and what they call."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOMS = ("marec_env", "agents", "experiments")


@dataclass(frozen=True)
class Import:
    """One imported name, absolute, with where and how it was imported."""

    target: str  # dotted: the module, or the module and the name taken from it
    alias: str  # what the importing file calls it
    is_relative: bool
    is_late: bool  # in a function or for types only: importing the file does not import it


@dataclass(frozen=True)
class Module:
    """One Python file of a room."""

    root: Path
    path: Path

    @cached_property
    def name(self) -> str:
        """Dotted name; a package goes by the name of its folder."""
        parts = self.path.relative_to(self.root).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def room(self) -> str:
        """The top folder."""
        return self.name.split(".")[0]

    @property
    def layer(self) -> str:
        """The file or folder directly below the room; the room itself for its `__init__`."""
        return self.name.split(".")[1] if "." in self.name else self.room

    @cached_property
    def text(self) -> str:
        """The source."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, filename=str(self.path))

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Everything imported anywhere in the file, relative imports resolved."""
        package = self.path.relative_to(self.root).parent.parts
        return tuple(_imports(self.tree, package, is_late=False))

    @property
    def calls(self) -> Iterator[ast.Call]:
        """Every call in the file."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))


def _imports(node: ast.AST, package: tuple[str, ...], *, is_late: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            bound = alias.asname or alias.name.split(".")[0]
            yield Import(alias.name, bound, is_relative=False, is_late=is_late)
    elif isinstance(node, ast.ImportFrom):
        base = package[: len(package) - node.level + 1] if node.level else ()
        prefix = ".".join([*base, *([node.module] if node.module else [])])
        for alias in node.names:
            bound = alias.asname or alias.name
            yield Import(f"{prefix}.{alias.name}", bound, bool(node.level), is_late)
    waits = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or (
        isinstance(node, ast.If) and dotted(node.test) == "TYPE_CHECKING"
    )
    for child in ast.iter_child_nodes(node):
        yield from _imports(child, package, is_late=is_late or waits)


def modules(root: Path) -> list[Module]:
    """Every Python file of the rooms below `root`, by path."""
    return [Module(root, path) for room in ROOMS for path in sorted((root / room).rglob("*.py"))]


def import_graph(
    tree: list[Module], doors: frozenset[tuple[str, str]] = frozenset()
) -> dict[str, set[str]]:
    """Module -> the modules of ours that it imports; a name taken from one counts as the module.

    That a submodule implies its package is left out: packages may re-export their own files.

    Args:
        tree: the modules, all of them.
        doors: pairs (importer, imported) whose late imports are left out.
    """
    known = {module.name for module in tree}
    graph: dict[str, set[str]] = {name: set() for name in known}
    for module in tree:
        for imported in module.imports:
            parent = imported.target.rpartition(".")[0]
            target = imported.target if imported.target in known else parent
            is_door = imported.is_late and (module.name, target) in doors
            if target in known and target != module.name and not is_door:
                graph[module.name].add(target)
    return graph


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a chain of attributes, "" of anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        prefix = dotted(node.value)
        return f"{prefix}.{node.attr}" if prefix else ""
    return ""
