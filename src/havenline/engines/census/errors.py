"""What can go wrong, each with a message that says where and what to do."""


class CensusError(Exception):
    """The file cannot be read as a census, or not to its end. The message is one or two sentences for whoever gave it."""


class NoCensus(CensusError):
    """It is something else: another format, another collection, nothing at all."""


class Unsafe(CensusError):
    """It holds what no census holds and what could harm whoever reads it: a document type, endless names, a child of a megabyte."""


class Broken(CensusError):
    """It is a census that ends too early, or whose XML is damaged. `line` is where."""

    def __init__(self, words: str, line: int) -> None:
        self.line = line
        super().__init__(words)


class NoDueDate(Exception):
    """A calendar can tell no due date for a clock that started on that day. The message says why, and is the same for every such day."""
