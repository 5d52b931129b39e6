"""`python -m pytron` is the `pytron` command."""

from pytron.cli import main

raise SystemExit(main())
