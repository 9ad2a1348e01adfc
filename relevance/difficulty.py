"""How demanding a repository is to understand, from the evidence that the ranking reads."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypedDict

from relevance.context import Context, normalise_context
from relevance.text import terms

LEVELS = ((75, "expert"), (50, "advanced"), (25, "intermediate"), (0, "beginner"))
# What an author says of the whole repository, on our scale.
DECLARED = {
    "beginner": 15, "novice": 15, "basic": 15, "easy": 15, "entry": 15,
    "intermediate": 40, "medium": 40, "moderate": 40,
    "advanced": 65, "hard": 65, "senior": 65, "proficient": 65,
    "expert": 88, "master": 88,
}  # fmt: skip
# Subjects that take years, in the ranking's terms.
DEMANDING = {
    "compile": "compilers", "kubernetes": "Kubernetes", "machinelearning": "machine learning",
    "deeplearning": "deep learning", "pytorch": "PyTorch", "tensorflow": "TensorFlow", "encrypt": "cryptography",
    "kernel": "kernels", "distribut": "distributed systems", "interpret": "interpreters", "webrtc": "WebRTC",
    "embedded": "embedded systems", "firmware": "firmware", "kafka": "Kafka", "blockchain": "blockchains",
    "shader": "shaders", "opengl": "OpenGL", "oauth": "OAuth", "computervision": "computer vision",
    "webassembly": "WebAssembly", "durablefunctions": "durable orchestrations", "asynchronous": "concurrency",
}  # fmt: skip
MOST_SIZE, MOST_LANGUAGES, MOST_DEPENDENCIES, MOST_COMPONENTS = 25, 15, 15, 10
MOST_SUBJECTS, A_SUBJECT, A_PRACTICE = 30, 10, 4


class Difficulty(TypedDict):
    """`score` 0..100, `level` the quarter that it lies in, `confidence` 0..1: how much there was to
    judge by."""

    level: str
    score: int
    confidence: float
    reasons: list[str]


def difficulty(bundle: Mapping[str, Any]) -> Difficulty:
    """Judge a bundle. Pure."""
    context = normalise_context(bundle["repoContext"])
    reasons: list[str] = []
    size = sum(bundle["languages"].values())
    score = min(MOST_SIZE, max(0.0, 7 * (math.log10(size) - 2.5))) if size else 0.0
    main = [name for name, part in bundle["languages"].items() if part >= 0.05 * size]
    score += min(MOST_LANGUAGES, 5 * max(0, len(main) - 1))
    if size:
        amount = f"{size / 1000:.0f} KB" if size >= 1000 else "less than 1 KB"
        reasons.append(f"{amount} of code in {', '.join(main[:4])}")
    dependencies = len(bundle["dependencies"])
    score += min(MOST_DEPENDENCIES, 0.6 * dependencies)
    if dependencies >= 10:
        reasons.append(f"{dependencies} dependencies")
    score += min(MOST_COMPONENTS, len(context.components))
    if len(context.components) >= 3:
        reasons.append(f"{len(context.components)} components described")
    score += _subjects(bundle, context, reasons) + _practices(bundle, reasons)
    declared = DECLARED.get(context.level) if context.level else None
    if declared is not None:
        score = (score + declared) / 2
        reasons.append(f"its context file calls it {context.level}")
    rounded = max(0, min(100, round(score)))
    return {
        "level": next(level for least, level in LEVELS if rounded >= least),
        "score": rounded,
        "confidence": _confidence(bundle, declared is not None),
        "reasons": reasons,
    }


def _subjects(bundle: Mapping[str, Any], context: Context, reasons: list[str]) -> float:
    metadata = bundle["metadata"]
    said = [metadata["name"], metadata["description"] or "", *metadata["topics"]]
    said += [*context.identity, *context.technologies, *context.topics]
    about = {DEMANDING[term] for term in terms(" . ".join(said), prose=True) if term in DEMANDING}
    if about:
        reasons.append(f"it is about {', '.join(sorted(about)[:3])}")
    return min(MOST_SUBJECTS, A_SUBJECT * len(about))


def _practices(bundle: Mapping[str, Any], reasons: list[str]) -> float:
    files = {str(name).lower() for name in bundle["files"]}
    found = [
        name
        for name, shown in (
            ("tests", bool({"tests", "test", "spec", "e2e"} & files)),
            ("automation", ".github" in files),
            ("containers", "dockerfile" in files),
        )
        if shown
    ]
    if found:
        reasons.append(f"it comes with {' and '.join(found)}")
    return A_PRACTICE * len(found)


def _confidence(bundle: Mapping[str, Any], declared: bool) -> float:
    there = [
        (0.25, bool(bundle["languages"])),
        (0.2, bool(bundle["file_types"])),
        (0.15, len(bundle["readme"]) > 200),
        (0.15, bool(bundle["dependencies"])),
        (0.25, declared),
    ]
    return round(sum(share for share, is_there in there if is_there), 2)
