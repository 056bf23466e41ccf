"""What cannot be done with accounts, each error saying what to do instead."""


class EmailTaken(ValueError):
    """Somebody signs in with this address already."""


class NameTaken(ValueError):
    """An agency of this name is here already."""


class RoleNotOfAgency(ValueError):
    """An agency of this kind has no such role."""


class AdministratorSeesNoCase(ValueError):
    """Whoever runs the system has no role that sees cases, and the other way round: two accounts for two duties."""


class LastAdministrator(ValueError):
    """Nobody could let anybody in again."""


class NotAPlatform(ValueError):
    """Keys are for platforms."""


class KeyRefused(PermissionError):
    """No key of ours, revoked, or run out."""


class ScopeMissing(PermissionError):
    """A key of ours, which is not for this."""


class NoScope(ValueError):
    """A key that may do nothing."""


class SecondPersonNeeded(PermissionError):
    """A role that sees cases is proposed by the administrator and agreed to by a second person."""


class NotForYourself(PermissionError):
    """Nobody gives themselves a role, or agrees to their own."""


class NotLockedOut(ValueError):
    """No administrator in force has this address, or they lost no factor."""


class NotYoursToAnswer(PermissionError):
    """Others agree to this, or it was answered meanwhile."""


class NoMail(RuntimeError):
    """No mail is set up here, so no link reaches anybody."""


class LinkEnded(ValueError):
    """No link of ours, used, expired, or replaced by a newer one."""


class NotYourMembership(PermissionError):
    """A person acts in a membership of their own that is in force."""
