"""Measure contenders in turns, each beside the machine's matrix product rate."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from threadpoolctl import threadpool_limits

N_THREADS = 2
SIZE = 2048
# Share of the highest product rate that the lowest must reach on a quiet machine.
QUIET = 0.85


@dataclass(frozen=True)
class Turn:
    """One measurement of one contender.

    Parameters
    ----------
    patches_per_s : float
    product_rate : float, unit: FLOP/s
        Of a float32 matrix product: the mean of just before and just after.
    """

    patches_per_s: float
    product_rate: float


def use_threads() -> None:
    """Let this process compute on two threads, whichever library does it."""
    torch.set_num_threads(N_THREADS)
    threadpool_limits(N_THREADS)


def describe_machine() -> dict:
    """Return what the figures depend on, without naming the machine."""
    return {
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "vector_instructions": torch.backends.cpu.get_cpu_capability(),
        "torch": torch.__version__,
    }


def product_rate() -> float:
    """Return the FLOP/s of a square float32 matrix product, the best of three."""
    a, b = torch.rand(2, SIZE, SIZE)
    out = torch.empty_like(a)
    seconds = []
    with torch.inference_mode():
        for _ in range(3):
            start = time.perf_counter()
            torch.mm(a, b, out=out)
            seconds.append(time.perf_counter() - start)
    return 2 * SIZE**3 / min(seconds)


def take_turns(
    contenders: dict[str, Callable[[], int]], n_rounds: int
) -> dict[str, list[Turn]]:
    """Run all contenders one after the other, and again, as often as asked.

    Parameters
    ----------
    contenders : dict of str to callable
        Each does its work and returns how many patches that were.
    n_rounds : int

    Returns
    -------
    turns : dict of str to list of Turn
        One of each contender in every round, so that what the machine does
        meanwhile meets all of them.
    """
    turns: dict[str, list[Turn]] = {name: [] for name in contenders}
    for _ in range(n_rounds):
        before = product_rate()
        for name, run in contenders.items():
            start = time.perf_counter()
            n_patches = run()
            seconds = time.perf_counter() - start
            after = product_rate()
            turns[name].append(Turn(n_patches / seconds, (before + after) / 2))
            before = after
    _warn_if_busy([turn for each in turns.values() for turn in each])
    return turns


def _warn_if_busy(turns: list[Turn]) -> None:
    rates = [turn.product_rate for turn in turns]
    if min(rates) < QUIET * max(rates):
        print(
            f"! the matrix product ran at {min(rates) / 1e9:.0f} to "
            f"{max(rates) / 1e9:.0f} GFLOP/s: others use this machine, and two threads "
            "that wait for each other suffer most, small batches above all",
            flush=True,
        )


def summarize(turns: list[Turn], macs: float) -> dict:
    """Return the best and the median rate, and what they are of the product's.

    Parameters
    ----------
    turns : list of Turn
    macs : float
        Multiply-adds that one patch needs the way it was evaluated.
    """
    rates = [turn.patches_per_s for turn in turns]
    products = [turn.product_rate for turn in turns]
    shares = [2 * macs * turn.patches_per_s / turn.product_rate for turn in turns]
    return {
        "patches_per_s": max(rates),
        "patches_per_s_median": statistics.median(rates),
        "share": 2 * macs * max(rates) / max(products),
        "share_median": statistics.median(shares),
        "product_gflops": max(products) / 1e9,
        "product_gflops_lowest": min(products) / 1e9,
    }


def compare(turns: list[Turn], others: list[list[Turn]]) -> dict:
    """Return how many times as fast as the fastest of others.

    Returns
    -------
    ratios : dict of str to float
        "ratio" of the best turns, and "ratio_median" over the rounds.
    """
    best = max(turn.patches_per_s for other in others for turn in other)
    rounds = zip(turns, *others, strict=True)
    return {
        "ratio": max(turn.patches_per_s for turn in turns) / best,
        "ratio_median": statistics.median(
            turn.patches_per_s / max(each.patches_per_s for each in rest)
            for turn, *rest in rounds
        ),
    }


def print_row(name: str, found: dict) -> None:
    """Print the rates of one contender, as `summarize` and `compare` found them."""
    print(f"{name:<48} {found['patches_per_s']:>9.0f} patches/s", end="")
    print(f" (median {found['patches_per_s_median']:.0f})", end="")
    print(f" {100 * found['share']:>5.1f} % of", end="")
    print(f" {found['product_gflops']:.0f} GFLOP/s", end="")
    print(f" {found['ratio']:>8.2f} x" if "ratio" in found else "", flush=True)
