"""The model of sheet 4: its shapes, what load says of damaged files, its metrics, its training."""

import dataclasses
import functools
import hashlib
import importlib.util
import itertools
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save

from helpers import beta_vae, faces, sprites
from reference.sheet4_beta_vae import metrics

ROOT = Path(__file__).resolve().parent.parent
NAMES = ["vae", "beta_vae"]


def script_named(name):
    """A file of scripts/ as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def script():
    """scripts/train_beta_vae.py as a module."""
    return script_named("train_beta_vae")


# --- the model -----------------------------------------------------------------------------------


def test_the_model_has_the_shapes_that_the_sheet_states():
    model = beta_vae.BetaVAE()
    mean, log_var = model.encoder(torch.rand(5, 3, 64, 64))
    assert mean.shape == log_var.shape == (5, 32)
    assert model.decoder(torch.randn(5, 32)).shape == (5, 3, 64, 64)
    logits, mean, log_var = model(torch.rand(2, 3, 64, 64), torch.randn(2, 32))
    assert logits.shape == (2, 3, 64, 64) and mean.shape == (2, 32)
    layers = list(model.encoder.layers)
    assert (
        sum(isinstance(layer, torch.nn.Conv2d) and layer.stride == (2, 2) for layer in layers) == 4
    )


def test_the_decoder_returns_logits():
    model = beta_vae.BetaVAE()
    logits = model.decoder(10 * torch.randn(50, 32))
    assert logits.min() < 0, "a sigmoid has no negative values"


def test_the_noise_is_scaled_by_the_standard_deviation():
    model = beta_vae.BetaVAE()
    images, eps = torch.rand(3, 3, 64, 64), torch.randn(3, 32)
    logits, mean, log_var = model(images, eps)
    torch.testing.assert_close(logits, model.decoder(mean + log_var.exp().sqrt() * eps))


# --- loading -------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """A folder with an untrained checkpoint and its list."""
    torch.manual_seed(0)
    content = save(beta_vae.BetaVAE().state_dict())
    (tmp_path / "vae.safetensors").write_bytes(content)
    write_list(tmp_path, content)
    return tmp_path


def write_list(folder, content):
    entry = {"beta": 1.0, "sha256": hashlib.sha256(content).hexdigest()}
    (folder / beta_vae.LIST).write_text(json.dumps({"vae": entry}))


def test_a_checkpoint_is_loaded_in_eval_mode(folder):
    model = beta_vae.load("vae", folder)
    assert not any(part.training for part in model.modules())
    torch.manual_seed(0)
    for found, expected in zip(model.parameters(), beta_vae.BetaVAE().parameters(), strict=True):
        torch.testing.assert_close(found, expected)
    assert beta_vae.names(folder) == ["vae"] and beta_vae.about("vae", folder)["beta"] == 1


def test_an_unknown_name_is_refused_with_those_there_are(folder):
    for function in (beta_vae.load, beta_vae.about):
        with pytest.raises(ValueError, match="no checkpoint is named 'gan'; there are vae"):
            function("gan", folder)


def test_one_changed_byte_is_noticed(folder):
    path = folder / "vae.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(beta_vae.WeightsError, match="damaged: its SHA-256 .*make weights") as no:
        beta_vae.load("vae", folder)
    assert str(path) in str(no.value)


def test_a_file_cut_short_or_missing_is_named_with_what_to_do(folder):
    path = folder / "vae.safetensors"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(beta_vae.WeightsError, match="damaged"):
        beta_vae.load("vae", folder)
    path.unlink()
    with pytest.raises(beta_vae.WeightsError, match="vae.safetensors is missing. Take .* again"):
        beta_vae.load("vae", folder)
    path.mkdir()
    with pytest.raises(beta_vae.WeightsError, match="cannot be read"):
        beta_vae.load("vae", folder)


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '{"vae": 3}', '{"vae": {"beta": 1}}'])
def test_a_damaged_list_is_named(folder, text):
    (folder / beta_vae.LIST).write_text(text)
    with pytest.raises(beta_vae.WeightsError, match="beta_vae.json is damaged"):
        beta_vae.load("vae", folder)


@pytest.mark.parametrize("content", [b"no tensors", save({"weight": torch.zeros(3)})])
def test_other_contents_with_the_right_checksum_are_no_model(folder, content):
    (folder / "vae.safetensors").write_bytes(content)
    write_list(folder, content)
    with pytest.raises(beta_vae.WeightsError, match="does not hold this model's tensors"):
        beta_vae.load("vae", folder)


# --- metrics -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def standardised():
    """Factors of dSprites as codes, each of mean 0 and variance 1, and the factors: (n, 6) each."""
    factors = sprites.draw(10_000, seed=1)
    codes = factors - factors.mean(axis=0)
    return codes / np.where(codes.std(axis=0) > 0, codes.std(axis=0), 1), factors


def test_the_mutual_information_of_a_table_is_exact():
    # Two fair coins that agree three times of four: log 2 − H(3/4).
    factor = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    code = np.array([0, 0, 0, 1, 1, 1, 1, 0])
    found = metrics.mutual_information(code[:, None], factor[:, None], bins=2)
    expected = np.log(2) + 0.75 * np.log(0.75) + 0.25 * np.log(0.25)
    np.testing.assert_allclose(found, [[expected]])


def test_bins_are_equally_wide_and_the_maximum_is_in_the_last():
    codes = np.array([[0.0], [0.49], [0.51], [9.99], [10.0]])
    np.testing.assert_array_equal(metrics.binned(codes, 20)[:, 0], [0, 0, 1, 19, 19])
    assert not metrics.binned(np.full((4, 1), 3.0)).any()


def test_factors_as_codes_have_a_gap_near_1_and_constant_factors_are_left_out(standardised):
    codes, factors = standardised
    gap, gaps = metrics.mig(codes, factors)
    assert gaps.shape == (5,)  # colour has one value
    assert gaps[0] == pytest.approx(1, abs=0.01) and gaps[1] == pytest.approx(1, abs=0.01)
    # 20 bins tell at most log 20 of 40 or 32 values.
    assert gaps[2] == pytest.approx(np.log(20) / np.log(40), abs=0.05)
    assert gap == pytest.approx(gaps.mean()) and gap > 0.88


def test_the_order_of_the_latents_changes_nothing(standardised):
    codes, factors = standardised
    order = [3, 0, 5, 1, 4, 2]
    for metric in (metrics.mig, metrics.sap):
        np.testing.assert_allclose(
            metric(codes, factors)[1], metric(codes[:, order], factors)[1], atol=1e-12
        )


def test_a_rotation_of_the_latents_closes_the_gap(standardised):
    codes, factors = standardised
    rotation = np.linalg.qr(np.random.default_rng(2).standard_normal((6, 6)))[0]
    assert metrics.mig(codes @ rotation, factors)[0] < 0.15
    assert metrics.sap(codes @ rotation, factors)[0] < 0.35


def test_a_factor_in_two_latents_has_no_gap(standardised):
    codes, factors = standardised
    doubled = np.concatenate([codes, codes[:, 1:2]], axis=1)
    for metric in (metrics.mig, metrics.sap):
        gaps = metric(doubled, factors)[1]
        assert gaps[0] == pytest.approx(0, abs=1e-12) and gaps[1:].min() > 0.5


def test_sap_is_the_gap_of_squared_correlations():
    rng = np.random.default_rng(3)
    factor = rng.integers(0, 5, (2_000, 1))
    codes = np.stack([factor[:, 0] + rng.normal(size=2_000), rng.normal(size=2_000)], axis=1)
    correlations = [np.corrcoef(code, factor[:, 0])[0, 1] ** 2 for code in codes.T]
    found, gaps = metrics.sap(np.concatenate([codes, np.ones((2_000, 1))], axis=1), factor)
    assert found == pytest.approx(correlations[0] - correlations[1]) == gaps[0]


def test_dci_scores_of_a_table_are_exact():
    assert metrics.scores(np.eye(4)) == pytest.approx((1, 1))
    assert metrics.scores(np.ones((3, 4))) == pytest.approx((0, 0))
    # Two latents share a factor, a third has one of its own: rows are pure, one column is halved.
    disentanglement, completeness = metrics.scores(np.array([[0.5, 0], [0.5, 0], [0, 1]]))
    assert disentanglement == pytest.approx(1)
    assert completeness == pytest.approx((1 - np.log(2) / np.log(3)) / 2 + 1 / 2)


def test_dci_finds_factors_as_codes_and_misses_them_in_noise():
    factors = faces.draw(1_500, seed=4)[:, :3]
    good = metrics.dci(factors + 0.0, factors, trees=10)
    assert min(good.disentanglement, good.completeness) > 0.95
    assert good.informativeness == pytest.approx(1)
    np.testing.assert_allclose(good.importance.sum(axis=0), 1)
    noise = np.random.default_rng(5).standard_normal((1_500, 3))
    bad = metrics.dci(noise, factors, trees=10)
    assert bad.disentanglement < 0.05 and bad.informativeness < 0.3


# --- training ------------------------------------------------------------------------------------


@pytest.fixture
def short(script, monkeypatch, tmp_path):
    """The script with six steps instead of hours, all of it in a folder of its own."""
    plan = dataclasses.replace(script.PLANS["vae"], steps=6, batch=4)
    torch.set_num_threads(1)  # many threads wait for one another where the cores are busy
    monkeypatch.setattr(script, "PLANS", {"vae": plan})
    monkeypatch.setattr(script, "MEASURED", 100)
    monkeypatch.setattr(script, "KEEP", 0)
    monkeypatch.setattr(script, "LOGS", tmp_path)
    monkeypatch.setattr(script.beta_vae, "FOLDER", tmp_path)
    monkeypatch.setattr(script, "faster_in_bfloat16", lambda plan: False)
    return script


def test_the_losses_are_those_of_the_sheet(script):
    images = torch.from_numpy(faces.sample(3, seed=6)[0])
    logits = torch.randn(3, 3, 64, 64)
    p = torch.distributions.Bernoulli(logits=logits, validate_args=False)
    expected = -p.log_prob(images).sum(dim=(1, 2, 3))
    torch.testing.assert_close(script.reconstruction(logits, images), expected)
    best = torch.logit(images.double(), eps=1e-12)
    torch.testing.assert_close(
        script.reconstruction(best, images), script.floor(images), rtol=0, atol=0.1
    )
    mean, log_var = torch.randn(4, 32), torch.randn(4, 32)
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    kl = torch.distributions.kl_divergence(q, torch.distributions.Normal(0.0, 1.0))
    torch.testing.assert_close(script.latent_kl(mean, log_var), kl)


def test_both_checkpoints_are_trained_alike_but_for_beta(script):
    assert list(script.PLANS) == NAMES and script.PLANS["vae"].beta == 1
    alike = dataclasses.replace(script.PLANS["beta_vae"], beta=1)
    assert alike == script.PLANS["vae"]


def test_a_run_that_was_stopped_ends_as_one_that_was_not(short, tmp_path, monkeypatch):
    short.train("vae", tmp_path / "whole")
    whole = beta_vae.load("vae", tmp_path)
    log = (tmp_path / "vae.jsonl").read_text()
    step = short.Run.train_step

    def stopped(run, *arguments):
        if run.step == 4:
            raise KeyboardInterrupt
        return step(run, *arguments)

    monkeypatch.setattr(short.Run, "train_step", stopped)
    with pytest.raises(KeyboardInterrupt):
        short.train("vae", tmp_path / "halves")
    monkeypatch.setattr(short.Run, "train_step", step)
    short.train("vae", tmp_path / "halves")
    halves = beta_vae.load("vae", tmp_path)
    for one, other in zip(whole.parameters(), halves.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-6)
    assert len((tmp_path / "vae.jsonl").read_text().splitlines()) == len(log.splitlines())
    assert not list(tmp_path.rglob("*.part"))


def test_what_a_run_writes_is_what_load_reads(short, tmp_path):
    short.train("vae", tmp_path)
    entry = beta_vae.about("vae", tmp_path)
    line = json.loads((tmp_path / "vae.jsonl").read_text().splitlines()[-1])
    assert entry["steps"] == line["step"] == 6
    assert entry["mig"] == line["mig"] and len(line["kl_of_latent"]) == 32
    assert set(line["mig_of_factor"]) == set(faces.NAMES)


def test_a_state_of_another_plan_is_not_taken_up(short, tmp_path, monkeypatch):
    short.train("vae", tmp_path)
    other = dataclasses.replace(short.PLANS["vae"], beta=2)
    monkeypatch.setattr(short, "PLANS", {"vae": other})
    with pytest.raises(SystemExit, match="another plan"):
        short.train("vae", tmp_path)


@pytest.fixture
def whole_sweep(script, monkeypatch):
    """scripts/sweep_beta_vae.py as a module."""
    monkeypatch.setitem(sys.modules, "train_beta_vae", script)
    return script_named("sweep_beta_vae")


@pytest.fixture
def sweep(whole_sweep, script, monkeypatch):
    """The sweep with four faces a step, two β, and a measurement each two steps."""
    torch.set_num_threads(1)
    plan = functools.partial(whole_sweep.GroupPlan, batch=4, rate=1.0)
    for name, value in {"BETAS": (1, 8), "EVERY": 2, "GroupPlan": plan}.items():
        monkeypatch.setattr(whole_sweep, name, value)
    for name, value in {"MEASURED": 100, "KEEP": 0}.items():
        monkeypatch.setattr(script, name, value)
    return whole_sweep


def test_a_sweep_measures_each_beta_and_goes_on_where_it_was_stopped(sweep, tmp_path, monkeypatch):
    whole = sweep.trained(1, 4, tmp_path / "whole")
    assert [(line["beta"], line["step"]) for line in whole] == [(1, 2), (8, 2), (1, 4), (8, 4)]
    assert {line["seed"] for line in whole} == {1}
    assert whole[2]["kl"] != whole[3]["kl"], "both β gave the same model"

    def stopped(group, images, step=sweep.Group.train_step):
        if group.step == 3:
            raise KeyboardInterrupt
        return step(group, images)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(sweep.Group, "train_step", stopped)
        sweep.trained(1, 4, tmp_path / "runs")
    assert sweep.trained(1, 4, tmp_path / "runs") == whole
    with pytest.raises(SystemExit, match="another plan"):
        sweep.trained(1, 6, tmp_path / "runs")


def test_a_sweep_is_written_when_it_is_done_and_not_before(sweep, tmp_path, monkeypatch):
    monkeypatch.setattr(sweep, "RESULT", tmp_path / beta_vae.SWEEP)
    monkeypatch.setattr(sys, "argv", ["sweep", "--threads", "1", "--steps", "2", "--folder"])
    sys.argv.append(str(tmp_path / "runs"))
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(sweep.Group, "keep", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        sweep.main()
    assert not (tmp_path / beta_vae.SWEEP).exists()
    sweep.main()
    lines = beta_vae.sweep(tmp_path)
    assert [(line["beta"], line["seed"]) for line in lines] == [
        (beta, seed) for seed in (0, 1, 2) for beta in (1, 8)
    ]


def test_the_rate_rises_and_falls(script):
    plan = script.PLANS["vae"]
    rates = [script.rate(plan, step) for step in (0, 499, plan.steps // 2, plan.steps)]
    assert rates == pytest.approx([plan.rate / 500, plan.rate, plan.rate, 0])


# --- what is committed ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def encoded():
    """Means and mean KL of 2,000 faces by both checkpoints, and the faces' factors."""
    torch.set_num_threads(1)
    images, factors = faces.sample(2_000, seed=[0, 5])
    found = {}
    with torch.no_grad():
        for name in NAMES:
            encoder = beta_vae.load(name).encoder
            codes = [encoder(part) for part in torch.from_numpy(images).split(250)]
            mean, log_var = (torch.cat(parts) for parts in zip(*codes, strict=True))
            kl = (mean**2 + log_var.exp() - log_var - 1).mean(dim=0) / 2
            found[name] = mean.numpy(), kl.numpy()
    return found, factors


def test_both_checkpoints_are_committed_and_small():
    assert beta_vae.names() == NAMES
    for name in NAMES:
        assert (beta_vae.FOLDER / f"{name}.safetensors").stat().st_size <= 4_000_000


def test_the_list_says_what_the_script_trains_and_what_its_log_ends_with(script):
    for name in NAMES:
        entry = beta_vae.about(name)
        for key, value in vars(script.PLANS[name]).items():
            assert entry[key] == value, (name, key)
        log = [json.loads(x) for x in (script.LOGS / f"{name}.jsonl").read_text().splitlines()]
        assert [line["step"] for line in log] == sorted(line["step"] for line in log)
        assert log[-1]["step"] == entry["steps"]
        for key in script.SHOWN:
            assert entry[key] == log[-1][key], (name, key)


def test_the_models_reach_what_the_list_says(encoded):
    found, factors = encoded
    for name, (mean, kl) in found.items():
        entry = beta_vae.about(name)
        assert metrics.mig(mean, factors)[0] == pytest.approx(entry["mig"], abs=0.05)
        assert metrics.sap(mean, factors)[0] == pytest.approx(entry["sap"], abs=0.05)
        assert kl.sum() == pytest.approx(entry["kl"], rel=0.02)
        assert (kl > 0.05).sum() == entry["active"] >= 6


def test_the_tuned_model_is_at_least_0_3_ahead_in_mig():
    assert beta_vae.about("beta_vae")["mig"] - beta_vae.about("vae")["mig"] >= 0.3


def test_the_model_card_shows_the_figures_of_the_list():
    card = (ROOT / "docs" / "beta_vae.md").read_text("utf-8")
    for key in ("mig", "sap", "disentanglement", "completeness", "informativeness"):
        figures = " | ".join(f"{beta_vae.about(name)[key]:.3f}" for name in NAMES)
        assert f" | {figures} |" in card, key


def test_the_sweep_has_every_beta_with_every_seed_up_to_the_last_step(whole_sweep):
    found = {(run["beta"], run["seed"], run["step"]) for run in beta_vae.sweep()}
    steps = range(whole_sweep.EVERY, whole_sweep.STEPS + 1, whole_sweep.EVERY)
    every = itertools.product(whole_sweep.BETAS, whole_sweep.SEEDS, steps)
    assert found == set(every)


def test_the_model_card_shows_what_the_sweep_measured(whole_sweep):
    card = (ROOT / "docs" / "beta_vae.md").read_text("utf-8")
    assert whole_sweep.table(beta_vae.sweep()) in card
