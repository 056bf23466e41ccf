"""A council's own census: previewed, taken in once, worked on, and given back with nothing lost."""

import io
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from benchmarks.census import Maker
from django.urls import reverse

from havenline.engines.census import CLOCKS, WholeCensus, faults_of_form, timeliness
from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Membership
from havenline.foundation.sealing import copies
from havenline.journey.safeguarding import actions, path
from havenline.journey.safeguarding.census_calendar import WorkingTogether
from havenline.journey.safeguarding.models import CensusChild, CensusEpisode, CensusImport, Child, ChildCase
from havenline.journey.safeguarding.queries import same_child
from tests.census_files import assessment, child, enquiry, episode, message, plan
from tests.journey.safeguarding.census_world import contents, digest_of, given_back, only_case


def test_a_synthetic_census_goes_in_and_comes_out_with_nothing_lost(take: Any, holder: Membership) -> None:
    text = io.StringIO()
    Maker().write(text, 300)
    read = take(text.getvalue())
    assert (read.refused.count, read.not_understood.count, read.new_children) == (0, 0, 300)
    _said, out = given_back(holder.agency)
    assert contents(out) == contents(text.getvalue().encode())
    assert list(faults_of_form(io.BytesIO(out))) == []


# What came is as it came; what happened here stands beside it

WHOLE_EPISODE = episode(
    "<PrimaryNeedCode>N1</PrimaryNeedCode>",
    assessment("2025-04-02", "2025-05-01"),
    enquiry("2025-05-02", "2025-05-15"),
    plan("2025-05-15", "2025-08-05"),
)


def with_everything() -> str:
    """Every element of the census at once."""
    return message(
        "\n<Child><ChildIdentifiers><LAchildID>A1</LAchildID><UPN>A123456789123</UPN><FormerUPN>X98765432123B</FormerUPN>"
        "<PersonBirthDate>2015-06-01</PersonBirthDate><Sex>F</Sex><PersonDeathDate>2026-02-01</PersonDeathDate></ChildIdentifiers>"
        "<ChildCharacteristics><Ethnicity>BAFR</Ethnicity><Disabilities><Disability>HEAR</Disability><Disability>VIS</Disability>"
        "</Disabilities></ChildCharacteristics>"
        "<CINdetails><CINreferralDate>2025-04-01</CINreferralDate><ReferralSource>2A</ReferralSource><PrimaryNeedCode>N1</PrimaryNeedCode>"
        "<CINclosureDate>2026-02-02</CINclosureDate><ReasonForClosure>RC2</ReasonForClosure><DateOfInitialCPC>2025-04-30</DateOfInitialCPC>"
        "<ReferralNFA>false</ReferralNFA>"
        "<Assessments><AssessmentActualStartDate>2025-04-02</AssessmentActualStartDate>"
        "<AssessmentInternalReviewDate>2025-04-12</AssessmentInternalReviewDate>"
        "<AssessmentAuthorisationDate>2025-05-01</AssessmentAuthorisationDate><FactorsIdentifiedAtAssessment>"
        "<AssessmentFactors>3B</AssessmentFactors><AssessmentFactors>4B</AssessmentFactors></FactorsIdentifiedAtAssessment></Assessments>"
        "<CINPlanDates><CINPlanStartDate>2025-05-01</CINPlanStartDate><CINPlanEndDate>2025-05-03</CINPlanEndDate></CINPlanDates>"
        "<Section47><S47ActualStartDate>2025-05-02</S47ActualStartDate><InitialCPCtarget>2025-05-23</InitialCPCtarget>"
        "<DateOfInitialCPC>2025-05-15</DateOfInitialCPC><ICPCnotRequired>false</ICPCnotRequired></Section47>"
        "<ChildProtectionPlans><CPPstartDate>2025-05-15</CPPstartDate><CPPendDate>2026-02-01</CPPendDate>"
        "<InitialCategoryOfAbuse>MUL</InitialCategoryOfAbuse><LatestCategoryOfAbuse>SAB</LatestCategoryOfAbuse>"
        "<NumberOfPreviousCPP>2</NumberOfPreviousCPP><Reviews><CPPreviewDate>2025-08-05</CPPreviewDate>"
        "<CPPreviewDate>2026-01-12</CPPreviewDate></Reviews></ChildProtectionPlans>"
        "<PreProceedingsandFGDM><PPStartDate>2025-09-01</PPStartDate><LBPSentDate>2025-09-02</LBPSentDate>"
        "<InitialPPMeetingDate>2025-09-03</InitialPPMeetingDate><FGDMMeetingOffer>true</FGDMMeetingOffer>"
        "<FGDMMeetingFac>false</FGDMMeetingFac><ReviewMeetingsCount>2</ReviewMeetingsCount><StepDecisionDate>2025-10-01</StepDecisionDate>"
        "<PPOutcome>A</PPOutcome><CourtAppDate>2025-10-02</CourtAppDate><LetterInitCPDate>2025-10-03</LetterInitCPDate>"
        "</PreProceedingsandFGDM></CINdetails></Child>"
    )


def of_children(text: str) -> Counter[tuple[str, str]]:
    """Every element with words, as it is written."""
    return Counter(re.findall(r"<(\w+)>([^<]+)</\1>", text.partition("<Children>")[2]))


def test_no_element_of_the_census_is_lost_on_its_way(take: Any, holder: Membership) -> None:
    take(with_everything())
    _said, out = given_back(holder.agency)
    assert contents(out) == contents(with_everything().encode())
    assert of_children(out.decode()) == of_children(with_everything())  # also what our own reader would not know
    assert list(faults_of_form(io.BytesIO(out))) == []


def test_a_child_is_called_by_its_number_until_somebody_writes_a_name(take: Any, holder: Membership) -> None:
    take(message(child("A1", WHOLE_EPISODE)))
    known = Child.objects.get()
    assert (known.name, known.born_on) == ("Child A1", date(2015, 6, 1))
    assert {(one.system, one.number) for one in known.numbers.all()} == {("LA child ID", "A1")}
    actions.change_child(child_case=only_case(), by=holder, name="Robin Vale")
    assert [only_case().child.name, contents(given_back(holder.agency)[1])[0]["LAchildID"]] == ["Robin Vale", "A1"]


def test_two_children_of_a_census_are_not_alike_because_they_have_no_name(take: Any, holder: Membership) -> None:
    text = message(child("A1", episode()), child("A2", episode()))
    take(text.replace("2015-06-01", "2011-01-01", 1))
    one = Child.objects.earliest("pk")
    assert same_child.offered(one, by=holder) == []


def test_a_case_of_a_census_has_the_clocks_that_the_engine_says(take: Any, holder: Membership) -> None:
    take(message(child("A1", episode(assessment("2026-10-02"), referral="2026-10-01"))))
    case = only_case()
    now = path.situation(case)
    rows = {clock.rule: (moment.day_of(clock.due_at), clock.edition, clock.owner) for clock in Clock.objects.running()}
    assert rows == {one.step: (one.due, one.edition, holder) for one in now.open_clocks}
    assert rows == {"single_assessment": (date(2026, 12, 3), "2026", holder)}
    actions.record_step(child_case=case, step="single_assessment", outcome="child_in_need", happened_on=date(2026, 11, 17), by=holder)
    assert not Clock.objects.running().exists()
    assert Clock.objects.filter(record=case.record).count() == 2  # it and the decision: none was started anew


def test_a_clock_runs_in_the_edition_of_its_own_start(take: Any, holder: Membership) -> None:
    take(message(child("A1", episode(enquiry("2026-03-16", "2026-03-17"), plan("2026-03-17"), referral="2026-03-02"))))
    editions = {clock.rule: clock.edition for clock in Clock.objects.all()}
    assert editions["first_review"] == "2023"
    take(message(child("A2", episode(enquiry("2026-03-18", "2026-03-19"), plan("2026-03-19"), referral="2026-03-18"))), name="b.xml")
    assert {clock.edition for clock in Clock.objects.filter(rule="first_review")} == {"2023", "2026"}


def test_a_closed_episode_is_a_closed_case_without_a_running_clock(take: Any, holder: Membership) -> None:
    take(with_everything())
    case = only_case()
    assert moment.day_of(case.record.closed_at) == date(2026, 2, 2)  # type: ignore[arg-type]
    assert case.ended_as == ChildCase.Ended.PLAN_ENDED
    assert not Clock.objects.running().exists()


def test_what_the_census_does_not_hold_says_that_it_was_taken_from_what_followed(take: Any, holder: Membership) -> None:
    take(message(child("A1", episode(assessment("2025-04-02"), enquiry("2025-05-02", None, "true")))))
    said = {(event.step, event.outcome): event.note for event in only_case().events.all()}
    assert said["decision_on_referral", "assessment"].startswith("The census does not hold the decision")
    assert said["section_47_enquiry", "not_substantiated"].startswith("The census says that no conference was required, not why")
    assert said["single_assessment", ""] == ""


def test_a_case_of_a_census_is_shown_printed_and_found(take: Any, holder: Membership, signed_in: Any) -> None:
    take(message(child("A1", WHOLE_EPISODE)))
    browser, case = signed_in(holder), only_case()
    for page in ("child_case", "print", "case_pdf", "record", "same", "answer", "decide", "transfer"):
        assert browser.get(reverse(f"safeguarding:{page}", args=[case.reference])).status_code == 200
    assert "Child A1" in browser.get(reverse("safeguarding:cases")).content.decode()
    assert "Child A1" in browser.get(reverse("safeguarding:clocks"), {"whose": "all"}).content.decode()


def test_nobody_is_told_of_a_referral_that_is_not_held_here(take: Any, holder: Membership) -> None:
    take(message(child("A1", WHOLE_EPISODE)))
    with pytest.raises(actions.NotAReferral, match="came with a census"):
        actions.answer_referrer(child_case=only_case(), words="Thank you.", by=holder)


# Twice is once; all or nothing


def test_the_same_census_twice_is_once(take: Any, holder: Membership) -> None:
    text = message(child("A1", WHOLE_EPISODE, episode(referral="2025-12-01")), child("B2", episode()))
    take(text)
    again = take(text)
    assert (again.new_children, again.new_episodes, again.differs) == (0, 0, 0)
    assert (Child.objects.count(), ChildCase.objects.count(), CensusImport.objects.count()) == (2, 3, 1)


def test_a_later_census_brings_what_is_new_and_leaves_what_is_here(take: Any, holder: Membership) -> None:
    take(message(child("A1", episode(assessment("2025-04-02")))))
    of_a = episode(assessment("2025-04-02", "2025-05-01")), episode(referral="2026-01-05")
    later = take(message(child("A1", *of_a), child("B2", episode())), name="b.xml")
    assert (later.new_children, later.new_episodes, later.differs, later.differing) == (1, 2, 1, ["A1"])
    assert CensusEpisode.objects.get(of_child__number="A1", referred_on=date(2025, 4, 1)).dates["Assessments"] == [
        {"AssessmentActualStartDate": "2025-04-02"}
    ]


def test_two_episodes_of_one_day_are_two(take: Any, holder: Membership) -> None:
    text = message(child("A1", episode(assessment("2025-04-02", "2025-05-01")), episode(assessment("2025-06-02"))))
    take(text)
    assert sorted(CensusEpisode.objects.values_list("ordinal", flat=True)) == [1, 2]
    assert take(text).new_episodes == 0


def test_a_file_that_was_exchanged_since_its_preview_is_refused_whole(holder: Membership, tmp_path: Path) -> None:
    file = tmp_path / "cin.xml"
    file.write_text(message(child("A1", WHOLE_EPISODE)))
    digest = digest_of(file)
    file.write_text(message(child("A2", WHOLE_EPISODE)))
    with pytest.raises(actions.AnotherCensus):
        actions.import_census(file=file, digest=digest, agency=holder.agency, holder=holder, by=INSTALLATION)
    assert not Child.objects.exists()
    assert not CensusImport.objects.exists()


def test_a_census_that_breaks_off_leaves_nothing(take: Any, holder: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("havenline.journey.safeguarding.actions.census.AT_ONCE", 1)
    text = message(child("A1", WHOLE_EPISODE), child("B2", WHOLE_EPISODE), child("C3", WHOLE_EPISODE))
    with pytest.raises(Exception, match="ends too early"):
        take(text[: text.index("C3")])
    assert not Child.objects.exists()
    assert not ChildCase.objects.exists()


def test_a_preview_changes_nothing_and_tells_the_same(holder: Membership, tmp_path: Path, take: Any) -> None:
    text = message(child("A1", WHOLE_EPISODE), child(None, episode()))
    file = tmp_path / "cin.xml"
    file.write_text(text)
    told = actions.preview(file=file, agency=holder.agency)
    assert not Child.objects.exists()
    done = take(text)
    for name in ("digest", "children", "new_children", "episodes", "new_episodes", "open_episodes", "steps", "differs"):
        assert getattr(told, name) == getattr(done, name)
    assert told.refused.listed == done.refused.listed
    assert (told.new_children, told.steps, told.digest) == (1, 7, digest_of(file))


@pytest.mark.parametrize(
    ("text", "element", "line", "reason"),
    [
        (message(child(None, episode())), "LAchildID", 2, "is missing"),
        (message(child("A1", episode()), child("A1", episode())), "LAchildID", 3, "stands for another child too"),
        (message(child("A1")), "CINdetails", 2, "is missing"),
        (message(child("A1", episode(referral=None))), "CINreferralDate", 2, "is missing or no date"),
        (message(child("A1", episode(referral="soon"))), "CINreferralDate", 2, "is missing or no date"),
        (message(child("A1", episode(assessment("2031-01-01")))), "AssessmentActualStartDate", 2, "lies in the future"),
        (message(child("A1", episode(plan("2025-05-01", "2031-01-01")))), "CPPreviewDate", 2, "lies in the future"),
        (message(child("A1", episode(referral="1989-04-01"))), "CINreferralDate", 2, "no edition of the guidance is held"),
    ],
)
def test_what_cannot_be_a_case_is_refused_with_its_line_and_the_reason(
    text: str, element: str, line: int, reason: str, holder: Membership, tmp_path: Path
) -> None:
    file = tmp_path / "cin.xml"
    file.write_text(text)
    [refused] = actions.preview(file=file, agency=holder.agency).refused.listed
    assert (refused.element, refused.line) == (element, line)
    assert reason in refused.reason


def test_one_episode_that_is_refused_does_not_keep_the_others_out(take: Any, holder: Membership) -> None:
    done = take(message(child("A1", episode(referral="soon"), WHOLE_EPISODE)))
    assert (done.refused.count, done.new_episodes) == (1, 1)


def test_only_somebody_who_holds_cases_there_is_given_them(
    holder: Membership, conference_chair: Membership, elsewhere: Membership, tmp_path: Path
) -> None:
    file = tmp_path / "cin.xml"
    file.write_text(message(child("A1", episode())))
    for wrong in (conference_chair, elsewhere):
        with pytest.raises(actions.CannotHoldCensus):
            actions.import_census(file=file, digest=digest_of(file), agency=holder.agency, holder=wrong, by=INSTALLATION)


def test_the_ledger_has_the_census_and_each_case_and_no_childs_number(take: Any, holder: Membership) -> None:
    take(message(child("A1XYZ", WHOLE_EPISODE)))
    entries = list(Entry.objects.order_by("pk"))
    said = [ledger.read(entry) for entry in entries]
    assert [one.verb for one in said] == ["took a case over from a census", "imported a census"]
    assert said[0].record == only_case().reference
    assert not any("A1XYZ" in entry.body for entry in entries)


def test_erasing_the_case_empties_what_the_census_said(take: Any, holder: Membership) -> None:
    take(message(child("A1", WHOLE_EPISODE)))
    case = only_case()
    copies.destroy(case.reference, case.record_id)
    kept = CensusEpisode.objects.get()
    assert (kept.dates, bytes(kept.sealed)) == ({}, b"")
    assert CensusChild.objects.get().number == ""


# Worked on here, and given back


def test_what_is_recorded_here_stands_in_the_return(take: Any, holder: Membership, conference_chair: Membership) -> None:
    take(message(child("A1", episode(assessment("2026-09-02"), referral="2026-09-01"))))
    case = only_case()

    def record(step: str, outcome: str, on: date, by: Membership = holder) -> None:
        actions.record_step(child_case=case, step=step, outcome=outcome, happened_on=on, by=by)

    record("single_assessment", "strategy_discussion", date(2026, 10, 1))
    record("strategy_discussion", "joint_enquiry", date(2026, 10, 2))
    record("section_47_enquiry", "conference", date(2026, 10, 12))
    record("initial_child_protection_conference", "plan_sexual_abuse", date(2026, 10, 16), conference_chair)
    record("first_review", "end", date(2026, 11, 16), conference_chair)
    record("plan_ends", "by_review", date(2026, 11, 17), conference_chair)
    _said, out = given_back(holder.agency, year=2027)
    [one] = contents(out)[0]["CINdetails"]
    assert one["Assessments"] == [
        {"AssessmentActualStartDate": "2026-09-02", "AssessmentAuthorisationDate": "2026-10-01", "AssessmentFactors": ["3B"]}
    ]
    assert one["Section47"] == [
        {
            "S47ActualStartDate": "2026-10-02",
            "InitialCPCtarget": "2026-10-23",
            "DateOfInitialCPC": "2026-10-16",
            "ICPCnotRequired": "false",
        }
    ]
    assert one["ChildProtectionPlans"] == [
        {
            "CPPstartDate": "2026-10-16",
            "CPPendDate": "2026-11-17",
            "InitialCategoryOfAbuse": "SAB",
            "LatestCategoryOfAbuse": "SAB",
            "NumberOfPreviousCPP": "0",
            "CPPreviewDate": ["2026-11-16"],
        }
    ]
    assert list(faults_of_form(io.BytesIO(out))) == []


def test_a_step_that_is_put_right_here_is_put_right_in_the_return(take: Any, holder: Membership) -> None:
    take(message(child("A1", episode(assessment("2025-09-02", "2025-10-01"), referral="2025-09-01"))))
    case = only_case()
    done = case.events.get(step="single_assessment", outcome="child_in_need")
    actions.correct(event=done, by=holder, reason="A slip.", outcome="child_in_need", happened_on=date(2025, 10, 3))
    begun = case.events.get(step="single_assessment", outcome="")
    actions.correct(event=begun, by=holder, reason="A slip.", happened_on=date(2025, 9, 3))
    _said, out = given_back(holder.agency)
    assert contents(out)[0]["CINdetails"][0]["Assessments"] == [
        {"AssessmentActualStartDate": "2025-09-03", "AssessmentAuthorisationDate": "2025-10-03", "AssessmentFactors": ["3B"]}
    ]


def test_a_conference_whose_day_is_put_right_keeps_its_plan_and_reviews(
    take: Any, holder: Membership, conference_chair: Membership
) -> None:
    take(message(child("A1", WHOLE_EPISODE)))
    held = only_case().events.get(step="initial_child_protection_conference")
    actions.correct(event=held, by=conference_chair, reason="A slip.", outcome="plan_neglect", happened_on=date(2025, 5, 16))
    _said, out = given_back(holder.agency)
    [one] = contents(out)[0]["CINdetails"]
    assert one["Section47"][0]["DateOfInitialCPC"] == "2025-05-16"
    assert (one["ChildProtectionPlans"][0]["CPPstartDate"], one["ChildProtectionPlans"][0]["CPPreviewDate"]) == (
        "2025-05-16",
        ["2025-08-05"],
    )


def test_a_return_of_an_earlier_year_knows_nothing_of_a_later_one(take: Any, holder: Membership) -> None:
    take(message(child("A1", episode(assessment("2026-03-02"), referral="2026-03-01"))))
    actions.record_step(child_case=only_case(), step="single_assessment", outcome="child_in_need", happened_on=date(2026, 4, 20), by=holder)
    of_year = [contents(given_back(holder.agency, year=year)[1])[0]["CINdetails"][0]["Assessments"][0] for year in (2026, 2027)]
    assert [one.get("AssessmentAuthorisationDate") for one in of_year] == [None, "2026-04-20"]


def test_a_return_of_a_later_year_leaves_out_what_ended_before_it(take: Any, holder: Membership) -> None:
    of_a = episode(assessment("2025-05-02", "2025-06-01"), assessment("2026-03-02"))
    take(message(child("A1", of_a), child("B2", episode())))
    [of_a, _of_b] = contents(given_back(holder.agency, year=2027)[1])
    assert [one["AssessmentActualStartDate"] for one in of_a["CINdetails"][0]["Assessments"]] == ["2026-03-02"]


def test_a_case_that_began_here_is_in_the_return_without_an_error(child_case: ChildCase, social_worker: Membership) -> None:
    known = child_case.child
    known.born_on = date(2017, 2, 3)
    known.save()
    actions.decide(child_case=child_case, outcome="assessment", reason="Near.", by=social_worker)
    actions.record_step(child_case=child_case, step="single_assessment", happened_on=moment.today(), by=social_worker)
    said, out = given_back(social_worker.agency, year=2027)
    assert contents(out) == [
        {
            "LAchildID": f"HL{known.pk:08}",
            "UPNunknown": "UN4",
            "PersonBirthDate": "2017-02-03",
            "Sex": "U",
            "Ethnicity": "NOBT",
            "Disability": ["NONE"],
            "CINdetails": [
                {
                    "CINreferralDate": "2026-11-18",
                    "ReferralSource": "6",
                    "PrimaryNeedCode": "N1",
                    "ReferralNFA": "false",
                    "Assessments": [{"AssessmentActualStartDate": "2026-11-18"}],
                }
            ],
        }
    ]
    assert said.errors == 0
    assert set(said.rules) == {"few-disabilities?", "no-pre-proceedings?", "sex-often-unknown?"}  # of one child, whose sex nobody wrote
    assert said.taken == {"UPNunknown": 1, "Sex": 1, "Ethnicity": 1, "Disability": 1}
    assert list(faults_of_form(io.BytesIO(out))) == []


def test_a_referral_without_further_action_says_so(child_case: ChildCase, social_worker: Membership) -> None:
    actions.decide(child_case=child_case, outcome="no_further_action", reason="Not here.", answer="No.", by=social_worker)
    actions.close(child_case=child_case, reason="Decided.", by=social_worker)
    _said, out = given_back(social_worker.agency, year=2027)
    [one] = contents(out)
    assert (one["UPNunknown"], one["CINdetails"][0]["ReferralNFA"]) == ("UN7", "true")
    assert "CINclosureDate" not in one["CINdetails"][0]


def test_another_areas_cases_are_in_no_return_of_ours(take: Any, holder: Membership, elsewhere: Membership) -> None:
    take(message(child("A1", WHOLE_EPISODE)))
    said, _out = given_back(elsewhere.agency)
    assert said.children == 0


def test_that_a_census_was_exported_is_on_the_ledger_and_on_each_cases_trace(take: Any, holder: Membership) -> None:
    take(message(child("A1", WHOLE_EPISODE)))
    given_back(holder.agency)
    of_case, of_all = (ledger.read(entry) for entry in Entry.objects.order_by("pk").reverse()[:2][::-1])
    assert (of_case.verb, of_case.record) == ("exported in a census", only_case().reference)
    assert of_all.verb == "exported the census"


# Nothing is lost, and late steps are found


def worked_on(count: int, take: Any, holder: Membership, chair: Membership) -> tuple[bytes, bytes]:
    """A census of so many children in, an assessment authorised and a plan ended here, and out again."""
    text = io.StringIO()
    Maker(seed=11).write(text, count)
    raw = text.getvalue().encode()
    take(text.getvalue())
    open_now = ChildCase.objects.filter(record__closed_at=None)
    for case in open_now.filter(events__step="single_assessment", events__outcome="").order_by("pk"):
        if any(one.step == "single_assessment" for one in path.situation(case).open_clocks):
            actions.record_step(
                child_case=case, step="single_assessment", outcome="child_in_need", happened_on=date(2026, 11, 17), by=holder
            )
            break
    for case in open_now.filter(events__step="child_protection_plan").order_by("pk"):
        if path.plan_runs(case):
            actions.record_step(child_case=case, step="plan_ends", outcome="age_18", happened_on=date(2026, 3, 30), by=chair)
            break
    _said, out = given_back(holder.agency)
    return raw, out


def nothing_is_lost(raw: bytes, out: bytes) -> None:
    before, after = contents(raw), contents(out)
    changed = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    assert len(changed) == 1  # the plan that ended in the year; the assessment was authorised after it
    [(was, now)] = changed
    plans = [one for each in now["CINdetails"] for one in each["ChildProtectionPlans"]]
    assert [one.pop("CPPendDate") for one in plans if one.get("CPPendDate") == "2026-03-30"] == ["2026-03-30"]
    assert was == now
    assert list(faults_of_form(io.BytesIO(out))) == []
    told = [timeliness(WholeCensus(io.BytesIO(data)), WorkingTogether()) for data in (raw, out)]
    for clock in CLOCKS:
        late, found = ({(one.child, one.started, one.due, one.happened) for one in each.late_cases(clock)} for each in told)
        assert late == found


def test_a_census_is_worked_on_and_nothing_that_it_holds_is_lost(take: Any, holder: Membership, conference_chair: Membership) -> None:
    nothing_is_lost(*worked_on(200, take, holder, conference_chair))


@pytest.mark.slow
def test_a_census_of_2_000_children_is_worked_on_and_nothing_is_lost(take: Any, holder: Membership, conference_chair: Membership) -> None:
    nothing_is_lost(*worked_on(2_000, take, holder, conference_chair))
