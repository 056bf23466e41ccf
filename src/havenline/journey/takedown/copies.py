"""What takedown holds of a notice. That a host was asked, and how it answered, stays; where and in which words does not."""

from havenline.foundation.post.copies import empty_letters
from havenline.foundation.records.models import Record
from havenline.foundation.retention import triggers
from havenline.foundation.sealing import copies
from havenline.journey.takedown.models import (
    Contact,
    Host,
    HostAnswer,
    HostLink,
    LookUp,
    Notice,
    NoticeItem,
    RemovalCheck,
    WrongLinks,
)

copies.act(
    "letters to hosts",
    lambda _reference, pk: empty_letters(Notice.objects.filter(record=pk).exclude(letter=None).values_list("letter", flat=True)),
)
copies.emptied(Notice, "record", "hostname", "release_reason_sealed", "end_words_sealed", "problem")
copies.emptied(NoticeItem, "notice__record")
copies.emptied(LookUp, "notice__record", "addresses")
copies.emptied(HostLink, "notice__record", kept={"token_hash": "digest of a random token"})
copies.emptied(HostAnswer, "notice__record", "words_sealed", kept={"submission": "digest of a random token"})
copies.emptied(RemovalCheck, "item__notice__record", "said")
for model in (Host, Contact, WrongLinks):
    copies.of_no_record(model, "hosts and whom to write to")


def not_ended(record: Record) -> str:
    open_notice = Notice.objects.filter(report__record=record, ended_at=None).select_related("record").first()
    return f"The notice {open_notice.reference} is not ended: its host may still answer." if open_notice else ""


triggers.block(not_ended)
