"""A home for the readers that need one: keys, no database. Imported before anything of Django's."""

import os
import tempfile
from pathlib import Path


def prepare() -> None:
    """Make the home, unless a test has made its own, and start Django."""
    import django
    from django.apps import apps

    if apps.ready:
        return
    home = Path(os.environ.setdefault("HAVENLINE_HOME", tempfile.mkdtemp(prefix="havenline-fuzz-")))
    from havenline.foundation.sealing import keys

    if not (home / "keys").exists():
        keys.make(home / "keys")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "havenline.site.settings")
    django.setup()
