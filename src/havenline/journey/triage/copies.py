"""What triage holds of a report, and when a report has ended: with the last decision that was carried out, once nothing waits."""

from django.db.models import Exists, Max, OuterRef, QuerySet

from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.models import Record
from havenline.foundation.retention import triggers
from havenline.foundation.sealing import copies
from havenline.journey.triage.models import Alarm, Assessment, ChildDuty, Claim, Decision, LinkAnswer, OnCall, WarningSign

copies.emptied(Claim, "report__record", kept={"ended_why": "a code of ours"})
copies.emptied(Decision, "report__record", "reason_sealed", "answer_sealed", "problem")
copies.emptied(ChildDuty, "report__record", "child_sealed", "reason_against_sealed")
copies.emptied(WarningSign, "report__record", "found_sealed")
copies.emptied(Alarm, "report__record", "group", "problem")
copies.emptied(Assessment, "item__report__record")
copies.emptied(LinkAnswer, "item__report__record")
copies.of_no_record(OnCall, "the rota")


def decided() -> QuerySet[Record]:
    pending = Decision.objects.filter(report=OuterRef("pk"), carried_out_at=None, taken_back_at=None)
    reports = Record.objects.filter(~Exists(pending), kind=FileKind.REPORT, report__waits_since=None)
    return reports.annotate(started=Max("report__decisions__carried_out_at"))


triggers.register(FileKind.REPORT, "decided", decided)
