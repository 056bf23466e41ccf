"""A request is answered to a person and belongs to no record; what a copy of a record held goes with the record."""

from havenline.foundation.accountability.models import AccessRequest, Breach, Choice, Raised, Told
from havenline.foundation.sealing import copies

copies.emptied(Choice, "record", "reason_sealed", "copy_sealed")
copies.of_no_record(AccessRequest, "what somebody asked of the controller, sealed by a key of its own")
copies.of_no_record(Breach, "the controller’s register, sealed by a key of its own")
copies.of_no_record(Told, "the same")
copies.of_no_record(Raised, "that a clock ran out, by its number")
