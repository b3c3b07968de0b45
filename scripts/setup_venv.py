"""Bring .venv up to date with requirements.lock and pyproject.toml; `make` runs this first.

The virtual environment is made again where there is none, where an earlier run did not get to
its end, or where it was made by another Python or in another folder. Where only the lock or
pyproject.toml has changed, the difference is installed. Where nothing has changed, nothing
happens. Needs nothing but Python 3.11.
"""

import fcntl
import hashlib
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "setup.log"
OURS = VENV / "made-by-make"  # written first: says that this folder may be deleted and made again
STAMP = VENV / "up-to-date"  # written last: says what is installed

TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
CUDA = re.compile(r"^(nvidia|cuda)-|^triton$")

# Prints one JSON line: the build of torch that is installed, None where it cannot be imported.
SHOW_TORCH = """
import json
try:
    import torch
    print(json.dumps({"version": torch.__version__, "cuda": torch.version.cuda}))
except Exception as error:
    print(json.dumps({"error": f"{type(error).__name__}: {error}"}))
"""


class SetupError(Exception):
    """Setting up cannot go on; the message says why and what to do."""


def say(text: str) -> None:
    print(text, flush=True)


def pinned() -> list[str]:
    """The lines of the lock without comments."""
    lines = (line.split("#")[0].strip() for line in LOCK.read_text().splitlines())
    return [line for line in lines if line]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted() -> dict[str, str]:
    """What the stamp must say for .venv to be up to date."""
    content = b"".join(
        path.read_bytes() for path in (LOCK, ROOT / "pyproject.toml", Path(__file__))
    )
    return {
        "made by": f"Python {platform.python_version()} in {VENV}",
        "from": hashlib.sha256(content).hexdigest(),
    }


def stamped() -> dict[str, str]:
    try:
        return json.loads(STAMP.read_text()) if PYTHON.exists() else {}
    except (OSError, ValueError):
        return {}


def check_machine() -> None:
    if sys.version_info[:2] != (3, 11):
        raise SetupError(
            f"{sys.executable} is Python {platform.python_version()}; Python 3.11 is needed.\n"
            "Name one: make PYTHON=/path/to/python3.11"
        )
    if sys.platform == "darwin":
        if platform.machine() != "arm64":
            raise SetupError(
                "This is a Python for Intel Macs; PyTorch has packages for Apple silicon only.\n"
                "On a Mac with Apple silicon install the arm64 build of Python 3.11."
            )
        if int(platform.mac_ver()[0].split(".")[0]) < 14:
            raise SetupError("PyTorch and SciPy need macOS 14 or newer.")
    elif not sys.platform.startswith("linux"):
        raise SetupError("Linux and macOS are supported; on Windows use WSL.")


def environment() -> dict[str, str]:
    """The environment of the commands: nothing of the user's that leads pip elsewhere."""
    elsewhere = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_HASHES")
    env = {name: value for name, value in os.environ.items() if name not in elsewhere}
    return {**env, "PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def installed_count() -> int:
    return sum(1 for _ in VENV.glob("lib/python3.11/site-packages/*.dist-info"))


def attempt(command: list[str], count: int = 0) -> bool:
    """Run a command with its output in the log and progress on the terminal."""
    live = sys.stdout.isatty()
    start = time.monotonic()
    next_word = start + (0.2 if live else 10)
    with LOG.open("a+b") as log:
        log.write(f"\n$ {' '.join(command)}\n".encode())
        log.flush()
        offset = log.tell()
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(), stdout=log, stderr=subprocess.STDOUT
        )
        try:
            while process.poll() is None:
                time.sleep(0.1)
                if time.monotonic() >= next_word:
                    next_word = time.monotonic() + (0.2 if live else 10)
                    word = progress(LOG.read_bytes()[offset:], count)
                    text = f"      {word}{time.monotonic() - start:.0f} s"
                    if live:
                        print(f"\r{text:<60}", end="", flush=True)
                    else:
                        say(text)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if live:
        print("\r" + " " * 60 + "\r", end="", flush=True)
    return process.returncode == 0


def progress(output: bytes, count: int) -> str:
    if not count:
        return ""
    if b"\nInstalling collected packages" in output:
        return f"{min(installed_count(), count)} of {count} packages installed, "
    found = len(re.findall(rb"(?m)^(?:Collecting|Requirement already satisfied|Ignoring)", output))
    return f"{found} of {count} packages found, "


def must(command: list[str], what: str, count: int = 0) -> None:
    if not attempt(command, count):
        lines = LOG.read_text(errors="replace").splitlines()
        lines = [line for line in lines if not line.startswith("Requirement already satisfied")]
        sys.stderr.write("".join(f"    {line}\n" for line in lines[-40:]))
        raise SetupError(f"{what} failed. The end of the log is above, all of it in {LOG}")


def pip(*arguments: str) -> list[str]:
    quiet = ("--progress-bar", "off") if arguments[0] == "install" else ()
    return [str(PYTHON), "-m", "pip", *arguments, *quiet]


def create() -> None:
    if VENV.is_symlink() or VENV.exists():
        if not OURS.exists():
            raise SetupError(
                f"There is a {VENV} that make has not made.\n"
                "Delete or rename it; make then makes its own."
            )
        shutil.rmtree(VENV)
    VENV.mkdir()
    OURS.write_text("Made by make, which may delete this folder and make it again.\n")
    command = [sys.executable, "-m", "venv", str(VENV)]
    if not attempt(command):
        sys.stderr.write(LOG.read_text(errors="replace"))
        raise SetupError(
            "The virtual environment could not be created. "
            "On Debian and Ubuntu: sudo apt install python3.11-venv"
        )


def installed_torch() -> dict[str, str | None]:
    result = subprocess.run(
        [str(PYTHON), "-c", SHOW_TORCH], env=environment(), capture_output=True, text=True
    )
    try:
        return json.loads(result.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return {"error": (result.stderr.strip() or f"exit code {result.returncode}")[-500:]}


def install_torch(version: str) -> None:
    """On Linux the processor-only build, unless its index is out of reach."""
    plain = f"torch=={version}"
    if sys.platform != "linux":
        must(pip("install", "--no-deps", plain), "Installing torch")
        return
    # With +cpu pip takes this build or none, wherever it comes from; few retries, so that
    # a network in which this index is closed costs seconds.
    build = pip("install", "--no-deps", f"{plain}+cpu", "--extra-index-url", TORCH_CPU_INDEX)
    if attempt([*build, "--retries", "2", "--timeout", "15"]):
        return
    say(f"      the processor-only build was not found (is {TORCH_CPU_INDEX} within reach?)")
    say("      installing the default build with its CUDA libraries instead: several GB ...")
    must(pip("install", plain, "--constraint", str(LOCK)), "Installing torch")


def remove_strays() -> None:
    """Uninstall what an earlier lock brought and this one does not."""
    listing = subprocess.run(
        pip("list", "--format", "json"), env=environment(), capture_output=True, check=True
    )
    keep = {normal(re.split(r"[=; ]", line)[0]) for line in pinned()} | {"pip", "dgm-exercises"}
    names = {normal(entry["name"]) for entry in json.loads(listing.stdout)}
    strays = sorted(name for name in names - keep if not CUDA.search(name))
    if strays:
        say(f"      removing what the lock no longer names: {', '.join(strays)}")
        must(pip("uninstall", "--yes", *strays), "Removing packages")


def set_up() -> None:
    want = wanted()
    have = stamped()
    if have == want:
        return
    start = time.monotonic()
    if have.get("made by") == want["made by"]:
        STAMP.unlink()
        LOG.unlink(missing_ok=True)
        say("[1/4] requirements.lock or pyproject.toml has changed: updating .venv")
    else:
        say(f"[1/4] creating the virtual environment .venv (Python {platform.python_version()})")
        create()

    pins = pinned()
    torch = next(pin.split("==")[1] for pin in pins if pin.startswith("torch=="))
    say(f"[2/4] installing torch {torch} (a download of 100 to 200 MB) ...")
    install_torch(torch)

    say(f"[3/4] installing {len(pins)} packages from requirements.lock (1 to 3 minutes; 2 GB) ...")
    must(pip("install", "--no-deps", "-r", str(LOCK)), "Installing the packages", count=len(pins))
    remove_strays()
    found = installed_torch()
    if "error" in found:
        raise SetupError(f"torch was installed but cannot be imported: {found['error']}")
    say(f"      torch {found['version']} works")

    say("[4/4] installing the project itself (derivations, grader, helpers, reference)")
    must(pip("install", "--no-deps", "--no-build-isolation", "-e", "."), "Installing the project")
    STAMP.write_text(json.dumps(want))
    say(f"      ready after {time.monotonic() - start:.0f} s")


def stop(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    if Path(sys.prefix).resolve() == VENV:  # .venv is active, and may have to be deleted
        os.execv(sys._base_executable, [sys._base_executable, *sys.argv])
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    try:
        check_machine()
        with LOCK.open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("waiting for another make that is installing ...")
                fcntl.flock(lock, fcntl.LOCK_EX)
            set_up()
    except SetupError as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted; the next make begins again.\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
