"""What may be the name of a channel, in every kind of file."""

from collections.abc import Sequence


def check_channel_names(channel_names: Sequence[str]) -> list[str]:
    """Return the names as a list, or raise when they are no names.

    Raises
    ------
    TypeError
        If they are not a sequence of strings.
    ValueError
        If there are none.
    """
    names = list(channel_names)
    if isinstance(channel_names, str) or not all(isinstance(n, str) for n in names):
        raise TypeError(
            f"channel_names={channel_names!r} must be a sequence of strings."
        )
    if not names:
        raise ValueError("channel_names is empty; an image needs a channel.")
    return names
