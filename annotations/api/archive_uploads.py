"""Archives sent in parts: tus 1.0.0 (https://tus.io), core with creation, termination, expiration and checksum."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import IO, Any

from django.urls import reverse
from django.utils.http import http_date
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.imports import uploads
from annotations.models import ArchiveUpload
from boxwright import limits
from boxwright.api.views import Endpoint
from boxwright.errors import DomainError, Invalid, TooLarge
from boxwright.projects.models import Project
from boxwright.projects.queries import project_for
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.models import Role

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration,checksum"
ALGORITHMS = ("sha1", "sha256")
METADATA_CHARACTERS = 4000
NUMBER = re.compile(r"[0-9]{1,19}", re.ASCII)


def _header(name: str, text: str, most: int = 100, required: bool = True) -> OpenApiParameter:
    kind = {"type": "string", "maxLength": most}
    return OpenApiParameter(name, kind, OpenApiParameter.HEADER, required=required, description=text)


RESUMABLE = _header("Tus-Resumable", "1.0.0")
CHECKSUM = _header("Upload-Checksum", "sha1 or sha256, a blank, base64", required=False)


class WrongVersion(DomainError):
    status = 412
    title = "Precondition failed"
    headers = {"Tus-Version": VERSION}


class WrongChecksum(DomainError):
    """The part is not what was sent; nothing of it is kept."""

    status = 460
    title = "Checksum mismatch"


class PartParser(BaseParser):
    """Raises TooLarge beyond limits.UPLOAD_PART_BYTES."""

    media_type = "application/offset+octet-stream"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        data: bytes = stream.read(limits.UPLOAD_PART_BYTES + 1)
        if len(data) > limits.UPLOAD_PART_BYTES:
            raise TooLarge(f"A part may have {limits.UPLOAD_PART_BYTES / 2**20:g} MB.")
        return data


class ArchiveUploadSerializer(serializers.ModelSerializer[ArchiveUpload]):
    class Meta:
        model = ArchiveUpload
        fields = ["id", "name", "length", "offset", "expires_at"]
        read_only_fields = fields


class TusEndpoint(Endpoint):
    """Who may import sends archives; each finds only those that they began."""

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        offers = {
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(limits.ARCHIVE_BYTES),
            "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
        }
        return Response(status=204, headers=offers)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Tus-Resumable"] = VERSION
        return response

    def project(self, project_id: int) -> Project:
        """Raises NotFound or NotAllowed, then WrongVersion."""
        project = project_for(self.request.user, project_id, Role.ANNOTATOR)
        if self.request.headers.get("Tus-Resumable") != VERSION:
            raise WrongVersion(f"The header Tus-Resumable must be {VERSION}.")
        return project


class ArchiveUploadsView(TusEndpoint):
    @extend_schema(
        request=None,
        parameters=[
            RESUMABLE,
            _header("Upload-Length", "bytes of the whole archive"),
            _header("Upload-Metadata", "`filename`, a blank, the archive's name in base64", METADATA_CHARACTERS, False),
        ],
        responses={201: ArchiveUploadSerializer},
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Begin to send an archive in parts (tus 1.0.0); `Location` is where its parts go.

        It expires a day after its last part. When all has come, POST its id to the project's imports.
        """
        project = self.project(project_id)
        name = _metadata(request.headers.get("Upload-Metadata", "")).get("filename", "")
        length = _number(request, "Upload-Length")
        upload = uploads.begin_upload(project=project, author=signed_in(request), name=name, length=length)
        place = reverse("import-upload", kwargs={"project_id": project_id, "upload_id": upload.pk})
        return _answer(upload, 201, Location=place)


class ArchiveUploadView(TusEndpoint):
    parser_classes = [PartParser]
    body_limit = "UPLOAD_PART_BYTES"

    def expect_sender(self, request: Request, **kwargs: Any) -> None:
        project = project_for(request.user, kwargs["project_id"], Role.ANNOTATOR)
        uploads.upload_for(request.user, project, kwargs["upload_id"])

    def _upload(self, project_id: int, upload_id: int) -> ArchiveUpload:
        return uploads.upload_for(self.request.user, self.project(project_id), upload_id)

    @extend_schema(parameters=[RESUMABLE], responses=ArchiveUploadSerializer)
    def get(self, request: Request, project_id: int, upload_id: int) -> Response:
        """How far it is; HEAD says the same in `Upload-Offset`."""
        return _answer(self._upload(project_id, upload_id), 200)

    @extend_schema(
        request={PartParser.media_type: bytes},
        parameters=[RESUMABLE, CHECKSUM, _header("Upload-Offset", "where the part begins")],
        responses={204: OpenApiResponse(description="`Upload-Offset` says where the next part begins")},
    )
    def patch(self, request: Request, project_id: int, upload_id: int) -> Response:
        """The next part, of at most 8 MB; it is kept as a whole or not at all. 409 where another one is expected."""
        upload = self._upload(project_id, upload_id)
        offset, data = _number(request, "Upload-Offset"), request.data
        if not isinstance(data, bytes):
            raise Invalid(f"A part is sent as {PartParser.media_type}.")
        _expect_checksum(request.headers.get("Upload-Checksum", ""), data)
        return _answer(uploads.add_part(upload, offset, data), 204)

    @extend_schema(parameters=[RESUMABLE], responses={204: None})
    def delete(self, request: Request, project_id: int, upload_id: int) -> Response:
        """Give it up. 409 while it is imported."""
        uploads.delete_upload(self._upload(project_id, upload_id))
        return Response(status=204)


def _answer(upload: ArchiveUpload, status: int, **headers: str) -> Response:
    said = {
        "Upload-Offset": str(upload.offset),
        "Upload-Length": str(upload.length),
        "Upload-Expires": http_date(upload.expires_at.timestamp()),
        "Cache-Control": "no-store",
    }
    data = None if status == 204 else ArchiveUploadSerializer(upload).data
    return Response(data, status=status, headers={**said, **headers})


def _number(request: Request, name: str) -> int:
    said = request.headers.get(name, "")
    if not NUMBER.fullmatch(said):
        raise Invalid(f"The header {name} must be a number of bytes.", {name: "expected a number"})
    return int(said)


def _metadata(said: str) -> dict[str, str]:
    """`filename YS56aXA=,other` as {"filename": "a.zip", "other": ""}."""
    if len(said) > METADATA_CHARACTERS:
        raise Invalid("The header Upload-Metadata is too long.", {"Upload-Metadata": "too long"})
    pairs = (pair.strip().partition(" ") for pair in said.split(","))
    try:
        return {key: base64.b64decode(value, validate=True).decode() for key, _, value in pairs}
    except (binascii.Error, UnicodeDecodeError):
        raise Invalid("The header Upload-Metadata can't be read.", {"Upload-Metadata": "expected base64"}) from None


def _expect_checksum(said: str, data: bytes) -> None:
    """Raises Invalid, WrongChecksum."""
    if not said:
        return
    algorithm, _, value = said.partition(" ")
    if algorithm not in ALGORITHMS:
        raise Invalid("This checksum is not known here.", {"Upload-Checksum": f"expected {' or '.join(ALGORITHMS)}"})
    digest = base64.b64encode(hashlib.new(algorithm, data, usedforsecurity=False).digest()).decode()
    if not hmac.compare_digest(digest.encode(), value.strip().encode()):
        raise WrongChecksum("The part's checksum is another one; send it again.")
