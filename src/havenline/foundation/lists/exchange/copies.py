"""What is exchanged names no report: digests, addresses, and how far somebody has read."""

from havenline.foundation.lists.exchange.models import Edition, Feedback, Held, PageSeen, Pull, Reading, Source, Staged
from havenline.foundation.sealing import copies

copies.of_no_record(Source, "another body’s address, and a secret that is sealed by a key of its own")
copies.of_no_record(Pull, "counts")
copies.of_no_record(PageSeen, "digests of a source’s addresses")
copies.of_no_record(Staged, "digests and addresses on their way to a list")
copies.of_no_record(Held, "another body’s numbers for what it lists")
copies.of_no_record(Reading, "how far a platform has read")
copies.of_no_record(Feedback, "what a platform says of an entry: a code")
copies.of_no_record(Edition, "a list as it stood, which was published")
