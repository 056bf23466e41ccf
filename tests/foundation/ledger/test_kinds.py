"""Each entry is of one of the six kinds that the Data Protection Act names, and is found by it."""

import re
from pathlib import Path

import pytest
from django.db import transaction

import havenline
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger import queries
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.ledger.kinds import VERBS, Kind, kind_of

pytestmark = pytest.mark.django_db
WRITTEN = [
    ("received a report", {}, Kind.COLLECTION),
    ("named the subject", {}, Kind.ALTERATION),
    ("looked at", {"look": True}, Kind.CONSULTATION),
    ("shared the record", {"to": "southmere-police"}, Kind.DISCLOSURE),
    ("exported the ledger", {}, Kind.DISCLOSURE),
    ("saw an identifier", {}, Kind.COMBINATION),
    ("joined a referral to the case", {"to": "northmere-police"}, Kind.COMBINATION),
    ("erased", {}, Kind.ERASURE),
]


def test_each_entry_is_found_under_its_own_kind_and_under_no_other() -> None:
    with transaction.atomic():
        for verb, said, _kind in WRITTEN:
            ledger.record(INSTALLATION, verb, "case", **said)
    found = {kind: sorted(one.verb for one in queries.page(kind=kind).entries) for kind in Kind}
    assert found == {kind: sorted(verb for verb, _said, of in WRITTEN if of == kind) for kind in Kind}


@pytest.mark.parametrize(("verb", "said", "kind"), WRITTEN)
def test_what_is_said_of_an_entry_is_what_it_is_found_by(verb, said, kind) -> None:
    assert kind_of(verb=verb, look=said.get("look", False), to=said.get("to", "")) == kind


def test_no_verb_stands_in_two_kinds_and_each_is_written_somewhere() -> None:
    listed = [verb for verbs in VERBS.values() for verb in verbs]
    assert len(listed) == len(set(listed))
    source = "".join(path.read_text() for path in Path(havenline.__file__).parent.rglob("*.py") if path.name != "kinds.py")
    assert [verb for verb in listed if not re.search(f'"{re.escape(verb)}"', source)] == []
