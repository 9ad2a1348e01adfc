"""Packages of Python: requirements files, pyproject.toml, setup.cfg, setup.py, Pipfile, conda."""

from __future__ import annotations

import contextlib
import re
import threading
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.packages.python import (
    FORMATS,
    MAX_REQUIREMENTS,
    MAX_SETUP_PY_LENGTH,
    read_environment,
    read_pipfile,
    read_pyproject,
    read_requirements,
    read_setup_cfg,
    read_setup_py,
    requirement_name,
)
from tests.unit.bundles.packages.reading import named, names, reader


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        *(("tornado", "tornado"), ("Tornado>=6", "Tornado"), ("  tornado == 6.1  ", "tornado")),
        *(("tornado===6.1", "tornado"), ("tornado (>=6)", "tornado"), ("tornado ~= 6.0, != 6.2", "tornado")),
        *(("psycopg[binary,pool]==3", "psycopg"), ("psycopg [binary] >= 3", "psycopg")),
        *(("tomli; python_version < '3.11'", "tomli"), ("tomli ; (((((", "tomli")),
        *(("ruamel.yaml", "ruamel.yaml"), ("zope_interface==1", "zope_interface")),
        *(("tornado==6  # web", "tornado"), ("# tornado", None), ("", None), ("   ", None)),
        *(("tornado==6 --hash=sha256:aa --hash=sha256:bb", "tornado"), ("--hash=sha256:aa", None)),
        *(("-r base.txt", None), ("-c pins.txt", None), ("--no-binary :all:", None), ("-", None)),
        *(("--index-url https://user:secret@host.test/simple", None), ("-i https://host.test", None)),
        *(("--extra-index-url=https://user:secret@host.test/", None), ("--editable", None)),
        # Written by people, refused by packaging.
        *(("tornado=6", "tornado"), ("tornado>=", "tornado"), ("tornado==6.*.*", "tornado")),
        *(("tornado,", "tornado"), ("tornado >= 6.1 or so", "tornado"), ("tornado[", None)),
        *(("The server shall answer.", None), ("- a list", None), ("${PACKAGE}==1", None), ("==1", None)),
        # Addresses.
        *(("tornado @ https://user:secret@host.test/t.zip", "tornado"), ("tornado@git+https://h.test/a", "tornado")),
        *(("tornado @ file:///build/work", "tornado"), ("tornado[x] @ git+ssh://git@h.test/a", "tornado")),
        *(("-e git+https://h.test/a/b.git@main#egg=tornado", "tornado"), ("--editable=git+https://h.test/b.git", "b")),
        *(("-e 'git+https://h.test/b.git'", "b"), ("-egit+https://h.test/b.git", "b")),
        *(("git+https://h.test/b.git#egg=tornado[x]&subdirectory=c", "tornado"), ("hg+http://h.test/b", "b")),
        *(("git+https://h.test/b.git#subdirectory=c&egg=tornado-6.1", "tornado"), ("svn+svn://h.test/b", "b")),
        *(("git+https://user:secret@h.test/a/b.git@v1", "b"), ("git+https://h.test/a/b@v1", "b")),
        *(("git+https://user:sec/ret@h.test/b.git", "b"), ("git+ssh://git@h.test/a/b.git@feature/x", "b")),
        *(("git+git@h.test:a/b.git", "b"), ("git@h.test:a/b.git", "b"), ("git+https://h.test/a/b/", "b")),
        *(("git+https://h.test", None), ("git+https://h.test/ü", None), ("https://[h", None)),
        *(("https://h.test/a/b.git/", "b"), ("git+https://h.test/b.git ; python_version > '3'", "b")),
        *(("https://h.test/a/b/archive/main.zip", "b"), ("https://h.test/a/b/-/archive/v1/x.tar.gz", "b")),
        *(("https://h.test/archive.zip", "archive"), ("https://h.test/get/b-1.0.tar.gz?x=1#sha256=1", "b")),
        *(("https://h.test/b-1.0.tar.gz", "b"), ("https://h.test/a/b/releases/x/c_d-1-py3-none-any.whl", "c_d")),
        *(("https://h.test/page", None), ("file:///srv/b", None), ("file:///srv/archive/b-1.0.zip", "b")),
        # Folders and files.
        *((".", None), ("./lib", None), ("../lib[x]", None), ("lib/core", None), ("/srv/lib", None)),
        *(("-e .", None), ("-e .[dev]", None), ("-e ./lib#egg=lib", None), ("C:\\lib", None)),
        *(("./wheels/b_c-1.0-py3-none-any.whl", "b_c"), ("b-1.0-py3-none-any.whl ; os_name == 'nt'", "b")),
        *(("C:\\wheels\\b-1.0-py3-none-any.whl", "b"), ("b-c-2.0.tar.gz", "b-c"), ("./-1.0.zip", None)),
        *(("-e file:///${PROJECT_ROOT}/lib#egg=lib", None), ("lib @ {root:uri}/lib", None)),
    ],
)  # fmt: skip
def test_a_requirement_has_one_name_or_none(line, expected):
    assert expected == requirement_name(line)


REQUIREMENTS = """\
--index-url https://user:secret@host.test/simple
-r base.txt

tornado==6.4 \\
    --hash=sha256:aaaa \\
    --hash=sha256:bbbb
# celery
psycopg[binary] \\
    >=3
orjson \\
# a comment ends what the backslash began
rich \\
"""


def test_lines_of_a_requirements_file_may_be_continued():
    expected = [("tornado", 4, False), ("psycopg", 8, False), ("orjson", 10, False)]

    assert [*expected, ("rich", 12, False)] == named("requirements.txt", REQUIREMENTS, FORMATS)


def test_a_backslash_may_end_a_requirements_file():
    assert ["tornado"] == names("requirements.txt", "tornado \\", FORMATS)


@pytest.mark.parametrize(
    "text",
    [
        "tornado==6\n    # via -r requirements.in\nh11==1\n    # via tornado\n",
        "tornado==6 \\\n    --hash=sha256:a\n    # via\n    #   -r requirements.in\n    #   h11\n"
        "h11==1 \\\n    --hash=sha256:a\n    # via\n    #   tornado[extra]\n    #   Idna\n"
        "idna==3\n    # via h11\n\n# The following packages are unsafe\n",
        "tornado==6  # via harbour (pyproject.toml)\nh11==1  # via tornado, idna\nidna==1  # via h11",
        "tornado==6\n# a note\nh11==1\n# via tornado\n",
    ],
)
def test_what_others_pulled_in_was_not_chosen(text):
    assert ["tornado"] == names("requirements.txt", text, FORMATS)


def test_a_note_that_names_no_source_leaves_the_package():
    assert ["h11", "idna"] == names("requirements.txt", "h11\n# via\nidna # via,\n", FORMATS)


def test_more_lines_than_people_write_are_left_out():
    text = "#\n" * (MAX_REQUIREMENTS + 5) + "a\n"

    assert ["a"] == names("requirements.txt", text, FORMATS)
    assert MAX_REQUIREMENTS == len(
        names("requirements.txt", "a\n" * (MAX_REQUIREMENTS + 5), FORMATS)
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        *(("requirements.txt", False), ("api/requirements.in", False), ("Requirements.TXT", False)),
        *(("requirements/base.txt", False), ("requirements/prod/web.in", False), ("reqs.txt", False)),
        *(("requirements-prod.txt", False), ("requirements3.txt", False), ("mydocs/requirements.txt", False)),
        *(("requirements-dev.txt", True), ("dev-requirements.txt", True), ("requirements_test.in", True)),
        *(("a/test_requirements.txt", True), ("requirements/lint.txt", True), ("requirements.docs.txt", True)),
        *(("requirements/ci/x-dev.txt", True), ("docs/requirements.txt", True), ("requirements/local.txt", True)),
        *(("constraints.txt", None), ("requirements/constraints.txt", None), ("requirements.lock", None)),
        *(("requirements-lock.txt", None), ("dev-requirements.lock.txt", None), ("requirements.md", None)),
        *(("requirements.py", None), ("requirements/README.md", None), ("notes.txt", None)),
        *(("environment.yml", False), ("conda.yaml", False), ("a/environment.YAML", False)),
        *(("environment-dev.yml", True), ("dev-environment.yml", True), ("environment_gpu.yml", False)),
        *(("conda-lock.yml", None), ("conda/meta.yaml", None), ("environment.lock.yml", None)),
    ],
)  # fmt: skip
def test_the_path_tells_what_is_for_development(path, expected):
    read = reader(path, FORMATS)
    text = "dependencies:\n- a\n" if path.lower().endswith(("yml", "yaml")) else "a\n"

    assert expected == (read(text)[0].is_development if read else None)


PYPROJECT = """\
[build-system]
requires = ["hatchling"]

[project]
name = "harbour-tides"
description = "tornado and rich"
dependencies = [
    "tornado>=6",
    # "celery",
    "ruamel.yaml; python_version < '4'", "hull",
]
optional-dependencies.cli = ["rich"]
optional-dependencies.test-all = ["pytest"]
optional-dependencies.all = ["Harbour_Tides[cli]"]

[dependency-groups]
dev = ["nox", {include-group = "docs"}]
docs = ["furo"]

[tool.uv]
dev-dependencies = ["ruff"]
[tool.uv.sources]
hull = { workspace = true }

[tool.rye]
dev-dependencies = ["black"]

[tool.pdm.dev-dependencies]
x = ["tox", "-e file:///${PROJECT_ROOT}/lib#egg=lib"]

[tool.hatch.envs.default]
dependencies = ["hypothesis"]
extra-dependencies = ["coverage"]

[tool.poetry]
name = "harbour-tides"
[tool.poetry.dependencies]
python = "^3.11"
httpx = [{version = "1", python = "<3.12"}, {version = "2", python = ">=3.12"}]
mast = {path = "../mast"}
keel = {path = "wheels/keel-1.0-py3-none-any.whl"}
"odd name" = "1"
[tool.poetry.dev-dependencies]
mypy = "*"
[tool.poetry.group.docs.dependencies]
mkdocs = "*"
[tool.poetry.group.main.dependencies]
anyio = "*"

[tool.flit.metadata]
dist-name = "harbour-tides"
requires = ["attrs"]
dev-requires = ["twine"]
[tool.flit.metadata.requires-extra]
doc = ["sphinx"]

[tool.isort]
known_third_party = ["django"]
"""


def test_pyproject_names_packages_for_many_tools():
    expected = [
        *(("tornado", 8, False), ("ruamel.yaml", 10, False), ("rich", 12, False)),
        *(("pytest", 13, True), ("nox", 17, True), ("furo", 18, True)),
        *(("httpx", 39, False), ("keel", 41, False), ("mypy", 44, True), ("mkdocs", 46, True)),
        *(("anyio", 48, False), ("attrs", 52, False), ("twine", 53, True), ("sphinx", 55, True)),
        *(("ruff", 21, True), ("black", 26, True), ("tox", 29, True)),
        *(("hypothesis", 32, True), ("coverage", 33, True)),
    ]

    assert expected == named("pyproject.toml", PYPROJECT, FORMATS)


@pytest.mark.parametrize(
    "text",
    [
        *("", "project = 1", "[tool.ruff]\nline-length = 100", "[project]\ndependencies = 'a'"),
        "[tool]\npoetry = 1\nuv = []\npdm = {dev-dependencies = 1}\nhatch = {envs = {a = 1}}",
        "[project]\ndynamic = ['dependencies']\n"
        "[tool.setuptools.dynamic]\ndependencies = {file = ['requirements.txt']}",
    ],
)
def test_pyproject_may_name_nothing(text):
    assert [] == names("pyproject.toml", text, FORMATS)


def test_longer_lists_than_people_write_are_cut():
    text = "project.dependencies = [" + "'a'," * (MAX_REQUIREMENTS + 5) + "]"

    assert MAX_REQUIREMENTS == len(names("pyproject.toml", text, FORMATS))


SETUP_CFG = """\
[metadata]
name = harbour
author_email = a@host.test
[options]
packages = find:
setup_requires = wheel
install_requires =
    tornado>=6  # web
    # celery
    tomli; python_version<"3.11"
tests_require = pytest
[options.extras_require]
docs = sphinx; furo; python_version > "3"
CLI =
    rich
all = harbour[docs]
[flake8]
exclude = build
"""


PIXI = """\
[project]
name = "tides"
channels = ["conda-forge"]
[dependencies]
python = ">=3.11"
xarray = "*"
[pypi-dependencies]
zarr = { version = "*" }
tides = { path = ".", editable = true }
[feature.test.dependencies]
hypothesis = "*"
[target.win-64.dependencies]
pywinpty = "*"
[tasks]
run = "python a.py"
"""


def test_pixi_names_packages_in_its_tables():
    expected = [
        *(("xarray", 6, False), ("zarr", 8, False)),
        *(("hypothesis", 11, True), ("pywinpty", 13, False)),
    ]
    in_pyproject = re.sub(r"(?m)^\[", "[tool.pixi.", PIXI)

    assert expected == named("pixi.toml", PIXI, FORMATS)
    assert expected == named("pyproject.toml", in_pyproject, FORMATS)
    assert [] == names("pixi.toml", "dependencies = 1\nfeature = {a = 1}", FORMATS)


def test_setup_cfg_names_packages_in_two_sections():
    expected = [
        *(("tornado", 8, False), ("tomli", 10, False), ("pytest", 11, True)),
        *(("sphinx", 13, True), ("furo", 13, True), ("rich", 15, False)),
    ]

    assert expected == named("setup.cfg", SETUP_CFG, FORMATS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("", []), ("[flake8]\nmax-line-length = 88", []), ("[options]\ninstall_requires", [])),
        ("[options]\ninstall_requires = file: requirements.txt", []),
        ("[options]\ninstall_requires =\n  file: a.txt,\n  b.txt", []),
        ("[options]\ninstall-requires = tornado", ["tornado"]),
        ("[options]\nzip_safe\ninstall_requires = a\ninstall_requires = b%s", ["b"]),
        ("[options]\nx = 1" + " " * 5_000 + "2\ninstall_requires = tornado", ["tornado"]),
    ],
)
def test_setup_cfgs(text, expected):
    assert [name for name in expected if name != "b"] == names("setup.cfg", text, FORMATS)


@pytest.mark.parametrize("text", ["a = 1", "[options\na", "\0"])
def test_what_is_no_ini_is_refused(text):
    with pytest.raises(ValueError):
        names("setup.cfg", text, FORMATS)


SETUP_PY = """\
import re
from setuptools import find_packages, setup

VERSION = re.search("\\d", "1").group()
REQUIRED: list[str] = ["tornado>=6", f"orjson>={VERSION}", "attrs==%s" % VERSION]
REQUIRED += ("h2",)
if not VERSION:
    REQUIRED.append("tomli")
REQUIRED = REQUIRED + [line.strip() for line in open("requirements.txt")]
EXTRAS = {"test": ["pytest"], **{"cli": {"rich"}}}
EXTRAS["dev"] = EXTRAS["test"] + sorted(["nox", *EXTRAS["cli"]])
EXTRAS.update(dict(docs="sphinx furo".split(), **{}))
COMMON = dict({"name": "harbour"}, install_requires=REQUIRED)

if __name__ == "__main__":
    setup(
        extras_require=EXTRAS,
        tests_require='''
            hypothesis
            coverage
        ''',
        setup_requires=["wheel"],
        classifiers=["Framework :: Django"],
        **COMMON,
    )
"""


def test_setup_py_is_understood_without_being_run():
    found = names("setup.py", SETUP_PY, FORMATS)
    expected = (
        "tornado orjson attrs h2 tomli pytest* nox* rich* rich sphinx* furo* hypothesis* coverage*"
    )

    assert set(expected.split()) == set(found)


def test_an_extra_that_sums_up_all_others_does_not_lead_to_itself():
    text = (
        "extras = {'a': ['b'], 'c': ['d']}\nextras['all'] = sum(extras.values(), [])\n"
        "setup(extras_require=extras)"
    )

    assert {"b", "d"} == set(names("setup.py", text, FORMATS))


def test_lines_of_setup_py_are_those_of_the_strings():
    text = "import setuptools\nA = '''\nb\n  c>=1\n'''\nsetuptools.setup(\n  install_requires=A)\n"

    assert [("b", 3, False), ("c", 4, False)] == named("setup.py", text, FORMATS)


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        *(("['a', 'b[c]>=1']", ["a", "b"]), ("('a',)", ["a"]), ("'a\\nb'", ["a", "b"]), ("[]", [])),
        *(("['a'] if x else ['b']", ["a", "b"]), ("list(set(['a']) | {'b'})", ["a", "b"])),
        *(("'a, b'.split(', ')", ["a", "b"]), ("'a b'.split()", ["a", "b"]), ("'a'.split('')", ["a"])),
        *(("['a=={}'.format(1)]", ["a"]), ("'a\\n'.splitlines()", ["a"]), ("[f'{a}b', f'c>{a}']", ["c"])),
        *(("['a' + '>=1']", ["a"]), ("[x for x in ['a']]", ["a"]), ("list(chain(['a'], ['b']))", ["a", "b"])),
        *(("read('a.txt')", []), ("parse('a')", []), ("open('a').read().split()", []), ("x[0]('a')", [])),
        *(("unknown", []), ("1", []), ("b'a'", []), ("lambda: 'a'", []), ("None", []), ("[1, None]", [])),
        *(("{'a': ['b']}['a']", ["b"]), ("{'a': ['b']}['c']", []), ("unknown['a']", []), ("['a'] * 2", [])),
        *(("['own[x]', 'a']", ["a"]), ("loop", []), ("'a %s' - 1", []), ("[*['a']]", ["a"])),
    ],
)  # fmt: skip
def test_arguments_of_setup_py(argument, expected):
    text = f"loop = more = loop\nmore += more\nsetup(name='own', install_requires={argument})"

    assert expected == names("setup.py", text, FORMATS)


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        *(("{'a': ['b'], 'lint': ['c']}", ["b", "c*"]), ("{key: ['b']}", ["b"]), ("unknown", [])),
        *(("dict(test=['b'])", ["b*"]), ("dict(x, test=['b'])", ["b*"]), ("[]", []), ("f()", [])),
        *(("{'a': ['b']} | {'c': ['d']}", ["b", "d"]), ("{1: ['b']}", ["b"]), ("x", [])),
    ],
)
def test_extras_of_setup_py(argument, expected):
    text = f"x = dict(**x)\n(a, x.b) = 1\nsetup(extras_require={argument})"

    assert expected == names("setup.py", text, FORMATS)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        *(("def needs():\n  return ['a', 'b']", ["a", "b"]), ("def needs():\n  return", [])),
        ("def needs():\n  found = ['a']\n  found += ['b>1']\n  return found", ["a", "b"]),
        ("def needs():\n  if x:\n    return ['a']\n  return sorted(['b'])", ["a", "b"]),
        ("class A:\n  def needs(self):\n    return 'a\\nb'", ["a", "b"]),
        *(("def needs():\n  return needs()", []), ("def needs(): return open('x').read()", [])),
    ],
)
def test_what_a_function_of_setup_py_returns_is_known(function, expected):
    text = f"{function}\nsetup(install_requires=needs())"

    assert expected == sorted(names("setup.py", text, FORMATS))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "print 'a'\nsetup(name='own',\n  install_requires=[\n    'b>=1',  # ] it's\n    \"own[x]\",\n  ],"
            "\n  tests_require = ('c', ),\n  extras_require={'d': ['e[f]']})\n",
            [("b", 4, False), ("c", 7, True), ("e", 8, False)],
        ),
        (
            'exec \'a\'\nsetup(install_requires="""\nb\n""", extras_require=extras)',
            [("b", 3, False)],
        ),
    ],
)
def test_of_a_setup_py_for_python_2_literals_are_read(text, expected):
    found = named("setup.py", text, FORMATS)

    assert expected == sorted(found, key=lambda package: package[1])


@pytest.mark.parametrize("text", ["", "x: int\n", "from distutils.core import setup\nsetup()\n"])
def test_setup_py_may_name_nothing(text):
    assert [] == names("setup.py", text, FORMATS)


@pytest.mark.parametrize(
    "text",
    [
        *("print 'a'\ninstall_requires=['b", "print 'a'\ninstall_requires=names"),
        *('print "Python 2"', "setup(", "\0", "x = " + "(" * 500, "x = " + "-" * 100_000 + "1"),
        *("x = a" + "()" * 50_000, "setup(install_requires=" + "[]+" * 2_000 + "[])"),
        "".join(f"a{n} = a{n + 1} + a{n + 1}\n" for n in range(40)) + "setup(install_requires=a0)",
        "#" * (MAX_SETUP_PY_LENGTH + 1),
    ],
)
def test_setup_py_that_cannot_be_parsed_or_followed_is_refused(text):
    with pytest.raises((ValueError, RecursionError)):
        names("setup.py", text, FORMATS)


def test_warnings_about_a_setup_py_are_its_author_s():
    text = "import re\nre.sub('\\s', '', 'a')\nsetup(install_requires=['tornado'])\n"
    filters = list(warnings.filters)

    assert ["tornado"] == names("setup.py", text, FORMATS)
    threads = [threading.Thread(target=read_setup_py, args=(text,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert filters == list(warnings.filters)


def test_a_pipfile_names_packages_in_categories():
    text = (
        '[[source]]\nurl = "https://user:secret@host.test"\nname = "pypi"\n'
        '[packages]\ntornado = "*"\nhull = {path = ".", editable = true}\nmast = {git = "https://a"}\n'
        '[dev-packages]\npytest = "*"\n[docs]\nfuro = "*"\n[gpu]\ncupy = "*"\n'
        '[requires]\npython_version = "3.12"\n[scripts]\nserve = "python a.py"\n[pipenv]\na = true\n'
    )
    expected = [
        *(("tornado", 5, False), ("mast", 7, False), ("pytest", 9, True)),
        *(("furo", 11, True), ("cupy", 13, False)),
    ]

    assert expected == named("Pipfile", text, FORMATS)


ENVIRONMENT = """\
name: harbour
channels: [conda-forge]
dependencies:
  - python=3.12
  - conda-forge::pytorch>=2.2
  - scikit-learn=1.5=py312_0  # models
  - xarray 2024.1.*
  - "dask[version='>=2024']"
  - _libgcc_mutex=0.1=main
  - pip
  # - celery
  - pip:
    - transformers==4.44
    - -r requirements.txt
    - git+https://user:secret@host.test/a/b.git
    - [odd]
  - other: [ignored]
  - https://host.test/a.tar.bz2
prefix: /opt/conda
"""


def test_an_environment_names_packages_of_conda_and_pip():
    expected = [
        *(("pytorch", 5, False), ("scikit-learn", 6, False), ("xarray", 7, False)),
        *(("dask", 8, False), ("transformers", 13, False), ("b", 15, False)),
    ]

    assert expected == named("environment.yml", ENVIRONMENT, FORMATS)


@pytest.mark.parametrize(
    "text", ["", "a: 1\n", "dependencies:\n", "dependencies: {a: b}\n", "- a\n"]
)
def test_an_environment_may_name_nothing(text):
    assert [] == names("environment.yml", text, FORMATS)


@pytest.mark.parametrize("path", ["environment.yml", "pyproject.toml", "Pipfile"])
def test_broken_files_are_refused(path):
    with pytest.raises(ValueError):
        names(path, "a: [b", FORMATS)


@pytest.mark.parametrize(
    "path", ["poetry.lock", "uv.lock", "Pipfile.lock", "setup.pyc", "pylock.toml"]
)
def test_other_files_are_not_read(path):
    assert reader(path, FORMATS) is None


PIECES = st.sampled_from(
    [
        *(
            "a",
            "setup(",
            "install_requires=",
            "[",
            "]",
            "'",
            '"',
            "=",
            "\n",
            "\\\n",
            "#",
            "# via a\n",
        ),
        *("-e ", "git+", "https://", "@", "/", ".git", "#egg=", ";", "[options]\n", "[project]\n"),
        *(
            "dependencies = ",
            "dependencies:\n",
            "- ",
            "pip:",
            ")",
            "(",
            "{",
            "}",
            ":",
            ",",
            " ",
            "*",
        ),
    ]
)


@pytest.mark.parametrize(
    "read",
    [
        *(read_requirements, read_pyproject, read_setup_cfg, read_setup_py),
        *(read_pipfile, read_environment),
    ],
)
@given(text=st.text(max_size=50) | st.lists(PIECES, max_size=30).map("".join))
def test_no_text_raises_anything_else(read, text):
    with contextlib.suppress(ValueError):
        list(read(text))


@given(st.text() | st.lists(PIECES).map("".join))
def test_every_line_has_a_name_or_none(line):
    name = requirement_name(line)

    assert name is None or name in line
