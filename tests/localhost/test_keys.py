"""The keys of an app and the file they are kept in."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from localhost.keys import Keys, KeysError

ENFORCED = {
    "LOCALHOST_FUNCTION_KEY": "f",
    "LOCALHOST_MASTER_KEY": "m",
    "LOCALHOST_SYSTEM_KEY": "s",
    "LOCALHOST_ENFORCE_KEYS": "1",
}


def request(query: str = "", header: str | None = None) -> Request:
    headers = [(b"x-functions-key", header.encode())] if header is not None else []
    scope = {"type": "http", "headers": headers, "query_string": query.encode()}
    return Request(scope)


class TestFile:
    def test_generated_keys_are_kept_for_the_next_start(self, tmp_path):
        file = tmp_path / "data" / "keys.json"

        first, second = Keys.load(file, env={}), Keys.load(file, env={})

        assert first == second
        assert 3 == len({first.function, first.master, first.system})
        assert min(len(first.function), len(first.master), len(first.system)) >= 32
        assert [file] == list(file.parent.iterdir())

    def test_only_the_owner_may_read_the_file(self, tmp_path):
        Keys.load(tmp_path / "keys.json", env={})

        assert 0o600 == (tmp_path / "keys.json").stat().st_mode & 0o777

    def test_a_key_in_the_environment_wins_and_is_not_stored(self, tmp_path):
        file = tmp_path / "keys.json"
        generated = Keys.load(file, env={})

        keys = Keys.load(file, env={"LOCALHOST_SYSTEM_KEY": "mine"})

        assert ("mine", generated.master) == (keys.system, keys.master)
        assert generated == Keys.load(file, env={"LOCALHOST_SYSTEM_KEY": ""})

    def test_no_file_is_written_if_the_environment_has_all_keys(self, tmp_path):
        Keys.load(tmp_path / "keys.json", env=ENFORCED)

        assert [] == list(tmp_path.iterdir())

    def test_a_write_that_was_interrupted_does_no_harm(self, tmp_path):
        (tmp_path / "keys.new").write_text("half of")

        keys = Keys.load(tmp_path / "keys.json", env={})

        assert keys == Keys.load(tmp_path / "keys.json", env={})

    @pytest.mark.parametrize("content", ["", "{", "[]", "1"])
    def test_a_file_that_holds_no_keys_is_named_and_left_alone(self, tmp_path, content):
        file = tmp_path / "keys.json"
        file.write_text(content)

        with pytest.raises(KeysError, match=r"keys\.json cannot be read .*; delete the file for"):
            Keys.load(file, env={})

        assert content == file.read_text()

    def test_keys_are_not_part_of_the_representation(self, tmp_path):
        assert "Keys(enforced=True)" == repr(Keys.load(tmp_path / "keys.json", env=ENFORCED))


class TestAdmit:
    @pytest.mark.parametrize(
        ("level", "key", "expected"),
        [
            ("anonymous", "", True),
            ("function", "", False),
            ("function", "f", True),
            ("function", "m", True),
            ("function", "s", False),
            ("admin", "f", False),
            ("admin", "m", True),
        ],
    )
    def test_each_auth_level_accepts_its_keys(self, tmp_path, level, key, expected):
        keys = Keys.load(tmp_path / "keys.json", env=ENFORCED)

        assert expected == keys.admit(level, request(header=key))
        assert expected == keys.admit(level, request(query=f"code={key}"))

    def test_the_header_wins_over_the_query(self, tmp_path):
        keys = Keys.load(tmp_path / "keys.json", env=ENFORCED)

        assert not keys.admit("function", request(query="code=f", header="wrong"))

    def test_without_the_switch_every_request_is_admitted(self, tmp_path):
        keys = Keys.load(tmp_path / "keys.json", env={**ENFORCED, "LOCALHOST_ENFORCE_KEYS": "0"})

        assert keys.admit("admin", request())
