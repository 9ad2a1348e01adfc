"""Packages of CocoaPods, Swift and Carthage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.packages import own_names, read_package_file


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
            "platform :ios, '17.0'\nuse_frameworks!\n# pod 'Old'\n=begin\npod 'Older'\n=end\n"
            "target 'Beacon' do\n  pod 'Nuke', '~> 12'\n  pod \"Firebase/Auth\" # pod 'x'\n"
            "  pod('Lottie')\n  pod 'Own', :path => '../Own'\n  pod 'Mine', path: 'x'\n"
            "  pod 'Fork', :git => 'https://git.example/a.git',\n    :branch => 'x'\n"
            "  pod name\n  pod 'a b'; pod 'RxSwift'\nend\n",
            ["nuke", "firebase", "lottie", "fork", "rxswift"],
            id="pods",
        ),
        pytest.param(
            "target 'App' do\n  if ENV['X']\n    pod 'Snap'\n  end\n  target 'AppTests' do\n"
            "    inherit! :search_paths\n    ['A'].each do |name|\n      pod 'Quick'\n    end\n  end\n"
            "  pod 'After'\nend\npost_install do |installer|\n  installer.x\nend\nend\npod 'Last'",
            ["snap", "quick (dev)", "after", "last"],
            id="targets-of-tests",
        ),
        pytest.param(
            "target 'AppSpec' do\n=begin\n  pod 'Old'\n=end\n  text = <<~A\n    pod 'Older'\n  A\n"
            "  pod 'Nimble'\nend\n%w[x y].each { |name| pod 'Sentry' }\n",
            ["nimble (dev)", "sentry"],
            id="what-looks-like-ends-and-pods",
        ),
        pytest.param("", [], id="empty"),
    ],
)
def test_a_podfile_names_pods(text, expected):
    assert expected == read("ios/Podfile", text)
    assert expected == read("podfile", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            'import PackageDescription\nlet package = Package(name: "Beacon", dependencies: [\n'
            '  .Package(url: "https://git.example/kitura/Kitura.git", majorVersion: 1),\n'
            '  .Package(url: "../Own", majorVersion: 1),\n])\n',
            ["kitura/kitura"],
            id="version-3",
        ),
        pytest.param(
            '// swift-tools-version:5.9\nlet package = Package(\n  name: "Beacon",\n  dependencies: [\n'
            '    .package(url: "https://git.example/vapor/vapor.git", from: "4.0"),\n'
            '    .package(\n      name: "GRDB",\n      url: "git@git.example:groue/GRDB.swift.git",\n'
            '      .branch("x")\n    ),\n    // .package(url: "https://git.example/a/old", from: "1"),\n'
            '    /* .package(url: "https://git.example/a/older", from: "1"), */\n'
            '    .package(path: "../Own"),\n    .package(name: "Mine", path: "Mine"),\n'
            '    .package(url: "../Local", from: "1"),\n'
            '    .package(id: "mona.LinkedList", from: "1"),\n'
            '    .package(url: "https://git.example/alone", from: "1"),\n'
            '    .package(url: "https://git.example/a/b c", from: "1"),\n'
            '    .package(url: address, from: "1"),\n  ],\n  targets: [\n'
            '    .target(name: "X", dependencies: [.product(name: "Vapor", package: "vapor")])\n  ]\n)\n',
            ["vapor/vapor", "groue/grdb.swift", "mona.linkedlist", "alone"],
            id="packages",
        ),
        pytest.param("func package(url: String) {}", [], id="own-function"),
        pytest.param("", [], id="empty"),
    ],
)
def test_a_swift_package_names_repositories(text, expected):
    assert expected == read("Package.swift", text)


def test_a_podspec_names_pods():
    text = (
        "Pod::Spec.new do |s|\n  s.name = 'Beacon'\n  # s.dependency 'Old'\n"
        "  s.dependency 'RxCocoa/Core', '~> 6'\n  s.subspec 'A' do |a|\n    a.dependency NAME\n"
        "    a.dependency('Nuke')\n  end\n  dependency 'x'\nend\n"
    )

    assert ["rxcocoa", "nuke"] == read("ios/Beacon.podspec", text)
    assert {"beacon"} == own_names("ios/Beacon.podspec", text)


@pytest.mark.parametrize(
    ("path", "development"), [("Cartfile", ""), ("Cartfile.private", " (dev)")]
)
def test_a_cartfile_names_repositories(path, development):
    text = (
        '# github "a/old"\ngithub "ReSwift/ReSwift" ~> 6.0\ngit "https://git.example/b/c.git" "main"\n'
        'binary "https://files.example/releases/Maps.json"\ngit "file:///own"\nother "x/y"\ngithub "x'
    )
    expected = ["reswift/reswift", "b/c", "maps"]

    assert [f"{name}{development}" for name in expected] == read(path, text)
    assert [2, 3, 4] == [named.line for named in read_package_file(path, text)]


@given(
    st.sampled_from(["Podfile", "Package.swift", "Cartfile", "Cartfile.private"]),
    st.lists(
        st.sampled_from(
            [
                "pod ",
                '"a/b"',
                ".package(",
                "url: ",
                "target ",
                "do",
                "end",
                "\n",
                ")",
                "github ",
                "#",
                ",",
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
