"""What a police case holds. Findings and days stay, for they are counted; names, evidence and reasons go."""

from havenline.foundation.identifiers.copies import names_an_identifier
from havenline.foundation.sealing import copies
from havenline.journey.investigation.models import (
    AccessAnswer,
    AccessAssessment,
    Attribution,
    Case,
    ChildWithinReach,
    ContactAbuseFinding,
    IdentificationStep,
    Obligation,
    RegisterCheck,
    Reopening,
    Subject,
    Watch,
    WelfareCheck,
)

names_an_identifier(Watch, "case__record")
names_an_identifier(Attribution, "case__record")
copies.emptied(Case, "record", "title", "reason_sealed", "agreement_sealed")
copies.emptied(IdentificationStep, "case__record", "what", "outcome_sealed")
copies.emptied(Watch, "case__record")
copies.emptied(Reopening, "case__record")
copies.emptied(
    Subject, "case__record", "name_sealed", "born_on_sealed", "emergency_reason_sealed", kept={"number": "random; the ledger names it"}
)
copies.emptied(Attribution, "case__record", "evidence_sealed", "review_sealed", "retraction_sealed", "seen_at", "port")
copies.emptied(RegisterCheck, "subject__case__record", "conditions_sealed", "next_notification")
copies.emptied(ContactAbuseFinding, "subject__case__record")
copies.emptied(WelfareCheck, "subject__case__record", "done_sealed")
copies.emptied(AccessAnswer, "subject__case__record", "note_sealed", instead={"source": "erased"})
copies.emptied(AccessAssessment, "subject__case__record", "rationale_sealed", "review_sealed")
copies.emptied(ChildWithinReach, "subject__case__record", "details_sealed")
copies.emptied(
    Obligation,
    "subject__case__record",
    "why",
    "problem",
    "reason_sealed",
    kept={"key": "names a row by its number", "cause": "a code of ours"},
)
