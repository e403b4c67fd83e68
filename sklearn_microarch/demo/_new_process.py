"""Map the new slice in a process of its own: ``python -m``, with three arguments."""

import sys

from sklearn_microarch.demo._new_slice import map_new_slice


def run_alone(out: str, new_slice: str, stride: str) -> int:
    """Map the slice; what it fails of is told in a line, and makes the status 1."""
    try:
        map_new_slice(out, new_slice, stride=int(stride))
    except KeyboardInterrupt:
        # The process that waits for this one says so.
        return 130
    except Exception as error:
        words = " ".join(str(error).split()) or type(error).__name__
        print(words, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(run_alone(*sys.argv[1:]))
