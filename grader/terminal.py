"""What commands print to: tables on standard output, progress on standard error."""

from rich.console import Console

LOG_WIDTH = 120  # characters of a line where no terminal says how many it has


def output() -> Console:
    """Standard output: as wide as the terminal; a log file or a pager has room."""
    plain = Console()
    return plain if plain.is_terminal else Console(width=LOG_WIDTH)


def progress() -> Console:
    """Standard error, for what a command says while it works."""
    return Console(stderr=True)
