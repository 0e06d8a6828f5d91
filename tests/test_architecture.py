"""The layout is a promise; these tests keep it, and show that each of them can fail."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import (
    RULES,
    Rule,
    arithmetic_is_the_same_in_every_batch,
    files_are_named_after_what_they_hold,
    imports_are_relative_inside_a_room_and_absolute_across,
    imports_have_no_cycle,
    kernels_use_nothing_compiled_elsewhere,
    layers_of_marec_env_point_downwards,
    modules_are_short,
    networks_are_imported_late,
    nothing_is_stored_by_pickle,
    only_the_board_knows_tensorboard,
    only_the_registry_knows_all_scenarios,
    rooms_import_only_what_they_may,
    scenarios_never_import_one_another,
)
from tests.source_tree import ROOMS, modules

ROOT = Path(__file__).parent.parent

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)


@every_rule
def test_the_tree_keeps_the_rule(rule: Rule) -> None:
    assert rule(modules(ROOT)) == []


KERNEL = "from .compiled import compiled\nfrom .models import draw\n@compiled\ndef f(x):\n    {}\n"
GAMES = {"marec_env/scenarios/a.py": "A = 1", "marec_env/scenarios/b.py": "B = 1"}
BROKEN: list[tuple[Rule, dict[str, str], str]] = [
    (rooms_import_only_what_they_may, {"agents/iql.py": "import marec_env"}, "imports marec_env"),
    (rooms_import_only_what_they_may, {"marec_env/a.py": "def f():\n import torch"}, "torch"),
    (rooms_import_only_what_they_may, {"marec_env/a.py": "import scipy.optimize"}, "scipy"),
    (rooms_import_only_what_they_may, {"marec_env/embeddings/a.py": "import torch"}, "torch"),
    (
        networks_are_imported_late,
        {
            "marec_env/embeddings/a.py": "from .neural import b",
            "marec_env/embeddings/neural/b.py": "",
        },
        "marec_env.embeddings.neural.b",
    ),
    (
        imports_are_relative_inside_a_room_and_absolute_across,
        {"agents/iql.py": "from agents import replay"},
        "agents.iql imports agents.replay",
    ),
    (
        layers_of_marec_env_point_downwards,
        {"marec_env/scenario.py": "from .registry import make", "marec_env/registry.py": ""},
        "marec_env.scenario imports marec_env.registry",
    ),
    (layers_of_marec_env_point_downwards, {"marec_env/odd.py": ""}, "odd has no layer"),
    (
        imports_have_no_cycle,
        {"agents/a.py": "from . import b", "agents/b.py": "from .a import x"},
        "agents.a",
    ),
    (modules_are_short, {"agents/a.py": "\n" * 251}, "agents.a has 251 lines"),
    (modules_are_short, {"agents/a.py": "\n" * 96}, "the median is 96"),
    (files_are_named_after_what_they_hold, {"agents/utils.py": ""}, "agents.utils"),
    (
        scenarios_never_import_one_another,
        GAMES | {"marec_env/scenarios/a.py": "from . import b"},
        "imports marec_env.scenarios.b",
    ),
    (
        only_the_registry_knows_all_scenarios,
        GAMES | {"marec_env/explain.py": "from .scenarios import a\nfrom .scenarios.b import B"},
        "marec_env.explain knows",
    ),
    (
        only_the_board_knows_tensorboard,
        {"experiments/loop.py": "from torch.utils.tensorboard import SummaryWriter"},
        "experiments.loop",
    ),
    (
        kernels_use_nothing_compiled_elsewhere,
        {"marec_env/a.py": KERNEL.format("draw.f(x)")},
        "draw",
    ),
    (arithmetic_is_the_same_in_every_batch, {"marec_env/a.py": "njit(fastmath=True)"}, "fastmath"),
    (arithmetic_is_the_same_in_every_batch, {"marec_env/a.py": "f(optimize=True)"}, "optimize"),
    (nothing_is_stored_by_pickle, {"agents/a.py": "import pickle"}, "imports pickle"),
    (nothing_is_stored_by_pickle, {"agents/a.py": "import torch\ntorch.load(f)"}, "torch.load"),
    (nothing_is_stored_by_pickle, {"agents/a.py": "load(f, allow_pickle=True)"}, "allows pickle"),
]


@pytest.mark.parametrize(("rule", "files", "message"), BROKEN)
def test_the_rule_finds_what_breaks_it(
    rule: Rule, files: dict, message: str, tmp_path: Path
) -> None:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert any(message in fault for fault in rule(modules(tmp_path)))


def test_every_rule_is_shown_to_fail_somewhere() -> None:
    assert {rule for rule, _, _ in BROKEN} == set(RULES)


@pytest.mark.parametrize(
    "text",
    [
        "import numpy",
        "from . import b",
        "def f():\n    import scipy.sparse",
        KERNEL.format("return x.sum() + range(3)"),
        "np.load(f, allow_pickle=False)",
        "np.einsum('ij->i', x, optimize=False)",
    ],
)
def test_no_rule_refuses_what_is_fine(text: str, tmp_path: Path) -> None:
    (tmp_path / "marec_env/models").mkdir(parents=True)
    (tmp_path / "marec_env/compiled.py").write_text("")
    (tmp_path / "marec_env/scenario.py").write_text(text)
    assert [rule.__name__ for rule in RULES if rule(modules(tmp_path))] == []


def test_agents_is_ours() -> None:
    """Other distributions own the import name `agents`; programs start with `python -m` here."""
    code = "import agents, experiments; print(*agents.__path__, *experiments.__path__, sep='\\n')"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == [str(ROOT / "agents"), str(ROOT / "experiments")]


IMPORT_AND_REPORT = """
import sys
opened = []
sys.addaudithook(lambda event, args: event == "open" and opened.append(str(args[0])))
import marec_env
print(*sys.modules)
print(*opened, sep="\\n")
"""


def test_importing_marec_env_loads_nothing_heavy_and_reads_no_data() -> None:
    run = subprocess.run(
        [sys.executable, "-c", IMPORT_AND_REPORT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded, *opened = run.stdout.splitlines()
    assert "numba" in loaded.split(), "the report must see what is imported"
    heavy = {"torch", "pandas", "matplotlib", "networkx", "PIL", "pooch", "agents"}
    assert not heavy & set(loaded.split())
    # numba itself asks for the version of scipy; what takes time are its parts
    assert not [name for name in loaded.split() if re.match(r"scipy\.[a-z]+\.", name)]
    ours = [Path(path) for path in opened if Path(path).is_relative_to(ROOT)]
    is_code = [path.suffix == ".py" or {"__pycache__", ".venv"} & set(path.parts) for path in ours]
    assert [path for path, fine in zip(ours, is_code, strict=True) if not fine] == []


UNWANTED = re.compile(
    r"/(?:work|root|Users|home/\w+)/"  # a path of somebody's machine
    r"|\b(?:TODO|FIXME|XXX)\b|\bissues? #?\d|\bthis session\b|\b(?:later|another) issue\b"
    r"|pythonhosted|pypi\.org"
)


def test_no_file_names_a_machine_or_how_work_is_organised() -> None:
    found = []
    for path in [*ROOT.glob("*.*"), ROOT / "Makefile", *(p for f in FOLDERS for p in f.rglob("*"))]:
        if path.suffix in {"", *TEXT} and path.is_file() and path not in (ROOT / ".git", THIS):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                if UNWANTED.search(line):
                    found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    assert found == []


THIS = Path(__file__)
FOLDERS = [ROOT / name for name in (*ROOMS, "tests", "docs", ".ci")]
TEXT = {".py", ".md", ".toml", ".txt", ".cff", ".svg", ".json", ".csv", ".tsv"}


@pytest.mark.parametrize("line", ["open('/root/x')", "# TODO: finish", "see issue #2"])
def test_the_search_finds_what_it_looks_for(line: str) -> None:
    assert UNWANTED.search(line)
