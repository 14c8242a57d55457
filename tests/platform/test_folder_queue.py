"""Messages in a folder: whole when they are seen, in their order, each taken once."""

import time
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection

from boxwright import folder_queue


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "messages").mkdir()
    return tmp_path


def connect(folder: Path) -> Any:
    folder_queue.register()
    places = {"data_folder_in": folder / "messages", "data_folder_out": folder / "messages"}
    options = {name: str(place) for name, place in (places | {"control_folder": folder / "control"}).items()}
    return Connection(f"{folder_queue.SCHEME}://localhost", transport_options=options)


def test_messages_come_in_their_order_and_once(folder: Path) -> None:
    with connect(folder) as connection, connection.SimpleQueue("train") as queue:
        for number in range(5):
            queue.put({"number": number})
        taken = [queue.get(timeout=60) for _ in range(5)]
        assert [message.payload["number"] for message in taken] == [0, 1, 2, 3, 4]
        for message in taken:
            message.ack()
    assert not list((folder / "messages").iterdir())


def test_a_reader_never_sees_a_message_that_is_being_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    write = Path.write_text

    def watched(path: Path, text: str, encoding: str) -> int:
        count = write(path, text[:3], encoding=encoding)
        seen.append([file.name for file in folder.glob("messages/*.msg")])
        return count + write(path, text, encoding=encoding)

    monkeypatch.setattr(Path, "write_text", watched)
    with connect(folder) as connection, connection.SimpleQueue("export") as queue:
        queue.put({"number": 1})
    assert seen == [[]]
    assert len(list(folder.glob("messages/*.export.msg"))) == 1


def test_a_reader_soon_has_time_for_something_else(folder: Path) -> None:
    """Celery asks for two seconds, twice, before it sees that it is to stop."""
    with connect(folder) as connection, connection.SimpleQueue("train"):
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            connection.drain_events(timeout=20)
    assert time.monotonic() - began < 10
