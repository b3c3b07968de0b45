"""The reader of sheet 4: what it reads, what it says of damaged weights, what it finds to vary."""

import dataclasses
import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from helpers import beta_vae, faces
from helpers.checkpoints import WeightsError
from reference.sheet4_beta_vae import reader

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    torch.set_num_threads(1)  # many threads wait for one another where the cores are busy


@pytest.fixture(scope="module")
def script():
    """scripts/train_reader.py as a module."""
    path = ROOT / "scripts" / "train_reader.py"
    spec = importlib.util.spec_from_file_location("train_reader", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def drawn(script):
    """Places of 400 faces that were not trained on, and their pictures."""
    places = np.random.default_rng(8).uniform(size=(400, 10))
    return places, script.draw(places)


# --- what is read --------------------------------------------------------------------------------


def test_sharp_pictures_are_read_as_well_as_is_stated(drawn):
    places, images = drawn
    stated = reader.FILES.about("reader")["sharp"]
    found = np.abs(reader.read(images) - places).mean(axis=0)
    for name, error in zip(faces.NAMES, found, strict=True):
        assert error < 1.2 * stated[name]["error"], name
        assert stated[name]["error"] < 0.015 and stated[name]["r2"] > 0.995, name


def test_blurred_pictures_are_read_as_well_as_is_stated(script, drawn):
    places, images = drawn
    stated = reader.FILES.about("reader")["spoilt"]
    rng = np.random.default_rng(9)
    spoilt = torch.cat([script.spoil(part, rng) for part in images.split(100)])
    found = np.abs(reader.read(spoilt) - places).mean(axis=0)
    for name, error in zip(faces.NAMES, found, strict=True):
        assert error < 1.25 * stated[name]["error"], name
        assert stated[name]["error"] < 0.02 and stated[name]["r2"] > 0.99, name


def test_a_blur_keeps_the_sum_and_none_changes_nothing(script):
    images = torch.zeros(2, 3, 64, 64)
    images[:, :, 30, 30] = 1
    sharp, soft = script.blurred(images, np.array([0.0, 1.2]))
    torch.testing.assert_close(sharp, images[0])
    torch.testing.assert_close(soft.sum(dim=(1, 2)), torch.ones(3))
    spread = (soft[0].sum(dim=0) * (torch.arange(64) - 30.0) ** 2).sum().sqrt()
    assert spread == pytest.approx(1.2, abs=0.02)


def test_any_number_of_pictures_is_read_and_each_for_itself(drawn):
    images = drawn[1][:300]
    read = reader.read(images)
    assert read.shape == (300, 10) and read.dtype == np.float32
    assert read.min() >= 0 and read.max() <= 1
    np.testing.assert_allclose(reader.read(images[[280]]), read[[280]], atol=1e-4)
    assert reader.read(images[:0]).shape == (0, 10)


@pytest.mark.parametrize("shape", [(3, 64, 64), (2, 64, 64, 3), (2, 1, 64, 64)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"the shape \(n, 3, 64, 64\), not"):
        reader.read(torch.zeros(shape))


@pytest.mark.parametrize("value", [-0.1, 1.1, np.nan])
def test_values_that_are_no_pictures_are_refused(value):
    images = torch.full((1, 3, 64, 64), 0.5)
    images[0, 0, 5, 5] = value
    with pytest.raises(ValueError, match="values from 0 to 1"):
        reader.read(images)


# --- what varies ---------------------------------------------------------------------------------


@pytest.mark.parametrize("spoilt", [False, True])
@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_exactly_the_factors_that_vary_are_named(script, count, spoilt):
    rng = np.random.default_rng([count, spoilt])
    for _ in range(6):
        varied = np.sort(rng.choice(10, count, replace=False))
        places = np.repeat(rng.uniform(size=(1, 10)), 10, axis=0)
        for k in varied:
            places[:, k] = rng.permutation(np.linspace(0.1, 0.9, 10))
        images = script.draw(places)
        images = script.spoil(images, rng) if spoilt else images
        assert reader.varying(images) == [faces.NAMES[k] for k in varied]


def test_random_faces_vary_in_nearly_everything(drawn):
    for images in drawn[1].split(10):
        assert len(reader.varying(images)) >= 8


def test_pictures_from_the_prior_vary_in_many_factors_and_those_of_a_pure_latent_in_one(script):
    model = beta_vae.load("beta_vae")
    with torch.no_grad():
        z = torch.randn(100, 32, generator=torch.Generator().manual_seed(1))
        for images in torch.sigmoid(model.decoder(z)).split(10):
            assert len(reader.varying(images)) >= 5
        # The latent that tells most of the background: the purest there is.
        places = np.random.default_rng(2).uniform(size=(200, 10))
        means = model.encoder(script.draw(places))[0].numpy()
        told = [abs(np.corrcoef(latent, places[:, 0])[0, 1]) for latent in means.T]
        for base in z[:5]:
            row = base.repeat(10, 1)
            row[:, int(np.argmax(told))] = torch.linspace(-3, 3, 10)
            assert reader.varying(torch.sigmoid(model.decoder(row))) == ["background"]


def test_a_small_change_is_no_clear_one(script):
    places = np.full((12, 10), 0.5) + np.linspace(-0.15, 0.15, 12)[:, None]
    assert reader.varying(script.draw(places)) == []


def test_nine_pictures_are_too_few(drawn):
    with pytest.raises(ValueError, match="10 pictures or more"):
        reader.varying(drawn[1][:9])


# --- its weights ---------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The committed weights in a folder of their own, from which the reader is loaded."""
    for name in ("reader.safetensors", "reader.json"):
        (tmp_path / name).write_bytes((reader.FILES.folder / name).read_bytes())
    monkeypatch.setattr(reader, "FILES", dataclasses.replace(reader.FILES, folder=tmp_path))
    reader._reader.cache_clear()
    yield tmp_path
    reader._reader.cache_clear()


def test_missing_weights_are_named_with_what_to_do(folder):
    (folder / "reader.safetensors").unlink()
    with pytest.raises(WeightsError, match="reader.safetensors is missing. .*make reader"):
        reader.read(torch.zeros(1, 3, 64, 64))
    (folder / "reader.json").unlink()
    with pytest.raises(WeightsError, match="reader.json is missing. Take .* again"):
        reader.read(torch.zeros(1, 3, 64, 64))


def test_one_changed_byte_is_noticed(folder):
    path = folder / "reader.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(WeightsError, match="damaged: its SHA-256 .*make reader") as refused:
        reader.read(torch.zeros(1, 3, 64, 64))
    assert str(path) in str(refused.value)


def test_the_weights_are_small_and_the_list_says_what_the_script_trains(script):
    assert (reader.FILES.folder / "reader.safetensors").stat().st_size < 1_000_000
    entry = reader.FILES.about("reader")
    plan = {"steps": script.STEPS, "batch": 2 * script.PAIRS, "rate": script.RATE}
    assert entry | plan | {"seed": script.SEED} == entry
    assert entry["cpu_minutes"] < 10
    assert list(entry["sharp"]) == list(entry["spoilt"]) == list(faces.NAMES)


def test_what_the_script_writes_is_what_is_read(script, folder, monkeypatch):
    monkeypatch.setattr(script, "PAIRS", 4)
    monkeypatch.setattr(script, "MEASURED", 50)
    monkeypatch.setattr(sys, "argv", ["train_reader.py", "--steps", "3"])
    contents = []
    for _ in range(2):
        script.main()
        contents.append((folder / "reader.safetensors").read_bytes())
    assert contents[0] == contents[1], "the same seed gives the same weights"
    entry = json.loads((folder / "reader.json").read_text())["reader"]
    assert entry["steps"] == 3 and set(entry["spoilt"]) == set(faces.NAMES)
    assert reader.read(torch.zeros(2, 3, 64, 64)).shape == (2, 10)
