"""One module a family of classifiers; each has the functions that `training.engine.network` names."""

from training.engine import torchvision_ops

torchvision_ops.install()
