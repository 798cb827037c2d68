"""npm's settings: which of its files and variables win, and what goes to whom."""

import base64
import os
import threading

from framewright.composition.resolvers import NpmConfig, read_npm_config
from framewright.composition.resolvers.npmrc import usual_registry


def test_the_environment_wins_over_the_project_the_user_and_the_system(tmp_path):
    home, project, system = tmp_path / "home", tmp_path / "project", tmp_path / "npmrc"
    home.mkdir()
    project.mkdir()
    system.write_text("registry=https://system.example\n@a:registry = https://a.example/sub/")
    told = {"HOME": str(home), "npm_config_globalconfig": str(system)}
    assert read_npm_config(project, told).registry_of("gsap") == "https://system.example/"
    (home / ".npmrc").write_text('; comment\nregistry="https://user.example/npm"\n')
    assert read_npm_config(project, told).registry_of("gsap") == "https://user.example/npm/"
    (project / ".npmrc").write_text("# comment\nregistry=https://project.example")
    assert read_npm_config(project, told).registry_of("gsap") == "https://project.example/"
    assert read_npm_config(None, told).registry_of("gsap") == "https://user.example/npm/"
    told["NPM_CONFIG_REGISTRY"] = "https://environment.example/"
    assert read_npm_config(project, told).registry_of("@b/c") == "https://environment.example/"
    assert read_npm_config(project, told).registry_of("@a/c") == "https://a.example/sub/"
    told["npm_config_userconfig"] = str(tmp_path / "other")
    (tmp_path / "other").write_text("@a:registry=https://other.example")
    assert read_npm_config(project, told).registry_of("@a/c") == "https://other.example/"


def test_without_any_settings_npm_is_asked(tmp_path, monkeypatch):
    assert NpmConfig().registry_of("gsap") is None
    npm = tmp_path / "npm"
    npm.write_text('#!/bin/sh\n[ "$*" = "config get registry" ] && echo https://usual.example\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    usual_registry.cache_clear()
    assert usual_registry() == "https://usual.example/"
    for said in ("exit 1", "echo undefined"):
        npm.write_text(f"#!/bin/sh\n{said}\n")
        usual_registry.cache_clear()
        assert usual_registry() is None
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    usual_registry.cache_clear()
    assert usual_registry() is None
    usual_registry.cache_clear()


def test_secrets_go_only_to_where_they_belong(tmp_path):
    secret = base64.b64encode(b"pass").decode()
    (tmp_path / ".npmrc").write_text(
        f"//a.example/:_authToken=${{TOKEN}}\n//a.example/private/:_auth=YmFzaWM=\n//b.example:8080/:username=me\n"
        f"//b.example:8080/:_password={secret}\n//c.example/:_authToken=${{ABSENT}}"
    )
    config = read_npm_config(None, {"HOME": str(tmp_path), "TOKEN": "t0"})
    assert config.authorization("https://a.example/gsap") == "Bearer t0"
    assert config.authorization("https://a.example/private/gsap") == "Basic YmFzaWM="
    assert (
        config.authorization("https://b.example:8080/x") == f"Basic {base64.b64encode(b'me:pass').decode()}"
    )
    for url in ("https://b.example/x", "https://evil.example/a.example/", "https://a.example.evil.example/"):
        assert config.authorization(url) is None


def test_a_project_cannot_name_variables_of_the_environment(tmp_path):
    (tmp_path / ".npmrc").write_text(
        "registry=https://evil.example/${SECRET}/\n//evil.example/:_authToken=${SECRET}"
    )
    config = read_npm_config(tmp_path, {"HOME": str(tmp_path / "none"), "SECRET": "s"})
    assert config.registry_of("gsap") is None
    assert config.authorization("https://evil.example/gsap") is None


def test_a_pipe_in_the_place_of_the_settings_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / ".npmrc")
    # A writer, so that whoever opens it all the same reads this, and does not hang.
    writer = os.open(tmp_path / ".npmrc", os.O_RDWR | os.O_NONBLOCK)
    os.write(writer, b"registry=https://piped.example/\n" + b"#" * 2**15 + b"\n")
    ender = threading.Timer(1.0, os.close, (writer,))
    ender.start()
    config = read_npm_config(tmp_path, {"HOME": str(tmp_path / "home")})
    ender.join()
    assert config.registry_of("gsap") != "https://piped.example/"
