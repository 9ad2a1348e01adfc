"""Actions, reusable workflows and images of GitHub Actions.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bundles.packages.containers import image_dependency, image_name
from bundles.packages.dependency import Dependency, Format, file_format
from bundles.packages.yaml_text import Node, yaml_documents

IMAGE_SCHEME = "docker://"
ACTION = re.compile(r"([\w.-]*\w/[\w.-]*\w)(?:/[^@]*)?(?:@.*)?", re.ASCII)


def _workflow(text: str) -> Iterator[Dependency]:
    for document in yaml_documents(text):
        for job in document.get("jobs").values():
            yield from _uses(job.get("uses"))  # a reusable workflow
            yield from _steps(job)
            for container in (job.get("container"), *job.get("services").values()):
                image = container if container.kind == "scalar" else container.get("image")
                yield from image_dependency(image, is_development=True)


def _action(text: str) -> Iterator[Dependency]:
    """https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax"""
    for document in yaml_documents(text):
        yield from _steps(document.get("runs"))
        image = document.get("runs", "image")
        if image.text.startswith(IMAGE_SCHEME):  # else a Dockerfile
            yield from _uses(image)


def _steps(job: Node) -> Iterator[Dependency]:
    for step in job.get("steps").items:
        yield from _uses(step.get("uses"))


def _uses(used: Node) -> Iterator[Dependency]:
    if used.text.startswith(IMAGE_SCHEME):
        name = image_name(used.text.removeprefix(IMAGE_SCHEME))
    else:
        action = ACTION.fullmatch(used.text.strip())
        name = action[1] if action and not used.text.strip().startswith(".") else ""
    if name:
        yield Dependency(name, used.line)


FORMATS: tuple[Format, ...] = (
    file_format(r"\.github/workflows/[^/]+\.ya?ml", _workflow, "infrastructure"),
    file_format(r"action\.ya?ml", _action, "infrastructure"),
)
