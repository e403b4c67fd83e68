"""What machine this is: cores, memory, graphics card."""

import os
import platform
from typing import Any


def machine_facts() -> dict[str, Any]:
    """Return what decides how fast and how large work can be, as plain values."""
    from sklearn_microarch.mapping._memory import parse_memory

    return {
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "memory_GB": round(2 * parse_memory("auto") / 1e9, 1),
        **_torch_facts(),
    }


def _torch_facts() -> dict[str, Any]:
    import torch

    cards = [
        torch.cuda.get_device_name(number)
        for number in range(torch.cuda.device_count())
    ]
    return {
        "threads": torch.get_num_threads(),
        "device": "cuda" if cards else "cpu",
        "graphics_cards": cards,
    }
