"""Text of strangers that becomes a name or a line of ours: names of files go into zips, XML and lists. Pure."""

import unicodedata

UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories that no name needs: control characters, lone surrogates, separators of lines."""

MISLEADING = frozenset("\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""They turn the direction of what follows, so that "gpj.exe" reads as "exe.jpg", or are nothing to look at."""


def one_line(text: str, most: int) -> str:
    """At most `most` characters, on one line: what can't be seen becomes a space, and what is cut ends in "…"."""
    kept = text[: most + 1]
    if not (kept.isascii() and kept.isprintable()):
        kept = "".join(" " if c in MISLEADING or unicodedata.category(c) in UNSEEN else c for c in kept)
    return kept if len(kept) <= most else f"{kept[: most - 1]}…"


def file_name(text: str, most: int = 255) -> str:
    """A file's own name without its folders, as rows and archives keep it; the suffix survives the cut."""
    name = one_line(text.replace("\\", "/").rpartition("/")[2][-2000:], 2000).strip()
    if len(name) > most:
        _stem, dot, suffix = name.rpartition(".")
        suffix = f"{dot}{suffix}" if dot and len(suffix) <= 10 else ""
        name = name[: most - len(suffix)] + suffix
    return name or "unnamed"
