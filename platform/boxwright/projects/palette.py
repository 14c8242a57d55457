"""Colours for labels that nobody chose one for: told apart by colour-blind eyes, on any picture."""

from collections import Counter
from collections.abc import Iterable, Iterator

# In order of assignment. The smallest OKLab distance over normal, protan, deutan and tritan sight is 0.116.
COLORS = ("#AA53FB", "#F5A420", "#92FEF9", "#EAF17D", "#D4651C", "#0D9298", "#72CCAB", "#B69AFC")


def colored(used: Iterable[str], wanted: Iterable[str]) -> Iterator[str]:
    """The colours `wanted`, where an empty one stands for the first of the palette that is used least by then."""
    uses = Counter(color.upper() for color in used)
    for asked in wanted:
        color = asked.upper() or min(COLORS, key=lambda one: uses[one])
        uses[color] += 1
        yield color
