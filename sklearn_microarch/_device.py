"""The device to compute on, looked up when it is used and never kept."""

from sklearn_microarch._arguments._numbers import shown


def resolve_device(device: str, *, dtype: str = "float32") -> str:
    """Return the device "auto" stands for on this machine, or the one named.

    "auto" is a GPU where torch finds one. ``dtype`` is what the device must be able to
    compute with. torch is not imported for the device "cpu".
    """
    if not isinstance(device, str):
        raise TypeError(f"device={shown(device)} must be a string, such as 'auto'.")
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
