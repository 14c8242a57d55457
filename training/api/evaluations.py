"""The evaluation of a run's best checkpoint."""

import json
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.models import Image
from boxwright.api.views import Endpoint
from boxwright.errors import NotFound
from training import queries
from training.models import Run
from training.run_files import files_of


class EvaluationView(Endpoint):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, run_id: int) -> Response:
        """Numbers and predictions of the best checkpoint on the validation split; `images` finds the pictures."""
        run = queries.run_for(request.user, run_id)
        return Response(_evaluation(run))


def _evaluation(run: Run) -> dict[str, Any]:
    stored = files_of(run).get("evaluation.json")
    if stored is None:
        raise NotFound("This run has no evaluation yet.")
    with stored.open() as file:
        report: dict[str, Any] = json.load(file)
    wanted = [row["image"] for row in report["predictions"]]
    fields = ("sha256", "id", "name", "width", "height")
    rows = Image.objects.filter(project=run.project_id, sha256__in=wanted).values(*fields)
    return report | {"images": {row.pop("sha256"): row for row in rows}}
