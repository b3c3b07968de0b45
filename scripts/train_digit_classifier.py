"""Train the classifier of helpers/digit_classifier.py: `make classifier`, some minutes of one core.

Its features tell how far generated digits are from real ones (sheet 5). Trained on MNIST's 60,000
training images, each moved by up to two pixels at random; the 10,000 test images only measure. The
weights and what is known of them are written to helpers/weights, whole or not at all.
"""

import argparse
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

from helpers import data, progress
from helpers.digit_classifier import NAME, WEIGHTS, DigitClassifier, look

SETTINGS = {"seed": 0, "epochs": 10, "batch": 128, "learning_rate": 2e-3, "moved_by": 2}


def moved(images: torch.Tensor, by: int, generator: torch.Generator) -> torch.Tensor:
    """Images (n, 1, 28, 28), each moved by up to ``by`` pixels; what enters is paper."""
    places = torch.randint(2 * by + 1, (len(images), 2), generator=generator)
    padded = F.pad(images, (by, by, by, by))
    rows = places[:, :1] + torch.arange(28)  # (n, 28)
    columns = places[:, 1:] + torch.arange(28)
    one_each = torch.arange(len(images))[:, None, None]
    return padded[one_each, 0, rows[:, :, None], columns[:, None, :]][:, None]


def train(digits: data.Digits, settings: dict) -> nn.Module:
    """A classifier, trained on the training images."""
    torch.manual_seed(settings["seed"])
    generator = torch.Generator().manual_seed(settings["seed"])
    images = torch.from_numpy(digits.train_images).reshape(-1, 1, 28, 28)
    labels = torch.from_numpy(digits.train_labels)
    model, batch = DigitClassifier(), settings["batch"]
    optimizer = torch.optim.Adam(model.parameters(), lr=settings["learning_rate"])
    steps = settings["epochs"] * (len(images) // batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    with progress.bar(steps, NAME, unit="step") as bar:
        for _ in range(settings["epochs"]):
            order = torch.randperm(len(images), generator=generator)
            for chosen in order.split(batch)[: len(images) // batch]:
                x = moved(images[chosen], settings["moved_by"], generator)
                loss = F.cross_entropy(model(x), labels[chosen], label_smoothing=0.05)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
                bar.set_postfix_str(f"loss {loss.item():.3f}", refresh=False)
                bar.update()
    return model.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1, help="threads of PyTorch")
    torch.set_num_threads(parser.parse_args().threads)
    digits = data.digits()
    if digits.name != "MNIST":
        sys.exit("The weights in the repository are those for MNIST, which was not found.")
    began = time.process_time()
    model = train(digits, SETTINGS)
    minutes = (time.process_time() - began) / 60
    entry = SETTINGS | {"label_smoothing": 0.05, "cpu_minutes": round(minutes, 1)}
    WEIGHTS.write(NAME, model.state_dict(), entry)
    right = float((look(digits.test_images).digits == digits.test_labels).mean())
    WEIGHTS.write(NAME, model.state_dict(), entry | {"test_accuracy": round(right, 4)})
    print(f"{right:.2%} of the {len(digits.test_images):,} test images are recognised.")


if __name__ == "__main__":
    main()
