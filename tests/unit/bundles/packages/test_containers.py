"""Images, charts and development containers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.packages import package_file_rank, package_kind, read_package_file
from bundles.packages.containers import image_name, with_variables


def read(path: str, text: str) -> list[str]:
    """Return the names, those for development with an appended `(dev)`."""
    return [
        f"{dependency.name} (dev)" if dependency.is_development else dependency.name
        for dependency in read_package_file(path, text)
    ]


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("valkey", "valkey"),
        ("library/caddy:2", "caddy"),
        ("docker.io/library/caddy", "caddy"),
        ("grafana/loki:3.0@sha256:00aa", "grafana/loki"),
        ("mcr.microsoft.com/dotnet/aspnet:8.0", "dotnet/aspnet"),
        ("registry.example:5000/team/tool", "team/tool"),
        ("localhost/tool:x", "tool"),
        (" quay.io/keycloak/keycloak ", "keycloak/keycloak"),
        ("scratch", ""),
        ("", ""),
        ("a b", ""),
        ("{{ image }}", ""),
        ("$IMAGE", ""),
    ],
)
def test_an_image_is_named_without_registry_tag_and_digest(reference, expected):
    assert expected == image_name(reference)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:$TAG", "a:1"),
        ("${TAG}-${EMPTY}x", "1-x"),
        ("${EMPTY:-d} ${EMPTY-d} ${NONE:-d} ${NONE-d}", "d  d d"),
        ("${TAG:+e} ${NONE:+e} ${TAG:?f}", "e  1"),
        ("${NONE:-${TAG}} ${NONE:-${NONE:-g}}", "1 g"),
        ("$NONE ${NONE:?message}", "\0 \0"),
        ("$ $1 ${}", "$ $1 ${}"),
    ],
)
def test_variables_have_their_values_or_defaults(text, expected):
    assert expected == with_variables(text, {"TAG": "1", "EMPTY": ""})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "# FROM old\nFROM --platform=$BUILDPLATFORM golang:1.23 AS Build\nRUN go build\n"
            "FROM build AS test\nfrom gcr.io/distroless/static@sha256:00 as final\nFROM scratch\n",
            ["golang", "distroless/static"],
            id="stages",
        ),
        pytest.param(
            'ARG BASE="denoland/deno:2" OTHER\nARG PREFIX=\nARG V=3\nFROM ${BASE}\nFROM $OTHER\n'
            "FROM ${UNKNOWN}\nFROM ${PREFIX}elixir:${UNKNOWN}-slim\nARG LATE=late\nFROM $LATE\n"
            "FROM ${IMAGE:-ruby:$V}\nFROM ${R}/own/x",
            ["denoland/deno", "elixir", "ruby"],
            id="arguments",
        ),
        pytest.param(
            "FROM \\\n  # FROM old\n\n  crystallang/crystal:1\nRUN <<EOF cat <<-'X'\nFROM users\n"
            'EOF\nFROM more\n  X\nRUN echo $((1<<N)) <<<"x"\nFROM haskell\nFROM',
            ["crystallang/crystal", "haskell"],
            id="continued-and-heredocs",
        ),
        pytest.param(
            "# syntax=docker/dockerfile:1\n# escape=`\nFROM `\n mcr.microsoft.com/windows/nanoserver:x\n",
            ["windows/nanoserver"],
            id="escape",
        ),
        pytest.param(
            "FROM zig AS a\nCOPY --from=a /x /x\nCOPY --from=context / /\nCOPY . .\n"
            "COPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/\nCOPY --from=$X:1 a b\n",
            ["zig", "astral-sh/uv"],
            id="copies",
        ),
        pytest.param("", [], id="empty"),
    ],
)
def test_a_dockerfile_names_images_that_are_no_stages(text, expected):
    assert expected == read("Dockerfile", text)


def test_a_continued_instruction_stands_where_it_begins():
    assert [2] == [named.line for named in read_package_file("Dockerfile", "\nFROM \\\n nim\n")]


@pytest.mark.parametrize(
    ("path", "is_read"),
    [
        ("Dockerfile", True),
        ("a/Dockerfile.prod", True),
        ("a/dockerfile", True),
        ("containerfile", True),
        ("dockerfile.py", False),
        ("Dockerfile-dev", True),
        ("api.Dockerfile", True),
        ("api.dockerfile", True),
        ("Containerfile", True),
        ("Dockerfile.dockerignore", False),
        ("Dockerfile.md", False),
        ("compose.yml", True),
        ("docker-compose.override.yaml", True),
        ("compose.dev.yml", True),
        ("composer.yml", False),
        ("charts/a/Chart.yaml", True),
        ("helmfile.yaml", True),
        (".devcontainer/devcontainer.json", True),
        (".devcontainer/web/devcontainer.json", True),
        (".devcontainer.json", True),
    ],
)
def test_files_are_known_by_their_names(path, is_read):
    assert is_read == (package_file_rank(path) is not None)
    assert not is_read or package_kind(path) == "infrastructure"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "x-base: &base\n  image: nats:2\nservices:\n  queue:\n    <<: *base\n  web:\n    build: .\n"
            "    image: me/web\n  db:\n    image: ${DB:-timescale/timescaledb}:${TAG:-latest}\n"
            "  # old:\n  #   image: old\n  other:\n    image: $IMAGE\n  cache:\n    image: redis:${V}\n",
            ["nats", "timescale/timescaledb", "redis"],
            id="services",
        ),
        pytest.param("db:\n  image: couchdb\nweb:\n  build: .\n", ["couchdb"], id="first-version"),
        pytest.param("services:\n", [], id="no-services"),
        pytest.param("", [], id="empty"),
    ],
)
def test_compose_names_images_that_are_not_built(text, expected):
    assert expected == read("docker-compose.yml", text)


def test_a_chart_names_the_charts_it_depends_on():
    text = (
        "apiVersion: v2\nname: beacon\ndependencies:\n  - name: postgresql\n"
        "    repository: oci://charts.example/x\n  - name: own\n    repository: file://../own\n"
    )

    assert ["postgresql"] == read("Chart.yaml", text)


def test_a_helmfile_names_charts():
    text = (
        "repositories:\n- name: grafana\n---\nreleases:\n- name: a\n  chart: grafana/tempo\n"
        "- {name: b, chart: ./charts/b}\n- {name: c, chart: own}\n- name: d\n"
        "  chart: oci://charts.example/team/d\n- name: e\n  chart: '{{ .x }}/e'\n"
    )

    assert ["grafana/tempo", "team/d"] == read("helmfile.yaml", text)


def test_a_development_container_names_image_and_features():
    text = (
        '{\n  // "image": "old",\n  "image": "mcr.microsoft.com/devcontainers/rust:1",\n'
        '  "features": {"ghcr.io/devcontainers/features/node:1": {}, "./local": {},},\n  "name": "x"\n}'
    )

    assert [("devcontainers/rust", 3), ("devcontainers/features/node", 4)] == [
        (named.name, named.line) for named in read_package_file(".devcontainer.json", text)
    ]
    assert [] == read(".devcontainer.json", '{"build": {}, "image": "$X"}')


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("compose.yml", "services:\n\ta: b"),
        ("Chart.yaml", "{{- if x }}\nname: a"),
        (".devcontainer.json", "{"),
        (".devcontainer.json", "[]"),
        (".devcontainer.json", "[" * 100),
    ],
)
def test_what_is_not_in_the_format_is_refused(path, text):
    with pytest.raises(ValueError, match=path):
        read_package_file(path, text)


@given(
    st.sampled_from(
        ["Dockerfile", "compose.yml", "Chart.yaml", "helmfile.yaml", ".devcontainer.json"]
    ),
    st.lists(
        st.sampled_from(
            [
                "FROM ",
                "ARG a=b",
                "$a",
                "\n",
                "services:",
                " ",
                "image: ",
                "a:1",
                "<<A",
                "\\\\",
                "{",
                "}",
                "dependencies:\n- name: ",
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
