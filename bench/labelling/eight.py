"""Eight annotators at once against a really running server: claim the next image, open it, save ten boxes.

    python -m bench.labelling.eight [--people 8] [--images 25] [--boxes 10] [--think 0] [--link http://…/setup#…]

Says p50/p95 of each step, images a second and what the web process computed for each (for a server that it started
itself), alone and with everybody; `--think` is about how many seconds everybody looks at an image before the save.
Fails when an acknowledged box is missing, when two people got the same image, when anything but 200 was answered, or
past a bar.
"""

import argparse
import http.client
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
from PIL import Image

from bench.server import ROOT, parts_of, running_server

SECRET = "correct horse battery"
CSRF = "b" * 32
BARS = {"alone": 50.0, "together": 80.0}
"""Milliseconds of each step, p95."""
RATE, COMPUTED = 50.0, 20.0
"""Images a second of everybody together, and milliseconds of the web process's computing for each."""
THINKING = 300.0
"""Milliseconds of a save, p95, of people who think: they are as many as the server can bear."""
WARM = 3
"""Images that the first person labels before anything is measured."""


@dataclass
class Person:
    """One annotator with a connection of their own, as a browser keeps one."""

    url: str
    token: str = ""
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        self.line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def ask(self, step: str, method: str, path: str, body: Any = None, kind: str = "application/json") -> Any:
        data = json.dumps(body).encode() if kind == "application/json" else body
        headers = {"Content-Type": kind} | self._who()
        began = time.perf_counter()
        try:
            self.line.request(method, f"/api/v1/{path}", data, headers)
            answer = self.line.getresponse()
        except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
            self.line.close()  # kept alive for too long: the server hung up
            self.line.request(method, f"/api/v1/{path}", data, headers)
            answer = self.line.getresponse()
        text = answer.read()
        self.seconds.setdefault(step, []).append(time.perf_counter() - began)
        if answer.status >= 400:
            raise SystemExit(f"{method} {path} answered {answer.status}: {text[:500]!r}")
        return json.loads(text) if text[:1] in {b"{", b"["} else text

    def _who(self) -> dict[str, str]:
        """A token; before there is one, what a page sends that opens a session."""
        if self.token:
            return {"Authorization": f"Token {self.token}"}
        return {"Cookie": f"csrftoken={CSRF}", "X-CSRFToken": CSRF}

    def log_in(self, email: str) -> None:
        self.token = self.ask("log in", "POST", "auth/token/", {"email": email, "password": SECRET})["token"]


HIRING = """
from boxwright.teams.models import Membership, Role, Team, User
from boxwright.teams.tokens import new_token
team = Team.objects.get(slug={team!r})
for number in range({count}):
    user = User.objects.create(email=f"hired{{number}}@example.org", name=f"Hired {{number}}")
    Membership.objects.create(team=team, user=user, role=Role.ANNOTATOR)
    print(new_token(user)[1])
"""


def hire(url: str, folder: Path, team: str, count: int) -> list[Person]:
    """Annotators as the database has them: so many can't be invited in an hour, nor log in from one address."""
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", HIRING.format(team=team, count=count)]
    settings = {"BOXWRIGHT_VAR": str(folder)}
    said = subprocess.run(command, cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=True)
    return [Person(url, key) for key in said.stdout.split()]


def lay(link: str, people: int, images: int, folder: Path | None = None) -> tuple[list[Person], int, int]:
    """A project with enough images, and annotators; answers them with the ids of project and label.

    `folder`: the server's, where more are wanted than can be invited.
    """
    url, code = parts_of(link)
    owner = Person(url)
    first = {"email": "owner@example.org", "name": "Owner", "password": SECRET, "team_name": "Bench", "code": code}
    owner.ask("set up", "POST", "auth/setup/", first)
    owner.log_in("owner@example.org")
    team = owner.ask("me", "GET", "me/")["teams"][0]["slug"]
    wanted = {"team": team, "name": "Bench", "task": "detection", "labels": [{"name": "thing"}]}
    project = owner.ask("project", "POST", "projects/", wanted)
    for start in range(0, images, 50):
        upload(owner, project["id"], range(start, min(images, start + 50)))
    ids = project["id"], project["labels"][0]["id"]
    if folder:
        return hire(url, folder, team, people), *ids
    return [join(owner, url, team, n) for n in range(people)], *ids


def join(owner: Person, url: str, team: str, number: int) -> Person:
    link = owner.ask("invite", "POST", f"teams/{team}/invitations/", {"role": "annotator"})["link"]
    one = {"email": f"p{number}@example.org", "name": f"Person {number}", "password": SECRET}
    person = Person(url)
    person.ask("join", "POST", "invitations/accept/", {"token": link.rpartition("#")[2], **one})
    person.log_in(one["email"])
    return person


def upload(owner: Person, project: int, numbers: range) -> None:
    pictures = []
    for number in numbers:
        data = io.BytesIO()
        Image.new("RGB", (640, 480), (number % 256, number // 256, 90)).save(data, "JPEG", comment=f"picture {number}")
        pictures.append(data.getvalue())
    owner.ask("upload", "POST", f"projects/{project}/images/", *form(pictures))


def form(pictures: list[bytes]) -> tuple[bytes, str]:
    """The body of an upload, and its content type."""
    border, parts = uuid.uuid4().hex, []
    for number, data in enumerate(pictures):
        head = f'--{border}\r\nContent-Disposition: form-data; name="files"; filename="{number}.jpg"\r\n\r\n'
        parts.append(head.encode() + data + b"\r\n")
    return b"".join(parts) + f"--{border}--\r\n".encode(), f"multipart/form-data; boundary={border}"


def label(
    person: Person, project: int, label_id: int, images: int, boxes: int, think: float = 0
) -> dict[int, set[str]]:
    """Claim, open, save; answers what was acknowledged: image → ids."""
    saved: dict[int, set[str]] = {}
    time.sleep(think * random.random())
    for _ in range(images):
        image = person.ask("claim", "POST", f"projects/{project}/queue/next/", {})
        person.ask("open", "GET", f"images/{image['id']}/preview/")
        time.sleep(think * random.uniform(0.5, 1.5))
        marks = [box(label_id) for _ in range(boxes)]
        changes = {"base_revision": image["revision"], "upsert": marks}
        answer = person.ask("save", "PATCH", f"images/{image['id']}/annotations/", changes)
        saved[image["id"]] = {mark["id"] for mark in answer["annotations"]}
    return saved


def box(label_id: int) -> dict[str, Any]:
    x, y = random.uniform(0, 500), random.uniform(0, 400)
    sides = {"x_min": x, "y_min": y, "x_max": x + 90, "y_max": y + 70}
    return {"id": str(uuid.uuid4()), "label": label_id, **sides}


def together(
    people: list[Person], project: int, label_id: int, images: int, boxes: int, think: float
) -> list[dict[int, set[str]]]:
    saved: list[dict[int, set[str]]] = [{} for _ in people]

    def work(number: int) -> None:
        saved[number] = label(people[number], project, label_id, images, boxes, think)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if any(len(done) != images for done in saved):
        raise SystemExit("somebody did not finish")
    return saved


def check(person: Person, saved: list[dict[int, set[str]]], boxes: int) -> None:
    """Nobody got the same image, and every acknowledged box is there."""
    images = [image for done in saved for image in done]
    if len(images) != len(set(images)):
        raise SystemExit("two people got the same image")
    for done in saved:
        for image, ids in done.items():
            state = person.ask("check", "GET", f"images/{image}/annotations/")
            if {mark["id"] for mark in state["annotations"]} != ids or len(ids) != boxes:
                raise SystemExit(f"image {image} lost boxes")


def tell(name: str, people: list[Person]) -> dict[str, float]:
    """Print the figures of each step; answer their p95, in ms."""
    worst = {}
    for step in ("claim", "open", "save"):
        times = sorted(1000 * second for person in people for second in person.seconds.get(step, []))
        p95 = times[int(len(times) * 0.95)]
        worst[step] = p95
        print(f"{name:>9} {step:>6}: n {len(times):4}  p50 {times[len(times) // 2]:6.1f} ms  p95 {p95:6.1f} ms")
    return worst


@dataclass
class Work:
    """What labelling took, from the moment that this was made."""

    web: psutil.Process | None = field(default_factory=lambda: web_process())

    def __post_init__(self) -> None:
        self._began, self._cpu = time.perf_counter(), self._computed()

    def told(self, name: str, images: int) -> tuple[float, float]:
        """Images a second, and milliseconds of the web process's computing for each: 0 for another's server."""
        rate = images / (time.perf_counter() - self._began)
        computed = 1000 * (self._computed() - self._cpu) / images
        print(f"{name:>9}: {rate:.1f} images a second, {computed:.1f} ms of computing for each")
        return rate, computed

    def _computed(self) -> float:
        return sum(self.web.cpu_times()[:2]) if self.web else 0.0


def web_process() -> psutil.Process | None:
    return next((p for p in psutil.Process().children(recursive=True) if "boxwright.serve" in p.cmdline()), None)


def measure(link: str, folder: Path | None, people: int, images: int, boxes: int, think: float) -> bool:
    annotators, project, label_id = lay(link, people, WARM + images * (people + 1), folder)
    one = annotators[0]
    label(one, project, label_id, WARM, boxes)
    one.seconds.clear()
    work = Work()
    saved = [label(one, project, label_id, images, boxes)]
    work.told("alone", images)
    alone = tell("alone", [one])
    for person in annotators:
        person.seconds.clear()
    work = Work()
    saved += together(annotators, project, label_id, images, boxes, think)
    rate, computed = work.told("together", images * people)
    worst = tell("together", annotators)
    check(one, saved, boxes)
    print(f"{sum(map(len, saved))} images, {boxes} boxes each: nothing lost, nobody got another's image")
    if think:
        return worst["save"] <= THINKING
    quick = max(alone.values()) <= BARS["alone"] and max(worst.values()) <= BARS["together"]
    return quick and rate >= RATE and computed <= COMPUTED


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--images", type=int, default=25, help="that each person labels")
    parser.add_argument("--boxes", type=int, default=10)
    parser.add_argument("--think", type=float, default=0, help="seconds, about, from an image's opening to its save")
    parser.add_argument("--link", help="what a running server without an account shows")
    options = parser.parse_args()
    shape = options.people, options.images, options.boxes, options.think
    if options.link:
        passed = measure(options.link, None, *shape)
    else:
        with tempfile.TemporaryDirectory() as folder, running_server(Path(folder)) as link:
            passed = measure(link, Path(folder), *shape)
    bars = f"p95 in ms {BARS}, {RATE:g} images a second, {COMPUTED:g} ms of computing for each"
    if options.think:
        bars = f"p95 of a save {THINKING:g} ms"
    print(f"{'within' if passed else 'past'} the bars: {bars}")
    sys.exit(not passed)


if __name__ == "__main__":
    main()
