"""Guidance that anybody may read, print and hang up: nine signs, what to do first, and the way to tell us."""

import re
from datetime import date

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from havenline.engines.screening import SIGNS as ENGINE_SIGNS
from havenline.journey.prevention.guidance import PAGES, SIGNS
from tests.site.look.test_pages import INLINE

pytestmark = pytest.mark.django_db
ADDRESSES = ["/guidance/", "/guidance/children/", "/guidance/parents/", "/guidance/schools/"]


def read(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_of_guidance_keeps_what_every_public_page_owes(address: str) -> None:
    answer = Client().get(address)
    page = answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert "<title>Form</title>" in page
    assert "data-leave" in page
    assert not INLINE.search(page)
    assert page.count("<h1>") == 1


@override_settings(ROOT_URLCONF="havenline.site.urls.public")
@pytest.mark.parametrize("address", ADDRESSES)
def test_the_public_process_serves_it_with_no_address_of_the_desk(address: str) -> None:
    assert "/desk/" not in read(address)


def test_there_is_no_guidance_for_anybody_else() -> None:
    assert Client().get("/guidance/somebody/").status_code == 404
    assert Client().post("/guidance/").status_code == 405


@pytest.mark.parametrize("audience", ["children", "parents", "schools"])
def test_each_page_tells_all_nine_signs_and_leads_to_the_report(audience: str) -> None:
    page = read(f"/guidance/{audience}/")
    told = [str(sign.to_children if audience == "children" else sign.to_adults) for sign in SIGNS.values()]
    assert set(SIGNS) == set(ENGINE_SIGNS)
    assert len(told) == 9
    assert all(words in page for words in told)
    assert f'action="{reverse("intake:report")}"' in page
    assert f'name="who" value="{PAGES[audience].who}"' in page


@pytest.mark.parametrize("audience", ["children", "parents"])
def test_a_child_under_threat_is_told_what_to_do_in_this_order(audience: str) -> None:
    page = read(f"/guidance/{audience}/")
    steps = ["Don’t pay", "Stop replying", "Write down the name of the account", "Keep the messages.", "Then block the account"]
    places = [page.rindex(step) for step in steps]
    assert places == sorted(places)


def test_a_child_is_told_first_that_they_are_not_in_trouble_and_of_the_removal_service_before_us() -> None:
    page = read("/guidance/children/")
    assert page.index("You’re not in trouble") < page.index("<h2>")
    assert page.index("Go to Report Remove first") < page.index("Then tell us too")


def test_words_for_children_are_short_enough_for_nine_years() -> None:
    page = read("/guidance/children/").partition("<h1>")[2].partition("<form")[0]
    text = re.sub(r"<[^>]+>", ". ", page)
    sentences = [re.findall(r"[A-Za-z’']+", part) for part in re.split(r"[.!?:;]", text)]
    words = [word for sentence in sentences for word in sentence]
    assert max(map(len, sentences)) <= 22
    assert sum(map(len, words)) / len(words) < 4.6


def test_every_sentence_that_says_a_sign_is_no_proof_stays() -> None:
    assert "does not prove" in read("/guidance/children/")
    for audience in ("parents", "schools"):
        assert "Each is a sign to look closer, never proof." in read(f"/guidance/{audience}/")


def test_numbers_come_from_the_deployment() -> None:
    from dataclasses import replace

    from django.conf import settings

    with override_settings(DEPLOYMENT=replace(settings.DEPLOYMENT, helpline_number="", removal_service_url="", emergency_number="")):
        for address in ADDRESSES:
            page = read(address)
            assert "0800 1111" not in page
            assert "Report Remove" not in page


def test_home_and_help_lead_to_the_guidance() -> None:
    assert 'href="/guidance/"' in read("/")
    assert 'href="/guidance/"' in read("/help/")


@pytest.mark.parametrize("audience", ["children", "parents", "schools"])
def test_each_page_says_its_version_and_what_that_changed(audience: str) -> None:
    versions = PAGES[audience].versions
    assert [version.since for version in versions] == sorted((version.since for version in versions), reverse=True)
    assert len({version.code for version in versions}) == len(versions)
    assert versions[-1].since >= date(2026, 11, 25)
    assert str(versions[0].changed) in read(f"/guidance/{audience}/")
