"""What a worker does for runs and artifacts: an engine process is fed, watched and written down."""

from training.work.export import make_artifact
from training.work.holdout import evaluate_holdout
from training.work.predictions import predict_images
from training.work.train import train_run

__all__ = ["evaluate_holdout", "make_artifact", "predict_images", "train_run"]
