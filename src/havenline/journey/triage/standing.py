"""Which grade of an item counts: the latest, unless somebody is unsure and nobody else has graded it since.

What rested on a listed entry that was withdrawn counts no more.
"""

from collections.abc import Iterable

from havenline.journey.intake.models import ReportedItem
from havenline.journey.triage.models import Assessment, Grade


def standing(item: ReportedItem, assessments: Iterable[Assessment] | None = None) -> Assessment | None:
    """The assessment that counts; None while it is ungraded or a second person is asked."""
    all_ = _in_order(item, assessments)
    return all_[-1] if all_ and all_[-1].grade != Grade.UNSURE else None


def doubters(item: ReportedItem, assessments: Iterable[Assessment] | None = None) -> set[object]:
    """Persons who were unsure since it was last graded: none of them is the second person."""
    unsure: set[object] = set()
    for assessment in _in_order(item, assessments):
        if assessment.grade == Grade.UNSURE:
            unsure.add(assessment.by.person_id)
        else:
            unsure.clear()
    return unsure


def _in_order(item: ReportedItem, assessments: Iterable[Assessment] | None) -> list[Assessment]:
    given = item.assessments.select_related("by") if assessments is None else assessments
    return sorted((one for one in given if one.withdrawn_at is None), key=lambda assessment: (assessment.at, assessment.pk))
