"""One module a family of classifiers; each is a `families.Family`."""

from training.engine import torchvision_ops

torchvision_ops.install()
