"""Where things lie in the object store. What a job writes lies under its own hash: nobody overwrites another's."""


def originals(team_id: int) -> str:
    """The folder of the original bytes."""
    return f"teams/{team_id}/images/"


def image_key(team_id: int, sha256: str) -> str:
    """The original bytes, once a team."""
    return f"{originals(team_id)}{sha256[:2]}/{sha256}"


def thumbnail_key(team_id: int, sha256: str) -> str:
    return f"teams/{team_id}/thumbnails/{sha256}.jpg"


def preview_key(team_id: int, sha256: str) -> str:
    return f"teams/{team_id}/previews/{sha256}.jpg"


def keys_of_image(team_id: int, sha256: str) -> tuple[str, str, str]:
    return image_key(team_id, sha256), preview_key(team_id, sha256), thumbnail_key(team_id, sha256)


def archive_key(project_id: int, sha256: str) -> str:
    return f"projects/{project_id}/imports/{sha256}.zip"


def upload_folder(project_id: int, upload_id: int) -> str:
    return f"projects/{project_id}/uploads/{upload_id}/"


def part_key(project_id: int, upload_id: int, start: int, attempt: str) -> str:
    """`attempt`: of two who send the same part at once, neither writes over the other's."""
    return f"{upload_folder(project_id, upload_id)}{start:014}-{attempt}"


def snapshot_key(project_id: int, number: int, sha256: str, name: str) -> str:
    """`name`: manifest.jsonl or snapshot.json."""
    return f"projects/{project_id}/snapshots/{number}/{sha256}/{name}"
