"""What doctor makes of what it finds; the browser itself is tried elsewhere."""

from __future__ import annotations

import pytest

from framewright.browser import find_fonts
from framewright.model.fonts import FontSet
from framewright.model.settings import Settings
from framewright.render.diagnosis import (
    codec_check,
    font_check,
    frame_control_check,
    machine_checks,
    sandbox_check,
    webgl_check,
)
from framewright.render.installation import CheckState
from framewright.render.machine import Machine

GIB = 2**30


def machine(**facts):
    return Machine(
        **{"cores": 2.0, "memory": 8 * GIB, "available": 6 * GIB, "shm": GIB, "source": "cgroup v2", **facts}
    )


def states(checks):
    return {check.name: check.state.value for check in checks}


def test_a_good_machine_needs_nothing():
    checks = tuple(machine_checks(machine()))
    assert states(checks) == {"cores": "ok", "memory": "ok", "shm": "ok"}
    assert all(check.remedy is None for check in checks)


@pytest.mark.parametrize(
    ("facts", "name"), [({"shm": 64 * 2**20}, "shm"), ({"available": GIB // 2}, "memory")]
)
def test_a_tight_machine_is_told(facts, name):
    checks = {check.name: check for check in machine_checks(machine(**facts))}
    assert checks[name].state is CheckState.WARN


def test_a_system_without_shared_memory_has_nothing_to_mend():
    assert "shm" not in states(machine_checks(machine(shm=None)))


def test_a_codec_that_is_missing_is_named():
    assert codec_check().state is CheckState.OK
    lacking = codec_check(("libx264", "libnothing"))
    assert lacking.state is CheckState.WARN
    assert lacking.detail.endswith("lacks libnothing")
    assert "pip install" in lacking.remedy


def test_families_that_are_missing_are_named_with_the_command_that_installs_them(tmp_path):
    nothing = font_check(find_fonts(Settings(), [tmp_path]))
    assert nothing.state is CheckState.WARN
    assert nothing.remedy.endswith(
        "fonts-croscore fonts-inter fonts-ebgaramond fonts-noto-color-emoji fonts-noto-core fonts-noto-cjk"
    )
    (tmp_path / "Inter-Bold.otf").write_bytes(b"")
    assert "Inter," not in font_check(find_fonts(Settings(), [tmp_path])).detail
    whole = FontSet(files=(tmp_path,), table={}, families=frozenset({"Inter"}))
    assert font_check(whole).state is CheckState.OK


@pytest.mark.parametrize(
    ("wished", "obstacle", "state"),
    [
        (None, None, "ok"),
        (True, None, "ok"),
        (False, None, "warn"),
        (None, "Chromium refuses its sandbox to root", "warn"),
    ],
)
def test_the_sandbox(wished, obstacle, state):
    assert sandbox_check(wished, obstacle).state.value == state


def test_what_is_slower_is_a_warning_with_a_remedy():
    for check in (frame_control_check(found=False), webgl_check(None)):
        assert check.state is CheckState.WARN
        assert check.remedy
    assert frame_control_check(found=True).state is CheckState.OK
    assert webgl_check("ANGLE (SwiftShader)").detail == "ANGLE (SwiftShader)"
