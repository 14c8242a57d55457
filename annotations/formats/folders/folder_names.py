"""Labels as names of folders that every system takes."""

import hashlib
import re
from urllib.parse import quote

UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*%\ud800-\udfff\ufffe\uffff]|^[. ]|[. ]$')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
MOST_BYTES = 200


def folder_of(label: str) -> str:
    """What can't stand in it is escaped as in URLs; a long one is cut, and ends with its hash."""
    name = UNSAFE.sub(lambda match: _escaped(match[0]), label)
    if RESERVED.fullmatch(name):
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if len(name.encode()) <= MOST_BYTES:
        return name
    return name.encode()[:MOST_BYTES].decode(errors="ignore") + "-" + hashlib.sha256(label.encode()).hexdigest()[:12]


def _escaped(character: str) -> str:
    return f"%{ord(character):02X}" if character in ". " else quote(character, safe="", errors="replace")
