import os
import sys
from pathlib import Path

import pytest

from framewright.browser.find import describe_browser, find_browser, has_frame_control, real_program
from framewright.model.errors import SetupError
from framewright.model.settings import Settings


def program(path: Path, text: str = "#!/bin/sh\necho 'Chromium 1.2.3'\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in ("FRAMEWRIGHT_BROWSER", "PLAYWRIGHT_BROWSERS_PATH", "PUPPETEER_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def test_nothing_installed_says_what_to_install(home):
    with pytest.raises(SetupError, match="apt-get install chromium-headless-shell") as caught:
        find_browser(Settings())
    assert caught.value.code == "BROWSER_MISSING"


def test_the_setting_wins_and_must_be_a_program(home, monkeypatch):
    program(home / "bin/chromium-headless-shell")
    mine = program(home / "mine/headless_shell")
    monkeypatch.setenv("FRAMEWRIGHT_BROWSER", str(mine))
    assert find_browser(Settings()) == mine
    monkeypatch.setenv("FRAMEWRIGHT_BROWSER", str(home / "mine"))
    with pytest.raises(SetupError) as caught:
        find_browser(Settings())
    assert caught.value.code == "BROWSER_MISSING"


def test_a_bare_name_in_the_setting_is_looked_up(home, monkeypatch):
    mine = program(home / "bin/my-shell")
    monkeypatch.setenv("FRAMEWRIGHT_BROWSER", "my-shell")
    assert find_browser(Settings()) == mine


def test_headless_shells_before_caches_before_full_browsers(home):
    full = program(home / "bin/chromium")
    assert find_browser(Settings()) == full
    older = program(home / ".cache/ms-playwright/chromium_headless_shell-999/chrome-linux/headless_shell")
    assert find_browser(Settings()) == older
    newer = program(home / ".cache/ms-playwright/chromium_headless_shell-1200/chrome-linux/headless_shell")
    assert find_browser(Settings()) == newer
    on_path = program(home / "bin/chrome-headless-shell")
    assert find_browser(Settings()) == on_path


def test_puppeteers_cache_is_looked_at(home):
    found = program(
        home
        / ".cache/puppeteer/chrome-headless-shell/linux-131.0.1/chrome-headless-shell-linux64/chrome-headless-shell"
    )
    assert find_browser(Settings()) == found


def test_a_wrapper_that_only_hands_over_is_seen_through(tmp_path):
    inner = program(tmp_path / "lib/chromium-headless-shell")
    wrapper = program(tmp_path / "bin/chromium-headless-shell", f'#!/bin/sh -e\n{inner} "$@"\n')
    assert real_program(wrapper) == inner
    thoughtful = program(tmp_path / "bin/other", f'#!/bin/sh\nif x; then exec {inner} "$@"; fi\nexport A=1\n')
    assert real_program(thoughtful) == thoughtful


@pytest.mark.parametrize(
    ("name", "control"),
    [
        ("chromium-headless-shell", True),
        ("headless_shell", True),
        ("chromium", False),
        ("google-chrome", False),
    ],
)
def test_frame_control_goes_with_the_headless_shells(tmp_path, name, control):
    path = program(tmp_path / name)
    assert has_frame_control(path) is control
    assert describe_browser(path).frame_control is control


def test_the_version_is_what_the_program_says(tmp_path):
    assert describe_browser(program(tmp_path / "chromium")).version == "Chromium 1.2.3"


def test_a_program_that_cannot_start_is_missing(tmp_path):
    broken = program(tmp_path / "chromium", "#!/no/such/interpreter\n")
    with pytest.raises(SetupError) as caught:
        describe_browser(broken)
    assert caught.value.code == "BROWSER_MISSING"
    assert os.access(sys.executable, os.X_OK)
