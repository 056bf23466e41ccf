"""`python -m havenline.cli`: how one command starts another."""

from havenline.cli import main

main()
