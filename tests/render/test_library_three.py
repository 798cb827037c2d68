"""three.js, the real one: its clocks, its loop, its mixer, its loaders, and drawing on demand."""

from __future__ import annotations

import base64
import json
import struct

import pytest
import pytest_asyncio

from framewright.composition import Wishes
from truth.grids import ordinary
from truth.libraries import bundle
from truth.stages import Stages
from truth.ways import WAYS, same_by_every_way

pytestmark = pytest.mark.asyncio(loop_scope="module")
FRAMES = (0, 9, 24)
SMALL = Wishes(width=320, height=180)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40" fill="#ffcc00"/></svg>'
BACKGROUND, SQUARE = (16, 32, 48), (255, 204, 0)

# One unit is one pixel, the origin is in the middle; a square of 40 pixels stands 140 pixels left of it at first.
SCENE = """
import * as THREE from 'three';
const renderer = new THREE.WebGLRenderer();
renderer.setSize(320, 180);
document.body.append(renderer.domElement);
const scene = new THREE.Scene();
scene.background = new THREE.Color(0x102030);
const camera = new THREE.OrthographicCamera(-160, 160, 90, -90, 0, 10);
camera.position.z = 5;
const square = new THREE.Mesh(new THREE.PlaneGeometry(40, 40), new THREE.MeshBasicMaterial({ color: 0xffcc00 }));
scene.add(square);
const place = (seconds) => { square.position.x = -140 + 180 * seconds };
const draw = () => renderer.render(scene, camera);
place(0);
"""
LOOPS = {
    "timer": """const timer = new THREE.Timer();
        (function loop(now) { timer.update(now); place(timer.getElapsed()); draw(); requestAnimationFrame(loop) })();""",
    "clock": """const clock = new THREE.Clock();
        (function loop() { place(clock.getElapsedTime()); draw(); requestAnimationFrame(loop) })();""",
    "animation loop": "renderer.setAnimationLoop((now) => { place(now / 1000); draw() })",
    "__hfThreeTime": "renderer.setAnimationLoop(() => { place(window.__hfThreeTime); draw() })",
    "hf-seek": "addEventListener('hf-seek', ({ detail }) => { place(detail.time); draw() })",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def page(script):
    return f"""<!doctype html><html><head><title>three</title><style>body {{ margin: 0 }} canvas {{ display: block }}</style></head>
<body><script>{bundle(SCENE + script)}</script></body></html>"""


def check(pictures):
    for frame, picture in pictures.items():
        middle = 20 + 6 * frame
        assert tuple(picture[90, middle]) == SQUARE, frame
        assert tuple(picture[90, middle + 24]) == BACKGROUND, frame


# What differs from loop to loop is where its time comes from: two go all ways, the others there and back.
WAYS_OF = {"clock": WAYS, "hf-seek": WAYS}


@pytest.mark.thorough
@pytest.mark.parametrize("way", ordinary(LOOPS, "animation loop"))
async def test_what_follows_the_time_has_the_same_frames_by_every_way(stages, way):
    ways = WAYS_OF.get(way, ("fresh", "forwards", "backwards"))
    check(await same_by_every_way(stages, page(LOOPS[way]), frames=FRAMES, ways=ways, wishes=SMALL))


MIXER = """const track = new THREE.NumberKeyframeTrack('.position[x]', [0, 2], [-140, 220]);
    const mixer = new THREE.AnimationMixer(square);
    mixer.clipAction(new THREE.AnimationClip('go', 2, [track])).play();"""


@pytest.mark.thorough
async def test_a_mixer_that_is_put_at_a_time(stages):
    script = MIXER + "renderer.setAnimationLoop((now) => { mixer.setTime(now / 1000); draw() })"
    check(await same_by_every_way(stages, page(script), frames=FRAMES, wishes=SMALL))


@pytest.mark.thorough
async def test_a_mixer_that_adds_up_its_steps_is_right_going_forwards(stages):
    script = """const timer = new THREE.Timer();
        renderer.setAnimationLoop((now) => { timer.update(now); mixer.update(timer.getDelta()); draw() })"""
    ways = ("fresh", "forwards", "in one go")
    check(await same_by_every_way(stages, page(MIXER + script), frames=FRAMES, ways=ways, wishes=SMALL))


@pytest.mark.thorough
async def test_textures_and_models_are_there_in_the_first_frame(stages):
    script = """const { GLTFLoader } = ADDONS;
        const texture = await new THREE.TextureLoader().loadAsync('square.svg');
        const model = await new GLTFLoader().loadAsync('square.gltf');
        const plane = model.scene.children[0];
        texture.colorSpace = THREE.SRGBColorSpace;
        plane.material = new THREE.MeshBasicMaterial({ map: texture });
        scene.remove(square);
        scene.add(plane);
        renderer.setAnimationLoop((now) => { plane.position.x = -140 + 0.18 * now; draw() });"""
    files: dict[str, str | bytes] = {"square.svg": SVG, "square.gltf": model()}
    code = script.replace("ADDONS", "await import('three/addons/loaders/GLTFLoader.js')")
    html = page(f"(async () => {{ {code} }})()")
    check(
        await same_by_every_way(stages, html, files, frames=FRAMES, ways=("fresh", "forwards"), wishes=SMALL)
    )


def model():
    """A square of 40 units in glTF."""
    corners = [(-20, -20), (20, -20), (20, 20), (-20, 20)]
    places = b"".join(struct.pack("<fff", x, y, 0) for x, y in corners)
    looks = b"".join(struct.pack("<ff", x > 0, y < 0) for x, y in corners)
    faces = struct.pack("<6H", 0, 1, 2, 0, 2, 3)
    data = places + looks + faces
    views = [(0, len(places)), (len(places), len(looks)), (len(places) + len(looks), len(faces))]
    return json.dumps(
        {
            "asset": {"version": "2.0"},
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": [{"mesh": 0}],
            "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "indices": 2}]}],
            "accessors": [
                {
                    "bufferView": 0,
                    "componentType": 5126,
                    "count": 4,
                    "type": "VEC3",
                    "min": [-20, -20, 0],
                    "max": [20, 20, 0],
                },
                {"bufferView": 1, "componentType": 5126, "count": 4, "type": "VEC2"},
                {"bufferView": 2, "componentType": 5123, "count": 6, "type": "SCALAR"},
            ],
            "bufferViews": [{"buffer": 0, "byteOffset": at, "byteLength": length} for at, length in views],
            "buffers": [
                {
                    "byteLength": len(data),
                    "uri": "data:application/octet-stream;base64," + base64.b64encode(data).decode(),
                }
            ],
        }
    )
