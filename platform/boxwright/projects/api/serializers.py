"""The JSON of projects and labels."""

from typing import Any

from rest_framework import serializers

from boxwright import limits
from boxwright.api.fields import CountedListField, NameField
from boxwright.projects.models import Label, Project, TaskKind
from boxwright.teams.api.serializers import TeamRefSerializer
from boxwright.teams.models import Role

COLOR = r"^#[0-9A-Fa-f]{6}$"


class LabelSerializer(serializers.ModelSerializer[Label]):
    class Meta:
        model = Label
        fields = ["id", "name", "color", "position", "annotation_count"]
        read_only_fields = fields


class NewLabelSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=limits.LABEL_NAME_LENGTH)
    color = serializers.RegexField(COLOR, required=False, allow_blank=True, default="", help_text="#RRGGBB")


class LabelChangeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=limits.LABEL_NAME_LENGTH, required=False)
    color = serializers.RegexField(COLOR, required=False)
    position = serializers.IntegerField(min_value=0, max_value=100_000, required=False)


class CountsSerializer(serializers.Serializer[Any]):
    images = serializers.IntegerField()
    unlabelled = serializers.IntegerField()
    labelled = serializers.IntegerField()
    review = serializers.IntegerField()
    done = serializers.IntegerField()
    skipped = serializers.IntegerField()
    annotations = serializers.IntegerField()


class ProjectSerializer(serializers.ModelSerializer[Project]):
    """A project as one of its members sees it: `member_role` comes with `projects_of` and `project_for`."""

    team = TeamRefSerializer()
    role = serializers.ChoiceField(choices=Role.choices, source="member_role")
    labels = LabelSerializer(many=True)
    counts = CountsSerializer()

    class Meta:
        model = Project
        fields = [
            "id",
            "slug",
            "name",
            "team",
            "task",
            "role",
            "seed",
            "share_location",
            "labels",
            "counts",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields


class ProjectChangeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100, required=False)
    share_location = serializers.BooleanField(
        required=False, help_text="whether files go out with the place where they were taken"
    )


class NewProjectSerializer(serializers.Serializer[Any]):
    team = serializers.SlugField(max_length=60)
    name = NameField()
    task = serializers.ChoiceField(choices=TaskKind.choices)
    labels = CountedListField(
        child=NewLabelSerializer(), required=False, default=list, max_length=limits.LABELS_A_PROJECT
    )


class UsageSerializer(serializers.Serializer[Any]):
    used = serializers.IntegerField()
    limit = serializers.IntegerField(allow_null=True, help_text="null: no quota")


class TeamUsageSerializer(serializers.Serializer[Any]):
    images = UsageSerializer()
    bytes = UsageSerializer(help_text="of the images' original files, in each project that shows them")
    jobs = UsageSerializer(help_text="imports, snapshots, runs and artifacts queued or running")
