"""Where things lie in the object store: each file under its own hash, so that nobody overwrites another's."""

from boxwright.teams.models import Team
from training.models import Artifact, Run

WEIGHTS = "weights/"
HOLDOUT = "test-evaluation.json"


def run_file(run: Run, sha256: str, name: str) -> str:
    """`name`: one of `run_files.NAMES`, or HOLDOUT."""
    return f"{_folder(run)}/{sha256}/{name}"


def artifact(made: Artifact, sha256: str) -> str:
    return f"{_folder(made.run)}/artifacts/{sha256}/{made.target}-{made.quantization}.zip"


def base_file(team: Team, sha256: str) -> str:
    return f"teams/{team.pk}/bases/{sha256}"


def _folder(run: Run) -> str:
    return f"projects/{run.project_id}/runs/{run.number}"
