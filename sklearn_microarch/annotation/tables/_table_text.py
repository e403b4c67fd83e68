"""Text files of other programs: bounded, in whichever encoding they were saved."""

from pathlib import Path

MAX_TEXT_BYTES = 16 * 1024**2


def read_text(path: Path, *, max_bytes: int = MAX_TEXT_BYTES) -> str:
    """Return the text of a file without its byte order mark; ValueError if none."""
    if not path.is_file():
        raise ValueError("it is a folder, not a file")
    size = path.stat().st_size
    if size > max_bytes:
        raise ValueError(
            f"it has {size} bytes; at most {max_bytes} are read of a text file"
        )
    return decode_text(path.read_bytes())


def decode_text(data: bytes) -> str:
    """Return bytes as text: UTF-8, UTF-16 with its mark, else Windows-1252."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    if b"\0" in data:
        raise ValueError("it is no text: it holds null bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
