"""Words of the place are no password: whoever guesses begins with them."""

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

WORDS = (
    "havenline",
    "childline",
    "hotline",
    "helpline",
    "police",
    "social care",
    "safeguarding",
    "children",
    "password",
    "welcome",
    "secret",
)
LEFT = 8  # characters that must be left once these are taken out (docs/operators/install.md)
SHORTEST = 4  # of a word in the installation's own name that counts


class NotOfThisPlace:
    """Refuses a password that is little more than the installation's name, what it does, and years or signs between them."""

    def validate(self, password: str, user: Any = None) -> None:
        left = password.casefold()
        for word in sorted(self._words(), key=len, reverse=True):
            left = left.replace(word, "")
        if len(re.sub(r"[\W_]|(19|20)\d\d", "", left)) < min(LEFT, len(password)) and left != password.casefold():
            raise ValidationError(
                _("This is mostly made of words that anybody here would try. Add words of your own."), code="of_this_place"
            )

    def get_help_text(self) -> str:
        return _("Not made of this place’s name or of what it does.")

    @staticmethod
    def _words() -> set[str]:
        own = re.findall(r"\w+", f"{settings.DEPLOYMENT.name} {settings.DEPLOYMENT.helpline_name}".casefold())
        return {*WORDS, *(word for word in own if len(word) >= SHORTEST)}
