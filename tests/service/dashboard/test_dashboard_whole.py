"""The dashboard before a real service: a project is sent, rendered, watched, played; another one is cancelled."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from contextlib import asynccontextmanager

import pytest
from looking import IN_THE_MODULE, until
from playwright.async_api import expect

pytestmark = [IN_THE_MODULE, pytest.mark.timeout(400)]
START_SECONDS = 120
RENDER_MILLISECONDS = 240_000

SMALL = """<!doctype html>
<style>
  body { margin: 0; background: #14202b }
  #root { width: 320px; height: 180px; display: grid; place-content: center; color: #ffd23e; font: 700 60px sans-serif }
  h1 { animation: rise 1s linear both }
  @keyframes rise { from { opacity: 0 } }
</style>
<div id="root" data-composition-id="small" data-width="320" data-height="180" data-duration="DURATION" data-no-timeline><h1>Hello</h1></div>
"""


@asynccontextmanager
async def serving(data):
    """A service of its own process, as people start it; its address."""
    service = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "framewright", "serve", "--port", "0", "--data", str(data), "--json",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(START_SECONDS):
            ready = json.loads(await service.stdout.readline())
        yield ready["url"]
    finally:
        if service.returncode is None:
            service.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(60):
                await service.communicate()
        except TimeoutError:
            service.kill()
            raise


def project(folder, seconds):
    folder.mkdir()
    (folder / "index.html").write_text(SMALL.replace("DURATION", str(seconds)))
    return folder


async def test_a_project_becomes_a_film_in_front_of_ones_eyes(page, tmp_path):
    async with serving(tmp_path / "data-of-service") as address:
        await page.goto(address)
        await expect(page.get_by_role("heading", name="Nothing has been rendered yet")).to_be_visible()
        await page.get_by_role("link", name="New render").last.click()
        await page.locator("#pick-folder").set_input_files(project(tmp_path / "hello", 4))
        await expect(page.get_by_text("hello 1 file,")).to_be_visible()
        await page.get_by_label("Format").select_option("webm")
        await page.get_by_label("Quality").select_option("draft")
        await page.get_by_role("button", name="Probe").click()
        await expect(page.get_by_role("region", name="What it would be")).to_contain_text(
            "320 × 180", timeout=RENDER_MILLISECONDS
        )
        await page.get_by_role("button", name="Render").click()
        state = page.locator(".job .state")
        await expect(state).to_have_text("Rendering", timeout=RENDER_MILLISECONDS)
        await expect(page.get_by_role("img", name="Latest frame of")).to_be_visible(
            timeout=RENDER_MILLISECONDS
        )
        await expect(state).to_have_text("Done", timeout=RENDER_MILLISECONDS)
        await expect(page.get_by_role("img", name="120 frames: 120 done")).to_be_visible()
        await page.locator("video").evaluate("async (video) => { video.muted = true; await video.play(); }")
        await until(page, "document.querySelector('video').currentTime > 0.3")
        await page.get_by_role("button", name="Frame by frame").click()
        await page.get_by_role("slider", name="Frame").press("End")
        await expect(page.get_by_role("img", name="Frame 119 of")).to_be_visible(timeout=RENDER_MILLISECONDS)
        await expect(page.get_by_role("heading", name="Time spent")).to_be_visible()
        async with page.expect_download() as download:
            await page.get_by_role("link", name="Download").click()
        assert (await (await download.value).path()).read_bytes()[:4] == b"\x1aE\xdf\xa3"

        await page.get_by_role("link", name="New render").first.click()
        await page.locator("#pick-folder").set_input_files(project(tmp_path / "long", 600))
        await expect(page.get_by_text("long 1 file,")).to_be_visible()
        await page.get_by_role("button", name="Render").click()
        await expect(state).to_have_text("Rendering", timeout=RENDER_MILLISECONDS)
        await page.get_by_role("button", name="Cancel").click()
        await page.get_by_role("button", name="Cancel the job").click()
        await expect(state).to_have_text("Cancelled", timeout=RENDER_MILLISECONDS)
        await page.get_by_role("navigation", name="Way back").get_by_role("link", name="Jobs").click()
        await expect(page.locator(".row")).to_have_count(2)
        # The page asks on and on, and would complain of a service that has gone.
        await page.goto("about:blank")
