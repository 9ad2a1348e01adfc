"""Settings have defaults, are read once, and wrong ones are reported."""

from __future__ import annotations

import pytest

from credentials import Identity
from errors import InvalidSettings
from settings import Settings, settings

REQUIRED = {"GITHUB_USERNAMES": "octocat", "AzureWebJobsStorage": "UseDevelopmentStorage=true"}


def test_only_a_username_and_a_storage_are_required():
    read = Settings.from_env(REQUIRED)

    assert ("octocat",) == read.github_usernames
    assert "https://api.github.com" == read.github_api_url
    assert (False, True, False) == (
        read.include_forks,
        read.include_archived,
        read.include_private,
    )
    assert read.openai_api_key is None


def test_an_empty_value_means_the_default():
    assert 50 == Settings.from_env({**REQUIRED, "REFRESH_BATCH_SIZE": " "}).refresh_batch_size


def test_usernames_keep_their_order_and_occur_once():
    read = Settings.from_env({**REQUIRED, "GITHUB_USERNAMES": "octocat, hubot,octocat"})

    assert ("octocat", "hubot") == read.github_usernames


@pytest.mark.parametrize(
    ("changes", "raw_url"),
    [
        pytest.param({}, "https://raw.githubusercontent.com", id="github"),
        pytest.param({"GITHUB_API_URL": "https://git.example/api/v3"}, None, id="enterprise"),
        pytest.param(
            {
                "GITHUB_API_URL": "https://git.example/api/v3",
                "GITHUB_RAW_URL": "https://git.example/raw/",
            },
            "https://git.example/raw",
            id="both",
        ),
        pytest.param({"GITHUB_RAW_URL": "http://mirror:8080"}, "http://mirror:8080", id="a-mirror"),
    ],
)
def test_the_raw_host_is_githubs_unless_the_api_is_elsewhere(changes, raw_url):
    assert raw_url == Settings.from_env({**REQUIRED, **changes}).github_raw_url


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
        ("GITHUB_API_URL", "http://[", "an http:// or https:// address"),
        ("GITHUB_API_URL", "file:///etc/passwd", "an http:// or https:// address"),
        ("GITHUB_RAW_URL", "raw.example", "an http:// or https:// address"),
        ("GITHUB_USERNAMES", "octo/cat", "GitHub usernames"),
        ("GITHUB_USERNAMES", "Octocat,octocat", "each username once"),
        ("REFRESH_SCHEDULE", "hourly", "six fields"),
        ("AZURE_CLIENT_ID", "my-app", "a GUID"),
        ("CACHE_TABLE", "1table", "3 to 63 letters and digits"),
        ("OPENAI_TIMEOUT_SECONDS", "soon", "a number of seconds"),
        ("OPENAI_TIMEOUT_SECONDS", "121", "a number of seconds above 0 and at most 120"),
        ("ALLOWED_ORIGINS", "octocat.dev", "origins, separated by commas"),
        ("ALLOWED_ORIGINS", "https://octocat.dev/blog", "origins, separated by commas"),
        ("OPENAI_BASE_URL", "https://x.example/v1?key=1", "an http:// or https:// address"),
    ],
)
def test_a_wrong_setting_is_reported_with_its_value_and_what_is_expected(name, value, expected):
    with pytest.raises(InvalidSettings) as raised:
        Settings.from_env({**REQUIRED, name: value})

    (problem,) = raised.value.problems
    assert problem.startswith(f"`{name}` is {value!r}; expected ")
    assert expected in problem


@pytest.mark.parametrize(
    "schedule",
    [
        "* * * * * *",
        "0 */5 * * * *",
        "0 0 9-17 * * MON-FRI",
        "0 0 9-17/2 * * 1-5",
        "2/5 * * * * *",
        "45-47,48,49 * * * * *",
        "0 30 9 * Jan Mon",
        "0 20 * * january,FeB,Mar,april,SEPT-October,DECEM sunday",
        "0 0 22-6 * * *",
        "0 0  0 1 1 *",
    ],
)
def test_a_schedule_that_the_host_accepts_is_accepted(schedule):
    assert (
        schedule == Settings.from_env({**REQUIRED, "REFRESH_SCHEDULE": schedule}).refresh_schedule
    )


@pytest.mark.parametrize(
    ("schedule", "reason"),
    [
        ("*/5 * * * *", "six fields"),
        ("@hourly", "six fields"),
        ("0 0 9 * * * 2027", "six fields"),
        ("60 * * * * *", "a second is '*', 0 to 59"),
        ("* 60 * * * *", "a minute is '*', 0 to 59"),
        ("0 0 24 * * *", "an hour is '*', 0 to 23"),
        ("0 0 0 0 * *", "a day is '*', 1 to 31"),
        ("0 0 0 1 13 *", "a month is '*', 1 to 12, or a name"),
        ("0 0 0 * * 7", "a weekday is '*', 0 to 6, or a name"),
        ("0 0 0 L * *", "'L' is none"),
        ("0 0 0 15W * *", "'15W' is none"),
        ("0 0 0 * * MON#2", "'MON#2' is none"),
        ("0 0 0 ? * MON", "'?' is none"),
        ("0 0 0 * Foo *", "'Foo' is none"),
        ("0 */0 * * * *", "'*/0' is none"),
        ("0 */ * * * *", "'*/' is none"),
        ("0 1, * * * *", "'' is none"),
        ("0 1-60 * * * *", "'1-60' is none"),
        ("0 -5 * * * *", "'-5' is none"),
        ("0 MON * * * *", "'MON' is none"),
    ],
)
def test_a_schedule_that_the_host_refuses_is_refused(schedule, reason):
    with pytest.raises(InvalidSettings) as raised:
        Settings.from_env({**REQUIRED, "REFRESH_SCHEDULE": schedule})

    (problem,) = raised.value.problems
    assert problem.startswith(f"`REFRESH_SCHEDULE` is {schedule!r}; expected ")
    assert reason in problem


def test_all_problems_are_reported_at_once():
    with pytest.raises(InvalidSettings) as raised:
        Settings.from_env({"REFRESH_BATCH_SIZE": "x"})

    assert ["`GITHUB_USERNAMES`", "`REFRESH_BATCH_SIZE`", "`AzureWebJobsStorage`"] == [
        problem.split()[0] for problem in raised.value.problems
    ]


def test_a_wrong_secret_is_reported_but_not_shown():
    with pytest.raises(InvalidSettings, match="`GITHUB_TOKEN` is not usable") as raised:
        Settings.from_env({**REQUIRED, "GITHUB_TOKEN": "ghp_secret\nX-Evil: 1"})

    assert "ghp_secret" not in str(raised.value)


@pytest.mark.parametrize(
    "reference",
    [
        "@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/webhook)",
        "@Microsoft.KeyVault(VaultName=vault;SecretName=webhook)",
        " @microsoft.keyvault(SecretUri=https://vault.example/secrets/webhook)",
    ],
)
@pytest.mark.parametrize(
    "name", ["GITHUB_WEBHOOK_SECRET", "GITHUB_TOKEN", "AzureWebJobsStorage", "OPENAI_MODEL"]
)
def test_a_key_vault_reference_that_azure_has_not_resolved_is_refused(name, reference):
    with pytest.raises(InvalidSettings) as raised:
        Settings.from_env({**REQUIRED, name: reference})

    (problem,) = raised.value.problems
    assert problem.startswith(f"`{name}` is a Key Vault reference that Azure could not resolve; ")
    assert "Key Vault Secrets User" in problem
    assert "SecretUri" not in problem
    assert "VaultName" not in problem


def test_the_representation_shows_no_secret():
    env = {**REQUIRED, "GITHUB_TOKEN": "ghp_secret", "OPENAI_API_KEY": "sk-secret"}

    assert "secret" not in repr(Settings.from_env(env))
    assert "UseDevelopmentStorage" not in repr(Settings.from_env(env))


STORAGE = "AzureWebJobsStorage"
CLIENT_ID = "11111111-2222-3333-4444-555555555555"
TABLE_URI = "https://xyz.table.core.windows.net"
URIS = {
    f"{STORAGE}__blobServiceUri": "https://xyz.blob.core.windows.net",
    f"{STORAGE}__queueServiceUri": "https://xyz.queue.core.windows.net",
    f"{STORAGE}__tableServiceUri": TABLE_URI,
}


@pytest.mark.parametrize(
    ("storage", "identity"),
    [
        pytest.param({f"{STORAGE}__accountName": "xyz"}, Identity(), id="account"),
        pytest.param(
            {f"{STORAGE}__accountName": "xyz", f"{STORAGE}__credential": "managedIdentity"},
            Identity(is_managed=True),
            id="system-assigned",
        ),
        pytest.param(
            {
                f"{STORAGE}__accountName": "xyz",
                f"{STORAGE}__credential": "managedidentity",
                f"{STORAGE}__clientId": CLIENT_ID,
            },
            Identity(CLIENT_ID, is_managed=True),
            id="user-assigned",
        ),
        pytest.param({**URIS, f"{STORAGE}__clientId": CLIENT_ID}, Identity(CLIENT_ID), id="uris"),
        pytest.param({**URIS, f"{STORAGE}__accountName": "xyz"}, Identity(), id="both"),
        pytest.param({**URIS, f"{STORAGE}__tableServiceUri": f"{TABLE_URI}/"}, Identity(), id="/"),
    ],
)
def test_an_identity_of_the_app_can_replace_a_connection_string(storage, identity):
    storage = {f"{STORAGE}__accountName": "", STORAGE: "", **storage}
    read = Settings.from_env({"GITHUB_USERNAMES": "octocat", **storage})

    assert read.storage_connection is None
    assert "https://xyz.table.core.windows.net" == read.storage_table_uri
    assert identity == read.storage_identity


@pytest.mark.parametrize(
    ("storage", "problem"),
    [
        pytest.param({}, "`AzureWebJobsStorage` is not set; expected", id="nothing"),
        pytest.param(
            {f"{STORAGE}__credential": "managedidentity", f"{STORAGE}__clientId": CLIENT_ID},
            "`AzureWebJobsStorage` is not set; expected",
            id="identity-without-an-account",
        ),
        pytest.param(
            {f"{STORAGE}__tableServiceUri": TABLE_URI},
            "`AzureWebJobsStorage__blobServiceUri` is not set; expected",
            id="table-alone",
        ),
        pytest.param(
            {f"{STORAGE}__accountName": "xyz" * 3, **URIS},
            f"`AzureWebJobsStorage__tableServiceUri` is {TABLE_URI!r}; expected",
            id="another-account",
        ),
        pytest.param(
            {**REQUIRED, f"{STORAGE}__clientId": CLIENT_ID},
            "`AzureWebJobsStorage` and `AzureWebJobsStorage__clientId` are both set; expected",
            id="connection-string-and-identity",
        ),
        pytest.param(
            {f"{STORAGE}__accountName": "https://x"},
            "`AzureWebJobsStorage__accountName` is 'https://x'; expected",
            id="not-a-name",
        ),
        pytest.param(
            {f"{STORAGE}__accountName": "xyz", f"{STORAGE}__credential": "key"},
            "`AzureWebJobsStorage__credential` is 'key'; expected 'managedidentity'",
            id="unknown-credential",
        ),
        pytest.param(
            {f"{STORAGE}__accountName": "xyz", f"{STORAGE}__clientId": "me"},
            "`AzureWebJobsStorage__clientId` is 'me'; expected the client id",
            id="not-a-client-id",
        ),
        pytest.param(
            {**URIS, f"{STORAGE}__tableServiceUri": "http://x"},
            "`AzureWebJobsStorage__tableServiceUri` is 'http://x'; expected an https:// address",
            id="not-https",
        ),
    ],
)
def test_a_missing_or_contradictory_connection_to_the_storage_is_refused(storage, problem):
    with pytest.raises(InvalidSettings) as raised:
        Settings.from_env({"GITHUB_USERNAMES": "octocat", **storage})

    (reported,) = raised.value.problems
    assert reported.startswith(problem)


@pytest.mark.parametrize("text", ["true", "1", "Yes", "ON"])
def test_a_switch_is_on(text):
    assert Settings.from_env({**REQUIRED, "INCLUDE_FORKS": text}).include_forks


@pytest.mark.parametrize("text", ["false", "0", "No", "OFF"])
def test_a_switch_is_off(text):
    assert not Settings.from_env({**REQUIRED, "INCLUDE_ARCHIVED": text}).include_archived


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("GITHUB_API_URL", "https://git.example/api/v3/", "github_api_url", "https://git.example/api/v3"),
        ("ALLOWED_ORIGINS", "https://a.example/, http://b:8000", "allowed_origins", ("https://a.example", "http://b:8000")),
        ("ALLOWED_ORIGINS", "*", "allowed_origins", ("*",)),
        ("OPENAI_EMBEDDING_MODEL", "small", "openai_embedding_model", "small"),
        ("OPENAI_TIMEOUT_SECONDS", "2.5", "openai_timeout_seconds", 2.5),
        ("GITHUB_REQUESTS_PER_MINUTE", "0", "github_requests_per_minute", 0),
        ("AZURE_CLIENT_ID", CLIENT_ID, "model_identity", Identity(CLIENT_ID)),
        ("AZURE_CLIENT_ID", "", "model_identity", Identity()),
        ("REFRESH_SCHEDULE", "0 30 4 * * 1-5", "refresh_schedule", "0 30 4 * * 1-5"),
    ],
)  # fmt: skip
def test_a_setting_is_parsed(name, text, field, value):
    assert value == getattr(Settings.from_env({**REQUIRED, name: text}), field)


def test_the_settings_of_the_process_are_read_once(monkeypatch):
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    first = settings()
    monkeypatch.setenv("GITHUB_USERNAMES", "hubot")

    assert first is settings()
    assert "octocat" == first.github_usernames[0]
    settings.cache_clear()
