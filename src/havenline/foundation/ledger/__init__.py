"""The ledger: every state change and every look, written in the transaction of what it records.

`record` and `looked` are imported from `havenline.foundation.ledger.actions`; rooms write `ledger.record(by, "claimed", report)`.
"""
