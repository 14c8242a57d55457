"""Looking at unlabelled images: rounds of a child process, whose finds are written down while it goes on."""

import json
import shutil
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from annotations.models import Image
from boxwright.jobs import Beat
from boxwright.storage import store
from training import suggestions
from training.models import Prediction
from training.run_files import files_of
from training.suggestions import Mark, Origin
from training.work import inputs
from training.work.exits import Killed
from training.work.following import follow
from training.work.process import Child, Event

ROUND = 1000
"""Images in the folder at once: a child's start, some seconds, is little beside what it does with them."""
BATCH = 50
"""Images written at once: whoever saves one of them waits for milliseconds."""


def predict_images(prediction: Prediction, beat: Beat) -> None:
    """A successor goes on behind what was written: images that this file was asked about are asked no more."""
    Predicting(prediction, beat).go()


class Predicting:
    """One attempt at a prediction."""

    def __init__(self, prediction: Prediction, beat: Beat) -> None:
        self.prediction, self.beat = prediction, beat
        self.project = prediction.run.project
        self.site = inputs.Site(beat, store())
        self.found: dict[int, Sequence[Mark]] = {}

    def go(self) -> None:
        self.origin = self._origin()
        inputs.lay_best(self.prediction.run, self.site)
        self.waiting = suggestions.waiting(self.project, self.origin.sha256, self.prediction.chosen)
        self.beat.write(image_count=self.prediction.done_count + self.waiting.count())
        last = 0
        while images := list(self.waiting.filter(pk__gt=last)[:ROUND]):
            self._look(images)
            last = images[-1].pk
        self.beat.finish()

    def _origin(self) -> Origin:
        """With the score at which the run's own evaluation is best."""
        run, files = self.prediction.run, files_of(self.prediction.run)
        shown = None
        if "evaluation.json" in files:
            self.site.fetch(files["evaluation.json"], "evaluation.json")
            report = json.loads((self.beat.folder / "evaluation.json").read_text(encoding="utf-8"))
            shown = report.get("threshold", {}).get("score")
        return Origin(files["best.pt"].sha256, run, suggestions.SHOWN_SCORE if shown is None else shown)

    def _look(self, images: Sequence[Image]) -> None:
        self.site.fetch_images(self.project.team_id, [image.sha256 for image in images])
        try:
            self._ask({image.sha256: image.pk for image in images})
        except Killed:  # once more, about those that are left: what takes the memory may be gone
            left = self.waiting.filter(pk__in=[image.pk for image in images])
            self._ask({image.sha256: image.pk for image in left})
        shutil.rmtree(self.beat.folder / "images")

    def _ask(self, images: dict[str, int]) -> None:
        if not images:
            return
        paths = [str(self.beat.folder / "images" / sha256) for sha256 in images]
        child = Child(
            *("predict", str(self.beat.folder / "checkpoint.pt"), *paths, "--runtime", "onnx"),
            temporary=self.beat.folder / "tmp",
        )
        self.found = {}
        follow(child, self.beat, on_event=lambda event: self._take(event, images))
        self._write()

    def _take(self, event: Event, images: dict[str, int]) -> None:
        if event["event"] == "prediction":
            self.found[images[event["image"].rpartition("/")[2]]] = event["marks"]
            if len(self.found) >= BATCH:
                self._write()

    def _write(self) -> None:
        """What was found, while the job is ours. Raises Lost."""
        if self.found:
            with transaction.atomic():
                suggestions.keep(self.project, self.origin, self.found)
                self.beat.write(done_count=F("done_count") + len(self.found))
            self.found = {}
