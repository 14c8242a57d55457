"""Colours for labels that nobody chose one for: told apart by colour-blind eyes, on any picture.

Each has a luminance of at least 0.2: light enough for a dark picture and for dark text on it; on a light picture the
dark halo around a line carries it. After the first eight, each is the one of OKLCH's steps (0.02 of lightness and
chroma, 5° of hue) that is furthest from all before it, by OKLab over normal, protan, deutan and tritan sight: at least
0.08, where Okabe and Ito's seven reach 0.076. Labels beyond them share colours, and their lines have patterns.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

FIRST = ("#AA53FB", "#F5A420", "#92FEF9", "#EAF17D", "#D4651C", "#0D9298", "#72CCAB", "#B69AFC")
"""Found by search: the smallest distance of any two is 0.116."""
COLORS = (*FIRST, "#DFB9FC", "#79A67A", "#B7E6B7", "#CE70C7")
"""In order of assignment."""


def colored(used: Iterable[str], wanted: Iterable[str]) -> Iterator[str]:
    """The colours `wanted`, where an empty one stands for the first of the palette that is used least by then."""
    uses = Counter(color.upper() for color in used)
    for asked in wanted:
        color = asked.upper() or min(COLORS, key=lambda one: uses[one])
        uses[color] += 1
        yield color
