"""Packages of Elixir and Erlang."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.packages import read_package_file


def read(path: str, text: str) -> list[str]:
    """Return the names, those for development with an appended `(dev)`."""
    return [
        f"{dependency.name} (dev)" if dependency.is_development else dependency.name
        for dependency in read_package_file(path, text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "defmodule Beacon.MixProject do\n  use Mix.Project\n  def project do\n"
            '    [app: :beacon, deps: deps(), dialyzer: [plt_file: {:no_warn, "x.plt"}]]\n  end\n'
            "  def application, do: [mod: {Beacon, []}, extra_applications: [:logger]]\n"
            '  defp deps do\n    [\n      {:ecto_sql, "~> 3.10"}, # {:old, "1"}\n'
            '      {:req, "~> 0.5", only: [:dev, :test]},\n      {:credo, ">= 0.0.0", only: :dev},\n'
            '      {:floki, "1", only: [:prod, :test]},\n      {:dialyxir, "1", runtime: false},\n'
            '      {:fork, github: "a/b", runtime: true},\n      {:own, path: "../own"},\n'
            '      {:mine, in_umbrella: true},\n      {:"quoted", "~> 1.0"},\n'
            '      {:env, [], system_env: [{"A", "b"}]},\n      {"x", 1}, {:y}\n'
            '    ]\n  end\n  defp aliases do\n    [setup: ["deps.get", {:z, "1"}]]\n  end\nend\n',
            [
                "ecto_sql",
                "req (dev)",
                "credo (dev)",
                "floki",
                "dialyxir (dev)",
                "fork",
                "quoted",
                "env",
            ],
            id="function",
        ),
        pytest.param(
            'def project do\n  [app: :x, deps: [{:plug, "~> 1"}, jason: "1.4"], other: [{:z, "1"}]]\nend',
            ["plug", "jason"],
            id="list",
        ),
        pytest.param(
            '@deps [\n  {:bandit, "1", only: :test}\n]\n@other [{:z, "1"}]\nx = [deps: [a: [b: 1]]]',
            ["bandit (dev)"],
            id="attribute",
        ),
        pytest.param('defp deps, do: [{:oban, "2", only: [:dev', ["oban (dev)"], id="unfinished"),
        pytest.param(") def", [], id="broken"),
        pytest.param("", [], id="empty"),
    ],
)
def test_mix_names_packages(text, expected):
    assert expected == read("apps/web/mix.exs", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '{erl_opts, [debug_info]}.\n{deps, [cowboy, % old,\n  {jsx, "3.1.0"},\n'
            '  {recon, {git, "https://git.example/recon.git", {tag, "2"}}}, {}, "x"\n]}.\n'
            "{plugins, [rebar3_hex]}.\n{profiles, [{test, [{deps, [meck]}]}]}.\n",
            ["cowboy", "jsx", "recon", "rebar3_hex (dev)", "meck (dev)"],
        ),
        (")) {deps, [a", ["a"]),
        ("", []),
    ],
)
def test_rebar_names_packages(text, expected):
    assert expected == read("rebar.config", text)


@given(
    st.sampled_from(["mix.exs", "rebar.config"]),
    st.lists(
        st.sampled_from(
            ["deps", "def ", "{", "}", "[", "]", ":", "a", ",", '"1"', "\n", "only: ", "%"]
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
