"""Writing files so that whoever reads them finds the old one or the new one, but whole."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path


def write(path: Path, content: str | bytes) -> None:
    """Write a file in one step; a text as UTF-8."""
    with replacing(path) as new:
        new.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file to be written, which takes the place of the old one at the end, if all went well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:50]}-")
    os.close(handle)
    new = Path(name)
    try:
        yield new
        move(new, path)
    finally:
        new.unlink(missing_ok=True)


def move(new: Path, path: Path) -> None:
    """Put a file that is complete in the place of another on the same disk, also for good."""
    _flush(new)
    new.chmod(0o666 & ~_umask())
    os.replace(new, path)
    with suppress(OSError):  # not every system can flush a folder
        _flush(path.parent)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@cache
def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
