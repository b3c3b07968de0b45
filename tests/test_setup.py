"""The pins: one list of them, exact, explained, and truly what is installed."""

import ast
import importlib.util
import os
import re
import sys
import sysconfig
import tomllib
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.lock").read_text()
PYPROJECT = (ROOT / "pyproject.toml").read_text()
PROJECT = tomllib.loads(PYPROJECT)["project"]

PINS = [
    line.split("  #")[0].strip()
    for line in LOCK.splitlines()
    if line.strip() and not line.startswith("#")
]
DIRECT = [Requirement(text) for text in PROJECT["dependencies"]] + [
    Requirement(text) for extra in PROJECT["optional-dependencies"].values() for text in extra
]

# Every system the lock is for, as environment markers see it.
SYSTEMS = {
    f"{system}-{machine}-{version}": {
        "sys_platform": system.lower(),
        "platform_system": system,
        "platform_machine": machine,
        "os_name": "posix",
        "python_version": "3.11",
        "python_full_version": version,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }
    for system, machine in [("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "arm64")]
    for version in ("3.11.0", "3.11.14")
}


def pinned_on(system: dict[str, str]) -> dict[str, str]:
    """The versions that the lock gives on one system; fails where it gives two of one package."""
    versions: dict[str, str] = {}
    for pin in map(Requirement, PINS):
        if pin.marker is None or pin.marker.evaluate(system):
            name = canonicalize_name(pin.name)
            assert name not in versions, f"{name} is pinned twice"
            versions[name] = next(iter(pin.specifier)).version
    return versions


def test_every_line_of_the_lock_is_an_exact_pin():
    exact = re.compile(r"[a-z0-9][a-z0-9-]*==[0-9][0-9a-z.]*( ; .+)?")
    assert [pin for pin in PINS if not exact.fullmatch(pin)] == []


def test_torch_is_pinned_without_a_range_and_without_a_build():
    assert [pin for pin in PINS if Requirement(pin).name == "torch"] == ["torch==2.13.0"]


def test_the_lock_brings_no_cuda_packages():
    assert [pin for pin in PINS if re.match(r"nvidia|cuda|triton|tensorflow-gpu", pin)] == []


def test_nothing_that_reads_a_notebook_builds_dozens_of_grammars_first():
    """See [tool.uv] in pyproject.toml."""
    assert [pin for pin in PINS if pin.startswith("rfc3987-syntax")] == []


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_every_direct_dependency_is_pinned_on_every_system(system):
    versions = pinned_on(system)
    for requirement in DIRECT:
        if requirement.marker is None or requirement.marker.evaluate(system):
            name = canonicalize_name(requirement.name)
            assert name in versions, f"{name} is not in the lock"
            assert requirement.specifier.contains(versions[name])


def test_every_direct_dependency_has_a_comment_with_its_reason():
    lines = [line.strip() for line in PYPROJECT.splitlines()]
    for requirement in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]:
        (line,) = [line for line in lines if line.startswith(f'"{requirement}"')]
        assert re.fullmatch(r'"[^"]+",\s+# \S.{7,}', line), f"no reason for {requirement}: {line}"


def test_the_conda_environment_has_the_same_python_and_the_same_pins():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    python, pip, by_pip = environment["dependencies"]
    assert environment["channels"][0] == "conda-forge"
    assert (python, pip) == ("python=3.11", "pip")
    assert PROJECT["requires-python"] == ">=3.11,<3.12"
    assert [line for line in by_pip["pip"] if not line.startswith("--")] == PINS


def test_lock_and_conda_environment_are_as_the_script_writes_them():
    spec = importlib.util.spec_from_file_location("lock", ROOT / "scripts" / "lock.py")
    lock = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(lock)
    assert LOCK.startswith(lock.LOCK_HEAD)
    assert (ROOT / "environment.yml").read_text() == lock.environment(LOCK)


def test_lock_and_conda_environment_name_no_package_index_but_that_of_torch():
    text = LOCK + (ROOT / "environment.yml").read_text()
    assert set(re.findall(r"\w+://\S+", text)) <= {"https://download.pytorch.org/whl/cpu"}


def test_what_is_installed_is_what_the_lock_says():
    here = {**next(iter(SYSTEMS.values()))}
    here.update(
        sys_platform=sys.platform,
        platform_system=os.uname().sysname,
        platform_machine=os.uname().machine,
        python_full_version=sys.version.split()[0],
    )
    ours = {"dgm-exercises", "pip"}
    # The default build of torch for Linux comes with these; `make` takes it only as a last resort.
    cuda = re.compile(r"(nvidia|cuda)-|triton$")
    installed = {
        name: Version(distribution.version).public
        for distribution in distributions(path=[sysconfig.get_path("purelib")])
        if (name := canonicalize_name(distribution.metadata["Name"])) not in ours
        and not cuda.match(name)
    }
    assert installed == {name: str(Version(v)) for name, v in pinned_on(here).items()}


# What no module of ours imports, and why the project needs it all the same.
NOT_IMPORTED = {
    "jupyterlab": "`make lab` starts it",
    "notebook": "students may start it",
    "setuptools": "builds and installs the project",
    "pytest-timeout": "an option in pyproject.toml: timeout",
    "pytest-cov": "an option of `make coverage`: --cov",
    "nbval": "an option of `make test`: --nbval",
    "ruff": "a test runs it as a command",
    "mypy": "a test runs it as a command",
}
# What students or graders run, and what only developers run.
LIBRARIES = ("grader", "helpers", "reference", "derivations")
TOOLS = ("scripts", "tests", "benchmarks")


def imported_by(folder: str) -> set[str]:
    """The distributions whose packages the modules in a folder import, by canonical name."""
    files = list((ROOT / folder).rglob("*.py"))
    tools = [file for name in TOOLS for file in (ROOT / name).rglob("*.py")]
    beside = {file.stem for file in tools} | {file.parent.name for file in tools}
    providers = packages_distributions()
    found = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for package in {name.partition(".")[0] for name in names}:
                if package not in beside.union(LIBRARIES) | sys.stdlib_module_names:
                    found |= set(map(canonicalize_name, providers.get(package, [package])))
    return found


def declared(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in requirements}


NEEDED = declared(PROJECT["dependencies"])
FOR_DEVELOPERS = declared(PROJECT["optional-dependencies"]["dev"])


@pytest.mark.parametrize("folder", LIBRARIES)
def test_what_a_library_of_ours_imports_is_a_dependency(folder):
    assert imported_by(folder) <= NEEDED


@pytest.mark.parametrize("folder", TOOLS)
def test_what_developers_run_imports_only_what_is_declared(folder):
    assert imported_by(folder) <= NEEDED | FOR_DEVELOPERS


def test_every_dependency_is_imported_or_has_a_reason_why_not():
    used = set().union(*map(imported_by, LIBRARIES))
    anywhere = used.union(*map(imported_by, TOOLS))
    # tensorflow-cpu and tensorflow are one package under two names, each for its systems
    same = {"tensorflow", "tensorflow-cpu"}
    needed = NEEDED - (same if used & same else set())
    assert needed - used == {name for name in NOT_IMPORTED if name in NEEDED}
    assert FOR_DEVELOPERS - anywhere == {name for name in NOT_IMPORTED if name in FOR_DEVELOPERS}


def names_of_ours(file: Path) -> set[tuple[str, str]]:
    """Each module of ours that a file takes a name from, with the name."""
    tree = ast.parse(file.read_text("utf-8"))
    modules, found = {}, set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module.partition(".")[0] in LIBRARIES:
            for alias in node.names:
                found.add((node.module, alias.name))
                modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add((modules.get(node.value.id, ""), node.attr))
    return {(module, name) for module, name in found if module}


@pytest.mark.parametrize(
    "file",
    [file for folder in ("scripts", "benchmarks") for file in sorted((ROOT / folder).glob("*.py"))],
    ids=lambda file: file.name,
)
def test_what_a_script_takes_from_a_library_of_ours_is_there(file):
    missing = []
    for module, name in names_of_ours(file):
        try:
            found = importlib.import_module(module)
        except ModuleNotFoundError:  # a class or a function, whose attributes are its own
            continue
        if not hasattr(found, name) and importlib.util.find_spec(f"{module}.{name}") is None:
            missing.append(f"{module}.{name}")
    assert missing == []
