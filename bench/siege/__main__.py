"""A nasty member attacks in every way at once while eight people label.

    python -m bench.siege [--seconds 60] [--people 8] [--attacks NAME …]

Fails when one of the eight gets anything but what they asked for, when an acknowledged box is missing, when saving
takes longer than 250 ms (p95), or when the web process grows over 400 MB. Each person saves ten boxes a second.
"""

import argparse
import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import psutil

from bench.labelling.eight import Person, box, check, join, lay, tell, upload
from bench.server import parts_of, running_server
from bench.siege.attacks import ATTACKS, Target

BAR_MS, BAR_MB = 250.0, 400.0
PACE = 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--attacks", nargs="*", default=list(ATTACKS), choices=list(ATTACKS))
    options = parser.parse_args()
    with running_server() as link:
        passed = siege(link, options.people, options.seconds, options.attacks)
    print("within the bars" if passed else f"over the bars: {BAR_MS} ms, {BAR_MB} MB, no failure")
    sys.exit(not passed)


def siege(link: str, people: int, seconds: float, attacks: list[str]) -> bool:
    annotators, project, label = lay(link, people, int(people * (seconds / PACE + 5)))
    target = let_in(parts_of(link)[0], project)
    saved: list[dict[int, set[str]]] = [{} for _ in annotators]
    faults: list[str] = []
    with watched() as peak, attacked(target, attacks):
        ends = time.monotonic() + seconds
        work = (annotators, saved, [project] * people, [label] * people, [ends] * people, [faults] * people)
        threads = [threading.Thread(target=go_on, args=args) for args in zip(*work, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    p95 = max(tell("besieged", annotators).values())
    print(f"web process: at most {peak[0]:.0f} MB; {len(faults)} failures {faults[:5]}")
    check(annotators[0], saved, 10)
    print(f"{sum(map(len, saved))} images, 10 boxes each: nothing lost")
    return p95 <= BAR_MS and peak[0] <= BAR_MB and not faults


def go_on(person: Person, saved: dict[int, set[str]], project: int, label: int, ends: float, faults: list[str]) -> None:
    """Claim, open, save, and a pause like a very quick person's; nobody begins at the same moment."""
    time.sleep(random.uniform(0, PACE))
    while (began := time.monotonic()) < ends:
        try:
            image = person.ask("claim", "POST", f"projects/{project}/queue/next/", {})
            person.ask("open", "GET", f"images/{image['id']}/preview/")
            changes = {"base_revision": image["revision"], "upsert": [box(label) for _ in range(10)]}
            answer = person.ask("save", "PATCH", f"images/{image['id']}/annotations/", changes)
            saved[image["id"]] = {mark["id"] for mark in answer["annotations"]}
        except (SystemExit, OSError) as error:
            faults.append(str(error)[:300])
        time.sleep(max(0.0, PACE - (time.monotonic() - began)))


def let_in(url: str, project: int) -> Target:
    """The viewer: a member of the team who may only look, with a team and a project of her own."""
    owner = Person(url)
    owner.log_in("owner@example.org")
    team = owner.ask("me", "GET", "me/")["teams"][0]["slug"]
    viewer = join(owner, url, team, 99)
    membership = next(
        row for row in owner.ask("me", "GET", f"teams/{team}/members/")["results"] if row["user"]["name"] == "Person 99"
    )
    owner.ask("role", "PATCH", f"teams/{team}/members/{membership['id']}/", {"role": "viewer"})
    snapshot = owner.ask("snapshot", "POST", f"projects/{project}/snapshots/", {})
    while owner.ask("wait", "GET", f"snapshots/{snapshot['id']}/")["status"] != "succeeded":
        time.sleep(0.2)
    own_team = viewer.ask("team", "POST", "teams/", {"name": "Mischief"})["slug"]
    wanted: dict[str, Any] = {"team": own_team, "name": "Own", "task": "detection", "labels": [{"name": "x"}]}
    own = viewer.ask("project", "POST", "projects/", wanted)
    image = upload_one(viewer, own["id"])
    return Target(url, viewer.token, project, snapshot["id"], own_team, own["id"], image, own["labels"][0]["id"])


def upload_one(person: Person, project: int) -> int:
    upload(person, project, range(1))
    found: int = person.ask("list", "GET", f"projects/{project}/images/")["results"][0]["id"]
    return found


@contextmanager
def watched() -> Iterator[list[float]]:
    """The largest resident size of the web process in MB while the block runs."""
    web = next(p for p in psutil.Process().children(recursive=True) if "boxwright.serve" in p.cmdline())
    peak, done = [0.0], threading.Event()

    def look() -> None:
        while not done.wait(0.1):
            peak[0] = max(peak[0], web.memory_info().rss / 2**20)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


@contextmanager
def attacked(target: Target, names: list[str]) -> Iterator[None]:
    """The attacks in a process of their own, with less right to the processor than what they attack."""
    words = [sys.executable, "-m", "bench.siege.attacks", json.dumps(asdict(target)), *names]
    process = subprocess.Popen(["nice", "-n", "10", *words])
    try:
        yield
        if process.poll() is not None:
            raise SystemExit("the attacks ended before the siege did")
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
