"""What a clock runs under: a step of the guidance, or a policy of ours (shown as such)."""

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_noop

from havenline.engines import procedure

OUR_POLICY = gettext_noop("Our policy")


@dataclass(frozen=True)
class Policy:
    """A duty of our own. `unit`: minutes, working days, calendar days or months."""

    code: str
    title: str
    amount: int
    unit: Literal["minutes"] | procedure.Unit
    counted: str
    source: str = OUR_POLICY


@dataclass(frozen=True)
class Step:
    """A duty that the guidance sets: `code` is the engine's step. Without `edition`, of the edition in force where its clock starts."""

    code: str
    title: str = ""
    edition: str = ""
