"""Images of zeros and ones from grey ones, for PyTorch."""

from collections.abc import Iterator

import torch


def binarise(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Images in {0., 1.}: a pixel is 1 with a probability equal to its grey value in [0, 1]."""
    drawn = torch.rand(images.shape, generator=generator, dtype=images.dtype)
    return (drawn < images).to(images.dtype)


class Batches:
    """All images in a new order at each pass, a batch at a time, each batch binarised again.

    images: grey, shape (n, pixels), in [0, 1]; size: images in a batch, the last may have fewer.
    """

    def __init__(self, images: torch.Tensor, size: int, generator: torch.Generator):
        self.images, self.size, self.generator = images, size, generator

    def __len__(self) -> int:
        return -(-len(self.images) // self.size)

    def __iter__(self) -> Iterator[torch.Tensor]:
        for chosen in torch.randperm(len(self.images), generator=self.generator).split(self.size):
            yield binarise(self.images[chosen], self.generator)
