"""The documentation runs: its code is executed, its outputs are compared, its links followed."""

import contextlib
import io
import itertools
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)|(?:src|href|srcset)=\"([^\"#]+)\"")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


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


@each_page
def test_the_code_of_the_page_runs_and_prints_what_the_page_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    run(page.name, page.read_text(encoding="utf-8"), tmp_path)


@each_page
def test_every_link_to_a_file_of_the_page_leads_somewhere(page: Path) -> None:
    links = [a or b for a, b in LINK.findall(page.read_text(encoding="utf-8"))]
    inside = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in inside if not (page.parent / link).exists()] == []


def test_the_picture_of_a_step_is_what_its_script_draws() -> None:
    draw = [sys.executable, ROOT / "docs" / "one_step.py"]
    drawn = subprocess.run(draw, capture_output=True, check=True).stdout.decode()
    assert drawn == (ROOT / "docs" / "one-step.svg").read_text(encoding="utf-8")


def test_a_page_that_prints_something_else_fails(tmp_path: Path) -> None:
    text = "```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n"
    with pytest.raises(AssertionError, match=r"page\.md:2"):
        run("page.md", text, tmp_path)


def test_a_page_whose_code_is_wrong_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        run("page.md", "```python\n1 / 0\n```\n", tmp_path)
