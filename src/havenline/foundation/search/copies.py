"""What a record could be found by goes with it. The index follows: triggers on SQLite, a column of the row on PostgreSQL."""

from havenline.foundation.sealing import copies
from havenline.foundation.search.models import Document

copies.gone(Document, "record")
