"""Whether what a host was asked to remove still answers from here. A check changes no notice: that it is removed, a person says."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.identifiers.models import Kind
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK, Actor
from havenline.foundation.people.models import Membership
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.journey.takedown import reach
from havenline.journey.takedown.actions.for_nobody import made_for_nobody
from havenline.journey.takedown.errors import CheckedOften, NotToBeChecked
from havenline.journey.takedown.models import Notice, NoticeItem, RemovalCheck
from havenline.journey.takedown.policies import DESK
from havenline.journey.triage.models import LinkAnswer

FIRST_AFTER = timedelta(hours=1)  # from the notice
AGAIN_AFTER = timedelta(days=1)
MOST_A_DAY = 6  # checks of one item, the clock's and people's together
MOST_ITEMS = 20  # of one notice, in one check
AT_ONCE = 4  # requests
A_BATCH, LOOKED_THROUGH = 20, 200  # notices in a round
AFTER = (Notice.State.SENT, Notice.State.ACKNOWLEDGED, Notice.State.REFUSED, Notice.State.CONTESTED)


def check_now(*, notice: Notice, by: Membership) -> list[RemovalCheck]:
    """Ask at once, for somebody at the desk who waits. Nothing of the database is held meanwhile.

    Raises NotYourRole, NotPartyToRecord, NotToBeChecked, CheckedOften, records.Silenced.
    """
    by.must_be(*DESK)
    by.must_be_party_to(notice)
    return _check(notice, by)


def may_be_asked(notice: Notice) -> bool:
    """Whether anything of this notice may be asked from here; that it was asked often enough today is said to whoever asks."""
    try:
        _must_be_asked(notice)
    except CheckedOften:
        return True
    except (NotToBeChecked, records.Silenced):
        return False
    return True


def check_if_due(*, notice: Notice) -> list[RemovalCheck]:
    """The clock's check: nothing where it is not due any more, or must not be asked. Safe to run twice."""
    if not due(pk=notice.pk).exists():
        return []
    try:
        return _check(notice, CLOCK)
    except (NotToBeChecked, CheckedOften, records.Silenced):
        return []


def due(**only: int) -> QuerySet[Notice]:
    """Notices that left an hour ago or more, ask to remove, have not ended, and were not checked within a day; the longest first."""
    now = moment.now()
    sent: QuerySet[Notice] = Notice.objects.filter(state__in=AFTER, asks=Notice.Asks.REMOVE, sent_at__lte=now - FIRST_AFTER, **only)
    last = sent.filter(items__link_answer__answer=LinkAnswer.ForOnePerson.NO).annotate(last_check=Max("items__checks__at"))
    return last.filter(Q(last_check=None) | Q(last_check__lte=now - AGAIN_AFTER)).order_by("last_check", "sent_at")


def next_batch() -> list[Notice]:
    """Those whose turn it is. What must not be asked takes nobody's place."""
    found: list[Notice] = []
    for notice in due().select_related("record")[:LOOKED_THROUGH]:
        try:
            _must_be_asked(notice)
        except (NotToBeChecked, CheckedOften, records.Silenced):
            continue
        found.append(notice)
        if len(found) == A_BATCH:
            break
    return found


def _check(notice: Notice, by: Actor) -> list[RemovalCheck]:
    rows = _must_be_asked(notice)
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="check") as pool:
        answers = list(pool.map(reach.ask, [_url(row) for row in rows]))
    return _keep(notice, rows, answers, by)


@transaction.atomic
def _keep(notice: Notice, rows: Sequence[NoticeItem], answers: Sequence[reach.Answer], by: Actor) -> list[RemovalCheck]:
    now = moment.now()
    kept = [
        RemovalCheck.objects.create(item=row, at=now, found=answer.found, said=answer.said[:120])
        for row, answer in zip(rows, answers, strict=True)
    ]
    still = any(check.found == RemovalCheck.Found.ANSWERS for check in kept)
    ledger.record(by, "asked whether it still answers", notice, reason="still answers" if still else "nothing answers")
    return kept


def _must_be_asked(notice: Notice) -> list[NoticeItem]:
    """The items that may be asked now. Raises NotToBeChecked, CheckedOften, records.Silenced."""
    records.must_not_be_silent(notice.record, Silence.Audience.HOST)
    if notice.state not in AFTER or notice.asks != Notice.Asks.REMOVE:
        raise NotToBeChecked(_("It is checked from when the host was asked to remove it until the notice ends."))
    with_url = notice.items.filter(item__identifier__kind=Kind.URL).select_related("item__identifier", "link_answer")
    rows = [row for row in with_url.order_by("item__number") if made_for_nobody(row)]
    if not rows:
        raise NotToBeChecked(_("Each link could have been made for one person: asking could tell them. Nothing is asked from here."))
    since = moment.now() - timedelta(days=1)
    rows = [row for row in rows if _checks_since(row, since) < MOST_A_DAY][:MOST_ITEMS]
    if not rows:
        raise CheckedOften(_("It was asked %(n)s times within a day. The next check runs by itself tomorrow.") % {"n": MOST_A_DAY})
    return rows


def _checks_since(row: NoticeItem, since: datetime) -> int:
    return RemovalCheck.objects.filter(item=row, at__gt=since).count()


def _url(row: NoticeItem) -> str:
    """The address in one form; by http where it was written so. One that was cut to be kept cannot be asked: it has no scheme then."""
    identifier = row.item.identifier
    if len(identifier.canonical) >= 400:
        return ""
    plain = identifier.shown.strip().lower().startswith("http://")
    return identifier.canonical.replace("https://", "http://", 1) if plain else identifier.canonical
