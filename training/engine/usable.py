"""Which images of a snapshot teach or test something: without numpy, for the web process too."""

from annotations.dataset.records import ImageRecord, Task


def is_usable(image: ImageRecord, task: Task) -> bool:
    """Labelled; for detection also without a box, for classification only with a label."""
    return image.is_labelled and (task == "detection" or bool(image.annotations))
