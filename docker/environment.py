"""`make compose`: give the containers of docker/compose.yml every setting of .env.example. Standard library only.

What stands in `.env` reaches them; where nothing does, the defaults below hold, then those of .env.example.
"""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
COMPOSE, EXAMPLE = HERE / "compose.yml", HERE.parent / ".env.example"
BEGIN, END = "    # Written by `make compose`:\n", "    # (end of what `make compose` writes)\n"

FIXED = {
    "BOXWRIGHT_MODE": "production",
    "BOXWRIGHT_VAR": "/var/lib/boxwright",
    "BOXWRIGHT_FRONTEND_DIST": "/app/frontend/dist",
    "BOXWRIGHT_BIND": "0.0.0.0",  # noqa: S104 (in the container; compose publishes its port)
}
"""What the image decides."""

POSTGRES, RABBITMQ, STORE = (
    f"${{COMPOSE_{name}:?see .env.example}}" for name in ("POSTGRES_PASSWORD", "RABBITMQ_PASSWORD", "S3_SECRET_KEY")
)
DEFAULTS = {
    "BOXWRIGHT_SECRET_KEY": None,
    "BOXWRIGHT_PUBLIC_URL": "http://localhost:${BOXWRIGHT_PORT:-8000}",
    "BOXWRIGHT_HOSTS": "localhost",
    "BOXWRIGHT_DATABASE_URL": f"postgresql://boxwright:{POSTGRES}@postgres:5432/boxwright",
    "BOXWRIGHT_BROKER_URL": f"amqp://boxwright:{RABBITMQ}@rabbitmq:5672//",
    "BOXWRIGHT_S3_BUCKET": "boxwright",
    "BOXWRIGHT_S3_ENDPOINT": "http://store:8333",
    "BOXWRIGHT_S3_PUBLIC_ENDPOINT": "${BOXWRIGHT_S3_ENDPOINT:-http://localhost:8333}",
    "BOXWRIGHT_S3_ACCESS_KEY": "boxwright",
    "BOXWRIGHT_S3_SECRET_KEY": STORE,
}
"""What the other services of compose.yml are called; None: there is no default, the start is refused."""


def settings() -> dict[str, str]:
    """Each setting of .env.example with its default there; empty where none is written down."""
    rows: list[tuple[str, str, str]] = re.findall(r"^(# )?(BOXWRIGHT_\w+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE)
    return {name: "" if hidden else value for hidden, name, value in rows}


def line(name: str, shown: str) -> str:
    default = DEFAULTS.get(name, shown)
    if name in FIXED:
        return f'    {name}: "{FIXED[name]}"\n'
    return (
        f'    {name}: "${{{name}:?see .env.example}}"\n'
        if default is None
        else f'    {name}: "${{{name}:-{default}}}"\n'
    )


def written(compose: str) -> str:
    head, rest = compose.split(BEGIN)
    lines = "".join(line(name, shown) for name, shown in settings().items())
    return head + BEGIN + lines + END + rest.split(END)[1]


if __name__ == "__main__":
    before = COMPOSE.read_text()
    if "--check" not in sys.argv:
        COMPOSE.write_text(written(before))
    elif written(before) != before:
        sys.exit("docker/compose.yml does not give the containers what .env.example lists: run make compose")
