"""One membership acts a session: it is put on the request, and everything asks for it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from havenline.foundation.people.models import Membership

SESSION_KEY = "membership"


def acting(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Set `request.membership`: the membership chosen for this session if it is still in force, the only one, or None."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.membership = None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            mine = Membership.objects.current().filter(person_id=request.user.pk).select_related("person", "agency")
            chosen = mine.filter(pk=request.session.get(SESSION_KEY)).first()
            if chosen is None:
                first = list(mine[:2])
                chosen = first[0] if len(first) == 1 else None
            request.membership = chosen  # type: ignore[attr-defined]
        return get_response(request)

    return middleware
