"""`.env.example` and `docker/`, as far as they can be checked without a container engine."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
import yaml

from boxwright import limits
from boxwright.health import PATH

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
EXAMPLE = (ROOT / ".env.example").read_text()
COMPOSE_TEXT = (DOCKER / "compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
DOCKERFILE = (DOCKER / "Dockerfile").read_text()
OWN = ("web", "default", "train", "export", "migrate")
"""Services that run our code."""


def settings_read() -> dict[str, Any]:
    """Every variable that settings and limits read, with its default where that is a constant, else None."""
    found: dict[str, Any] = {x.setting: str(x.default) for x in limits.TABLE.values() if x.setting}
    for call in ast.walk(ast.parse((ROOT / "platform/boxwright/settings.py").read_text())):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        if isinstance(call.func.value, ast.Name) and call.func.value.id == "env":
            name = ast.literal_eval(call.args[0])
            found.setdefault(name, _constant_default(call))
    return found


def _constant_default(call: ast.Call) -> Any:
    given = [*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == "default")]
    if not given:
        return False if getattr(call.func, "attr", "") == "flag" else None
    return given[0].value if isinstance(given[0], ast.Constant) else None


def example() -> dict[str, str | None]:
    """Name -> value; None where the line is commented out, as the default can't be written down."""
    rows = re.findall(r"^(# )?([A-Z][A-Z0-9_]*)=(.*)$", EXAMPLE, re.MULTILINE)
    return {name: None if hidden else value for hidden, name, value in rows}


def test_the_example_lists_each_setting_and_no_other() -> None:
    listed = {name for name in example() if name.startswith("BOXWRIGHT_")}
    assert listed == set(settings_read())


def test_the_example_gives_each_setting_its_default() -> None:
    shown = {name: value for name, value in example().items() if value is not None and name.startswith("BOXWRIGHT_")}
    real = settings_read()
    as_text = {True: "true", False: "false"}
    assert shown == {name: as_text.get(real[name], str(real[name])) for name in shown}


def test_each_setting_of_the_example_is_explained() -> None:
    """A comment above it, or above the group it stands in."""
    for group in re.split(r"\n\n|\n(?=# )", EXAMPLE):
        if re.search(r"^[A-Z]", group, re.MULTILINE):
            assert "#" in group, group


def test_compose_names_only_variables_of_the_example() -> None:
    named = set(re.findall(r"\$\{([A-Z0-9_]+)", COMPOSE_TEXT))
    assert named <= set(example())
    assert {name for name in example() if name.startswith("COMPOSE_")} <= named


def test_compose_sets_only_variables_that_settings_read() -> None:
    given = {name for service in OWN for name in COMPOSE["services"][service]["environment"]}
    assert given <= set(settings_read())


def test_compose_is_written_from_the_list_of_settings() -> None:
    subprocess.run([sys.executable, DOCKER / "environment.py", "--check"], check=True)
    for service in OWN:
        assert set(COMPOSE["services"][service]["environment"]) == set(settings_read())


def interpolated(text: str, given: dict[str, str]) -> str:
    """As compose does it: `${NAME:-default}` and `${NAME:?refusal}`, one inside another, from the innermost."""
    while match := re.search(r"\$\{(\w+):([-?])([^${}]*)\}", text):
        name, kind, otherwise = match.groups()
        if kind == "?" and not given.get(name):
            raise KeyError(name)
        value = given.get(name) or otherwise
        text = text[: match.start()] + value + text[match.end() :]
    return text


def container(given: dict[str, str]) -> dict[str, str]:
    """A container's environment, where `.env` says what is `given`."""
    rows: dict[str, str] = COMPOSE["services"]["web"]["environment"]
    return {name: interpolated(value, given) for name, value in rows.items()}


FILLED_IN = {
    "BOXWRIGHT_SECRET_KEY": "n3Vq8rT1xYzL5wKp0HsD7gJb2FmCa9Ue",
    "COMPOSE_POSTGRES_PASSWORD": "p1",
    "COMPOSE_RABBITMQ_PASSWORD": "p2",
    "COMPOSE_S3_SECRET_KEY": "p3",
}
"""What the example tells people to fill in."""


def test_what_the_example_asks_for_is_enough_to_start(tmp_path: Path) -> None:
    shown = {name: value for name, value in example().items() if value}
    environment = container(shown | FILLED_IN) | {"BOXWRIGHT_VAR": str(tmp_path)}
    look = "from boxwright import settings as s; print(s.EMBEDDED, s.PUBLIC_URL, s.S3_ENDPOINT, s.S3_PUBLIC_ENDPOINT)"
    command = [sys.executable, "-c", look]
    started = subprocess.run(
        command, env={**environment, "PYTHONPATH": str(ROOT / "platform")}, stdout=PIPE, check=True
    )
    assert started.stdout.decode().split() == [
        "False",
        "http://localhost:8000",
        "http://store:8333",
        "http://localhost:8333",
    ]


@pytest.mark.parametrize("missing", FILLED_IN)
def test_compose_refuses_to_start_without_a_secret(missing: str) -> None:
    with pytest.raises(KeyError, match=missing):
        container({name: value for name, value in FILLED_IN.items() if name != missing})


@pytest.mark.parametrize("name", sorted(settings_read()))
def test_each_setting_reaches_the_containers(name: str) -> None:
    """But for the mode and what is a path or an address inside the image."""
    value = container(FILLED_IN | {name: "somebody's choice"})[name]
    ours = {"MODE": "production", "VAR": "/var/lib/boxwright", "FRONTEND_DIST": "/app/frontend/dist", "BIND": "0.0.0.0"}
    assert value == ours.get(name.removeprefix("BOXWRIGHT_"), "somebody's choice")


def test_nothing_is_published_to_the_network_unless_somebody_says_so() -> None:
    published = [
        interpolated(port, {}) for service in COMPOSE["services"].values() for port in service.get("ports", [])
    ]
    assert published == ["127.0.0.1:8000:8000", "127.0.0.1:8333:8333"]
    assert interpolated(COMPOSE["services"]["web"]["ports"][0], {"COMPOSE_BIND": "10.0.0.7"}) == "10.0.0.7:8000:8000"


def test_the_health_check_asks_what_needs_no_host() -> None:
    """`test_production.py` asks it under names that no setting lists."""
    *_, command = COMPOSE["services"]["web"]["healthcheck"]["test"]
    assert f"http://localhost:8000{PATH}" in command


def test_compose_is_whole() -> None:
    """Services that others wait for, volumes, configs and build files are all there."""
    services = COMPOSE["services"]
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
        named = {mount.split(":")[0] for mount in service.get("volumes", [])}
        assert named <= set(COMPOSE["volumes"])
        assert {config["source"] for config in service.get("configs", [])} <= set(COMPOSE["configs"])
        if build := service.get("build"):
            assert (DOCKER / build["context"] / build["dockerfile"]).is_file()
            assert f" AS {build['target']}\n" in DOCKERFILE


def test_each_queue_has_a_worker() -> None:
    from boxwright.celery import QUEUES

    assert {COMPOSE["services"][queue]["command"][1] for queue in QUEUES} == set(QUEUES)


def test_the_dockerfile_copies_only_what_is_there() -> None:
    """Of its own stages it copies what they have made; everything else comes from the repository."""
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    sources = [source for line in copied for source in line.split()]
    assert sources
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for source in sources:
        assert any(name == source or name.startswith(f"{source}/") for name in tracked), source


def test_stages_are_defined_before_they_are_used() -> None:
    defined: set[str] = set()
    for line in DOCKERFILE.splitlines():
        if match := re.match(r"FROM (\S+) AS (\S+)", line):
            assert ":" in match[1] or match[1] in defined
            defined.add(match[2])
        elif match := re.match(r"COPY --from=(\S+)", line):
            assert match[1] in defined


def test_the_web_image_installs_no_torch() -> None:
    web = DOCKERFILE.split(" AS web\n")[1].split("\nFROM ")[0]
    assert "requirements.txt" not in web.replace("requirements-web.txt", "")
    assert "torch" not in (ROOT / "requirements-web.txt").read_text()


@pytest.mark.parametrize("script", sorted(path.name for path in DOCKER.glob("*.sh")))
def test_shell_scripts_parse_and_may_be_run(script: str) -> None:
    path = DOCKER / script
    subprocess.run(["sh", "-n", str(path)], check=True)
    assert path.stat().st_mode & 0o111


def test_what_a_container_writes_is_for_its_user_alone() -> None:
    assert re.search(r"^umask 077$", (DOCKER / "entrypoint.sh").read_text(), re.MULTILINE)
    assert "install -d -m 0700 -o boxwright" in DOCKERFILE


def test_the_entrypoint_knows_each_command_of_compose() -> None:
    known = set(re.findall(r"^    ([a-z]+)\)$", (DOCKER / "entrypoint.sh").read_text(), re.MULTILINE))
    assert {COMPOSE["services"][service]["command"][0] for service in OWN} <= known
