"""Where things lie in the object store. The bucket is the project: these keys are for keeps."""


def image_key(team_id: int, sha256: str) -> str:
    """The original bytes, once a team."""
    return f"teams/{team_id}/images/{sha256[:2]}/{sha256}"


def thumbnail_key(team_id: int, sha256: str) -> str:
    return f"teams/{team_id}/thumbnails/{sha256}.jpg"


def preview_key(team_id: int, sha256: str) -> str:
    return f"teams/{team_id}/previews/{sha256}.jpg"


def keys_of_image(team_id: int, sha256: str) -> tuple[str, str, str]:
    return image_key(team_id, sha256), preview_key(team_id, sha256), thumbnail_key(team_id, sha256)


def archive_key(project_id: int, import_id: int) -> str:
    return f"projects/{project_id}/imports/{import_id}.zip"


def manifest_key(project_id: int, number: int) -> str:
    return f"projects/{project_id}/snapshots/{number}/manifest.jsonl"


def snapshot_key(project_id: int, number: int) -> str:
    return f"projects/{project_id}/snapshots/{number}/snapshot.json"
