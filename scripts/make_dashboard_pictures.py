"""Take the pictures of the dashboard that docs/ shows, of a service with fake jobs: python scripts/make_dashboard_pictures.py

--folder elsewhere, and --only with words of names, are for looking while one works on the page.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "service"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "service" / "dashboard"))

from fake_server import serving_fakes
from fakes import FakeSources
from PIL import Image
from playwright.async_api import async_playwright
from scenes import PICTURES, SceneDesk, busy_afternoon, film_of

from framewright.browser.find import find_browser
from framewright.model.settings import Settings
from framewright.service.app import create_app
from framewright.service.rooms import Rooms
from framewright.service.settings import ServiceSettings

if TYPE_CHECKING:
    from playwright.async_api import Browser

HERE = Path(__file__).parents[1]
MOST_BYTES = 200_000
TALLEST = 1480
"""Pixels of a picture in docs/."""


def _save(taken: bytes, path: Path, tallest: int) -> None:
    """A page has few colours beside those of its photographs: a palette that keeps the few, and no dots, is small and sharp."""
    whole = Image.open(BytesIO(taken)).convert("RGB")
    shown = whole.crop((0, 0, whole.width, min(whole.height, tallest)))
    for colours in (256, 192, 128):
        shown.quantize(colours, kmeans=2, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= MOST_BYTES:
            break
    print(path, path.stat().st_size)


async def _take(browser: Browser, address: str, jobs: dict[str, str], folder: Path, only: str) -> None:
    tallest = 10_000 if only else TALLEST
    scenes = {
        "jobs": ("#/", "light", 1280, 800),
        "running": (f"#/jobs/{jobs['running']}", "light", 1280, 800),
        "done": (f"#/jobs/{jobs['done']}", "light", 1280, 800),
        "failed": (f"#/jobs/{jobs['failed']}", "light", 1280, 800),
        "new": ("#/new", "light", 1280, 800),
        "dark": (f"#/jobs/{jobs['running']}", "dark", 1280, 800),
        "dark-jobs": ("#/", "dark", 1280, 800),
        "narrow-jobs": ("#/", "light", 360, 780),
        "narrow-running": (f"#/jobs/{jobs['running']}", "dark", 360, 780),
        "narrow-new": ("#/new", "light", 360, 780),
        "wide-jobs": ("#/", "light", 2560, 1200),
        "wide-done": (f"#/jobs/{jobs['done']}", "dark", 2560, 1200),
    }
    published = {"jobs", "running", "done", "new", "dark"}
    for name, (route, scheme, width, height) in scenes.items():
        if (only and only not in name) or (not only and name not in published):
            continue
        context = await browser.new_context(
            color_scheme=scheme, viewport={"width": width, "height": height}, reduced_motion="reduce"
        )
        page = await context.new_page()
        page.on("console", lambda message: print("console:", message.text))
        page.on("pageerror", lambda error: print("error:", error))
        await page.goto(f"{address}/{route}")
        if name.endswith("new"):
            await page.get_by_text("HTML", exact=True).click()
            await page.get_by_role("button", name="Put in an example").click()
            await page.get_by_role("button", name="Probe").click()
            await page.get_by_label("Headline").wait_for()
        await page.wait_for_load_state("networkidle" if "running" not in name and name != "dark" else "load")
        await page.wait_for_timeout(700)
        if "done" in name:
            video = page.locator("video")
            await video.evaluate("v => v.play()")
            await page.wait_for_timeout(300)
            await video.evaluate("v => v.pause()")
        await page.evaluate("document.activeElement?.blur()")
        await asyncio.to_thread(
            _save, await page.screenshot(full_page=True), folder / f"dashboard-{name}.png", tallest
        )
        await context.close()


async def main(folder: Path, only: str) -> None:
    with tempfile.TemporaryDirectory() as work:
        desk = SceneDesk(Path(work))
        film_of(PICTURES / "kinetic-type.jpg", desk.output_path)
        jobs = {name: job.id for name, job in busy_afternoon(desk).items()}
        rooms = Rooms(settings=ServiceSettings(data=Path(work)), desk=desk, sources=FakeSources())
        async with serving_fakes(create_app(rooms), rooms) as address, async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=find_browser(Settings()), args=["--no-sandbox"]
            )
            try:
                await _take(browser, address, jobs, folder, only)
            finally:
                await browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=HERE / "docs" / "images")
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    asyncio.run(main(given.folder, given.only))
