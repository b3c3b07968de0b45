"""helpers.training, progress and quiet: what a notebook's training cells rest on."""

import subprocess
import sys

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from grader.course import layout
from helpers import training
from helpers.checks import small_stack

IMAGES = np.arange(40, dtype=np.float32).reshape(20, 2)  # each image is told by its first pixel


class Model:
    """Counts its steps, and remembers the batches."""

    def __init__(self):
        self.batches = []

    def step(self, batch: np.ndarray) -> float:
        self.batches.append(batch)
        return 10.0 * len(self.batches)

    def measure(self) -> float:
        return float(len(self.batches))


@pytest.fixture
def at_length(monkeypatch):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


def test_an_epoch_takes_every_image_once_in_a_new_order(at_length):
    model = Model()
    training.train("all", model.step, IMAGES, model.measure, epochs=3, batch=5)
    epochs = np.array(model.batches).reshape(3, 20, 2)
    assert all(sorted(epoch[:, 0]) == sorted(IMAGES[:, 0]) for epoch in epochs)
    assert not np.array_equal(epochs[0], epochs[1])


def test_images_that_do_not_fill_a_batch_wait_for_another_epoch(at_length):
    model = Model()
    training.train("some", model.step, IMAGES, model.measure, epochs=2, batch=8)
    assert [batch.shape for batch in model.batches] == [(8, 2)] * 4


def test_a_run_holds_the_mean_loss_of_each_epoch_and_the_measure_before_and_after(at_length):
    model = Model()
    run = training.train("mine", model.step, IMAGES, model.measure, epochs=2, batch=10)
    assert run.name == "mine"
    assert run.losses.tolist() == [15.0, 35.0] and run.measured.tolist() == [0.0, 2.0, 4.0]


def test_training_is_short_while_a_notebook_is_graded(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    model = Model()
    run = training.train("short", model.step, IMAGES, model.measure, epochs=20, batch=10)
    assert len(model.batches) == 4 and len(run.losses) == 2


def test_the_bar_shows_name_and_loss_and_nothing_on_standard_error(at_length, capsys):
    model = Model()
    training.train("my variant", model.step, IMAGES, model.measure, epochs=1, batch=10)
    said = capsys.readouterr()
    assert "my variant: 100%" in said.out and "loss 15.00" in said.out and said.err == ""


def test_in_a_notebook_the_bar_is_one_output_that_ends_in_its_last_state(tmp_path):
    code = (
        "from helpers import progress\n"
        "with progress.bar(3, 'steps') as bar:\n"
        "    for _ in range(3):\n"
        "        bar.update()\n"
        "        bar.refresh()\n"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    (output,) = executed(notebook).cells[0].outputs
    assert output.output_type == "display_data"
    assert output.data["text/plain"].startswith("steps: 100%|█")


def test_tensorflow_starts_without_a_word():
    code = "from helpers.quiet import tf; print(tf.matmul(tf.ones((9, 9)), tf.ones((9, 9)))[0, 0])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "" and "9.0" in done.stdout


@pytest.mark.parametrize("sheet", layout.sheets())
def test_no_cell_of_a_solution_says_anything_on_standard_error(sheet):
    notebook = layout.SOLUTIONS / sheet / layout.source_notebook(sheet).name
    for cell in nbformat.read(notebook, as_version=4).cells:
        for output in cell.get("outputs", []):
            assert output.get("name") != "stderr", f"{cell.id}: {output.text}"


def test_a_small_stack_is_the_same_every_time_and_has_the_widths_asked_for():
    stack = small_stack([5, 3, 2])
    assert [(tuple(W.shape), tuple(b.shape)) for W, b in stack] == [((5, 3), (3,)), ((3, 2), (2,))]
    for layer, again in zip(stack, small_stack([5, 3, 2]), strict=True):
        for one, other in zip(layer, again, strict=True):
            assert one.dtype == "float32" and np.array_equal(one, other)
            assert 0 < np.abs(one).max() <= 1 and np.std(one) > 0.1


def executed(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    return NotebookClient(notebook, startup_timeout=600, kernel_name="python3").execute()


def _answer():
    return 1


def asks():
    """Calls a function of this module by its name."""
    return _answer()


def test_a_function_may_call_another_one_in_the_place_of_a_name_and_stays_as_it_is():
    other = training.calling(asks, _answer=lambda: 2)
    assert (other(), asks(), other.__name__) == (2, 1, "asks")
