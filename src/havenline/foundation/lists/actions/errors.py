"""What a list refuses, and what to do instead."""

from django.utils.translation import ngettext


class NotYourList(PermissionError):
    """A list is changed by the agency that keeps it."""


class ListClosed(ValueError):
    """It takes nothing any more."""


class ListHeld(ValueError):
    """Nothing is applied to it until a person releases it."""


class SlugTaken(ValueError):
    """Another list has this short name."""


class TooManyLists(ValueError):
    """An index tells lists apart by 16 bits."""


class WordsMissing(ValueError):
    """It needs a name, or a reason in words."""


class NotAGrade(ValueError):
    """A grade is one of the letters."""


class NotAClaim(ValueError):
    """It is our own word already, or was confirmed."""


class AlreadyListed(ValueError):
    """The value stands on the list."""


class NotListed(ValueError):
    """The entry was withdrawn, or never was."""


class NotWaiting(ValueError):
    """The import was applied or refused meanwhile."""


class YourOwnWord(PermissionError):
    """Whoever listed an address does not refuse a complaint about it, where somebody else could."""


class ReaderHasNothing(ValueError):
    """Whoever is let in may see, match or be sent."""


class LinesRefused(ValueError):
    """Lines of a file cannot be taken, so none was. `errors`: the first of them, by their line; `count`: how many there are."""

    def __init__(self, errors: list[tuple[int, str]], count: int) -> None:
        self.errors, self.count = errors, count
        said = ngettext("%(n)s line cannot be taken. Nothing was changed.", "%(n)s lines cannot be taken. Nothing was changed.", count)
        super().__init__(said % {"n": count})
