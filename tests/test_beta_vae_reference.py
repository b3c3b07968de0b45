"""Sheet 4's references hold what the formulas stand for, and its judge is fair in unusual cases."""

import re
import textwrap

import numpy as np
import pytest
import torch
from scipy import integrate, stats
from sklearn.metrics import mutual_info_score

from grader.course import outline
from grader.judging.inputs import Draw
from grader.judging.judge import judge_item
from grader.running.session import InProcess
from helpers import beta_vae, faces
from reference.sheet4_beta_vae import checks, metrics, truth
from reference.sheet4_beta_vae import reference as right

SHEET = "sheet4_beta_vae"


def numbers(*shape, seed=0):
    """Normal numbers in float64."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


# --- the references ------------------------------------------------------------------------------


def test_the_pictures_are_the_sigmoid_of_the_decoders_logits():
    model, z = truth.model(), numbers(3, 32).float()
    with torch.no_grad():
        expected = torch.sigmoid(model.decoder(z))
    assert torch.allclose(right.generate(model, z), expected, atol=1e-6)


def test_the_divergence_of_a_latent_is_the_average_of_the_integrals():
    mean, std = np.array([[0.7, -0.2], [0.1, 1.5]]), np.array([[0.4, 1.1], [0.8, 0.6]])

    def divergence(m, s):
        q = stats.norm(m, s)
        return integrate.quad(
            lambda z: q.pdf(z) * (q.logpdf(z) - stats.norm.logpdf(z)), m - 9 * s, m + 9 * s
        )[0]

    expected = np.vectorize(divergence)(mean, std).mean(axis=0)
    found = right.latent_kl(torch.from_numpy(mean), 2 * torch.log(torch.from_numpy(std)))
    assert np.allclose(found, expected)
    assert right.latent_kl(torch.zeros(4, 3), torch.zeros(4, 3)).tolist() == [0, 0, 0]


def test_a_traversal_is_the_base_but_for_one_latent():
    base = torch.tensor([0.5, -1.0, 2.0])
    rows = right.traverse(base, 1, [-3, 0, 4])
    assert rows.tolist() == [[0.5, -3, 2], [0.5, 0, 2], [0.5, 4, 2]]


def test_the_loss_weighs_the_divergence_alone():
    reconstruction, kl = numbers(4).requires_grad_(), numbers(4, seed=1).requires_grad_()
    assert torch.autograd.gradcheck(lambda r, k: right.beta_loss(r, k, 3.5), (reconstruction, kl))
    pair = torch.tensor([10.0, 20.0]), torch.tensor([1.0, 3.0])
    assert right.beta_loss(*pair, 4).item() == pytest.approx(15 + 4 * 2)


def test_the_gap_is_that_of_a_table_made_by_hand():
    """A latent that halves a factor of four equally likely values tells log 2 of its log 4."""
    values = np.arange(16)[:, None] % 4
    codes = np.stack([values[:, 0] * 1.0, (values[:, 0] > 1) * 2.0], axis=1)
    mig, gaps = right.mutual_information_gap(codes, values)
    assert mig == pytest.approx(0.5) and gaps == pytest.approx([0.5])
    mig, gaps = right.mutual_information_gap(codes[:, [0, 0]], values)
    assert mig == 0 and gaps.tolist() == [0]


@pytest.mark.parametrize("bins", [5, 20])
def test_the_gap_agrees_with_the_metrics_and_with_scikit_learn(bins):
    rng = np.random.default_rng(3)
    values = np.stack([rng.integers(0, count, 800) for count in (4, 1, 6)], axis=1)
    codes = values @ rng.normal(size=(3, 5)) + rng.normal(size=(800, 5))
    mig, gaps = right.mutual_information_gap(codes, values, bins)
    expected = metrics.mig(codes, values, bins)
    assert mig == pytest.approx(expected[0]) and gaps == pytest.approx(expected[1])
    binned = [np.digitize(c, np.histogram_bin_edges(c, bins)[1:-1]) for c in codes.T]
    tells = sorted(mutual_info_score(values[:, 0], one) for one in binned)
    entropy = stats.entropy(np.bincount(values[:, 0]))
    assert gaps[0] == pytest.approx((tells[-1] - tells[-2]) / entropy)


def test_no_code_that_a_check_draws_lies_near_an_edge_between_two_bins():
    """Edges are computed in more than one way, and rounding must not cost anybody a point."""
    for seed in range(20):
        for bins in (7, 20, 33):
            codes, _ = checks._coded(Draw(seed), 300, 4, [4, 3], bins)
            place = (codes - codes.min(axis=0)) / np.ptp(codes, axis=0) * bins
            inner = place[(place > 0.5) & (place < bins - 0.5)]
            assert np.abs(inner - np.rint(inner)).min() > 0.01


# --- what is measured ----------------------------------------------------------------------------


def test_each_factors_best_latent_is_the_same_on_other_pictures():
    again = truth.measured("beta_vae", seed=7, pictures=4_000)
    for name, latent in truth.best_latents().items():
        assert again.share[latent, faces.NAMES.index(name)] >= truth.NEARLY, name


def test_a_latent_out_of_use_tells_nothing_though_its_mean_follows_a_factor():
    """A mean that moves by a thousandth of the noise fills twenty bins all the same."""
    measured = truth.measured()
    idle = measured.kl < truth.ACTIVE
    assert idle.sum() >= 10 and not measured.information[idle].any()


def notebooks_threshold():
    (cell,) = [c for c in outline.read_source(SHEET).cells if c.id == "typical-difference"]
    return float(re.search(r"^EXPECTED = ([\d.]+)", cell.source, re.MULTILINE).group(1))


def test_about_half_of_all_random_pairs_are_as_far_apart_as_is_asked():
    assert notebooks_threshold() == checks.FAR_APART
    pictures = torch.from_numpy(truth.decode(numbers(300, 32).numpy())).flatten(1)
    distances = torch.pdist(pictures) / pictures.shape[1] ** 0.5
    reached = (distances >= checks.FAR_APART).double().mean().item()
    assert 0.4 < reached < 0.65


def test_ten_random_latents_are_never_far_apart():
    pictures = truth.decode(numbers(300, 32, seed=1).numpy())
    assert (
        max(checks._closest(checks._distances(part))[0] for part in np.split(pictures, 30))
        < checks.FAR_APART
    )


# --- the judge -----------------------------------------------------------------------------------


def judged(source, *items):
    """The reports on some items of the solution, with a student's definitions after it."""
    namespace = {"__name__": "student"}
    exec(outline.solution_source(SHEET), namespace)
    exec(textwrap.dedent(source), namespace)
    session, known = InProcess(namespace), outline.items(SHEET)
    return [judge_item(session, SHEET, known[item], 11) for item in items]


def scored(entries):
    """The report on a dictionary, or on whatever it is that a student has written."""
    namespace = {"factors": entries}
    return judge_item(InProcess(namespace), SHEET, outline.items(SHEET)["factors"], 11)


def entries(count):
    return dict(list(truth.best_latents().items())[:count])


IDLE = int(truth.measured().kl.argmin())


@pytest.mark.parametrize(
    ("right_ones", "wrong_ones", "points"),
    [
        (4, 0, 14),
        (8, 0, 14),
        (3, 0, 10.5),
        (1, 0, 3.5),
        (3, 1, 10.5),
        (4, 1, 11),
        (5, 1, 14),
        (8, 2, 14),
        (6, 4, 10.5),
        (0, 4, 0),
    ],
)
def test_each_entry_has_its_share_and_those_beyond_four_make_up_for_wrong_ones(
    right_ones, wrong_ones, points
):
    names = list(truth.best_latents())
    wrong = dict.fromkeys(names[right_ones : right_ones + wrong_ones], IDLE)
    assert scored(entries(right_ones) | wrong).score == points


@pytest.mark.parametrize(
    ("latent", "mistake"),
    [
        (IDLE, "inactive_latent"),
        (32, "out_of_range"),
        (-3, "negative"),
        (True, "truth_values"),
        (np.bool_(False), "truth_values"),
        (2.5, "not_a_number"),
        (float("nan"), "not_a_number"),
        (float("inf"), "not_a_number"),
        ("3", "not_a_number"),
        (None, "not_a_number"),
        ([3], "several_latents"),
        (np.arange(3), "several_latents"),
        (10**30, "out_of_range"),
        (1j, "not_a_number"),
    ],
)
def test_what_is_wrong_with_a_latent_has_a_message_of_its_own(latent, mistake):
    report = scored(entries(4) | {"gaze": latent})
    assert [line.mistake for line in report.failed_lines] == [mistake] and not report.trouble
    assert report.score == 11


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        ({}, "none"),
        ([("gaze", 3)], "list_of_pairs"),
        ([3, 4, 5, 6], "list"),
        ("gaze", None),
        (None, None),
        ({3: "gaze"}, "keys_and_values_swapped"),
        ({"Gaze": 3}, "other_spelling"),
        ({"eye_spacing": 3}, "other_spelling"),
        ({"nose": 3}, "not_a_factor"),
    ],
)
def test_what_is_no_such_dictionary_is_told_so(answer, mistake):
    report = scored(answer)
    assert report.score == 0 and not report.trouble
    assert report.failed_lines[0].mistake == mistake


@pytest.mark.parametrize("kind", [int, float, np.int64, np.uint8, torch.tensor, np.array])
def test_a_latents_number_may_be_of_any_kind(kind):
    assert scored({name: kind(latent) for name, latent in entries(5).items()}).passed


def test_a_latent_that_tells_nearly_as_much_is_right_too():
    share = truth.measured().share * (truth.measured().kl >= truth.ACTIVE)[:, None]
    near = [(j, k) for j, k in np.argwhere((share >= 0.85) & (share < 1))]
    assert near, "no factor has two such latents in these weights: drop this test"
    for latent, k in near:
        assert scored(entries(4) | {faces.NAMES[k]: int(latent)}).passed


BROKEN = [
    "def generate(model, z):\n    return model.decoder(z)\n",
    "def generate(model, z):\n    raise NotImplementedError()\n",
    "def generate(model, z):\n    return model(z)\n",
    "def generate(model, z):\n    torch.set_grad_enabled(False)\n    return model.decoder(z)\n",
    "def generate(model, z):\n    return z\n",
]


@pytest.mark.parametrize("generate", BROKEN)
def test_what_is_wrong_with_the_pictures_costs_nothing_elsewhere(generate):
    others = ["diverse_latents", "latent_kl", "beta_loss"]
    first, *rest = judged(generate, "generate", *others)
    assert not first.passed and all(report.passed for report in rest), [
        line for report in rest for line in report.failed_lines
    ]
    assert torch.is_grad_enabled()


def test_a_generate_that_leaves_gradients_off_in_the_notebook_costs_only_itself():
    try:
        reports = judged("torch.set_grad_enabled(False)", "generate", "latent_kl", "beta_loss")
        assert all(report.passed for report in reports), reports
    finally:
        torch.set_grad_enabled(True)


@pytest.mark.parametrize(
    ("body", "points", "words"),
    [
        ("return torch.randn(10, 32)", (3, 6), "differ by"),
        ("return torch.randn(200, 32).clamp(-4, 4)", (3, 6), "differ by"),
        ("return torch.zeros(100_000, 32)", (0, 0), "All codes are the same"),
        ("return torch.zeros(10, 32)", (0, 0), "All codes are the same"),
        ("return torch.zeros(10, 31)", (0, 0), "(10, 31)"),
        ("return torch.zeros(0, 32)", (0, 0), "(0, 32)"),
        ("return torch.full((10, 32), torch.nan)", (0, 0), "infinite or nan"),
        ("return 1e30 * torch.randn(10, 32)", (0, 6), "within"),
        ("return 3", (0, 0), "shape"),
        ("return None", (0, 0), "None"),
        ("return ['a', 'b']", (0, 0), "no numbers"),
        ("return {'z': 1}", (0, 0), "no numbers"),
        ("return torch.arange(10)[undefined]", (0, 0), "undefined"),
        ("raise NotImplementedError()", (0, 0), "Not written yet"),
    ],
)
def test_latents_of_any_kind_are_judged_without_trouble(body, points, words):
    (report,) = judged(f"def diverse_latents():\n    {body}\n", "diverse_latents")
    assert not report.trouble, report.trouble
    assert points[0] <= report.score <= points[1], report
    said = " ".join(f"{line.what} {line.message}" for line in report.failed_lines)
    assert words in said, said


def test_latents_may_ask_for_a_gradient_and_there_may_be_more_than_ten():
    source = """
        def diverse_latents(found=diverse_latents):
            return found().double().requires_grad_()
        """
    (report,) = judged(source, "diverse_latents")
    assert report.passed


RIGHT_PICTURES = [
    """
    @torch.inference_mode()
    def generate(model, z):
        import copy
        return copy.deepcopy(model.decoder).eval()(z).sigmoid()
    """,
    """
    class Generate:
        def __call__(self, model, z):
            flags = {m: m.training for m in model.modules()}
            try:
                return torch.sigmoid(model.eval().decoder.requires_grad_(True)(z)).detach()
            finally:
                for m, flag in flags.items():
                    m.training = flag
    """,
]


def test_pictures_made_on_a_copy_in_inference_mode_are_right():
    (report,) = judged(RIGHT_PICTURES[0], "generate")
    assert report.passed, report.failed_lines


def test_an_object_that_can_be_called_is_judged_like_a_function():
    (report,) = judged(textwrap.dedent(RIGHT_PICTURES[1]) + "\ngenerate = Generate()\n", "generate")
    failed = [line.what for line in report.failed_lines]
    assert failed == ["leaves requires_grad of each parameter as it was"]


@pytest.mark.parametrize(
    ("after", "what"),
    [
        ("model.train()", "a model in eval mode is in eval mode afterwards"),
        ("model.eval()", "a model in train mode is in train mode afterwards"),
        ("model.requires_grad_(True)", "leaves requires_grad of each parameter as it was"),
        ("model.double()", "leaves parameters and buffers as they were"),
        ("torch.set_grad_enabled(True)", "gradients are switched off afterwards, if they were"),
        ("torch.set_grad_enabled(False)", "gradients are switched on afterwards, if they were"),
        ("z.data.zero_()", "leaves its arguments as they were"),
    ],
)
def test_what_a_call_leaves_behind_costs_some_of_the_points(after, what):
    source = f"""
        inner = generate

        def generate(model, z):
            pictures = inner(model, z)
            {after}
            return pictures
        """
    (report,) = judged(source, "generate")
    assert what in [line.what for line in report.failed_lines]
    assert 6 <= report.score < report.points


def test_a_gap_that_forgets_the_constant_factor_still_earns_something():
    source = """
        inner = mutual_information_gap

        def mutual_information_gap(codes, factors, bins=20):
            if (np.ptp(factors, axis=0) == 0).any():
                return float("nan"), np.full(factors.shape[1], np.nan)
            return inner(codes, factors, bins)
        """
    (report,) = judged(source, "mutual_information_gap")
    assert 3 <= report.score < report.points
    assert {line.mistake for line in report.failed_lines} <= {"constant_is_nan", None}


def test_the_models_name_in_the_check_is_one_of_the_checkpoints():
    assert {"beta_vae", "vae"} <= set(beta_vae.names())
