"""What sheet 3's notebook rests on: binarised batches, epochs, stand-ins, aids for its checks."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from helpers import figures, training
from helpers.binarised import Batches, binarise
from helpers.checks import close, fitted, is_verdict
from helpers.grading import shortened
from helpers.standins import FixedLogits, LinearDecoder, LinearEncoder, StandardNormal


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


GREY = torch.tensor([0.0, 0.25, 0.5, 1.0])


def test_a_binarised_pixel_is_1_as_often_as_its_grey_value_says():
    drawn = binarise(GREY.expand(20_000, 4), generator())
    assert set(drawn.unique().tolist()) == {0.0, 1.0} and drawn.dtype == GREY.dtype
    assert drawn[:, 0].max() == 0 and drawn[:, 3].min() == 1
    assert np.allclose(drawn.mean(dim=0), GREY, atol=0.02)


def test_binarising_depends_on_the_generator_alone():
    images = torch.rand(50, 30, generator=generator(5))
    assert torch.equal(binarise(images, generator(1)), binarise(images, generator(1)))
    assert not torch.equal(binarise(images, generator(1)), binarise(images, generator(2)))


def told_apart(batches: Batches) -> list[list[int]]:
    """Which image stands where: each carries its number in binary, in pixels of 0 and 1."""
    return [(batch @ torch.tensor([1.0, 2.0, 4.0, 8.0])).int().tolist() for batch in batches]


def test_batches_hold_every_image_once_in_a_new_order_and_the_last_may_be_smaller():
    numbers = torch.arange(11)
    images = torch.stack([(numbers >> bit) & 1 for bit in range(4)], dim=1).float()
    batches = Batches(images, 4, generator())
    one, other = told_apart(batches), told_apart(batches)
    assert [len(batch) for batch in one] == [4, 4, 3] and len(batches) == 3
    assert sorted(sum(one, [])) == sorted(sum(other, [])) == list(range(11)) and one != other


def test_images_are_binarised_again_at_each_pass():
    batches = Batches(torch.full((1, 500), 0.5), 1, generator())
    (one,), (other,) = batches, batches
    assert not torch.equal(one, other)


class Model:
    """Counts batches; its loss is the number of the epoch, its measure ten times as much."""

    def __init__(self):
        self.seen, self.epochs = 0, 0

    def epoch(self, batches) -> float:
        for _ in batches:
            self.seen += 1
        self.epochs += 1
        return float(self.epochs)

    def measure(self) -> float:
        return 10.0 * self.epochs


@pytest.fixture
def at_length(monkeypatch):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


def test_epochs_give_losses_and_what_was_measured_before_and_after(at_length):
    model = Model()
    run = training.train_epochs("mine", model.epoch, [1, 2, 3], model.measure, epochs=4)
    assert run.losses.tolist() == [1, 2, 3, 4] and run.measured.tolist() == [0, 10, 20, 30, 40]
    assert model.seen == 12


def test_the_bar_of_epochs_shows_the_bound_and_nothing_on_standard_error(at_length, capsys):
    model = Model()
    training.train_epochs("mine", model.epoch, [1, 2, 3], model.measure, epochs=2)
    said = capsys.readouterr()
    assert "bound -2.00, held out -20.00" in said.out and "6/6" in said.out and said.err == ""


def test_epochs_are_few_while_a_notebook_is_graded(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    run = training.train_epochs("mine", Model().epoch, [1, 2, 3], Model().measure, epochs=40)
    assert len(run.losses) == 2 and shortened(5000, 100) == 100


def test_a_number_is_not_shortened_for_the_notebooks_reader(at_length):
    assert shortened(5000, 100) == 5000


def test_an_epoch_may_ask_how_many_batches_there_are_and_go_through_them_twice(at_length):
    def epoch(batches) -> float:
        return float(len(batches) + len(list(batches)) + len(list(batches)))

    assert training.train_epochs("mine", epoch, [1, 2], lambda: 0.0, epochs=1).losses == [6.0]


def test_close_compares_values_and_shape_whatever_the_dtype_and_the_gradient():
    values = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    assert close(values, [1.0, 2.00001]) and not close(values, [1.0, 2.1])
    assert not close(values.sum(), [3.0]) and not close(torch.ones(2, 1), [1.0, 1.0])
    assert not close(torch.tensor([float("nan")]), [1.0])


def test_a_verdict_is_one_of_two_texts():
    assert all(is_verdict(text) for text in ("right", "wrong", " Wrong "))
    assert not any(is_verdict(answer) for answer in ("true", "", True, None, ["right"]))


NETWORKS = {
    "one layer": lambda: nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2)),
    "sigmoids": lambda: nn.Sequential(nn.Linear(4, 16), nn.Sigmoid(), nn.Linear(16, 2)),
    "three layers": lambda: nn.Sequential(
        nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 2)
    ),
    "float64": lambda: nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2)).double(),
}
ONE, WANTED = torch.ones(1, 4), torch.tensor([[8.0, -8.0]])


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_without_bounds_can_be_fitted(name):
    torch.manual_seed(0)
    network = NETWORKS[name]()
    one = ONE.to(next(network.parameters()).dtype)
    assert close(fitted(network, one, lambda out: out, WANTED), WANTED, 0.1)


@pytest.mark.parametrize("end", [nn.ReLU, nn.Softplus, nn.Sigmoid, nn.Tanh])
def test_a_network_with_a_bound_at_its_end_cannot(end):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2), end())
    assert not close(fitted(network, ONE, lambda out: out, WANTED), WANTED, 0.1)


def test_a_network_without_parameters_or_gradient_is_taken_as_it_is():
    network = nn.Linear(4, 2)
    cut = fitted(network, ONE, lambda out: out.detach(), WANTED)
    assert torch.equal(cut, network(ONE))
    assert torch.equal(fitted(nn.Identity(), ONE, lambda out: out, WANTED), ONE)


def test_the_stand_ins_compute_what_their_docstrings_say_on_any_leading_axes():
    x, z = torch.rand(3, 4, generator=generator()), torch.randn(5, 3, 2, generator=generator())
    mean, log_var = LinearEncoder()(x)
    assert mean.shape == (3, 2) and torch.allclose(mean + log_var, torch.full((3, 2), 0.3))
    assert close(LinearEncoder()(x[0])[0], mean[0].detach())
    assert LinearDecoder()(z).shape == (5, 3, 4)
    assert [part.tolist() for part in StandardNormal(2)(x[:1])] == [[[0.0, 0.0]]] * 2
    fixed = FixedLogits(4, value=0.7)
    assert close(fixed(z), np.full((5, 3, 4), 0.7)) and torch.equal(
        torch.cat(fixed.seen), z.reshape(15, 2)
    )


def test_a_mosaic_puts_the_first_row_of_pictures_at_the_bottom():
    figure, (panel,) = figures.panels()
    figures.mosaic(panel, np.arange(4.0)[:, None] * np.ones((4, 9)), np.array([-0.5, 0.5]), side=3)
    shown = panel.images[0].get_array()
    assert shown[-1, 0] == 0 and shown[-1, -1] == 1 and shown[0, 0] == 2 and shown[0, -1] == 3
    assert [label.get_text() for label in panel.get_yticklabels()] == ["−0.50", "0.50"]
    figures.plt.close(figure)


def test_the_helpers_of_sheet_3_do_not_start_tensorflow():
    code = (
        "import sys; from helpers import binarised, checks, data, figures, standins, training; "
        "print('tensorflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_helpers_of_other_sheets_do_not_start_pytorch():
    code = "import sys; from helpers import checks, data, figures, progress, training; "
    code += "print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
