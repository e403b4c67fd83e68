"""What befalls files: bits, bytes, lengths, and words of those that are text."""

from hypothesis import strategies as st

BYTES = [b"\x00" * 8, b"\xff" * 8, b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"\x00"]
WORDS = [
    *(b"NaN", b"-1", b"0", b"1e999", b"9" * 40, b"null", b'""', b"{", b"[", b"]"),
    *(b"\xff", b"\x00", b",", b";", b"\n", b"\r", b"\t", b'"', b"true", b"Infinity"),
    *(b"[" * 2000, b"{" * 2000, b"Point", b"../../x", b"\xef\xbb\xbf", "é".encode()),
]


@st.composite
def edits(draw, *, is_text=False):
    """Return up to four edits: what is done, where (a share of the file), with what."""
    kinds = ["flip", "cut off", "put in", "take out", "write over", "copy"]
    pieces = WORDS if is_text else BYTES
    return [
        (
            draw(st.sampled_from(kinds)),
            draw(st.floats(0, 1, allow_nan=False)),
            draw(st.integers(1, 64)),
            draw(st.sampled_from(pieces)),
        )
        for _ in range(draw(st.integers(1, 4)))
    ]


def damaged(content, changes):
    """Return the content of a file after some edits."""
    data = bytearray(content)
    for kind, share, length, piece in changes:
        at = min(int(share * len(data)), max(0, len(data) - 1))
        if kind == "flip" and data:
            data[at] ^= 1 << length % 8
        elif kind == "cut off":
            del data[at:]
        elif kind == "put in":
            data[at:at] = piece
        elif kind == "take out":
            del data[at : at + length]
        elif kind == "write over":
            data[at : at + len(piece)] = piece
        elif kind == "copy":
            data[at:at] = data[max(0, at - length) : at]
    return bytes(data)
