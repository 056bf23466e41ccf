"""What can be wrong with hashes, ids and indexes. Each says what to do."""


class MatchingError(ValueError):
    """Anything that this engine refuses."""


class NotAHash(MatchingError):
    """What was written is no hash of this kind; says what one looks like."""


class BadShape(MatchingError):
    """Arrays that are no hashes or ids: another shape, another type, another length."""


class DuplicateId(MatchingError):
    """An id that the index holds already, or that was given twice. Nothing of the call was taken."""


class DamagedIndex(MatchingError):
    """A file of an index is not what was written: names file and place. Build the index anew from the database."""


class OtherVersion(DamagedIndex):
    """A file of an index was written by another version of Havenline, or on a machine with another byte order."""


class IndexInUse(MatchingError):
    """Another process writes to this index. Readers are as many as wanted; a writer there is one."""
