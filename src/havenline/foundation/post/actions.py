"""Letters: queued with the change that asks for them, sent by the worker, and shown to a person where they ended badly."""

from email.utils import make_msgid

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK, Actor
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.post import links, smtp
from havenline.foundation.post.events import letter_ended
from havenline.foundation.post.models import Attempt, Letter
from havenline.foundation.work.queue import ATTEMPTS

MESSAGE_WAITS = "a message waits"
TRIED_AGAIN = (Letter.State.FAILED, Letter.State.UNCERTAIN)


class NotSent(Exception):
    """The mail server did not take the letter; the queue tries again later."""


class NotEndedBadly(Exception):
    """Only a letter that failed, or whose end is uncertain, can be sent again by a person."""


@transaction.atomic
def queue_letter(*, to: str, subject: str, body: str, why: str, by: Actor, reply_to: str = "", link_maker: str = "") -> Letter:
    """Queue one letter; it leaves if, and only if, the running transaction is committed.

    It must name no case and no person, and hold no link that acts. Its Message-ID stays the same whatever is tried.
    `link_maker`: who fills `links.PLACE` in the body as the letter leaves.
    """
    from havenline.foundation.post.tasks import send_letter

    letter = Letter.objects.create(
        to=to,
        subject=subject,
        body=body,
        why=why,
        reply_to=reply_to,
        link_maker=link_maker,
        message_id=make_msgid(domain=settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]),
        queued_at=moment.now(),
    )
    ledger.record(by, "queued a letter", letter, reason=why, changed={"to": to})
    send_letter.enqueue(letter.pk)
    return letter


def message_waits(*, receiver: Membership, by: Actor, why: str = MESSAGE_WAITS, link_maker: str = MESSAGE_WAITS) -> Letter | None:
    """Tell somebody that something waits behind their sign-in. One that has not left yet is enough: None.

    As it leaves it is asked whether they still work here; a room that must ask more gives a `why` and a maker of its own.
    """
    if Letter.objects.filter(to=receiver.person.email, why=why, state=Letter.State.QUEUED).exists():
        return None
    body = _(
        "Something waits for you in %(name)s. Sign in as you always do to read it: %(url)s\n\nThis letter says no more on purpose."
    ) % {
        "name": settings.DEPLOYMENT.name,
        "url": settings.INSTALLATION.base_url,
    }
    return queue_letter(to=receiver.person.email, subject=_("A message waits for you"), body=body, why=why, by=by, link_maker=link_maker)


def must_still_work_here(letter: Letter) -> links.Link:
    """The maker of letters to our own people: no link, and nothing for whoever left meanwhile. Raises links.NoLink."""
    if not Membership.objects.current().filter(person__email__iexact=letter.to).exists():
        raise links.NoLink(_("Nobody with this address works here any more. The letter did not leave."))
    return links.NONE


def send(*, letter_id: int) -> Letter:
    """Try once to hand a letter to the mail server. Raises NotSent where trying again later is safe.

    A letter is never sent twice by us: where an attempt broke off after the text had gone out, or its process died, nobody
    knows whether it left. It is then *uncertain*, and a person decides.
    """
    letter, attempt, link = _begin(letter_id)
    if attempt is None:
        return letter
    body = letter.body.replace(links.PLACE, link.text) if link else letter.body
    try:
        answer = smtp.hand_over(letter, body)
    except smtp.Refused as refused:
        return _end(letter, attempt, Letter.State.FAILED, str(refused), link)
    except smtp.EndedUncertain as broken:
        return _end(letter, attempt, Letter.State.UNCERTAIN, str(broken), link)
    except smtp.NotTaken as problem:
        last = letter.attempts.count() - letter.attempts_before >= ATTEMPTS
        said = link.out_of(str(problem)) if link else str(problem)
        _end(letter, attempt, Letter.State.FAILED if last else Letter.State.QUEUED, said, link)
        if last:
            return letter
        raise NotSent(said) from None  # the server's own words would stand in the log, and may repeat the link
    return _end(letter, attempt, Letter.State.SENT, answer, link)


@transaction.atomic
def try_again(*, letter: Letter, by: Membership) -> Letter:
    """Send again what failed or ended uncertain, with the same Message-ID, so that a second copy can be told. Raises NotEndedBadly."""
    from havenline.foundation.post.tasks import send_letter

    by.must_be(Role.ADMINISTRATOR)
    letter = Letter.objects.select_for_update().get(pk=letter.pk)
    if letter.state not in TRIED_AGAIN:
        raise NotEndedBadly(_("This letter is on its way or was sent by now. Nothing was changed; look at it again."))
    letter.state, letter.attempts_before, letter.set_aside_at = Letter.State.QUEUED, letter.attempts.count(), None
    letter.save(update_fields=["state", "attempts_before", "set_aside_at"])
    ledger.record(by, "tried a letter again", letter, reason=letter.why)
    send_letter.enqueue(letter.pk)
    return letter


@transaction.atomic
def set_aside(*, letter: Letter, by: Actor) -> None:
    """What a letter that ended badly was for is settled in another way: nobody need look at it any more. Any other is left as it is."""
    letter = Letter.objects.select_for_update().get(pk=letter.pk)
    if letter.state in TRIED_AGAIN and letter.set_aside_at is None:
        letter.set_aside_at = moment.now()
        letter.save(update_fields=["set_aside_at"])
        ledger.record(by, "set a letter aside", letter, reason=letter.why)


@transaction.atomic
def _begin(letter_id: int) -> tuple[Letter, Attempt | None, links.Link | None]:
    letter = Letter.objects.select_for_update().get(pk=letter_id)
    if letter.state == Letter.State.SENDING:  # the process that began it is dead
        attempt = letter.attempts.filter(ended_at=None).last()
        if attempt is not None:
            _end(letter, attempt, Letter.State.UNCERTAIN, _("The process that sent it ended before the mail server answered."))
        return letter, None, None
    if letter.state != Letter.State.QUEUED:
        return letter, None, None
    attempt = Attempt.objects.create(letter=letter, at=moment.now())
    try:
        link = links.make(letter)
    except links.NoLink as reason:  # what the letter was for fell away since it was queued
        return _end(letter, attempt, Letter.State.FAILED, str(reason)), None, None
    letter.state = Letter.State.SENDING
    letter.save(update_fields=["state"])
    return letter, attempt, link


@transaction.atomic
def _end(letter: Letter, attempt: Attempt, state: str, answer: str, link: links.Link | None = None) -> Letter:
    attempt.ended_at, attempt.answer = moment.now(), (link.out_of(answer) if link else answer)[:300]
    attempt.save(update_fields=["ended_at", "answer"])
    letter.state = state
    if state == Letter.State.SENT:
        letter.sent_at = moment.now()
    letter.save(update_fields=["state", "sent_at"])
    if link is not None:
        link.settle(state)
    verbs = {
        Letter.State.SENT: "sent a letter",
        Letter.State.FAILED: "gave up a letter",
        Letter.State.UNCERTAIN: "does not know whether a letter left",
    }
    if state in verbs:
        ledger.record(CLOCK, verbs[Letter.State(state)], letter, reason=letter.why)
        letter_ended.send(sender=Letter, letter=letter)
    return letter
