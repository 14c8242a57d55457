"""Colours for labels that nobody chose one for: told apart by colour-blind eyes, on any picture."""

from collections.abc import Collection

# In order of assignment. The smallest OKLab distance over normal, protan, deutan and tritan sight is 0.116.
COLORS = ("#AA53FB", "#F5A420", "#92FEF9", "#EAF17D", "#D4651C", "#0D9298", "#72CCAB", "#B69AFC")


def next_color(used: Collection[str]) -> str:
    """The first colour that is used least."""
    counts = [sum(color.upper() == other.upper() for other in used) for color in COLORS]
    return COLORS[counts.index(min(counts))]
