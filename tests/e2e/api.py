"""A thin HTTP client for the tests: what a script of a user would do."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, cast
from uuid import UUID

import httpx

from tests.services.processes import PATIENCE, wait_until

EMAIL, PASSWORD = "ada@example.org", "a long enough passphrase"
Json = dict[str, Any]


class Api:
    """One person's scripted access to a running Boxwright."""

    def __init__(self, url: str, email: str = EMAIL, password: str = PASSWORD) -> None:
        self.http = httpx.Client(base_url=f"{url}/api/v1/", timeout=PATIENCE)
        token = self.post("auth/token/", email=email, password=password)["token"]
        self.http.headers["Authorization"] = f"Token {token}"

    @classmethod
    def first_visit(cls, url: str, code: str) -> Self:
        """Create the first account and its team, then log in as it."""
        first = {"email": EMAIL, "name": "Ada", "password": PASSWORD, "team_name": "Plates"}
        body = {**first, "code": code}
        with httpx.Client(base_url=f"{url}/api/v1/", timeout=PATIENCE) as browser:
            browser.get("auth/session/")
            headers = {"X-CSRFToken": browser.cookies["csrftoken"]}
            browser.post("auth/setup/", json=body, headers=headers).raise_for_status()
        return cls(url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def get(self, path: str, **query: Any) -> Json:
        return self._json(self.http.get(path, params=query))

    def post(self, path: str, **body: Any) -> Json:
        return self._json(self.http.post(path, json=body))

    def patch(self, path: str, **body: Any) -> Json:
        return self._json(self.http.patch(path, json=body))

    def upload(self, project: int, paths: list[Path], batch: int = 25) -> Json:
        """Upload pictures; the answers of all batches joined."""
        answer: Json = {"created": [], "duplicates": [], "rejected": []}
        for chunk in (paths[start : start + batch] for start in range(0, len(paths), batch)):
            files = [("files", (path.name, path.read_bytes())) for path in chunk]
            part = self._json(self.http.post(f"projects/{project}/images/", files=files))
            for key, rows in answer.items():
                rows.extend(part[key])
        return answer

    def send_archive(self, project: int, name: str, data: bytes, **options: Any) -> Json:
        """In one request; the import that it became."""
        files = {"archive": (name, data)}
        return self._json(self.http.post(f"projects/{project}/imports/", files=files, data=options))

    def project(self, name: str, task: str, labels: list[str]) -> Json:
        team = self.get("me/")["teams"][0]["slug"]
        return self.post("projects/", team=team, name=name, task=task, labels=[{"name": label} for label in labels])

    def wait(self, path: str, done: Callable[[Json], bool], seconds: float, pause: float = 0.25) -> Json:
        """Poll `path` until `done`, with so many seconds between; the last answer on the way out."""
        deadline = time.monotonic() + seconds
        while not done(answer := self.get(path)):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{path} after {seconds} s: {answer}")
            time.sleep(pause)
        return answer

    def finish(self, path: str, seconds: float, pause: float = 0.25) -> Json:
        """Poll a job until it has ended; it must have succeeded."""
        answer = self.wait(path, lambda row: row["status"] not in {"queued", "running"}, seconds, pause)
        assert answer["status"] == "succeeded", answer
        return answer

    @staticmethod
    def _json(response: httpx.Response) -> Json:
        if response.is_error:
            raise httpx.HTTPStatusError(response.text, request=response.request, response=response)
        return cast("Json", response.json()) if response.content else {}


def setup_code(log: Path) -> str:
    """The code in the link that `make run` shows; it comes after the first answer."""
    wait_until(lambda: "/setup#" in log.read_text(), "the setup link")
    return log.read_text().partition("/setup#")[2].split()[0]


def uuid7() -> str:
    """A UUID version 7: time first, so that ids sort by age."""
    random = int.from_bytes(os.urandom(10), "big")
    value = (int(time.time() * 1000) << 80) | random
    value = value & ~(0xF << 76) | 7 << 76
    return str(UUID(int=value & ~(0x3 << 62) | 2 << 62))


def box(label: int, x: float, y: float, width: float = 40, height: float = 30) -> Json:
    return {"id": uuid7(), "label": label, "x_min": x, "y_min": y, "x_max": x + width, "y_max": y + height}
