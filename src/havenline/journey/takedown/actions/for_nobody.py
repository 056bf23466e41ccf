"""Whether asking about an item could tell somebody: a link that could have been made for one person is a bell on their door."""

from havenline.journey.takedown.models import Notice, NoticeItem
from havenline.journey.triage.models import LinkAnswer


def made_for_nobody(row: NoticeItem) -> bool:
    """Both when the notice was drafted and by the latest answer since: *yes* or *I don't know* and nothing is asked."""
    latest = row.item.link_answers.order_by("at", "pk").last()
    no = LinkAnswer.ForOnePerson.NO
    return row.link_answer.answer == no and (latest is None or latest.answer == no)


def may_be_looked_up(notice: Notice) -> bool:
    """Whether the name may be looked up: its name server learns of it, and a name can be made for one person as a link can.

    Until police, or a senior analyst, released a notice with such a link, nothing about it leaves this house.
    """
    return notice.state != Notice.State.HELD or all(made_for_nobody(row) for row in notice.items.select_related("item", "link_answer"))
