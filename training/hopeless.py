"""The median rule: which run of a sweep is stopped because it stays behind the others.

A run is stopped after an epoch where its best score so far is below the median of its siblings' best scores after as
many epochs, less a margin. Source: Golovin et al., Google Vizier (KDD 2017), 3.2.2, who compare with running averages.
Siblings are the sweep's runs of as many epochs: the learning rate falls along a run, so a longer one is later to rise.
"""

import math
from collections.abc import Sequence
from statistics import median

from training.engine.tasks import TASKS
from training.models import Metric, Run

FEWEST_SIBLINGS = 3
FIRST_EPOCH, FIRST_SHARE = 2, 0.25
"""No run is judged before either: scores of the first epochs tell little."""
MARGIN = 0.02
"""Of AP or accuracy: of few validation images the scores are noisy."""


def is_hopeless(best: float, siblings: Sequence[float]) -> bool:
    """Never of a run that is as good as each of its siblings."""
    return len(siblings) >= FEWEST_SIBLINGS and best < median(siblings) - MARGIN


def reason_to_stop(run: Run) -> str:
    """One sentence; empty where the run goes on: also when its sweep did not ask, and when it was stopped before."""
    sweep, epoch = run.sweep, run.epoch
    if sweep is None or not sweep.stop_hopeless or run.hopeless_at is not None:
        return ""
    if epoch >= run.epochs or epoch < max(FIRST_EPOCH, math.ceil(run.epochs * FIRST_SHARE)):
        return ""
    headline = TASKS[run.project.task].headline
    best = best_scores(run, headline)
    mine = best.pop(run.pk, None)
    siblings = list(best.values())
    if mine is None or not is_hopeless(mine, siblings):
        return ""
    others = f"the median of {len(siblings)} runs of its sweep after as many epochs"
    return f"Stopped after epoch {epoch}: its best {headline}, {mine:.3f}, is below {median(siblings):.3f}, {others}."


def best_scores(run: Run, headline: str) -> dict[int, float]:
    """The best score up to the run's epoch, by run: of itself and of each sibling that came so far or was stopped."""
    like = Metric.objects.filter(run__sweep=run.sweep_id, run__epochs=run.epochs, epoch__lte=run.epoch)
    best: dict[int, float] = {}
    reached: set[int] = set()
    for pk, stopped, epoch, values in like.values_list("run_id", "run__hopeless_at", "epoch", "values"):
        if (score := values.get(headline)) is not None:
            best[pk] = max(score, best.get(pk, score))
        if epoch == run.epoch or stopped is not None:
            reached.add(pk)
    return {pk: score for pk, score in best.items() if pk in reached}
