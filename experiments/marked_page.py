"""Tables between two marks of a page; what stands around them is written by hand and kept."""

from pathlib import Path

from agents.saving import write_whole


def fill(page: Path, begin: str, end: str, block: str) -> None:
    """Puts `block` between the marks, in place of what is there.

    Raises:
        ValueError: as of `around`.
    """
    before, after = around(page, begin, end)
    write_whole(page, f"{before}{begin}\n\n{block}\n\n{end}{after}")


def around(page: Path, begin: str, end: str) -> tuple[str, str]:
    """What stands before and behind the marks.

    Raises:
        ValueError: if the page does not hold both marks, in this order.
    """
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{page} must hold the marks {begin} and {end}, it does not")
    return before, after
