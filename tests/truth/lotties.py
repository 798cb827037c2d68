"""A Lottie animation whose position is known: a square goes from left to right at an even pace."""

from __future__ import annotations

import json

FRAMES, RATE, WAY, SIDE = 60, 30, 300, 40


def square(frames: int = FRAMES) -> str:
    """The animation as JSON: 640 × 360, ``frames`` at 30 a second; the left edge is at ``WAY × frame ÷ frames``."""
    places = [
        {"t": 0, "s": [0, 0, 0], "i": {"x": [1], "y": [1]}, "o": {"x": [0], "y": [0]}},
        {"t": frames, "s": [WAY, 0, 0]},
    ]
    still = {"a": 0, "k": [0, 0, 0]}
    shape = {
        "ty": "gr",
        "it": [
            {
                "ty": "rc",
                "p": {"a": 0, "k": [SIDE / 2, SIDE / 2]},
                "s": {"a": 0, "k": [SIDE, SIDE]},
                "r": {"a": 0, "k": 0},
            },
            {"ty": "fl", "c": {"a": 0, "k": [1, 0, 0, 1]}, "o": {"a": 0, "k": 100}},
            {
                "ty": "tr",
                "p": {"a": 0, "k": [0, 0]},
                "a": {"a": 0, "k": [0, 0]},
                "s": {"a": 0, "k": [100, 100]},
                "r": {"a": 0, "k": 0},
                "o": {"a": 0, "k": 100},
            },
        ],
    }
    layer = {
        "ty": 4,
        "ind": 1,
        "ip": 0,
        "op": frames + 1,
        "st": 0,
        "nm": "square",
        "ks": {
            "p": {"a": 1, "k": places},
            "a": still,
            "s": {"a": 0, "k": [100, 100, 100]},
            "r": {"a": 0, "k": 0},
            "o": {"a": 0, "k": 100},
        },
        "shapes": [shape],
    }
    return json.dumps(
        {"v": "5.7.0", "fr": RATE, "ip": 0, "op": frames, "w": 640, "h": 360, "layers": [layer], "assets": []}
    )
