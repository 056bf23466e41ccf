"""How a notice ends: by a person's word, never by a host's, a check's or a clock's."""

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.journey.takedown.actions.drafting import open_notice, what_is_asked
from havenline.journey.takedown.actions.rights import at_desk, at_desk_though_ended, needs_words
from havenline.journey.takedown.errors import NothingToAsk, NotThatState
from havenline.journey.takedown.models import Notice
from havenline.journey.takedown.policies import CONTEST_SETTLED, DESK, HOLD_FOR_POLICE, HOST_ANSWERS, HOST_REMOVES, NOTICE_LEAVES
from havenline.journey.triage.hosts import AtHost, at_hosts

ALL_CLOCKS = (NOTICE_LEAVES, HOLD_FOR_POLICE, HOST_ANSWERS, HOST_REMOVES, CONTEST_SETTLED)


@transaction.atomic
def record_removed(*, notice: Notice, how: str, by: Membership) -> Notice:
    """What was asked was done: removed, or preserved. Who says so, and how they know. Recording it twice changes nothing.

    Raises WordsMissing, NotThatState, and as `at_desk`.
    """
    done = _ended_already(notice, by, Notice.State.REMOVED)
    if done is not None:
        return done
    notice = at_desk(notice, by)
    words = needs_words(how, _("Say how you know: looked in the isolated viewer, told by telephone, told by police."))
    if not notice.has_left and notice.state != Notice.State.BOUNCED:
        raise NotThatState(_("This notice has not left. If it is gone already, withdraw the notice, with that as the reason."))
    for rule in (HOST_ANSWERS, HOST_REMOVES, NOTICE_LEAVES):
        clocks.stop(record=notice.record, rule=rule.code, by=by)
    _end(notice, Notice.State.REMOVED, words, by)
    ledger.record(by, "recorded that it was done", notice, reason=notice.asks, words=words, station=notice.done_word)
    return notice


@transaction.atomic
def withdraw(*, notice: Notice, reason: str, by: Membership) -> Notice:
    """Take it back, at any time before it ends. Withdrawing twice changes nothing. Raises WordsMissing, NotThatState, as `at_desk`."""
    done = _ended_already(notice, by, Notice.State.WITHDRAWN)
    if done is not None:
        return done
    notice = at_desk(notice, by)
    _withdraw(notice, needs_words(reason, _("Say why it is withdrawn.")), by)
    return notice


@transaction.atomic
def settle_refusal(*, notice: Notice, reason: str, by: Membership) -> Notice:
    """The host will not do it, and nothing more is asked of it: it ends as refused. Raises WordsMissing, NotThatState, as `at_desk`."""
    done = _ended_already(notice, by, Notice.State.REFUSED)
    if done is not None:
        return done
    notice = at_desk(notice, by)
    words = needs_words(reason, _("Say why it ends so, and what happens instead."))
    if notice.state != Notice.State.REFUSED:
        raise NotThatState(_("Its host has not refused it. Note the answer first."))
    _end(notice, Notice.State.REFUSED, words, by)
    ledger.record(by, "ended a refused notice", notice, words=words, station="Refused")
    return notice


@transaction.atomic
def settle_contest(*, notice: Notice, upheld: bool, reason: str, by: Membership) -> Notice:
    """A senior analyst decides on what the host contests: the notice stands, or is withdrawn.

    Raises WordsMissing, NotThatState, NotYourRole.
    """
    notice = at_desk(notice, by, roles=(Role.SENIOR_ANALYST,))
    words = needs_words(reason, _("Say why: it stands on the ledger under your name."))
    if notice.state != Notice.State.CONTESTED:
        raise NotThatState(_("Nothing is contested: %(state)s. Nothing was changed.") % {"state": notice.state_word.lower()})
    clocks.stop(record=notice.record, rule=CONTEST_SETTLED.code, by=by)
    ledger.record(by, "settled a contest", notice, reason="stands" if upheld else "withdrawn", words=words)
    if not upheld:
        _withdraw(notice, words, by)
        return notice
    notice.state = Notice.State.ACKNOWLEDGED
    notice.save(update_fields=["state"])
    return notice


@transaction.atomic
def notice_again(*, notice: Notice, by: Membership) -> Notice:
    """It is back, or was never gone: a new notice for what an ended one named. The same rules hold it as held the first.

    Asking twice gives the one that is open. Raises NotThatState, NothingToAsk, and as `at_desk_though_ended`.
    """
    notice = at_desk_though_ended(notice, by)
    running: Notice | None = notice.repeated_by.filter(ended_at=None).first()
    if running is not None:
        return running
    if notice.is_open:
        raise NotThatState(_("This notice is open. End it before you send a new one."))
    found = left_to_ask(notice)
    if not found:
        raise NothingToAsk(_("Nothing is left to ask: another notice is open for it, or its grade has changed."))
    because = dict(what_is_asked(notice.report, found)).get(notice.asks, "")
    return open_notice(
        report=notice.report,
        hostname=notice.hostname,
        asks=notice.asks,
        because=because,
        found=found,
        by=by,
        decision=notice.decision,
        repeats=notice,
    )


def left_to_ask(notice: Notice) -> list[AtHost]:
    """What of an ended notice a new one could name: graded so still, and no other notice is open for it."""
    if Notice.objects.filter(report=notice.report, hostname=notice.hostname, asks=notice.asks, ended_at=None).exists():
        return []
    named = set(notice.items.values_list("item_id", flat=True))
    return [one for one in at_hosts(notice.report) if one.item.pk in named]


def _withdraw(notice: Notice, words: str, by: Membership) -> None:
    _end(notice, Notice.State.WITHDRAWN, words, by)
    ledger.record(by, "withdrew a notice", notice, words=words)


def _end(notice: Notice, state: str, words: str, by: Membership) -> None:
    at = moment.now()
    notice.state, notice.ended_at, notice.ended_by, notice.problem = state, at, by, ""
    notice.end_words_sealed = notice.ledger_seal().seal("end", words)
    notice.save()
    notice.record.closed_at = at
    notice.record.save(update_fields=["closed_at"])
    for rule in ALL_CLOCKS:
        clocks.void(record=notice.record, rule=rule.code, reason=f"the notice ended: {state}", by=by)
    # Its links stay: whoever at the host comes back reads that it has ended, and no address any more.


def _ended_already(notice: Notice, by: Membership, state: str) -> Notice | None:
    """The same act a second time: a double click changes nothing."""
    by.must_be(*DESK)
    by.must_be_party_to(notice)
    return Notice.objects.select_related("record").filter(pk=notice.pk, state=state, ended_at__isnull=False).first()
