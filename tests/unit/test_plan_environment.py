import pytest

from framewright.model.errors import EnvironmentMismatchError, SetupError
from framewright.model.settings import Settings
from framewright.render.planning import environment as room
from framewright.render.planning.environment import (
    check_environment,
    differences,
    processor_kind,
    read_environment,
)
from framewright.stores import digest_of
from framewright.stores.known_digests import KnownDigests
from truth import plans

V3 = "cx16 lahf_lm popcnt sse4_1 sse4_2 ssse3 avx avx2 bmi1 bmi2 f16c fma abm movbe xsave"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ()),
        (
            {"browser": "Chromium 157", "browser_digest": digest_of(b"x")},
            ("156.0.8078.79", "here is Chromium 157"),
        ),
        ({"browser_digest": digest_of(b"x")}, ("another build",)),
        ({"machine": "aarch64"}, ("x86_64-v3", "aarch64")),
        (
            {"libraries": {"av": "18.2.0", "libavcodec": "62.28.102"}},
            ("av of the plan is 18.1.0, and here is 18.2.0",),
        ),
        ({"libraries": {"av": "18.1.0"}}, ("libavcodec", "absent")),
        ({"framewright": "0.2.0", "code": digest_of(b"y")}, ("Framewright 0.1.0, and here is 0.2.0",)),
        ({"code": digest_of(b"y")}, ("code of Framewright 0.1.0",)),
        ({"fonts": {}}, ("not here: Arimo-Bold.ttf",)),
        ({"fonts": {"Arimo-Bold.ttf": digest_of(b"z")}}, ("another version: Arimo-Bold.ttf",)),
        (
            {"fonts": plans.environment().fonts | {f"{n}.ttf": digest_of(b"z") for n in "abcde"}},
            ("does not name: a.ttf, b.ttf, c.ttf, 2 more",),
        ),
        ({"font_table": {}}, ("names serif",)),
    ],
)
def test_each_difference_is_one_sentence(change, words):
    found = differences(plans.environment(), plans.environment(**change))
    assert len(found) == bool(change)
    for word in words:
        assert word in found[0]
    assert all(sentence.endswith(".") for sentence in found)


def test_a_difference_is_refused_unless_it_is_allowed():
    planned, here = plans.environment(), plans.environment(machine="aarch64", font_table={})
    with pytest.raises(EnvironmentMismatchError, match="aarch64") as raised:
        check_environment(planned, here, allow_drift=False)
    assert raised.value.code == "ENVIRONMENT_MISMATCH"
    assert raised.value.retryable
    assert "serif" in raised.value.message
    assert len(check_environment(planned, here, allow_drift=True)) == 2
    assert check_environment(planned, planned, allow_drift=False) == ()


@pytest.mark.parametrize(
    ("flags", "kind"),
    [("", "x86_64-v1"), ("sse4_2", "x86_64-v1"), (V3, "x86_64-v3"), (f"{V3} avx512f", "x86_64-v3")],
)
def test_processors_are_told_apart_by_what_they_can(tmp_path, monkeypatch, flags, kind):
    monkeypatch.setattr(room.platform, "machine", lambda: "x86_64")
    (tmp_path / "cpuinfo").write_text(
        f"processor : 0\nflags\t\t: fpu {flags}\n\nprocessor : 1\nflags : fpu\n"
    )
    assert processor_kind(tmp_path / "cpuinfo") == kind
    assert processor_kind(tmp_path / "absent") == "x86_64-v1"
    monkeypatch.setattr(room.platform, "machine", lambda: "aarch64")
    assert processor_kind(tmp_path / "cpuinfo") == "aarch64"


@pytest.fixture
def browser(tmp_path):
    """A program that counts how often it was asked for its name, with a library beside it, behind a wrapper."""
    folder = tmp_path / "browser"
    folder.mkdir()
    program = folder / "headless_shell"
    program.write_text(f"#!/bin/sh\necho asked >> {folder}/asked\necho Chromium 1.2.3\n")
    (folder / "icudtl.dat").write_text("letters")
    wrapper = tmp_path / "wrapper"
    wrapper.write_text(f'#!/bin/sh\nexec {program} "$@"\n')
    for path in (program, wrapper):
        path.chmod(0o755)
    return wrapper


@pytest.fixture
def settings(browser, tmp_path):
    return Settings(browser=browser, cache=tmp_path / "notes")


def test_a_browser_is_what_runs_in_the_end_with_all_that_acts_beside_it(settings, browser, tmp_path):
    first = read_environment(settings)
    assert first.browser == "Chromium 1.2.3"
    assert read_environment(settings) == first
    # Asked once for each build.
    assert (tmp_path / "browser" / "asked").read_text() == "asked\n"
    # The wrapper draws nothing.
    browser.write_text(browser.read_text() + "# another wrapper\n")
    assert read_environment(settings) == first
    (tmp_path / "browser" / "icudtl.dat").write_text("other letters")
    second = read_environment(settings)
    assert (second.browser, second.browser_digest != first.browser_digest) == (first.browser, True)
    assert second.model_copy(update={"browser_digest": first.browser_digest}) == first


def test_the_environment_names_no_place_of_this_machine(settings, tmp_path):
    told = read_environment(settings).model_dump_json()
    assert str(tmp_path) not in told
    assert "/usr" not in told


def test_the_second_look_reads_next_to_nothing(settings, monkeypatch):
    monkeypatch.setattr("framewright.stores.known_digests._SETTLED_SECONDS", -10.0)
    read = []

    class Counting(KnownDigests):
        def __exit__(self, *error):
            read.append(self.bytes_read)
            super().__exit__(*error)

    monkeypatch.setattr(room, "KnownDigests", Counting)
    assert read_environment(settings) == read_environment(settings)
    assert read[0] > 1_000_000
    assert read[1] == 0


def test_fonts_are_named_without_their_folders(settings, tmp_path):
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    (fonts / "Mine.ttf").write_bytes(b"mine")
    here = read_environment(settings.model_copy(update={"fonts": fonts}))
    assert here.fonts["Mine.ttf"] == digest_of(b"mine")
    (fonts / "sub").mkdir()
    (fonts / "sub" / "Mine.ttf").write_bytes(b"another of this name")
    there = read_environment(settings.model_copy(update={"fonts": fonts}))
    assert differences(here, there) == ("Fonts here are of another version: Mine.ttf.",)


def test_what_cannot_be_read_is_told(settings, monkeypatch):
    def refuse(self, path, **_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(KnownDigests, "of", refuse)
    with pytest.raises(SetupError, match="headless_shell") as raised:
        read_environment(settings)
    assert raised.value.code == "ENVIRONMENT_UNREADABLE"
