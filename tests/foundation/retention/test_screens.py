from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import Record
from havenline.foundation.retention.models import Erasure, Hold
from havenline.foundation.work import queue
from tests import factories
from tests.foundation.retention.conftest import closed_case, erased

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_wednesday")]
SignIn = Callable[[Membership], Client]


def test_a_supervisor_goes_from_the_due_list_by_the_grave_page_to_a_tombstone(
    due_case: Record, police: Agency, police_supervisor: Membership, signed_in: SignIn
) -> None:
    browser = signed_in(police_supervisor)
    other = closed_case(police)
    page = browser.get(reverse("retention:due")).content.decode()
    assert f'value="{due_case.reference}"' in page
    chosen = {"record": [due_case.reference, other.reference]}
    grave = browser.get(reverse("retention:erase"), chosen).content.decode()
    assert "Erase 2 records?" in grave
    wrong = browser.post(reverse("retention:erase"), chosen | {"count": "3"})
    assert "Type how many records you erase: 2." in wrong.content.decode()
    assert not Erasure.objects.exists()
    assert browser.post(reverse("retention:erase"), chosen | {"count": "2"}).status_code == 302
    assert "2 approved records are being erased" in browser.get(reverse("retention:due")).content.decode()
    queue.drain()
    tombstones = browser.get(reverse("retention:erased")).content.decode()
    assert due_case.reference in tombstones
    assert "Morgan Teller" in tombstones
    assert "23 Dec 2026" in tombstones
    assert due_case.reference not in browser.get(reverse("retention:due")).content.decode()


def test_an_erased_record_answers_as_what_does_not_exist_but_on_its_tombstone(
    due_case: Record, police_supervisor: Membership, auditor: Membership, team_manager: Membership, signed_in: SignIn
) -> None:
    erased(due_case, police_supervisor)
    for by in (police_supervisor, auditor):
        browser = signed_in(by)
        there, nowhere = ((browser.get(reverse("retention:hold", args=[one]))) for one in (due_case.reference, "C-2222-2222"))
        assert (there.status_code, there.content) == (404, nowhere.content)
        found, nothing = (browser.get(reverse("search:find"), {"q": one}) for one in (due_case.reference, "C-2222-2222"))
        assert list(found.context["hits"]) == list(nothing.context["hits"]) == []
        assert due_case.reference in browser.get(reverse("retention:erased")).content.decode()
    elsewhere = factories.member("police_supervisor", factories.agency("police", "Another force"))
    for by in (team_manager, elsewhere):
        assert due_case.reference not in signed_in(by).get(reverse("retention:erased")).content.decode()


def test_a_record_of_others_is_refused_a_hold_in_the_words_of_what_does_not_exist(police_supervisor: Membership, signed_in: SignIn) -> None:
    other = factories.record("case", factories.agency("police", "Southmere Police"))
    browser = signed_in(police_supervisor)
    there, nowhere = (browser.get(reverse("retention:holds"), {"reference": one}) for one in (other.reference, "C-2222-2222"))
    assert there.context["form"].errors == nowhere.context["form"].errors != {}
    assert there.status_code == nowhere.status_code


def test_a_supervisor_puts_a_record_on_hold_and_releases_it(
    due_case: Record, police_supervisor: Membership, on_wednesday: datetime, signed_in: SignIn
) -> None:
    browser = signed_in(police_supervisor)
    where = browser.get(reverse("retention:holds"), {"reference": due_case.reference.lower().replace("-", " ")})
    assert where.url == reverse("retention:hold", args=[due_case.reference])
    late = browser.post(where.url, {"reason": "An inquiry.", "review_on": "2026-11-17"})
    assert "Choose a day for the review" in late.content.decode()
    review = (on_wednesday + timedelta(days=90)).date().isoformat()
    assert browser.post(where.url, {"reason": "An inquiry.", "review_on": review}).status_code == 302
    assert "An inquiry." in browser.get(reverse("retention:holds")).content.decode()
    due = browser.get(reverse("retention:due")).content.decode()
    assert "Held: Northmere Police" in due
    assert f'value="{due_case.reference}"' not in due
    hold = Hold.objects.get()
    browser.post(reverse("retention:release", args=[hold.pk]), {"reason": " "})
    assert Hold.objects.get().released_at is None
    browser.post(reverse("retention:release", args=[hold.pk]), {"reason": "The inquiry ended."})
    assert Hold.objects.get().released_at == on_wednesday
    assert f'value="{due_case.reference}"' in browser.get(reverse("retention:due")).content.decode()


def test_who_works_on_records_sees_the_list_and_erases_nothing(due_case: Record, investigator: Membership, signed_in: SignIn) -> None:
    browser = signed_in(investigator)
    page = browser.get(reverse("retention:due")).content.decode()
    assert due_case.reference in page
    assert "checkbox" not in page
    assert browser.post(reverse("retention:erase"), {"record": due_case.reference, "count": "1"}).status_code == 404


def test_the_rules_say_their_basis_and_how_far_it_was_verified(investigator: Membership, signed_in: SignIn) -> None:
    page = signed_in(investigator).get(reverse("retention:rules")).content.decode()
    assert "35 years after: closed" in page
    assert "Policy of this place" in page
