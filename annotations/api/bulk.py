"""Many images changed at once: those that are named, or all that a filter finds."""

from collections.abc import Iterable, Mapping
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations import bulk
from annotations.api.narrowing import NarrowingSerializer
from annotations.image_filters import DRAFTS, drafts_among, images_of
from annotations.models import BulkChange
from annotations.queries import bulk_change_for
from boxwright import limits
from boxwright.api.fields import CountedListField, IdField
from boxwright.api.jobs import JobSerializer
from boxwright.api.views import Endpoint
from boxwright.errors import Invalid
from boxwright.projects.canceling import cancel
from boxwright.projects.models import QUEUES, Project
from boxwright.projects.queries import project_for
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.api.people import PersonSerializer
from boxwright.teams.models import Role, User

Deed = BulkChange.Deed
BY_ANNOTATORS = (Deed.MOVE, Deed.LABEL, Deed.UNDO, Deed.GIVE_BACK)


class RefusalSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField()
    count = serializers.IntegerField(help_text="of images")


class AskedSerializer(serializers.Serializer[Any]):
    queue = serializers.ChoiceField(choices=QUEUES, required=False)
    label = serializers.IntegerField(required=False)  # type: ignore[assignment]
    from_label = serializers.IntegerField(required=False)
    person = serializers.IntegerField(required=False, allow_null=True)


class BulkChangeSerializer(JobSerializer):
    asked = AskedSerializer()
    refused = serializers.SerializerMethodField(help_text="why images stayed as they were, the most frequent first")
    created_by = PersonSerializer(allow_null=True)

    class Meta:
        model = BulkChange
        fields = [
            *("id", "deed", "asked", *JobSerializer.FIELDS, "total", "done_count", "refused_count", "refused"),
            *("created_by", "created_at"),
        ]
        read_only_fields = fields

    @extend_schema_field(RefusalSerializer(many=True))
    def get_refused(self, change: BulkChange) -> list[dict[str, Any]]:
        return bulk.reasons_of(change)


class ImageFilterSerializer(NarrowingSerializer):
    """As the list of images takes it."""

    drafts = serializers.ChoiceField(choices=DRAFTS, required=False)


class SelectionSerializer(serializers.Serializer[Any]):
    """`images`, or the `filter` that finds them; `{}` finds all."""

    images = CountedListField(child=IdField(), max_length=limits.BULK_IDS, required=False)
    filter = ImageFilterSerializer(required=False)


class MoveImagesSerializer(SelectionSerializer):
    queue = serializers.ChoiceField(choices=QUEUES)


class LabelImagesSerializer(SelectionSerializer):
    label = IdField()  # type: ignore[assignment]
    from_label = IdField(required=False, help_text="only boxes that carry this label; where absent, all")


class AssignImagesSerializer(SelectionSerializer):
    person = IdField(allow_null=True, help_text="null: nobody")


class AssignedEventSerializer(serializers.Serializer[Any]):
    ids = serializers.ListField(child=serializers.IntegerField())
    assigned_to = PersonSerializer(allow_null=True)


CHANGED = {201: BulkChangeSerializer}


class BulkView(Endpoint):
    """Up to 100 images are changed when the answer comes; of more it says how the job stands."""

    def changed(self, deed: str, role: Role, body: type[SelectionSerializer], **more: None) -> Response:
        project = project_for(self.request.user, self.kwargs["project_id"], role)
        asked = self.parsed(body)
        author = signed_in(self.request)
        images = _selected(project, author, asked)
        given = {name: asked[name] for name in ("queue", "label", "from_label", "person") if name in asked}
        said: dict[str, Any] = given | more
        change = bulk.change_images(project=project, author=author, deed=deed, images=images, asked=said)
        return Response(BulkChangeSerializer(change).data, status=201)


def _selected(project: Project, person: User, asked: Mapping[str, Any]) -> Iterable[int]:
    if ("images" in asked) == ("filter" in asked):
        raise Invalid("Which images?", {"images": "expected either images or a filter"})
    if "images" in asked:
        return list(asked["images"])
    only = {name: str(value) for name, value in asked["filter"].items()}
    whose = only.pop("drafts", "")
    rows = drafts_among(images_of(project, **only), whose, person)
    found = list(rows.values_list("pk", flat=True)[: limits.BULK_IMAGES + 1])
    if not found:
        raise Invalid("No image fits.", {"filter": "it finds nothing"})
    return found


class MoveView(BulkView):
    @extend_schema(request=MoveImagesSerializer, responses=CHANGED)
    def post(self, request: Request, project_id: int) -> Response:
        """Move images to a queue, those that one may move there."""
        return self.changed(Deed.MOVE, Role.ANNOTATOR, MoveImagesSerializer)


class LabelView(BulkView):
    @extend_schema(request=LabelImagesSerializer, responses=CHANGED)
    def post(self, request: Request, project_id: int) -> Response:
        """Give boxes another label; where whole images carry labels, give each of the images this one."""
        return self.changed(Deed.LABEL, Role.ANNOTATOR, LabelImagesSerializer)


class AssignView(BulkView):
    @extend_schema(request=AssignImagesSerializer, responses=CHANGED)
    def post(self, request: Request, project_id: int) -> Response:
        """Ask a person of the team to label images: the queue hands them out to that person first."""
        return self.changed(Deed.ASSIGN, Role.MANAGER, AssignImagesSerializer)


class GiveBackView(BulkView):
    @extend_schema(request=SelectionSerializer, responses=CHANGED)
    def post(self, request: Request, project_id: int) -> Response:
        """Give back images that one is asked to label: they are nobody's."""
        return self.changed(Deed.GIVE_BACK, Role.ANNOTATOR, SelectionSerializer, person=None)


class DeleteView(BulkView):
    @extend_schema(request=SelectionSerializer, responses=CHANGED)
    def post(self, request: Request, project_id: int) -> Response:
        """Move images to the Trash, which keeps them for 30 days."""
        return self.changed(Deed.DELETE, Role.MANAGER, SelectionSerializer)


class BulkChangeView(Endpoint):
    @extend_schema(responses=BulkChangeSerializer)
    def get(self, request: Request, change_id: int) -> Response:
        return Response(BulkChangeSerializer(bulk_change_for(request.user, change_id)).data)


def _own(request: Request, change_id: int) -> BulkChange:
    """Whoever may ask for such a change may cancel it and take it back; what is one person's, that person."""
    change = bulk_change_for(request.user, change_id, Role.ANNOTATOR)
    is_anothers = change.deed == Deed.GIVE_BACK and change.created_by != request.user
    if change.deed not in BY_ANNOTATORS or is_anothers:
        bulk_change_for(request.user, change_id, Role.MANAGER)
    return change


class CancelView(Endpoint):
    @extend_schema(request=None, responses=BulkChangeSerializer)
    def post(self, request: Request, change_id: int) -> Response:
        """At once; what is done stays done, and can be taken back."""
        return Response(BulkChangeSerializer(cancel(_own(request, change_id))).data)


class UndoView(Endpoint):
    @extend_schema(request=None, responses=CHANGED)
    def post(self, request: Request, change_id: int) -> Response:
        """Take the change back, but for images that somebody changed since; 409 the second time."""
        change = bulk.undo(change=_own(request, change_id), author=signed_in(request))
        return Response(BulkChangeSerializer(change).data, status=201)
