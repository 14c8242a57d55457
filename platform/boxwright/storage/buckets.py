"""Folders in buckets of others that an operator lets imports read: `s3://bucket/folder/`."""

from dataclasses import dataclass

from django.conf import settings

from boxwright import env
from boxwright.errors import Invalid


@dataclass(frozen=True, slots=True)
class BucketFolder:
    """`prefix` is empty or ends with a slash: a folder, never the beginning of a name."""

    bucket: str
    prefix: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"

    def holds(self, other: "BucketFolder") -> bool:
        return self.bucket == other.bucket and other.prefix.startswith(self.prefix)


def folder_of(address: str) -> BucketFolder:
    """Of `s3://bucket/folder/`, the last slash or not. Raises Invalid."""
    found = env.BUCKET.fullmatch(address.strip())
    folder = (found["folder"] or "").removesuffix("/") if found else ""
    if found is None or (folder and not {"", ".", ".."}.isdisjoint(folder.split("/"))):
        raise Invalid("This is no folder of a bucket.", {"bucket": "expected s3://bucket/folder/"})
    return BucketFolder(found["bucket"], f"{folder}/" if folder else "")


def readable(address: str) -> BucketFolder:
    """One that imports may read. Raises Invalid."""
    wanted = folder_of(address)
    if allowed_around(wanted) is None:
        within = ", ".join(str(folder_of(one)) for one in settings.IMPORT_BUCKETS) or "none"
        raise Invalid("Imports may not read this bucket.", {"bucket": f"this server's imports may read: {within}"})
    return wanted


def allowed_around(wanted: BucketFolder) -> BucketFolder | None:
    """The folder that the operator allows and that holds this one."""
    if wanted.bucket == settings.S3_BUCKET:
        return None
    return next((one for one in map(folder_of, settings.IMPORT_BUCKETS) if one.holds(wanted)), None)
