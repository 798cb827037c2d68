"""Cores and memory as control groups grant them, read from made-up system folders."""

from __future__ import annotations

import os

import pytest

from framewright.render.machine import read_machine

GIB = 2**30


def lay_out(root, files):
    for name, text in {
        "proc/meminfo": f"MemTotal: {16 * 2**20} kB\nMemAvailable: {8 * 2**20} kB\n",
        **files,
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")


def test_without_control_groups_the_machine_itself_counts(tmp_path):
    lay_out(tmp_path, {})
    machine = read_machine(tmp_path)
    assert machine.cores == len(os.sched_getaffinity(0))
    assert (machine.memory, machine.available) == (16 * GIB, 8 * GIB)
    assert machine.source == "machine"
    assert machine.shm is None


def test_version_2_takes_the_tightest_of_all_groups_up_to_the_root(tmp_path):
    lay_out(
        tmp_path,
        {
            "proc/self/cgroup": "0::/outer/inner\n",
            "sys/fs/cgroup/outer/cpu.max": "50000 100000\n",
            "sys/fs/cgroup/outer/inner/cpu.max": "max 100000\n",
            "sys/fs/cgroup/outer/inner/memory.max": f"{4 * GIB}\n",
            "sys/fs/cgroup/outer/inner/memory.current": f"{3 * GIB}\n",
            "sys/fs/cgroup/outer/inner/memory.stat": f"anon 5\ninactive_file {GIB}\n",
            "sys/fs/cgroup/outer/memory.max": "max\n",
        },
    )
    machine = read_machine(tmp_path)
    assert machine.cores == 0.5
    assert (machine.memory, machine.available) == (4 * GIB, 2 * GIB)
    assert machine.source == "cgroup v2"


def test_version_1_and_a_path_that_is_not_mounted_in_the_container(tmp_path):
    lay_out(
        tmp_path,
        {
            "proc/self/cgroup": "4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n",
            "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "75000\n",
            "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": f"{2 * GIB}\n",
            "sys/fs/cgroup/memory/memory.usage_in_bytes": f"{GIB}\n",
        },
    )
    machine = read_machine(tmp_path)
    assert machine.cores == 0.75
    assert (machine.memory, machine.available) == (2 * GIB, GIB)


@pytest.mark.parametrize("unlimited", ["9223372036854771712", "max"])
def test_no_limit_is_no_limit(tmp_path, unlimited):
    lay_out(
        tmp_path,
        {"proc/self/cgroup": "4:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": f"{unlimited}\n"},
    )
    assert read_machine(tmp_path).memory == 16 * GIB
