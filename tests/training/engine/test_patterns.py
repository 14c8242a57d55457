import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.engine.errors import ConfigError
from training.engine.patterns import searcher

NAMES = ("backbone.0.weight", "fpn.cell.1.bias", "resample_p6.conv", "head.classes.3.weight", "aab", "")


@pytest.mark.parametrize(
    "pattern",
    [
        "(backbone|fpn|resample_p6)",
        r"^head\.classes\.[0-9]+\.weight$",
        r"\.[^0-9]*$",
        "a?a?b",
        "(?:a|b)+$",
        "x*",
        r"[\w-]+\d",
        "[]a]",
        "^$",
        "c.ll|",
        "(a*)*b",
    ],
)
def test_it_finds_what_re_finds(pattern: str) -> None:
    finds = searcher(pattern)
    assert [finds(name) for name in NAMES] == [bool(re.search(pattern, name)) for name in NAMES]


atoms = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", "^", "$", "1"])
patterns = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from("*+?")).map(lambda two: f"({two[0]}){two[1]}"),
    ),
    max_leaves=4,
)


@given(patterns.filter(lambda pattern: depth(pattern) <= 3), st.text("ab1", max_size=6))
def test_any_pattern_finds_what_re_finds(pattern: str, name: str) -> None:
    assert searcher(pattern)(name) == bool(re.search(pattern, name))


def depth(pattern: str) -> int:
    deep = deepest = 0
    for one in pattern:
        deep += (one == "(") - (one == ")")
        deepest = max(deepest, deep)
    return deepest


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(backbone", "character 10: a ) is missing"),
        ("fpn)", "character 4: this bracket was not opened"),
        ("[a", "character 3: a ] is missing"),
        ("*a", "character 1: there is nothing to repeat"),
        ("a**", "character 3: a repeat of a repeat"),
        ("a{2}", "character 2: counts in braces"),
        ("(?!head)", "character 2: look-around"),
        (r"(a)\1", "is not known here"),
        ("[z-a]", "not a range"),
        ("a\\", "is not known here"),
        ("((((a))))", "3 deep"),
        ("a" * 201, "at most 200 characters"),
    ],
)
def test_a_wrong_pattern_is_refused_with_its_place(pattern: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        searcher(pattern)
    assert says in caught.value.detail


@pytest.mark.parametrize("pattern", ["(a|a)*(a|a)*!", "((a*)*)*!", "(.*.*.*.*)*!", "(a|a)" * 39 + "!", ".?" * 99 + "!"])
def test_a_hostile_pattern_takes_no_time(pattern: str) -> None:
    finds = searcher(pattern)
    began = time.process_time()
    assert not any(finds("a" * 60) for _ in range(10))
    assert time.process_time() - began < 5
