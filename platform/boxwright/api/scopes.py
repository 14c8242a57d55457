"""What a token may do: each route and method needs one scope. What is not in the table no token may do."""

READ, ANNOTATE, INGEST, TRAIN, MANAGE = "read", "annotate", "ingest", "train", "manage"

SCOPES: dict[str, str] = {
    READ: "look at everything and download",
    ANNOTATE: "claim images and label them",
    INGEST: "upload images and import archives",
    TRAIN: "make snapshots, runs and artifacts",
    MANAGE: "make and delete projects and labels, delete images, invite and manage members",
}

ANY = "any"
"""Every token."""
BROWSER = "browser"
"""No token: only whoever is logged in at a browser."""

TABLE: dict[str, dict[str, str]] = {
    # accounts
    "session": {"GET": ANY},
    "setup": {"POST": ANY},
    "login": {"POST": ANY},
    "logout": {"POST": ANY},
    "token": {"POST": ANY},
    "tokens": {"GET": BROWSER},
    "own-token": {"DELETE": BROWSER},
    "sessions": {"GET": BROWSER, "DELETE": BROWSER},
    "own-session": {"DELETE": BROWSER},
    "password": {"POST": BROWSER},
    "reset": {"POST": ANY},
    "reset-confirm": {"POST": ANY},
    "me": {"GET": ANY, "PATCH": BROWSER},
    "my-audit": {"GET": BROWSER},
    # teams
    "teams": {"GET": READ, "POST": MANAGE},
    "team": {"GET": READ, "PATCH": MANAGE, "DELETE": MANAGE},
    "members": {"GET": READ},
    "member": {"PATCH": MANAGE, "DELETE": MANAGE},
    "audit": {"GET": MANAGE},
    "team-usage": {"GET": READ},
    "invitations": {"GET": MANAGE, "POST": MANAGE},
    "invitation": {"DELETE": MANAGE},
    "invitation-preview": {"POST": ANY},
    "invitation-accept": {"POST": MANAGE},
    # projects
    "projects": {"GET": READ, "POST": MANAGE},
    "project": {"GET": READ, "PATCH": MANAGE, "DELETE": MANAGE},
    "labels": {"GET": READ, "POST": MANAGE},
    "label": {"PATCH": MANAGE, "DELETE": MANAGE},
    "label-merge": {"POST": MANAGE},
    "events": {"GET": READ},
    "sample": {"POST": MANAGE},
    # images and annotations
    "images": {"GET": READ, "POST": INGEST},
    "tile-boxes": {"GET": READ},
    "image": {"GET": READ, "DELETE": MANAGE},
    "image-place": {"GET": READ},
    "image-file": {"GET": READ},
    "image-preview": {"GET": READ},
    "image-thumbnail": {"GET": READ},
    "queue-next": {"POST": ANNOTATE},
    "claim": {"POST": ANNOTATE, "DELETE": ANNOTATE},
    "annotations": {"GET": READ, "PATCH": ANNOTATE},
    "revisions": {"GET": READ},
    "restore": {"POST": ANNOTATE},
    "imports": {"GET": READ, "POST": INGEST},
    "import-uploads": {"POST": INGEST},
    "import-upload": {"GET": INGEST, "PATCH": INGEST, "DELETE": INGEST},
    "import": {"GET": READ},
    "import-cancel": {"POST": INGEST},
    "import-findings": {"GET": READ},
    "import-findings-csv": {"GET": READ},
    "import-review": {"GET": READ},
    "import-images": {"GET": READ},
    "import-image-preview": {"GET": READ},
    "import-apply": {"POST": INGEST},
    "import-read": {"POST": INGEST},
    # snapshots, runs, artifacts
    "snapshots": {"GET": READ, "POST": TRAIN},
    "snapshot": {"GET": READ},
    "snapshot-cancel": {"POST": TRAIN},
    "manifest": {"GET": READ},
    "download": {"GET": READ},
    "download-losses": {"GET": READ},
    "diff": {"GET": READ},
    "formats": {"GET": READ},
    "models": {"GET": READ},
    "models-timm": {"GET": READ},
    "targets": {"GET": READ},
    "presets": {"GET": READ, "POST": TRAIN},
    "preset": {"PATCH": TRAIN, "DELETE": TRAIN},
    "base-files": {"GET": READ, "POST": TRAIN},
    "base-file": {"DELETE": TRAIN},
    "runs-latest": {"GET": READ},
    "runs": {"GET": READ, "POST": TRAIN},
    "run-bases": {"GET": READ},
    "run-estimate": {"POST": READ},
    "retrain": {"POST": TRAIN},
    "sweeps": {"GET": READ, "POST": TRAIN},
    "sweep-estimate": {"POST": READ},
    "sweep": {"GET": READ},
    "sweep-cancel": {"POST": TRAIN},
    "sweep-table": {"GET": READ},
    "sweep-table-csv": {"GET": READ},
    "sweep-curves": {"GET": READ},
    "run": {"GET": READ},
    "run-cancel": {"POST": TRAIN},
    "run-resume": {"POST": TRAIN},
    "run-continue": {"POST": TRAIN},
    "run-metrics": {"GET": READ},
    "run-log": {"GET": READ},
    "run-evaluation": {"GET": READ},
    "run-comparison": {"GET": READ},
    "run-test": {"GET": READ, "POST": TRAIN},
    "run-test-cancel": {"POST": TRAIN},
    "run-test-look": {"POST": TRAIN},
    "predictions": {"GET": READ, "POST": TRAIN},
    "prediction-cancel": {"POST": TRAIN},
    "ingest": {"POST": INGEST},
    "suggestions": {"GET": READ},
    "suggestions-reject": {"POST": ANNOTATE},
    "suggestions-restore": {"POST": ANNOTATE},
    "run-suggestions": {"GET": READ},
    "artifacts": {"GET": READ, "POST": TRAIN},
    "artifact": {"GET": READ},
    "artifact-cancel": {"POST": TRAIN},
    "artifact-release": {"POST": TRAIN},
    "artifact-file": {"GET": READ},
    "artifact-download": {"GET": READ},
    # the schema
    "schema": {"GET": ANY},
    "docs": {"GET": ANY},
}


def allows(granted: list[str], route: str, method: str) -> bool:
    """HEAD is GET; OPTIONS tells nothing that the public schema does not."""
    if method == "OPTIONS":
        return True
    needed = TABLE.get(route, {}).get("GET" if method == "HEAD" else method, BROWSER)
    return needed == ANY or needed in granted
