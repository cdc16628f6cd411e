"""The package as a house: who imports whom, what is documented, what importing it costs."""

import ast
import importlib
import inspect
import pathlib
import subprocess
import sys

import pytest
from packaging.requirements import Requirement

import dlcourse

FOLDER = pathlib.Path(dlcourse.__file__).parent
MODULES = sorted(
    ".".join(path.relative_to(FOLDER).with_suffix("").parts)
    for path in FOLDER.rglob("*.py")
    if path.name != "__init__.py"
)
ROOMS = "data gradcheck training penalties layers activations losses network initializers".split()
ROOMS += ["optimizers", "schedules", "recurrent"]
HEART = ["layers", "activations", "losses", "network", "optimizers", "training"]
PICTURES = {"plots", "widgets", "live", "drawing"}
MAY_IMPORT = {  # the drawing: part of the house -> parts that it may import, besides the doors
    "activations": {"layers"},
    "network": {"layers", "initializers"},  # for mlp alone: Sequential knows no layer by name
    "recurrent": {"layers", "initializers", "activations.Sigmoid"},  # the gates of an LSTM
    "layers": {"initializers"},
    "training": {"optimizers.clip_norm", "penalties.L1", "penalties.L2"},  # no class to work on
    "guard": set(),
    "plots": {"drawing"},
    "widgets": {"plots", "drawing"},
    "live": {"plots", "widgets"},
    "drawing": set(),
    "lessons": {*ROOMS, *PICTURES},
    "exercises": {*ROOMS, *PICTURES, "lessons"},
}
THIRD_PARTY = {
    "plots": {"numpy", "matplotlib", "contourpy", "IPython"},
    "drawing": {"numpy", "matplotlib", "contourpy", "PIL", "IPython"},
    "widgets": {"numpy", "ipywidgets", "traitlets", "IPython"},
    "live": {"numpy", "ipywidgets", "traitlets"},
    "lessons": {"numpy", "matplotlib"},
    "exercises": {"numpy", "matplotlib"},
}


def source(name):
    path = FOLDER.joinpath(*name.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return path.read_text(encoding="utf-8")


def imports(name):
    """(names of this package, other modules) that a module imports, wherever it does."""
    own, other = set(), set()
    for node in ast.walk(ast.parse(source(name))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}.py imports by a relative path"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for full in names:
            first, _, rest = full.partition(".")
            own.add(rest) if first == "dlcourse" else other.add(first)
    return own, other


def part_of_the_house(name):
    return name.split(".")[0]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_what_the_drawing_allows(name):
    (own, other), part = imports(name), part_of_the_house(name)
    allowed = MAY_IMPORT.get(part, set()) | {"guard", part}
    strangers = {
        full for full in own if full not in allowed and part_of_the_house(full) not in allowed
    }
    assert not strangers, f"{name} may not import {strangers}"
    foreign = {module for module in other if module not in sys.stdlib_module_names}
    assert foreign <= THIRD_PARTY.get(part, {"numpy"}), f"{name} may not import {foreign}"


def test_the_drawing_has_no_cycle():
    def module(full):
        return next(
            name
            for name in (full, full.rpartition(".")[0], part_of_the_house(full))
            if name in MODULES
        )

    edges = {
        name: {module(full) for full in imports(name)[0] if full != "guard"} for name in MODULES
    }
    done = set()
    while ready := {name for name in edges if name not in done and edges[name] <= done}:
        done |= ready
    assert done == set(MODULES), f"a cycle among {set(MODULES) - done}"


def test_the_package_itself_imports_nothing():
    assert imports("") == (set(), set())


def members(module):
    """(dotted name, object) of every function, class, method and property of a module."""
    for name, thing in vars(module).items():
        if not (inspect.isfunction(thing) or inspect.isclass(thing)):
            continue
        # from elsewhere, or a kind
        if thing.__module__ != module.__name__ or thing.__name__ != name:
            continue
        yield name, thing
        for key, method in vars(thing).items() if inspect.isclass(thing) else ():
            if inspect.isfunction(method) or isinstance(method, property):
                yield f"{name}.{key}", method


@pytest.mark.parametrize("name", MODULES)
def test_everything_public_has_a_docstring(name):
    module = importlib.import_module(f"dlcourse.{name}")
    assert module.__doc__ and module.__doc__.strip()
    bare = []
    for path, thing in members(module):
        inherited = path.count(".") == 1 and any(
            path.split(".")[1] in vars(base)
            for base in vars(module)[path.split(".")[0]].__mro__[1:]
        )
        if (
            not any(part.startswith("_") for part in path.split("."))
            and not inherited
            and not thing.__doc__
        ):
            bare.append(path)
    # the class's docstring says what they hold
    plain_readings = {"History.loss", "History.grad_rms", "Panel.png"}
    assert set(bare) <= plain_readings, bare


def test_the_map_names_every_module_once():
    named = [line.split()[0] for line in dlcourse.__doc__.splitlines()[2:] if line.strip()]
    assert sorted(named) == sorted({part_of_the_house(name) for name in MODULES})
    doors = importlib.import_module("dlcourse.guard").__doc__.splitlines()[2:]
    named = [f"guard.{line.split()[0]}" for line in doors if line.strip()]
    assert sorted(named) == [name for name in MODULES if name.startswith("guard.")]


def code_lines(node):
    """Lines with code: no docstring, no blank line, no comment alone."""
    used = {n.lineno for n in ast.walk(node) if hasattr(n, "lineno")}
    used |= {n.end_lineno for n in ast.walk(node) if hasattr(n, "end_lineno")}
    for n in ast.walk(node):
        if (
            isinstance(n, ast.Expr)
            and isinstance(n.value, ast.Constant)
            and isinstance(n.value.value, str)
        ):
            used -= set(range(n.lineno, n.end_lineno + 1))
    return len(used)


def test_a_network_is_read_in_one_sitting():
    tree = ast.parse(source("network"))
    found = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    assert code_lines(found["Sequential"]) <= 70


@pytest.mark.parametrize("name", HEART)
def test_a_room_of_the_heart_has_short_functions(name):
    for node in ast.walk(ast.parse(source(name))):
        if isinstance(node, ast.FunctionDef):
            lines = code_lines(ast.Module(node.body, []))
            assert lines <= 25, f"{name}.{node.name} has {lines} lines"


CORE = [name for name in MODULES if name in ROOMS or name.startswith("guard.")]


def python(code, *flags):
    return subprocess.run(
        [sys.executable, *flags, "-c", code], capture_output=True, text=True, check=True
    )


def test_importing_is_quiet_even_when_warnings_are_errors():
    lines = "; ".join(f"import dlcourse.{name}" for name in CORE)
    run = python(f"import dlcourse; {lines}", "-W", "error")
    assert run.stdout == run.stderr == ""


def test_importing_loads_nothing_heavy():
    names = "matplotlib ipywidgets IPython PIL scipy pandas".split()
    heavy = f"[m for m in {names} if m in sys.modules]"
    assert python(
        f"import sys, dlcourse; print('numpy' in sys.modules, {heavy})"
    ).stdout.split() == ["False", "[]"]
    lines = "; ".join(f"import dlcourse.{name}" for name in CORE)
    assert python(f"import sys; {lines}; print({heavy})").stdout.strip() == "[]"


@pytest.mark.parametrize("name", CORE)
def test_no_global_randomness(name):
    """Every random number comes from an explicit generator, but for the letters' frozen stream."""
    calls = [
        node.attr
        for node in ast.walk(ast.parse(source(name)))
        if isinstance(node, ast.Attribute) and _is_np_random(node.value)
    ]
    assert set(calls) <= {"default_rng", "Generator"} | (
        {"RandomState"} if name == "data" else set()
    )


def _is_np_random(node):
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "random"
        and isinstance(node.value, ast.Name)
        and node.value.id == "np"
    )


@pytest.mark.parametrize("command", [("check",), ("format", "--check")], ids=["lint", "format"])
def test_code_and_notebooks_are_as_ruff_wants_them(command):
    home = pathlib.Path(__file__).parent.parent
    run = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "."], cwd=home, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr


def read(path):
    return path.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("pins", ["constraints.txt", "tests/oldest.txt"])
def test_pinned_versions_are_within_the_ranges_that_install(pins):
    home = pathlib.Path(__file__).parent.parent
    lines = [
        line.split("#")[0].strip()
        for name in ("requirements.txt", "tests/requirements.txt")
        for line in read(home / name)
    ]
    ranges = [Requirement(line) for line in lines if line and not line.startswith("-e")]
    pinned = dict(line.split("==") for line in read(home / pins) if not line.startswith("#"))
    for wanted in ranges:
        if wanted.name != "ruff" or pins == "constraints.txt":
            assert wanted.specifier.contains(pinned[wanted.name]), (
                f"{pins} pins {wanted.name} outside {wanted.specifier}"
            )
