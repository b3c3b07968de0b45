"""helpers.data: where MNIST is looked for, what is verified, and what steps in. No network."""

import gzip
import hashlib
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from helpers import data

PLACES = ("MNIST_DIR", "NBGRADER_EXECUTION")
COUNTS = {"train": 12, "t10k": 5}


def idx(values: np.ndarray) -> bytes:
    """An array of bytes in the format of MNIST's files."""
    sizes = b"".join(size.to_bytes(4, "big") for size in values.shape)
    return bytes([0, 0, 8, values.ndim]) + sizes + values.tobytes()


class Published:
    """Four files like MNIST's with a few images, and what `helpers.data` has to know of them."""

    def __init__(self):
        rng = np.random.default_rng(3)
        self.images = {
            name: rng.integers(0, 256, (n, 28, 28), np.uint8) for name, n in COUNTS.items()
        }
        self.labels = {name: rng.integers(0, 10, n).astype(np.uint8) for name, n in COUNTS.items()}
        self.plain = {}
        for name in COUNTS:
            self.plain[f"{name}-images-idx3-ubyte"] = idx(self.images[name])
            self.plain[f"{name}-labels-idx1-ubyte"] = idx(self.labels[name])
        self.packed = {
            name: gzip.compress(content, mtime=0) for name, content in self.plain.items()
        }
        self.files = tuple(self._file(file) for file in data.FILES)

    def _file(self, file):
        packed, plain = self.packed[file.name], self.plain[file.name]
        shape = (COUNTS[file.name.partition("-")[0]], *file.shape[1:])
        sums = (hashlib.md5(content).hexdigest() for content in (packed, plain))
        return data._File(file.name, shape, len(packed), *sums)

    def put(self, folder, packed=True, names=None):
        """Write the files, or those named, into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in names or self.plain:
            content = self.packed[name] if packed else self.plain[name]
            (folder / (f"{name}.gz" if packed else name)).write_bytes(content)


class Mirror:
    """A web server that sends what `answers` says, and counts what it was asked for."""

    def __init__(self, answers):
        mirror = self
        self.answers, self.asked = answers, []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                mirror.asked.append(self.path)
                content = mirror.answers.get(self.path.rpartition("/")[2])
                self.send_response(200 if content is not None else 404)
                self.send_header("Content-Length", str(mirror.promised(content)))
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, *args):
                pass

        self.promised = lambda content: len(content or b"")
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *args: None  # who hangs up is part of the tests
        self.address = f"http://127.0.0.1:{self._server.server_port}/mnist/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def published(monkeypatch, tmp_path):
    """Small files in the place of MNIST's, nowhere yet; the course's folder is a temporary one."""
    made = Published()
    for name in PLACES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(data, "FILES", made.files)
    monkeypatch.setattr(data, "FOLDER", tmp_path / "course" / "data" / "mnist")
    monkeypatch.setattr(data, "MIRRORS", ("http://127.0.0.1:9/closed/",))
    monkeypatch.setattr(data, "SECONDS", 5.0)
    return made


@pytest.fixture
def mirrors(monkeypatch, published):
    """Two mirrors that have all the files."""
    whole = {f"{name}.gz": content for name, content in published.packed.items()}
    opened = [Mirror(dict(whole)), Mirror(dict(whole))]
    monkeypatch.setattr(data, "MIRRORS", tuple(mirror.address for mirror in opened))
    yield opened
    for mirror in opened:
        mirror.close()


def is_published(found: data.Digits, published: Published) -> bool:
    """Whether these are the published images and labels, in their order."""
    pairs = [
        (found.train_images, published.images["train"].reshape(-1, 784) / 255),
        (found.test_images, published.images["t10k"].reshape(-1, 784) / 255),
        (found.train_labels, published.labels["train"]),
        (found.test_labels, published.labels["t10k"]),
    ]
    return found.name == "MNIST" and all(
        one.shape == other.shape and np.allclose(one, other) for one, other in pairs
    )


# --- files that are there --------------------------------------------------------------------


@pytest.mark.parametrize("packed", [True, False])
def test_files_are_read_packed_and_unpacked(published, tmp_path, monkeypatch, capsys, packed):
    published.put(tmp_path / "mine", packed)
    monkeypatch.setenv("MNIST_DIR", str(tmp_path / "mine"))
    found = data.digits()
    assert is_published(found, published)
    assert found.train_images.dtype == np.float32 and found.train_labels.dtype == np.int64
    assert found.train_images.min() == 0 and found.train_images.max() == 1
    assert found.note == "" and str(found) == "MNIST: 12 training and 5 test images."
    assert capsys.readouterr().out == ""


def test_the_folder_of_mnist_dir_comes_before_the_courses(published, tmp_path, monkeypatch):
    published.put(tmp_path / "mine")
    data.FOLDER.mkdir(parents=True)
    for name in published.plain:
        (data.FOLDER / f"{name}.gz").write_bytes(b"not to be looked at")
    monkeypatch.setenv("MNIST_DIR", str(tmp_path / "mine"))
    assert is_published(data.digits(), published)


def test_the_courses_folder_comes_before_the_mirrors(published, mirrors, capsys):
    published.put(data.FOLDER)
    assert is_published(data.digits(), published)
    assert mirrors[0].asked == [] and capsys.readouterr().out == ""


def test_an_intact_file_counts_though_a_damaged_form_of_it_lies_beside_it(published, mirrors):
    published.put(data.FOLDER, packed=False)
    (data.FOLDER / "train-images-idx3-ubyte.gz").write_bytes(b"half a file")
    assert is_published(data.digits(), published)
    assert mirrors[0].asked == []


# --- MNIST_DIR names a folder that is not right ------------------------------------------------


def test_half_a_file_in_mnist_dir_is_an_error_that_says_what_to_do(
    published, mirrors, tmp_path, monkeypatch
):
    published.put(tmp_path / "mine")
    half = tmp_path / "mine" / "t10k-images-idx3-ubyte.gz"
    half.write_bytes(half.read_bytes()[:100])
    monkeypatch.setenv("MNIST_DIR", str(tmp_path / "mine"))
    with pytest.raises(data.DataError) as caught:
        data.digits()
    words = str(caught.value)
    size = len(published.packed["t10k-images-idx3-ubyte"])
    assert f"{half} is damaged: it has 100 bytes where {size:,} are expected" in words
    assert "unset MNIST_DIR" in words and mirrors[0].address in words
    assert mirrors[0].asked == [], "nothing is downloaded behind the user's back"


@pytest.mark.parametrize("packed", [True, False])
def test_changed_bytes_in_mnist_dir_are_an_error_that_names_both_sums(
    published, tmp_path, monkeypatch, packed
):
    published.put(tmp_path / "mine", packed)
    changed = tmp_path / "mine" / f"train-labels-idx1-ubyte{'.gz' if packed else ''}"
    content = changed.read_bytes()
    changed.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    monkeypatch.setenv("MNIST_DIR", str(tmp_path / "mine"))
    file = published.files[1]
    with pytest.raises(data.DataError, match=file.packed_md5 if packed else file.md5):
        data.digits()


def test_a_folder_in_a_files_place_is_an_error_that_says_so(published, tmp_path, monkeypatch):
    published.put(tmp_path / "mine")
    (tmp_path / "mine" / "train-images-idx3-ubyte.gz").unlink()
    (tmp_path / "mine" / "train-images-idx3-ubyte.gz").mkdir()
    monkeypatch.setenv("MNIST_DIR", str(tmp_path / "mine"))
    with pytest.raises(data.DataError, match="train-images-idx3-ubyte.gz cannot be read"):
        data.digits()


def test_some_but_not_all_files_in_mnist_dir_are_an_error_that_names_the_others(
    published, mirrors, tmp_path, monkeypatch
):
    published.put(tmp_path / "mine", names=["train-images-idx3-ubyte", "train-labels-idx1-ubyte"])
    monkeypatch.setenv("MNIST_DIR", str(tmp_path / "mine"))
    with pytest.raises(data.DataError) as caught:
        data.digits()
    assert "lacks t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz" in str(caught.value)


@pytest.mark.parametrize("there", [True, False])
def test_a_mnist_dir_without_any_of_the_files_is_passed_by_with_a_word(
    published, tmp_path, monkeypatch, capsys, there
):
    published.put(data.FOLDER)
    folder = tmp_path / "elsewhere"
    if there:
        folder.mkdir()
    monkeypatch.setenv("MNIST_DIR", str(folder))
    assert is_published(data.digits(), published)
    assert f"MNIST_DIR names {folder}, where no file of MNIST is" in capsys.readouterr().out


# --- downloading -----------------------------------------------------------------------------


def test_what_is_missing_is_downloaded_with_a_bar_and_kept(published, mirrors, capsys):
    published.put(data.FOLDER, names=["t10k-labels-idx1-ubyte"])
    assert is_published(data.digits(), published)
    said = capsys.readouterr()
    assert "train-images-idx3-ubyte: 100%" in said.out and said.err == ""
    assert len(mirrors[0].asked) == 3 and mirrors[1].asked == []
    assert is_published(data.digits(), published)
    assert len(mirrors[0].asked) == 3, "the second time all of it is there"
    assert sorted(os.listdir(data.FOLDER)) == sorted(f"{name}.gz" for name in published.plain)


@pytest.mark.parametrize("remains", [0, 57])
def test_a_damaged_file_of_the_course_is_reported_and_downloaded_afresh(
    published, mirrors, capsys, remains
):
    published.put(data.FOLDER)
    half = data.FOLDER / "train-images-idx3-ubyte.gz"
    half.write_bytes(half.read_bytes()[:remains])
    assert is_published(data.digits(), published)
    said = capsys.readouterr().out
    assert f"{half} is damaged: it has {remains} bytes" in said and "fresh copy" in said
    assert mirrors[0].asked == ["/mnist/train-images-idx3-ubyte.gz"]
    assert half.read_bytes() == published.packed["train-images-idx3-ubyte"]


@pytest.mark.parametrize("sent", [None, b"<html>Please log in.</html>", b"\0" * 300_000])
def test_a_mirror_without_the_file_or_with_another_is_followed_by_the_next(
    published, mirrors, sent
):
    mirrors[0].answers = {f"{name}.gz": sent for name in published.plain}
    assert is_published(data.digits(), published)
    assert len(mirrors[1].asked) == 4


def test_a_connection_that_breaks_off_leaves_no_half_file(published, mirrors):
    name = "train-images-idx3-ubyte.gz"
    for mirror in mirrors:
        mirror.answers[name] = mirror.answers[name][:2000]
        mirror.promised = lambda content: len(content or b"") + 1000
    found = data.digits()
    assert found.name != "MNIST"
    assert not data.FOLDER.exists() or os.listdir(data.FOLDER) == []


def test_a_mirror_that_falls_silent_is_given_up(published, mirrors, monkeypatch):
    monkeypatch.setattr(data, "SECONDS", 0.5)
    mirrors[0].promised = lambda content: threading.Event().wait(5) or 0
    assert is_published(data.digits(), published)


def test_an_interrupted_download_leaves_no_half_file(published, mirrors, monkeypatch):
    def interrupted(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(data.progress.tqdm, "update", interrupted)
    with pytest.raises(KeyboardInterrupt):
        data.digits()
    assert not data.FOLDER.exists() or os.listdir(data.FOLDER) == []


def test_a_full_disk_leaves_no_half_file_and_stops_nothing(published, mirrors, monkeypatch, capsys):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(data.Path, "replace", full)
    assert is_published(data.digits(), published)
    assert "cannot be written (No space left on device)" in capsys.readouterr().out
    assert os.listdir(data.FOLDER) == []


def test_a_folder_that_cannot_be_made_stops_nothing(published, mirrors, tmp_path, capsys):
    (tmp_path / "course").write_text("a file where a folder should be")
    assert is_published(data.digits(), published)
    assert "cannot be written" in capsys.readouterr().out


# --- what steps in -----------------------------------------------------------------------------


def test_without_a_network_the_digits_of_scikit_learn_step_in_and_say_so(published, capsys):
    found = data.digits()
    said = capsys.readouterr()
    assert "MNIST is not here and cannot be downloaded" in said.out and said.err == ""
    assert f"{data.MIRRORS[0]}train-images-idx3-ubyte.gz: " in said.out
    assert "NOT MNIST" in found.note and found.note in str(found) and found.name != "MNIST"
    assert not data.FOLDER.exists()


def test_a_damaged_file_without_a_network_is_reported_before_anything_steps_in(published, capsys):
    published.put(data.FOLDER)
    (data.FOLDER / "t10k-labels-idx1-ubyte.gz").write_bytes(b"")
    assert "NOT MNIST" in data.digits().note
    said = capsys.readouterr().out
    assert said.index("t10k-labels-idx1-ubyte.gz is damaged") < said.index("cannot be downloaded")


def test_the_digits_that_step_in_have_the_same_interface(published):
    found = data.digits()
    for images, labels, n in [
        (found.train_images, found.train_labels, 25 * 1500),
        (found.test_images, found.test_labels, 25 * 297),
    ]:
        assert images.shape == (n, 784) and images.dtype == np.float32
        assert labels.shape == (n,) and labels.dtype == np.int64
        assert images.min() == 0 and 0.9 < images.max() <= 1
        assert set(labels) == set(range(10))
    assert np.all(found.train_images.reshape(-1, 28, 28)[:, :2] == 0), "a margin, as in MNIST"
    assert np.array_equal(found.test_images, data.digits().test_images), "the same split each time"


def test_no_digit_that_steps_in_is_both_trained_on_and_tested(published):
    found = data.digits()
    drawn = [{ink(image) for image in images} for images in (found.train_images, found.test_images)]
    assert len(drawn[0]) + len(drawn[1]) >= 1790 and not drawn[0] & drawn[1]


def ink(image: np.ndarray) -> bytes:
    """A digit wherever it stands: its rows and columns that are not empty."""
    square = image.reshape(28, 28)
    return square[square.any(axis=1)][:, square.any(axis=0)].tobytes()


def test_nothing_is_downloaded_while_a_notebook_is_graded(published, mirrors, monkeypatch, capsys):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert "NOT MNIST" in data.digits().note
    assert mirrors[0].asked == [] and "graded" in capsys.readouterr().out


def test_a_few_hundred_images_are_enough_while_a_notebook_is_graded(published, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    found = data.digits()
    assert found.train_images.shape == (512, 784) and found.train_labels.shape == (512,)
    assert found.test_images.shape == (256, 784) and found.test_labels.shape == (256,)
    assert "only the first ones" in found.note


# --- the real files ------------------------------------------------------------------------------


def test_the_sums_are_the_published_ones():
    assert [file.packed_md5 for file in data.FILES] == [
        "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "d53e105ee54ea40749a09fcbcd1e9432",
        "9fb629c4189551a2d022fa330f9573f3",
        "ec29112dd5afa0611ce80d1b7f02629c",
    ]


@pytest.mark.skipif("MNIST_DIR" not in os.environ, reason="MNIST_DIR is not set")
def test_the_real_files_are_read(monkeypatch):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    found = data.digits()
    assert found.train_images.shape == (60_000, 784) and found.test_images.shape == (10_000, 784)
    assert found.train_labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert np.bincount(found.test_labels)[:3].tolist() == [980, 1135, 1032]
    assert abs(float(found.train_images.mean()) - 0.1307) < 1e-4
