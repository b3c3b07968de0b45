"""Trained weights on disk: safetensors files beside a JSON list that knows their checksums."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import nn

from helpers.files import write

Model = TypeVar("Model", bound=nn.Module)


class WeightsError(Exception):
    """A checkpoint that is not there or not what it should be; says where, and what to do."""


@dataclass(frozen=True)
class Checkpoints:
    """The files <name>.safetensors of a folder, and the list that says what they are.

    The list is an object of objects, by name; each has the file's SHA-256 as ``sha256``, and
    whatever else is worth knowing. advice: what to do where a file is missing or damaged.
    """

    folder: Path
    listing: str
    advice: str

    def names(self) -> list[str]:
        """The checkpoints there are. Raises WeightsError: the list is missing or damaged."""
        return [*self._listed()]

    def about(self, name: str) -> dict:
        """What the list says of a checkpoint. Raises ValueError: there is none of this name."""
        listed = self._listed()
        if name not in listed:
            raise ValueError(f"no checkpoint is named {name!r}; there are {', '.join(listed)}")
        return listed[name]

    def fill(self, model: Model, name: str) -> Model:
        """Put trained weights into a model, after their SHA-256 has been compared; in eval mode.

        Raises ValueError: no checkpoint has this name. Raises WeightsError: the file or the list
        is missing, cannot be read, or is damaged.
        """
        expected = self.about(name)["sha256"]
        path = self.folder / f"{name}.safetensors"
        content = self._read(path)
        found = hashlib.sha256(content).hexdigest()
        if found != expected:
            raise self._damaged(path, f"its SHA-256 is {found} where {expected} is expected")
        try:
            model.load_state_dict(load(content))
        except (SafetensorError, RuntimeError) as error:
            raise self._damaged(path, f"it does not hold this model's tensors: {error}") from None
        return model.eval()

    def write(self, name: str, tensors: dict, entry: dict) -> None:
        """Write a checkpoint and its line in the list, each file whole or not at all."""
        content = save({key: value.contiguous() for key, value in tensors.items()})
        write(self.folder / f"{name}.safetensors", content)
        listed = self._listed() if (self.folder / self.listing).exists() else {}
        listed[name] = entry | {"sha256": hashlib.sha256(content).hexdigest()}
        write(self.folder / self.listing, (json.dumps(listed, indent=1) + "\n").encode())

    def _listed(self) -> dict[str, dict]:
        path = self.folder / self.listing
        try:
            listed = json.loads(self._read(path))
            return {key: dict(entry, sha256=str(entry["sha256"])) for key, entry in listed.items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._damaged(path, f"it is no list of checkpoints ({error})") from None

    def _read(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except FileNotFoundError:
            raise WeightsError(f"{path} is missing. {self.advice}") from None
        except OSError as error:
            raise WeightsError(f"{path} cannot be read ({error.strerror}). {self.advice}") from None

    def _damaged(self, path: Path, reason: str) -> WeightsError:
        return WeightsError(f"{path} is damaged: {reason}. {self.advice}")
