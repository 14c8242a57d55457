"""One module a family of detectors; each has the functions that `training.engine.network` names."""

from training.engine import torchvision_ops

torchvision_ops.install()
