"""Devices and pages send pictures with what their model found in them."""

import json
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright import limits
from boxwright.api.views import Endpoint
from boxwright.errors import Invalid
from boxwright.projects.queries import project_for
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.models import Role
from training import ingest
from training.suggestions import MOST_BOXES

LONGEST = 40_000
"""Characters of `boxes`: so many boxes, generously written."""


class FoundLabelSerializer(serializers.Serializer[Any]):
    """Of the whole image."""

    label = serializers.CharField(max_length=limits.LABEL_NAME_LENGTH)  # type: ignore[assignment]
    score = serializers.FloatField(min_value=0, max_value=1)


class FoundSerializer(FoundLabelSerializer):
    """A box in pixels of the EXIF-oriented image."""

    x_min = serializers.FloatField(min_value=-1e6, max_value=1e6)
    y_min = serializers.FloatField(min_value=-1e6, max_value=1e6)
    x_max = serializers.FloatField(min_value=-1e6, max_value=1e6)
    y_max = serializers.FloatField(min_value=-1e6, max_value=1e6)


FOUND = {"detection": FoundSerializer, "classification": FoundLabelSerializer}


class IngestRequestSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="the picture")
    sha256 = serializers.RegexField(
        r"\A[0-9a-f]{64}\Z", max_length=64, help_text="of the artifact or checkpoint that found the boxes or labels"
    )
    boxes = serializers.CharField(
        max_length=LONGEST,
        help_text=f"JSON: at most {MOST_BOXES} of label (a name), score, x_min, y_min, x_max, y_max; "
        "in a project that labels whole images of label and score",
    )
    drop_alike = serializers.BooleanField(
        default=True,
        help_text="drop a picture that looks like one of the last that were sent, with the same boxes or labels",
    )


class IngestSerializer(serializers.Serializer[Any]):
    image = serializers.IntegerField(source="image.pk", help_text="its id")
    suggested = serializers.IntegerField(help_text="suggestions of the image: labels the project lacks are left out")
    resembles = serializers.BooleanField(
        help_text="the picture was dropped: `image`, sent before, looks like it and has the same boxes or labels"
    )


class IngestView(Endpoint):
    parser_classes = [MultiPartParser]
    body_limit = "INGEST_BYTES"

    def expect_sender(self, request: Request, **kwargs: Any) -> None:
        project_for(request.user, kwargs["project_id"], Role.ANNOTATOR)

    @extend_schema(
        request={"multipart/form-data": IngestRequestSerializer},
        responses={200: IngestSerializer, 201: IngestSerializer},
    )
    def post(self, request: Request, project_id: int) -> Response:
        """A picture for the unlabelled queue, with its suggestions; 200 where the project has its bytes already."""
        project = project_for(request.user, project_id, Role.ANNOTATOR)
        asked = self.parsed(IngestRequestSerializer)
        found = _found(asked["boxes"], FOUND[project.task])
        taken = ingest.ingest(
            project=project,
            author=signed_in(request),
            file=asked["file"],
            sha256=asked["sha256"],
            found=found,
            drop_alike=asked["drop_alike"],
        )
        return Response(IngestSerializer(taken).data, status=201 if taken.is_new else 200)


def _found(text: str, kind: type[serializers.Serializer[Any]]) -> list[dict[str, Any]]:
    try:
        rows = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Invalid("The boxes can't be read.", {"boxes": "expected JSON"}) from error
    if not isinstance(rows, list) or len(rows) > MOST_BOXES:
        raise Invalid("The boxes can't be read.", {"boxes": f"expected a list of at most {MOST_BOXES}"})
    asked = kind(data=rows, many=True)
    asked.is_valid(raise_exception=True)
    found: list[dict[str, Any]] = asked.validated_data
    return found


def _refuse(constant: str) -> None:
    raise ValueError(constant)
