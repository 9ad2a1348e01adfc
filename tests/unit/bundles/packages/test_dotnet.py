"""Packages of .NET and Unity."""

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


def project(content: str, attributes: str = 'Sdk="Microsoft.NET.Sdk"') -> str:
    return f"<Project {attributes}><ItemGroup>{content}</ItemGroup></Project>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(project(""), [], id="plain-sdk"),
        pytest.param(
            project("", 'Sdk="Microsoft.NET.Sdk.Worker"'), ["microsoft.net.sdk.worker"], id="sdk"
        ),
        pytest.param(
            project('<Sdk Name="A.Sdk" /><Import Sdk="B.Sdk/1.0" Project="x" />', ""),
            ["a.sdk", "b.sdk"],
            id="more-sdks",
        ),
        pytest.param(
            project(
                "<PackageReference Version='1' Include='Polly' />\n"
                '<PackageReference Include="Refit"><Version>7</Version></PackageReference>'
                '<PackageReference Update="Humanizer" /><PackageReference Remove="Gone" />'
                '<!-- <PackageReference Include="Old" /> --><ProjectReference Include="../Own.csproj" />'
                '<PackageReference Include="$(Name);A.B; C.D" /><PackageReference />'
                '<FrameworkReference Include="Microsoft.AspNetCore.App" />'
            ),
            ["polly", "refit", "humanizer", "a.b", "c.d", "microsoft.aspnetcore.app"],
            id="references",
        ),
        pytest.param(
            project(
                '<PackageReference Include="A" PrivateAssets="All" />'
                '<PackageReference Include="B"><PrivateAssets>runtime; all</PrivateAssets></PackageReference>'
                '<PackageReference Include="C" PrivateAssets="compile" />'
                '<DotNetCliToolReference Include="D" />'
            ),
            ["a (dev)", "b (dev)", "c", "d (dev)"],
            id="private",
        ),
        pytest.param(
            '<Project xmlns="http://schemas.microsoft.com/developer/msbuild/2003"><Choose><When>'
            '<ItemGroup><PackageReference Include="Deep" /></ItemGroup></When></Choose></Project>',
            ["deep"],
            id="namespace",
        ),
    ],
)
def test_a_project_names_its_packages_and_sdk(text, expected):
    assert expected == read("src/App.fsproj", text)


@pytest.mark.parametrize("path", ["Directory.Packages.props", "directory.build.props", "A.csproj"])
def test_packages_may_be_listed_centrally(path):
    text = project(
        '<PackageVersion Include="Marten" Version="7" />\n'
        '<GlobalPackageReference Include="StyleCop.Analyzers" Version="1" />'
    )

    assert ["marten", "stylecop.analyzers (dev)"] == read(path, text)
    assert [1, 2] == [named.line for named in read_package_file(path, text)]


def test_packages_config_names_packages():
    text = (
        '<?xml version="1.0"?>\n<packages><package version="1" id="EntityFramework" />'
        '<package id="Tool" developmentDependency="true" /><other id="x" /></packages>'
    )

    assert ["entityframework", "tool (dev)"] == read("App/packages.config", text)


@pytest.mark.parametrize("text", ["[", "{}", "<packages>", "<Other/>"])
@pytest.mark.parametrize("path", ["A.vbproj", "packages.config", "Packages/manifest.json"])
def test_what_is_not_in_the_format_is_refused(path, text):
    if (path, text) != ("Packages/manifest.json", "{}"):
        with pytest.raises(ValueError, match=path):
            read_package_file(path, text)


def test_paket_names_packages_in_groups():
    text = (
        "source https://api.nuget.org/v3/index.json\n\nnuget FParsec ~> 1.1\n// nuget Old\n# nuget Older\n"
        "NUGET Giraffe\ngithub a/b\nclitool dotnet-fake\ngroup Tests\n  nuget Expecto\n"
        "group Client\n  nuget Fable.Core\n"
    )

    assert [
        "fparsec",
        "giraffe",
        "dotnet-fake (dev)",
        "expecto (dev)",
        "fable.core",
    ] == read("paket.dependencies", text)


def test_unity_names_packages_that_are_no_part_of_it():
    text = (
        '{"dependencies": {"com.unity.cinemachine": "2.9",\n"com.unity.modules.physics": "1.0",\n'
        '"org.own": "file:../own", "com.other.git": 3}}'
    )

    assert ["com.unity.cinemachine", "com.other.git"] == read("Game/Packages/manifest.json", text)
    assert [] == read("manifest.json", text)


@given(
    st.sampled_from(
        ["A.csproj", "packages.config", "paket.dependencies", "Packages/manifest.json"]
    ),
    st.lists(
        st.sampled_from(
            [
                "<Project>",
                "<PackageReference ",
                "Include=",
                '"a;b"',
                ">",
                "</Project>",
                "nuget a",
                "\n",
                "{",
                "}",
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
