"""A record is shared with an agency for a purpose, by a named person, until a day."""

from datetime import date, timedelta
from typing import Any

import pytest

from havenline.foundation import moment
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import FileKind
from havenline.foundation.post.models import Letter
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Party, Record
from havenline.foundation.sharing import actions, queries
from tests import factories
from tests.conftest import WEDNESDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_wednesday")]
FRIDAY = date(2026, 11, 20)


@pytest.fixture
def case(police: Agency, investigator: Membership) -> Record:
    return factories.record(FileKind.CASE, police, owner=investigator)


@pytest.fixture
def partner() -> Membership:
    return factories.member("police_supervisor", factories.agency("police", "Southmere Police"), "Ines Hart")


def shared(case: Record, partner: Membership, by: Membership, **other: Any) -> Party:
    said = {"purpose": "Joint enquiry", "lawful_basis": "DPA 2018 Part 3", "until": FRIDAY} | other
    return actions.share(record=case, agency=partner.agency, by=by, **said)


def sees(by: Membership, record: Record) -> bool:
    return Record.objects.visible_to(by).filter(pk=record.pk).exists()


def test_another_agency_sees_a_record_from_the_moment_that_it_is_shared_to_the_end_of_its_day(case, partner, investigator, standing_at):
    assert not sees(partner, case)
    shared(case, partner, investigator)
    assert sees(partner, case)
    with standing_at(WEDNESDAY.replace(day=20, hour=23, minute=58)):
        assert sees(partner, case)
    with standing_at(WEDNESDAY.replace(day=21, hour=0, minute=1)):
        assert not sees(partner, case)


def test_a_share_says_who_why_on_what_basis_and_until_when_and_stands_on_the_ledger(case, partner, investigator):
    party = shared(case, partner, investigator, withheld="The informant’s name.")
    assert (party.shared_by, party.purpose, party.lawful_basis, party.withheld) == (
        investigator,
        "Joint enquiry",
        "DPA 2018 Part 3",
        "The informant’s name.",
    )
    assert '"to":"southmere-police"' in Entry.objects.get(body__contains="shared the record").body


@pytest.mark.parametrize("missing", [{"purpose": " "}, {"lawful_basis": ""}, {"lawful_basis": "  -"}])
def test_a_share_without_a_purpose_or_a_basis_is_none(case, partner, investigator, missing):
    with pytest.raises(actions.WordsMissing):
        shared(case, partner, investigator, **missing)
    assert not sees(partner, case)


def test_the_supervisors_of_the_other_agency_are_told_that_something_waits_and_no_more(case, partner, investigator):
    shared(case, partner, investigator)
    letter = Letter.objects.get(to=partner.person.email)
    assert case.reference not in letter.body + letter.subject


def test_a_share_is_ended_before_its_day_with_a_reason(case, partner, investigator):
    party = shared(case, partner, investigator)
    with pytest.raises(actions.WordsMissing):
        actions.end_share(party=party, reason=" ", by=investigator)
    actions.end_share(party=party, reason="The joint enquiry ended.", by=investigator)
    assert not sees(partner, case)
    shared(case, partner, investigator)  # and it can be shared again
    assert sees(partner, case)


def test_who_holds_it_who_covers_and_a_supervisor_share_it_and_nobody_else(case, partner, police, police_supervisor):
    colleague = factories.member("investigator", police)
    with pytest.raises(actions.NotYoursToShare):
        shared(case, partner, colleague)
    records.assign(record=case, cover=colleague, by=police_supervisor)
    party = shared(case, partner, colleague)
    with pytest.raises(actions.NotYoursToShare):
        actions.end_share(party=party, reason="Not needed.", by=partner)
    with pytest.raises(actions.NotYoursToShare):
        shared(case, factories.member("investigator", factories.agency("police", "Third Police")), partner)


@pytest.mark.parametrize("until", [date(2026, 11, 18), date(2026, 11, 1), date(2027, 11, 20)])
def test_a_share_ends_after_today_and_within_a_year(case, partner, investigator, until):
    with pytest.raises(actions.EndWrong):
        shared(case, partner, investigator, until=until)


@pytest.mark.parametrize("missing", ["purpose", "lawful_basis"])
def test_a_share_without_a_purpose_or_a_lawful_basis_is_refused(case, partner, investigator, missing):
    with pytest.raises(actions.WordsMissing):
        shared(case, partner, investigator, **{missing: " x "})
    assert not sees(partner, case)


def test_a_share_with_an_agency_in_which_nobody_could_read_it_is_refused(case, investigator, social_worker):
    with pytest.raises(actions.SeesNoSuchFile, match="reach nobody"):
        shared(case, social_worker, investigator)
    assert social_worker.agency not in queries.could_be_shared_with(case, by=investigator)


def test_an_agency_that_sees_it_already_is_named_as_such(case, partner, investigator):
    shared(case, partner, investigator)
    with pytest.raises(actions.SeesItAlready):
        shared(case, partner, investigator)


def test_a_record_is_not_shared_with_a_school_that_must_not_learn_of_it(hotline, senior_analyst):
    notice = factories.record(FileKind.SCHOOL_NOTICE, hotline)
    records.keep_silent(record=notice, audience="school", reason="Not yet.", by=senior_analyst, actor=senior_analyst)
    lead = factories.member("safeguarding_lead", factories.agency("school"))
    with pytest.raises(records.Silenced):
        shared(notice, lead, senior_analyst)


def test_what_an_agency_sees_by_its_own_work_is_no_share_to_end(case, partner, investigator):
    party = records.make_party(record=case, agency=partner.agency, purpose="a hand-over")
    with pytest.raises(records.NotOfThisAgency):
        actions.end_share(party=party, reason="Not needed.", by=investigator)


# Restricted: the subject is a colleague


def test_a_restricted_record_is_seen_by_who_holds_it_who_covers_and_supervisors_alone(case, police, investigator, police_supervisor):
    colleague = factories.member("investigator", police)
    assert sees(colleague, case)
    actions.restrict(record=case, reason="The subject is an officer.", by=investigator)
    assert [sees(one, case) for one in (colleague, investigator, police_supervisor)] == [False, True, True]
    records.assign(record=case, cover=colleague, by=police_supervisor)
    assert sees(colleague, case)


def test_of_another_agency_that_is_party_to_a_restricted_record_only_supervisors_see_it(case, partner, investigator):
    officer = factories.member("investigator", partner.agency)
    shared(case, partner, investigator)
    actions.restrict(record=case, reason="The subject is an officer.", by=investigator)
    assert (sees(officer, case), sees(partner, case)) == (False, True)


def test_a_restriction_is_lifted_by_a_supervisor_with_a_reason(case, police, investigator, police_supervisor):
    actions.restrict(record=case, reason="The subject is an officer.", by=investigator)
    with pytest.raises(actions.NotYoursToShare):
        actions.lift_restriction(record=case, reason="It was somebody else.", by=investigator)
    actions.lift_restriction(record=case, reason="It was somebody else.", by=police_supervisor)
    assert sees(factories.member("investigator", police), case)


# The screen


def test_the_page_shares_ends_and_restricts(case, partner, investigator, signed_in):
    browser = signed_in(investigator)
    address = f"/desk/sharing/{case.reference}/"
    assert "Agencies that see it" in browser.get(address).content.decode()
    said = {
        "act": "share",
        "agency": "southmere-police",
        "purpose": "Joint enquiry",
        "lawful_basis": "DPA 2018 Part 3",
        "until": "2026-11-18",
    }
    wrong = browser.post(address, said)
    assert (wrong.status_code, "Enter a day after today" in wrong.content.decode()) == (422, True)
    assert browser.post(address, said | {"until": "2026-11-20"}).status_code == 302
    party = Party.objects.get(agency=partner.agency)
    assert "Shared by Dana Amara" in browser.get(address).content.decode()
    assert browser.post(f"{address}{party.pk}/end/", {"reason": "The enquiry ended."}).status_code == 302
    assert not sees(partner, case)
    assert browser.post(address, {"act": "restrict", "reason": "The subject is an officer."}).status_code == 302
    assert "Restricted" in browser.get(address).content.decode()
    assert browser.post(address, {"act": "nothing"}).status_code == 404


def test_an_agency_that_only_sees_it_is_offered_no_act(case, partner, investigator, signed_in):
    shared(case, partner, investigator)
    page = signed_in(partner).get(f"/desk/sharing/{case.reference}/").content.decode()
    assert "Share this record" not in page
    assert "Restrict this record" not in page


# Who has looked


def test_the_team_reads_who_looked_when_and_why(case, investigator, police_supervisor, signed_in):
    signed_in(police_supervisor).get(f"/desk/sharing/{case.reference}/")
    [look] = queries.looks_at(case, by=investigator)
    assert (look.who, look.role, look.why) == ("Morgan Teller", "Police supervisor", "asked who sees it")
    assert moment.now() - look.at < timedelta(seconds=1)


def test_oversights_own_looks_are_seen_by_oversight_alone(oversight, auditor, police, investigator, signed_in):
    case = factories.record(FileKind.CASE, police, owner=investigator)
    assert signed_in(auditor).get(f"/desk/sharing/{case.reference}/").status_code == 200
    assert queries.looks_at(case, by=investigator) == []
    assert [look.who for look in queries.looks_at(case, by=auditor)] == ["Alex Quist"]


def test_another_agency_reads_its_own_peoples_looks_and_not_those_of_who_holds_the_record(case, partner, investigator, signed_in):
    shared(case, partner, investigator)
    address = f"/desk/sharing/{case.reference}/"
    signed_in(investigator).get(address)
    signed_in(partner).get(address)
    assert [look.who for look in queries.looks_at(case, by=partner)] == ["Ines Hart"]
    assert [look.who for look in queries.looks_at(case, by=investigator)] == ["Ines Hart", "Dana Amara"]


def test_what_is_withheld_from_an_agency_is_not_told_to_it(case, partner, investigator, signed_in):
    shared(case, partner, investigator, withheld="Who the informant is.")
    address = f"/desk/sharing/{case.reference}/"
    assert "Who the informant is." in signed_in(investigator).get(address).content.decode()
    page = signed_in(partner).get(address).content.decode()
    assert "Joint enquiry" in page
    assert "Who the informant is." not in page
