"""A portfolio is read from a folder of TOML files, and a wrong file is named."""

from __future__ import annotations

import pytest

from github_standin.portfolio import NoPortfolio, load_user


def test_the_folder_is_the_account_and_each_file_a_repository(tmp_path):
    folder = tmp_path / "octocat"
    folder.mkdir()
    (folder / "hello.toml").write_text('stars = 3\n[files]\n"src/app.py" = "print(1)"\n')

    user = load_user(folder)

    hello = user.repositories["hello"]
    assert ("octocat", "octocat/hello", 3) == (user.login, hello.full_name, hello.stars)
    assert {"Python": 8} == hello.languages


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_folder_without_repositories_is_named(tmp_path, name):
    (tmp_path / "empty").mkdir()

    with pytest.raises(NoPortfolio, match=rf"{name} holds no portfolio; expected a folder with"):
        load_user(tmp_path / name)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(b"stars =", "is not TOML in UTF-8: ", id="not TOML"),
        pytest.param(b'description = "\xff"', "is not TOML in UTF-8: ", id="not UTF-8"),
        pytest.param(b"star = 3", "unknown key `star`; expected description, ", id="unknown key"),
        pytest.param(b'stars = "3"', "`stars` is '3'; expected an integer", id="wrong type"),
        pytest.param(
            b"pushed_at = 2024-01-01",
            "`pushed_at` is datetime.date(2024, 1, 1); expected a string",
            id="date",
        ),
        pytest.param(
            b'[files]\n"a.py" = 1', '`files."a.py"` is 1; expected a string', id="not a text"
        ),
    ],
)
def test_a_file_that_is_no_repository_is_named_with_its_problem(tmp_path, text, problem):
    path = tmp_path / "hello.toml"
    path.write_bytes(text)

    with pytest.raises(NoPortfolio) as raised:
        load_user(tmp_path)

    assert str(raised.value).startswith(str(path))
    assert problem in str(raised.value)
