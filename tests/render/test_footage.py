"""How a page gets the frames of its sources: by the ring and by the connection, from wherever their bytes come."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
import pytest_asyncio
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidMessage

from framewright.browser import Answer, FileServer, Outside, Refusal
from framewright.composition import RemoteDesk, Stage, open_project
from framewright.model.errors import CompositionError
from framewright.model.settings import Settings
from truth import footage
from truth.colours import COLUMNS, FLAT, ROWS
from truth.far import far_server
from truth.stages import Open, Stages, composed

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.asyncio(loop_scope="module")
FRAMES = 24
LASTS = 'data-duration="1" data-no-timeline'

# What the runtime's own parts call; `shown` reads the number that a picture shows, by its sixteen cells.
TOOLS = """
    const fw = window[Object.getOwnPropertySymbols(window).find((symbol) => window[symbol]?.footage)];
    const pixels = (picture) => {
        const canvas = new OffscreenCanvas(picture.displayWidth, picture.displayHeight);
        const context = canvas.getContext('2d', { willReadFrequently: true });
        context.drawImage(picture, 0, 0);
        picture.close();
        return context.getImageData(0, 0, canvas.width, canvas.height);
    };
    const shown = (picture) => {
        const { data, width, height } = pixels(picture);
        const at = (cell) => data[4 * (width * Math.floor(((cell >> 3) + 0.5) * height / 2) + Math.floor((cell % 8 + 0.5) * width / 8))];
        const bits = [...Array(16).keys()].map((cell) => at(cell) > 127 ? 1 : 0);
        if (bits.slice(0, 8).some((bit, place) => bit === bits[8 + place])) throw new Error('no number: ' + bits);
        return bits.slice(0, 8).reduce((sum, bit, place) => sum + (bit << place), 0);
    };
    const whole = (address) => new URL(address, location.href).href;
    const number = async (address, seconds) => {
        const answer = await fw.footage.frame(whole(address), seconds, null);
        return answer.failed ? answer.failed.code : shown(answer.picture);
    };
"""


@dataclass(frozen=True)
class Sources:
    """Written once: a small film, and a larger one of the same length whose numbers begin at 100."""

    small: footage.Footage
    large: footage.Footage


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sources")
    return Sources(
        footage.write(folder / "small.mp4", frames=FRAMES, fps=30),
        footage.write(folder / "large.mp4", frames=FRAMES, fps=30, size=(640, 360), first=100),
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def files(sources: Sources) -> dict[str, str | bytes]:
    return {"small.mp4": sources.small.path.read_bytes(), "large.mp4": sources.large.path.read_bytes()}


async def run(page: Open, script: str):
    """The value of a script's body with the tools at hand."""
    return await page.ask(f"(async () => {{ {TOOLS} {script} }})()")


async def open_page(stages: Stages, sources: Sources, body: str = "", **wishes) -> Open:
    return await stages.open(composed(body, root=LASTS), files(sources), **wishes)


# Every frame of both films, asked for together: [[small, large], ...].
EVERY = f"""
    const found = [];
    for (let n = 0; n < {FRAMES}; n += 1) {{
        found.push(await Promise.all([number('small.mp4', n / 30), number('large.mp4', n / 30 + 0.01)]));
    }}
    return found;
"""
TRUTH = [[n, 100 + n] for n in range(FRAMES)]


async def test_every_frame_comes_by_the_ring_and_all_of_a_seek_in_one_message(stages, sources):
    page = await open_page(stages, sources)
    for _ in range(2):  # once described, they are asked for together, and the ring has room for both
        await run(page, "await Promise.all([number('small.mp4', 0), number('large.mp4', 0)])")
    heard = []
    take = page.line._take
    page.line._take = lambda message: heard.append(message) or take(message)
    assert await run(page, EVERY) == TRUTH
    assert len(heard) == FRAMES
    assert page.line.carrier.area >= 640 * 360 * 3 // 2 + 160 * 90 * 3 // 2
    await page.close()


async def test_without_a_place_for_a_file_frames_come_by_the_connection(stages, sources):
    page = await open_page(stages, sources, apart=True)
    assert await run(page, EVERY) == TRUTH
    assert page.line.carrier.area is None
    await page.close()


class Web:
    """A site that is in no secure context, and its sources."""

    def __init__(self, page: str, folder: Path) -> None:
        self.page = page
        self.folder = folder

    async def answer(self, request):
        return Answer(status=200, headers=(("content-type", "text/html"),), body=self.page.encode())

    async def locate(self, address, origin):
        path = self.folder / address.rpartition("/")[2]
        return path if path.exists() else Refusal(code="REMOTE_FAILED", message=f"{address} is far.")


async def test_a_site_without_a_secure_context_gets_its_frames_too(stages, sources):
    web = Web(composed("", root=LASTS), sources.small.path.parent)
    stages.footage._addresses._recorded = web
    page = await stages._browser.new_page(outside=Outside(None, web))
    line = stages.footage.admit(page)
    stage = await Stage.open(page, open_project("http://framewright.test/"), "", footage=line)
    site = Open(page, stage, line)
    assert await site.ask("isSecureContext") is False
    assert await run(site, EVERY) == TRUTH
    assert await run(site, "return await number('/far/none.mp4', 0)") == "REMOTE_FAILED"
    await site.close()


@pytest.mark.thorough
async def test_two_pages_at_once_get_what_each_asks_for(stages, sources):
    one, two = [await open_page(stages, sources) for _ in range(2)]
    backwards = EVERY.replace("n / 30", f"({FRAMES - 1} - n) / 30")
    found, turned = await asyncio.gather(run(one, EVERY), run(two, backwards))
    assert found == TRUTH
    assert turned == TRUTH[::-1]
    await one.close()
    await two.close()


async def test_a_frame_of_the_same_origin_asks_through_the_topmost_document(stages, sources):
    page = await stages.open(
        composed('<iframe id="inner" src="inner.html"></iframe>', root=LASTS),
        files(sources) | {"inner.html": "<!doctype html><title>Inner</title>"},
    )
    ask = """const { contentWindow } = document.getElementById('inner');
        const inside = contentWindow[Object.getOwnPropertySymbols(contentWindow).find((one) => contentWindow[one]?.footage)];
        const { picture } = await inside.footage.frame(whole('small.mp4'), 0.5, null);
        return [inside.footage === fw.footage, inside === fw, shown(picture)];"""
    assert await run(page, ask) == [True, False, 15]
    await page.close()


async def test_what_the_page_has_is_not_sent_again_and_its_interval_is_told(stages, sources):
    page = await open_page(stages, sources)
    ask = """const ask = (seconds, have) => fw.footage.frame(whole('small.mp4'), seconds, null, { have });
        const first = await ask(0.1);
        const again = await ask(first.stop - 0.001, first.start);
        const next = await ask(first.stop, first.start);
        const last = await ask(100);
        const facts = (await fw.footage.describe(whole('small.mp4'))).facts;
        return [shown(first.picture), again.picture, again.start === first.start, shown(next.picture), shown(last.picture), last.stop, facts.video.width];"""
    assert await run(page, ask) == [3, None, True, 4, FRAMES - 1, None, 160]
    await page.close()


async def test_less_is_sent_where_less_is_needed(stages, sources):
    page = await open_page(stages, sources)
    ask = """const { picture } = await fw.footage.frame(whole('large.mp4'), 0.2, { width: 159.2, height: 89.9 });
        const { displayWidth, displayHeight } = picture;
        return [displayWidth >= 160 && displayWidth < 640, displayHeight >= 90 && displayHeight < 360, shown(picture)];"""
    assert await run(page, ask) == [True, True, 106]
    await page.close()


async def test_flat_colours_reach_the_canvas(stages, tmp_path):
    patches = np.array(FLAT, np.uint8).reshape(ROWS, COLUMNS, 3).repeat(40, 0).repeat(40, 1)
    with av.open(str(tmp_path / "flat.mkv"), "w") as container:
        stream = container.add_stream("ffv1", rate=10)
        stream.width, stream.height, stream.pix_fmt = 40 * COLUMNS, 40 * ROWS, "yuv420p"
        stream.codec_context.colorspace, stream.codec_context.color_range = 1, 1
        frame = av.VideoFrame.from_ndarray(patches).reformat(
            format="yuv420p", dst_colorspace="ITU709", dst_color_range=1
        )
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    data = (tmp_path / "flat.mkv").read_bytes()
    page = await stages.open(composed("", root=LASTS), {"flat.mkv": data})
    ask = f"""const {{ picture }} = await fw.footage.frame(whole('flat.mkv'), 0, null);
        const {{ data, width }} = pixels(picture);
        return [...Array({ROWS * COLUMNS}).keys()].map((n) => {{
            const at = 4 * (width * (40 * Math.floor(n / {COLUMNS}) + 20) + 40 * (n % {COLUMNS}) + 20);
            return [...data.slice(at, at + 3)];
        }});"""
    assert np.abs(np.array(await run(page, ask)) - np.array(FLAT)).max() <= 2
    await page.close()


async def test_alpha_reaches_the_page_as_it_is(stages, tmp_path):
    row = np.array([[255, 0, 0, 255], [200, 100, 50, 128], [0, 0, 0, 0], [10, 90, 240, 255]], np.uint8)
    picture = np.ascontiguousarray(row[None].repeat(16, 0).repeat(16, 1))
    with av.open(str(tmp_path / "clear.mov"), "w") as container:
        stream = container.add_stream("png", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 16, "rgba"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgba")))
        container.mux(stream.encode(None))
    page = await stages.open(composed("", root=LASTS), {"clear.mov": (tmp_path / "clear.mov").read_bytes()})
    ask = """const { picture } = await fw.footage.frame(whole('clear.mov'), 0, null);
        const { data } = pixels(picture);
        return [8, 24, 40, 56].map((x) => [...data.slice(4 * x, 4 * x + 4)]);"""
    assert np.abs(np.array(await run(page, ask)) - row).max() <= 1
    await page.close()


async def test_the_ring_grows_with_the_frames_and_parts_of_a_large_answer_come_one_after_the_other(
    stages, sources, monkeypatch
):
    monkeypatch.setattr("framewright.composition.footage.line._MOST_TOGETHER", 600_000)
    page = await open_page(stages, sources)
    areas = []
    for name in ("small", "large"):
        await run(page, f"await number('{name}.mp4', 0)")
        areas.append(page.line.carrier.area)
    assert areas[0] < 160 * 90 * 3 <= areas[1]
    ask = "return await Promise.all([...Array(24).keys()].map((n) => number('large.mp4', n / 30)))"
    assert await run(page, ask) == [100 + n for n in range(24)]
    # Asked one by one without waiting, more answers are on their way than there are areas.
    ask = """const found = [];
        for (let n = 0; n < 12; n += 1) { found.push(number('small.mp4', n / 30)); await null; await null; await null; }
        return await Promise.all(found);"""
    assert await run(page, ask) == list(range(12))
    await page.close()


async def test_data_and_object_urls_are_read_also_after_they_were_revoked(stages, sources):
    small = base64.b64encode(sources.small.path.read_bytes()).decode()
    page = await open_page(stages, sources)
    ask = f"""const data = 'data:video/mp4;base64,{small}';
        const blob = URL.createObjectURL(await (await fetch('large.mp4')).blob());
        URL.revokeObjectURL(blob);
        const stream = URL.createObjectURL(new MediaSource());
        return [await number(data, 0.3), await number(blob, 0.3), blob, await number('blob:none', 0), await number(stream, 0), await number('data:video/mp4', 0)];"""
    data, blob, address, *wrong = await run(page, ask)
    assert (data, blob) == (9, 109)
    assert wrong == ["SOURCE_MISSING", "SOURCE_MISSING", "SOURCE_INVALID"]
    assert (await stages.footage.locate(address)).read_bytes() == sources.large.path.read_bytes()
    await page.close()


async def test_a_page_sends_no_more_than_it_may(stages, sources, monkeypatch):
    monkeypatch.setattr(stages.footage, "largest", 1_000)
    page = await open_page(stages, sources)
    ask = """const blob = URL.createObjectURL(await (await fetch('large.mp4')).blob());
        return (await fw.footage.describe(blob)).failed;"""
    failed = await run(page, ask)
    assert failed["code"] == "SOURCE_TOO_LARGE"
    assert "blob:" in failed["message"]
    await page.close()


async def test_nothing_outside_of_the_project_is_read(stages, sources, tmp_path):
    outside = tmp_path / "outside.mp4"
    outside.write_bytes(sources.small.path.read_bytes())
    page = await open_page(stages, sources)
    folder = stages._folder / str(
        max(int(one.name) for one in stages._folder.iterdir() if one.name.isdigit())
    )
    (folder / "link.mp4").symlink_to(outside)
    (folder / "inside.mp4").symlink_to(folder / "small.mp4")
    (folder / "list.m3u8").write_text(f"#EXTM3U\n#EXTINF:1,\n{outside}\n#EXT-X-ENDLIST\n")
    ask = f"""const codes = {{}};
        for (const address of ['link.mp4', '..%2f..%2f..{outside}', '/..%2f..%2f..{outside}', 'none.mp4', 'file://{outside}', 'list.m3u8', 'https://far.test/a.mp4'])
            codes[address] = await number(address, 0);
        return [codes, await number('inside.mp4', 0.1), await number('small.mp4?again=1#t=2', 0.1)];"""
    codes, *inside = await run(page, ask)
    assert inside == [3, 3]
    codes = list(codes.values())
    assert codes[:4] == ["SOURCE_MISSING"] * 4
    assert codes[4] == "SOURCE_UNSUPPORTED"
    assert codes[5].startswith("SOURCE_")
    assert codes[6].startswith("REMOTE_")
    await page.close()


async def test_the_browser_itself_loads_no_media_and_says_nothing_of_it(stages, sources, monkeypatch):
    asked = []
    answer = FileServer._answer

    async def note(self, scope):
        asked.append((scope["path"].rpartition("/")[2], dict(scope["headers"]).get(b"sec-fetch-dest")))
        return await answer(self, scope)

    monkeypatch.setattr(FileServer, "_answer", note)
    body = '<video id="v" src="small.mp4" autoplay></video><audio src="large.mp4"></audio>'
    page = await open_page(stages, sources, body)
    assert await page.ask(
        "fetch('small.mp4').then((answer) => answer.arrayBuffer()).then((one) => one.byteLength)"
    )
    assert ("small.mp4", b"empty") in asked
    assert not [one for one in asked if one[1] in {b"video", b"audio"}]
    assert not page.codes & {"ASSET_UNAVAILABLE", "MEDIA_FAILED"}
    await page.close()


async def test_no_script_of_the_page_notices_how_its_frames_come(stages, sources):
    spy = """<script>
        window.seen = [];
        for (const name of ['Worker', 'WebSocket', 'Blob']) {
            window[name] = new Proxy(window[name], { construct(target, args) { seen.push(name); return Reflect.construct(target, args); } });
        }
        for (const [owner, name] of [[Worker.prototype, 'postMessage'], [URL, 'revokeObjectURL'], [EventTarget.prototype, 'addEventListener']]) {
            const own = owner[name];
            owner[name] = function (...given) { seen.push(name); return own.apply(this, given); };
        }
        Object.prototype.toJSON = function () { seen.push('toJSON'); return this; };
        new PerformanceObserver((list) => seen.push(...list.getEntries().map((entry) => entry.name))).observe({ type: 'resource' });
    </script>"""
    page = await stages.open(composed(spy, root=LASTS), files(sources))
    assert page.codes == set()
    ask = """seen.length = 0;
        const found = await number('small.mp4', 0.1);
        window.come = true;
        await new Promise((done) => requestIdleCallback(done, { timeout: 1 }));
        const told = performance.getEntries().map((entry) => entry.name).filter((name) => !name.endsWith('index.html'));
        return [found, seen.filter((one) => !one.startsWith('http')), (await navigator.storageBuckets.keys()).length, told.filter((name) => /blob:|ws:|localhost/.test(name)), 'footage' in fw.config];"""
    asking = asyncio.ensure_future(run(page, ask))
    async with asyncio.timeout(60):
        while not asking.done() and not await page.ask("window.come"):
            await asyncio.sleep(0.02)
    await page.at(0.1)
    assert await asking == [3, [], 0, [], False]
    assert page.page.notices == ()
    assert page.page.remote == ()
    await page.close()


async def test_a_frame_that_cannot_be_had_ends_the_render_and_names_element_file_and_reason(stages, sources):
    body = """<div id="clip"></div><script>
        addEventListener('hf-seek', ({ detail }) => window.ask && detail.waitUntil(ask(detail.time)));
    </script>"""
    page = await stages.open(composed(body, root=LASTS), files(sources) | {"broken.mp4": b"no film at all"})
    await run(page, "window.ask = () => fw.footage.frame(whole('broken.mp4'), 0, null, { element: clip })")
    with pytest.raises(CompositionError) as raised:
        await page.at(0.2)
    assert raised.value.code == "SOURCE_INVALID"
    assert raised.value.message.startswith("#clip: The source ")
    assert "broken.mp4" in raised.value.message
    await page.close()


async def test_a_page_that_asks_without_end_is_told_so_and_goes_on(stages, sources, monkeypatch):
    monkeypatch.setattr("framewright.composition.footage.line._MOST_WAITING", 40)
    page = await open_page(stages, sources)
    ask = """await number('small.mp4', 0);
        const found = await Promise.all([...Array(60).keys()].map(() => number('small.mp4', 0.1)));
        return [found.every((one) => one === 'FOOTAGE_FLOOD'), await number('small.mp4', 0.2)];"""
    assert await run(page, ask) == [True, 6]
    wrong = "return (await fw.footage.frame(whole('small.mp4'), NaN, null)).failed.code"
    assert await run(page, wrong) == "FRAME_INVALID"
    await page.close()


async def test_only_the_page_itself_is_answered(stages, sources):
    page = await open_page(stages, sources)
    assert await run(page, "return await number('small.mp4', 0)") == 0
    for address in (page.line.address, page.line.address[:-1]):
        with pytest.raises((ConnectionClosed, InvalidMessage)):
            async with connect(address) as second:
                await second.send('{"describe": [{"id": 1, "address": "data:,"}]}')
                await second.recv()
    assert await run(page, "return await number('small.mp4', 0.1)") == 3
    await page.close()


async def test_a_page_that_is_closed_while_it_waits_leaves_nothing(stages, sources):
    page = await open_page(stages, sources)
    before = len(asyncio.all_tasks())
    line = page.line
    begin = (
        "await number('large.mp4', 0); for (let n = 0; n < 500; n += 1) number('large.mp4', (n % 24) / 30);"
    )
    await run(page, begin)
    await page.page.call("Page.close")
    async with asyncio.timeout(20):
        while line.carrier.area is not None or len(asyncio.all_tasks()) > before:
            await asyncio.sleep(0.02)
    other = await open_page(stages, sources)
    assert await run(other, EVERY) == TRUTH
    await other.close()


async def test_when_the_desk_goes_a_frame_fails_with_a_sentence(stages, sources):
    page = await open_page(stages, sources)
    await run(page, "await number('small.mp4', 0)")
    await page.line.close()
    failed = await run(page, "return (await fw.footage.frame(whole('small.mp4'), 0.1, null)).failed")
    assert failed["code"] == "FOOTAGE_LOST"
    await page.close()


async def test_a_source_from_elsewhere_is_recorded_once_and_the_same_for_every_page(sources, tmp_path):
    replies = {
        "/film.mp4": (302, {"location": "/moved/film.mp4"}, b""),
        "/moved/film.mp4": (200, {"content-type": "video/mp4"}, sources.large.path.read_bytes()),
        "/none.mp4": (404, {}, b"nothing"),
    }
    settings = Settings.read(cache=tmp_path / "cache")
    with far_server(replies) as far:
        async with (
            RemoteDesk(settings, on_notice=lambda _: None) as desk,
            Stages(tmp_path / "pages", recorded=desk) as stages,
        ):
            ask = f"return [await number('{far.origin}/film.mp4', 0.5), await number('{far.origin}/none.mp4', 0)]"
            first = await open_page(stages, sources)
            assert await run(first, ask) == [115, "REMOTE_FAILED"]
            await desk.freeze()
            far.cut = True
            second = await open_page(stages, sources)
            assert await run(second, ask) == [115, "REMOTE_FAILED"]
            unseen = f"return await number('{far.origin}/later.mp4', 0)"
            assert await run(second, unseen) == "REMOTE_UNKNOWN"
            assert far.asked == ["/film.mp4", "/moved/film.mp4", "/none.mp4"]
            path = await stages.footage.locate(f"{far.origin}/film.mp4")
            assert path.read_bytes() == sources.large.path.read_bytes()
