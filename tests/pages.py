"""Reads the pages of the documentation: their blocks of Python and of commands, and runs them."""

import contextlib
import io
import itertools
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block of Python and the output printed below it."""

    code: str
    line: int
    output: str | None


def blocks(text: str) -> list[Block]:
    """The Python blocks of a page; a `text` block next to one is its output."""
    fences = list(FENCE.finditer(text))
    found = []
    for fence, following in itertools.zip_longest(fences, fences[1:]):
        if fence[1] == "python":
            is_output = (
                following is not None
                and following[1] == "text"
                and not text[fence.end() : following.start()].strip()
            )
            output = following[2] if following and is_output else None
            found.append(Block(fence[2], text.count("\n", 0, fence.start()) + 2, output))
    return found


def run(page: str, text: str, path: Path) -> None:
    """Executes the blocks of a page one after the other in one module.

    A block whose first line is `# name.py` is also written to that file, next to which the later
    blocks run.
    """
    module = ModuleType("__docs__")
    sys.modules["__docs__"] = module  # dataclasses look their module up
    for block in blocks(text):
        if named := re.match(r"# (\w+\.py)\b", block.code):
            (path / named[1]).write_text(block.code)
        printed = io.StringIO()
        # Empty lines before the code let a traceback name the line of the page.
        program = compile("\n" * (block.line - 1) + block.code, page, "exec")
        with contextlib.redirect_stdout(printed):
            exec(program, module.__dict__)
        if block.output is not None:
            assert printed.getvalue() == block.output, f"{page}:{block.line}"
