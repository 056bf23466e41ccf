"""What changes about who asks: what they were told, what was taken back, who is paused and who goes on."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK
from havenline.foundation.lists.models import ListEntry
from havenline.foundation.people import actions as people
from havenline.foundation.people.models import ApiKey, Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.recognition import events
from havenline.foundation.recognition.models import Asker, Pause, TakenBack, Told

REMEMBERED_FOR = timedelta(days=400)  # that somebody was told; after it a withdrawal is in the lists' own deltas alone
MOST_REMEMBERED = 1_000_000  # entries for each line of keys: the oldest go first
AT_ONCE = 500


class AlreadyAnswered(ValueError):
    """Somebody has said how it goes on."""


def remember_told(told: Collection[tuple[int, int]]) -> int:
    """That lines of keys were told of entries: pairs of (line, entry). An entry that was withdrawn meanwhile is taken back at once."""
    now = moment.now().replace(minute=0, second=0, microsecond=0)
    lines = {line for line, _entry in told}
    known = set(ApiKey.objects.filter(pk__in=lines).values_list("pk", flat=True))
    pairs = sorted(pair for pair in set(told) if pair[0] in known)
    withdrawn: set[int] = set()
    for at in range(0, len(pairs), AT_ONCE):
        part = pairs[at : at + AT_ONCE]
        with transaction.atomic():
            Asker.objects.bulk_create([Asker(key_id=line) for line in {line for line, _entry in part}], ignore_conflicts=True)
            there = set(ListEntry.objects.filter(pk__in={entry for _line, entry in part}).values_list("pk", flat=True))
            Told.objects.bulk_create(
                [Told(asker_id=line, entry_id=entry, first_at=now, last_at=now) for line, entry in part if entry in there],
                update_conflicts=True,
                unique_fields=["asker", "entry"],
                update_fields=["last_at"],
            )
        withdrawn |= set(ListEntry.objects.filter(pk__in=there).exclude(withdrawn_at=None).values_list("pk", flat=True))
    take_back(entries=sorted(withdrawn))
    return len(pairs)


def take_back(*, entries: Iterable[int]) -> int:
    """Let whoever was told of these entries, which stand no longer, be told so; how many answers that takes back. Twice is once."""
    gone = list(entries)
    count = 0
    for at in range(0, len(gone), AT_ONCE):
        part = gone[at : at + AT_ONCE]
        for line in Told.objects.filter(entry__in=part).values_list("asker", flat=True).distinct().order_by("asker"):
            count += _take_back_from(line, part)
    return count


@transaction.atomic
def _take_back_from(line: int, entries: Collection[int]) -> int:
    asker = Asker.objects.select_for_update().get(pk=line)
    told = Told.objects.filter(asker=asker, entry__in=entries).order_by("entry").values_list("entry", flat=True)
    new = sorted(set(told) - set(TakenBack.objects.filter(asker=asker, entry__in=entries).values_list("entry", flat=True)))
    if not new:
        return 0
    now = moment.now()
    TakenBack.objects.bulk_create(
        [TakenBack(asker=asker, sequence=asker.sequence + number, entry_id=entry, at=now) for number, entry in enumerate(new, start=1)]
    )
    asker.sequence += len(new)
    asker.save(update_fields=["sequence"])
    return len(new)


@transaction.atomic
def pause_key(*, key: ApiKey, why: str, lookups: int) -> Pause:
    """Stop a line of keys until a person has looked: its look-ups climbed towards what is known. A pause that is open stays the one."""
    first = ApiKey.objects.select_for_update().get(pk=key.line)
    pause = Pause.objects.filter(key=first).open().first()
    if pause is not None:
        return pause
    pause = Pause.objects.create(key=first, agency_id=first.agency_id, why=why, lookups=lookups)
    ledger.record(CLOCK, "paused a key", pause, reason=why)
    events.key_paused.send(sender=Pause, pause=pause)
    return pause


@transaction.atomic
def let_go_on(*, pause: Pause, by: Membership) -> Pause:
    """A person has looked, and it was no climb. Raises NotYourRole, AlreadyAnswered."""
    return _answered(pause, Pause.Answer.GOES_ON, by)


@transaction.atomic
def revoke_after_pause(*, pause: Pause, by: Membership) -> Pause:
    """A person has looked: every key of this line opens nothing any more. Raises NotYourRole, AlreadyAnswered."""
    answered = _answered(pause, Pause.Answer.REVOKED, by)
    for key in ApiKey.objects.filter(Q(pk=answered.key_id) | Q(first=answered.key_id), revoked_at=None):
        people.revoke_api_key(api_key=key, by=CLOCK)  # it follows from the answer, which the entry before names by person
    return answered


def _answered(pause: Pause, answer: str, by: Membership) -> Pause:
    by.must_be(Role.SENIOR_ANALYST)
    pause = Pause.objects.select_for_update().get(pk=pause.pk)
    if pause.answered_at is not None:
        raise AlreadyAnswered(_("%(name)s has answered this already.") % {"name": pause.answered_by})
    pause.answer, pause.answered_by, pause.answered_at = answer, by, moment.now()
    pause.save(update_fields=["answer", "answered_by", "answered_at"])
    ledger.record(by, "answered a pause", pause, reason=answer)
    events.pause_answered.send(sender=Pause, pause=pause)
    return pause


def forget_old() -> int:
    """What was told long ago goes, and so does the oldest of whoever was told of more than is kept; how many rows."""
    before = moment.now() - REMEMBERED_FOR
    count = TakenBack.objects.filter(at__lt=before).delete()[0] + Told.objects.filter(last_at__lt=before).delete()[0]
    for asker in Asker.objects.all():
        newest = Told.objects.filter(asker=asker).order_by("-last_at", "-pk")
        last = newest[MOST_REMEMBERED - 1 : MOST_REMEMBERED].first()
        if last is not None:
            count += Told.objects.filter(asker=asker, last_at__lt=last.last_at).delete()[0]
    return count
