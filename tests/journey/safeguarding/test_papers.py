"""Papers are data, written by several people at once, and nothing that was typed is lost."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import Role
from havenline.journey.safeguarding import actions, papers
from havenline.journey.safeguarding.models import ChildCase, Paper
from havenline.journey.safeguarding.queries import case_page, writing
from tests import factories

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership], Client]
PEOPLE = [{"name": "Ash", "agency": agency, "there": "yes", "why_not": ""} for agency in ("social_care", "police", "health")]
WHOLE = {
    "child_said": "I want it to stop.",
    "seen": [{"on": "18 November", "where": "school", "alone": "yes"}],
    "safety": "Watched.",
    "outside": "An adult online.",
    "analysis": "Safe at home.",
    "outcome": "family_help",
    "why": "As above.",
}


@pytest.fixture
def paper(child_case: ChildCase, social_worker: Membership) -> Paper:
    """An assessment that was just begun."""
    return actions.begin_paper(child_case=child_case, code="assessment", by=social_worker)


@pytest.fixture
def colleague(social_care: Agency) -> Membership:
    return factories.member("social_worker", social_care, "Noor Field")


def save(paper: Paper, by: Membership, base: int | None = None, **said: Any) -> actions.Saved:
    now = writing.last(paper)
    began = next(one for one in writing.versions(paper) if one.number == (base or now.number))
    return actions.save_paper(paper=paper, content={**began.content(), **said}, base=began.number, by=by)


# The forms


def test_every_form_can_be_read_and_its_step_is_the_guidances() -> None:
    assert {"assessment", "strategy_discussion", "section_47", "conference", "plan", "core_group", "visit", "review"} <= set(papers.forms())
    for form in papers.forms().values():
        assert not form.step or procedure.guidance().holding(form.step, moment.today())
        assert all(Role(role) for role in form.signed_by)


def test_in_what_is_asked_about_a_child_their_own_words_come_first() -> None:
    for code in ("assessment", "section_47"):
        assert papers.form(code).fields[0].name == "child_said"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("code =", "kode ="), "'code' is missing"),
        (('kind = "day"', 'kind = "moon"'), "kind moon"),
        (('name = "bedroom"', 'name = "home"'), "two fields are called home"),
        (('kind = "day"', 'kind = "choice"'), "nothing to choose"),
        (('kind = "day"', 'kind = "rows"'), "no columns"),
        (("many = true", "many = tru"), "line"),
        (('verified = "remembered"', 'verified = "sure"'), "sure"),
    ],
)
def test_a_form_that_cannot_be_is_refused_with_its_place(change: tuple[str, str], said: str) -> None:
    text = (papers.FOLDER / "7-visit.toml").read_text().replace(*change)
    with pytest.raises(papers.NotAPaper, match=said):
        papers.read(text, "7-visit.toml")


def test_a_required_agency_took_part_or_its_absence_is_explained() -> None:
    form = papers.form("strategy_discussion")
    whole = {field.name: "said" for field in form.fields if field.needed} | {"took_part": PEOPLE, "actions": [{"what": "Visit"}]}
    assert form.missing(whole) == {}
    assert form.missing({**whole, "took_part": PEOPLE[:2]}) == {"took_part": "Health: took part, or why not"}
    away = {"name": "", "agency": "health", "there": "no", "why_not": "Nobody on call until nine."}
    assert form.missing({**whole, "took_part": [*PEOPLE[:2], away]}) == {}


def test_a_conference_without_its_quorum_says_why() -> None:
    form = papers.form("conference")
    whole = {field.name: "said" for field in form.fields if field.needed} | {"took_part": PEOPLE[:2]}
    assert form.missing(whole) == {"took_part": "3 agencies who took part, or why they did not"}
    late = {"name": "", "agency": "health", "there": "no", "why_not": "Ill; the report was read."}
    assert form.missing({**whole, "took_part": [*PEOPLE[:2], late]}) == {}


# Writing


def test_what_two_people_write_in_different_places_is_brought_together(
    paper: Paper, social_worker: Membership, colleague: Membership
) -> None:
    base = writing.last(paper).number
    save(paper, social_worker, base, health="Well.")
    saved = save(paper, colleague, base, education="Goes to school.")
    assert saved.brought_together == ["Health"]
    assert writing.last(paper).content() == {"health": "Well.", "education": "Goes to school."}


def test_where_two_people_write_in_the_same_place_the_first_stands_and_the_other_is_kept_beside_it(
    paper: Paper, social_worker: Membership, colleague: Membership
) -> None:
    base = writing.last(paper).number
    save(paper, social_worker, base, health="Well.")
    saved = save(paper, colleague, base, health="Often ill.", housing="Two rooms.")
    assert saved.clash == {"health": ("Well.", "Often ill.")}
    assert writing.last(paper).content() == {"health": "Well."}
    assert saved.aside is not None
    assert saved.aside.content() == {"health": "Often ill.", "housing": "Two rooms."}


def test_an_earlier_version_comes_back_and_what_stood_is_kept(paper: Paper, social_worker: Membership) -> None:
    first = save(paper, social_worker, health="Well.").version
    save(paper, social_worker, health="")
    assert writing.last(paper).content() == {}
    actions.restore_version(paper=paper, version=first, by=social_worker)
    assert writing.last(paper).content() == {"health": "Well."}
    assert [one.content() for one in writing.versions(paper)] == [{"health": "Well."}, {}, {"health": "Well."}, {}]


def test_what_is_typed_within_a_minute_is_one_version_and_a_press_of_the_button_is_always_one(
    paper: Paper, social_worker: Membership, on_wednesday: Any
) -> None:
    for words in ("W", "We", "Well"):
        actions.save_paper(paper=paper, content={"health": words}, base=writing.last(paper).number, by=social_worker, by_itself=True)
    assert [one.content() for one in writing.versions(paper)] == [{"health": "Well"}, {}]
    with moment.standing_at(moment.now() + timedelta(minutes=2)):
        actions.save_paper(paper=paper, content={"health": "Well."}, base=4, by=social_worker, by_itself=True)
    actions.save_paper(paper=paper, content={"health": "Well!"}, base=5, by=social_worker)
    assert len(writing.versions(paper)) == 4


def test_an_hour_of_typing_is_as_many_versions_as_it_has_minutes(paper: Paper, social_worker: Membership, on_wednesday: Any) -> None:
    began = moment.now()
    for seconds in range(0, 600, 30):
        with moment.standing_at(began + timedelta(seconds=seconds)):
            actions.save_paper(
                paper=paper, content={"health": f"{seconds}"}, base=writing.last(paper).number, by=social_worker, by_itself=True
            )
    assert len(writing.versions(paper)) == 1 + 10


def test_who_opened_a_paper_while_another_typed_takes_nothing_of_what_the_other_types_on(
    paper: Paper, social_worker: Membership, colleague: Membership, on_wednesday: Any
) -> None:
    def types(by: Membership, base: int, **said: str) -> actions.Saved:
        return actions.save_paper(paper=paper, content=said, base=base, by=by, by_itself=True)

    opened = types(social_worker, 1, health="We").version.number  # the colleague opens the page here
    types(social_worker, opened, health="Well now.")
    saved = actions.save_paper(paper=paper, content={"health": "We", "education": "At school."}, base=opened, by=colleague)
    assert not saved.clash
    assert writing.last(paper).content() == {"health": "Well now.", "education": "At school."}


def test_a_page_that_stood_open_until_its_version_was_thinned_out_overwrites_nothing(
    paper: Paper, social_worker: Membership, team_manager: Membership, on_wednesday: Any
) -> None:
    base = 1
    for words in ("W", "We"):
        base = actions.save_paper(
            paper=paper, content={**WHOLE, "health": words}, base=base, by=social_worker, by_itself=True
        ).version.number
    number = save(paper, social_worker, health="Well.").version.number
    actions.finish_paper(paper=paper, by=social_worker, seen=number)
    assert not paper.versions.filter(number=2).exists()
    actions.sign_paper(paper=paper, agree=False, words="More.", by=team_manager)
    saved = actions.save_paper(paper=paper, content={**WHOLE, "health": "W", "housing": "Two rooms."}, base=2, by=social_worker)
    assert set(saved.clash) == {"health", "housing"}
    assert writing.last(paper).content()["health"] == "Well."


def test_a_version_is_sealed_under_the_cases_key(paper: Paper, social_worker: Membership) -> None:
    version = save(paper, social_worker, health="planted words").version
    assert b"planted" not in bytes(version.sealed)


said = st.dictionaries(st.sampled_from(["health", "education", "housing"]), st.sampled_from(["", "a", "b", "c"]), max_size=3)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3), said), max_size=8))
def test_whatever_two_people_send_from_whatever_version_every_word_is_in_some_version(
    child_case: ChildCase, social_worker: Membership, colleague: Membership, sendings: list[tuple[bool, int, dict[str, str]]]
) -> None:
    paper = actions.begin_paper(child_case=child_case, code="visit", by=social_worker)
    Paper.objects.filter(pk=paper.pk).update(state=Paper.State.FINISHED)
    paper = actions.begin_paper(child_case=child_case, code="visit", by=social_worker)
    names = {"health": "home", "education": "next", "housing": "not_why"}
    for mine, back, told in sendings:
        numbers = [one.number for one in reversed(writing.versions(paper)) if not one.aside]
        base = numbers[max(0, len(numbers) - 1 - back)]
        before = next(one for one in writing.versions(paper) if one.number == base).content()
        content = {**before, **{names[name]: words for name, words in told.items()}}
        result = actions.save_paper(paper=paper, content=content, base=base, by=social_worker if mine else colleague)
        sent = {name: words for name, words in content.items() if words}
        standing = writing.last(paper).content()
        changed = {name for name in set(sent) | set(before) if sent.get(name) != before.get(name)}
        if result.clash:
            assert result.aside is not None
            assert result.aside.content() == sent
        else:
            assert {name: standing.get(name) for name in changed} == {name: sent.get(name) for name in changed}


# Finishing


def test_a_paper_is_finished_once_it_is_whole_and_says_what_is_missing(paper: Paper, social_worker: Membership) -> None:
    number = save(paper, social_worker, health="Well.").version.number
    with pytest.raises(actions.PaperNotWhole, match="The child’s own words and wishes"):
        actions.finish_paper(paper=paper, by=social_worker, seen=number)


def test_another_person_signs_an_assessment_off_or_gives_it_back_with_words(
    paper: Paper, social_worker: Membership, team_manager: Membership
) -> None:
    number = save(paper, social_worker, **WHOLE).version.number
    paper = actions.finish_paper(paper=paper, by=social_worker, seen=number)
    assert paper.state == Paper.State.WAITS
    with pytest.raises(actions.PaperFinished):
        save(paper, social_worker, health="More.")
    with pytest.raises(actions.ReasonMissing):
        actions.sign_paper(paper=paper, agree=False, by=team_manager)
    paper = actions.sign_paper(paper=paper, agree=False, words="Who cares at night?", by=team_manager)
    assert (paper.state, paper.given_back) == (Paper.State.OPEN, "Who cares at night?")
    number = save(paper, social_worker, basic_care="The aunt.").version.number
    actions.finish_paper(paper=paper, by=social_worker, seen=number)
    paper = actions.sign_paper(paper=paper, agree=True, by=team_manager)
    assert (paper.state, paper.signed_by) == (Paper.State.FINISHED, team_manager)


def test_whoever_finished_a_paper_does_not_sign_it_off(paper: Paper, team_manager: Membership) -> None:
    number = save(paper, team_manager, **WHOLE).version.number
    paper = actions.finish_paper(paper=paper, by=team_manager, seen=number)
    with pytest.raises(actions.AnotherPersonSignsOff):
        actions.sign_paper(paper=paper, agree=True, by=team_manager)


def test_what_somebody_saved_after_it_was_read_is_not_finished_unread(
    paper: Paper, social_worker: Membership, colleague: Membership
) -> None:
    number = save(paper, social_worker, **WHOLE).version.number
    save(paper, colleague, health="Not well.")
    with pytest.raises(actions.ChangedMeanwhile, match="Field"):
        actions.finish_paper(paper=paper, by=social_worker, seen=number)


def test_a_finished_paper_is_reopened_with_a_reason_and_loses_its_signature(
    paper: Paper, social_worker: Membership, team_manager: Membership
) -> None:
    number = save(paper, social_worker, **WHOLE).version.number
    actions.finish_paper(paper=paper, by=social_worker, seen=number)
    actions.sign_paper(paper=paper, agree=True, by=team_manager)
    with pytest.raises(actions.ReasonMissing):
        actions.reopen_paper(paper=paper, reason=" ", by=social_worker)
    paper = actions.reopen_paper(paper=paper, reason="A date was wrong.", by=social_worker)
    assert (paper.state, paper.signed_by) == (Paper.State.OPEN, None)


def test_one_paper_of_a_form_is_written_at_a_time_and_the_next_has_the_next_number(
    child_case: ChildCase, social_worker: Membership
) -> None:
    first = actions.begin_paper(child_case=child_case, code="visit", by=social_worker)
    assert actions.begin_paper(child_case=child_case, code="visit", by=social_worker) == first
    number = save(first, social_worker, on="2026-11-18", child_seen="yes", seen_alone="yes", bedroom="yes", home="Clean.").version.number
    actions.finish_paper(paper=first, by=social_worker, seen=number)
    assert actions.begin_paper(child_case=child_case, code="visit", by=social_worker).title == "Visit 2"


SEEN = {"on": "2026-11-18", "child_seen": "yes", "seen_alone": "yes", "bedroom": "yes", "home": "Calm."}
NOT_SEEN = {"child_seen": "no", "seen_alone": "no", "not_why": "Nobody opened."}


def visited(child_case: ChildCase, by: Membership, **said: str) -> Paper:
    """A visit that is finished, with the child seen."""
    visit = actions.begin_paper(child_case=child_case, code="visit", by=by)
    return again(visit, by, **SEEN | said)


def again(visit: Paper, by: Membership, **said: str) -> Paper:
    actions.reopen_paper(paper=visit, reason="A slip.", by=by)
    number = save(visit, by, **said).version.number
    return actions.finish_paper(paper=visit, by=by, seen=number)


def test_a_visit_that_is_put_right_and_says_that_the_child_was_not_seen_takes_its_note_back(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership
) -> None:
    visit = visited(child_case, social_worker, child_said="I like it here.")
    again(visit, team_manager, **NOT_SEEN)
    [note] = child_case.notes.all()
    assert (note.kind, note.happened_on, note.by) == ("note", date(2026, 11, 18), team_manager)
    assert "the child was not seen" in note.words
    assert not note.view_recorded
    page = case_page.shown(child_case, by=social_worker)
    assert (page["seen"], page["view"]) == (None, None)
    assert "took back that the child was seen" in [one.verb for one in ledger.of_records([child_case.reference])]
    assert any(version.content().get("child_said") == "I like it here." for version in visit.versions.all())


def test_a_visit_that_says_again_that_the_child_was_seen_makes_its_note_again(child_case: ChildCase, social_worker: Membership) -> None:
    visit = visited(child_case, social_worker)
    again(visit, social_worker, **NOT_SEEN)
    again(visit, social_worker, **SEEN)
    assert child_case.notes.filter(kind="child_seen").count() == 1


def test_what_another_visit_of_that_day_saw_is_not_taken_back(child_case: ChildCase, social_worker: Membership) -> None:
    visited(child_case, social_worker)
    second = visited(child_case, social_worker)
    again(second, social_worker, **NOT_SEEN)
    assert child_case.notes.filter(kind="child_seen").count() == 1


def test_a_visit_at_which_nobody_was_seen_takes_no_note_of_somebody_else_back(child_case: ChildCase, social_worker: Membership) -> None:
    actions.record_seen(child_case=child_case, happened_on=date(2026, 11, 18), by=social_worker)
    visit = visited(child_case, social_worker, **NOT_SEEN)
    again(visit, social_worker, home="Tidy.")
    assert child_case.notes.filter(kind="child_seen").count() == 1


# The screens


def at(paper: Paper, name: str = "safeguarding:paper") -> str:
    return reverse(name, args=[paper.child_case.reference, paper.code, paper.number])


def test_a_paper_is_written_finished_and_signed_off_in_the_browser(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership, signed_in: SignedIn
) -> None:
    browser = signed_in(social_worker)
    begin = reverse("safeguarding:begin_paper", args=[child_case.reference, "assessment"])
    page = browser.post(begin, follow=True).content.decode()
    assert "The child’s own words and wishes" in page
    paper = child_case.papers.get()
    said = {"base": 1, **{name: words for name, words in WHOLE.items() if name != "seen"}}
    missing = browser.post(at(paper), {**said, "finish": "1"})
    assert missing.status_code == 422
    assert "When the child was seen" in missing.content.decode()
    assert 'name="base" value="2"' in missing.content.decode()  # what was typed is saved, and written on from there
    row = {"seen-0-on": "18 November", "seen-0-where": "school", "seen-0-alone": "yes"}
    browser.post(at(paper), {**said, "base": 2, **row, "finish": "1"})
    paper.refresh_from_db()
    assert paper.state == Paper.State.WAITS
    manager = signed_in(team_manager)
    assert "Sign it off?" in manager.get(at(paper)).content.decode()
    assert "Signed off." in manager.post(at(paper, "safeguarding:sign_paper"), {"agree": "yes"}, follow=True).content.decode()
    page = manager.get(at(paper)).content.decode()
    assert "I want it to stop." in page
    assert "18 November" in page


def test_what_is_saved_while_typing_is_answered_in_a_word(paper: Paper, social_worker: Membership, signed_in: SignedIn) -> None:
    answer = signed_in(social_worker).post(at(paper), {"base": 1, "health": "Well.", "by_itself": "1"})
    assert answer.json() == {"base": 2, "clash": False, "said": "Saved."}
    assert writing.last(paper).content() == {"health": "Well."}


def test_a_clash_shows_both_texts_side_by_side_and_the_versions_hold_each(
    paper: Paper, social_worker: Membership, colleague: Membership, signed_in: SignedIn
) -> None:
    save(paper, colleague, health="Well.")
    answer = signed_in(social_worker).post(at(paper), {"base": 1, "health": "Often ill."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "What the other wrote" in page
    assert page.index("Well.") < page.index("Often ill.")
    versions = signed_in(social_worker).get(at(paper, "safeguarding:versions")).content.decode()
    assert "Kept aside" in versions
    shown = signed_in(social_worker).get(at(paper, "safeguarding:versions"), {"version": 3}).content.decode()
    assert "Often ill." in shown
    signed_in(social_worker).post(at(paper, "safeguarding:versions"), {"version": 3})
    assert writing.last(paper).content() == {"health": "Often ill."}


def test_a_paper_of_a_case_that_is_not_theirs_does_not_exist(paper: Paper, elsewhere: Membership, signed_in: SignedIn) -> None:
    assert signed_in(elsewhere).get(at(paper)).status_code == 404


def read_pdf(content: bytes) -> tuple[dict[str, Any], str]:
    file = PdfReader(BytesIO(content))
    return dict(file.trailer["/Root"]), "\n".join(page.extract_text() for page in file.pages)  # type: ignore[arg-type]


def test_a_paper_and_the_whole_case_are_tagged_pdfs_that_say_what_is_recorded(
    paper: Paper, social_worker: Membership, signed_in: SignedIn
) -> None:
    save(paper, social_worker, **WHOLE, health="#import * _not_ markup $x$ <b> محمد")
    browser = signed_in(social_worker)
    for address in (at(paper, "safeguarding:paper_pdf"), reverse("safeguarding:case_pdf", args=[paper.child_case.reference])):
        answer = browser.get(address)
        assert answer["Content-Type"] == "application/pdf"
        root, text = read_pdf(answer.content)
        assert root["/MarkInfo"]["/Marked"]
        assert "/StructTreeRoot" in root
        assert root["/Lang"] == "en"
        assert "I want it to stop." in text
        assert "#import * _not_ markup $x$ <b>" in text
        assert "Printed by S. Lindqvist" in text


def test_a_pdf_is_a_printed_look_on_the_ledger(paper: Paper, social_worker: Membership, signed_in: SignedIn) -> None:
    signed_in(social_worker).get(at(paper, "safeguarding:paper_pdf"))
    [entry] = Entry.objects.filter(body__contains="printed")
    assert paper.child_case.reference in entry.body


def test_what_a_form_no_longer_asks_and_a_form_that_is_gone_are_still_read_saved_and_printed(
    paper: Paper, social_worker: Membership, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(paper, social_worker, health="Often ill.", seen=[{"on": "18 November", "where": "school", "alone": "yes"}])
    asks_less = papers.read(
        'code="assessment"\ntitle="Assessment"\nsource="Us"\nverified="local"\n[[part]]\ntitle="All"\nfield=[{name="why",title="Why",kind="words"}]'
    )
    held = {**papers.forms(), "assessment": asks_less}
    monkeypatch.setattr(papers, "forms", lambda: held)
    save(paper, social_worker, why="As above.")
    assert writing.last(paper).content()["health"] == "Often ill."
    browser = signed_in(social_worker)
    assert "Often ill." in read_pdf(browser.get(at(paper, "safeguarding:paper_pdf")).content)[1]
    del held["assessment"]
    for address in (at(paper), reverse("safeguarding:child_case", args=[paper.child_case.reference])):
        assert browser.get(address).status_code == 200
    text = read_pdf(browser.get(at(paper, "safeguarding:paper_pdf")).content)[1]
    assert "Often ill." in text
    assert "18 November" in text


def test_what_is_too_long_for_one_place_is_refused_and_never_cut(paper: Paper, social_worker: Membership, signed_in: SignedIn) -> None:
    answer = signed_in(social_worker).post(at(paper), {"base": 1, "seen-0-on": "x" * 20_001})
    assert answer.status_code == 422
    assert "Shorten what stands in one place" in answer.content.decode()
    assert "x" * 20_001 in answer.content.decode()
