"""What rides in the form: opened as it was sealed, or not at all."""

from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havenline.foundation import moment
from havenline.journey.intake import form_state

words = st.text(st.characters(codec="utf-8"), max_size=200)
pages = st.dictionaries(words, st.dictionaries(words, st.lists(words, max_size=3), max_size=3), max_size=5)


@given(pages)
@settings(deadline=None)
def test_what_was_sealed_comes_back(content: dict[str, dict[str, list[str]]]) -> None:
    assert form_state.unseal("report", form_state.seal("report", {"pages": content}))["pages"] == content


@cache
def sealed_once() -> str:
    return form_state.seal("report", {"pages": {"what": {"kind": ["contact"]}}})


@given(st.data())
@settings(deadline=None)
def test_a_changed_letter_is_noticed(data: st.DataObject) -> None:
    sealed = sealed_once()
    at = data.draw(st.integers(0, len(sealed) - 5))
    letter = data.draw(st.sampled_from([c for c in "ABCXYZabcxyz0189-_" if c != sealed[at]]))
    with pytest.raises(form_state.Unreadable):
        form_state.unseal("report", sealed[:at] + letter + sealed[at + 1 :])


@given(st.text(max_size=300))
def test_anything_else_is_refused_quietly(anything: str) -> None:
    with pytest.raises(form_state.Unreadable):
        form_state.unseal("report", anything)


def test_what_was_sealed_for_one_purpose_opens_for_no_other() -> None:
    with pytest.raises(form_state.Unreadable):
        form_state.unseal("reading", form_state.seal("report", {}))


def test_a_page_that_stood_open_too_long_gives_its_answers_back() -> None:
    sealed = form_state.seal("report", {"pages": {"what": {}}})
    with moment.standing_at(moment.now() + timedelta(hours=13)), pytest.raises(form_state.Expired) as late:
        form_state.unseal("report", sealed)
    assert late.value.content["pages"] == {"what": {}}


def test_sealing_again_begins_its_time_anew() -> None:
    later = moment.now() + timedelta(hours=11)
    first = form_state.unseal("report", form_state.seal("report", {"pages": {}}))
    with moment.standing_at(later):
        again = form_state.seal("report", first)
    with moment.standing_at(later + timedelta(hours=11)):
        assert form_state.unseal("report", again)["pages"] == {}


def test_nothing_readable_rides_in_the_form() -> None:
    assert "riverwalk" not in form_state.seal("report", {"account": "riverwalk_77"})


def test_more_than_a_form_can_carry_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(form_state, "LIMIT", 2_000)
    with pytest.raises(form_state.TooLarge):
        form_state.seal("report", {"pages": {str(n): f"a text of its own, {n * 7919}" for n in range(1000)}})
