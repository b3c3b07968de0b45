"""What a code holds of known factors: how often a small network reads their values from it."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

WIDTH, EPOCHS, BATCH = 256, 20, 500


def shares_read(codes: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """The share of the pictures whose factor a network predicts rightly, for each factor, (f,).

    codes: floats (n, d), a row for each picture. factors: integers from 0, (n, f). The network has
    two hidden layers and one output for each value of each factor; it learns from the first half of
    the rows and is measured on the other half. The same arguments give the same shares.
    """
    half, counts = len(codes) // 2, factors.max(axis=0) + 1
    codes = (codes - codes[:half].mean(axis=0)) / codes[:half].std(axis=0)
    x, y = torch.from_numpy(codes).float(), torch.from_numpy(factors).long()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = _trained(x[:half], y[:half], counts.tolist())
    with torch.no_grad():
        outputs = network(x[half:]).split(counts.tolist(), dim=1)
    right = [out.argmax(dim=1) == y[half:, k] for k, out in enumerate(outputs)]
    return torch.stack(right).float().mean(dim=1).numpy()


def _trained(x: torch.Tensor, y: torch.Tensor, counts: list[int]) -> nn.Module:
    """A network that has learned all factors from codes at once."""
    hidden = [nn.Linear(x.shape[1], WIDTH), nn.SiLU(), nn.Linear(WIDTH, WIDTH), nn.SiLU()]
    network = nn.Sequential(*hidden, nn.Linear(WIDTH, sum(counts)))
    steps = EPOCHS * -(-len(x) // BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(EPOCHS):
        for some in torch.randperm(len(x)).split(BATCH):
            outputs = network(x[some]).split(counts, dim=1)
            losses = [F.cross_entropy(out, y[some, k]) for k, out in enumerate(outputs)]
            optimizer.zero_grad()
            torch.stack(losses).sum().backward()
            optimizer.step()
            schedule.step()
    return network
