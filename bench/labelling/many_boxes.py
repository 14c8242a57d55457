"""Changing all of an image's 5,000 boxes: how long it takes, and how long anybody else waits for it.

    python -m bench.labelling.many_boxes [--boxes 5000] [--rounds 5]

The writer's turn is measured inside a process on a SQLite file, as the web process has it; fails when the median is
over half a second. The limit is for a quiet machine.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

BAR = 0.5
ROOT = Path(__file__).resolve().parents[2]


def lay() -> Any:
    """An image in a database of its own."""
    from django.core.management import call_command

    from annotations.models import Image
    from boxwright.projects.models import Label, Project
    from boxwright.teams.models import Team, User

    call_command("migrate", verbosity=0)
    team = Team.objects.create(slug="bench", name="Bench")
    author = User.objects.create_user("p@example.org", name="P")
    project = Project.objects.create(team=team, slug="p", name="P", task="detection", unlabelled_count=1)
    label = Label.objects.create(project=project, name="thing", color="#AA53FB")
    shape = {"width": 640, "height": 480, "size": 1, "content_type": "image/jpeg"}
    image = Image.objects.create(project=project, sha256="0" * 64, name="many.jpg", **shape)
    return image.pk, author, label.pk


def measure(boxes: int, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of whole saves, and of the writer's turn in each."""
    from annotations import labeling
    from annotations.models import Image
    from annotations.transactions import write_in_turn

    turns: list[float] = []

    @contextmanager
    def timed() -> Iterator[None]:
        with write_in_turn():
            began = time.perf_counter()
            yield
        turns.append(time.perf_counter() - began)

    image_id, author, label = lay()
    ids, saves = [str(uuid.uuid4()) for _ in range(boxes)], []
    for number in range(rounds + 1):
        image = Image.objects.select_related("project").get(pk=image_id)
        sides = {"x_min": number, "y_min": 1, "x_max": number + 9, "y_max": 9}
        began = time.perf_counter()
        rows = [{"id": id_, "label": label, **sides} for id_ in ids]
        with patch("annotations.labeling.saving.write_in_turn", timed):
            labeling.save(image=image, author=author, base_revision=number, upsert=rows)
        saves.append(time.perf_counter() - began)
    return saves[1:], turns[1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--boxes", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"BOXWRIGHT_VAR": folder, "DJANGO_SETTINGS_MODULE": "boxwright.settings"}
        sys.path.insert(0, str(ROOT / "platform"))
        import django

        django.setup()
        saves, turns = measure(options.boxes, options.rounds)
    print(f"{options.boxes} changed boxes: save p50 {1000 * statistics.median(saves):.0f} ms")
    turn = statistics.median(turns)
    print(f"  of it in the writer's turn: p50 {1000 * turn:.0f} ms (limit {1000 * BAR:.0f})")
    sys.exit(turn > BAR)


if __name__ == "__main__":
    main()
