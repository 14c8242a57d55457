"""Whatever the schema allows, and what it does not, the server does not fail."""

from pathlib import Path

import pytest


@pytest.mark.parametrize("examples", [1, pytest.param(100, marks=pytest.mark.full)])
def test_no_request_is_a_fault(tmp_path: Path, examples: int) -> None:
    from tests.schema_cases import send_all, world  # a second to import: for the one process that runs this

    with world(tmp_path) as made:
        faults = send_all(made, examples)
        log = made.web.log.read_text()
    assert not faults, "\n\n".join(faults[:10])
    assert "Traceback" not in log
