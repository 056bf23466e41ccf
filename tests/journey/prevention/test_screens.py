"""The sender's screens, walked as a person would; each refusal stands on the page with what was typed."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation.handover.models import HandOver
from havenline.foundation.people.models import Membership
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.journey.intake.models import Report
from havenline.journey.investigation.models import Case
from havenline.journey.prevention import actions
from havenline.journey.prevention.models import Campaign, School, SchoolNotice
from havenline.journey.triage import actions as triage
from tests import factories
from tests.conftest import WEDNESDAY
from tests.journey.prevention.conftest import WORDS, answer, send

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]


def page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_a_notice_is_written_asked_about_agreed_and_sent_on_its_pages(
    report: Report,
    alder_road: School,
    beech_lane: School,
    analyst: Membership,
    senior_analyst: Membership,
    officer: Membership,
    signed_in: SignIn,
) -> None:
    browser = signed_in(analyst)
    form = page(browser, f"/desk/schools/write/{report.reference}/")
    token = re.search(r'name="token" value="([\w-]+)"', form)
    assert token
    said = {"token": token[1], "source": report.reference, "title": "Another app", "words": "About Robin.", "guidance": "parents"}
    refused = browser.post("/desk/schools/write/", said)
    assert refused.status_code == 422
    assert "“Robin Vale”" in refused.content.decode()
    assert "About Robin." in refused.content.decode()
    for _twice in range(2):
        written = browser.post("/desk/schools/write/", said | {"words": WORDS})
    campaign = Campaign.objects.get()
    at = written.headers["Location"]
    assert at == f"/desk/schools/texts/{campaign.pk}/"
    assert "Beech Lane School" in page(browser, f"{at}?find=lane")
    browser.post(f"{at}choose/", {"school": ["100001", "100002", "x"]})
    asked = page(browser, at)
    assert "Does the subject or a relative work at, volunteer for or govern this school?" in asked
    assert not re.search(r"checked", asked)
    rows = {row.school_id: row.pk for row in campaign.asked.all()}
    assert browser.post(f"{at}answer/", {f"school-{rows[alder_road.pk]}": "perhaps"}).status_code == 422
    browser.post(f"{at}answer/", {f"school-{rows[alder_road.pk]}": "no", f"school-{rows[beech_lane.pk]}": "unknown"})
    assert HandOver.objects.get().to_agency == officer.agency
    browser.post(f"{at}propose/")
    assert "Waits for a second person" in page(browser, at)

    browser = signed_in(senior_analyst)
    assert "Waits for you to agree" in page(browser, "/desk/schools/")
    exact = page(browser, f"{at}agree/")
    assert WORDS.replace("’", "’") in exact
    assert "It goes to 1 school" in exact
    assert browser.post(f"{at}agree/", {"count": "2"}).status_code == 422
    for _twice in range(2):
        assert browser.post(f"{at}agree/", {"count": "1"}).status_code == 302
    assert [notice.school for notice in SchoolNotice.objects.all()] == [alder_road]


def test_the_case_page_offers_to_tell_schools_to_the_force_that_holds_it(case: Case, investigator: Membership, signed_in: SignIn) -> None:
    assert f"/desk/schools/write/{case.reference}/" in page(signed_in(investigator), f"/desk/cases/{case.reference}/")


def test_a_report_that_is_being_read_offers_to_tell_schools(report: Report, analyst: Membership, signed_in: SignIn) -> None:
    Report.objects.update(waits_since=WEDNESDAY)
    triage.claim(report=report, by=analyst)
    assert f"/desk/schools/write/{report.reference}/" in page(signed_in(analyst), reverse("triage:report", args=[report.reference]))


def test_a_source_that_is_not_theirs_does_not_exist(report: Report, investigator: Membership, signed_in: SignIn) -> None:
    browser = signed_in(investigator)
    assert browser.get(f"/desk/schools/write/{report.reference}/").status_code == 404
    said = {"token": "t", "source": report.reference, "title": "x", "words": "y", "guidance": "parents"}
    refused = browser.post("/desk/schools/write/", said)
    assert refused.status_code == 422
    assert "No case or report of yours is" in refused.content.decode()


def test_a_silence_is_said_on_the_page_with_who_lifts_it(
    report: Report, analyst: Membership, senior_analyst: Membership, signed_in: SignIn
) -> None:
    records.keep_silent(record=report.record, audience=Silence.Audience.SCHOOL, reason="Not yet.", by=senior_analyst, actor=senior_analyst)
    said = {"token": "t", "source": report.reference, "title": "x", "words": "y", "guidance": "parents"}
    refused = signed_in(analyst).post("/desk/schools/write/", said)
    assert refused.status_code == 422
    assert "Senior analyst, Northmere Hotline" in refused.content.decode()


def test_whom_to_telephone_stands_first_with_the_number_until_the_lead_is_reached(
    campaign: Campaign, alder_road: School, analyst: Membership, senior_analyst: Membership, signed_in: SignIn
) -> None:
    [notice] = send(campaign, alder_road, by=analyst, second=senior_analyst)
    browser = signed_in(analyst)
    listed = page(browser, "/desk/schools/")
    assert "To be telephoned" in listed
    assert "01632 960101" in listed
    at = f"/desk/schools/notices/{notice.reference}/"
    assert "Nobody there is verified: no mail went." in page(browser, at)
    said = {"called_at": WEDNESDAY.strftime("%Y-%m-%dT%H:%M"), "reached": "lead", "spoke_to": "", "agreed": "Read out."}
    refused = browser.post(f"{at}call/", said)
    assert refused.status_code == 422
    assert "Read out." in refused.content.decode()
    for _twice in range(2):
        assert browser.post(f"{at}call/", said | {"spoke_to": "Hana Brook"}).status_code == 302
    assert notice.calls.count() == 1
    assert "To be telephoned" not in page(browser, "/desk/schools/")
    assert "Told by telephone" in page(browser, f"/desk/schools/texts/{campaign.pk}/")


def test_taking_back_on_the_page_needs_a_reason_and_is_refused_once_it_was_opened(
    notice: SchoolNotice, verified: Membership, analyst: Membership, signed_in: SignIn
) -> None:
    browser = signed_in(analyst)
    at = f"/desk/schools/notices/{notice.reference}/"
    assert browser.post(f"{at}withdraw/", {"words": ""}).status_code == 422
    actions.open_message(notice=notice, by=verified)
    refused = browser.post(f"{at}withdraw/", {"words": "Wrong school."})
    assert refused.status_code == 422
    assert "cannot be taken back" in refused.content.decode()


def test_a_lead_is_verified_on_the_schools_page(alder_road: School, lead: Membership, analyst: Membership, signed_in: SignIn) -> None:
    browser = signed_in(analyst)
    assert "Not verified: no mail goes" in page(browser, "/desk/schools/register/100001/")
    assert "Alder Road School" in page(browser, "/desk/schools/register/?find=alder")
    at = "/desk/schools/register/100001/verify/"
    browser.post(at, {"membership": lead.pk, "spoke_to": ""})
    assert not alder_road.contacts.exists()
    for _twice in range(2):
        browser.post(at, {"membership": lead.pk, "spoke_to": "Front office"})
    assert alder_road.contacts.count() == 1
    assert "and spoke to Front office" in page(browser, "/desk/schools/register/100001/")
    assert browser.post(at, {"membership": analyst.pk, "spoke_to": "x"}).status_code == 404


def test_whoever_entered_the_number_is_told_that_another_person_verifies(
    alder_road: School, lead: Membership, analyst: Membership, senior_analyst: Membership, signed_in: SignIn
) -> None:
    browser, at = signed_in(analyst), "/desk/schools/register/100001/"
    browser.post(f"{at}telephone/", {"telephone": "01632 960199"})
    shown = page(browser, at)
    assert "another person must telephone it and verify" in shown
    assert "I telephoned: verified" not in shown
    refused = browser.post(f"{at}verify/", {"membership": lead.pk, "spoke_to": "Office"})
    assert refused.status_code == 422
    assert "another person must telephone it and verify" in refused.content.decode()
    seen = page(signed_in(senior_analyst), at)
    assert f"Entered by {analyst.name}" in seen
    assert "I telephoned: verified" in seen


def test_a_school_is_added_and_linked_at_the_desk(analyst: Membership, signed_in: SignIn) -> None:
    browser = signed_in(analyst)
    agency = factories.agency("school", "Beech Lane School")
    said = {"urn": "100002", "name": "Beech Lane School", "telephone": "01632 960102"}
    assert browser.post("/desk/schools/register/add/", said).status_code == 302
    again = browser.post("/desk/schools/register/add/", said)
    assert again.status_code == 422
    assert "already" in again.content.decode()
    browser.post("/desk/schools/register/100002/agency/", {"agency": agency.pk})
    browser.post("/desk/schools/register/100002/telephone/", {"telephone": "01632 960122"})
    school = School.objects.get()
    assert (school.agency, school.telephone) == (agency, "01632 960122")


@pytest.mark.parametrize("asked", ["2", "²", "0", "9" * 30])
def test_a_page_of_the_register_that_there_is_not_is_one_that_there_is(
    alder_road: School, analyst: Membership, signed_in: SignIn, asked: str
) -> None:
    assert alder_road.name in page(signed_in(analyst), f"/desk/schools/register/?page={asked}")


def test_the_register_is_turned_page_by_page(analyst: Membership, signed_in: SignIn) -> None:
    for number in range(51):
        actions.add_school(urn=200000 + number, name=f"School {number:02}", telephone="01632 960100", by=analyst)
    first, second = (page(signed_in(analyst), f"/desk/schools/register/?page={number}") for number in (1, 2))
    said = ("School 49", "School 50", ">Earlier in the list</a>", ">Further in the list</a>")
    assert [words in first for words in said] == [True, False, False, True]
    assert [words in second for words in said] == [False, True, True, False]


def test_a_hundred_schools_cost_as_many_questions_as_one(
    report: Report,
    analyst: Membership,
    senior_analyst: Membership,
    alder_road: School,
    signed_in: SignIn,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    from tests.journey.prevention.conftest import write

    campaign = write(report.record, analyst)
    for number in range(30):
        school = actions.add_school(urn=200000 + number, name=f"School {number}", telephone="01632 960100", by=analyst)
        answer(campaign, school, "no", analyst)
    actions.propose(campaign=campaign, by=analyst)
    actions.agree_and_send(campaign=campaign, count=30, by=senior_analyst)
    browser = signed_in(analyst)
    for address in ("/desk/schools/", f"/desk/schools/texts/{campaign.pk}/"):
        with django_assert_max_num_queries(40):  # type: ignore[operator]
            assert "School 29" in page(browser, address)


def test_what_a_schools_page_misses_stands_beside_its_field(
    alder_road: School, lead: Membership, analyst: Membership, signed_in: SignIn
) -> None:
    browser = signed_in(analyst)
    for place, typed, field in (
        ("verify", {"membership": lead.pk, "spoke_to": ""}, "spoke_to"),
        ("telephone", {"telephone": ""}, "telephone"),
        ("agency", {"agency": ""}, "agency"),
    ):
        answer = browser.post(f"/desk/schools/register/100001/{place}/", typed)
        assert (answer.status_code, set(answer.context["failed"].errors)) == (422, {field})
        assert "<title>Error: Alder Road School" in answer.content.decode()


def test_an_answer_that_is_none_stands_at_its_school_and_the_others_stay_chosen(
    campaign: Campaign, alder_road: School, beech_lane: School, analyst: Membership, officer: Membership, signed_in: SignIn
) -> None:
    actions.choose_schools(campaign=campaign, schools=[alder_road, beech_lane], by=analyst)
    alder, beech = (f"school-{campaign.asked.get(school=school).pk}" for school in (alder_road, beech_lane))
    refused = signed_in(analyst).post(f"/desk/schools/texts/{campaign.pk}/answer/", {alder: "perhaps", beech: "no"})
    source = refused.content.decode()
    assert refused.status_code == 422
    assert f'href="#id_{alder}_0"' in source
    assert "Choose one of those shown" in source
    assert re.search(rf'name="{beech}" value="no"[^>]*checked', source)
    assert set(campaign.asked.values_list("answer", flat=True)) == {""}
    assert not HandOver.objects.exists()
