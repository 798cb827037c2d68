"""What lies in deploy/ is what its tools understand, and names nothing that we do not have."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import kubernetes_validate
import pytest
import typer
import yaml
from packaging.requirements import Requirement

from framewright.cli.app import app
from framewright.cli.remote import SERVER_VARIABLE, TOKEN_VARIABLE
from framewright.executors.temporal.settings import TemporalSettings
from framewright.model.settings import Settings
from framewright.service.settings import ServiceSettings

_TOP = Path(__file__).parents[2]
_DEPLOY = _TOP / "deploy"
_CONTAINER = _DEPLOY / "Containerfile"
_KUBERNETES = _DEPLOY / "kubernetes"
_UNIT = _DEPLOY / "systemd" / "framewright.service"
_BIN = Path(sys.executable).parent
# Neither of them is a kind of Kubernetes itself.
_FOREIGN = {"ScaledObject", "Kustomization", "Component"}
# The oldest that is still looked after, and a newer one.
_VERSIONS = ("1.34", "1.36")


def _documents() -> list[dict]:
    found = [yaml.safe_load_all(file.read_text()) for file in sorted(_KUBERNETES.rglob("*.yaml"))]
    return [document for file in found for document in file]


def _one(kind: str, name: str = "framewright-workers") -> dict:
    found = [document for document in _documents() if document["kind"] == kind]
    return next((document for document in found if document["metadata"]["name"] == name), found[0])


def _pods() -> list[dict]:
    return [
        _one("Deployment", f"framewright-{part}")["spec"]["template"]["spec"]
        for part in ("workers", "service")
    ]


def _compose() -> dict:
    return yaml.safe_load((_DEPLOY / "compose.yaml").read_text())


def _commands(text: str) -> list[list[str]]:
    """Instructions of the container file, continued lines joined, comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [line.split(maxsplit=1) for line in joined.splitlines() if line.strip()]


@pytest.mark.parametrize("version", _VERSIONS)
def test_manifests_are_what_kubernetes_understands(version: str) -> None:
    own = [document for document in _documents() if document["kind"] not in _FOREIGN]
    assert len(own) >= 5
    for document in own:
        kubernetes_validate.validate(document, version, strict=True)


def test_a_mistake_in_a_manifest_is_found() -> None:
    broken = _one("Deployment")
    broken["spec"]["template"]["spec"]["terminationGracePeriod"] = 60
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, _VERSIONS[0], strict=True)


def test_compose_file_follows_the_specification() -> None:
    schema = [str(_BIN / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec"]
    subprocess.run([*schema, str(_DEPLOY / "compose.yaml")], check=True, timeout=60)


def test_nobody_finds_fault_with_the_container_file() -> None:
    subprocess.run([str(_BIN / "hadolint"), "--no-color", str(_CONTAINER)], check=True, timeout=60)


def test_kustomizations_name_all_files_and_no_others() -> None:
    for folder in (_KUBERNETES, _KUBERNETES / "autoscaling"):
        named = yaml.safe_load((folder / "kustomization.yaml").read_text())["resources"]
        there = {file.name for file in folder.glob("*.yaml")} - {"kustomization.yaml"}
        assert set(named) == there


def test_container_has_the_browser_and_the_fonts_of_every_machine() -> None:
    script = (_TOP / "scripts/install_system_packages.sh").read_text()
    listed = re.search(r"packages=\((.*?)\)", script, re.DOTALL)[1].split()
    # FFmpeg's programs judge in tests alone, and the container's environment is made in its first stage.
    needed = set(listed) - {"ffmpeg", "python3-venv"}
    installed = set(shlex.split(_CONTAINER.read_text().replace("=${CHROMIUM}", ""), comments=True))
    assert needed <= installed


def test_lock_satisfies_what_the_worker_needs() -> None:
    project = tomllib.loads((_TOP / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"]
    wanted = [*project["project"]["dependencies"]]
    for extra in ("temporal", "stores", "otel", "service"):
        wanted += extras[extra]
    _assert_locked("worker.txt", wanted)
    _assert_locked("build.txt", project["build-system"]["requires"])


def _assert_locked(name: str, wanted: list[str]) -> None:
    lines = re.findall(r"^([\w.-]+)==(\S+)", (_TOP / "requirements" / name).read_text(), re.MULTILINE)
    locked = dict(lines)
    for requirement in map(Requirement, wanted):
        assert requirement.name in locked
        assert requirement.specifier.contains(locked[requirement.name], prereleases=True), requirement


def test_image_holds_no_secret_and_runs_as_nobody_special() -> None:
    instructions = _commands(_CONTAINER.read_text())
    assert [words[1] for words in instructions if words[0] == "USER"] == ["10001:10001"]
    assert [pod["securityContext"]["runAsUser"] for pod in _pods()] == [10001, 10001]
    told = " ".join(rest for word, rest in instructions if word in {"ENV", "ARG"})
    assert not re.search(r"KEY|SECRET|TOKEN|PASSWORD", told)
    settings = _one("ConfigMap")["data"]
    assert not [name for name in settings if re.search(r"KEY|SECRET|TOKEN|PASSWORD", name)]


def test_pods_outlive_the_drain() -> None:
    assert all(30 < pod["terminationGracePeriodSeconds"] <= 90 for pod in _pods())
    assert {_compose()["services"][name]["stop_grace_period"] for name in ("worker", "service")} == {"45s"}


def test_what_is_written_has_somewhere_to_go() -> None:
    container = _one("Deployment")["spec"]["template"]["spec"]["containers"][0]
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/cache", "/tmp", "/dev/shm"}
    volumes = {volume["name"]: volume for volume in _one("Deployment")["spec"]["template"]["spec"]["volumes"]}
    assert volumes["shm"]["emptyDir"]["medium"] == "Memory"
    assert set(_compose()["services"]["worker"]["volumes"]) == {"/cache", "/tmp"}
    mounts = _pods()[1]["containers"][0]["volumeMounts"]
    assert {mount["mountPath"] for mount in mounts} == {"/data", "/cache", "/tmp", "/dev/shm"}
    assert set(_compose()["services"]["service"]["volumes"]) == {"service:/data", "/cache", "/tmp"}


def test_the_build_sees_everything_that_it_copies() -> None:
    seen = {line[1:] for line in (_TOP / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = [
        source
        for word, rest in _commands(_CONTAINER.read_text())
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    ]
    assert copied
    assert all((_TOP / source).exists() and source.split("/")[0] in seen for source in copied)


def _texts() -> list[str]:
    files = [file for file in _DEPLOY.rglob("*") if file.is_file()]
    pages = [_TOP / f"docs/{name}.md" for name in ("cluster", "scaling", "service")]
    return [file.read_text() for file in (*files, *pages)]


def test_all_variables_that_are_named_are_ours() -> None:
    ours = {f"FRAMEWRIGHT_{name.upper()}" for name in Settings.model_fields}
    ours |= {f"FRAMEWRIGHT_TEMPORAL_{name.upper()}" for name in TemporalSettings.model_fields}
    ours |= {f"FRAMEWRIGHT_SERVICE_{name.upper()}" for name in ServiceSettings.model_fields}
    ours |= {SERVER_VARIABLE, TOKEN_VARIABLE}
    named = {name for text in _texts() for name in re.findall(r"\bFRAMEWRIGHT_\w*[A-Z]\b", text)}
    assert {"FRAMEWRIGHT_STORE", "FRAMEWRIGHT_TEMPORAL_ADDRESS"} <= named
    assert named <= ours


def _orders() -> list[list[str]]:
    """What `framewright` is told to do anywhere in deploy/ and on the pages; some of it is prose."""
    containers = [container for pod in _pods() for container in pod["containers"]]
    cmd = next(rest for word, rest in _commands(_CONTAINER.read_text()) if word == "CMD")
    found = [json.loads(cmd), *(container["args"] for container in containers)]
    found += [_compose()["services"][name]["command"] for name in ("worker", "service")]
    lines = re.sub(r"^# ?", "", "\n".join(_texts()), flags=re.MULTILINE)
    joined = re.sub(r"\\\n\s*", "", lines)
    told = re.findall(r"(?:framewright|client) ([a-z]+(?: [^`'\n|;)]+)?)", joined)
    return [*found, *(shlex.split(line, comments=True) for line in told)]


def test_all_commands_and_options_that_are_named_exist() -> None:
    commands = typer.main.get_command(app).commands
    checked = set()
    for words in _orders():
        name, *rest = words
        if (command := commands.get(name)) is None:
            continue
        while (inner := getattr(command, "commands", None)) and rest:
            command = inner[rest.pop(0)]
        known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
        asked = {word.partition("=")[0] for word in rest if word.startswith("--")}
        assert asked <= known | {"--help"}, words
        checked.add((name, *sorted(asked)))
    assert {("worker", "--metrics"), ("worker", "--dev"), ("render", "--executor"), ("doctor",)} <= checked


def _unit() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in _UNIT.read_text().splitlines():
        name, mark, value = line.partition("=")
        if mark and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def test_unit_holds_strangers_pages_and_stops_in_good_order() -> None:
    unit = _unit()
    one = {name: values[0] for name, values in unit.items()}
    assert one["ExecStart"].split()[0].startswith("/")
    assert one | {
        "DynamicUser": "yes", "ProtectSystem": "strict", "PrivateTmp": "yes", "NoNewPrivileges": "yes",
        "KillMode": "mixed", "OOMPolicy": "continue", "CapabilityBoundingSet": "",
    } == one  # fmt: skip
    assert {"MemoryMax", "TasksMax", "UMask"} <= set(one)
    # Scripts of pages are compiled while they run.
    assert "MemoryDenyWriteExecute" not in one
    # What Chromium's sandbox is made of.
    assert {"user", "pid", "net"} <= set(one["RestrictNamespaces"].split())
    assert {"seccomp", "chroot"} <= set(one["SystemCallFilter"].split())
    assert int(one["TimeoutStopSec"]) > ServiceSettings.model_fields["stop_seconds"].default + 30
    assert len(unit["Environment"]) == 1
    assert "%S/framewright" in one["Environment"]
    assert one["StateDirectory"] == "framewright"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    def complaints(text: str) -> str:
        file = tmp_path / "framewright.service"
        file.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE))
        verify = ["systemd-analyze", "verify", "--man=no", "--generators=no", str(file)]
        return subprocess.run(verify, timeout=60, check=False, capture_output=True, text=True).stderr

    text = _UNIT.read_text()
    assert "framewright.service" not in complaints(text)
    assert "PrivatTmp" in complaints(text.replace("PrivateTmp", "PrivatTmp"))
