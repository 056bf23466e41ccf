"""Each witness is shown each checkpoint; what it answers is kept: a cosignature, or evidence against us (C2SP tlog-witness)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from havenline.engines import proof
from havenline.foundation import moment, outgoing
from havenline.foundation.ledger import queries
from havenline.foundation.ledger.actions.writing import record
from havenline.foundation.ledger.actors import Actor
from havenline.foundation.ledger.models import Asked, Checkpoint, Cosignature, Refusal
from havenline.foundation.ledger.queries.witnesses import Configured, configured

WITHIN = 10.0  # seconds for a whole exchange, from the name's look-up to the last byte
LARGEST_ANSWER = 64 * 1024
LATEST = 4_102_444_800  # 2100: what a witness says of the time is its own word
SIZE = "text/x.tlog.size"


@dataclass(frozen=True)
class Answered:
    status: int
    content_type: str
    text: str


class Unhelpful(Exception):
    """A witness did not cosign, for a reason that says nothing about the ledger; says what."""


class Contradicted(Exception):
    """A witness holds something that this ledger cannot have grown from."""

    def __init__(self, kind: Refusal.Kind, known_size: int, sent: bytes, answered: Answered) -> None:
        super().__init__(kind.label)
        self.kind, self.known_size = kind, known_size
        self.sent, self.answered = sent.decode(), f"{answered.status}\n{answered.text}"


def show_to_all() -> int:
    """Show the last checkpoint to each witness that has not cosigned it; how many did now. Whoever does not answer stops no other."""
    checkpoint = queries.last_checkpoint()
    if checkpoint is None:
        return 0
    count = 0
    for witness in configured():
        if checkpoint.cosignatures.filter(witness=witness.name).exists():
            continue
        problem = ""
        try:
            line = _cosignature(witness, checkpoint)
            _keep(witness, checkpoint, line)
            count += 1
        except Unhelpful as error:
            problem = str(error)
        except Contradicted as error:
            problem = str(error)
            _accused(witness, checkpoint, error)
        Asked.objects.update_or_create(witness=witness.name, defaults={"asked_at": moment.now(), "problem": problem})
    return count


def _cosignature(witness: Configured, checkpoint: Checkpoint) -> proof.Signature:
    """What the witness answers to our newest checkpoint. Raises Unhelpful, Contradicted."""
    tree = queries.tree()
    last = Cosignature.objects.filter(witness=witness.name).order_by("-checkpoint_id").values_list("checkpoint_id", flat=True).first()
    old = min(last or 0, checkpoint.size)
    for is_second_time in (False, True):
        sent = proof.request(old, tree.consistency(old, checkpoint.size), checkpoint.text)
        answered = _post(witness, sent)
        if answered.status == 200:
            return _checked(witness, checkpoint, answered)
        if answered.status == 422:
            raise Contradicted(Refusal.Kind.REWRITE, old, sent, answered)
        known = _size_in(answered)
        if known is None:
            raise Unhelpful(f"It answers {answered.status}: {answered.text.strip()[:200] or 'nothing more'}")
        if known > checkpoint.size:
            raise Contradicted(Refusal.Kind.REWIND, known, sent, answered)
        if known == old == checkpoint.size:
            raise Contradicted(Refusal.Kind.SPLIT_VIEW, known, sent, answered)
        if is_second_time:
            break
        old = known
    raise Unhelpful("It asks for another size each time.")


def _size_in(answered: Answered) -> int | None:
    said = answered.text.strip()
    return int(said) if answered.status == 409 and answered.content_type == SIZE and said.isdecimal() and len(said) < 19 else None


def _checked(witness: Configured, checkpoint: Checkpoint, answered: Answered) -> proof.Signature:
    text = proof.Note.read(checkpoint.text).text
    try:
        for _key, line in proof.Note(text, proof.read_signatures(answered.text)).signed_by([witness.key]):
            return line
    except proof.BadNote as error:
        raise Unhelpful(f"It answers what is no cosignature: {error}") from error
    raise Unhelpful("It cosigns with another key than havenline.toml names.")


def _post(witness: Configured, body: bytes) -> Answered:
    try:
        found = outgoing.ask(
            f"{witness.address.rstrip('/')}/add-checkpoint",
            method="POST",
            headers={"Content-Type": "text/plain; charset=utf-8"},
            body=body,
            within=WITHIN,
            largest=LARGEST_ANSWER,
            may_ask_inside=settings.INSTALLATION.may_ask_inside,
        )
    except outgoing.PointsInside as error:
        raise Unhelpful("It lies in a private network: name it under may_ask_inside in havenline.toml if it should.") from error
    except outgoing.NoAnswer as error:
        late = error.why == outgoing.Why.TOO_LATE
        raise Unhelpful(f"It does not answer within {WITHIN:.0f} seconds." if late else f"It does not answer: {error}") from error
    except outgoing.NoAddress as error:
        raise Unhelpful(f"It does not answer: {error}") from error
    return Answered(found.status, found.content_type, found.body.decode(errors="replace").replace("\x00", ""))


def _keep(witness: Configured, checkpoint: Checkpoint, line: proof.Signature) -> None:
    at = datetime.fromtimestamp(min(line.time, LATEST), UTC)
    Cosignature.objects.get_or_create(checkpoint=checkpoint, witness=witness.name, defaults={"line": line.line, "at": at})


@transaction.atomic
def _accused(witness: Configured, checkpoint: Checkpoint, found: Contradicted) -> None:
    """Keep what contradicts us, once for each witness and kind; how often it was answered is counted."""
    now = moment.now()
    refusal, is_new = Refusal.objects.get_or_create(
        witness=witness.name,
        kind=found.kind,
        settled_at=None,
        defaults={
            "size": checkpoint.size,
            "known_size": found.known_size,
            "sent": found.sent,
            "answered": found.answered,
            "at": now,
            "again_at": now,
        },
    )
    if not is_new:
        Refusal.objects.filter(pk=refusal.pk).update(times=F("times") + 1, again_at=now)


class NothingSaid(Exception):
    """An alarm is closed by saying what it was."""


@transaction.atomic
def settle(*, refusal: Refusal, words: str, by: Actor) -> None:
    """Oversight has found out what a witness's refusal was; the evidence stays. The same again is a new alarm. Raises NothingSaid."""
    if not words.strip():
        raise NothingSaid(_("Say what it was: whoever reads the evidence later must know why it was closed."))
    open_ones = Refusal.objects.filter(pk=refusal.pk, settled_at=None)
    if open_ones.update(settled_at=moment.now(), settled_by=by.ledger_name, settled_words=words.strip()):
        record(by, "closed the alarm of a witness", refusal, changed={"kind": refusal.kind, "words": words.strip()})
