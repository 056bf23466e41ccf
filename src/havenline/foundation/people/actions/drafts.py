"""Drafts: what somebody typed is kept while they type, and where it came after their session had ended. Only they read it.

Sealed with the person's own key; where the page is a record's, within that with the record's key, so that a draft is erased
with the record that it belongs to.
"""

import base64
import json
import re
from collections.abc import Mapping, Sequence

from django.db import transaction

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people import queries, sealed
from havenline.foundation.people.models import Draft, Person
from havenline.foundation.sealing import actions as sealing

KEPT_FOR = queries.DRAFT_KEPT_FOR
LARGEST = 200_000  # characters of a form
MOST = 40  # drafts of one person
_REFERENCE = re.compile(r"/([A-Z]{1,2}-[0-9A-Z]{4}-[0-9A-Z]{4})(?=/|$)")
_SECRET = {"password", "password1", "password2", "oldpassword", "code", "credential", "csrfmiddlewaretoken"}  # never kept
Fields = Mapping[str, Sequence[str]]


@transaction.atomic
def keep_draft(*, person: Person, page: str, action: str, fields: Fields, form: str = "", was_sent: bool = False) -> Draft | None:
    """Keep what stands in a form, instead of what was kept of it before. None where there is nothing to keep, or too much."""
    said = {name: list(values) for name, values in fields.items() if name not in _SECRET}
    text = json.dumps(said, ensure_ascii=False)
    if not any(value.strip() for values in said.values() for value in values) or len(text) > LARGEST:
        return None
    forget_old_drafts()
    record, inner = _within_record(page + action, text)
    kept, made = Draft.objects.update_or_create(
        person=person,
        action=action[:300],
        form=form[:60],
        defaults={
            "page": page[:300],
            "record": record,
            "sealed": sealed.key_of(person).seal("draft", inner),
            "was_sent": was_sent,
            "saved_at": moment.now(),
        },
    )
    if made:  # once for each form: typing on changes it every few seconds
        ledger.record(person, "began a draft", kept)
        too_many = Draft.objects.filter(person=person).order_by("-saved_at").values_list("pk", flat=True)[MOST:]
        Draft.objects.filter(pk__in=list(too_many)).delete()
    return kept


def _within_record(where: str, text: str) -> tuple[str, str]:
    """The reference of the page's record, and the text sealed with its key; without a record the text as it is."""
    found = _REFERENCE.search(where)
    if found is None:
        return "", text
    try:
        return found[1], base64.b64encode(sealing.own_key_of(found[1]).seal("draft", text)).decode()
    except sealing.KeyDestroyed:  # no record of ours, or erased: then the person's key alone
        return "", text


def read_draft(draft: Draft) -> dict[str, list[str]] | None:
    """What was typed; None once the record was erased: its key is gone, and the draft goes with it."""
    text = sealed.key_of(draft.person).open("draft", draft.sealed)
    try:
        if draft.record:
            text = sealing.own_key_of(draft.record).open("draft", base64.b64decode(text))
    except sealing.KeyDestroyed:
        draft.delete()
        return None
    fields: dict[str, list[str]] = json.loads(text)
    return fields


@transaction.atomic
def delete_draft(*, draft: Draft) -> None:
    """Its person wants it no more."""
    ledger.record(draft.person, "deleted a draft", draft)
    draft.delete()


def settle_drafts(*, person: Person, action: str) -> None:
    """The form was sent and taken: what was kept of it is not needed any more."""
    Draft.objects.filter(person=person, action=action[:300]).delete()


def forget_old_drafts() -> None:
    Draft.objects.filter(saved_at__lt=moment.now() - KEPT_FOR).delete()
