"""The JSON of runs and artifacts: answers and events carry the same."""

import json
from typing import Any

from tests.training.conftest import MakeRun
from training import status
from training.api.runs import RunSerializer


def plain(data: Any) -> Any:
    return json.loads(json.dumps(data))


def test_the_serializer_of_a_run_carries_all_that_its_events_carried(make_run: MakeRun) -> None:
    run = make_run(status="failed", error_code="crashed", error="bang", images={"train": 8, "val": 2})
    run.refresh_from_db()
    answer = plain(RunSerializer(run).data)
    assert status.run_changes(run).items() <= answer.items()
