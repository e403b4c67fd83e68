"""What may be the name of a channel, or a text that stands beside an image."""

import unicodedata
from collections.abc import Iterable, Sequence

from sklearn_microarch._arguments._numbers import shown

_LINES = "\t\n\r"


def check_channel_names(
    channel_names: Sequence[str], *, n_channels: int | None = None
) -> list[str]:
    """Return the names as a list, one per channel where their number is given."""
    several = isinstance(channel_names, Iterable) and not isinstance(channel_names, str)
    names = list(channel_names) if several else []
    if not several or not all(isinstance(name, str) for name in names):
        raise TypeError(
            f"channel_names={shown(channel_names)} must be a sequence of strings."
        )
    if not names:
        raise ValueError("channel_names is empty; an image needs a channel.")
    if n_channels is not None and len(names) != n_channels:
        raise ValueError(
            f"channel_names has {len(names)} names, but the image has {n_channels} "
            "channels."
        )
    return [
        check_text(f"channel_names[{at}]", str(name)) for at, name in enumerate(names)
    ]


def check_text(argument: str, text: object, *, lines: bool = False) -> str:
    """Return a text that XML can hold; `lines` lets it have line breaks and tabs."""
    if not isinstance(text, str):
        raise TypeError(f"{argument}={shown(text)} must be a string.")
    for character in text:
        if not _is_written(character) and not (lines and character in _LINES):
            raise ValueError(
                f"{argument}={text!a} holds the character {character!a}, "
                "which image files cannot hold; remove control characters and halves "
                "of surrogate pairs."
            )
    return text


def _is_written(character: str) -> bool:
    # Cc are control characters, Cs lone surrogates; XML 1.0 excludes two more.
    return (
        unicodedata.category(character) not in ("Cc", "Cs")
        and character not in "\ufffe\uffff"
    )
