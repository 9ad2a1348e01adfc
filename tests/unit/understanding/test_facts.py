"""Every rule that decides what is true of a repository."""

from __future__ import annotations

import math
from datetime import date
from pathlib import PurePosixPath
from typing import Any

import pytest

from models import PublishedBundle
from relevance.index import PortfolioIndex
from relevance.vocabulary import languages, vocabulary
from tests.unit.portfolios import make_bundle, make_metadata, sample_portfolio
from understanding.facts import PortfolioFacts, RepositoryFacts, rank_languages, years_until
from understanding.model import Period, Place, Term
from understanding.technologies import FAMILIES, languages_near, technologies_of_file

DJANGO = Term("technology", "django", "Django")
DOCKER = Term("technology", "docker", "Docker")
AZURE = Term("technology", "azure", "Azure")
KUBERNETES = Term("technology", "kubernetes", "Kubernetes")
PYTHON = Term("language", "Python", "Python")
BACKEND = Term("role", "backend developer", "backend developer")


def bundle_of(name: str = "a", **changes: Any) -> PublishedBundle:
    """Make a bundle; what belongs to the metadata goes there, packages get a place in a file."""
    known = make_metadata(name)
    metadata = {key: changes.pop(key) for key in list(changes) if key in known}
    packages = changes.pop("packages", {})
    paths = changes.pop("paths", [])
    made = make_bundle(name, **changes)
    made["metadata"] = {**made["metadata"], **metadata}  # type: ignore[typeddict-item]
    files = list(dict.fromkeys(packages.values()))
    made["dependencies"] = list(packages)
    made["locations"] = {
        **made["locations"],
        "files": files,
        "dependencies": {package: [files.index(file), 3] for package, file in packages.items()},
        "paths": {path: path for path in paths},
    }
    return made


def facts_of(**changes: Any) -> RepositoryFacts:
    return RepositoryFacts(bundle_of(**changes))


def shows(term: Term, **changes: Any) -> bool:
    facts = PortfolioFacts([bundle_of(**changes)])
    return facts.shows(facts.repositories[0], term)


class TestLanguages:
    def test_a_language_is_contained_if_github_counts_it(self):
        assert shows(PYTHON, languages={"Go": 900, "Python": 1})
        assert not shows(PYTHON, languages={"Go": 900})

    def test_files_and_packages_of_a_language_are_not_its_bytes(self):
        assert not shows(PYTHON, languages={"Go": 9}, files=["setup.py"], file_types={".py": 2})

    def test_before_the_content_is_read_the_main_language_is_contained(self):
        assert shows(PYTHON, language="Python")

    def test_data_and_prose_which_github_does_not_count_are_contained_in_files(self):
        assert shows(Term("language", "SQL", "SQL"), file_types={".sql": 1})
        assert not shows(Term("language", "SQL", "SQL"), file_types={".py": 1})

    def test_a_technology_that_is_a_language_is_decided_as_one(self):
        python = Term("technology", "python", "Python")

        assert shows(python, languages={"Python": 1})
        assert not shows(python, languages={"Go": 1}, topics=["python"])

    def test_code_is_what_linguist_calls_programming(self):
        facts = facts_of(languages={"HTML": 900, "Python": 50, "Dockerfile": 5})

        assert {"Python": 50, "Dockerfile": 5} == facts.code
        assert 55 == facts.code_bytes

    @pytest.mark.parametrize(
        ("languages", "is_only"),
        [
            pytest.param({"Python": 90, "C": 10}, True, id="exactly-90-percent"),
            pytest.param({"Python": 89, "C": 11}, False, id="less"),
            pytest.param({"Python": 90, "HTML": 500}, True, id="markup-is-no-code"),
            pytest.param({"C": 10}, False, id="another"),
            pytest.param({}, False, id="nothing"),
        ],
    )
    def test_only_is_at_least_90_percent_of_the_bytes_of_code(
        self, languages: dict[str, int], is_only: bool
    ):
        assert is_only is facts_of(languages=languages).is_only("Python")

    def test_the_strongest_language_is_the_sum_of_share_times_log_of_bytes(self):
        vendored = RepositoryFacts(bundle_of("v", languages={"PHP": 2_000_000}))
        own = [RepositoryFacts(bundle_of(f"p{n}", languages={"Python": 999})) for n in range(3)]

        ranks = rank_languages([vendored, *own])

        assert ["Python", "PHP"] == [rank.language for rank in ranks]
        assert [9.0, math.log10(2_000_001)] == pytest.approx([rank.score for rank in ranks])
        assert (3, 3, 2997) == (ranks[0].main_in, ranks[0].present_in, ranks[0].bytes)

    def test_shares_divide_the_strength_of_a_repository(self):
        (first, second) = rank_languages([facts_of(languages={"C": 75, "Go": 25})])

        assert 0.75 * math.log10(76) == pytest.approx(first.score)
        assert 0.25 * math.log10(26) == pytest.approx(second.score)

    def test_languages_of_a_family_are_near(self):
        assert {"Java", "Scala", "Swift", "Dart"} <= {*languages_near("Kotlin")}
        assert "Kotlin" not in languages_near("Kotlin")
        assert () == languages_near("COBOL")

    def test_families_consist_of_known_languages(self):
        assert {name for family in FAMILIES for name in family} <= {
            each.name for each in languages().values()
        }


class TestTechnologies:
    @pytest.mark.parametrize(
        "evidence",
        [
            pytest.param({"packages": {"django": "requirements.txt"}}, id="package"),
            pytest.param({"files": ["manage.py"]}, id="file"),
            pytest.param({"paths": ["server/manage.py"]}, id="file-in-a-folder"),
            pytest.param({"topics": ["django"]}, id="topic"),
            pytest.param({"description": "A shop with Django"}, id="description"),
            pytest.param({"name": "django-shop"}, id="name"),
            pytest.param({"repoContext": {"tech_stack": ["Django"]}}, id="context"),
        ],
    )
    def test_it_is_used_if_the_repository_s_own_evidence_says_so(self, evidence: dict[str, Any]):
        assert shows(DJANGO, **evidence)

    def test_a_mention_in_the_readme_does_not_suffice(self):
        facts = facts_of(readme="# Shop\n\nUnlike Django, this is small.")

        assert "django" not in facts.technologies
        assert "django" in facts.mentioned

    def test_related_words_do_not_show_it(self):
        assert not shows(KUBERNETES, topics=["helm", "docker", "k3s"])

    def test_what_a_workflow_uses_says_nothing_of_the_program(self):
        assert not shows(DOCKER, packages={"docker/build-push-action": ".github/workflows/ci.yml"})

    def test_a_part_of_a_cloud_shows_the_cloud_and_not_the_reverse(self):
        functions = Term("technology", "azurefunctions", "Azure Functions")

        assert shows(AZURE, packages={"azure-functions": "requirements.txt"})
        assert not shows(functions, topics=["azure"])

    def test_a_member_shows_its_kind(self):
        database = Term("kind", "database", "database")

        assert shows(database, packages={"psycopg": "requirements.txt"})
        assert not shows(database, packages={"django": "requirements.txt"})

    def test_a_member_that_is_a_language_shows_its_kind(self):
        functional = Term("kind", "language.functional", "functional language")

        assert shows(functional, languages={"Haskell": 10})
        assert not shows(functional, languages={"C": 10})

    def test_an_ordinary_word_within_a_topic_names_nothing(self):
        assert {} == facts_of(topics=["command-line", "serverless"]).technologies

    def test_a_package_of_dart_is_not_flutter_unless_it_names_it(self):
        flutter = Term("technology", "flutter", "Flutter")

        assert not shows(flutter, files=["pubspec.yaml"], languages={"Dart": 9})
        assert shows(flutter, packages={"flutter": "pubspec.yaml"})

    def test_workflows_show_github_actions_and_templates_of_issues_do_not(self):
        actions = Term("technology", "githubactions", "GitHub Actions")

        assert shows(actions, files=[".github"], paths=[".github/workflows/ci.yml"])
        assert not shows(actions, files=[".github"], paths=[".github/bug_report.md"])

    @pytest.mark.parametrize(
        ("evidence", "expected"),
        [
            ({"packages": {"django": "app/requirements.txt"}}, "django, app/requirements.txt:3"),
            ({"paths": ["web/manage.py"]}, "web/manage.py"),
            ({"topics": ["django"]}, "topic django"),
            ({"repoContext": {"tech_stack": ["Django"]}}, ".repo-context.json"),
            ({"description": "With Django"}, "its description"),
        ],
    )
    def test_evidence_names_its_place(self, evidence: dict[str, Any], expected: str):
        facts = PortfolioFacts([bundle_of(**evidence)])

        assert expected == facts.evidence(facts.repositories[0], DJANGO)

    def test_evidence_of_a_language_tells_its_share(self):
        facts = PortfolioFacts([bundle_of(languages={"Python": 30, "C": 70})])

        assert "30 % Python" == facts.evidence(facts.repositories[0], PYTHON)

    def test_a_suffix_shows_a_technology(self):
        facts = PortfolioFacts([bundle_of(file_types={".ipynb": 2})])
        jupyter = Term("technology", "jupyter", "Jupyter")

        assert ".ipynb files" == facts.evidence(facts.repositories[0], jupyter)

    def test_a_repository_is_shown_by_its_name(self):
        assert shows(Term("repository", "A", "A"), name="a")
        assert not shows(Term("repository", "b", "b"), name="a")

    def test_something_unknown_is_shown_by_nothing(self):
        assert not shows(Term("technology", "nosuchthing", "Nosuchthing"), topics=["nosuchthing"])


class TestPlaces:
    """Where evidence stands, as data."""

    @pytest.mark.parametrize(
        ("evidence", "expected"),
        [
            ({"packages": {"django": "app/requirements.txt"}}, ("dependencies", "app/requirements.txt", 3, "django")),
            ({"paths": ["web/manage.py"]}, ("paths", "web/manage.py", None, "web/manage.py")),
            ({"topics": ["django"]}, ("topics", None, None, "django")),
            ({"repoContext": {"tech_stack": ["Django"]}}, ("context", ".repo-context.json", None, "Django")),
            ({"description": "With Django"}, ("description", None, None, "With Django")),
            ({"name": "django-shop"}, ("name", None, None, "django-shop")),
        ],
    )  # fmt: skip
    def test_of_a_technology(self, evidence: dict[str, Any], expected: tuple[Any, ...]):
        assert Place("Django", *expected) == facts_of(**evidence).place_of(DJANGO)

    def test_of_a_language_with_an_example(self):
        facts = facts_of(languages={"Python": 3, "C": 7}, file_types={".py": 1})
        facts.bundle["locations"]["paths"] = {".py": "src/app.py"}

        assert Place("Python", "languages", "src/app.py", None, "30 % Python") == facts.place_of(
            PYTHON
        )

    def test_of_a_text_of_a_context_file(self):
        facts = facts_of(repoContext={"tech_stack": ["Django"]})
        facts.bundle["locations"] |= {
            "files": ["app/.repo-context.json"],
            "contexts": {"Django": [0, 7]},
        }

        assert Place("Django", "context", "app/.repo-context.json", 7, "Django") == facts.place_of(
            DJANGO
        )

    def test_of_a_suffix(self):
        jupyter = Term("technology", "jupyter", "Jupyter")
        place = facts_of(file_types={".ipynb": 2}).place_of(jupyter)

        assert Place("Jupyter", "file_types", None, None, ".ipynb files") == place

    def test_of_a_kind_names_its_member(self):
        place = facts_of(packages={"psycopg": "requirements.txt"}).place_of(
            Term("kind", "database", "database")
        )

        assert Place("PostgreSQL", "dependencies", "requirements.txt", 3, "psycopg") == place

    def test_of_a_member_that_is_a_language(self):
        functional = Term("kind", "language.functional", "functional language")

        assert Place("Haskell", "languages", None, None, "100 % Haskell") == facts_of(
            languages={"Haskell": 10}
        ).place_of(functional)

    def test_of_a_role(self):
        by_package = facts_of(packages={"django": "requirements.txt"}).place_of(BACKEND)
        by_topic = facts_of(topics=["backend"]).place_of(BACKEND)

        assert Place("Django", "dependencies", "requirements.txt", 3, "django") == by_package
        assert Place("backend", "topics", None, None, "backend") == by_topic

    @pytest.mark.parametrize(
        ("flag", "evidence", "expected"),
        [
            ("tests", {"paths": ["tests/a.py"]}, Place("tests", "paths", "tests/a.py", None, "tests/a.py")),
            ("tests", {"packages": {"pytest": "setup.cfg"}}, Place("tests", "dependencies", "setup.cfg", 3, "pytest")),
            ("ci", {"files": [".travis.yml"]}, Place("CI", "paths", ".travis.yml", None, ".travis.yml")),
            ("tests", {}, None),
            ("ci", {}, None),
            ("fork", {"fork": True}, None),
        ],
    )  # fmt: skip
    def test_of_a_flag(self, flag: Any, evidence: dict[str, Any], expected: Place | None):
        assert expected == facts_of(**evidence).place_of_flag(flag)

    @pytest.mark.parametrize("file", ["LICENSE", "LICENCE.md", "COPYING", "UNLICENSE"])
    def test_of_a_licence(self, file: str):
        assert (
            Place("MIT licence", "paths", file, None, file)
            == facts_of(license="MIT", files=["src", file]).licence_place
        )
        assert facts_of(license=None, files=[file]).licence_place is None
        assert facts_of(license="MIT", files=["src"]).licence_place is None

    @pytest.mark.parametrize("term", [DJANGO, PYTHON, BACKEND, Term("repository", "a", "a")])
    def test_of_nothing(self, term: Term):
        assert facts_of().place_of(term) is None

    def test_whatever_the_sample_shows_has_a_place(self):
        facts = PortfolioFacts(sample_portfolio())
        for repository in facts.repositories:
            for id in repository.technologies:
                term = Term("technology", id, id)
                assert facts.shows(repository, term) is (repository.place_of(term) is not None)


class TestFiles:
    @pytest.mark.parametrize(
        "path",
        "Dockerfile a/DOCKERFILE x.ipynb .ipynb ipynb main.tf a.tf/b tf.".split(),
    )
    def test_a_file_is_known_by_its_name_or_its_suffix(self, path: str):
        suffix = PurePosixPath(path.lower()).suffix
        known = vocabulary()
        words = [
            *known.file_terms.get(PurePosixPath(path.lower()).name, ()),
            *known.suffix_terms.get(suffix, ()),
        ]

        assert bool(words) is bool(technologies_of_file(path))


class TestRoles:
    def test_what_speaks_for_a_role_shows_it(self):
        facts = PortfolioFacts([bundle_of(packages={"django": "requirements.txt"})])

        assert "Django" == facts.evidence(facts.repositories[0], BACKEND)

    def test_a_game_developer_is_shown_by_topics(self):
        game = Term("role", "game developer", "game developer")

        assert shows(game, topics=["gamedev"])
        assert shows(game, topics=["video-game"])
        assert not shows(game, topics=["backend"])

    def test_what_is_only_near_to_a_role_does_not(self):
        assert not shows(BACKEND, languages={"Python": 9, "Dockerfile": 9}, topics=["docker"])

    def test_words_of_the_readme_do_not(self):
        assert not shows(BACKEND, readme="A backend developer likes Django and PostgreSQL.")

    def test_its_name_as_a_topic_does(self):
        assert shows(BACKEND, topics=["backend"])

    def test_a_role_that_is_not_common_is_shown_as_well(self):
        security = Term("role", "security engineer", "security engineer")

        assert shows(security, topics=["security"])
        assert not shows(security, topics=["backend"])

    def test_an_unknown_role_is_shown_by_nothing(self):
        assert not shows(Term("role", "xyzzy", "xyzzy"), topics=["xyzzy"])


class TestTestsAndCI:
    @pytest.mark.parametrize(
        ("bundle", "expected"),
        [
            ({"paths": ["tests/test_a.py"]}, "tests/test_a.py"),
            ({"paths": ["src/app.test.ts"]}, "src/app.test.ts"),
            ({"paths": ["pkg/app_test.go"]}, "pkg/app_test.go"),
            ({"files": ["spec"]}, "spec"),
            ({"packages": {"pytest": "pyproject.toml"}}, "pytest, pyproject.toml:3"),
            ({"packages": {"selenium": "requirements.txt"}}, None),
            ({"paths": ["src/contest.py", "latest.txt"], "readme": "Run the tests"}, None),
        ],
    )
    def test_tests_are_shown_by_paths_and_packages(
        self, bundle: dict[str, Any], expected: str | None
    ):
        assert expected == facts_of(**bundle).tests

    @pytest.mark.parametrize(
        ("bundle", "expected"),
        [
            ({"paths": [".github/workflows/ci.yml"]}, ".github/workflows/ci.yml"),
            ({"files": [".gitlab-ci.yml"]}, ".gitlab-ci.yml"),
            ({"files": ["jenkinsfile"]}, "jenkinsfile"),
            ({"files": [".github"]}, None),
            ({"topics": ["ci"]}, None),
        ],
    )
    def test_ci_is_shown_by_workflows_and_files_of_services(
        self, bundle: dict[str, Any], expected: str | None
    ):
        assert expected == facts_of(**bundle).ci


class TestListing:
    @pytest.mark.parametrize(
        ("own", "asked", "expected"),
        [
            ("MIT", "MIT", True),
            ("MIT", "mit", True),
            ("MIT-0", "MIT", False),
            ("GPL-3.0", "GPL", True),
            ("GPL-3.0-only", "GPL-3.0", True),
            ("AGPL-3.0", "GPL", False),
            (None, "", True),
            ("NOASSERTION", "", False),
            (None, "MIT", False),
        ],
    )
    def test_a_licence_is_compared_by_its_spdx_id(
        self, own: str | None, asked: str, expected: bool
    ):
        assert expected is facts_of(license=own).has_licence(asked)

    def test_recent_is_the_last_push_and_first_the_creation(self):
        facts = facts_of(created_at="2020-03-04T23:30:00Z", pushed_at="2021-05-06T00:10:00Z")

        assert date(2020, 3, 4) == facts.created_on
        assert date(2021, 5, 6) == facts.pushed_on

    def test_a_repository_without_a_push_has_no_day_of_it(self):
        assert facts_of(pushed_at=None).pushed_on is None

    def test_a_date_that_cannot_be_read_is_not_known(self):
        assert facts_of(created_at="yesterday").created_on is None

    def test_a_date_without_a_zone_is_utc(self):
        assert date(2020, 3, 4) == facts_of(created_at="2020-03-04T23:30:00").created_on

    @pytest.mark.parametrize(
        ("start", "end", "field", "expected"),
        [
            (date(2020, 3, 4), date(2020, 3, 4), "created", True),
            (date(2020, 3, 5), None, "created", False),
            (None, date(2020, 3, 3), "created", False),
            (date(2021, 5, 6), None, "pushed", True),
            (date(2021, 1, 1), None, "any", True),
            (date(2020, 4, 1), date(2020, 12, 31), "any", False),
        ],
    )
    def test_both_days_are_in_a_period(
        self, start: date | None, end: date | None, field: Any, expected: bool
    ):
        facts = facts_of(created_at="2020-03-04T12:00:00Z", pushed_at="2021-05-06T12:00:00Z")

        assert expected is facts.is_in(Period(start, end, field, "then"))

    def test_what_was_never_pushed_to_is_in_no_period_of_pushes(self):
        assert not facts_of(pushed_at=None).is_in(Period(None, None, "pushed", "ever"))

    def test_the_last_two_years_include_the_current_one(self):
        assert (date(2025, 1, 1), date(2026, 2, 3)) == years_until(2, date(2026, 2, 3))

    def test_what_it_says_is_its_summary_or_else_its_description(self):
        assert ["S", "D", ""] == [
            facts_of(summary="S", description="D").said,
            facts_of(description="D").said,
            facts_of().said,
        ]

    def test_a_drawn_tree_of_folders_says_nothing(self):
        assert "D" == facts_of(summary="├── src/ │ └── app.js", description="D").said


class TestPortfolio:
    def test_repositories_are_kept_by_name(self):
        facts = PortfolioFacts([bundle_of("b"), bundle_of("A")])

        assert ["A", "b"] == [repository.name for repository in facts.repositories]
        assert facts.are_public

    def test_the_terms_of_the_index_give_the_same_facts(self):
        bundles = sample_portfolio()
        index = PortfolioIndex(bundles)
        known = PortfolioFacts(bundles, index.analysed, index.listed)
        anew = PortfolioFacts(bundles)

        for one, other in zip(known.repositories, anew.repositories, strict=True):
            assert one.technologies == other.technologies
            assert any(one.terms[1] is listed for listed in index.listed)

    def test_every_technology_of_the_sample_has_evidence(self):
        for repository in PortfolioFacts(sample_portfolio()).repositories:
            for id in repository.technologies:
                assert repository.evidence_of(id)

    def test_the_sample_is_decided_by_what_its_files_show(self):
        facts = PortfolioFacts(sample_portfolio())

        def users(term: Term) -> set[str]:
            return {each.name for each in facts.repositories if facts.shows(each, term)}

        assert {"service-template", "skyhook", "ticketwise", "tidepool"} == users(DOCKER)
        assert {"harbor-lights", "skyhook"} == users(KUBERNETES)  # not homelab, which has k3s
        assert {"orchard-manager"} == users(DJANGO)

    def test_an_empty_portfolio_has_no_languages(self):
        assert [] == rank_languages(PortfolioFacts([]).repositories)
