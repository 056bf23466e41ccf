"""What triage holds of a report, and when a report has ended: with the last decision that was carried out, once nothing waits."""

from django.db.models import Exists, Max, OuterRef, QuerySet

from havenline.foundation.people.roles import FileKind
from havenline.foundation.records.models import Record
from havenline.foundation.retention import triggers
from havenline.foundation.sealing import copies
from havenline.journey.triage.models import (
    Alarm,
    Assessment,
    CheckIn,
    ChildDuty,
    Claim,
    Decision,
    GivenToAlike,
    LinkAnswer,
    Look,
    LookLimits,
    LooksDuty,
    OnCall,
    WarningSign,
    Wellbeing,
    WentOn,
)

copies.emptied(Claim, "report__record", kept={"ended_why": "a code of ours"})
copies.emptied(Decision, "report__record", "reason_sealed", "answer_sealed", "problem")
copies.emptied(ChildDuty, "report__record", "child_sealed", "reason_against_sealed")
copies.emptied(WarningSign, "report__record", "found_sealed")
copies.emptied(Alarm, "report__record", "group", "problem")
copies.emptied(Assessment, "item__report__record")
copies.emptied(GivenToAlike, "source__item__report__record")
copies.emptied(LinkAnswer, "item__report__record")
copies.emptied(WentOn, "report__record")
copies.of_no_record(OnCall, "the rota")
copies.of_no_record(LooksDuty, "a rota")
copies.of_no_record(LookLimits, "an agency’s numbers")
copies.of_no_record(Wellbeing, "a person’s own limits and breaks")
copies.of_no_record(Look, "how much a person looked at on a day; of what, it holds a number that names nothing")
copies.of_no_record(CheckIn, "a person’s own words, under their own key; they erase them")


def decided() -> QuerySet[Record]:
    pending = Decision.objects.filter(report=OuterRef("pk"), carried_out_at=None, taken_back_at=None)
    reports = Record.objects.filter(~Exists(pending), kind=FileKind.REPORT, report__waits_since=None)
    return reports.annotate(started=Max("report__decisions__carried_out_at"))


triggers.register(FileKind.REPORT, "decided", decided)
