from pathlib import Path

import pytest

from framewright.browser import flags
from framewright.browser.flags import command_line
from framewright.model.size import Size

SHELL = Path("/opt/chrome-headless-shell")


def line(**changes):
    wishes = {
        "profile": Path("/p"),
        "size": Size(960, 540),
        "scale": 1.0,
        "frame_control": True,
        "sandbox": True,
        "pipe": "cbor",
    }
    return command_line(changes.pop("program", SHELL), **(wishes | changes))


def test_frame_control_brings_its_flags_and_tiles_of_the_device_size():
    command = line(scale=2.0)
    assert command[0] == str(SHELL)
    assert command[-1] == "about:blank"
    assert {
        "--enable-begin-frame-control",
        "--deterministic-mode",
        "--run-all-compositor-stages-before-draw",
        "--default-tile-width=1920",
        "--default-tile-height=1080",
        "--window-size=960,540",
        "--force-device-scale-factor=2",
        "--remote-debugging-pipe=cbor",
        "--user-data-dir=/p",
    } <= set(command)


def test_full_browsers_go_without():
    command = line(program=Path("/usr/bin/chromium"), frame_control=False)
    assert "--headless=new" in command
    assert not {"--enable-begin-frame-control", "--deterministic-mode"} & set(command)
    assert not [flag for flag in command if flag.startswith("--default-tile")]


def test_a_shell_without_frame_control_is_headless_anyway():
    assert "--headless" in line(frame_control=False)


@pytest.mark.parametrize("sandbox", [True, False])
def test_the_sandbox_is_off_only_when_told(sandbox):
    assert ("--no-sandbox" in line(sandbox=sandbox)) is not sandbox


@pytest.mark.parametrize("small", [True, False])
def test_small_shared_memory_is_avoided(monkeypatch, small):
    monkeypatch.setattr(flags, "shm_is_small", lambda: small)
    assert ("--disable-dev-shm-usage" in line()) is small


def test_own_flags_come_last_and_no_flag_twice():
    command = line(extra=("--lang=de",))
    assert command[-2:] == ["--lang=de", "about:blank"]
    names = [flag.split("=")[0] for flag in command]
    assert len(names) == len(set(names))


def test_a_scale_with_a_fraction_keeps_it():
    assert "--force-device-scale-factor=1.25" in line(scale=1.25)


def test_a_trial_of_namespaces_that_never_ends_is_no_obstacle(monkeypatch, tmp_path):
    endless = tmp_path / "unshare"
    endless.write_text("#!/bin/sh\nexec sleep 60\n")
    endless.chmod(0o755)
    monkeypatch.setattr(flags.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(flags.shutil, "which", lambda _: str(endless))
    monkeypatch.setattr(flags, "_UNSHARE_SECONDS", 0.1)
    assert flags.sandbox_obstacle(tmp_path / "browser") is None
