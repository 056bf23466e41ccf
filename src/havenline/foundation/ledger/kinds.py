"""The six kinds of processing that must be logged (Data Protection Act 2018, s. 62), and which entry is which."""

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    COLLECTION = "collection", _("Collection")
    ALTERATION = "alteration", _("Alteration")
    CONSULTATION = "consultation", _("Consultation: a look")
    DISCLOSURE = "disclosure", _("Disclosure to others")
    COMBINATION = "combination", _("Combination")
    ERASURE = "erasure", _("Erasure")


# What came in from outside; what brought two things together; what left; what was destroyed. A look says so itself, and an entry
# that names to whom is a disclosure. Everything else changes what is held: alteration.
VERBS: dict[str, frozenset[str]] = {
    Kind.COLLECTION: frozenset(
        {
            "received a report",
            "added to the report",
            "recorded a concern about a child",
            "screened a conversation",
            "took in a host’s answer",
            "took in a part of the register of schools",
            "found a child to answer for",
            "noted a child within reach",
            "noted another system’s number",
            "checked the register",
            "imported a census",
            "took a case over from a census",
            "complained of a listed address",
            "read an import to a list",
        }
    ),
    Kind.COMBINATION: frozenset(
        {
            "saw an identifier",
            "asked where else an identifier stands",
            "joined a referral to the case",
            "proposed an attribution",
            "put the child in a household",
            "carried a grade over",
            "linked a school to its agency",
        }
    ),
    Kind.DISCLOSURE: frozenset(
        {
            "exported the ledger",
            "exported the census",
            "exported in a census",
            "exported a list",
            "let listed values be known outside",
            "wrote to the reporter",
            "released a station to the reporter",
            "sent a notice to a host",
            "sent a notice to a school",
            "brought a notice to its host",
            "made police party to a notice",
            "sent a screened conversation to the hotline",
        }
    ),
    Kind.ERASURE: frozenset({"erased"}),
}
_LOOK, _TO = '"look":true', '"to":"'  # as they stand in an entry's canonical text


def kind_of(*, verb: str, look: bool, to: str) -> Kind:
    """The kind of one entry."""
    if look:
        return Kind.CONSULTATION
    for kind, verbs in VERBS.items():
        if verb in verbs:
            return Kind(kind)
    return Kind.DISCLOSURE if to else Kind.ALTERATION


def of_kind(kind: str) -> Q:
    """Entries of one kind, asked of their text: it costs what is looked through, so filter by record or person, too."""
    look = Q(body__contains=_LOOK)
    listed = {name: _any_of(verbs) for name, verbs in VERBS.items()}
    elsewhere = Q()
    for name, verbs in listed.items():
        if name != kind:
            elsewhere |= verbs
    if kind == Kind.CONSULTATION:
        return look
    if kind == Kind.DISCLOSURE:
        return ~look & (listed[kind] | (Q(body__contains=_TO) & ~elsewhere))
    if kind == Kind.ALTERATION:
        return ~look & ~elsewhere & ~Q(body__contains=_TO)
    return ~look & listed[kind]


def _any_of(verbs: frozenset[str]) -> Q:
    found = Q()
    for verb in sorted(verbs):
        found |= Q(body__contains=f'"verb":"{verb}"')
    return found
