"""Packages of Java, Kotlin, Scala and Clojure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.packages import read_package_file

FILES = ["pom.xml", "libs.versions.toml", "build.gradle", "build.gradle.kts", "build.sbt"]
FILES += ["project.clj", "deps.edn"]


def read(path: str, text: str) -> list[str]:
    """Return the names, those for development with an appended `(dev)`."""
    return [
        f"{dependency.name} (dev)" if dependency.is_development else dependency.name
        for dependency in read_package_file(path, text)
    ]


def dependency(group: str, artifact: str, more: str = "") -> str:
    names = f"<groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
    return f"<dependency>{names}{more}</dependency>"


OWN = "<groupId>org.lighthouse</groupId><artifactId>keeper</artifactId><version>2.0</version>"


def pom(content: str, own: str = OWN) -> str:
    return f'<project xmlns="http://maven.apache.org/POM/4.0.0">{own}{content}</project>'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(pom(""), [], id="own-name"),
        pytest.param(
            pom(
                f"<dependencies>{dependency('redis.clients', 'jedis')}"
                f"<!-- {dependency('a', 'b')} --></dependencies>"
            ),
            ["redis.clients:jedis"],
            id="commented-out",
        ),
        pytest.param(
            pom(
                "<dependencies>"
                f"{dependency('org.junit.jupiter', 'junit-jupiter', '<scope>test</scope>')}"
                "</dependencies><dependencyManagement><dependencies>"
                f"{dependency('io.quarkus', 'quarkus-bom', '<scope>import</scope>')}"
                "</dependencies></dependencyManagement>"
            ),
            ["org.junit.jupiter:junit-jupiter (dev)", "io.quarkus:quarkus-bom"],
            id="scopes",
        ),
        pytest.param(
            pom(
                "<dependencies>"
                + dependency("${project.groupId}", "keeper-core")
                + dependency("org.lighthouse", "keeper-api")
                + dependency("org.lighthouse", "keeper-ui", "<version>2.0</version>")
                + dependency("org.other", "keeper-x", "<version>${project.version}</version>")
                + dependency("org.lighthouse", "prism", "<version>7.1</version>")
                + "</dependencies>"
            ),
            ["org.lighthouse:prism"],
            id="own-modules",
        ),
        pytest.param(
            pom(
                "<dependencies>"
                + dependency(
                    "io.netty",
                    "netty-all",
                    "<exclusions><exclusion><groupId>x</groupId>"
                    "<artifactId>y</artifactId></exclusion></exclusions>",
                )
                + "</dependencies>"
            ),
            ["io.netty:netty-all"],
            id="exclusions",
        ),
        pytest.param(
            pom(
                "<properties><scala>2.13</scala><kafka.group>org.apache.kafka</kafka.group>"
                "</properties><dependencies>"
                + dependency("${kafka.group}", "kafka_${scala}")
                + dependency("${elsewhere}", "unknown")
                + dependency("a.b", "")
                + "<dependency><groupId>no.artifact</groupId></dependency></dependencies>"
            ),
            ["org.apache.kafka:kafka_2.13"],
            id="properties",
        ),
        pytest.param(
            pom(
                "<build><pluginManagement><plugins><plugin><artifactId>maven-jar-plugin</artifactId>"
                "</plugin></plugins></pluginManagement><plugins><plugin>"
                "<groupId>org.jacoco</groupId><artifactId>jacoco-maven-plugin</artifactId>"
                "<configuration><annotationProcessorPaths><path><groupId>org.mapstruct</groupId>"
                "<artifactId>mapstruct-processor</artifactId></path></annotationProcessorPaths>"
                "</configuration></plugin></plugins></build><profiles><profile><dependencies>"
                f"{dependency('com.h2database', 'h2')}</dependencies></profile></profiles>"
            ),
            [
                "org.apache.maven.plugins:maven-jar-plugin (dev)",
                "org.jacoco:jacoco-maven-plugin (dev)",
                "org.mapstruct:mapstruct-processor (dev)",
                "com.h2database:h2",
            ],
            id="plugins-and-profiles",
        ),
        pytest.param(
            "\n <project><dependencies>\n" + dependency("a.b", "c") + "</dependencies></project>",
            ["a.b:c"],
            id="no-own-group",
        ),
    ],
)
def test_a_pom_names_what_the_program_uses(text, expected):
    assert expected == read("pom.xml", text)


PARENT = "<parent><groupId>{}</groupId><artifactId>base</artifactId><version>1</version>{}</parent>"


@pytest.mark.parametrize(
    ("group", "parent_group", "path", "expected"),
    [
        ("org.lighthouse", "org.quay", "", ["org.quay:base"]),
        ("org.lighthouse", "org.lighthouse", "<relativePath/>", ["org.lighthouse:base"]),
        ("org.lighthouse", "org.quay", "<relativePath>../pom.xml</relativePath>", []),
        ("org.lighthouse", "org.lighthouse", "", []),
        ("org.lighthouse.web", "org.lighthouse", "", []),
        ("", "org.lighthouse", "", []),
    ],
)
def test_a_parent_counts_unless_it_is_the_authors_own(group, parent_group, path, expected):
    own = f"<groupId>{group}</groupId>" if group else ""
    text = f"<project>{PARENT.format(parent_group, path)}{own}</project>"

    assert expected == read("pom.xml", text)


def test_a_module_has_the_group_of_its_parent():
    text = (
        f"<project>{PARENT.format('org.lighthouse', '')}<dependencies>"
        + dependency("org.lighthouse", "lamp", "<version>1</version>")
        + dependency("org.lighthouse", "glass", "<version>9</version>")
        + "</dependencies></project>"
    )

    assert ["org.lighthouse:glass"] == read("pom.xml", text)


def test_a_pom_tells_the_lines_of_the_artifacts():
    text = (
        "<?xml version='1.0' encoding='UTF-16'?>\n<project>\n<dependencies>\n<dependency>\n"
        "<groupId>a.b</groupId>\n<artifactId>c</artifactId>\n</dependency></dependencies></project>"
    )

    assert [6] == [named.line for named in read_package_file("pom.xml", text)]


@pytest.mark.parametrize("text", ["<project>", "<settings/>", "modelVersion: 4", "{}"])
def test_what_is_no_pom_is_refused(text):
    with pytest.raises(ValueError, match=r"pom\.xml"):
        read_package_file("pom.xml", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "dependencies {\n  implementation 'com.squareup.okio:okio:3.9.0'\n"
            '  api "org.jsoup:jsoup:$jsoup"\n  // implementation "a.b:c:1"\n'
            "  /* api 'd.e:f:1'\n  */ testCompile 'org.hamcrest:hamcrest'\n}",
            [
                "com.squareup.okio:okio",
                "org.jsoup:jsoup",
                "org.hamcrest:hamcrest (dev)",
            ],
            id="strings",
        ),
        pytest.param(
            "dependencies {\n  compile group: 'org.postgresql', name: 'postgresql', version: '42'\n"
            "  testImplementation group: 'junit', name: 'junit'\n"
            "  compile group: '${x}', name: 'y'\n  compile name: 'local-aar', ext: 'aar'\n"
            "  compile([group: 'a.a', name: 'one'], [group: 'b.b', name: 'two'])\n}",
            ["org.postgresql:postgresql", "junit:junit (dev)", "a.a:one", "b.b:two"],
            id="maps",
        ),
        pytest.param(
            "dependencies {\n  implementation 'a.a:one:1',\n    'b.b:two:2'\n"
            "  implementation(\n    'c.c:three:3'\n  )\n  implementation('d.d:four:4') {\n"
            "    exclude group: 'x.x', module: 'y'\n    because 'e:f'\n    transitive = false\n  }\n"
            "  implementation platform('g.g:bom:5')\n  compile('h.h:five:1@aar'); api 'i.i:six:1'\n}",
            ["a.a:one", "b.b:two", "c.c:three", "d.d:four", "g.g:bom", "h.h:five", "i.i:six"],
            id="calls",
        ),
        pytest.param(
            "dependencies {\n  implementation project(':core')\n  implementation files('libs/a.jar')\n"
            "  implementation fileTree(dir: 'libs', include: ['*.jar'])\n  implementation libs.okhttp\n"
            '  implementation "${project.group}:core:1"\n  implementation project(path: ":x:y")\n}',
            [],
            id="own",
        ),
        pytest.param(
            "plugins {\n  id 'java'\n  id 'org.flywaydb.flyway' version '10'\n"
            "  id('com.diffplug.spotless')\n  alias(libs.plugins.ksp)\n}\n"
            "apply plugin: 'com.android.library'\napply plugin: 'application'\n"
            "apply from: 'x.gradle'\n",
            [
                "org.flywaydb.flyway (dev)",
                "com.diffplug.spotless (dev)",
                "com.android.library (dev)",
            ],
            id="plugins",
        ),
        pytest.param(
            "buildscript {\n  ext.kotlin_version = 1\n  dependencies {\n"
            "    classpath 'com.android.tools.build:gradle:8'\n  }\n}\n",
            ["com.android.tools.build:gradle (dev)"],
            id="buildscript",
        ),
        pytest.param(
            "ext.deps = [\n  moshi: 'com.squareup.moshi:moshi:1.15',\n  time: '12:30:45',\n"
            "  other: 'x:y:z']\nconfigurations.all {\n  resolutionStrategy.force 'a.a:b:1', 'c.c:d:1'\n}",
            ["com.squareup.moshi:moshi"],
            id="constants",
        ),
        pytest.param("}}} dependencies\n{ api 'a.b:c:1' ", ["a.b:c"], id="broken"),
        pytest.param("", [], id="empty"),
    ],
)
def test_gradle_in_groovy_names_packages_and_plugins(text, expected):
    assert expected == read("app/build.gradle", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            'implementation("g.h", "outside")\ndependencies {\n  implementation("org.jsoup", "jsoup", "1.18")\n'
            '  "testImplementation"("io.mockk", "mockk")\n  implementation(npm("left", "right"))\n'
            '  exclude("a.b", "c")\n  implementation("a.b", "1.0")\n  add("api", "d.e:f:1")\n}',
            ["org.jsoup:jsoup", "io.mockk:mockk (dev)", "d.e:f"],
            id="parts",
        ),
        pytest.param(
            'dependencies {\n  implementation("io.ktor:ktor-server-core:3.0")\n'
            '  /* outer /* inner */ implementation("a.b:c:1") */\n'
            '  implementation(kotlin("stdlib"))\n  testImplementation(kotlin("test"))\n'
            '  ksp("com.google.dagger:hilt-compiler:2")\n  implementation(libs.bundles.x)\n'
            '  debugImplementation("com.squareup.leakcanary:leakcanary-android:2")\n'
            '  implementation(project(":core"))\n  "integrationApi"("z.z:y:1")\n'
            '  add("testImplementation", "t.t:u:1")\n  add(configuration, other)\n}',
            [
                "io.ktor:ktor-server-core",
                "org.jetbrains.kotlin:kotlin-stdlib",
                "org.jetbrains.kotlin:kotlin-test (dev)",
                "com.google.dagger:hilt-compiler (dev)",
                "com.squareup.leakcanary:leakcanary-android (dev)",
                "z.z:y",
                "t.t:u (dev)",
            ],
            id="dependencies",
        ),
        pytest.param(
            'plugins {\n  id("org.springframework.boot") version "3"\n  kotlin("jvm") version "2"\n'
            '  kotlin("plugin.serialization")\n  `java-library`\n  id(name)\n}\n'
            'apply(plugin = "io.gitlab.arturbosch.detekt")\n',
            [
                "org.springframework.boot (dev)",
                "org.jetbrains.kotlin.jvm (dev)",
                "org.jetbrains.kotlin.plugin.serialization (dev)",
                "io.gitlab.arturbosch.detekt (dev)",
            ],
            id="plugins",
        ),
        pytest.param(
            "kotlin {\n  sourceSets {\n    val commonMain by getting {\n      dependencies {\n"
            '        implementation(group = "a.a", name = "b")\n      }\n    }\n  }\n}\n'
            'tasks.register("x", { println("c.c:d:e") })\nval a = """\n"b.b:c:1"\n"""',
            ["a.a:b"],
            id="multiplatform",
        ),
        pytest.param(
            'gradlePlugin {\n  plugins {\n    create("x") {\n      id = "org.lighthouse.own"\n    }\n  }\n}',
            [],
            id="own-plugin",
        ),
    ],
)
def test_gradle_in_kotlin_names_packages_and_plugins(text, expected):
    assert expected == read("build.gradle.kts", text)


def test_settings_of_gradle_are_no_package_file():
    assert [] == read("settings.gradle.kts", 'dependencies { implementation("a.b:c:1") }')


def test_a_version_catalog_names_libraries_and_plugins():
    text = (
        '[versions]\nroom = "2.6"\n# [libraries]\n[libraries]\n'
        'room = { module = "androidx.room:room-runtime", version.ref = "room" }\n'
        'coil = "io.coil-kt:coil:2.6"\n'
        'gson = { group = "com.google.code.gson", name = "gson" }\n'
        "nothing = {}\n[libraries.long]\nmodule = 'a.b:c'\n[bundles]\nui = [\"coil\"]\n[plugins]\n"
        'ksp = { id = "com.google.devtools.ksp", version = "2" }\nhilt = "dagger.hilt:2.5"\n'
    )

    assert [
        ("androidx.room:room-runtime", 5, False),
        ("io.coil-kt:coil", 6, False),
        ("com.google.code.gson:gson", 7, False),
        ("a.b:c", 9, False),
        ("com.google.devtools.ksp", 14, True),
        ("dagger.hilt", 15, True),
    ] == [
        (named.name, named.line, named.is_development)
        for named in read_package_file("gradle/libs.versions.toml", text)
    ]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param(
            "build.sc",
            'import mill._\n// ivy"a.b:c:1"\nobject keeper extends ScalaModule {\n'
            '  def ivyDeps = Agg(ivy"com.lihaoyi::upickle:3.1", mvn"org.jsoup:jsoup:1.18", ivy"x", "d.e:f:1")\n}',
            ["com.lihaoyi:upickle", "org.jsoup:jsoup"],
            id="mill",
        ),
        pytest.param(
            "build.sbt",
            'organization := "org.lighthouse"\nname := "keeper"\nval pekko = "1.0"\n'
            'val web = "org.http4s"\nlibraryDependencies ++= Seq(\n'
            '  "co.fs2" %% "fs2-core" % "3.10",\n  // "x.x" %% "commented" % "1",\n'
            '  "org.scalameta" %%% "munit" % V.munit % Test,\n  web %% "http4s-dsl" % pekko,\n'
            '  unknown %% "lost" % "1",\n  "org.scalatest" %% "scalatest" % "3" % "it,test",\n'
            '  "a.a" % "both" % "1" % "compile->compile;test->test" /* x */\n)\n',
            [
                "co.fs2:fs2-core",
                "org.scalameta:munit (dev)",
                "org.http4s:http4s-dsl",
                "org.scalatest:scalatest (dev)",
                "a.a:both",
            ],
            id="libraries",
        ),
        pytest.param(
            "build.sbt",
            'libraryDependencies +=\n  "a.a" % "b" % "1"\n'
            'excludeDependencies += "c.c" % "d"\n'
            'mimaPreviousArtifacts := Set("org.lighthouse" %% "keeper" % "1")\n'
            'libraryDependencies += compilerPlugin("e.e" %% "f" % "1")\nval rest = 7 % "g" % size\n'
            'libraryDependencies += "h.h" %% "i"',
            ["a.a:b", "e.e:f (dev)", "h.h:i"],
            id="other-keys",
        ),
        pytest.param(
            "project/plugins.sbt",
            'addSbtPlugin("org.scalameta" % "sbt-scalafmt" % "2.5")\n',
            ["org.scalameta:sbt-scalafmt (dev)"],
            id="plugins",
        ),
        pytest.param(
            "project/Dependencies.scala",
            'object Dependencies {\n  val quote = \'"\'\n  val redis = "io.lettuce" % "lettuce-core" % "6"\n}',
            ["io.lettuce:lettuce-core"],
            id="object",
        ),
        pytest.param("src/Dependencies.scala", 'val a = "b.b" % "c" % "1"', [], id="other-scala"),
    ],
)
def test_sbt_names_packages_with_its_operators(path, text, expected):
    assert expected == read(path, text)


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param(
            "deps.edn",
            '{:paths ["src"]\n :deps {org.clojure/clojure {:mvn/version "1.11"} ; ring/ring {}\n'
            '        metosin/reitit {:mvn/version "0.7"}\n        #_#_ old/thing {:mvn/version "1"}\n'
            '        own/lib {:local/root "../lib"}}\n'
            ' :aliases {:test {:extra-deps {lambdaisland/kaocha {:mvn/version "1"}}} :x [1]}\n'
            ' "text" {} [] 1}',
            ["org.clojure/clojure", "metosin/reitit", "lambdaisland/kaocha (dev)"],
            id="deps",
        ),
        pytest.param(
            "project.clj",
            '(comment "x")\n(defproject lighthouse/keeper "0.1.0"\n  :description "Uses [a/b \\"1\\"]"\n'
            '  :dependencies [[org.clojure/clojure "1.11"] #_[old/one "1"] [compojure "1.7"] ~more []]\n'
            '  :plugins [[lein-ring "0.12"]] :main \\; :url "x"\n'
            '  :profiles {:dev {:dependencies [[midje "1.10"]]}})',
            ["org.clojure/clojure", "compojure", "lein-ring (dev)", "midje (dev)"],
            id="leiningen",
        ),
        pytest.param("project.clj", "", [], id="empty"),
    ],
)
def test_clojure_names_packages(path, text, expected):
    assert expected == read(path, text)


@pytest.mark.parametrize("text", ["[1]", "word", "{:deps {", "}", "(" * 200])
def test_what_is_no_map_of_clojure_is_refused(text):
    with pytest.raises(ValueError, match=r"deps\.edn"):
        read_package_file("deps.edn", text)


@given(
    st.sampled_from(FILES),
    st.lists(
        st.sampled_from(
            [
                *("dependencies", "{", "}", "(", ")", '"a.b:c:1"', "'", '"', "\n", " ", "%", "//"),
                *("/*", "val x = ", ":deps ", "[", "]", "#_", "group: ", "name: ", "plugins"),
                *("id ", "<a>", "kotlin", "apply plugin:"),
            ]
        )
    ).map("".join)
    | st.text(),
)
def test_any_text_is_read_or_refused(path, text):
    try:
        named = read_package_file(path, text)
    except ValueError:
        return
    assert all(dependency.line <= text.count("\n") + 1 for dependency in named)
