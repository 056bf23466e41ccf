"""What schools were told, and what they told. The register of schools is public and stays."""

from django.db.models import F, QuerySet

from havenline.foundation.people.roles import FileKind
from havenline.foundation.post.copies import empty_letters
from havenline.foundation.records.models import Record
from havenline.foundation.retention import triggers
from havenline.foundation.sealing import copies
from havenline.journey.prevention.models import (
    Acknowledgement,
    AskedSchool,
    Campaign,
    CampaignSource,
    Concern,
    NoticeLetter,
    School,
    SchoolContact,
    SchoolNotice,
    TelephoneCall,
)

VERSIONED = {"guidance_version": "the guidance’s own"}

copies.act(
    "letters to schools",
    lambda _reference, pk: empty_letters(NoticeLetter.objects.filter(notice__record=pk).values_list("letter", flat=True)),
)
copies.emptied(Concern, "record", "sealed", kept={"submission": "digest of a random token"})
copies.emptied(
    Campaign, "source", "title", "words_sealed", "given_back_sealed", kept=VERSIONED | {"submission": "digest of a random token"}
)
copies.emptied(AskedSchool, "campaign__source", "problem")
copies.emptied(SchoolNotice, "record", "title", "words_sealed", "withdrawal_sealed", kept=VERSIONED)
copies.emptied(Acknowledgement, "notice__record", "reply_sealed")
copies.emptied(TelephoneCall, "notice__record", "number", "agreed_sealed", kept={"spoke_to": "a member of the school’s staff"})
for model in (School, SchoolContact, CampaignSource, NoticeLetter):
    copies.of_no_record(model, "the register of schools, and links between rows")


def raised() -> QuerySet[Record]:
    return Record.objects.filter(kind=FileKind.CONCERN).annotate(started=F("concern__raised_at"))


def sent() -> QuerySet[Record]:
    return Record.objects.filter(kind=FileKind.SCHOOL_NOTICE).annotate(started=F("schoolnotice__sent_at"))


triggers.register(FileKind.CONCERN, "raised", raised)
triggers.register(FileKind.SCHOOL_NOTICE, "sent", sent)
