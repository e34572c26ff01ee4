"""`python -m service.cli` is `onrecord`."""

from service.cli import main

main()
