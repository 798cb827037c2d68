"""Waiting for what a page shows."""

from __future__ import annotations

import asyncio

import pytest

IN_THE_MODULE = pytest.mark.asyncio(loop_scope="module")
LIMIT = 30_000
"""Milliseconds that a page may take for anything: other tests run beside."""


async def until(page, expression):
    """Wait until something is so in the page. Playwright's own way needs ``eval``, which our policy forbids."""
    async with asyncio.timeout(LIMIT / 1000):
        while not await page.evaluate(expression):
            await asyncio.sleep(0.05)
