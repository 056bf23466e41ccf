"""The desk's screens: parse, call one action or query, render."""
