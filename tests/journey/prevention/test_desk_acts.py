"""The acts on a draft to schools, each by its button: done once, refused in words, and for nobody else there at all."""

from collections.abc import Callable

import pytest
from django.test import Client

from havenline.foundation.people.models import Membership
from havenline.journey.prevention import actions
from havenline.journey.prevention.models import Campaign, School, SchoolNotice
from tests import factories
from tests.journey.prevention.conftest import answer

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]


def at(campaign: Campaign) -> str:
    return f"/desk/schools/texts/{campaign.pk}/"


def words_of(browser: Client, address: str) -> str:
    shown = browser.get(address)
    assert shown.status_code == 200
    return shown.content.decode()


@pytest.fixture
def proposed(campaign: Campaign, alder_road: School, analyst: Membership) -> Campaign:
    answer(campaign, alder_road, "no", analyst)
    actions.propose(campaign=campaign, by=analyst)
    campaign.refresh_from_db()
    return campaign


def test_the_text_is_changed_and_what_is_missing_is_said_with_what_was_typed(
    campaign: Campaign, analyst: Membership, signed_in: SignIn
) -> None:
    browser = signed_in(analyst)
    assert campaign.words in words_of(browser, f"{at(campaign)}words/").replace("&#x27;", "'")
    refused = browser.post(f"{at(campaign)}words/", {"title": "", "words": "Pupils are asked to leave a game.", "guidance": "parents"})
    assert refused.status_code == 422
    assert "Enter a title" in refused.content.decode()
    assert "Pupils are asked to leave a game." in refused.content.decode()
    browser.post(f"{at(campaign)}words/", {"title": "A game", "words": "Pupils are asked to leave a game.", "guidance": "parents"})
    campaign.refresh_from_db()
    assert (campaign.title, campaign.words) == ("A game", "Pupils are asked to leave a game.")


def test_a_school_is_left_out_again_before_it_was_answered_for_or_after(
    campaign: Campaign, alder_road: School, beech_lane: School, analyst: Membership, signed_in: SignIn
) -> None:
    answer(campaign, alder_road, "no", analyst)
    actions.choose_schools(campaign=campaign, schools=[beech_lane], by=analyst)
    browser = signed_in(analyst)
    for row in list(campaign.asked.all()):
        assert browser.post(f"/desk/schools/asked/{row.pk}/leave-out/").status_code == 302
        assert browser.post(f"/desk/schools/asked/{row.pk}/leave-out/").status_code == 404
    assert not campaign.asked.exists()


def test_a_draft_whose_schools_are_not_answered_for_offers_no_proposal_and_refuses_one(
    campaign: Campaign, alder_road: School, analyst: Membership, signed_in: SignIn
) -> None:
    actions.choose_schools(campaign=campaign, schools=[alder_road], by=analyst)
    browser = signed_in(analyst)
    assert f"{at(campaign)}propose/" not in words_of(browser, at(campaign))
    refused = browser.post(f"{at(campaign)}propose/", follow=True)
    assert 'class="message message-error"' in refused.content.decode()
    campaign.refresh_from_db()
    assert campaign.is_draft


def test_whoever_wrote_it_is_offered_no_agreement_and_refused_one(proposed: Campaign, analyst: Membership, signed_in: SignIn) -> None:
    browser = signed_in(analyst)
    assert f"{at(proposed)}agree/" not in words_of(browser, at(proposed))
    assert browser.post(f"{at(proposed)}agree/", {"count": "1"}).status_code == 422
    assert not SchoolNotice.objects.exists()


def test_the_second_person_gives_it_back_with_a_reason_that_stands_on_it(
    proposed: Campaign, analyst: Membership, senior_analyst: Membership, signed_in: SignIn
) -> None:
    browser = signed_in(senior_analyst)
    refused = browser.post(f"{at(proposed)}give-back/", {"words": " "})
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    assert browser.post(f"{at(proposed)}give-back/", {"words": "Say which game."}).status_code == 302
    assert "Say which game." in words_of(signed_in(analyst), at(proposed))
    proposed.refresh_from_db()
    assert proposed.is_draft
    assert signed_in(senior_analyst).post(f"{at(proposed)}agree/", {"count": "1"}).status_code == 302
    assert not SchoolNotice.objects.exists()


def test_a_text_that_waits_for_agreement_is_not_changed_on_its_page(proposed: Campaign, analyst: Membership, signed_in: SignIn) -> None:
    browser = signed_in(analyst)
    given = {"title": "Another", "words": "Another text.", "guidance": "parents"}
    assert browser.post(f"{at(proposed)}words/", given).status_code == 302
    assert proposed.words == Campaign.objects.get().words


def test_a_dropped_draft_is_dropped_once_and_sends_nothing(campaign: Campaign, analyst: Membership, signed_in: SignIn) -> None:
    browser = signed_in(analyst)
    assert "Dropped. Nothing was sent." in browser.post(f"{at(campaign)}drop/", follow=True).content.decode()
    assert browser.post(f"{at(campaign)}drop/").status_code in (302, 404)
    assert f"{at(campaign)}propose/" not in browser.get("/desk/schools/").content.decode()
    assert not SchoolNotice.objects.exists()


def test_the_designated_officer_is_told_from_the_page_where_nobody_could_be_told_before(
    campaign: Campaign, alder_road: School, analyst: Membership, signed_in: SignIn
) -> None:
    answer(campaign, alder_road, "unknown", analyst)
    row = campaign.asked.get()
    browser = signed_in(analyst)
    for _twice in range(2):
        assert "Nobody was told" in words_of(browser, at(campaign))
        assert "No designated officer (LADO) is set up." in words_of(browser, at(campaign))
        browser.post(f"/desk/schools/asked/{row.pk}/officer/")
    factories.member("designated_officer", factories.agency("lado"), "Uma Stone")
    for _twice in range(2):
        browser.post(f"/desk/schools/asked/{row.pk}/officer/")
    row.refresh_from_db()
    assert row.hand_over is not None
    assert "Nobody was told" not in words_of(browser, at(campaign))


ACTS = ["", "words/", "choose/", "answer/", "propose/", "agree/", "give-back/", "drop/"]


@pytest.mark.parametrize("who", ["other_hotline", "investigator", "administrator", "auditor", "social_worker", "lead"])
def test_for_everybody_else_a_draft_and_its_acts_do_not_exist(
    proposed: Campaign, signed_in: SignIn, who: str, request: pytest.FixtureRequest
) -> None:
    if who == "other_hotline":
        by = factories.member("senior_analyst", factories.agency("hotline", "Southmere Hotline"))
    else:
        by = request.getfixturevalue(who)
    browser = signed_in(by)
    for act in ACTS:
        assert browser.post(f"{at(proposed)}{act}", {"count": "1", "words": "x"}).status_code in (404, 405), act
        assert act in ("choose/", "answer/", "propose/", "drop/") or browser.get(f"{at(proposed)}{act}").status_code == 404, act
    row = proposed.asked.get()
    for act in ("leave-out", "officer"):
        assert browser.post(f"/desk/schools/asked/{row.pk}/{act}/").status_code == 404
    assert Campaign.objects.get().state == "proposed"


@pytest.mark.parametrize("act", ["choose/", "answer/", "propose/", "drop/"])
def test_an_act_on_a_draft_that_is_only_looked_at_leads_to_the_draft_and_does_nothing(
    campaign: Campaign, analyst: Membership, signed_in: SignIn, act: str
) -> None:
    assert signed_in(analyst).get(f"{at(campaign)}{act}")["Location"] == at(campaign)
    campaign.refresh_from_db()
    assert campaign.state == "draft"


@pytest.mark.parametrize("act", ["leave-out/", "officer/"])
def test_an_act_on_a_school_of_a_draft_that_is_only_looked_at_leads_to_the_draft(
    campaign: Campaign, alder_road: School, analyst: Membership, investigator: Membership, signed_in: SignIn, act: str
) -> None:
    answer(campaign, alder_road, "no", analyst)
    row = campaign.asked.get()
    assert signed_in(analyst).get(f"/desk/schools/asked/{row.pk}/{act}")["Location"] == at(campaign)
    assert campaign.asked.get() == row
    assert signed_in(investigator).get(f"/desk/schools/asked/{row.pk}/{act}").status_code == 404


@pytest.mark.parametrize("act", ["call/", "withdraw/"])
def test_the_address_of_a_refused_call_or_withdrawal_leads_to_the_notice_when_it_is_read_again(
    notice: SchoolNotice, analyst: Membership, signed_in: SignIn, act: str
) -> None:
    browser, page = signed_in(analyst), f"/desk/schools/notices/{notice.reference}/"
    assert browser.post(f"{page}{act}", {}).status_code == 422
    assert browser.get(f"{page}{act}")["Location"] == page
    assert browser.put(f"{page}{act}").status_code == 405


@pytest.mark.parametrize("act", ["verify/", "agency/", "telephone/"])
def test_the_address_of_a_refused_change_to_a_school_leads_to_the_school_when_it_is_read_again(
    alder_road: School, analyst: Membership, signed_in: SignIn, act: str
) -> None:
    page = f"/desk/schools/register/{alder_road.urn}/"
    assert signed_in(analyst).get(f"{page}{act}")["Location"] == page


def test_the_address_that_ends_a_verified_person_leads_to_their_school_and_ends_nobody(
    alder_road: School, verified: Membership, analyst: Membership, signed_in: SignIn
) -> None:
    contact = alder_road.contacts.get()
    led = signed_in(analyst).get(f"/desk/schools/verified/{contact.pk}/end/")
    assert led["Location"] == f"/desk/schools/register/{alder_road.urn}/"
    assert alder_road.contacts.get().ended_at is None


def test_the_address_that_acknowledges_leads_to_the_message_and_acknowledges_nothing(
    notice: SchoolNotice, verified: Membership, signed_in: SignIn
) -> None:
    page = f"/desk/school/messages/{notice.reference}/"
    assert signed_in(verified).get(f"{page}acknowledge/")["Location"] == page
    notice.refresh_from_db()
    assert notice.opened_at is None
    assert not hasattr(notice, "acknowledgement")
