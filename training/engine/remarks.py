"""What a data set lacks that a run needs: refused where nothing can be learned, told where the numbers will mislead."""

from collections import Counter
from collections.abc import Iterator, Sequence

from training.engine.data import Examples
from training.engine.errors import DataError

MOST = 20
"""Remarks that are told of labels."""


def expect_learnable(labels: Sequence[str], training: Examples) -> None:
    """Raises DataError."""
    if not labels:
        raise DataError("The project has no labels: make one, and label images with it.")
    if len(training) == 0:
        raise DataError("There are no labelled images in the training split: label some first.")
    if not any(len(found) for found in training.labels):
        raise DataError("No training image has a box: there is nothing to learn from; draw some first.")


def remarks(labels: Sequence[str], training: Examples, validation: Examples) -> Iterator[str]:
    """Sentences for the run's log, each with what to do."""
    if len(validation) == 0:
        yield "No labelled image in the validation split: nothing measures this run; the last epoch is kept."
    elif not any(len(found) for found in validation.labels):
        yield "No validation image has a box: nothing measures this run, the last epoch is kept; draw some there."
    if crowds := sum(one.is_crowd for image in (*training.images, *validation.images) for one in image.annotations):
        yield f"Marked as crowds: {crowds}. Such boxes teach nothing, and what is found in them counts neither way."
    said = list(_of_labels(labels, _pictures(training), _pictures(validation)))
    yield from said[:MOST]
    if len(said) > MOST:
        yield f"The same is to be said of {len(said) - MOST} more labels."


def _pictures(examples: Examples) -> Counter[int]:
    """How many pictures each label is on."""
    return Counter(label for found in examples.labels for label in set(found.tolist()))


def _of_labels(labels: Sequence[str], training: Counter[int], validation: Counter[int]) -> Iterator[str]:
    for i, label in enumerate(labels):
        if training[i] + validation[i] == 1:
            yield f"{label} is on one picture alone: label it on more, or it is found by chance."
        if validation[i] and not training[i]:
            yield f"{label} is in no training image and can't be learned: label it on more, or move some to train."
        if validation.total() and training[i] and not validation[i]:
            yield f"Of {label} nothing is in the validation split: these numbers don't tell whether it is found."
