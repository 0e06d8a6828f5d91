"""The documentation runs: its code is executed, its outputs are compared, its links followed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pages import run

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)|(?:src|href|srcset)=\"([^\"#]+)\"")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


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
