"""How sheet 3's networks and their training are judged where a student wrote something unusual."""

import textwrap

import pytest

from grader.course import outline
from grader.grading.check_files import check_file
from grader.judging.judge import judge_item
from grader.running.session import InProcess

SHEET = "sheet3_vae"


def judged(source, *items):
    """The reports on some items of the solution, with a student's definitions after it."""
    namespace = {"__name__": "student"}
    exec(outline.solution_source(SHEET), namespace)
    exec(textwrap.dedent(source), namespace)
    session, known = InProcess(namespace), outline.items(SHEET)
    return {item: judge_item(session, SHEET, known[item], 11) for item in items}


ALL = ("negative_elbo", "train_epoch", "importance_bound")


@pytest.mark.parametrize(
    "helper",
    [
        "def kl_loss(mean, log_var):\n    return (mean**2 + log_var.exp() - 1 - log_var).sum(-1)\n",
        "def kl_loss(mean, log_var):\n    raise NotImplementedError\n",
        "def reconstruction_loss(logits, x):\n    return ((logits.sigmoid() - x) ** 2).mean(-1)\n",
        "def reconstruction_loss(logits, x):\n    return -x * torch.log(torch.sigmoid(logits))\n",
        "def reparametrize(mean, log_var, eps):\n    return mean + torch.exp(log_var) * eps\n",
        "def reparametrize(mean, log_var, eps):\n    return mean + torch.randn_like(mean)\n",
        "def reparametrize(mean, log_var, eps):\n    return eps.mul_((log_var / 2).exp()) + mean\n",
        "del kl_loss, reconstruction_loss, reparametrize\n",
    ],
)
def test_what_is_wrong_with_a_part_costs_nothing_elsewhere(helper):
    reports = judged(helper, *ALL)
    assert all(report.passed for report in reports.values()), reports


def test_a_wrong_loss_costs_the_training_nothing():
    wrong = """
        def negative_elbo(encoder, decoder, x, eps):
            mean, log_var = encoder(x)
            loss = reconstruction_loss(decoder(mean), x).sum() - kl_loss(mean, log_var).sum()
            return loss, loss, loss
        """
    reports = judged(wrong, *ALL)
    scores = [reports[item].score for item in ALL]
    assert scores == [0, reports["train_epoch"].points, reports["importance_bound"].points]


def test_a_loss_that_undoes_what_its_parts_did_is_right():
    pair = """
        def kl_loss(mean, log_var):
            return 0.5 * (mean**2 + log_var.exp() - 1 - log_var)

        def negative_elbo(encoder, decoder, x, eps):
            mean, log_var = encoder(x)
            rec = reconstruction_loss(decoder(reparametrize(mean, log_var, eps)), x).mean()
            kl = kl_loss(mean, log_var).sum(-1).mean()
            return rec + kl, rec, kl
        """
    reports = judged(pair, *ALL, "kl_loss")
    assert [reports[item].passed for item in (*ALL, "kl_loss")] == [True, True, True, False]


def test_two_mistakes_at_once_are_told_apart():
    pair = """
        def kl_loss(mean, log_var):
            return (mean**2 + log_var.exp() - 1 - log_var).sum(-1)

        def negative_elbo(encoder, decoder, x, eps):
            mean, log_var = encoder(x)
            rec = reconstruction_loss(decoder(reparametrize(mean, log_var, eps[:1])), x).mean()
            kl = kl_loss(mean, log_var).mean()
            return rec + kl, rec, kl
        """
    reports = judged(pair, "kl_loss", "negative_elbo")
    found = {item: report.failed_lines[0].mistake for item, report in reports.items()}
    assert found == {"kl_loss": "no_half", "negative_elbo": "one_noise_for_all"}


STUB = """
    class Encoder(nn.Module):
        def __init__(self, n_pixels, n_hidden, n_latent):
            super().__init__()
            {init}

        def forward(self, x):
            raise NotImplementedError("not written yet: your code goes here")
    """


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (STUB.format(init="raise NotImplementedError()"), "Not written yet"),
        (STUB.format(init="self.layer = nn.Linear(n_pixels, n_hidden)"), "Not written yet"),
        ("class Encoder(nn.Module):\n    pass\n", "takes 1 positional argument but 4 were given"),
        ("Encoder = 3\n", "'int' object is not callable"),
        ("def Encoder(a, b, c):\n    return lambda x: (x, x)\n", "an nn.Module is expected"),
        ("del Encoder\n", "There is no Encoder"),
    ],
)
def test_a_class_that_is_none_is_told_so(source, words):
    report = judged(source, "Encoder")["Encoder"]
    assert report.score == 0 and not report.trouble
    assert any(words in line.message for line in report.failed_lines), report.failed_lines


NETWORK = """
    class Decoder(nn.Module):
        def __init__(self, n_latent, n_hidden, n_pixels):
            super().__init__()
            hidden, out = nn.Linear(n_latent, n_hidden), nn.Linear(n_hidden, n_pixels)
            self.n_pixels = n_pixels
            {init}

        def forward(self, z):
            return {output}
    """
NORMED = "self.net = nn.Sequential(hidden, nn.BatchNorm1d(n_hidden), nn.ReLU(), out)"


@pytest.mark.parametrize(
    ("init", "output", "mistakes"),
    [
        ("self.out = nn.Linear(n_latent, n_pixels)", "self.out(z)", {"no_hidden_layer"}),
        (NORMED, "self.net(z)", {"batch_norm"}),
        (
            "self.list, self.out = [hidden], out",
            "self.out(self.list[0](z).relu())",
            {"not_registered"},
        ),
        ("pass", "nn.Linear(z.shape[1], self.n_pixels)(z)", {"not_registered"}),
    ],
)
def test_a_network_is_told_only_of_what_it_lacks(init, output, mistakes):
    report = judged(NETWORK.format(init=init, output=output), "Decoder")["Decoder"]
    assert report.score == 0 and not report.trouble
    assert {line.mistake for line in report.failed_lines if line.mistake} == mistakes


def test_what_an_epoch_returns_may_be_anything_without_trouble():
    for returned in ("None", "[1.0, 2.0]", "'done'", "total", "float('nan')", "object()"):
        source = f"""
            right_epoch = train_epoch

            def train_epoch(encoder, decoder, batches, optimizer, generator):
                total = right_epoch(encoder, decoder, batches, optimizer, generator)
                return {returned}
            """
        report = judged(source, "train_epoch")["train_epoch"]
        assert not report.trouble and report.passed == (returned == "total"), returned


def test_classes_are_judged_in_a_process_of_their_own(tmp_path):
    file = tmp_path / "student.py"
    solution = outline.solution_source(SHEET).replace("class Encoder", "class Other")
    solution = solution.replace("class Decoder(nn.Module)", "class Decoder(nn.Modul)")
    stub = textwrap.dedent(STUB.format(init="raise NotImplementedError()"))
    file.write_text(f"{solution}\n\n{stub}")
    items = ["Encoder", "Decoder", "train_epoch"]
    reports = {r.item: r for r in check_file(file, SHEET, "a secret", items)}
    assert [reports[item].passed for item in items] == [False, False, True]
    assert "Not written yet" in reports["Encoder"].failed_lines[0].message
    assert "has no attribute 'Modul'" in reports["Decoder"].failed_lines[0].message
