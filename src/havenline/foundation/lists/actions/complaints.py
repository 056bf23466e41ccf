"""Complaints about a listed address: taken in from outside, on a clock, answered by a person. A wrongly listed owner can be right."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import get_language, gettext_noop, override
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.clocks.rules import Policy
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK, REPORTER
from havenline.foundation.lists.actions.changing import KEEPERS, changing, must_keep
from havenline.foundation.lists.actions.entries import take_off
from havenline.foundation.lists.actions.errors import NotWaiting, WordsMissing, YourOwnWord
from havenline.foundation.lists.complained_of import judges_own_word
from havenline.foundation.lists.models import Complaint, ListEntry
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind, FileKind
from havenline.foundation.post import actions as post
from havenline.foundation.post.models import Letter
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import ALPHABET
from havenline.foundation.sealing import keys
from havenline.foundation.work.rests import with_rests

ANSWERED_WITHIN = Policy(
    code="listing complaint",
    title=gettext_noop("Answer a complaint about a listed address"),
    amount=2,
    unit="working days",
    counted=gettext_noop("2 working days from its arrival"),
)
LONGEST = {"address": 400, "words": 2000, "contact": 254}
LONGEST_ANSWER = 2000
MOST_A_MINUTE = 30  # of everybody together: a person reads each
CODE_LETTERS, CODE_GROUP = 16, 4
WHY = "a complaint was answered"

Checks = Callable[[Iterable[str]], None]
_checks: list[Checks] = []


class NotAComplaint(ValueError):
    """A field is empty, or longer than is read. `field`: which."""

    def __init__(self, field: str, why: str) -> None:
        self.field = field
        super().__init__(why)


class TooManyComplaints(Exception):
    """More arrive than people read: try again in a minute."""


class NobodyReads(Exception):
    """There is no hotline here that could answer."""


@dataclass(frozen=True)
class Taken:
    """A complaint that was taken: its code is shown once."""

    code: str
    is_new: bool


def check_texts_by(check: Checks) -> None:
    """Called in the `ready` of a room that knows what no text may hold; `check` raises a ValueError that says it kindly."""
    _checks.append(check)


def code_of(token: str) -> str:
    """What a complainant keeps, 16 signs in groups of four; of one form always the same, so that sending twice shows it again."""
    made = hmac.new(keys.secret("form.key"), f"complaint\0{token}".encode("utf-8", "replace"), hashlib.sha256).digest()
    number = int.from_bytes(made)
    signs = []
    for _sign in range(CODE_LETTERS):
        number, rest = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[rest])
    return "-".join("".join(signs[at : at + CODE_GROUP]) for at in range(0, CODE_LETTERS, CODE_GROUP))


def hash_of(code: str) -> str:
    """By what a complaint is found, however its code was typed."""
    return hashlib.sha256("".join(sign for sign in code.upper() if sign in ALPHABET).encode()).hexdigest()


def complain(*, token: str, address: str, words: str, contact: str = "") -> Taken:
    """Put a complaint in, sealed; works in the public process. The same form sent again gives the same code, and makes no second one.

    Raises NotAComplaint, TooManyComplaints, NobodyReads.
    """
    said = {"address": address.strip(), "words": words.strip(), "contact": contact.strip()}
    for field, most in LONGEST.items():
        if len(said[field]) > most:
            raise NotAComplaint(field, _("Shorten it to %(most)s characters.") % {"most": most})
    if not said["address"]:
        raise NotAComplaint("address", _("Enter the address that is listed."))
    if not said["words"]:
        raise NotAComplaint("words", _("Say in a few words why it is wrong to list it."))
    for check in _checks:
        try:
            check(said.values())
        except ValueError as refused:
            raise NotAComplaint("words", str(refused)) from refused
    code, at = code_of(token), moment.now()
    hashed = hash_of(code)
    if Complaint.objects.filter(code_hash=hashed).values_list("record_id").exists():
        return Taken(code, is_new=False)
    lately = Complaint.objects.filter(received_at__gt=at - moment.minutes(1), received_at__lte=at).values_list("record_id")
    if lately[:MOST_A_MINUTE].count() >= MOST_A_MINUTE:
        raise TooManyComplaints(_("Many complaints are arriving just now. Wait a minute, then send it again."))
    hotline = Agency.objects.filter(kind=AgencyKind.HOTLINE).order_by("pk").first()
    if hotline is None:
        raise NobodyReads(_("Nobody can take complaints here yet. Please try again later."))
    try:
        with transaction.atomic():
            record, key = records.open_record(kind=FileKind.COMPLAINT, agency=hotline)
            text = json.dumps(said | {"language": get_language() or settings.LANGUAGE_CODE}, ensure_ascii=False)
            complaint = Complaint(record=record, said_sealed=key.seal("said", text), code_hash=hashed, received_at=at)
            Complaint.objects.bulk_create([complaint])
            ledger.record(REPORTER, "complained of a listed address", complaint, changed=said, seal=key)
    except IntegrityError:  # sent twice at once: the other one is stored by now
        return Taken(code, is_new=False)
    return Taken(code, is_new=True)


def take_in_complaints() -> int:
    """Let the parties read what arrived, and start its clock; how many. Never in the public process. Twice changes nothing."""
    taken = 0
    for complaint in with_rests(Complaint.objects.filter(taken_in_at=None, record__erased_at=None).select_related("record__agency")):
        with transaction.atomic():
            waiting = Complaint.objects.select_for_update().filter(pk=complaint.pk, taken_in_at=None)
            if not waiting.exists():
                continue
            records.wrap_for_parties(complaint.record)
            clocks.start(
                record=complaint.record, rule=ANSWERED_WITHIN, agency=complaint.record.agency, started=complaint.received_at, by=CLOCK
            )
            waiting.update(taken_in_at=moment.now())
            taken += 1
    return taken


def answer_complaint(*, complaint: Complaint, upheld: bool, answer: str, by: Membership, entries: Sequence[ListEntry] = ()) -> Complaint:
    """Answer it. Upheld, what it names is withdrawn from our lists and whoever was sent it is told; refused, the answer says why.

    Who complained reads it by their code; where they left an address a letter says that it is there, and no more.
    Nobody refuses what is said of their own word: see `judges_own_word`.
    Raises WordsMissing, NotWaiting, YourOwnWord, NotPartyToRecord, NotYourRole, NotYourList, ListClosed.
    """
    by.must_be(*KEEPERS)
    by.must_be_party_to(complaint)
    if not upheld and judges_own_word(complaint, by=by):
        raise YourOwnWord(_("You listed it: somebody else refuses the complaint. You can uphold it."))
    answer = answer.strip()
    if not answer or len(answer) > LONGEST_ANSWER:
        raise WordsMissing(_("Write what they will read, in at most %(most)s characters.") % {"most": LONGEST_ANSWER})
    if upheld and not entries:
        raise WordsMissing(_("Choose what is withdrawn. Where nothing of it stands on a list, refuse the complaint and say so."))
    with transaction.atomic():
        complaint = Complaint.objects.select_for_update(of=("self",)).select_related("record__agency").get(pk=complaint.pk)
        if not complaint.waits:
            raise NotWaiting(_("It was answered meanwhile."))
        withdrawn = _withdraw(entries, by) if upheld else 0
        complaint.state = Complaint.State.UPHELD if upheld else Complaint.State.REFUSED
        complaint.answer, complaint.answered_at, complaint.answered_by = answer, moment.now(), by
        complaint.withdrawn = withdrawn
        complaint.save(update_fields=["state", "answer", "answered_at", "answered_by", "withdrawn"])
        complaint.record.closed_at = complaint.answered_at
        complaint.record.save(update_fields=["closed_at"])
        clocks.stop(record=complaint.record, rule=ANSWERED_WITHIN.code, by=by)
        ledger.record(
            by, "answered a complaint", complaint, reason=str(complaint.state), changed={"answer": answer, "withdrawn": withdrawn}
        )
        if "@" in (contact := complaint.said["contact"]):
            with override(complaint.said.get("language") or settings.LANGUAGE_CODE):  # in which they wrote
                complaint.letter = _tell(contact, by)
            complaint.save(update_fields=["letter"])
    return complaint


def _withdraw(entries: Sequence[ListEntry], by: Membership) -> int:
    """From each list what still stands of these."""
    withdrawn = 0
    for known_list in {entry.known_list for entry in entries}:
        must_keep(known_list, by, *KEEPERS)
        with changing(known_list) as changes:
            wanted = [entry.pk for entry in entries if entry.known_list_id == known_list.pk]
            standing = list(ListEntry.objects.select_related("known_list", "record").filter(pk__in=wanted, withdrawn_at=None))
            take_off(changes, standing, by=by, because=ListEntry.Because.COMPLAINT)
            for entry in standing:
                ledger.record(by, "withdrew a listed entry", entry, reason=str(ListEntry.Because.COMPLAINT))
            withdrawn += len(standing)
    return withdrawn


def _tell(contact: str, by: Membership) -> Letter:
    body = _(
        "What you wrote to %(name)s was answered. Read the answer with the code that you were given, at %(url)s\n\n"
        "This letter says no more on purpose."
    ) % {"name": settings.DEPLOYMENT.name, "url": f"{settings.INSTALLATION.base_url}/listed/answer/"}
    return post.queue_letter(to=contact, subject=_("Your message was answered"), body=body, why=WHY, by=by)
