"""A notice for each host of what was graded: drafted as soon as the decision is carried out, held where police must speak first."""

from collections.abc import Iterable

from django.db import transaction

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import FileKind
from havenline.foundation.records import actions as records
from havenline.foundation.search import actions as search
from havenline.journey.intake.models import Report
from havenline.journey.takedown import tasks
from havenline.journey.takedown.actions import holding
from havenline.journey.takedown.actions.rights import locked
from havenline.journey.takedown.models import Notice, NoticeItem
from havenline.journey.takedown.policies import NOTICE_LEAVES, account_contacted_a_child
from havenline.journey.takedown.queries import host_for
from havenline.journey.triage.hosts import AtHost, at_hosts
from havenline.journey.triage.models import Decision, LinkAnswer

NOT_THERE_YET = (Notice.State.DRAFTED, Notice.State.LEAVING, Notice.State.BOUNCED)


@transaction.atomic
def draft_notices(*, decision: Decision) -> list[Notice]:
    """One notice for each host name and each thing asked; called by the decision's own event. Drafting twice drafts once.

    Items that an open notice names already are left out of a new one. What was drafted earlier and has not left is held if the
    answer about a link is another now.
    """
    if not decision.notice_to_host:
        return []
    report, by = decision.report, decision.by
    hold_what_is_no_longer_safe(report=report, by=by)
    made = []
    for hostname, found in _by_host(at_hosts(report)).items():
        for asks, because in what_is_asked(report, found):
            left = [one for one in found if not _is_asked(one, asks)]
            if left:
                made.append(open_notice(report=report, hostname=hostname, asks=asks, because=because, found=left, decision=decision, by=by))
    return made


def what_is_asked(report: Report, found: Iterable[AtHost]) -> list[tuple[str, str]]:
    """What a host is asked, and why it waits for police ("" where it does not).

    An account contacted a child: preserve now, remove once police say so. A link that could have been made for one person: opening
    it, or losing what it points to, tells that person, so everything waits.
    """
    is_safe = all(one.answer is not None and one.answer.answer == LinkAnswer.ForOnePerson.NO for one in found)
    for_one = "" if is_safe else Notice.HeldBecause.LINK_FOR_ONE_PERSON.value
    if account_contacted_a_child(report):
        return [(Notice.Asks.PRESERVE.value, for_one), (Notice.Asks.REMOVE.value, Notice.HeldBecause.ACCOUNT_CONTACTED_A_CHILD.value)]
    return [(Notice.Asks.REMOVE.value, for_one)]


def open_notice(
    *,
    report: Report,
    hostname: str,
    asks: str,
    because: str,
    found: Iterable[AtHost],
    by: Membership,
    decision: Decision | None = None,
    repeats: Notice | None = None,
) -> Notice:
    """Open the notice's own record. Called inside the action that asks for it."""
    record, _key = records.open_record(
        kind=FileKind.NOTICE, agency=report.record.agency, owner=by, arose_from=report.record, how="a notice to its host"
    )
    notice: Notice = Notice.objects.create(
        record=record,
        report=report,
        decision=decision,
        host=host_for(hostname),
        hostname=hostname,
        asks=asks,
        drafted_by=by,
        drafted_at=moment.now(),
        repeats=repeats,
    )
    NoticeItem.objects.bulk_create(NoticeItem(notice=notice, item=one.item, link_answer=one.answer) for one in found if one.answer)
    search.index(record, hostname)
    ledger.record(by, "drafted a notice to a host", notice, reason=asks, changed={"host": hostname})
    if because:
        holding.hold(notice, because=because, by=by)
    else:
        clocks.start(record=record, rule=NOTICE_LEAVES, agency=record.agency, owner=by, by=by)
    tasks.go_on.enqueue(notice.pk)
    return notice


def _by_host(found: Iterable[AtHost]) -> dict[str, list[AtHost]]:
    groups: dict[str, list[AtHost]] = {}
    for one in found:
        groups.setdefault(one.hostname, []).append(one)
    return groups


def _is_asked(one: AtHost, asks: str) -> bool:
    return one.item.notice_items.filter(notice__asks=asks, notice__ended_at=None).exists()


@transaction.atomic
def hold_what_is_no_longer_safe(*, report: Report, by: Membership) -> None:
    """Hold what has not arrived and names a link that could have been made for one person, by an answer that no release knew.

    Called as soon as a link is answered for, whether or not the decision is carried out: a letter that waits stays here.
    """
    unsafe = {one.item.pk: one.answer.at for one in at_hosts(report) if one.answer and one.answer.answer != LinkAnswer.ForOnePerson.NO}
    waiting = Notice.objects.filter(report=report, state__in=NOT_THERE_YET, items__item__in=unsafe).distinct()
    for notice in map(locked, waiting):
        answered = max(unsafe[item] for item in notice.items.filter(item__in=unsafe).values_list("item_id", flat=True))
        if notice.state in NOT_THERE_YET and (notice.released_at is None or notice.released_at < answered):
            holding.hold(notice, because=Notice.HeldBecause.LINK_FOR_ONE_PERSON, by=by)
