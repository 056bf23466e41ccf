"""On PostgreSQL the suite asks each action in the name of whoever acts, as the door of the desk does: what an action reads of another
agency's without saying so (`people.acting.beyond_need_to_know`) fails here, and not for the first time at somebody's desk."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any

import havenline

_depth = 0


def in_their_name() -> None:
    """Wrap every action of every room that takes `by`: a membership that acts."""
    for found in pkgutil.walk_packages(havenline.__path__, "havenline."):
        parts = found.name.split(".")
        if "actions" in parts[3:] and "migrations" not in parts:
            _wrap_all(importlib.import_module(found.name))


def _wrap_all(module: ModuleType) -> None:
    for name, action in list(vars(module).items()):
        if name.startswith("_") or not inspect.isfunction(action) or not action.__module__.startswith("havenline."):
            continue
        if "by" in inspect.signature(action).parameters:
            setattr(module, name, _wrapped(action))


def _wrapped(action: Callable[..., Any]) -> Callable[..., Any]:
    from django.db import DatabaseError

    from havenline.foundation.people.acting import acting_as
    from havenline.foundation.people.models import Membership

    said = inspect.signature(action)

    @wraps(action)
    def acts(*args: Any, **kwargs: Any) -> Any:
        global _depth
        by = said.bind(*args, **kwargs).arguments.get("by")
        if _depth or not isinstance(by, Membership):  # an action within another is the same person's, or done for them
            return action(*args, **kwargs)
        _depth += 1
        try:
            with acting_as(by):
                try:
                    return action(*args, **kwargs)
                except DatabaseError:
                    raise
                except Exception as error:  # a view answers it, and what was recorded stays
                    refused = error
        finally:
            _depth -= 1
        raise refused

    return acts


# Of the desk's process; the others' connections act for the installation, and the public's is another role.
_AT_THE_DESK = ("/desk/", "/account", "/sign-in", "/sign-out", "/styleguide/")


def nobody_acts_outside_the_door() -> None:
    """A request to the desk begins as its process does: nobody acts until the door says who, and an error page is nobody's."""
    from django.core.signals import request_finished, request_started

    request_started.connect(_begins, weak=False)
    request_finished.connect(_ends, weak=False)


def _begins(environ: dict[str, Any], **_said: Any) -> None:
    if environ.get("PATH_INFO", "").startswith(_AT_THE_DESK):
        _set("")


def _ends(**_said: Any) -> None:
    _set("all")


def _set(who: str) -> None:
    from django.db import connection

    from havenline.foundation.people.acting import SETTING

    if not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, false)", [SETTING, who])
