"""Settings are read once, and wrong ones are named."""

from __future__ import annotations

import pytest

from errors import InvalidSettings
from settings import Settings

ENOUGH = {"GITHUB_USERNAMES": "octocat", "AzureWebJobsStorage": "UseDevelopmentStorage=true"}


def test_the_defaults_need_a_username_and_a_storage_only():
    settings = Settings.from_env(ENOUGH)

    assert ("octocat",) == settings.github_usernames
    assert "https://api.github.com" == settings.github_api_url
    assert (False, True, False) == (
        settings.include_forks,
        settings.include_archived,
        settings.include_private,
    )
    assert settings.openai_api_key is None


def test_an_empty_value_means_the_default():
    assert 25 == Settings.from_env({**ENOUGH, "REFRESH_BATCH_SIZE": " "}).refresh_batch_size


def test_usernames_are_separated_by_commas_and_keep_their_order():
    settings = Settings.from_env({**ENOUGH, "GITHUB_USERNAMES": "octocat, hubot,octocat"})

    assert ("octocat", "hubot") == settings.github_usernames


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("REFRESH_BATCH_SIZE", "ten", "a whole number from 1 to 100"),
        ("REFRESH_BATCH_SIZE", "0", "a whole number from 1 to 100"),
        ("REFRESH_BATCH_SIZE", "٣", "a whole number from 1 to 100"),
        ("CACHE_MAX_AGE_SECONDS", "-1", "a whole number from 1"),
        ("GITHUB_REQUESTS_PER_MINUTE", "1e3", "a whole number from 0"),
        ("INCLUDE_FORKS", "maybe", "true or false"),
        ("GITHUB_API_URL", "api.github.com", "an http:// or https:// address"),
        ("GITHUB_API_URL", "file:///etc/passwd", "an http:// or https:// address"),
        ("GITHUB_USERNAMES", "octo/cat", "GitHub usernames"),
        ("GITHUB_USERNAMES", "Octocat,octocat", "each username once"),
        ("REFRESH_SCHEDULE", "hourly", "six fields"),
        ("CACHE_TABLE", "1table", "3 to 63 letters and digits"),
        ("OPENAI_TIMEOUT_SECONDS", "soon", "a number of seconds"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value_and_what_is_expected(name, value, expected):
    with pytest.raises(InvalidSettings) as raised:
        Settings.from_env({**ENOUGH, name: value})

    (problem,) = raised.value.problems
    assert problem.startswith(f"`{name}` is {value!r}; expected ")
    assert expected in problem


def test_all_problems_are_told_at_once():
    with pytest.raises(InvalidSettings) as raised:
        Settings.from_env({"REFRESH_BATCH_SIZE": "x"})

    assert ["`GITHUB_USERNAMES`", "`REFRESH_BATCH_SIZE`", "`AzureWebJobsStorage`"] == [
        problem.split()[0] for problem in raised.value.problems
    ]


def test_a_wrong_secret_is_named_but_not_shown():
    with pytest.raises(InvalidSettings, match="`GITHUB_TOKEN` is not usable") as raised:
        Settings.from_env({**ENOUGH, "GITHUB_TOKEN": "ghp_secret\nX-Evil: 1"})

    assert "ghp_secret" not in str(raised.value)


def test_secrets_do_not_show_in_the_representation():
    env = {**ENOUGH, "GITHUB_TOKEN": "ghp_secret", "OPENAI_API_KEY": "sk-secret"}

    assert "secret" not in repr(Settings.from_env(env))
    assert "UseDevelopmentStorage" not in repr(Settings.from_env(env))


def test_an_identity_takes_the_place_of_a_connection_string():
    env = {
        "GITHUB_USERNAMES": "octocat",
        "AzureWebJobsStorage__tableServiceUri": "https://x.table.core.windows.net/",
    }

    settings = Settings.from_env(env)

    assert settings.storage_connection is None
    assert "https://x.table.core.windows.net" == settings.storage_table_uri
