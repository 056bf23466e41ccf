"""A host's way to one notice without an account: a signed token in one letter, kept here as its hash, that expires.

The token is made only as the letter is handed to the mail server (`foundation.post.links`): it stands in no table, no task and
no log. Each attempt makes its own. One that provably did not leave is ended at once; one that left ends those before it; where
nobody knows, it stays, for the host may hold it.
"""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK, Actor
from havenline.foundation.post import actions as post
from havenline.foundation.post import links as post_links
from havenline.foundation.post.models import Letter
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.foundation.sealing import keys
from havenline.journey.takedown.models import Contact, HostLink, Notice, WrongLinks
from havenline.journey.takedown.queries import contact_for, graded_otherwise_since

MAKER = "notice to host"
WORKS_FOR = timedelta(days=30)  # our policy
LONGEST = 200  # characters of a token; ours have 87
WRONG_A_MINUTE = 60  # wrong links looked at, of everybody together; a right one is never counted or kept waiting


class LinkUnknown(Exception):
    """Nothing of ours has this address."""


class LinkExpired(Exception):
    """It worked once; its time is over."""


class LinkEnded(Exception):
    """It worked once; a newer letter, or a person, ended it."""


class TooManyWrongLinks(Exception):
    """The budget of this minute is spent; nothing was looked up."""


# The letter


@transaction.atomic
def queue_notice_letter(*, notice: Notice, contact: Contact, by: Actor) -> Letter:
    """Queue the letter that brings a notice to its host, and keep it as the notice's own. It names no case, item or person.

    Raises records.Silenced.
    """
    records.must_not_be_silent(notice.record, Silence.Audience.HOST)
    if notice.letter is not None:
        post.set_aside(letter=notice.letter, by=by)  # if it came back, this one takes its place
    hotline = notice.record.agency.name
    letter = post.queue_letter(
        to=contact.email,
        subject=_("A request from %(hotline)s to those who handle abuse reports") % {"hotline": hotline[:60]},
        body=_body(notice, hotline),
        why=MAKER,
        by=by,
        reply_to=settings.DEPLOYMENT.hotline_email,
        link_maker=MAKER,
    )
    notice.letter = letter
    notice.save(update_fields=["letter"])
    return letter


def _body(notice: Notice, hotline: str) -> str:
    asks = {
        Notice.Asks.REMOVE: _("We ask you to remove something that your service makes available, and to keep it for police."),
        Notice.Asks.PRESERVE: _("We ask you to preserve something for police, and not to tell the user."),
    }
    paragraphs = [
        _("%(hotline)s takes reports of child sexual abuse online in %(country)s.")
        % {"hotline": hotline, "country": settings.DEPLOYMENT.country},
        asks[Notice.Asks(notice.asks)] + " " + _("This letter does not say what, on purpose. What and where stands behind this link:"),
        post_links.PLACE,
        _("It needs no account. Opening it changes nothing: you answer on the page. Give it only to those who must act."),
        _in_other_ways(),
    ]
    return "\n\n".join(filter(None, paragraphs))


def _in_other_ways() -> str:
    ways = settings.DEPLOYMENT
    said = {"telephone": ways.hotline_telephone, "mail": ways.hotline_email}
    if ways.hotline_telephone and ways.hotline_email:
        return _("If you want to be sure that it is from us, or to answer in another way: call %(telephone)s or write to %(mail)s.") % said
    if ways.hotline_telephone:
        return _("If you want to be sure that it is from us, or to answer in another way: call %(telephone)s.") % said
    if ways.hotline_email:
        return _("If you want to answer in another way: write to %(mail)s.") % said
    return ""


# The link, made as the letter leaves


def make_link(letter: Letter) -> post_links.Link:
    """One attempt's link. Runs in the attempt's transaction. Raises post_links.NoLink where the notice must not leave any more."""
    notice = _still_to_leave(letter)
    token = _signer().sign(secrets.token_urlsafe(32))
    now = moment.now()
    link = HostLink.objects.create(notice=notice, token_hash=_hash(token), made_at=now, expires_at=now + WORKS_FOR)
    ledger.record(CLOCK, "made a link for the host", link)
    last_day = date_format(moment.day_of(link.expires_at), "l j F Y")
    url = f"{settings.INSTALLATION.base_url.rstrip('/')}{reverse('host:notice', args=[token])}"
    until = _("The link works until %(day)s. After that, ask us for a new one.") % {"day": last_day}
    return post_links.Link(text=f"{url}\n\n{until}", settle=lambda state: _settle(link, state))


def _still_to_leave(letter: Letter) -> Notice:
    notice: Notice | None = Notice.objects.select_related("record").filter(letter=letter).first()
    if notice is None:
        raise post_links.NoLink(_("A newer letter took the place of this one."))
    if notice.state in (Notice.State.DRAFTED, Notice.State.HELD, Notice.State.WITHDRAWN, Notice.State.REMOVED):
        raise post_links.NoLink(_("What this letter was for must not leave any more. It did not leave."))
    try:
        records.must_not_be_silent(notice.record, Silence.Audience.HOST)
    except records.Silenced as silenced:
        raise post_links.NoLink(str(silenced)) from silenced
    if graded_otherwise_since(notice):
        raise post_links.NoLink(_("What it is about was graded otherwise since. The letter did not leave."))
    contact = contact_for(notice.hostname)
    if contact is None or contact.email != letter.to:
        raise post_links.NoLink(_("This address is not used for this host any more. The letter did not leave."))
    return notice


def _settle(link: HostLink, state: str) -> None:
    """The attempt has ended. Uncertain changes nothing: the host may hold this link, or only the one before."""
    others = HostLink.objects.filter(notice=link.notice_id, ended_at=None)
    if state == Letter.State.SENT:
        _end(others.exclude(pk=link.pk), "a newer letter left")
    elif state in (Letter.State.QUEUED, Letter.State.FAILED):
        _end(others.filter(pk=link.pk), "its letter did not leave")


def _end(links: QuerySet[HostLink], reason: str, by: Actor = CLOCK) -> None:
    for link in links.select_related("notice__record"):
        link.ended_at = moment.now()
        link.save(update_fields=["ended_at"])
        ledger.record(by, "ended a host’s link", link, reason=reason)


# Opening it


def open_link(token: str) -> HostLink:
    """The link of a token that somebody brought. The signature is compared in constant time before the database is asked.

    Raises LinkUnknown, LinkExpired, LinkEnded, TooManyWrongLinks.
    """
    try:
        if len(token) > LONGEST:
            raise BadSignature
        _signer().unsign(token)
    except BadSignature:
        _count_wrong()
        raise LinkUnknown from None  # the exception's own words would repeat the token
    link = HostLink.objects.filter(token_hash=_hash(token)).select_related("notice__record__agency").first()
    if link is None:
        _count_wrong()
        raise LinkUnknown
    if link.ended_at is not None:
        raise LinkEnded
    if link.expires_at <= moment.now():
        raise LinkExpired
    return link


def note_opened(link: HostLink) -> None:
    """The page was shown for the first time: by whom is not known, and mail scanners open links too. Later times change nothing."""
    with transaction.atomic():
        if HostLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=moment.now()):
            ledger.record(link, "opened the host’s page", link, reason="a letter’s link", look=True)


def _count_wrong() -> None:
    """Wrong links have a budget of their own, so that guessing costs the guesser and nobody else."""
    minute = moment.now().replace(second=0, microsecond=0)
    if (WrongLinks.objects.filter(minute=minute).values_list("count", flat=True).first() or 0) >= WRONG_A_MINUTE:
        raise TooManyWrongLinks from None
    WrongLinks.objects.bulk_create([WrongLinks(minute=minute)], ignore_conflicts=True)
    WrongLinks.objects.filter(minute=minute).update(count=F("count") + 1)


def _signer() -> Signer:
    """The worker makes a link and the process for hosts checks it: of the secrets that sign, both hold this one."""
    return Signer(key=keys.secret("mac.key").hex(), salt="havenline.takedown.host-link", sep=".")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
