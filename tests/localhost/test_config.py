"""host.json and local.settings.json."""

from __future__ import annotations

import json
import os

import pytest

from localhost import lenient_json
from localhost.__main__ import port_from_environment
from localhost.config import (
    ConfigError,
    load_host_config,
    load_local_settings,
    local_environment,
    parse_port,
    read_local_settings,
)


class TestLenientJson:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ('{"a": 1}', {"a": 1}),
            ('{"a": 1} // the end', {"a": 1}),
            ('// first\r\n{"a": /* one */ 1 /* two\n lines */}', {"a": 1}),
            ('{"a": [1, 2,],}', {"a": [1, 2]}),
            ('{"a": 1, // last\n /* really */ }', {"a": 1}),
            ('{"a": "http://x/*y*/", "b": ",}"}', {"a": "http://x/*y*/", "b": ",}"}),
            (r'{"a": "\"// not a comment", "b\\": 1,}', {"a": '"// not a comment', "b\\": 1}),
            ('{"a": 1, // }\n "b": [2, // ]\n 3]}', {"a": 1, "b": [2, 3]}),
            ('{"a": 1, /* } */ "b": 2 /* x */ }', {"a": 1, "b": 2}),
            ("/**/[]", []),
        ],
    )
    def test_comments_and_trailing_commas_are_allowed_outside_strings(self, text, expected):
        assert expected == lenient_json.loads(text)

    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ('{\n  // a comment, "quoted"\n  "a": x,\n}', "line 3 column 8"),
            ('{"a": 1 /* never closed', "line 1 column 9"),
            ('{"a": // 1\n}', "line 2 column 1"),
            ("", "line 1 column 1"),
        ],
    )
    def test_an_error_points_to_its_place_in_the_file(self, text, place):
        with pytest.raises(ValueError, match=place):
            lenient_json.loads(text)


class TestHostJson:
    def test_missing_settings_have_their_defaults(self, tmp_path):
        (tmp_path / "host.json").write_text('{"version": "2.0"}')

        config = load_host_config(tmp_path)

        assert ("api", 1800.0, "TestHubName") == (
            config.route_prefix,
            config.function_timeout_s,
            config.hub_name,
        )
        assert config.is_strict_json

    def test_settings_are_read_from_a_file_with_comments(self, tmp_path):
        (tmp_path / "host.json").write_text(
            """{
                "version": "2.0", // of the schema
                "functionTimeout": "1.02:03:04",
                "extensions": {
                    "http": { "routePrefix": "/v1/" },
                    "durableTask": {
                        "hubName": "MyHub", "maxConcurrentActivityFunctions": 5,
                        "maxConcurrentOrchestratorFunctions": 6, /* trailing comma */
                    },
                },
            }"""
        )

        config = load_host_config(tmp_path)

        assert ("v1", "MyHub", 5, 6) == (
            config.route_prefix,
            config.hub_name,
            config.max_activities,
            config.max_orchestrators,
        )
        assert ((24 + 2) * 60 + 3) * 60 + 4 == config.function_timeout_s
        assert not config.is_strict_json

    def test_a_function_timeout_of_minus_one_means_none(self, tmp_path):
        (tmp_path / "host.json").write_text('{"functionTimeout": "-1"}')

        assert load_host_config(tmp_path).function_timeout_s is None

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("{", "host.json is not JSON: .*line 1 column 2"),
            ("[]", r"host.json is \[\]; expected a JSON object"),
            ('{"functionTimeout": "soon"}', "`functionTimeout` is 'soon'; expected 'hh:mm:ss'"),
            ('{"functionTimeout": 5}', "`functionTimeout` is 5"),
            ('{"extensions": []}', r"host.json: `extensions` is \[\]; expected a JSON object"),
            ('{"extensions": {"http": 1}}', "`http` is 1; expected a JSON object"),
            ('{"extensions": {"http": {"routePrefix": 1}}}', "`routePrefix` is 1; expected text"),
            ('{"extensions": {"durableTask": {"hubName": "my hub"}}}', "`hubName` is 'my hub'"),
            ('{"extensions": {"durableTask": {"hubName": 1}}}', "`hubName` is 1"),
            (
                '{"extensions": {"durableTask": {"maxConcurrentActivityFunctions": 0}}}',
                "`maxConcurrentActivityFunctions` is 0; expected a whole number above 0",
            ),
        ],
    )
    def test_a_wrong_setting_is_named(self, tmp_path, content, message):
        (tmp_path / "host.json").write_text(content)

        with pytest.raises(ConfigError, match=message):
            load_host_config(tmp_path)

    def test_a_missing_file_is_named(self, tmp_path):
        with pytest.raises(ConfigError, match=r"host\.json is missing in "):
            load_host_config(tmp_path)


class TestLocalSettings:
    def test_without_the_file_every_setting_has_its_default(self, tmp_path):
        settings = read_local_settings(tmp_path)

        assert (7071, (), False, {}) == (
            settings.port,
            settings.cors,
            settings.cors_credentials,
            settings.values,
        )

    def test_settings_are_read_from_a_file_with_comments(self, tmp_path):
        # Some editors write a byte order mark.
        (tmp_path / "local.settings.json").write_text(
            """\ufeff{
                "IsEncrypted": false,
                // "Values": { "A": "commented out" },
                "Values": { "URL": "http://a.example//b", },
                "Host": { "LocalHttpPort": 7072, "CORS": "http://a, http://b", "CORSCredentials": true },
            }"""
        )

        settings = read_local_settings(tmp_path)

        assert {"URL": "http://a.example//b"} == settings.values
        assert (7072, ("http://a", "http://b"), True) == (
            settings.port,
            settings.cors,
            settings.cors_credentials,
        )

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ('"text"', {"A": "text"}),
            ('""', {"A": ""}),
            ("true", {"A": "true"}),
            ("false", {"A": "false"}),
            ("1", {"A": "1"}),
            ("-12345678901234567890", {"A": "-12345678901234567890"}),
            ("1.5", {"A": "1.5"}),
            ("1.0", {"A": "1"}),
            ("null", {}),
        ],
    )
    def test_a_value_is_taken_as_text(self, tmp_path, value, expected):
        (tmp_path / "local.settings.json").write_text(f'{{"Values": {{"A": {value}}}}}')

        assert expected == read_local_settings(tmp_path).values

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("nothing", "local.settings.json is not JSON"),
            ('{"Values": {"A": {"B": 1}}}', '`A` is {"B": 1}; expected text, a number, true or'),
            ('{"Values": {"A": [1]}}', r"`A` is \[1\]; expected text, a number, true or false"),
            ('{"Values": "A=1"}', '`Values` is "A=1"; expected a JSON object'),
            ('{"IsEncrypted": true}', "`IsEncrypted` is true.*run `func settings decrypt`"),
            ('{"Host": {"CORS": ["*"]}}', r'`CORS` is \["\*"\]; expected origins with commas'),
            *(
                (
                    f'{{"Host": {{"LocalHttpPort": {port}}}}}',
                    f"local.settings.json: `LocalHttpPort` is {port};"
                    " expected a whole number from 0 to 65535",
                )
                for port in ('"7071"', "65536", "-1", "true", "7071.5", "null")
            ),
        ],
    )
    def test_a_wrong_setting_is_named(self, tmp_path, content, message):
        (tmp_path / "local.settings.json").write_text(content)

        with pytest.raises(ConfigError, match=message):
            read_local_settings(tmp_path)

    def test_values_are_set_only_where_the_environment_has_none(self, tmp_path, monkeypatch):
        monkeypatch.setenv("SET", "before")
        monkeypatch.setenv("EMPTY", "")
        monkeypatch.delenv("UNSET", raising=False)
        values = {"SET": "file", "EMPTY": "file", "UNSET": "file"}
        (tmp_path / "local.settings.json").write_text(json.dumps({"Values": values}))

        with local_environment(read_local_settings(tmp_path).values):
            inside = {name: os.environ.get(name) for name in values}
        after = {name: os.environ.get(name) for name in ("SET", "UNSET")}

        assert {"SET": "before", "EMPTY": "file", "UNSET": "file"} == inside
        assert {"SET": "before", "UNSET": None} == after

    def test_loading_leaves_the_values_in_the_environment(self, tmp_path, monkeypatch):
        monkeypatch.setenv("UNSET", "")
        (tmp_path / "local.settings.json").write_text('{"Values": {"UNSET": "file"}}')

        load_local_settings(tmp_path)

        assert "file" == os.environ["UNSET"]


class TestPort:
    @pytest.mark.parametrize("text", ["0", "7071", "65535"])
    def test_a_port_is_a_number(self, text):
        assert int(text) == parse_port("--port", text)

    @pytest.mark.parametrize("text", ["x", "-1", "65536", "7071.0", " 1", "٣", ""])
    def test_a_wrong_port_is_named(self, text):
        with pytest.raises(ConfigError, match=r"`--port` is .*; expected a whole number"):
            parse_port("--port", text)

    def test_the_environment_may_set_the_port(self, monkeypatch):
        monkeypatch.setenv("PORT", "7075")
        assert 7075 == port_from_environment()

        monkeypatch.setenv("PORT", "")
        assert port_from_environment() is None
