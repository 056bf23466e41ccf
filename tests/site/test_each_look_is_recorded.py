"""Whoever is shown something of a record is on the ledger for it, with a reason (Data Protection Act 2018, s. 62: consultation)."""

from typing import Any

import pytest

from havenline.foundation.ledger import queries as ledger
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.roles import Role
from havenline.site.access import NO, table
from tests.site import world as worlds
from tests.site.test_access import SIGNED_OUT_BY_IT, browser_of, words_of
from tests.site.world import ROUTES

pytestmark = pytest.mark.django_db
# They name a record, and their entry is no look.
OTHERWISE = {
    "ledger:export": "a disclosure: “exported the ledger”",
    "lists:export": "a disclosure: “exported a list”, with its digest",
    "triage:report": "the cover alone, until somebody gives their reason to read on: that is the look",
}


@pytest.mark.slow
@pytest.mark.parametrize("role", sorted(Role.values))
def test_each_page_that_shows_something_of_a_record_is_a_look_by_whoever_opened_it_with_a_reason(role: str, on_wednesday: Any) -> None:
    world = worlds.make()
    by = world.people[role]
    browser, unrecorded = browser_of(by), []
    for name in ROUTES:
        if table()["desk"].level(name, role) == NO or name in SIGNED_OUT_BY_IT or name in OTHERWISE:
            continue
        before = set(Entry.objects.values_list("pk", flat=True))
        answer = browser.get(world.address(name, role))
        told = [words for words in world.told if words in words_of(answer)] if answer.status_code == 200 else []
        looks = [one for one in map(ledger.read, Entry.objects.filter(actor=by.ledger_name).exclude(pk__in=before)) if one.look]
        if told and not [one for one in looks if one.reason]:
            unrecorded.append(f"{name} shows {told}")
    assert unrecorded == []
