"""What a browser needs to make or show a passkey, as an attribute of the form."""

import json
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder

register = template.Library()


@register.simple_tag
def passkey_options(options: Any) -> str:
    """The options of WebAuthn as JSON; the template escapes it."""
    return json.dumps(options, cls=DjangoJSONEncoder)
