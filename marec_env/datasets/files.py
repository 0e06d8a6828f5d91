"""Files of a data set, in a folder or in a zip archive that is never unpacked to disk.

An archive comes from elsewhere: names that point outside it, members that claim to be huge, and
archives that are cut short are refused with one sentence.
"""

import lzma
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from .interactions import DataError

LARGEST_MEMBER = 1 << 30  # bytes; a larger one is taken for an attack


def read_files(path: Path, names: Mapping[str, bool]) -> dict[str, bytes]:
    """The content of the files that are there, by name.

    Args:
        path: a folder, or a zip archive that holds the files in whatever folder.
        names: file name -> whether it must be there.

    Raises:
        DataError: if a file that must be there is not, or the archive is damaged or hostile.
    """
    found = _read_zip(path, names) if path.is_file() else _read_folder(path, names)
    missing = [name for name, needed in names.items() if needed and name not in found]
    if missing:
        raise DataError(f"{path} must contain {missing[0]}, it does not")
    return found


def names_in(path: Path) -> set[str]:
    """Names of the files in a folder, or in a zip archive in whatever folder.

    Raises:
        DataError: if the archive is damaged or hostile.
    """
    if path.is_dir():
        return {entry.name for entry in path.iterdir() if entry.is_file()}
    with _opened(path) as archive:
        return {PurePosixPath(name).name for name in archive.namelist()}


def decode(content: bytes, file: str) -> str:
    """Text in UTF-8 (with or without a mark), UTF-16 (with one), else Latin-1.

    Raises:
        DataError: if there are zero bytes: not a text.
    """
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        text = content.decode("latin-1")
    if "\0" in text:
        raise DataError(f"{file} must be a text file, it contains zero bytes")
    return text


def rows_of(text: str) -> Iterator[tuple[int, str]]:
    """Number, from 1, and content of every line that is not blank; any kind of line end."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")  # splitlines knows too many
    return ((number, line) for number, line in enumerate(lines, start=1) if line.strip())


def _read_folder(path: Path, names: Mapping[str, bool]) -> dict[str, bytes]:
    return {name: (path / name).read_bytes() for name in names if (path / name).is_file()}


def _read_zip(path: Path, names: Mapping[str, bool]) -> dict[str, bytes]:
    with _opened(path) as archive:
        members = {m.filename: m for m in archive.infolist()}
        chosen = {name: _shallowest(members, name) for name in names}
        return {
            name: _read_member(path, archive, members[member])
            for name, member in chosen.items()
            if member is not None
        }


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """An archive with harmless names; what is damaged is a DataError, whenever it shows."""
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                _check_name(path, name)
            yield archive
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        UnicodeDecodeError,  # of a name
    ) as error:
        reason = str(error) or type(error).__name__
        raise DataError(f"{path} must be a whole zip archive, it is not: {reason}") from error


def _shallowest(members: Mapping[str, zipfile.ZipInfo], name: str) -> str | None:
    found = [member for member in members if PurePosixPath(member).name == name]
    return min(found, key=lambda member: (member.count("/"), member), default=None)


def _read_member(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    if member.file_size > LARGEST_MEMBER:
        raise DataError(
            f"{member.filename} in {path} must have at most {LARGEST_MEMBER:,} bytes, "
            f"it claims {member.file_size:,}"
        )
    return archive.read(member)


def _check_name(path: Path, name: str) -> None:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or parts[0] == "/" or ".." in parts or ":" in parts[0]:
        raise DataError(f"{path} must hold names inside itself only, it holds {name!r}")
