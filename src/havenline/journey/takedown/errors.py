"""What this room refuses, and what to do about it. Each message is a sentence for the person who asked."""


class NotThatState(Exception):
    """The notice has moved on, or is not there yet; says where it stands."""


class HeldForPolice(PermissionError):
    """It waits for police; says who can release it."""


class NotYoursToRelease(PermissionError):
    """A hold is released by the police who are party to it, or by a senior analyst."""


class NoContact(Exception):
    """The directory has no approved contact for this host; says what to do."""


class WordsMissing(ValueError):
    """A reason, or how something is known, is said in words."""


class HoldDate(ValueError):
    """Until when police keep a notice held: a working day from tomorrow, at most four weeks ahead."""


class AnotherPersonNeeded(PermissionError):
    """A contact is approved by another person than the one who proposed it."""


class NotAContact(ValueError):
    """What was typed is no contact that a letter could reach."""


class FoundNowhere(NotAContact):
    """A contact says where its address was found, so that another person can look."""


class NotAHost(ValueError):
    """What was typed is no host name, or not one above the item's."""


class NotPolice(ValueError):
    """Only police release a hold: choose a police agency."""


class NothingToAsk(ValueError):
    """No item is left that a new notice could name."""


class NotToBeChecked(Exception):
    """Nothing of this notice may be asked from here; says why."""


class CheckedOften(Exception):
    """It was asked as often as is right for one day."""
