"""A host answers by its link. Whatever it says is a claim: it moves the notice on, and a person records what came of it."""

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.journey.intake import answers as shape
from havenline.journey.intake import pictures, receipts
from havenline.journey.takedown.actions import links
from havenline.journey.takedown.actions.claims import take_in
from havenline.journey.takedown.actions.rights import locked
from havenline.journey.takedown.errors import WordsMissing
from havenline.journey.takedown.models import HostAnswer, HostLink, Notice

LONGEST = 8_000  # characters of one answer
MOST = 30  # answers by one link
NEEDS_WORDS = (HostAnswer.What.REPLIED, HostAnswer.What.CONTESTED, HostAnswer.What.REFUSED)
DONE = {Notice.Asks.REMOVE: HostAnswer.What.SAYS_REMOVED, Notice.Asks.PRESERVE: HostAnswer.What.SAYS_PRESERVED}
RESTS = (Notice.State.DRAFTED, Notice.State.HELD)


class NotNow(Exception):
    """Nothing is asked of the host at this moment. `why`: "rests", "taken back" or "done"."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(_("Nothing is asked of you now, so nothing was noted."))


class TooLong(ValueError):
    """More words than one answer takes."""

    def __init__(self) -> None:
        super().__init__(_("That is too long: at most 8,000 characters. Shorten it, or send it in two parts."))


class NoText(ValueError):
    """What was sent holds characters that are no text."""

    def __init__(self) -> None:
        super().__init__(_("Part of this is not text. Please type it again."))


class NotAsked(ValueError):
    """An answer to something that this notice does not ask."""

    def __init__(self) -> None:
        super().__init__(_("Choose one of the answers"))


class TooManyAnswers(Exception):
    """One link takes so many answers and no more."""

    def __init__(self) -> None:
        super().__init__(_("This link has brought us many answers and takes no more. Please call or write to us."))


def choices_of(notice: Notice) -> list[HostAnswer.What]:
    """What a host may answer to this notice, as it was asked."""
    what = HostAnswer.What
    return [what.ACKNOWLEDGED, DONE[Notice.Asks(notice.asks)], what.REPLIED, what.CONTESTED, what.REFUSED]


def must_be_shown(notice: Notice) -> None:
    """Raises links.LinkEnded under a silence towards the host, which must look like any ended link; and NotNow."""
    try:
        records.must_not_be_silent(notice.record, Silence.Audience.HOST)
    except records.Silenced:
        raise links.LinkEnded from None
    if notice.state in RESTS:
        raise NotNow("rests")
    if notice.state == Notice.State.WITHDRAWN:
        raise NotNow("taken back")


@transaction.atomic
def answer_by_link(*, link: HostLink, what: str, words: str, submission: str) -> HostAnswer:
    """Keep what a host says by its link. The same submission again is given back, and nothing is added.

    Raises NotNow, links.LinkEnded, WordsMissing, TooLong, NoText, NotAsked, TooManyAnswers, pictures.PictureRefused.
    """
    notice = locked(link.notice)
    kept = receipts.submission_of(f"host link {link.pk} {submission}")
    known = HostAnswer.objects.filter(submission=kept).first()
    if known is not None:
        return known
    must_be_shown(notice)
    if not notice.is_open:
        raise NotNow("done")
    if what not in choices_of(notice):
        raise NotAsked
    words = _fit(words)
    if not words and what in NEEDS_WORDS:
        raise WordsMissing(_("Say it in your words, so that we can act on it"))
    if link.answers.count() >= MOST:
        raise TooManyAnswers
    return take_in(notice=notice, what=what, words=words, submission=kept, by=link, link=link)


def _fit(words: str) -> str:
    words = words.replace("\r\n", "\n").strip()
    if len(words) > LONGEST:
        raise TooLong
    if shape.is_no_text(words):
        raise NoText
    pictures.refuse_in([words])
    return words
