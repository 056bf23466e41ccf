"""What can stand on a list: one canonical form for each signal, and what is kept but never matched without a person."""

from __future__ import annotations

import hashlib
import re

from django.utils.translation import gettext as _

from havenline.engines.matching import pdq
from havenline.engines.matching.errors import NotAHash
from havenline.foundation.identifiers import canonical as identifiers
from havenline.foundation.lists.models import KnownList, ListEntry, Signal

DIGITS = {Signal.MD5: 32, Signal.SHA1: 40, Signal.SHA256: 64}
PERCEPTUAL = frozenset({Signal.PDQ, Signal.VIDEO})
SIGNALS_OF: dict[str, tuple[Signal, ...]] = {
    KnownList.Kind.HASH: (Signal.PDQ, Signal.MD5, Signal.SHA1, Signal.SHA256, Signal.VIDEO),
    KnownList.Kind.URL: (Signal.URL, Signal.HOST),
}
GRADES = ("A", "B", "C")
LONGEST_TYPED = 4000
_EMPTY = {str(signal): hashlib.new(str(signal), b"", usedforsecurity=False).hexdigest() for signal in DIGITS}
_HEX = re.compile(r"[0-9a-f]*")
_WORD = 8  # hexadecimal digits, of which a hash that only repeats itself has two different ones at most


class NotASignal(ValueError):
    """What was given is no value of this signal; says what one looks like."""


class UnknownSignal(ValueError):
    """No list holds a signal of this name, or not one of this kind."""


def signal_named(name: str, *, kind: str) -> Signal:
    """The signal of that name, if lists of this kind hold it. Raises UnknownSignal."""
    known = SIGNALS_OF[kind]
    try:
        signal = Signal(name.strip().lower())
    except ValueError:
        signal = None
    if signal not in known:
        raise UnknownSignal(
            _("“%(name)s” is no signal of this list. It holds: %(known)s.") % {"name": name[:40], "known": ", ".join(known)}
        )
    return signal


def canonical(signal: str, typed: str) -> str:
    """The one form in which a value is kept and compared. Twice is once. Raises NotASignal."""
    if len(typed) > LONGEST_TYPED:
        raise NotASignal(_("A value has at most %(most)s signs; this has %(n)s.") % {"most": LONGEST_TYPED, "n": len(typed)})
    if signal in PERCEPTUAL:
        return _perceptual(typed)
    if signal in DIGITS:
        return _digest(Signal(signal), typed)
    try:
        return identifiers.canonical(signal, typed)
    except identifiers.NotAnIdentifier as refused:
        raise NotASignal(str(refused)) from refused


def _perceptual(typed: str) -> str:
    text = typed.strip().lower()
    if len(text) != 64:
        raise NotASignal(_("A PDQ hash is 64 hexadecimal digits; this has %(n)s signs.") % {"n": len(text)})
    if not _HEX.fullmatch(text):
        raise NotASignal(_("A PDQ hash is 64 hexadecimal digits; this has others in it."))
    try:
        return pdq.written(pdq.parse(text))
    except NotAHash as refused:
        raise NotASignal(str(refused)) from refused


def _digest(signal: Signal, typed: str) -> str:
    text = typed.strip().lower()
    wanted = {"signal": signal.label, "digits": DIGITS[signal], "n": len(text)}
    if len(text) != DIGITS[signal]:
        raise NotASignal(_("%(signal)s is %(digits)s hexadecimal digits; this has %(n)s signs.") % wanted)
    if not _HEX.fullmatch(text):
        raise NotASignal(_("%(signal)s is %(digits)s hexadecimal digits; this has others in it.") % wanted)
    return text


def never_matched_because(signal: str, value: str, quality: int | None = None) -> str:
    """Why a canonical value is kept and never matched by itself: a code of ListEntry.NeverMatched, "" where it may be matched."""
    why = ListEntry.NeverMatched
    if signal in DIGITS:
        if value == _EMPTY[signal]:
            return why.EMPTY
        return why.ALL_ZERO if set(value) == {"0"} else why.ALL_ONE if set(value) == {"f"} else ""
    if signal not in PERCEPTUAL:
        return ""
    if set(value) == {"0"}:
        return why.ALL_ZERO
    if set(value) == {"f"}:
        return why.ALL_ONE
    if pdq.is_flat(pdq.parse(value)) or len({value[at : at + _WORD] for at in range(0, len(value), _WORD)}) <= 2:
        return why.FLAT
    if quality is not None and quality < pdq.LEAST_QUALITY:
        return why.LOW_QUALITY
    return ""
