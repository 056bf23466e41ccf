"""The door of machines: a platform's key, which must be for what is asked."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from havenline.foundation.people.actions import KeyRefused, ScopeMissing, authenticate_api_key
from havenline.foundation.people.models import ApiKey
from havenline.foundation.people.problems import Problem
from havenline.foundation.people.roles import Scope


class PlatformKey(HttpBearer):
    """`Authorization: Bearer …`, a platform's API key; it must be for what is asked."""

    openapi_bearerFormat = "API key"

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey:
        try:
            return authenticate_api_key(token, scope=self.scope)
        except KeyRefused as error:
            raise Problem(401, str(error), headers={"WWW-Authenticate": "Bearer"}) from error
        except ScopeMissing as error:
            raise Problem(403, str(error), headers={"WWW-Authenticate": 'Bearer error="insufficient_scope"'}) from error
