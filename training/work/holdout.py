"""Evaluating a run's best checkpoint on the test split: a child process looks, its report is stored and named."""

from django.db import transaction

from boxwright.jobs import Beat
from boxwright.storage import registry, store
from boxwright.storage.named import sha256_of_path
from training import object_keys
from training.models import Holdout
from training.work import inputs
from training.work.exits import Killed
from training.work.following import follow
from training.work.process import Child


def evaluate_holdout(holdout: Holdout, beat: Beat) -> None:
    site = inputs.Site(beat, store())
    inputs.lay_holdout(holdout.run, site)
    try:
        _evaluate(beat)
    except Killed:
        _evaluate(beat)  # once more: what takes the memory may be gone
    report = beat.folder / "out" / "evaluation.json"
    sha256 = sha256_of_path(report)
    key = object_keys.run_file(holdout.run, sha256, object_keys.HOLDOUT)
    with report.open("rb") as file:
        site.put(key, file)
    with transaction.atomic():
        registry.confirm([key])
        beat.finish(key=key, sha256=sha256)


def _evaluate(beat: Beat) -> None:
    follow(Child("evaluate", str(beat.folder), "--split", "test", temporary=beat.folder / "tmp"), beat)
