"""The product's own settings, in a home of its own for each test process: made before Django reads them."""

import os
import tempfile
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="havenline-test-"))
os.environ["HAVENLINE_HOME"] = str(HOME)

from havenline.foundation.sealing import keys  # noqa: E402  (the home must be named first)

keys.make(HOME / "keys")

from havenline.site.settings import *  # noqa: E402, F403
