"""Terraform, Ansible and Puppet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.packages import package_file_rank, package_kind, read_package_file


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
            'terraform {\n  required_version = ">= 1.5"\n  required_providers {\n    azurerm = {\n'
            '      source  = "hashicorp/azurerm" # "old/old"\n      version = "~> 4"\n    }\n'
            '    dns = { version = "3", source = "registry.example/acme/powerdns" }\n'
            '    template = "~> 2"\n    wrong = { source = "a" }\n'
            '    builtin = { source = "terraform.io/builtin/terraform" }\n  }\n  backend "s3" {}\n}\n'
            'provider "azurerm" {\n  features {}\n}\nprovider "random" {}\n/* provider "old" {} */\n'
            'provider "terraform" {}\nprovider "${x}" {}\n',
            ["hashicorp/azurerm", "acme/powerdns", "hashicorp/template", "hashicorp/random"],
            id="providers",
        ),
        pytest.param(
            'module "a" {\n  source = "terraform-aws-modules/eks/aws//modules/x"\n  version = "1"\n}\n'
            'module "b" {\n  source = "git::https://git.example/team/network.git?ref=v1"\n}\n'
            'module "c" {\n  source = "git@git.example:team/dns.git"\n}\n'
            'module "d" {\n  source = "github.com/team/cache//sub?ref=v2"\n}\n'
            'module "e" {\n  source = "app.example.io/team/queue/azurerm"\n}\n'
            'module "f" {\n  source = "git::ssh://git@git.example/team/logs.git//a?ref=b"\n}\n'
            'module "g" {\n  source = "../own"\n}\nmodule "h" {\n  source = "./own"\n}\n'
            'module "i" {\n  source = "https://files.example/x.zip"\n}\n'
            'module "j" {\n  source = "s3::https://s3.example/x.zip"\n}\n'
            'module "k" {\n  source = "https://site.example/module"\n}\n'
            'module "l" {\n  source = "${path}/x"\n}\nmodule "m" {\n  source = "own"\n}\n'
            'module "n" {\n  source = "https://git.example/team/mail.git"\n}\n',
            [
                "terraform-aws-modules/eks/aws",
                "network",
                "dns",
                "cache",
                "team/queue/azurerm",
                "logs",
                "mail",
            ],
            id="modules",
        ),
        pytest.param(
            'resource "a" "b" {\n  text = <<-EOT\n    provider "old" {\n  EOT\n'
            '  other = "provider \\"x\\" {"\n  source = "own/own"\n  tags = { source = "a/b" }\n'
            '  nested { deeper { deepest { source = "x/y" } } }\n}\n}\nlocals {}\n',
            [],
            id="strings",
        ),
        pytest.param("", [], id="empty"),
    ],
)
def test_terraform_names_providers_and_modules(text, expected):
    assert expected == read("infra/main.tf", text)


def test_terraform_tells_lines():
    text = 'provider "vault" {}\n\nmodule "x" {\n  source = "a/b/c"\n}\n'

    assert [("a/b/c", 4), ("hashicorp/vault", 1)] == [
        (named.name, named.line) for named in read_package_file("main.tofu", text)
    ]
    assert "infrastructure" == package_kind("main.tofu")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "roles:\n  - name: geerlingguy.docker\n  - src: https://git.example/a/ansible-nginx.git\n"
            "    name: nginx\n  - src: ./own\n  - dev-sec.ssh,1.0\n  # - old.role\n"
            "collections:\n  - name: community.postgresql\n    source: https://galaxy.example\n"
            "  - ansible.posix:1.5\n  - name: git@git.example:b/tools.git\n    type: git\n"
            "  - name: own/folder\n  - name: '{{ x }}'\n  - {}\n",
            [
                "geerlingguy.docker",
                "ansible-nginx",
                "dev-sec.ssh",
                "community.postgresql",
                "ansible.posix",
                "tools",
            ],
            id="roles-and-collections",
        ),
        pytest.param(
            "- src: a.b\n- name: c.d\n- {src: 'https://x.example/{y}'}\n", ["a.b", "c.d"], id="list"
        ),
        pytest.param("dependencies:\n- name: kafka\n  version: 1\n", ["kafka"], id="charts"),
        pytest.param("", [], id="empty"),
    ],
)
def test_ansible_names_roles_and_collections(text, expected):
    assert expected == read("requirements.yml", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '{"name": "me/own",\n"dependencies": [{"name": "puppetlabs/apt", "version_requirement": ">= 1"},\n'
            '{"name": "other"}, {"version_requirement": "1"}, "x"]}',
            ["puppetlabs/apt"],
        ),
        ('{"dependencies": {"a": "1"}}', []),
        ('{"title": "Photo"}', []),
        ("[]", []),
        ("not JSON", []),
        ("[" * 100_000, []),
    ],
)
def test_metadata_of_puppet_names_modules_and_other_metadata_none(text, expected):
    assert expected == read("metadata.json", text)


def test_a_puppetfile_names_modules():
    text = (
        "forge 'https://forge.example'\nmod 'puppetlabs/concat', '9.0'\n# mod 'a/old'\n"
        "mod \"herculesteam-augeas\",\n  :git => 'https://git.example/x.git'\nmod 'own', :local => true\n"
        "mod 'a b'\nmod name\n"
    )

    assert ["puppetlabs/concat", "herculesteam-augeas"] == read("Puppetfile", text)


def test_what_is_no_yaml_is_refused():
    with pytest.raises(ValueError, match="requirements"):
        read_package_file("requirements.yml", "roles:\n\t- a")


def test_other_files_are_not_read():
    assert package_file_rank("galaxy.yml") is None


@given(
    st.sampled_from(["main.tf", "requirements.yml", "Puppetfile", "metadata.json"]),
    st.lists(
        st.sampled_from(
            [
                "terraform",
                "required_providers",
                "{",
                "}",
                " = ",
                '"a/b"',
                "\n",
                "source",
                "provider ",
                "module ",
                "<<A",
                "- name: ",
                "mod ",
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
