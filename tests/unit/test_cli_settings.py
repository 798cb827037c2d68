"""Settings from the environment, and the options that take their place."""

import pytest

from framewright.cli.settings import parse_memory, read_settings
from framewright.model.errors import SetupError, UsageError


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("2G", 2 * 2**30),
        ("512M", 512 * 2**20),
        ("512m", 512 * 2**20),
        ("1.5GiB", 3 * 2**29),
        ("3 GB", 3 * 2**30),
        ("1T", 2**40),
    ],
)
def test_sizes_of_memory(written, size):
    assert parse_memory(written) == size


@pytest.mark.parametrize("written", ["", "G", "-1G", "2X", "1e9", "two", "0", "63M", "1K", "2G2"])
def test_what_is_no_size_of_memory(written):
    with pytest.raises(UsageError) as caught:
        parse_memory(written)
    assert caught.value.code == "PAGE_MEMORY_INVALID"


def test_an_option_beats_the_variable(monkeypatch):
    monkeypatch.setenv("FRAMEWRIGHT_PAGE_TIMEOUT", "12.5")
    monkeypatch.setenv("FRAMEWRIGHT_PAGE_MEMORY", str(2**29))
    assert read_settings().page_timeout == 12.5
    assert read_settings().page_memory == 2**29
    monkeypatch.setenv("FRAMEWRIGHT_PAGE_MEMORY", "1.5G")
    assert read_settings().page_memory == 3 * 2**29
    changed = read_settings(page_timeout=3.0, page_memory="1G")
    assert (changed.page_timeout, changed.page_memory) == (3.0, 2**30)


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf"), 1e9])
def test_timeouts_out_of_range(seconds):
    with pytest.raises(UsageError) as caught:
        read_settings(page_timeout=seconds)
    assert caught.value.code == "PAGE_TIMEOUT_INVALID"


@pytest.mark.parametrize("value", ["soon", "-3", "0"])
def test_a_variable_that_cannot_be_read_is_named(monkeypatch, value):
    monkeypatch.setenv("FRAMEWRIGHT_PAGE_TIMEOUT", value)
    with pytest.raises(SetupError, match=f"FRAMEWRIGHT_PAGE_TIMEOUT is '{value}'"):
        read_settings()
