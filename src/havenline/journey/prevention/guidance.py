"""Guidance in our own words: which pages there are, in which version, and what each version changed.

The words stand in the templates `prevention/guidance/words_<audience>.html`. Whoever changes them adds a version here, so that a
notice to a school can say which one it was sent with.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from havenline.engines.screening import Sign
from havenline.journey.prevention.models import Audience


@dataclass(frozen=True)
class Version:
    """One state of a page's words."""

    code: str
    since: date
    changed: object  # translated


@dataclass(frozen=True)
class Page:
    """Guidance for one audience. `who`: whose door of the report form stands at its end."""

    audience: str
    title: object  # translated
    lead: object
    who: str
    versions: tuple[Version, ...]  # newest first

    @property
    def version(self) -> Version:
        return self.versions[0]

    @property
    def words(self) -> str:
        """The template that holds the words, without a frame."""
        return f"prevention/guidance/words_{self.audience}.html"


_FIRST = (Version("2026-11", date(2026, 11, 25), _("First version.")),)
PAGES: dict[str, Page] = {
    Audience.CHILDREN: Page(
        Audience.CHILDREN,
        _("If someone online worries you"),
        _("You’re not in trouble. You can tell someone today."),
        "under_18",
        _FIRST,
    ),
    Audience.PARENTS: Page(
        Audience.PARENTS,
        _("Keeping your child safe online"),
        _("What to look for, what to say, and what to do first."),
        "parent",
        _FIRST,
    ),
    Audience.SCHOOLS: Page(
        Audience.SCHOOLS,
        _("When a pupil may be groomed online"),
        _("For safeguarding leads, teachers and everybody who works with children."),
        "works_with_children",
        _FIRST,
    ),
}


@dataclass(frozen=True)
class SignInWords:
    """One of the nine published warning signs, as each reader is told it."""

    to_children: object
    to_adults: object


SIGNS = {
    Sign.ASKS_ABOUT_CHILD: SignInWords(
        _("They ask how old you are, which school you go to, or where you are."), _("Asks for age, school or whereabouts.")
    ),
    Sign.ASKS_FOR_SECRECY: SignInWords(_("They ask you to keep a secret."), _("Asks for secrecy.")),
    Sign.ASKS_TO_MOVE: SignInWords(
        _("They want to chat in another app, where nobody else can see."), _("Asks to move to another, private app.")
    ),
    Sign.FLATTERY: SignInWords(_("They say very soon that you are special."), _("Flatters, and treats the child as special.")),
    Sign.GIFTS: SignInWords(_("They give you presents, game credit or money."), _("Gives gifts, game credit or money.")),
    Sign.ISOLATION: SignInWords(
        _("They say bad things about your family or your friends."), _("Sets the child against family or friends.")
    ),
    Sign.ASKS_FOR_PICTURES: SignInWords(_("They ask for pictures of you, or for a video call."), _("Asks for pictures or video calls.")),
    Sign.ASKS_TO_MEET: SignInWords(_("They ask to meet you."), _("Asks to meet.")),
    Sign.PRESSURE: SignInWords(_("They push you, scare you or threaten you."), _("Puts pressure on the child, threatens or blackmails.")),
}


def is_newest(audience: str, code: str) -> bool:
    """Whether the page still says what it said in that version."""
    return PAGES[audience].version.code == code


def in_context(audience: str) -> dict[str, Any]:
    """What the words of a page of guidance need, wherever they stand."""
    return {"page": PAGES[audience], "signs": SIGNS.values()}
