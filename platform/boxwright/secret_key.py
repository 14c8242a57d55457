"""Whether a key could be guessed. Standard library only."""

from itertools import pairwise

SHORTEST = 32
VARIETY = 8
"""The fewest distinct characters, and the fewest distinct differences between neighbours. Of random keys of 32
hexadecimal digits, one in ten million has fewer."""
WORDS = ("change", "insecure", "example", "secret", "password", "boxwright", "qwerty")


def weakness(key: str) -> str:
    """Why the key is unsafe and what to do; empty where nothing speaks against it."""
    steps = {ord(after) - ord(before) for before, after in pairwise(key)}
    if len(key) < SHORTEST or len(set(key)) < VARIETY or len(steps) < VARIETY:
        return f"set a random key of at least {SHORTEST} characters"
    if key in (key + key)[1:-1]:
        return "set a random key, not a repeated one"
    if word := next((word for word in WORDS if word in key.lower()), ""):
        return f"set a random key, without words such as {word!r}"
    return ""
