"""A conversation -> the published warning signs that an adult may be grooming a child, each with its line and its reason.

    screen("Robin: how old are you?")
    # [Finding(sign=<Sign.ASKS_ABOUT_CHILD>, line=1, speaker="Robin", text="how old are you", reason="Robin asks …", start=7, end=22)]

A finding is a reason to look closer, never proof: a person decides. Linear in time, bounded in memory, on any input.
The rules are data (`signs/*.toml`, `language.toml`; format: signs/README.md). Usable on its own: needs only `google-re2`.
"""

from .finding import SIGNS, Finding, Sign, SignAbout
from .search import screen, screen_lines

__all__ = ["SIGNS", "Finding", "Sign", "SignAbout", "screen", "screen_lines"]
