"""What a run says while it works."""

import io

import pytest
from rich.console import Console

from grader.grading.progress import RunProgress


class Clock:
    seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def run():
    """The progress of three in a log file, a clock, and what it has said."""
    clock, file = Clock(), io.StringIO()
    console = Console(file=file, width=200)
    with RunProgress(console, 3, clock) as progress:
        yield progress, clock, file


def test_a_log_gets_a_line_for_each_submission_with_rate_and_time_left(run):
    progress, clock, file = run
    progress.started("ada kl")
    progress.started("bruno kl")
    clock.seconds = 30
    progress.finished("ada kl")
    assert file.getvalue() == (
        "1/3 ada kl in 30.0 s; 2.0 a minute, 0:01:00 left, longest now: bruno kl, 30 s\n"
    )


def test_the_last_one_leaves_nothing_to_wait_for(run):
    progress, clock, _ = run
    for number in range(3):
        progress.started(f"{number}")
        clock.seconds += 10
        progress.finished(f"{number}")
    assert progress.state() == "6.0 a minute, done"


def test_what_is_put_back_is_no_longer_the_longest(run):
    progress, clock, file = run
    progress.started("unlucky kl")
    clock.seconds = 5
    progress.put_back("unlucky kl")
    assert file.getvalue() == "unlucky kl will be tried again\n"
    assert progress.state() == ""


def test_one_whose_start_nobody_saw_has_no_time_of_its_own(run):
    progress, clock, file = run
    clock.seconds = 60
    progress.finished("far kl")
    assert file.getvalue() == "1/3 far kl; 1.0 a minute, 0:02:00 left\n"


def test_a_terminal_has_a_bar_and_no_lines():
    clock, file = Clock(), io.StringIO()
    console = Console(file=file, width=120, force_terminal=True, color_system=None)
    with RunProgress(console, 2, clock) as progress:
        progress.started("ada kl")
        clock.seconds = 30
        progress.finished("ada kl")
    assert "1/2" in file.getvalue()
    assert "2.0 a minute, 0:00:30 left" in file.getvalue()
    assert "in 30.0 s" not in file.getvalue()
