"""Screens: parse, call one action or query, render. No rule lives here."""
