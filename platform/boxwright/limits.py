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


def _limit(name: str, default: int, unit: str, beyond: str, setting: str = "", scale: int = 1, minimum: int = 1) -> int:
    """`default`, or what the environment says, in `unit`s; the answer is in bytes, pixels, … (× `scale`)."""
    TABLE[name] = Limit(default, unit, beyond, setting)
    return (env.integer(setting, default, minimum) if setting else default) * scale


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
UPLOAD_PART_BYTES = _limit("UPLOAD_PART_BYTES", 8, "MB a part of an archive that is sent in parts", "413", scale=MIB)
UPLOAD_PARTS = _limit("UPLOAD_PARTS", 20_000, "parts an archive", "413")
UPLOADS_A_PERSON = _limit("UPLOADS_A_PERSON", 10, "archives a person is sending in parts", "429")
UPLOAD_HOURS = _limit("UPLOAD_HOURS", 24, "hours an archive waits for its next part", "deleted")
ARCHIVE_RATIO = _limit("ARCHIVE_RATIO", 100, "times its own size an archive may unpack to, and 10 MB", "import refused")
ARCHIVE_DIRECTORY = _limit("ARCHIVE_DIRECTORY", 64, "MB of an archive's table of contents", "import refused", scale=MIB)
SPARE_DISK = _limit(
    "SPARE_DISK", 500, "MB that unpacking leaves free on the disk", "import refused", "BOXWRIGHT_SPARE_DISK_MB", MIB
)
ANNOTATION_FILE_BYTES = _limit(
    "ANNOTATION_FILE_BYTES", 4, "MB an annotation file of an archive", "left out, a finding", scale=MIB
)
FINDINGS_AN_IMPORT = _limit("FINDINGS_AN_IMPORT", 10_000, "findings an import", "counted, not kept")
FINDING_CHARACTERS = _limit("FINDING_CHARACTERS", 300, "characters of a finding's file and of its reason", "cut")
REVIEWS_A_PROJECT = _limit("REVIEWS_A_PROJECT", 20, "imports of a project that wait for a decision", "409")
REVIEW_DAYS = _limit("REVIEW_DAYS", 14, "days an import waits for a decision", "canceled")
# Each costs a worker 0.6 KB of memory while the archive is unpacked, all of them 290 MB.
ARCHIVE_FILES = _limit("ARCHIVE_FILES", 500_000, "files an archive", "import refused", "BOXWRIGHT_MAX_ARCHIVE_FILES")

# quotas of a team; 0: none ------------------------------------------------------------------------------------------
TEAM_BYTES = _limit(
    "TEAM_BYTES", 0, "MB of images a team; 0: no quota", "409, import ends", "BOXWRIGHT_TEAM_MB", MIB, minimum=0
)
TEAM_IMAGES = _limit(
    "TEAM_IMAGES", 0, "images a team; 0: no quota", "409, import ends", "BOXWRIGHT_TEAM_IMAGES", minimum=0
)
TEAM_JOBS = _limit(
    "TEAM_JOBS",
    100,
    "imports, snapshots, runs and artifacts a team has queued or running; 0: no quota",
    "409",
    "BOXWRIGHT_TEAM_JOBS",
    minimum=0,
)

# annotations --------------------------------------------------------------------------------------------------------
BOXES_AN_IMAGE = _limit(
    "BOXES_AN_IMAGE", 5_000, "annotations an image", "400, left out of an import", "BOXWRIGHT_MAX_BOXES_PER_IMAGE"
)
ANNOTATIONS_A_SAVE = _limit("ANNOTATIONS_A_SAVE", 5_000, "changed, and as many deleted, a save", "400")
SKIP_REASON_LENGTH = _limit("SKIP_REASON_LENGTH", 200, "characters of the reason why an image was skipped", "400")
CLAIMS_A_PERSON = _limit(
    "CLAIMS_A_PERSON", 4, "images claimed at once, a person and project", "the oldest claim is released"
)
CLAIM_SECONDS = _limit(
    "CLAIM_SECONDS", 90, "seconds without a sign of the page that claimed an image", "the claim lapses"
)

IMAGES_ALONG = _limit("IMAGES_ALONG", 20, "images taken along, a person and project", "not claimed")
ALONG_HOURS = _limit("ALONG_HOURS", 12, "hours an image stays claimed that was taken along", "the claim lapses")
PRESENCES_A_SECOND = _limit(
    "PRESENCES_A_SECOND", 12, "times a second that a person says where they are, a process", "429"
)
TRASH_DAYS = _limit("TRASH_DAYS", 30, "days a deleted image lies in the Trash", "deleted for good")
BULK_IDS = _limit("BULK_IDS", 10_000, "images that a bulk change names one by one", "400")
BULK_IMAGES = _limit("BULK_IMAGES", 200_000, "images a bulk change", "400")

# labels -------------------------------------------------------------------------------------------------------------
LABELS_A_PROJECT = _limit("LABELS_A_PROJECT", 500, "labels a project", "400, left out of an import")
LABEL_NAME_LENGTH = _limit("LABEL_NAME_LENGTH", 100, "characters a label's name", "400, left out of an import")

# presets ------------------------------------------------------------------------------------------------------------
PRESETS_A_TEAM = _limit("PRESETS_A_TEAM", 200, "presets a team", "400")
PRESET_NAME_LENGTH = _limit("PRESET_NAME_LENGTH", 60, "characters a preset's name", "400")

# files of weights --------------------------------------------------------------------------------------------------
BASE_FILE_BYTES = _limit(
    "BASE_FILE_BYTES", 1_000, "MB a file of weights that runs begin with", "413", "BOXWRIGHT_MAX_BASE_FILE_MB", MIB
)
BASE_FILES_A_TEAM = _limit("BASE_FILES_A_TEAM", 50, "files of weights a team", "409")

# training and export processes --------------------------------------------------------------------------------------
HUNG_MINUTES = _limit(
    "HUNG_MINUTES",
    10,
    "minutes without a word and without computing",
    "ended, can be resumed",
    "BOXWRIGHT_HUNG_MINUTES",
)
SILENT_MINUTES = _limit(
    "SILENT_MINUTES", 120, "minutes of computing without a word", "ended, can be resumed", "BOXWRIGHT_SILENT_MINUTES"
)
JOB_MEMORY = _limit(
    "JOB_MEMORY",
    0,
    "MB of memory a training or export process; 0: no limit",
    "ended, can be resumed",
    "BOXWRIGHT_MAX_JOB_MEMORY_MB",
    MIB,
    minimum=0,
)

RUNS_A_SWEEP = _limit("RUNS_A_SWEEP", 60, "runs a sweep", "400")

# objects ------------------------------------------------------------------------------------------------------------
OBJECT_GRACE_HOURS = _limit(
    "OBJECT_GRACE_HOURS", 24, "hours an object stays that nobody needs", "deleted", "BOXWRIGHT_OBJECT_GRACE_HOURS"
)

# requests: held at the door, before anything is kept ----------------------------------------------------------------
ANONYMOUS_BYTES = _limit("ANONYMOUS_BYTES", 64, "KB a request of nobody known", "401 or 413, unread", scale=KIB)
REQUEST_BYTES = _limit("REQUEST_BYTES", 1, "MB a request", "413", scale=MIB)
JSON_BYTES = _limit("JSON_BYTES", 10, "MB of annotations a save", "413", scale=MIB)
JSON_VALUES = _limit("JSON_VALUES", 100_000, "values of JSON a request", "400, before they are read")
JSON_DEPTH = _limit("JSON_DEPTH", 32, "lists and objects of JSON inside each other", "400")
UPLOAD_BYTES = _limit("UPLOAD_BYTES", 1_000, "MB of pictures a request", "413", "BOXWRIGHT_MAX_UPLOAD_MB", MIB)
INGEST_BYTES = _limit("INGEST_BYTES", 51, "MB a picture that a model sends, with its boxes", "413", scale=MIB)
INGESTS_A_MINUTE = _limit("INGESTS_A_MINUTE", 120, "pictures a minute that models send, a person and project", "429")
INGEST_LOOKS_BACK = _limit(
    "INGEST_LOOKS_BACK", 500, "pictures that models sent last to a project, with which the next is compared", "kept"
)
FILES_A_REQUEST = _limit("FILES_A_REQUEST", 200, "files a request", "413")
SPOOL_BYTES = _limit(
    "SPOOL_BYTES", 100_000, "MB of bodies at once a process; a person: half", "503; 429", "BOXWRIGHT_SPOOL_MB", MIB
)
SPOOL_FREE_BYTES = _limit(
    "SPOOL_FREE_BYTES", 1_000, "MB of the disk that bodies leave free", "507", "BOXWRIGHT_SPOOL_FREE_MB", MIB
)
HEAD_BYTES = _limit("HEAD_BYTES", 64, "KB of a request's head", "connection closed", scale=KIB)
HEADER_SECONDS = _limit("HEADER_SECONDS", 20, "seconds for the head of a request", "connection closed")
BODY_IDLE_SECONDS = _limit("BODY_IDLE_SECONDS", 20, "seconds without a byte of a body", "408")
BODY_GRACE_SECONDS = _limit("BODY_GRACE_SECONDS", 30, "seconds a body, beyond what its bytes may take", "408")
BODY_RATE = _limit("BODY_RATE", 2, "KB a second of a body, on average", "408", scale=KIB)
CONNECTIONS_AN_ADDRESS = _limit(
    "CONNECTIONS_AN_ADDRESS",
    1_000,
    "connections of browsers from one address that is no named proxy",
    "closed at once",
    "BOXWRIGHT_CONNECTIONS_AN_ADDRESS",
)
SEND_SECONDS = _limit("SEND_SECONDS", 30, "seconds in which a reader takes nothing", "connection closed")

# what runs and waits at once, in one process -------------------------------------------------------------------------
CONNECTIONS = _limit(
    "CONNECTIONS", 20, "connections to PostgreSQL a process", "fewer requests at once", "BOXWRIGHT_DATABASE_CONNECTIONS"
)
REQUESTS_AT_ONCE = _limit(
    "REQUESTS_AT_ONCE",
    6,
    "requests at once; a person: half, beside others a third",
    "they wait, in turn",
    "BOXWRIGHT_REQUESTS_AT_ONCE",
)
LARGE_AT_ONCE = _limit(
    "LARGE_AT_ONCE",
    4,
    "requests over 64 KB at once; a person: as above",
    "they wait, in turn",
    "BOXWRIGHT_LARGE_AT_ONCE",
)
COMPUTING = _limit(
    "COMPUTING",
    20,
    "% of each second of Python's time a person, beside others; thrice that an address",
    "their next request waits",
)
REQUESTS_WAITING = _limit("REQUESTS_WAITING", 1_000, "requests that wait", "503")
WAITING_A_PERSON = _limit("WAITING_A_PERSON", 100, "requests of a person that wait", "429")
STREAMS_A_PERSON = _limit("STREAMS_A_PERSON", 20, "event streams a person", "429")
DOWNLOADS_A_PERSON = _limit("DOWNLOADS_A_PERSON", 12, "answers over 256 KB on their way to a person", "429")
ANSWERS_A_PERSON = _limit("ANSWERS_A_PERSON", 100, "smaller ones on their way to a person", "429")
ZIPS_AT_ONCE = _limit("ZIPS_AT_ONCE", 2, "pieces of zips being made, for all who download", "they wait, in turn")
PIXELS_AT_ONCE = _limit("PIXELS_AT_ONCE", 60, "megapixels being decoded", "they wait, in turn", scale=10**6)

# answers --------------------------------------------------------------------------------------------------------------
ERRORS_AN_ANSWER = _limit("ERRORS_AN_ANSWER", 20, "errors in an answer", "the rest counted in `error_count`")

# accounts -----------------------------------------------------------------------------------------------------------
PASSWORD_CHARACTERS = _limit("PASSWORD_CHARACTERS", 128, "characters a new password, 12 at least", "400")
LOGIN_TRIES = _limit(
    "LOGIN_TRIES", 10, "tries a minute at one account from one address", "429", "BOXWRIGHT_LOGIN_TRIES"
)
ADDRESS_TRIES = _limit("ADDRESS_TRIES", 60, "tries a minute from one address, at accounts and links", "429")
ACCOUNT_TRIES = _limit(
    "ACCOUNT_TRIES", 100, "tries an hour at one account from all addresses", "429 where nobody logged in from before"
)
RESETS_AN_HOUR = _limit("RESETS_AN_HOUR", 3, "mails an hour that reset one account's password", "no further mail")
SESSION_IDLE_HOURS = _limit(
    "SESSION_IDLE_HOURS", 72, "hours without a request a session", "log in again", "BOXWRIGHT_SESSION_IDLE_HOURS"
)
SESSION_DAYS = _limit("SESSION_DAYS", 30, "days a session", "log in again", "BOXWRIGHT_SESSION_DAYS")
TOKENS_A_PERSON = _limit("TOKENS_A_PERSON", 20, "tokens a person", "the oldest stops working")
TOKEN_DAYS = _limit("TOKEN_DAYS", 3650, "days a token, unless it is to last for ever", "400")
LINK_MINUTES = _limit("LINK_MINUTES", 60, "minutes a link to a download, or to a tried model's files", "401, 404")
TRY_LINKS = _limit("TRY_LINKS", 20, "links to try an artifact at once", "409")
TRY_LINK_DAYS = _limit("TRY_LINK_DAYS", 90, "days a link to try an artifact", "400")
TRY_OPENINGS = _limit("TRY_OPENINGS", 300, "openings an hour of a link to try an artifact", "429")
AUDIT_DAYS = _limit(
    "AUDIT_DAYS",
    0,
    "days an entry of the audit log is kept; 0: for ever",
    "deleted",
    "BOXWRIGHT_AUDIT_DAYS",
    minimum=0,
)
INVITATIONS_A_PERSON = _limit("INVITATIONS_A_PERSON", 50, "invitations an hour by one person", "429")
INVITATIONS_A_TEAM = _limit("INVITATIONS_A_TEAM", 100, "invitations an hour to one team", "429")
