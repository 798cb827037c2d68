"""A service that is told to stop answers whoever waits for a chunk, and goes."""

from __future__ import annotations

import asyncio
import signal

import pytest
from serving import serving

from truth import remains

LONG = '<!doctype html><body data-composition-id="x" data-width="64" data-height="36" data-duration="3000" data-fps="60"></body>'
PAGE = (
    LONG + "<script>addEventListener('hf-seek', e => { document.body.textContent = e.detail.time })</script>"
)


@pytest.mark.thorough
async def test_whoever_waits_is_answered(tmp_path, browser_files) -> None:
    async with serving(tmp_path / "data") as (process, _, web):
        async with web.post("/v1/plans", json={"composition": {"html": PAGE}, "chunks": 1}) as answer:
            assert answer.status == 201, await answer.text()
            plan = await answer.json()
        asking = asyncio.create_task(web.post(plan["chunks"][0]["link"]))
        work = tmp_path / "data" / "work"
        async with asyncio.timeout(60):
            while not any(work.iterdir()):
                await asyncio.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        async with await asking as answer:
            assert (answer.status, (await answer.json(content_type=None))["code"]) == (503, "STOPPING")
        async with asyncio.timeout(60):
            await process.wait()
    assert process.returncode == 0
    assert "Traceback" not in process.said
    assert list(work.iterdir()) == []
    remains.assert_gone(browser_files)
