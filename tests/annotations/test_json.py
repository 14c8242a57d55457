"""Annotations are written by hand, for speed: as the declared fields would have it, to the last key and type."""

import uuid
from typing import Any

import pytest
from rest_framework import serializers

from annotations.api.labeling import AnnotationSerializer, StateSerializer
from annotations.labeling.annotation_rows import AnnotationRow
from annotations.labeling.revising import State, state_of
from annotations.models import Annotation, Image
from boxwright.teams.models import User


@pytest.fixture
def state(image: Image, bob: User) -> State:
    """A box of Bob's, a label of the whole image, and a box of nobody's with a score."""
    label = image.project.labels.get(name="cat")
    box = {"x_min": 1.5, "y_min": 2, "x_max": 30, "y_max": 40}
    for given in ({**box, "created_by": bob}, {"created_by": bob}, {**box, "score": 0.5, "source": "model"}):
        Annotation.objects.create(image=image, id=uuid.uuid4(), label=label, revision=1, **given)
    return state_of(image)


def declared(row: AnnotationRow) -> dict[str, Any]:
    """What DRF makes of the same row, field by field."""
    author = {"id": row.created_by_id, "name": row.created_by_name} if row.created_by_id else None
    sides = {side: value for side, value in row._asdict().items() if side[:2] in {"x_", "y_"} and value is not None}
    plain = {"id": row.id, "label": row.label_id, "source": row.source, "score": row.score, **sides}
    made = AnnotationSerializer()
    return serializers.Serializer.to_representation(made, {**plain, "created_by": author, "updated_at": row.updated_at})


def test_annotations_are_what_their_fields_declare(state: State) -> None:
    for row in state.annotations:
        assert AnnotationSerializer(row).data == declared(row)


def test_a_state_has_its_image_and_its_annotations(state: State) -> None:
    data = StateSerializer(state).data
    assert list(data) == ["revision", "queue", "annotations"]
    assert [row["id"] for row in data["annotations"]] == [str(row.id) for row in state.annotations]
    assert (data["revision"], data["queue"]) == (state.image.revision, state.image.queue)
