"""Where figures were measured: a number without its machine is none."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import av

from framewright.browser import find_browser
from framewright.media.codec_settings import settings_for
from framewright.model.frames import FrameRate
from framewright.model.output import Codec, Format, OutputSpec
from framewright.model.settings import Settings
from framewright.model.size import Size
from framewright.render.machine import read_machine


def describe_surroundings() -> dict[str, Any]:
    """Machine, versions, and the settings that an ordinary render resolves to, as JSON holds them."""
    granted = read_machine()
    encoder = settings_for(OutputSpec(Format.MP4, Codec.H264), Size(1920, 1080), FrameRate.parse(30))
    return {
        "measured": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": {
            "processor": _processor(),
            "cores": granted.cores,
            "memory_gib": round(granted.memory / 2**30, 1),
            "limits_from": granted.source,
            "kernel": platform.release(),
            "load_before": os.getloadavg()[0],
        },
        "versions": {
            "framewright": metadata.version("framewright"),
            "python": platform.python_version(),
            "browser": _first_line([str(find_browser(Settings())), "--version"]),
            "pyav": av.__version__,
            "libavcodec": ".".join(map(str, av.library_versions["libavcodec"])),
        },
        "encoder": {"name": encoder.encoder, **encoder.options},
    }


def cores() -> float:
    """Processors that this process is granted."""
    return read_machine().cores


def _processor() -> str:
    found = re.search(
        r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE
    )
    return found[1] if found else platform.machine()


def _first_line(command: list[str]) -> str:
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout
    return said.strip().splitlines()[0] if said.strip() else "unknown"
