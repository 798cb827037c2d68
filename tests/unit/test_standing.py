"""The states of chunks as runs: short, and read back as they were."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from framewright.executors.temporal.standing import read_states, write_states


@given(st.text("wrdu", max_size=200))
def test_what_is_written_is_read(states: str) -> None:
    assert read_states(write_states(states)) == states


def test_the_most_chunks_in_the_worst_order_stay_small() -> None:
    assert len(write_states("wd" * 5000)) <= 20_000
    assert write_states("w" * 10_000) == "10000w"
    assert write_states("") == ""
