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

# requests -----------------------------------------------------------------------------------------------------------
ERRORS_AN_ANSWER = _limit("ERRORS_AN_ANSWER", 20, "errors in an answer", "the rest counted in `error_count`")
JSON_BYTES = _limit("JSON_BYTES", 10, "MB of JSON a request", "413", scale=MIB)
FILES_A_REQUEST = _limit("FILES_A_REQUEST", 200, "files a request", "413")

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
INVITATIONS_A_PERSON = _limit("INVITATIONS_A_PERSON", 50, "invitations an hour by one person", "429")
INVITATIONS_A_TEAM = _limit("INVITATIONS_A_TEAM", 100, "invitations an hour to one team", "429")
