"""Run the command line with ``python -m sklearn_microarch``."""

import sys

from sklearn_microarch.cli import main

if __name__ == "__main__":
    sys.exit(main())
