"""Measuring this machine, and reckoning how long a composition takes on more of them."""

from framewright.render.benching.forecast import bench_composition
from framewright.render.benching.machine import bench_machine
from framewright.render.benching.result import CompositionBench, MachineBench

__all__ = ["CompositionBench", "MachineBench", "bench_composition", "bench_machine"]
