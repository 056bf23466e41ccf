"""Screens of lists: parse, call one action or query, render."""
