"""The device to compute on, looked up when it is used and never kept."""


def resolve_device(device: str, *, dtype: str = "float32") -> str:
    """Return the device "auto" stands for on this machine, or the one named.

    torch is not imported for the device "cpu".

    Parameters
    ----------
    device : str
        "auto", which is a GPU where torch finds one, or the name of a device.
    dtype : str, default="float32"
        What the device must be able to compute with.

    Returns
    -------
    device : str
        As torch names it.

    Raises
    ------
    ValueError
        If a named device does not exist here, or lacks the dtype.
    """
    if device == "cpu":
        return device
    import torch

    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        # Asked for the number, so that a device without memory is refused too.
        torch.ones(1, dtype=getattr(torch, dtype), device=device).item()
    except (RuntimeError, AssertionError, TypeError) as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(
            f"device={device!r} cannot be used on this machine ({reason}); use 'auto' "
            "or 'cpu'."
        ) from error
    return device
