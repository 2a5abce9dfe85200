"""`python -m fitxa_trainer`."""

import sys

from fitxa_trainer.cli import main

if __name__ == "__main__":
    sys.exit(main())
