"""Strangers' pages in their cage: nothing outside is read or reached, limits hold, and nothing is left of them."""

import io
import shutil
import time
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from framewright.model.errors import FramewrightError
from framewright.service.errors import LimitError
from truth import hostile as pages
from truth.canary import canary

MIB = 2**20


async def outcome(hall, *, tries=False, **limits):
    """A finished render's answer, or an error in one sentence."""
    try:
        answer = await hall.run(hall.render(), **limits)
    except FramewrightError as error:
        assert error.code != "UNEXPECTED", error.message
        assert error.message.endswith(".")
        assert "\n" not in error.message
        # What the page says itself it may hear again.
        assert str(hall.folder) not in error.message.replace("file://" + str(hall.folder), "")
        answer = error
    told = [event.notice for event in hall.events if event.event == "warning"]
    leaks = [notice.message for notice in told if "LEAK" in notice.message]
    assert leaks == []
    if tries:
        assert any("TRIED" in notice.message for notice in told), (
            answer,
            [notice.message for notice in told],
            hall.log[-20:],
        )
    hall.assert_gone()
    return answer, told


@pytest.mark.parametrize(
    "hosts",
    [pages.HOSTS[:1], pytest.param(pages.HOSTS, marks=pytest.mark.thorough)],
    ids=["the address of this machine", "all names of it"],
)
async def test_no_connection_is_made_whatever_a_page_tries(hall, hosts):
    with canary() as listening:
        hall.write(pages.network(listening.port, hosts))
        hall.write(pages.SHARED, "shared.js")
        hall.write(pages.SERVICE, "service.js")
        answer, told = await outcome(hall, tries=True)
        assert not isinstance(answer, FramewrightError), answer
        # What is sent after the page's end would come by then.
        time.sleep(0.5)
        assert listening.heard == []
    codes = {notice.code for notice in told}
    assert {"REMOTE_FAILED", "WEBSOCKET_REFUSED"} <= codes
    refused = [notice.message for notice in told if notice.code == "REMOTE_FAILED"]
    assert any("/fetch could not be fetched: pages reach no network here." in one for one in refused)
    # One for each address.
    assert len(refused) == len(set(refused))


@pytest.mark.long
async def test_with_the_internet_allowed_this_machine_is_still_out_of_reach(hall):
    hall.settings = {**hall.settings, "page_network": "public", "remote_timeout": 3.0}
    with canary() as listening:
        # A name of elsewhere would be looked up there.
        hall.write(pages.network(listening.port, ("127.0.0.1", "a.localhost")))
        hall.write(pages.SHARED, "shared.js")
        hall.write(pages.SERVICE, "service.js")
        await outcome(hall, tries=True)
        time.sleep(0.5)
        assert listening.heard == []


@pytest.mark.thorough
async def test_the_way_to_our_own_sockets_stays_a_secret(hall):
    hall.settings = {**hall.settings, "page_timeout": 15.0}
    hall.write(pages.page(pages.SPYING, head=pages.SPYING_HEAD))
    answer, _ = await outcome(hall, tries=True)
    assert not isinstance(answer, FramewrightError), answer


@pytest.mark.parametrize("ways", [4, pytest.param(99, marks=pytest.mark.thorough)])
async def test_no_file_beside_the_project_is_read(hall, ways):
    _secrets(hall.folder)
    (hall.project / "up").symlink_to(hall.folder)
    script = pages.FILES.replace("OUTSIDE", f"'{hall.folder}'").replace("WAYS", str(ways))
    hall.write(pages.page(script, duration=0.5))
    answer, _ = await outcome(hall, tries=True)
    assert not isinstance(answer, FramewrightError), answer


ELSEWHERE = ("up/secret.wav", "..%2fsecret.wav", "file://{folder}/secret.wav", "http://127.0.0.1:{port}/a")


def _of(values, ordinary, thorough=frozenset()):
    """Few by default, some more thoroughly, all by hand."""
    marks = dict.fromkeys(ordinary, ()) | dict.fromkeys(thorough, pytest.mark.thorough)
    return [pytest.param(*value, marks=marks.get(value, pytest.mark.long)) for value in values]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "tag"),
    _of(
        [(name, tag) for name in ELSEWHERE for tag in pages.MEDIA_TAGS],
        {(ELSEWHERE[0], pages.MEDIA_TAGS[0])},
        {(ELSEWHERE[3], pages.MEDIA_TAGS[1])},
    ),
)
async def test_media_come_from_nowhere_else(hall, name, tag):
    _secrets(hall.folder)
    (hall.project / "up").symlink_to(hall.folder)
    with canary() as listening:
        source = name.format(folder=hall.folder, port=listening.port)
        hall.write(pages.MEDIA.format(tags=tag.format(name=source)))
        answer, _ = await outcome(hall)
        assert listening.heard == []
    if not isinstance(answer, FramewrightError):
        assert answer.report.sound is None or not answer.report.sound.tracks
        assert answer.report.footage is None or not answer.report.footage.sources


def _secrets(folder: Path) -> None:
    texts = {
        "secret.txt": "S3CR3T",
        "secret.html": "<p>S3CR3T<script>parent.postMessage('S3CR3T', '*')</script>",
        "secret.js": "self.secret = 1; self.document || self.postMessage(1); export default 1",
        "secret.css": ":root { --secret: 1 }",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    file = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(file, "png")
    (folder / "secret.png").write_bytes(file.getvalue())
    with wave.open(str(folder / "secret.wav"), "wb") as sound:
        sound.setparams((1, 2, 48000, 0, "NONE", ""))
        sound.writeframes((10000 * np.sin(np.arange(48000) / 20)).astype("<i2").tobytes())
    shutil.copy(folder / "secret.wav", folder / "secret.mp4")
    shutil.copy(folder / "secret.wav", folder / "secret.ttf")


async def test_a_page_asks_opens_and_takes_nothing(hall):
    hall.write(pages.page(pages.MANNERS))
    hall.write("<p>another", "page.html")
    answer, told = await outcome(hall, tries=True)
    assert not isinstance(answer, FramewrightError), answer
    assert {"DIALOG_DISMISSED", "DOWNLOAD_DENIED"} <= {notice.code for notice in told}
    assert not list(hall.folder.rglob("x*.txt"))
    assert not list(hall.folder.rglob("x*.sh"))


@pytest.mark.parametrize(
    ("kind", "code"), _of([("arrays", "PAGE_MEMORY"), ("wasm", "RUN_MEMORY")], {("wasm", "RUN_MEMORY")})
)
async def test_memory_is_limited_for_each_page_and_for_the_whole(hall, kind, code):
    hall.write(pages.page(pages.HUNGRY[kind]))
    if code == "PAGE_MEMORY":
        hall.settings = {**hall.settings, "page_memory": 1024 * MIB}
    answer, _ = await outcome(hall, memory=4096 * MIB if code == "PAGE_MEMORY" else 1000 * MIB)
    assert isinstance(answer, FramewrightError)
    # A page that gets no more memory may die of it before anybody counts.
    assert answer.code in {code, "PAGE_CRASHED", "BROWSER_DIED"}, answer
    if code == "RUN_MEMORY":
        assert isinstance(answer, LimitError)


@pytest.mark.thorough
async def test_disk_is_limited(hall):
    hall.write(pages.page(pages.GREEDY, duration=20.0))
    answer, _ = await outcome(hall, disk=150 * MIB, seconds=60.0)
    assert isinstance(answer, LimitError)
    assert answer.code == "RUN_DISK"


@pytest.mark.parametrize(
    "kind", _of([(kind,) for kind in pages.ENDLESS], set(), {("microtasks",), ("dialogs",)})
)
async def test_what_never_ends_is_ended(hall, kind):
    hall.settings = {**hall.settings, "page_timeout": 3.0, "stall_timeout": 6.0}
    hall.write(pages.page(pages.ENDLESS[kind]))
    began = time.monotonic()
    await outcome(hall, seconds=40.0)
    assert time.monotonic() - began < 90


@pytest.mark.thorough
async def test_thousands_of_workers_stay_in_the_cage(hall):
    hall.settings = {**hall.settings, "page_timeout": 4.0}
    hall.write(pages.page(pages.FORKS))
    await outcome(hall, seconds=10.0, memory=2048 * MIB)


SIZES = [
    ('data-duration="1" data-width="8000" data-height="8000"', "RUN_PIXELS"),
    ('data-duration="86000"', "RUN_DURATION"),
    ('data-duration="1" data-width="100000"', "SIZE_INVALID"),
]


@pytest.mark.parametrize(("wanted", "code"), _of(SIZES, set(), {SIZES[0]}))
async def test_what_is_too_large_is_refused(hall, wanted, code):
    hall.write(f'<!doctype html><body data-composition-id="main" {wanted}><p>a')
    answer, _ = await outcome(hall)
    assert isinstance(answer, FramewrightError)
    assert answer.code == code, answer
