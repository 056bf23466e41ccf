"""Letters about accounts, for the room of people, which stands below the post: how they are queued, and their links made."""

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from havenline.foundation.ledger.actors import Actor
from havenline.foundation.people import letters
from havenline.foundation.people.actions import LinkEnded, account_links
from havenline.foundation.people.models import AccountLink
from havenline.foundation.post import links
from havenline.foundation.post.actions import queue_letter
from havenline.foundation.post.models import Letter

ADDRESSES = {AccountLink.Kind.INVITATION: "people:invitation", AccountLink.Kind.ADDRESS: "people:confirm_address"}


def send(*, to: str, subject: str, body: str, kind: str, by: Actor) -> Letter:
    """Queue it; the links that it bears are made as it leaves."""
    return queue_letter(
        to=to, subject=subject, body=body.replace(letters.PLACE, links.PLACE), why=kind, by=by, link_maker=kind if kind in ADDRESSES else ""
    )


def make_link(letter: Letter) -> links.Link:
    """Raises links.NoLink where the letter is wanted no more."""
    kind = AccountLink.Kind(letter.link_maker)
    try:
        token, until = account_links.make_token(kind=kind, address=letter.to)
    except LinkEnded as ended:
        raise links.NoLink(str(ended)) from ended

    def settle(state: str) -> None:
        if state in (Letter.State.FAILED, Letter.State.QUEUED):
            account_links.forget_token(token)

    where = settings.INSTALLATION.base_url + reverse(ADDRESSES[kind], args=[token])
    works = _("It works once, until %(until)s.") % {"until": date_format(localtime(until), "j F Y H:i")}
    return links.Link(text=f"{where}\n\n{works}", settle=settle)
