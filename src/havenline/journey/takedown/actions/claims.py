"""What a host says, by its link or by telephone: a claim. It moves the notice on; that it is removed, a person says."""

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import Actor
from havenline.foundation.people.models import Membership
from havenline.journey.takedown.actions.rights import at_desk, at_desk_though_ended, locked, needs_words
from havenline.journey.takedown.actions.sending import reached_the_host
from havenline.journey.takedown.errors import NotThatState
from havenline.journey.takedown.models import HostAnswer, HostLink, Notice
from havenline.journey.takedown.policies import CONTEST_SETTLED, HOST_ANSWERS, NOTICE_LEAVES

What = HostAnswer.What


@transaction.atomic
def take_in(
    *,
    notice: Notice,
    what: str,
    words: str,
    submission: str,
    by: Actor,
    link: HostLink | None = None,
    taken_down_by: Membership | None = None,
) -> HostAnswer:
    """Keep what the host said, and move the notice on by it. The same submission again is given back, and nothing is added.

    A claim on a notice that has ended, or that never left, is kept for a person to read, and moves nothing.
    """
    notice = locked(notice)
    known = HostAnswer.objects.filter(submission=submission).first()
    if known is not None:
        return known
    answer = HostAnswer.objects.create(
        notice=notice,
        link=link,
        taken_down_by=taken_down_by,
        what=What(what),
        words_sealed=notice.ledger_seal().seal("answer", words.strip()),
        at=moment.now(),
        submission=submission,
        seen_by=taken_down_by,
    )
    first = not notice.answers.exclude(pk=answer.pk).exists()
    ledger.record(by, "answered a notice", answer, reason=what, words=words.strip(), station="The host answered" if first else "")
    if notice.state in (Notice.State.LEAVING, Notice.State.BOUNCED):  # whoever answers has it, whatever the mail server said
        reached_the_host(notice, answer.at, by)
    if notice.is_open and notice.has_left:
        _move_on(notice, answer, by)
    return answer


@transaction.atomic
def note_answer(*, notice: Notice, what: str, words: str, submission: str, by: Membership) -> HostAnswer:
    """Note what the host said by telephone. Raises WordsMissing, NotThatState, and as `at_desk`."""
    notice = at_desk(notice, by)
    said = needs_words(words, _("Note who said what, in a sentence."))
    if not notice.has_left and notice.state not in (Notice.State.LEAVING, Notice.State.BOUNCED):
        raise NotThatState(_("This notice has not left: its host can’t have answered it."))
    return take_in(notice=notice, what=what, words=said, submission=submission, by=by, taken_down_by=by)


@transaction.atomic
def read_answers(*, notice: Notice, by: Membership) -> None:
    """The desk has read what the host said; opening the page is not enough. Raises as `at_desk_though_ended`."""
    notice = at_desk_though_ended(notice, by)
    for answer in notice.answers.filter(seen_by=None):
        answer.seen_by = by
        answer.save(update_fields=["seen_by"])
        ledger.record(by, "took in a host’s answer", answer, reason=answer.what)


def _move_on(notice: Notice, answer: HostAnswer, by: Actor) -> None:
    contested = notice.state == Notice.State.CONTESTED
    if answer.what == What.CONTESTED:
        notice.state = Notice.State.CONTESTED
        clocks.start(record=notice.record, rule=CONTEST_SETTLED, agency=notice.record.agency, by=by)
    elif answer.what == What.REFUSED:
        notice.state = Notice.State.REFUSED
    elif not contested and (answer.what != What.REPLIED or notice.state == Notice.State.SENT):
        notice.state = Notice.State.ACKNOWLEDGED
    notice.acknowledged_at = notice.acknowledged_at or answer.at
    notice.save(update_fields=["state", "acknowledged_at"])
    if answer.what == What.REFUSED:
        clocks.void(record=notice.record, rule=CONTEST_SETTLED.code, reason="the host refused", by=by)
    clocks.stop(record=notice.record, rule=HOST_ANSWERS.code, by=by)
    clocks.stop(record=notice.record, rule=NOTICE_LEAVES.code, by=by)
