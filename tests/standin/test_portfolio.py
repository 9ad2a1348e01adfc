"""A portfolio is read from a folder of TOML files, and a wrong file is named."""

from __future__ import annotations

import pytest

from github_standin.git_objects import FILE, LINK, SUBMODULE
from github_standin.portfolio import NoPortfolio, load_user


def test_the_folder_is_the_account_and_each_file_a_repository(tmp_path):
    folder = tmp_path / "octocat"
    folder.mkdir()
    (folder / "hello.toml").write_text('stars = 3\n[files]\n"src/app.py" = "print(1)"\n')

    user = load_user(folder)

    hello = user.repositories["hello"]
    assert ("octocat", "octocat/hello", 3) == (user.login, hello.full_name, hello.stars)
    assert {"Python": 8} == hello.languages


def test_a_file_is_text_bytes_a_link_or_a_submodule(tmp_path):
    (tmp_path / "hello.toml").write_text(
        """[files]
        "README.md" = { link = "docs/lisez-moi.md" }
        "docs/lisez-moi.md" = "# Café\\n"
        "empty.txt" = ""
        "latin.txt" = { base64 = "Y2Fm6Q==" }
        "long.bin" = { base64 = \'\'\'
          AAEC
          AwQ=
        \'\'\' }
        "themes/plain" = { submodule = "1234567890123456789012345678901234567890" }
        """,
        encoding="utf-8",
    )

    hello = load_user(tmp_path).repositories["hello"]

    assert {
        "README.md": (LINK, b"docs/lisez-moi.md"),
        "docs/lisez-moi.md": (FILE, "# Café\n".encode()),
        "empty.txt": (FILE, b""),
        "latin.txt": (FILE, b"caf\xe9"),
        "long.bin": (FILE, b"\0\1\2\3\4"),
        "themes/plain": (SUBMODULE, b"1234567890123456789012345678901234567890"),
    } == hello.files


def test_links_and_submodules_have_no_language(tmp_path):
    (tmp_path / "hello.toml").write_text(
        f"""[files]
        "run.py" = {{ link = "src/run.py" }}
        "src/run.py" = "run()"
        "vendor.py" = {{ submodule = "{"1" * 40}" }}
        """
    )

    assert {"Python": 5} == load_user(tmp_path).repositories["hello"].languages


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
    ],
)
def test_a_file_that_is_no_repository_is_named_with_its_problem(tmp_path, text, problem):
    path = tmp_path / "hello.toml"
    path.write_bytes(text)

    with pytest.raises(NoPortfolio) as raised:
        load_user(tmp_path)

    assert str(raised.value).startswith(str(path))
    assert problem in str(raised.value)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        *(
            pytest.param(
                written,
                f"""`files."a.py"` is {read}; expected a string, or a table with one of `base64`, """
                "`link` and `submodule`",
                id=name,
            )
            for name, written, read in (
                ("number", "1", "1"),
                ("list", '["x"]', "['x']"),
                ("empty table", "{}", "{}"),
                ("unknown key", '{ symlink = "b" }', "{'symlink': 'b'}"),
                ("two keys", '{ link = "b", base64 = "" }', "{'link': 'b', 'base64': ''}"),
            )
        ),
        pytest.param(
            "{ link = 1 }", '`files."a.py".link` is 1; expected a string', id="link to a number"
        ),
        pytest.param(
            '{ link = "" }',
            """`files."a.py".link` is ''; expected the path that the link leads to""",
            id="link to nothing",
        ),
        pytest.param(
            '{ base64 = "e" }', """`files."a.py".base64` is 'e'; expected base64: """, id="cut"
        ),
        pytest.param(
            '{ base64 = "café" }',
            """`files."a.py".base64` is 'café'; expected base64: """,
            id="not base64",
        ),
        *(
            pytest.param(
                f'{{ submodule = "{commit}" }}',
                f"""`files."a.py".submodule` is '{commit}'; expected a commit of 40 hexadecimal digits """
                "in lower case",
                id=name,
            )
            for name, commit in (
                ("abbreviated commit", "1234567"),
                ("no commit", "x" * 40),
                ("upper case", "A" * 40),
                ("too long", "1" * 41),
            )
        ),
    ],
)
def test_what_is_no_file_is_named_with_what_is_expected(tmp_path, value, problem):
    path = tmp_path / "hello.toml"
    path.write_text(f'[files]\n"a.py" = {value}\n', encoding="utf-8")

    with pytest.raises(NoPortfolio) as raised:
        load_user(tmp_path)

    assert str(raised.value).startswith(f"{path}: {problem}")
