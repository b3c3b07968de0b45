"""Sheet 5: Fréchet distance, classifier, kept VAE samples, albums and strips, two players."""

import hashlib

import matplotlib.pyplot as plt
import numpy as np
import pytest
import scipy.linalg
from matplotlib import image

from helpers import checkpoints, data, digit_classifier, figures, pictures, training, vae_samples
from helpers.frechet import frechet_distance, frechet_of_normals

RNG = np.random.default_rng(0)


@pytest.fixture
def at_length(monkeypatch):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


def covariance(d: int) -> np.ndarray:
    root = RNG.normal(size=(d, d))
    return root @ root.T


# --- the Fréchet distance ------------------------------------------------------------------------


def test_the_distance_of_normals_whose_covariances_are_diagonal_is_the_closed_form():
    mean, other = RNG.normal(size=(2, 5))
    std, other_std = RNG.uniform(0.1, 3, size=(2, 5))
    closed = np.sum((mean - other) ** 2 + (std - other_std) ** 2)
    found = frechet_of_normals(mean, np.diag(std**2), other, np.diag(other_std**2))
    assert found == pytest.approx(closed, rel=1e-10)


def test_the_distance_of_normals_agrees_with_scipys_root_of_the_product():
    mean, other = RNG.normal(size=(2, 6))
    cov, other_cov = covariance(6), covariance(6)
    root = np.real(scipy.linalg.sqrtm(cov @ other_cov))
    by_the_book = np.sum((mean - other) ** 2) + np.trace(cov + other_cov - 2 * root)
    found = frechet_of_normals(mean, cov, other, other_cov)
    assert found == pytest.approx(by_the_book, rel=1e-8)
    assert found == pytest.approx(frechet_of_normals(other, other_cov, mean, cov), rel=1e-10)


def test_the_distance_of_a_normal_to_itself_is_0_also_where_its_covariance_is_singular():
    thin = np.outer([1.0, 2, 3], [1.0, 2, 3])
    assert frechet_of_normals(np.zeros(3), thin, np.zeros(3), thin) == pytest.approx(0, abs=1e-7)
    moved = frechet_of_normals(np.zeros(3), thin, np.array([0, 2.0, 0]), thin)
    assert moved == pytest.approx(4, abs=1e-7)


def test_the_distance_of_draws_comes_near_that_of_their_distributions():
    mean, cov, other_cov = np.array([1.0, -0.5, 0.0, 2.0]), covariance(4), covariance(4)
    points = RNG.multivariate_normal(mean, cov, 200_000)
    others = RNG.multivariate_normal(np.zeros(4), other_cov, 200_000)
    exact = frechet_of_normals(mean, cov, np.zeros(4), other_cov)
    assert frechet_distance(points, others) == pytest.approx(exact, rel=0.03)


def test_the_distance_of_sets_does_not_depend_on_the_axes():
    points, others = RNG.normal(size=(50, 4)), 2 * RNG.normal(size=(60, 4)) + 1
    turn = np.linalg.qr(RNG.normal(size=(4, 4)))[0]
    turned = frechet_distance(points @ turn, others @ turn)
    assert turned == pytest.approx(frechet_distance(points, others), rel=1e-9)


def test_fewer_points_than_dimensions_still_give_a_finite_distance():
    assert 0 < frechet_distance(RNG.normal(size=(5, 64)), RNG.normal(size=(7, 64))) < 1000


@pytest.mark.parametrize(
    "points, others",
    [
        (np.zeros((1, 3)), np.zeros((4, 3))),
        (np.zeros((4, 3)), np.zeros((4, 2))),
        (np.zeros(4), np.zeros(4)),
        (np.full((4, 2), np.nan), np.zeros((4, 2))),
    ],
)
def test_points_that_have_no_distance_are_refused(points, others):
    with pytest.raises(ValueError):
        frechet_distance(points, others)


# --- the classifier ------------------------------------------------------------------------------


def test_the_classifier_is_what_its_list_says(at_length):
    digits = data.digits()
    if digits.name != "MNIST":
        pytest.skip("MNIST is not here")
    seen = digit_classifier.look(digits.test_images)
    right = np.mean(seen.digits == digits.test_labels)
    about = digit_classifier.WEIGHTS.about(digit_classifier.NAME)
    assert right == pytest.approx(about["test_accuracy"], abs=2e-4) and right >= 0.985
    assert seen.features.shape == (10_000, 64) and seen.features.dtype == np.float64
    content = (digit_classifier.WEIGHTS.folder / "digit_classifier.safetensors").read_bytes()
    assert hashlib.sha256(content).hexdigest() == about["sha256"] and len(content) < 1_000_000


def test_the_classifier_takes_images_of_three_shapes_and_sees_the_same():
    flat = RNG.random((3, 784), dtype=np.float32)
    seen = [digit_classifier.look(flat.reshape(3, *shape)) for shape in ((-1,), (28, 28))]
    seen.append(digit_classifier.look(flat.reshape(3, 28, 28, 1)))
    assert all(np.array_equal(one.features, seen[0].features) for one in seen)


@pytest.mark.parametrize("images", [np.full((2, 784), -0.5), np.zeros((2, 1, 28, 28))])
def test_the_classifier_refuses_another_range_and_other_shapes(images):
    with pytest.raises(ValueError):
        digit_classifier.look(images)


def test_a_damaged_classifier_is_refused_by_its_checksum(tmp_path):
    for file in digit_classifier.WEIGHTS.folder.glob("digit_classifier.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    weights = checkpoints.Checkpoints(tmp_path, "digit_classifier.json", "Do this.")
    path = tmp_path / "digit_classifier.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(checkpoints.WeightsError, match="SHA-256.*Do this"):
        weights.fill(digit_classifier.DigitClassifier(), digit_classifier.NAME)


# --- the kept samples of the VAE -----------------------------------------------------------------


def test_kept_probabilities_come_back_as_they_were_but_for_rounding(tmp_path, monkeypatch):
    monkeypatch.setattr(vae_samples, "FILE", tmp_path / "kept.npz")
    values = RNG.random((4, 784))
    vae_samples.write(values)
    assert np.abs(vae_samples.probabilities() - values).max() <= 0.5 / vae_samples.LEVELS + 1e-6


def test_the_kept_samples_are_ten_thousand_images_of_all_digits():
    kept = vae_samples.probabilities()
    assert kept.shape == (10_000, 784) and kept.dtype == np.float32
    assert kept.min() == 0 and kept.max() == 1
    assert len(set(digit_classifier.look(kept[:1000]).digits)) == 10


# --- albums, strips, and the training of two players ---------------------------------------------


def test_an_album_keeps_each_epoch_in_a_file_and_reads_them_back(tmp_path, monkeypatch, at_length):
    monkeypatch.chdir(tmp_path)
    album = pictures.Album("mine")
    shown = np.rint(RNG.random((2, 3, 28, 28, 1)) * 255) / 255
    for images in shown:
        album.add(2 * images - 1)
    names = sorted(path.name for path in (tmp_path / "samples" / "mine").iterdir())
    assert names == ["epoch_00.png", "epoch_01.png"]
    assert image.imread(album.files[0]).shape[:2] == (28, 3 * 28)
    assert np.allclose(album.strips(), shown[..., 0], atol=1e-6)
    assert str(album) == "2 files, samples/mine/epoch_00.png to epoch_01.png"


def test_an_album_leaves_nothing_beside_a_notebook_that_is_graded(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    album = pictures.Album("mine")
    album.add(np.zeros((2, 28, 28, 1)))
    assert list(tmp_path.iterdir()) == [] and album.files[0].exists()
    assert str(album) == "1 files, mine/epoch_00.png to epoch_00.png"


def test_a_strip_has_a_column_for_each_name():
    columns = {"0": np.zeros((3, 784)), "real": np.ones((3, 28, 28))}
    figure = figures.strip(columns, "a title")
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0", "real"]
    whole = axes.images[0].get_array()
    assert whole.shape == (84, 56) and whole[:, :28].max() == 0 and whole[:, 28:].min() == 1
    plt.close(figure)


def test_two_players_are_trained_on_every_image_and_looked_at_after_each_epoch(at_length):
    batches, looks = [], []

    def step(batch):
        batches.append(batch)
        return len(batches), -len(batches)

    images = np.arange(20, dtype=np.float32)[:, None]
    game = training.train_players(
        "mine", step, images, lambda: looks.append(len(batches)), epochs=3, batch=6
    )
    assert looks == [0, 3, 6, 9] and [len(batch) for batch in batches] == [6] * 9
    assert game.d_losses.tolist() == list(range(1, 10)) and game.epochs == 3
    assert game.g_losses.tolist() == [-x for x in range(1, 10)]
    first = np.concatenate(batches[:3]).ravel().tolist()
    assert len(set(first)) == 18 and first != np.concatenate(batches[3:6]).ravel().tolist()
