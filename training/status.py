"""What changes in a run or an artifact while it is worked on, as the browsers that watch the project hear it."""

from typing import Any

from boxwright.events import publish
from training.models import Artifact, Run

Error = dict[str, str]


def error_of(job: Run | Artifact) -> Error | None:
    """What went wrong, for programs (`code`) and for people (`detail`)."""
    return {"code": job.error_code, "detail": job.error} if job.error_code else None


def run_changes(run: Run) -> dict[str, Any]:
    """The fields of a run that change; the rest was fixed when it was started."""
    return {
        "id": run.pk,
        "number": run.number,
        "status": run.status,
        "phase": run.phase,
        "error": error_of(run),
        "epoch": run.epoch,
        "epochs": run.epochs,
        "step": run.step,
        "steps": run.steps,
        "loss": run.loss,
        "eta_seconds": run.eta_seconds,
        "metrics": run.metrics,
        "images": run.images,
        "attempt": run.attempt,
        "started_at": _iso(run.started_at),
        "finished_at": _iso(run.finished_at),
    }


def artifact_changes(artifact: Artifact) -> dict[str, Any]:
    return {
        "id": artifact.pk,
        "run": artifact.run_id,
        "target": artifact.target,
        "quantization": artifact.quantization,
        "status": artifact.status,
        "size": artifact.size,
        "sha256": artifact.sha256,
        "files": artifact.files,
        "parity": artifact.parity,
        "metrics": artifact.metrics,
        "error": error_of(artifact),
        "created_at": _iso(artifact.created_at),
        "finished_at": _iso(artifact.finished_at),
    }


def publish_run(run: Run) -> None:
    publish(run.project_id, "run", run_changes(run))


def publish_artifact(artifact: Artifact) -> None:
    publish(artifact.run.project_id, "artifact", artifact_changes(artifact))


def publish_metrics(run: Run, epoch: int, values: dict[str, Any]) -> None:
    publish(run.project_id, "metrics", {"run": run.pk, "epoch": epoch, "values": values})


def announce_run(pk: int) -> None:
    """The run as its row stands now."""
    if run := Run.objects.filter(pk=pk).first():
        publish_run(run)


def announce_artifact(pk: int) -> None:
    if artifact := Artifact.objects.select_related("run").filter(pk=pk).first():
        publish_artifact(artifact)


def _iso(time: Any) -> str | None:
    return time.isoformat().replace("+00:00", "Z") if time else None
