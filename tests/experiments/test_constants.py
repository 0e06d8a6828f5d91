"""A constant is documented once, where it is declared, and survives being written and read."""

from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.constants import constants, expectation, metavar, read, write


@dataclass
class Shop:
    stock: float = 0.6  # units per agent, > 0
    names: tuple[int, ...] = field(default_factory=lambda: (1, 2))  # made anew
    silent: bool = False
    owner: str | None = (
        None  # who is told by name when nothing is left; None: nobody is told at all
    )


@dataclass
class BigShop(Shop):
    stock: float = 2.0  # more of them


class Plain:
    def __init__(
        self,
        sizes,
        seed=0,
        temper: float = 0.5,  # of softmax
    ):
        pass


def test_a_note_is_the_comment_that_ends_the_line():
    assert constants(Shop, set())["stock"].note == "units per agent, > 0"
    assert constants(Shop, set())["silent"].note == ""
    assert constants(Shop, set())["owner"].note.startswith("who is told by name")


def test_a_subclass_documents_anew_what_it_changes_and_inherits_the_rest():
    found = constants(BigShop, set())
    assert (found["stock"].default, found["stock"].note) == (2.0, "more of them")
    assert found["names"].note == "made anew"


def test_a_default_factory_is_called():
    assert constants(Shop, set())["names"].default == (1, 2)


def test_arguments_of_a_plain_class_are_constants_without_those_the_program_gives():
    found = constants(Plain, {"sizes", "seed"})
    assert list(found) == ["temper"]
    assert found["temper"].note == "of softmax"


def test_a_constant_without_a_default_is_refused():
    with pytest.raises(ValueError, match=r"Plain.sizes needs a default, got none"):
        constants(Plain, set())


@pytest.mark.parametrize(
    ("annotation", "text", "value"),
    [
        (int, "12", 12),
        (float, "1e-3", 1e-3),
        (float, "inf", float("inf")),
        (bool, "False", False),
        (int | None, "none", None),
        (tuple[int, ...], "0,0,1", (0, 0, 1)),
        (Literal["none", "all"] | tuple[int, ...], "all", "all"),
        (Literal["none", "all"] | tuple[int, ...], "3", (3,)),
        (Any, "[1, 2]", [1, 2]),
        (Any, "cramped", "cramped"),
    ],
)
def test_a_text_is_read_as_its_type(annotation, text, value):
    assert read(text, annotation) == value


@pytest.mark.parametrize(
    ("annotation", "text", "sentence"),
    [
        (int, "1.5", "expected an integer, got '1.5'"),
        (bool, "yes", "expected true or false, got 'yes'"),
        (Literal["a", "b"], "c", "expected one of a, b, got 'c'"),
        (int | None, "x", "expected an integer or none, got 'x'"),
        (tuple[int, ...], "1,x", "expected an integer, got 'x'"),
    ],
)
def test_a_text_of_another_type_is_refused_in_words(annotation, text, sentence):
    with pytest.raises(ValueError, match=sentence):
        read(text, annotation)


@given(st.one_of(st.integers(), st.floats(allow_nan=False), st.booleans(), st.none()))
def test_what_is_written_is_read_again(value):
    assert read(write(value), type(value)) == value


def test_types_have_words_for_help_and_for_errors():
    annotation = Literal["none", "all"] | tuple[int, ...]
    assert metavar(annotation) == "none|all|INT,..."
    assert expectation(annotation) == "one of none, all or numbers separated by commas"
