"""Why a scan does not begin, or does not go on. Why one file has no hash is in its row, and ends nothing."""

from havenline.engines.matching.errors import MatchingError


class ScanError(MatchingError):
    """Anything that ends a scan. What it had done is kept."""


class NotAList(ScanError):
    """The file that was given is no list of paths; names the line."""


class ResultExists(ScanError):
    """The result is there already, and no journal says that it is half a one."""


class OtherScan(ScanError):
    """The journal beside the result is that of another question."""


class AnotherScans(ScanError):
    """Another process works on this result."""


class BadJournal(ScanError):
    """Journal, list of paths and result do not belong together."""


class Unseen(ScanError):
    """A worker does not see the archive, or the index."""


class Interrupted(Exception):
    """Whoever started the scan has asked it to end."""
