"""What `havenline doctor` looks at of lists that are exchanged: a source that fails, a reader that does not come for withdrawals."""

from datetime import timedelta

from havenline.cli.finding import Finding
from havenline.cli.finding import bad as _bad
from havenline.cli.finding import well as _well
from havenline.foundation import moment
from havenline.foundation.lists.exchange import actions, queries
from havenline.foundation.lists.exchange.models import Edition, Source
from havenline.foundation.lists.models import KnownList

A_WORKER_IS_AWAY = timedelta(hours=2)  # since an edition was due


def lists_from_others() -> Finding:
    failing = queries.failing()
    if failing:
        first = failing[0]
        said = f"{first.known_list.slug} has failed {first.failures} times: {first.problem}"
        more = f" ({len(failing) - 1} more)" if len(failing) > 1 else ""
        return _bad("lists from others", said + more, "Look at Lists, Exchange at the desk; then: havenline lists pull NAME")
    count = Source.objects.filter(paused_at=None).count()
    return _well("lists from others", f"{count} sources, none fails" if count else "none is pulled")


def lists_to_others() -> Finding:
    late = queries.behind()
    if late:
        one = late[0].reading
        said = f"{one.agency.slug} has not fetched withdrawals of {one.known_list.slug} for days" + (
            f" ({len(late) - 1} more)" if len(late) > 1 else ""
        )
        return Finding("lists to others", None, said, "They may still block what is right: write to them.")
    overdue = [one.slug for one in KnownList.objects.filter(kind=KnownList.Kind.URL, closed_at=None) if _is_overdue(one)]
    if overdue:
        return _bad(
            "lists to others",
            f"no new edition of {overdue[0]} was made",
            "Does the worker run? Its page of background work says what failed.",
        )
    return _well("lists to others", "readers are in step, editions are made")


def _is_overdue(known_list: KnownList) -> bool:
    due = actions.editions_due(known_list)
    started = max(known_list.made_at, due) if due else None
    return started is not None and moment.now() - started > A_WORKER_IS_AWAY and Edition.objects.filter(known_list=known_list).exists()
