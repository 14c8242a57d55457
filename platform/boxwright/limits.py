"""What one request, one file, one person or one team may take. Every limit of the system is a line of this module.

Each is told to people in docs/security.md (a test compares) and has a test that goes one over it. Code reads
`limits.NAME` when it needs it, so that a test may set another value. A limit with a `setting` can be changed in the
environment; the others are part of the contract.
"""

from dataclasses import dataclass

from boxwright import env

KIB, MIB = 2**10, 2**20


@dataclass(frozen=True, slots=True)
class Limit:
    """`default` in `unit`; `beyond`: what happens to whoever goes over it; `setting` changes it."""

    default: int
    unit: str
    beyond: str
    setting: str = ""


TABLE: dict[str, Limit] = {}


def _limit(name: str, default: int, unit: str, beyond: str, setting: str = "", scale: int = 1) -> int:
    """`default`, or what the environment says, in `unit`s; the answer is in bytes, pixels, … (× `scale`)."""
    TABLE[name] = Limit(default, unit, beyond, setting)
    return (env.integer(setting, default, minimum=1) if setting else default) * scale


# pictures and archives, held against the header before anything is decoded ------------------------------------------
IMAGE_BYTES = _limit("IMAGE_BYTES", 50, "MB a picture", "refused by name", "BOXWRIGHT_MAX_IMAGE_MB", MIB)
IMAGE_PIXELS = _limit(
    "IMAGE_PIXELS", 60, "megapixels a picture", "refused by name", "BOXWRIGHT_MAX_IMAGE_MEGAPIXELS", 10**6
)
ARCHIVE_BYTES = _limit(
    "ARCHIVE_BYTES",
    20_000,
    "MB an archive, packed and unpacked",
    "413, import refused",
    "BOXWRIGHT_MAX_ARCHIVE_MB",
    MIB,
)
ARCHIVE_FILES = _limit("ARCHIVE_FILES", 500_000, "files an archive", "import refused", "BOXWRIGHT_MAX_ARCHIVE_FILES")

# annotations --------------------------------------------------------------------------------------------------------
BOXES_AN_IMAGE = _limit(
    "BOXES_AN_IMAGE", 5_000, "annotations an image", "400, left out of an import", "BOXWRIGHT_MAX_BOXES_PER_IMAGE"
)
ANNOTATIONS_A_SAVE = _limit("ANNOTATIONS_A_SAVE", 5_000, "changed, and as many deleted, a save", "400")
CLAIMS_A_PERSON = _limit(
    "CLAIMS_A_PERSON", 4, "images claimed at once, a person and project", "the oldest claim is released"
)

# labels -------------------------------------------------------------------------------------------------------------
LABELS_A_PROJECT = _limit("LABELS_A_PROJECT", 500, "labels a project", "400, left out of an import")
LABEL_NAME_LENGTH = _limit("LABEL_NAME_LENGTH", 100, "characters a label's name", "400, left out of an import")

# requests: held at the door, before anything is kept ----------------------------------------------------------------
ANONYMOUS_BYTES = _limit("ANONYMOUS_BYTES", 64, "KB a request of nobody known", "401 or 413, unread", scale=KIB)
REQUEST_BYTES = _limit("REQUEST_BYTES", 1, "MB a request", "413", scale=MIB)
JSON_BYTES = _limit("JSON_BYTES", 10, "MB of annotations a save", "413", scale=MIB)
JSON_DEPTH = _limit("JSON_DEPTH", 32, "lists and objects of JSON inside each other", "400")
UPLOAD_BYTES = _limit("UPLOAD_BYTES", 1_000, "MB of pictures a request", "413", "BOXWRIGHT_MAX_UPLOAD_MB", MIB)
FILES_A_REQUEST = _limit("FILES_A_REQUEST", 200, "files a request", "413")
SPOOL_BYTES = _limit(
    "SPOOL_BYTES", 100_000, "MB of bodies at once a process; a person: half", "503; 429", "BOXWRIGHT_SPOOL_MB", MIB
)
SPOOL_FREE_BYTES = _limit(
    "SPOOL_FREE_BYTES", 1_000, "MB of the disk that bodies leave free", "507", "BOXWRIGHT_SPOOL_FREE_MB", MIB
)
HEADER_SECONDS = _limit("HEADER_SECONDS", 20, "seconds for the head of a request", "connection closed")
BODY_IDLE_SECONDS = _limit("BODY_IDLE_SECONDS", 20, "seconds without a byte of a body", "408")
BODY_GRACE_SECONDS = _limit("BODY_GRACE_SECONDS", 30, "seconds a body, beyond what its bytes may take", "408")
BODY_RATE = _limit("BODY_RATE", 2, "KB a second of a body, on average", "408", scale=KIB)
SEND_SECONDS = _limit("SEND_SECONDS", 30, "seconds in which a reader takes nothing", "connection closed")

# what runs and waits at once, in one process -------------------------------------------------------------------------
CONNECTIONS = _limit(
    "CONNECTIONS", 20, "connections to PostgreSQL a process", "fewer requests at once", "BOXWRIGHT_DATABASE_CONNECTIONS"
)
REQUESTS_AT_ONCE = _limit(
    "REQUESTS_AT_ONCE", 12, "requests at once; a person: half", "they wait, in turn", "BOXWRIGHT_REQUESTS_AT_ONCE"
)
LARGE_AT_ONCE = _limit(
    "LARGE_AT_ONCE", 4, "requests over 64 KB at once; a person: half", "they wait, in turn", "BOXWRIGHT_LARGE_AT_ONCE"
)
REQUESTS_WAITING = _limit("REQUESTS_WAITING", 1_000, "requests that wait", "503")
WAITING_A_PERSON = _limit("WAITING_A_PERSON", 100, "requests of a person that wait", "429")
STREAMS_A_PERSON = _limit("STREAMS_A_PERSON", 20, "event streams a person", "429")
DOWNLOADS_A_PERSON = _limit("DOWNLOADS_A_PERSON", 12, "answers over 256 KB on their way to a person", "429")
ANSWERS_A_PERSON = _limit("ANSWERS_A_PERSON", 100, "smaller ones on their way to a person", "429")
PIXELS_AT_ONCE = _limit("PIXELS_AT_ONCE", 60, "megapixels being decoded", "they wait, in turn", scale=10**6)

# answers --------------------------------------------------------------------------------------------------------------
ERRORS_AN_ANSWER = _limit("ERRORS_AN_ANSWER", 20, "errors told in an answer", "counted")
