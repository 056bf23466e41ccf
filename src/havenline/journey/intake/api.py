"""Reports by machine."""

from ninja import Router

router = Router(tags=["reports"])
