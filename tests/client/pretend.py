"""A little service that does as it should until a test tells it otherwise: it cuts, lies, stalls and forgets."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections import defaultdict
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aiohttp import web
from blake3 import blake3
from fakes import fake_probe, fake_report, new_id, usual_script

from framewright.model.job import (
    CancelledTold,
    Done,
    Failed,
    Job,
    JobLine,
    JobLinks,
    JobOutput,
    JobPage,
    JobState,
    Problem,
    Queued,
    Started,
    Told,
)
from framewright.model.job_request import ProbeRequest, RenderRequest
from framewright.model.upload import BlobStored, Upload, UploadAnswer, UploadManifest, UploadPage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from framewright.model.job import JobEvent

Handler = "Callable[[web.Request], Awaitable[web.StreamResponse]]"
FILM = bytes(range(256)) * 20_000


def repr_digest(content: bytes, by: str = "sha-256") -> str:
    found = blake3(content) if by == "blake3" else hashlib.sha256(content)
    return f"{by}=:{base64.b64encode(found.digest()).decode()}:"


def problem(status: int, code: str, error: str = "ServiceError", **more) -> web.Response:
    told = Problem(title="No", status=status, detail=f"It is {code}.", code=code, error=error, **more)
    return web.Response(
        status=status, body=told.model_dump_json().encode(), content_type="application/problem+json"
    )


def _json(value, status: int = 200) -> web.Response:
    return web.Response(status=status, body=value.model_dump_json().encode(), content_type="application/json")


class PretendService:
    """Jobs end by themselves, at once, unless ``held`` is set."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.manifests: dict[str, UploadManifest] = {}
        self.requests: dict[str, RenderRequest] = {}
        self.probes: list[ProbeRequest] = []
        self.jobs: dict[str, Job] = {}
        self.keys: dict[str, str] = {}
        self.script: list[JobEvent] = usual_script()
        self.told: dict[str, list[Told]] = defaultdict(list)
        self.film = FILM
        self.film_type = "video/mp4"
        self.tag: str | None = '"one"'
        self.digest: str | None = repr_digest(FILM)
        self.held = False
        self.going = asyncio.Event()
        self.seen: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.faults: dict[str, list[Callable[[web.Request], Awaitable[web.StreamResponse | None]]]] = (
            defaultdict(list)
        )

    def fault(self, route: str, *instead) -> None:
        """The next requests of a route, such as ``GET output``, get these in place of an answer; None: the right one."""
        self.faults[route] += instead

    def asked(self, route: str) -> int:
        method, word = route.split()
        return sum(found == (method, word) for found in self.seen)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        app = web.Application(client_max_size=2**30)
        for method, path, word, handler in (
            ("POST", "/v1/uploads:files", "manifest", self.take_manifest),
            ("PUT", "/v1/blobs/{digest}", "blob", self.take_blob),
            ("GET", "/v1/uploads", "uploads", self.list_uploads),
            ("POST", "/v1/probe", "probe", self.probe),
            ("POST", "/v1/renders", "renders", self.start),
            ("GET", "/v1/renders", "renders", self.list_jobs),
            ("GET", "/v1/renders/{job}", "job", self.show),
            ("DELETE", "/v1/renders/{job}", "job", self.cancel),
            ("POST", "/v1/renders/{job}/retry", "retry", self.retry),
            ("GET", "/v1/renders/{job}/events", "events", self.events),
            ("GET", "/v1/renders/{job}/output", "output", self.output),
            ("GET", "/v1/renders/{job}/report", "report", self.report),
            ("GET", "/v1/renders/{job}/frames/{n}.jpg", "frame", self.frame),
            ("GET", "/healthz", "health", self.health),
        ):
            app.router.add_route(method, path, self._seen(method, word, handler))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            yield f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
        finally:
            self.going.set()
            await runner.cleanup()

    def _seen(self, method: str, word: str, handler):
        async def answer(request: web.Request) -> web.StreamResponse:
            self.seen.append((method, word))
            self.headers.append(dict(request.headers))
            instead = self.faults[f"{method} {word}"]
            if instead:
                found = await instead.pop(0)(request)
                if found is not None:
                    return found
            return await handler(request)

        return answer

    # The routes

    async def take_manifest(self, request: web.Request) -> web.Response:
        manifest = UploadManifest.model_validate_json(await request.read())
        missing = {file.digest for file in manifest.files} - self.blobs.keys()
        if missing:
            return _json(UploadAnswer(missing=tuple(sorted(missing))))
        known = [one for one, held in self.manifests.items() if held == manifest]
        upload = known[0] if known else new_id()
        self.manifests[upload] = manifest
        return _json(UploadAnswer(upload=self._upload(upload)))

    async def take_blob(self, request: web.Request) -> web.Response:
        body = await request.read()
        digest = request.match_info["digest"]
        if blake3(body).hexdigest() != digest:
            return problem(422, "BLOB_DIFFERS", "RequestError")
        self.blobs[digest] = body
        return _json(BlobStored(digest=digest, bytes=len(body)))

    async def list_uploads(self, request: web.Request) -> web.Response:
        return _json(UploadPage(uploads=tuple(map(self._upload, self.manifests))))

    async def probe(self, request: web.Request) -> web.Response:
        self.probes.append(ProbeRequest.model_validate_json(await request.read()))
        return _json(fake_probe())

    async def start(self, request: web.Request) -> web.Response:
        body = RenderRequest.model_validate_json(await request.read())
        key = request.headers.get("Idempotency-Key", "")
        if key in self.keys:
            return _json(self.jobs[self.keys[key]], 202)
        job = new_id()
        self.keys[key] = job
        self.requests[job] = body
        links = JobLinks(self=f"/v1/renders/{job}", events=f"/v1/renders/{job}/events")
        self.jobs[job] = Job(
            id=job, name=body.name or "film", by="local", state=JobState.QUEUED, created=datetime.now(UTC),
            request=body, links=links,
        )  # fmt: skip
        self.tell(job, Queued(position=1), Started(attempt=1), *self.script)
        if not self.held:
            self.finish(job)
        return _json(self.jobs[job], 202)

    async def list_jobs(self, request: web.Request) -> web.Response:
        wanted = request.query.getall("state", [])
        jobs = [one for one in reversed(self.jobs.values()) if not wanted or one.state in wanted]
        before = request.query.get("before")
        first = 0 if before is None else next(at for at, one in enumerate(jobs) if one.id == before) + 1
        page = jobs[first : first + 2]
        lines = tuple(
            JobLine.model_validate(one.model_dump(include=set(JobLine.model_fields))) for one in page
        )
        return _json(JobPage(jobs=lines, next=page[-1].id if len(jobs) > first + 2 else None))

    async def show(self, request: web.Request) -> web.Response:
        job = request.match_info["job"]
        if job not in self.jobs:
            return problem(404, "JOB_UNKNOWN", "UnknownError")
        return _json(self.jobs[job])

    async def cancel(self, request: web.Request) -> web.Response:
        job = request.match_info["job"]
        if self.jobs[job].state.over:
            return problem(409, "JOB_OVER", "ConflictError")
        self.tell(job, CancelledTold())
        return _json(self.jobs[job])

    async def retry(self, request: web.Request) -> web.Response:
        job = request.match_info["job"]
        self.jobs[job] = self.jobs[job].model_copy(update={"state": JobState.QUEUED, "attempt": 2})
        self.tell(job, Started(attempt=2))
        self.finish(job)
        return _json(self.jobs[job], 202)

    async def events(self, request: web.Request) -> web.StreamResponse:
        job, after = request.match_info["job"], int(request.headers.get("Last-Event-ID", 0))
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await answer.prepare(request)
        await answer.write(b"retry: 1000\n\n")
        while True:
            for told in [one for one in self.told[job] if one.id > after]:
                await answer.write(event_bytes(told))
                after = told.id
            if self.jobs[job].state.over:
                return answer
            await answer.write(b":\n\n")
            self.going.clear()
            try:
                async with asyncio.timeout(0.5):
                    await self.going.wait()
            except TimeoutError:
                pass

    async def output(self, request: web.Request) -> web.StreamResponse:
        headers = {"Content-Type": self.film_type} | ({"ETag": self.tag} if self.tag else {})
        if self.digest:
            headers["Repr-Digest"] = self.digest
        start = request.http_range.start or 0
        if start and request.headers.get("If-Range") == self.tag:
            headers["Content-Range"] = f"bytes {start}-{len(self.film) - 1}/{len(self.film)}"
            return web.Response(status=206, body=self.film[start:], headers=headers)
        return web.Response(body=self.film, headers=headers)

    async def report(self, request: web.Request) -> web.Response:
        return _json(fake_report("film.mp4", len(self.film)))

    async def frame(self, request: web.Request) -> web.Response:
        return web.Response(body=f"frame {request.match_info['n']}".encode(), content_type="image/jpeg")

    async def health(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    # For tests

    def tell(self, job: str, *events: JobEvent) -> None:
        for event in events:
            story = self.told[job]
            number = story[-1].id + 1 if story else 1
            story.append(Told(id=number, at=datetime.now(UTC), told=event))
            update: dict[str, object] = {}
            match event:
                case Started():
                    update = {"state": JobState.RUNNING}
                case Done():
                    update = {"state": JobState.DONE, "output": event.output}
                case Failed():
                    update = {"state": JobState.FAILED, "error": event.error}
                case CancelledTold():
                    update = {"state": JobState.CANCELLED}
            self.jobs[job] = self.jobs[job].model_copy(update=update)
        self.going.set()

    def finish(self, job: str) -> None:
        if any(isinstance(one.told, Failed) for one in self.told[job]):
            return
        report = fake_report("film.mp4", len(self.film))
        name = "film.zip" if self.film_type == "application/zip" else "film.mp4"
        output = JobOutput(
            name=name, type=self.film_type, bytes=len(self.film), frames=report.frames, seconds=2.0
        )
        self.tell(job, Done(report=report, output=output))

    def _upload(self, upload: str) -> Upload:
        manifest = self.manifests[upload]
        now = datetime.now(UTC)
        return Upload(
            id=upload, name=manifest.name or "upload", by="local", digest="0" * 64, files=len(manifest.files),
            bytes=sum(file.bytes for file in manifest.files), pages=("index.html",), created=now, used=now,
        )  # fmt: skip


def event_bytes(told: Told) -> bytes:
    data = {"at": told.at.isoformat(), **json.loads(told.told.model_dump_json())}
    return f"id: {told.id}\nevent: {told.told.event}\ndata: {json.dumps(data)}\n\n".encode()


def cut_after(count: int, handler):
    """The right answer, whose connection is cut after so many bytes of content."""

    async def cut(request: web.Request) -> web.StreamResponse:
        left, transport = count, request.transport

        async def write(self, data, *args, _write=web.StreamResponse.write, **more):
            nonlocal left
            if len(data) >= left:
                await _write(self, data[:left])
                transport.close()
                raise asyncio.CancelledError
            left -= len(data)
            await _write(self, data)

        answer = await handler(request)
        assert isinstance(answer, web.Response)
        streamed = web.StreamResponse(status=answer.status, headers=answer.headers)
        streamed.content_length = len(answer.body)
        await streamed.prepare(request)
        await write(streamed, answer.body)
        return streamed

    return cut


def project_in(folder: Path, **files: str) -> Path:
    """A project with an index.html and what a test wants beside it; ``__`` in a name stands for a dot."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text('<html data-duration="1"><body>hello</body></html>')
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder
