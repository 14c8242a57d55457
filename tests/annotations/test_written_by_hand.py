"""What a serializer writes by hand is what its fields say, in their order."""

from typing import Any

import pytest
from django.utils import timezone
from rest_framework import serializers

from annotations.api.images import ImageSerializer
from annotations.api.labeling import ImageEventSerializer, StateSerializer
from annotations.api.queue import ClaimedImageSerializer, ClaimEventSerializer
from annotations.labeling.revising import State
from annotations.models import Image
from boxwright.projects.api.projects import CountsSerializer
from boxwright.projects.models import Project
from boxwright.teams.models import User


def by_its_fields(serializer: Any, subject: Any) -> Any:
    return serializers.Serializer.to_representation(serializer, subject)


@pytest.mark.parametrize("is_held", [True, False])
def test_the_hand_writes_what_the_fields_say(project: Project, bob: User, alice: User, is_held: bool) -> None:
    held = {"claimed_by": bob, "claim_expires_at": timezone.now(), "drafted_by": alice} if is_held else {}
    sizes = {"width": 3, "height": 2, "size": 9}
    image = Image.objects.create(project=project, sha256="0" * 64, name="a.jpg", **sizes, **held)
    claim = {"id": image.pk, "claimed_by": image.claimed_by, "claim_expires_at": image.claim_expires_at}
    told = ("id", "queue", "revision", "annotation_count", "skip_reason", "drafted_by")
    news = {name: getattr(image, name) for name in told}
    pairs: list[tuple[Any, Any]] = [
        (ImageSerializer(), image),
        (ClaimEventSerializer(), claim),
        (ImageEventSerializer(), {**news, "by": image.claimed_by}),
        (StateSerializer(), State(image, [])),
        (CountsSerializer(), project.counts),
    ]
    for serializer, subject in pairs:
        written = serializer.to_representation(subject)
        assert list(written.items()) == list(by_its_fields(serializer, subject).items())
    claimed = ClaimedImageSerializer(image).data
    assert list(claimed) == list(ClaimedImageSerializer().fields)
    assert claimed["annotations"] == []
