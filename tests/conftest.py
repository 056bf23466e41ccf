"""A home of its own for each test process, with keys, before Django reads its settings."""

import os
import tempfile
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="havenline-test-"))
os.environ["HAVENLINE_HOME"] = str(HOME)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "havenline.site.settings")

from havenline.foundation.sealing import keys  # noqa: E402  (the home must be named first)

keys.make(HOME / "keys")
