"""What sets up machines: providers and modules of Terraform, roles of Ansible, modules of Puppet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bundles.packages.containers import chart_dependencies
from bundles.packages.data_text import JSON_STRING, Words, parse_json, table
from bundles.packages.dependency import Dependency, Format, file_format
from bundles.packages.ruby_text import (
    arguments_of,
    calls_in_blocks,
    first_string,
    option,
    ruby_tokens,
)
from bundles.packages.source_text import Token, tokens
from bundles.packages.yaml_text import Node, yaml_documents

# Terraform: https://developer.hashicorp.com/terraform/language

NAME = re.compile(r"[\w-]++", re.ASCII)
DEFAULT_OWNER = "hashicorp"  # of a provider whose source is not given
BUILT_IN_PROVIDER = "terraform"
MAX_BLOCKS = 3  # in one another, where packages are named
MAX_HEADER_WORDS = 2  # of a block, kept; the rest tells nothing about packages
# Sources that are no repository: objects in a store, and archives.
STORES = ("s3::", "gcs::", "oci:", "file:")
ARCHIVES = (".zip", ".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz", ".tar")


def _terraform(text: str) -> Iterator[Dependency]:
    known = {BUILT_IN_PROVIDER}  # providers whose source is given, by the name that they have here
    providers: list[tuple[str, int]] = []  # the others, and their lines
    for blocks, name, value in _settings(tokens(text, "hcl")):
        match blocks, name:
            case ("terraform", "required_providers", provider), "source":
                known.add(provider)
                yield from _provider_source(value)
            case ("terraform", "required_providers"), _:
                providers.append((name, value.line))  # as before Terraform 0.13: a version alone
            case ("provider", provider), "":
                providers.append((provider, value.line))
            case ("module", _), "source":
                if module := _module(value.text):
                    yield Dependency(module, value.line)
    for provider, line in providers:
        if provider not in known and NAME.fullmatch(provider):
            yield Dependency(f"{DEFAULT_OWNER}/{provider}", line)


def _settings(found: list[Token]) -> Iterator[tuple[tuple[str, ...], str, Token]]:
    """Yield the settings with a string: the words of their blocks, their name and their value.

    Yields a block with a label, too: its words, an empty name, and the label.
    """
    blocks: list[tuple[str, ...]] = []
    statement: list[Token] = []
    for token in found:
        if token.is_mark("{"):
            header = [word for word in statement if word.kind != "mark"][:MAX_HEADER_WORDS]
            blocks.append(tuple(word.text for word in header))
            if len(blocks) == 1 and len(header) > 1:
                yield blocks[0], "", header[1]
        elif token.is_mark("}") and blocks:
            blocks.pop()
        elif token.kind == "string" and len(blocks) <= MAX_BLOCKS and _is_setting(statement):
            words = tuple(word for block in blocks for word in block)
            yield words, statement[0].text, token
        if token.kind == "newline" or token.is_mark("{", "}", ","):
            statement = []
        else:
            statement.append(token)


def _is_setting(statement: list[Token]) -> bool:
    """Tell whether `name =` has been read."""
    return len(statement) == 2 and statement[1].is_mark("=", ":") and statement[0].text != ""


def _provider_source(source: Token) -> Iterator[Dependency]:
    """Read `owner/name`, with or without the host of a registry in front."""
    parts = source.text.split("/")
    names = parts[1:] if len(parts) == 3 else parts
    if len(names) == 2 and all(NAME.fullmatch(name) for name in names) and names[0] != "builtin":
        yield Dependency("/".join(names), source.line)


def _module(source: str) -> str:
    """Return a registry's `owner/name/provider`, a repository's name, or nothing for other sources.

    https://developer.hashicorp.com/terraform/language/modules/configuration
    """
    if source.startswith((".", "/", *STORES)) or "${" in source:
        return ""
    address = source.partition("?")[0].removeprefix("git::")
    scheme, _, rest = address.rpartition("://")
    repository = rest.partition("//")[0]  # the rest leads to a folder in it
    parts = repository.split("/")
    names = parts[1:] if "." in parts[0] else parts
    if not scheme and len(names) == 3 and all(NAME.fullmatch(name) for name in names):
        return "/".join(names)
    is_archive = scheme.startswith("http") and not source.startswith("git::")
    if len(parts) < 2 or repository.endswith(ARCHIVES) or (is_archive and ".git" not in address):
        return ""
    return _repository_name(repository)


def _repository_name(address: str) -> str:
    """Return the last part of a repository's address."""
    name = re.split("[/:]", address.rstrip("/"))[-1].removesuffix(".git")
    return name if re.fullmatch(r"[\w.-]+", name) else ""


# Ansible: https://docs.ansible.com/ansible/latest/galaxy/user_guide.html


def _requirements(text: str) -> Iterator[Dependency]:
    """Read roles and collections, or charts: Helm's older versions name the file so, too."""
    for document in yaml_documents(text):
        yield from chart_dependencies(document)
        roles, collections = document.get("roles"), document.get("collections")
        for entry in (*document.items, *roles.items, *collections.items):
            source = entry.get("src") if "src" in entry.entries else entry.get("name")
            named = entry if entry.kind == "scalar" else source
            if name := _galaxy_name(named):
                yield Dependency(name, named.line)


def _galaxy_name(node: Node) -> str:
    address = node.text.partition(",")[0].strip()  # a version may follow
    if address.startswith((".", "/", "~", "file:")):
        return ""
    if "/" in address:
        is_remote = "://" in address or "@" in address
        return _repository_name(address) if is_remote else ""
    name = address.partition(":")[0]
    return name if re.fullmatch(r"[\w.-]+", name) else ""


# Puppet: https://www.puppet.com/docs/puppet/latest/modules_metadata and
# https://github.com/puppetlabs/r10k/blob/main/doc/puppetfile.mkd

PUPPET_MODULE = re.compile(r"\w++(?:[/-]\w++)?")


def _puppet_metadata(text: str) -> Iterator[Dependency]:
    """Read the modules; other programs write files of this name, which name none."""
    try:
        dependencies = parse_json(text).get("dependencies")
    except (ValueError, RecursionError):
        return
    words = Words(text, JSON_STRING)
    for module in dependencies if isinstance(dependencies, list) else ():
        name = table(module).get("name")
        if isinstance(name, str) and "version_requirement" in module:
            yield Dependency(name, words.line(name))


def _puppetfile(text: str) -> Iterator[Dependency]:
    found = ruby_tokens(text)
    for index, _ in calls_in_blocks(found, {}):
        if found[index].text == "mod":
            arguments = arguments_of(found, index)
            name = first_string(arguments)
            is_module = name and PUPPET_MODULE.fullmatch(name.values[0])
            if name and is_module and option(arguments, "local") is None:
                yield Dependency(name.values[0], name.line)


# By convention providers stand in these; a folder's other files have resources alone.
# https://developer.hashicorp.com/terraform/language/style#file-names
TELLING_FILE = r"(?:[^/]*[^a-z/])?(?:main|versions?|providers?|terraform|backend)\.(?:tf|tofu)"

FORMATS: tuple[Format, ...] = (
    file_format(TELLING_FILE, _terraform, "infrastructure"),
    file_format(r"requirements\.ya?ml", _requirements, "infrastructure"),
    file_format("Puppetfile", _puppetfile, "infrastructure"),
    file_format(r"metadata\.json", _puppet_metadata, "infrastructure"),
)
