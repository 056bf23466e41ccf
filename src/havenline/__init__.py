"""Havenline carries a report of online child sexual abuse to everyone who must act on it."""
