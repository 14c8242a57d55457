"""kombu's filesystem transport, with messages that appear whole: a reader must never take one half written."""

import json
import time
import uuid
from pathlib import Path
from typing import Any

from kombu import transport
from kombu.transport import filesystem

SCHEME = "folder"
WAIT_SECONDS = 0.2


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **_options: Any) -> None:  # type: ignore[override] # as kombu's own
        folder = Path(self.data_folder_out)
        aside = folder / f"{uuid.uuid4()}.part"
        aside.write_text(json.dumps(payload), encoding="utf-8")
        aside.rename(folder / f"{time.time_ns():020d}_{uuid.uuid4()}.{queue}.msg")


class Transport(filesystem.Transport):
    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        """Waits no longer than WAIT_SECONDS: Celery asks for two seconds, twice, before it sees that it is to stop."""
        super().drain_events(connection, timeout and min(timeout, WAIT_SECONDS))  # type: ignore[no-untyped-call]


def register() -> None:
    aliases: dict[str, str] = vars(transport)["TRANSPORT_ALIASES"]
    aliases[SCHEME] = f"{__name__}:Transport"
