"""Requests made from the schema, sent as everybody: whatever comes, the server does not fail."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import content_type_conformance, not_a_server_error

from tests.platform.test_crowd import upload
from tests.platform.test_door import join
from tests.services.server import Server, server

SCHEMA = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
METHODS = ("get", "put", "post", "patch", "delete")
STREAMS = {"/api/v1/projects/{project_id}/events/"}
"""An answer that does not end; tests/platform/test_event_stream.py has them."""


@dataclass
class World:
    """A server with something under each name that a path asks for, and a token for each kind of person."""

    web: Server
    tokens: dict[str, str]
    ids: dict[str, Any] = field(default_factory=dict)


@contextmanager
def world(folder: Path) -> Iterator[World]:
    with server(folder, BOXWRIGHT_LOGIN_RATE="10000/min") as web:
        owner = web.set_up()
        tokens = {role: join(web, owner, role, role) for role in ("manager", "annotator", "viewer")}
        tokens |= {"owner": owner, "anonymous": "", "stranger": join(web, owner, "stranger")}
        with web.client(owner) as client:
            yield World(web, tokens, _made(client))


def _made(client: httpx.Client) -> dict[str, Any]:
    labels = [{"name": "car"}, {"name": "bus"}]
    asked = {"team": "plates", "name": "Cars", "task": "detection", "labels": labels}
    project = client.post("projects/", json=asked).raise_for_status().json()
    image = upload(client, project["id"])
    snapshot = client.post(f"projects/{project['id']}/snapshots/").raise_for_status().json()["id"]
    tus = {"Tus-Resumable": "1.0.0", "Upload-Length": "100"}
    begun = client.post(f"projects/{project['id']}/imports/uploads/", headers=tus).raise_for_status().json()
    members = client.get("teams/plates/members/").json()["results"]
    return {
        "slug": "plates",
        "project_id": project["id"],
        "label_id": project["labels"][0]["id"],
        "image_id": image,
        "upload_id": begun["id"],
        "snapshot_id": snapshot,
        "other_id": snapshot,
        "number": 1,
        "format_name": "voc",
        "membership_id": members[-1]["id"],
    }


def send_all(world: World, examples: int) -> list[str]:
    """Each operation with `examples` requests that it allows, and as many that it does not; answers what went wrong.

    Those that take something away come last.
    """
    schema = schemathesis.openapi.from_path(str(SCHEMA))
    found: Any = schema.get_all_operations()
    operations = [each.ok() for each in found if each.ok().path not in STREAMS]
    operations.sort(key=lambda each: ("/auth/" in each.path, METHODS.index(each.method.lower())))
    return [fault for each in operations for mode in _modes(each) for fault in _send(world, each, examples, mode)]


def _modes(operation: Any) -> tuple[GenerationMode, ...]:
    """Only what asks for something can be asked for wrongly; of the rest, hypothesis would try hundreds in vain."""
    asks = operation.path_parameters or operation.query or operation.body
    return (GenerationMode.POSITIVE, GenerationMode.NEGATIVE) if asks else (GenerationMode.POSITIVE,)


def _send(world: World, operation: Any, examples: int, mode: GenerationMode) -> list[str]:
    faults: list[str] = []
    quiet = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )

    @quiet
    @given(operation.as_strategy(generation_mode=mode), st.sampled_from(sorted(world.tokens)), st.integers(0, 4))
    def ask(case: Any, role: str, luck: int) -> None:
        if luck:  # most of the time, something that is there
            for name in case.path_parameters or {}:
                case.path_parameters[name] = world.ids.get(name, case.path_parameters[name])
        token = world.tokens[role]
        headers = {"Authorization": f"Token {token}"} if token else {}
        answer = case.call(base_url=world.web.url, headers=headers)
        try:
            case.validate_response(answer, checks=[not_a_server_error, content_type_conformance])
        except Exception as error:  # noqa: BLE001 (told with all the others)
            faults.append(f"{role}: {case.as_curl_command()}\n{error}"[:1500])

    with suppress(Unsatisfiable):  # nothing to be said wrongly
        ask()
    return faults
