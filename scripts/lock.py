"""Write requirements.lock and environment.yml from pyproject.toml.

Needs uv (`python -m pip install uv`). Pins already in the lock stay as they are unless
pyproject.toml rules them out; `python scripts/lock.py --upgrade` takes the newest of everything.
What is left out, and for which systems the lock is made, is said under [tool.uv] in pyproject.toml.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
COMMAND = (
    "uv pip compile --universal --python-version 3.11 --fork-strategy fewest"
    " --extra dev --extra postgresql"
)

# What uv writes after a pin that holds for Python 3.11 on all systems of [tool.uv] environments.
EVERYWHERE = (
    " ; sys_platform == 'darwin' or sys_platform == 'linux'",
    " ; (python_full_version < '3.12' and sys_platform == 'darwin')"
    " or (python_full_version < '3.12' and sys_platform == 'linux')",
    " ; python_full_version < '3.12' and (sys_platform == 'darwin' or sys_platform == 'linux')",
)

LOCK_HEAD = f"""\
# Exact versions of everything, for Python 3.11 on Linux and on macOS (Apple silicon).
# Made from pyproject.toml by `python scripts/lock.py`, which runs
#   {COMMAND}
# `make` installs torch first, on Linux as its processor-only build, then the rest.
"""

ENVIRONMENT_HEAD = """\
# For those who work with conda: Python from conda-forge, the rest by pip, the same pins as in
# requirements.lock. Made together with it by `python scripts/lock.py`. In this folder:
#   conda env create -f environment.yml
#   conda activate dgm-exercises
#   pip install --no-deps --no-build-isolation -e .
name: dgm-exercises
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python=3.11
  - pip
  - pip:
      # On Linux the processor-only build of torch is taken from here, not several GB of CUDA.
      - --extra-index-url https://download.pytorch.org/whl/cpu
"""


def pins(lock: str) -> list[str]:
    """The requirements in a lock file's text, without comments."""
    lines = (line.split("  #")[0].strip() for line in lock.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def environment(lock: str) -> str:
    """The text of environment.yml that goes with a lock file's text."""
    return ENVIRONMENT_HEAD + "".join(f'      - "{pin}"\n' for pin in pins(lock))


def main() -> None:
    uv = shutil.which("uv")
    if uv is None:
        sys.exit("uv was not found: python -m pip install uv")
    options = ["--annotation-style", "line", "--no-header", "--quiet", "-o", LOCK.name]
    command = [uv, *COMMAND.split()[1:], *options, *sys.argv[1:], "pyproject.toml"]
    subprocess.run(command, cwd=ROOT, check=True)
    body = LOCK.read_text()
    for marker in EVERYWHERE:
        body = body.replace(marker, "")
    LOCK.write_text(LOCK_HEAD + body)
    (ROOT / "environment.yml").write_text(environment(body))
    print(f"{len(pins(body))} pins in requirements.lock and environment.yml")


if __name__ == "__main__":
    main()
