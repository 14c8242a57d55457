"""Artifacts: make, watch, download."""

from functools import partial
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright.api.files import download_object, send_file
from boxwright.api.jobs import JobSerializer
from boxwright.api.links import LINK, LinkSerializer
from boxwright.api.views import Endpoint
from boxwright.projects.canceling import cancel
from boxwright.teams import audit
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.models import Role
from training import artifacts, queries
from training.api.evaluations import SPLITS, EvaluatedImageSerializer
from training.engine.targets import Verification
from training.engine.tasks import TASKS
from training.models import Artifact
from training.needed_objects import archive_of

VERIFICATIONS = {
    Verification.RUN_HERE.value: "its file was run on the export machine, in `runtime`",
    Verification.RUN_IN_CLIENT_HERE.value: "its file was run on the export machine, in the client of its users",
    Verification.COMPARED.value: "converted and compared; the export machine can't run its file",
    Verification.REPORTED.value: "a device ran its file and reported the answers",
}


class FileSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    size = serializers.IntegerField()


class ParitySerializer(serializers.Serializer[Any]):
    """How far the artifact's answers are from the checkpoint's on the same images; null is what can't be measured."""

    max_box_px = serializers.FloatField(allow_null=True, help_text="of any raw box, in pixels of the original")
    max_score = serializers.FloatField(allow_null=True, help_text="of any raw score")
    unmatched_detections = serializers.IntegerField(help_text="final detections that only one of the two has")
    metric = serializers.ChoiceField(choices=[task.headline for task in TASKS.values()])
    metric_loss = serializers.FloatField(allow_null=True, help_text="the checkpoint's metric less the artifact's")
    client_loss = serializers.FloatField(
        required=False, allow_null=True, help_text="the checkpoint's metric less that of the artifact in `client`"
    )
    limit_box_px = serializers.FloatField(allow_null=True)
    limit_score = serializers.FloatField()
    limit_metric_loss = serializers.FloatField(allow_null=True)
    limit_client_loss = serializers.FloatField(required=False, allow_null=True)
    images = serializers.IntegerField(help_text="that were compared on")
    images_available = serializers.IntegerField(help_text="in the split; `images` are spread evenly over it")
    split = serializers.ChoiceField(choices=SPLITS)
    verification = serializers.ChoiceField(choices=list(VERIFICATIONS.items()))
    runtime = serializers.CharField(help_text="what ran the artifact, with its version")
    client = serializers.CharField(
        required=False, allow_null=True, help_text="the client, as far as it is rewritten here, that `client_AP` is of"
    )
    passed = serializers.BooleanField()
    released = serializers.BooleanField(
        required=False, help_text="given out though it did not pass: a manager knew what it loses of `metric`"
    )
    misses_metric_alone = serializers.BooleanField(
        required=False, help_text="did not pass for what it loses of `metric`, and nothing else: it can be released"
    )


class ArtifactMetricsSerializer(serializers.Serializer[Any]):
    """Metrics of the artifact, of the checkpoint, and of the artifact in its own client, on the same images.

    What was not measured is left out.
    """

    AP = serializers.FloatField(required=False)
    AP50 = serializers.FloatField(required=False)
    accuracy = serializers.FloatField(required=False)
    checkpoint_AP = serializers.FloatField(required=False)  # noqa: N815
    checkpoint_AP50 = serializers.FloatField(required=False)  # noqa: N815
    checkpoint_accuracy = serializers.FloatField(required=False)
    client_AP = serializers.FloatField(required=False)  # noqa: N815
    client_AP50 = serializers.FloatField(required=False)  # noqa: N815
    client_accuracy = serializers.FloatField(required=False)


class EightBitsSerializer(serializers.Serializer[Any]):
    """What of a file is 8-bit numbers: its weights, but for those of `float_layers`, which change scores most."""

    activations = serializers.BooleanField(help_text="they are 8-bit numbers too")
    float_layers = serializers.ListField(child=serializers.CharField())


class ArtifactSerializer(JobSerializer):
    files = FileSerializer(many=True)
    parity = ParitySerializer(allow_null=True)
    metrics = ArtifactMetricsSerializer(allow_null=True)
    eight_bits = EightBitsSerializer(allow_null=True, help_text="null for one without 8-bit weights")
    latency_ms = serializers.FloatField(
        allow_null=True, help_text="the network's time for a picture, on one thread of the export machine: the median"
    )

    class Meta:
        model = Artifact
        fields = [
            *(
                "id",
                "run",
                "target",
                "quantization",
                *JobSerializer.FIELDS,
                "size",
                "sha256",
                "files",
                "parity",
                "metrics",
                "eight_bits",
                "latency_ms",
                "released",
            ),
            *("created_at", "finished_at"),
        ]
        read_only_fields = fields


class EveryArtifactSerializer(serializers.Serializer[Any]):
    artifacts = ArtifactSerializer(many=True)


class NewArtifactSerializer(serializers.Serializer[Any]):
    target = serializers.CharField(max_length=20)
    quantization = serializers.CharField(max_length=20, default="none")


class ArtifactsView(Endpoint):
    @extend_schema(responses=ArtifactSerializer(many=True))
    def get(self, request: Request, run_id: int) -> Response:
        run = queries.run_for(request.user, run_id)
        return self.page(run.artifacts.all(), ArtifactSerializer, "id")

    @extend_schema(
        request=NewArtifactSerializer,
        responses={201: ArtifactSerializer, 200: ArtifactSerializer},
    )
    def post(self, request: Request, run_id: int) -> Response:
        """201 when it is made now, 200 when it is there or on its way already."""
        run = queries.run_for(request.user, run_id, Role.MANAGER)
        asked = self.parsed(NewArtifactSerializer)
        artifact, queued = artifacts.make_artifact(run=run, author=signed_in(request), **asked)
        return Response(ArtifactSerializer(artifact).data, status=201 if queued else 200)


class EveryArtifactView(Endpoint):
    @extend_schema(request=None, responses=EveryArtifactSerializer)
    def post(self, request: Request, run_id: int) -> Response:
        """One of each target that the run's model can go to, in 32 bits; those there or on their way are left alone."""
        run = queries.run_for(request.user, run_id, Role.MANAGER)
        made = artifacts.make_every_artifact(run=run, author=signed_in(request))
        return Response(EveryArtifactSerializer({"artifacts": made}).data)


class ArtifactView(Endpoint):
    @extend_schema(responses=ArtifactSerializer)
    def get(self, request: Request, artifact_id: int) -> Response:
        return Response(ArtifactSerializer(queries.artifact_for(request.user, artifact_id)).data)


class ArtifactCancelView(Endpoint):
    @extend_schema(request=None, responses=ArtifactSerializer)
    def post(self, request: Request, artifact_id: int) -> Response:
        """At once; twice changes nothing; 409 when it has ended otherwise. Asked for again, it is made anew."""
        artifact = queries.artifact_for(request.user, artifact_id, Role.MANAGER)
        return Response(ArtifactSerializer(cancel(artifact)).data)


class ArtifactReleaseView(Endpoint):
    @extend_schema(request=None, responses=ArtifactSerializer)
    def post(self, request: Request, artifact_id: int) -> Response:
        """Made once more, and given out though it loses more AP or accuracy than allowed; its card and file say so.

        409 unless it has failed, and for that alone (`misses_metric_alone`).
        """
        artifact = queries.artifact_for(request.user, artifact_id, Role.MANAGER)
        return Response(ArtifactSerializer(artifacts.release_artifact(artifact)).data)


class FoundSerializer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment] # a field's own name, taken as DRF takes it
    score = serializers.FloatField()
    box = serializers.ListField(
        child=serializers.FloatField(),
        min_length=4,
        max_length=4,
        allow_null=True,
        help_text="x_min, y_min, x_max, y_max as shares of the picture; null of a classifier",
    )


class WorstPictureSerializer(serializers.Serializer[Any]):
    image = EvaluatedImageSerializer()
    checkpoint = FoundSerializer(many=True)
    artifact = FoundSerializer(many=True)


class WorstPicturesSerializer(serializers.Serializer[Any]):
    where = serializers.CharField(
        allow_null=True,
        help_text="the runtime or client that `artifact`'s answers are of; null where it has not failed",
    )
    pictures = WorstPictureSerializer(many=True, help_text="the worst first, five at most; deleted ones are left out")


class ArtifactWorstView(Endpoint):
    @extend_schema(responses=WorstPicturesSerializer)
    def get(self, request: Request, artifact_id: int) -> Response:
        """The pictures on which one that has failed differs most from its checkpoint."""
        artifact = queries.artifact_for(request.user, artifact_id)
        return Response(WorstPicturesSerializer(artifacts.worst_pictures(artifact)).data)


class ArtifactDownloadView(Endpoint):
    @extend_schema(
        parameters=[LINK],
        responses={
            (200, "application/zip"): OpenApiTypes.BINARY,
            (200, "application/json"): LinkSerializer,
            (206, "application/zip"): OpenApiTypes.BINARY,
            302: OpenApiResponse(description="in the bucket"),
            304: OpenApiResponse(description="unchanged"),
            416: OpenApiResponse(description="no such part"),
        },
    )
    def get(self, request: Request, artifact_id: int) -> HttpResponseBase:
        artifact = artifacts.downloadable(queries.artifact_for(request.user, artifact_id))
        name = artifacts.file_name(artifact)
        audit.record_download(artifact.run.project.team, name)
        return download_object(request, archive_of(artifact), "application/zip", name, tag=artifact.sha256)


class ArtifactFileView(Endpoint):
    @extend_schema(
        responses={
            (200, "*/*"): OpenApiTypes.BINARY,
            (206, "*/*"): OpenApiTypes.BINARY,
            304: OpenApiResponse(description="unchanged"),
            416: OpenApiResponse(description="no such part"),
        },
    )
    def get(self, request: Request, artifact_id: int, name: str) -> HttpResponseBase:
        """A file of a TF.js artifact, as its zip holds it: what a page needs to run the model."""
        artifact = queries.artifact_for(request.user, artifact_id)
        artifacts.expect_web_file(artifact, name)
        audit.record_download(artifact.run.project.team, artifacts.file_name(artifact))
        opened = partial(artifacts.open_web_file, artifact, name)
        return send_file(request, opened, artifacts.content_type_of(name), tag=f"{artifact.sha256}-{name}")
