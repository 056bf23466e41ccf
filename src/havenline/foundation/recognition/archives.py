"""What a scan of an archive is told of this installation: its index, and what the lists in it are called."""

import time
from collections.abc import Collection, Mapping

from havenline.foundation.lists.models import ENTRY_BITS, KnownList
from havenline.foundation.recognition.kept import Generation, Note

ENTRY = (1 << ENTRY_BITS) - 1


class NoSuchList(Exception):
    """A list that is not there, or is not matched; names it."""


class ListNames:
    """Entries by their list's short name and their own number.

    `slugs`: only these lists; none: every list that is matched. `with_held`: what outsiders may not know of yet, too. Else such an entry
    is not told: a result goes from hand to hand, and an uploader would be warned before the police are done. Raises NoSuchList.
    """

    def __init__(self, generation: Generation, *, slugs: Collection[str] = (), with_held: bool = False) -> None:
        self._generation, self._with_held = generation, with_held
        matched = KnownList.objects.filter(is_matched=True, closed_at=None, held_at=None)
        self._slugs = {one.pk: one.slug for one in (matched.filter(slug__in=slugs) if slugs else matched)}
        if missing := sorted(set(slugs) - set(self._slugs.values())):
            raise NoSuchList(f"No list that is matched is called {', '.join(missing)}. “havenline lists show” names them all.")

    def of(self, ids: Collection[int]) -> Mapping[int, tuple[str, str]]:
        notes = self._generation.exact.notes([one for one in ids if one >> ENTRY_BITS in self._slugs])
        told = [one for one, note in notes.items() if self._may_be_told(Note.read(note))]
        return {one: (self._slugs[one >> ENTRY_BITS], str(one & ENTRY)) for one in told}

    def _may_be_told(self, note: Note) -> bool:
        return self._with_held or (note.free_from is not None and note.free_from <= time.time())
