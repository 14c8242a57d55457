"""An import that waits for a person: what it would bring, its pictures, and the decision."""

from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.images import PICTURE
from annotations.api.import_serializers import ChoicesSerializer, ImportSerializer
from annotations.api.snapshots import FormatSerializer
from annotations.imports import review
from annotations.imports.options import ON_KNOWN
from annotations.models import Import
from annotations.object_keys import preview_key
from annotations.queries import expect_picture_of, import_for
from boxwright.api.fields import IdField
from boxwright.api.files import FOREVER, send_object
from boxwright.api.views import Endpoint
from boxwright.storage.named import Named
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.models import Role


class MatchSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    color = serializers.CharField()


class ReviewLabelSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="as the archive has it")
    count = serializers.IntegerField(help_text="annotations that carry it")
    match = MatchSerializer(allow_null=True, help_text="the project's label of this name")
    similar = serializers.BooleanField(help_text="whether that one's name differs by case or blanks")


class ReviewImagesSerializer(serializers.Serializer[Any]):
    new = serializers.IntegerField()
    known = serializers.IntegerField(help_text="that the project has already")
    known_labelled = serializers.IntegerField(help_text="of the known ones: those that carry annotations")
    unlabelled = serializers.IntegerField()
    negatives = serializers.IntegerField(help_text="that a file speaks of and that carry nothing")


class ReviewSplitsSerializer(serializers.Serializer[Any]):
    train = serializers.IntegerField()
    val = serializers.IntegerField()
    test = serializers.IntegerField()


class ReviewSerializer(serializers.Serializer[Any]):
    labels = ReviewLabelSerializer(many=True)
    images = ReviewImagesSerializer()
    annotations = serializers.IntegerField()
    splits = ReviewSplitsSerializer()
    groups = serializers.IntegerField()
    new_labels_allowed = serializers.BooleanField(help_text="whether you may have labels made")
    formats = FormatSerializer(many=True, help_text="those as which it may be read again")


class ReviewAnnotationSerializer(serializers.Serializer[Any]):
    """Without sides it is a label of the whole image."""

    label = serializers.CharField()  # type: ignore[assignment] # a field's own name, taken as DRF takes it
    x_min = serializers.FloatField(required=False)
    y_min = serializers.FloatField(required=False)
    x_max = serializers.FloatField(required=False)
    y_max = serializers.FloatField(required=False)


class ReviewImageSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    name = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    url = serializers.SerializerMethodField(help_text="a JPEG whose longer side has at most 1600 pixels")
    annotations = ReviewAnnotationSerializer(many=True)

    @extend_schema_field(serializers.CharField)
    def get_url(self, row: dict[str, Any]) -> str:
        return reverse("import-image-preview", args=[self.context["import_id"], row["sha256"]])


class TargetSerializer(serializers.Serializer[Any]):
    to = serializers.ChoiceField(choices=["new", "existing", "ignore"])
    label = IdField(required=False, help_text="the id of the existing one")  # type: ignore[assignment]


class DecisionSerializer(serializers.Serializer[Any]):
    labels = serializers.DictField(
        child=TargetSerializer(),
        required=False,
        default=dict,
        help_text="by the archive's names; those that are left out go into the label of their name, else become new",
    )
    on_known = serializers.ChoiceField(
        choices=ON_KNOWN,
        required=False,
        default="add",
        help_text="images that carry annotations: add theirs, keep ours as they are, replace ours by theirs",
    )
    splits = serializers.BooleanField(required=False, default=True, help_text="take the splits and groups")


class ReadAgainSerializer(serializers.Serializer[Any]):
    format = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    choices = ChoicesSerializer(required=False)


class ReviewView(Endpoint):
    @extend_schema(responses=ReviewSerializer)
    def get(self, request: Request, import_id: int) -> Response:
        """409 unless it waits for a decision."""
        job = import_for(request.user, import_id)
        return Response(ReviewSerializer(review.review_of(job, signed_in(request))).data)


class ReviewImagesView(Endpoint):
    @extend_schema(responses=ReviewImageSerializer(many=True))
    def get(self, request: Request, import_id: int) -> Response:
        """Up to twelve pictures, spread over the import, with what it says of them. 409 unless it waits."""
        job = import_for(request.user, import_id)
        shown = ReviewImageSerializer(review.shown_images(job), many=True, context={"import_id": job.pk})
        return Response(shown.data)

    pagination_class = None  # type: ignore[assignment] # twelve at most


class ReviewPreviewView(Endpoint):
    @PICTURE
    def get(self, request: Request, import_id: int, sha256: str) -> HttpResponseBase:
        """A picture that the open import has read, as a JPEG of at most 1600 pixels."""
        job = import_for(request.user, import_id)
        expect_picture_of(job, sha256)
        key = preview_key(job.project.team_id, sha256)
        return send_object(request, Named(key), "image/jpeg", tag=f"{sha256}-p", cache=FOREVER)


class ImportApplyView(Endpoint):
    body_limit = "JSON_BYTES"

    @extend_schema(request=DecisionSerializer, responses=ImportSerializer)
    def post(self, request: Request, import_id: int) -> Response:
        """Have it applied, as one: all of it is visible then, or nothing. Asked again the answer is the same.

        New labels are for managers. 409 unless it waits for a decision, or where the team has no room for it.
        """
        job = import_for(request.user, import_id, Role.ANNOTATOR)
        return _answer(review.apply(job, signed_in(request), self.parsed(DecisionSerializer)))


class ImportReadView(Endpoint):
    @extend_schema(request=ReadAgainSerializer, responses=ImportSerializer)
    def post(self, request: Request, import_id: int) -> Response:
        """Have it read again from the start, in another format or with other choices. 409 unless it waits."""
        job = import_for(request.user, import_id, Role.ANNOTATOR)
        asked = self.parsed(ReadAgainSerializer)
        return _answer(review.read_again(job, asked["format"], asked.get("choices")))


def _answer(job: Import) -> Response:
    return Response(ImportSerializer(job).data)
