"""How far witnesses have cosigned, what they say against us, and what we say against others."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from havenline.engines import proof
from havenline.foundation.ledger.models import Asked, Cosignature, Refusal


@dataclass(frozen=True)
class Configured:
    """One witness, as the deployment file names it."""

    address: str
    key: proof.VerifierKey

    @property
    def name(self) -> str:
        return self.key.name


def configured() -> list[Configured]:
    """Our witnesses. The deployment file was checked when it was read."""
    return [Configured(address, proof.VerifierKey.read(key)) for address, key in settings.INSTALLATION.witnesses.items()]


@dataclass(frozen=True)
class OneWitness:
    """How it stands with one witness, for a screen."""

    name: str
    size: int  # how many entries it has cosigned; 0: none yet
    at: datetime | None
    problem: str
    asked_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """How far the ledger is witnessed."""

    size: int  # entries under the last checkpoint that a witness has cosigned
    at: datetime | None
    by: tuple[str, ...]
    witnesses: tuple[OneWitness, ...]
    refusals: tuple[Refusal, ...]  # nobody has said yet what these were

    @property
    def is_witnessed(self) -> bool:
        return self.size > 0


def standing() -> Standing:
    """How far the ledger is witnessed, by witnesses of the deployment file; a cosignature of any other proves nothing to anybody here."""
    asked = {row.witness: row for row in Asked.objects.all()}
    each = []
    for one in configured():
        last = Cosignature.objects.filter(witness=one.name).order_by("-checkpoint_id").first()
        said = asked.get(one.name)
        each.append(
            OneWitness(
                one.name,
                last.checkpoint_id if last else 0,
                last.at if last else None,
                said.problem if said else "",
                said.asked_at if said else None,
            )
        )
    size = max((one.size for one in each), default=0)
    by = tuple(one.name for one in each if one.size == size and size)
    at = next((one.at for one in each if one.size == size), None)
    refusals = tuple(Refusal.objects.filter(settled_at=None).order_by("at"))
    return Standing(size, at, by, tuple(each), refusals)


def evidence_of(refusal: Refusal) -> str:
    """What a witness's refusal rests on, as one text: what we sent, what it answered, and what it had cosigned before."""
    last = Cosignature.objects.filter(witness=refusal.witness, checkpoint_id=refusal.known_size).select_related("checkpoint").first()
    before = f"{last.checkpoint.text}{last.line}" if last else "It is not here any more: ask the witness for it.\n"
    parts = {
        "what the witness had cosigned": before,
        "what we sent": refusal.sent,
        "what the witness answered": refusal.answered,
    }
    head = f"{refusal.witness}: {refusal.get_kind_display()}\n{refusal.at.isoformat(timespec='seconds')}\n"
    return head + "".join(f"\n===== {title} =====\n{text}" for title, text in parts.items())


def accused_by_us() -> list[proof.Evidence]:
    """Of each ledger that this installation is a witness to: the first two that do not go together."""
    memory = proof.Folder(settings.INSTALLATION.home / "witness" / "logs.d")
    origins = {proof.VerifierKey.read(key).name for key in settings.INSTALLATION.witnessed}
    return [found[0] for origin in sorted(origins) if (found := memory.evidence(origin))]
