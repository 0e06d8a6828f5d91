"""The wheel holds the environments and nothing else."""

import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built from a copy of the tree: the build leaves nothing behind and finds nothing old."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for room in ("marec_env", "agents", "experiments", "tests"):
        shutil.copytree(ROOT / room, source / room, ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps"]
    subprocess.run([*pip, "--wheel-dir", str(out), str(source)], check=True)
    (path,) = out.glob("*.whl")
    return zipfile.ZipFile(path)


def metadata(wheel: zipfile.ZipFile, name: str) -> str:
    (path,) = (path for path in wheel.namelist() if path.endswith(f".dist-info/{name}"))
    return wheel.read(path).decode()


def test_the_wheel_holds_marec_env_only(wheel: zipfile.ZipFile) -> None:
    top = {path.split("/")[0] for path in wheel.namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == {"marec_env"}


def test_the_wheel_holds_every_module_of_marec_env(wheel: zipfile.ZipFile) -> None:
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "marec_env").rglob("*.py")}
    assert modules == {path for path in wheel.namelist() if path.endswith(".py")}


def test_the_wheel_is_typed(wheel: zipfile.ZipFile) -> None:
    assert "marec_env/py.typed" in wheel.namelist()


def test_the_wheel_needs_no_torch_unless_asked(wheel: zipfile.ZipFile) -> None:
    requirements = Parser().parsestr(metadata(wheel, "METADATA")).get_all("Requires-Dist") or []
    plain = {line.split(">")[0] for line in requirements if "extra ==" not in line}
    expected = {"numpy", "scipy", "numba", "gymnasium", "pettingzoo", "safetensors", "networkx"}
    assert plain == expected


def test_the_wheel_carries_its_licence(wheel: zipfile.ZipFile) -> None:
    assert "MIT License" in metadata(wheel, "licenses/LICENSE")
