"""Files of a form: small ones stay in memory, within a bound for each request; the others lie on the disk."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile, TemporaryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from boxwright import limits

SMALL_BYTES = 256 * limits.KIB
MEMORY_BYTES = 8 * limits.MIB
"""What the small files of one request may take."""


class ReceivedFiles(FileUploadHandler):
    """Django's own handlers keep each file of a request over 64 KB on the disk, which costs more than its bytes."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._left = MEMORY_BYTES
        self._memory = BytesIO()
        self._disk: TemporaryUploadedFile | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._memory, self._disk = BytesIO(), None

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._disk is None and start + len(raw_data) > min(SMALL_BYTES, self._left):
            self._disk = self._on_disk()
            self._disk.write(self._memory.getvalue())
            self._memory = BytesIO()
        (self._memory if self._disk is None else self._disk).write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile | TemporaryUploadedFile:
        if self._disk is not None:
            self._disk.seek(0)
            self._disk.size = file_size
            return self._disk
        self._left -= file_size
        self._memory.seek(0)
        facts = (self.field_name, self.file_name, self.content_type, file_size, self.charset, self.content_type_extra)
        return InMemoryUploadedFile(self._memory, *facts)

    def upload_interrupted(self) -> None:
        if self._disk is not None:
            self._disk.close()

    def _on_disk(self) -> TemporaryUploadedFile:
        return TemporaryUploadedFile(str(self.file_name), self.content_type, 0, self.charset, self.content_type_extra)
