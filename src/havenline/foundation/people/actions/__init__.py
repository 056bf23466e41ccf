"""Agencies, persons, roles and keys: who may act at all. The administrator's verbs, and those of signing in.

`factors` stands apart: it needs django-allauth, which no public process loads.
"""

from havenline.foundation.people.actions.errors import (
    AdministratorSeesNoCase,
    EmailTaken,
    KeyRefused,
    LastAdministrator,
    NameTaken,
    NoScope,
    NotAPlatform,
    NotYourMembership,
    RoleNotOfAgency,
    ScopeMissing,
)
from havenline.foundation.people.actions.keys import OVERLAP, authenticate_api_key, make_api_key, revoke_api_key, rotate_api_key
from havenline.foundation.people.actions.letting_in import (
    add_agency,
    add_person,
    deactivate,
    end_membership,
    generated_password,
    give_membership,
    give_new_password,
    unlock,
)
from havenline.foundation.people.actions.signing_in import (
    FAILURES_ALLOWED,
    LOCKED_FOR,
    act_as,
    attempt_was_right,
    change_password,
    set_theme,
    sign_in,
    sign_in_attempt_allowed,
    sign_in_failed,
    take_the_time_of_a_password,
)
from havenline.foundation.people.actions.visits import begin_visit, end_visit, go_on

__all__ = [
    "FAILURES_ALLOWED",
    "LOCKED_FOR",
    "OVERLAP",
    "AdministratorSeesNoCase",
    "EmailTaken",
    "KeyRefused",
    "LastAdministrator",
    "NameTaken",
    "NoScope",
    "NotAPlatform",
    "NotYourMembership",
    "RoleNotOfAgency",
    "ScopeMissing",
    "act_as",
    "add_agency",
    "add_person",
    "attempt_was_right",
    "authenticate_api_key",
    "begin_visit",
    "change_password",
    "deactivate",
    "end_membership",
    "end_visit",
    "generated_password",
    "give_membership",
    "give_new_password",
    "go_on",
    "make_api_key",
    "revoke_api_key",
    "rotate_api_key",
    "set_theme",
    "sign_in",
    "sign_in_attempt_allowed",
    "sign_in_failed",
    "take_the_time_of_a_password",
    "unlock",
]
