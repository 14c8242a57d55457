"""Where things lie in the object store."""

from training.models import Artifact, Run

WEIGHTS = "weights/"


def run_file(run: Run, name: str) -> str:
    """`last.pt`, `best.pt`, `evaluation.json` or `log.txt`."""
    return f"projects/{run.project_id}/runs/{run.number}/{name}"


def artifact(made: Artifact) -> str:
    return run_file(made.run, f"artifacts/{made.target}-{made.quantization}.zip")
