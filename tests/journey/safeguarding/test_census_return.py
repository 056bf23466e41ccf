"""The return after a census was worked on here: two children who are one, and what a year knew and did not know."""

from datetime import date, timedelta
from typing import Any

from havenline.engines.census import Content
from havenline.foundation import moment
from havenline.foundation.clocks.models import Escalation
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Membership
from havenline.foundation.search import queries as search
from havenline.foundation.work import tasks as work
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import CensusEpisode, ChildCase
from tests.census_files import assessment, child, enquiry, episode, message, plan
from tests.conftest import WEDNESDAY
from tests.journey.safeguarding.census_world import contents, given_back, only_case

NO_FURTHER_ACTION = "<ReferralNFA>false</ReferralNFA>"


def case_of(number: str) -> ChildCase:
    return ChildCase.objects.select_related("record__agency", "child").get(census__of_child__number=number)


def only_episode(holder: Membership, year: int = 2026) -> Content:
    [one] = contents(given_back(holder.agency, year=year)[1])
    [said] = one["CINdetails"]
    return dict(said)


# Two of the census who are one child


def test_one_child_who_stood_twice_in_a_census_is_merged(take: Any, holder: Membership) -> None:
    take(message(child("A1", episode()), child("A2", episode(referral="2025-06-02"))))
    one, other = case_of("A1"), case_of("A2")
    actions.merge(child_case=one, other=other.child, by=holder)
    [said] = contents(given_back(holder.agency)[1])
    assert said["LAchildID"] == "A1"
    assert [each["CINreferralDate"] for each in said["CINdetails"]] == ["2025-04-01", "2025-06-02"]


def test_the_next_census_brings_a_merged_childs_new_episode_to_the_child_that_was_kept(take: Any, holder: Membership) -> None:
    first = child("A1", episode()), child("A2", episode(referral="2025-06-02")), child("A3", episode(referral="2025-06-03"))
    take(message(*first))
    actions.merge(child_case=case_of("A2"), other=case_of("A3").child, by=holder)
    actions.merge(child_case=case_of("A1"), other=case_of("A2").child, by=holder)
    later = child("A3", episode(referral="2025-06-03"), episode(referral="2026-03-02"))
    assert take(message(later), name="b.xml").new_episodes == 1
    came = CensusEpisode.objects.get(referred_on=date(2026, 3, 2)).child_case
    assert came.child == case_of("A1").child
    assert came.reference in {hit.record.reference for hit in search.find("A3", by=holder)}


def test_a_later_episode_is_found_by_the_name_that_was_written_here(take: Any, holder: Membership) -> None:
    take(message(child("A1", episode())))
    actions.change_child(child_case=only_case(), by=holder, name="Robin Vale")
    take(message(child("A1", episode(), episode(referral="2026-03-02"))), name="b.xml")
    assert len(search.find("Robin Vale", by=holder)) == 2


# What a year knew


def test_what_was_closed_after_the_year_was_open_in_it(take: Any, holder: Membership) -> None:
    take(message(child("A1", episode("<PrimaryNeedCode>N1</PrimaryNeedCode>", NO_FURTHER_ACTION, referral="2026-03-31"))))
    case = only_case()
    actions.decide(child_case=case, outcome="advice_or_early_help", reason="Help.", answer="", by=holder)
    actions.close(child_case=case, reason="Help was found.", by=holder)
    said, _out = given_back(holder.agency)
    assert "closed-outside-period" not in said.rules
    assert "CINclosureDate" not in only_episode(holder)
    assert only_episode(holder, 2027)["CINclosureDate"] == "2026-11-18"


def test_a_plan_that_ended_before_the_year_is_counted_among_those_before(take: Any, holder: Membership) -> None:
    of_a = (
        episode(plan("2022-05-16", ended="2023-01-16"), referral="2022-05-02"),
        episode(plan("2025-09-01"), referral="2025-08-04"),
    )
    take(message(child("A1", *of_a)))
    [one] = contents(given_back(holder.agency, year=2027)[1])
    plans = [each for said in one["CINdetails"] for each in said.get("ChildProtectionPlans", ())]
    assert [(each["CPPstartDate"], each["NumberOfPreviousCPP"]) for each in plans] == [("2025-09-01", "1")]


def test_a_referrals_day_that_is_put_right_is_put_right_in_the_return(take: Any, holder: Membership) -> None:
    take(message(child("A1", episode(enquiry("2025-05-02"), referral="2025-04-10"))))
    actions.began_earlier(child_case=only_case(), began_on=date(2025, 4, 2), source="The paper file, volume 2.", by=holder)
    assert only_episode(holder)["CINreferralDate"] == "2025-04-02"


def test_a_referral_that_truly_came_after_the_year_is_in_no_return_of_it(take: Any, holder: Membership) -> None:
    take(message(child("A1", episode(referral="2026-03-30"), episode(referral="2025-06-02"))))
    wrong = CensusEpisode.objects.get(referred_on=date(2026, 3, 30)).child_case
    assert [one["CINreferralDate"] for one in contents(given_back(holder.agency)[1])[0]["CINdetails"]] == ["2025-06-02", "2026-03-30"]
    actions.began_earlier(child_case=wrong, began_on=date(2026, 4, 1), source="The letter, by its stamp.", by=holder)
    assert only_episode(holder)["CINreferralDate"] == "2025-06-02"


def test_a_child_who_died_is_said_to_have_died(take: Any, holder: Membership, conference_chair: Membership) -> None:
    take(
        message(
            child(
                "A1",
                episode(
                    assessment("2026-05-02", "2026-05-04"), enquiry("2026-05-05", "2026-05-18"), plan("2026-05-18"), referral="2026-05-01"
                ),
            )
        )
    )
    case = only_case()
    actions.record_step(child_case=case, step="plan_ends", outcome="death", happened_on=date(2026, 11, 16), by=conference_chair)
    actions.close(child_case=case, reason="Robin died in hospital.", by=holder)
    assert only_episode(holder, 2027)["ReasonForClosure"] == "RC2"


def test_a_gender_is_no_sex_and_that_it_is_not_known_is_counted(take: Any, holder: Membership) -> None:
    text = message(child("A1", episode()))
    take(text.replace("</PersonBirthDate>", "</PersonBirthDate><GenderCurrent>2</GenderCurrent>"))
    said, out = given_back(holder.agency)
    [one] = contents(out)
    assert (one["GenderCurrent"], one["Sex"], said.taken["Sex"]) == ("2", "U", 1)
    assert "sex-missing" not in said.rules


# What the whole census asks of a manager


def test_what_was_late_before_it_came_here_is_told_as_a_number_and_not_raised_one_by_one(take: Any, holder: Membership) -> None:
    of_a = episode(assessment("2025-04-02")), episode(assessment("2026-11-02"), referral="2026-11-02")
    assert take(message(child("A1", *of_a))).late == 1
    work.raise_late_clocks()
    assert not Escalation.objects.exists()
    [said] = [ledger.read(entry) for entry in Entry.objects.all() if ledger.read(entry).verb == "imported a census"]
    assert said.reason.endswith("1 clocks late already")
    with moment.standing_at(WEDNESDAY + timedelta(days=90)):  # what runs out here is raised as any
        work.raise_late_clocks()
    assert [one.clock.started_at.year for one in Escalation.objects.select_related("clock")] == [2026]
