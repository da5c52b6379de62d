"""``python -m ledger.cli``: the command, for whoever starts it as another process."""

import sys

from ledger.cli import main

if __name__ == "__main__":
    sys.exit(main())
