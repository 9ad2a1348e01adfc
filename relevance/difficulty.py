"""Estimate how hard a repository is to understand, from the texts that the ranking reads."""

from __future__ import annotations

import math
from typing import TypedDict

from models import Bundle
from relevance.context import Context, normalise_context
from relevance.text import terms

LEVELS = (
    (75, "expert"),
    (50, "advanced"),
    (25, "intermediate"),
    (0, "beginner"),
)  # minimum score, level
# The scores of the levels that authors declare in their context files.
DECLARED_SCORES = {
    "beginner": 15, "novice": 15, "basic": 15, "easy": 15, "entry": 15,
    "intermediate": 40, "medium": 40, "moderate": 40,
    "advanced": 65, "hard": 65, "senior": 65, "proficient": 65,
    "expert": 88, "master": 88,
}  # fmt: skip
# Subjects that take years to learn: term -> name.
DEMANDING_SUBJECTS = {
    "compile": "compilers", "kubernetes": "Kubernetes", "machinelearning": "machine learning",
    "deeplearning": "deep learning", "pytorch": "PyTorch", "tensorflow": "TensorFlow", "encrypt": "cryptography",
    "kernel": "kernels", "distribut": "distributed systems", "interpret": "interpreters", "webrtc": "WebRTC",
    "embedded": "embedded systems", "firmware": "firmware", "kafka": "Kafka", "blockchain": "blockchains",
    "shader": "shaders", "opengl": "OpenGL", "oauth": "OAuth", "computervision": "computer vision",
    "webassembly": "WebAssembly", "durablefunctions": "durable orchestrations", "asynchronous": "concurrency",
}  # fmt: skip
# Points of 100. Practices add at most 12.
MAX_SIZE_POINTS = 25
MAX_LANGUAGE_POINTS, POINTS_PER_FURTHER_LANGUAGE = 15, 5
MAX_DEPENDENCY_POINTS, POINTS_PER_DEPENDENCY = 15, 0.6
MAX_COMPONENT_POINTS = 10  # one for each
MAX_SUBJECT_POINTS, POINTS_PER_SUBJECT = 30, 10
POINTS_PER_PRACTICE = 4
MIN_LANGUAGE_SHARE = 0.05  # of the code; languages with less do not count
# Fewer are not worth a reason.
MIN_REASON_DEPENDENCIES, MIN_REASON_COMPONENTS = 10, 3
MIN_README_CHARS = 200  # a shorter README gives no confidence


class Difficulty(TypedDict):
    """An estimate, and what it rests on."""

    level: str  # the quarter of the scale that the score lies in
    score: int  # 0..100
    confidence: float  # 0..1; how much there was to judge by
    reasons: list[str]  # for people


def difficulty(bundle: Bundle) -> Difficulty:
    """Estimate a repository's difficulty: the mean of our score and its author's, if declared."""
    context = normalise_context(bundle["repoContext"])
    reasons: list[str] = []
    score = _code_points(bundle, reasons)
    score += _dependency_points(bundle, reasons)
    score += _component_points(context, reasons)
    score += _subject_points(bundle, context, reasons)
    score += _practice_points(bundle, reasons)
    declared = DECLARED_SCORES.get(context.level)
    if declared is not None:
        score = (score + declared) / 2
        reasons.append(f"its context file calls it {context.level}")
    rounded = max(0, min(100, round(score)))
    return {
        "level": next(level for minimum, level in LEVELS if rounded >= minimum),
        "score": rounded,
        "confidence": _confidence(bundle, is_declared=declared is not None),
        "reasons": reasons,
    }


def _code_points(bundle: Bundle, reasons: list[str]) -> float:
    size = sum(bundle["languages"].values())
    if not size:
        return 0.0
    main = [name for name, part in bundle["languages"].items() if part >= MIN_LANGUAGE_SHARE * size]
    amount = f"{size / 1000:.0f} KB" if size >= 1000 else "less than 1 KB"
    reasons.append(f"{amount} of code in {', '.join(main[:4])}")
    # Nothing up to 300 bytes, the maximum from about 1 MB on.
    size_points = min(MAX_SIZE_POINTS, max(0.0, 7 * (math.log10(size) - 2.5)))
    further = max(0, len(main) - 1)
    return size_points + min(MAX_LANGUAGE_POINTS, POINTS_PER_FURTHER_LANGUAGE * further)


def _dependency_points(bundle: Bundle, reasons: list[str]) -> float:
    count = len(bundle["dependencies"])
    if count >= MIN_REASON_DEPENDENCIES:
        reasons.append(f"{count} dependencies")
    return min(MAX_DEPENDENCY_POINTS, POINTS_PER_DEPENDENCY * count)


def _component_points(context: Context, reasons: list[str]) -> float:
    count = len(context.components)
    if count >= MIN_REASON_COMPONENTS:
        reasons.append(f"{count} components described")
    return min(MAX_COMPONENT_POINTS, count)


def _subject_points(bundle: Bundle, context: Context, reasons: list[str]) -> float:
    metadata = bundle["metadata"]
    texts = [metadata["name"], metadata["description"] or "", *metadata["topics"]]
    texts += [*context.identity, *context.technologies, *context.topics]
    subjects = {
        DEMANDING_SUBJECTS[term]
        for term in terms(" . ".join(texts), prose=True)
        if term in DEMANDING_SUBJECTS
    }
    if subjects:
        reasons.append(f"it is about {', '.join(sorted(subjects)[:3])}")
    return min(MAX_SUBJECT_POINTS, POINTS_PER_SUBJECT * len(subjects))


def _practice_points(bundle: Bundle, reasons: list[str]) -> float:
    files = {str(name).lower() for name in bundle["files"]}
    signs = {
        "tests": {"tests", "test", "spec", "e2e"},
        "automation": {".github"},
        "containers": {"dockerfile"},
    }
    practices = [practice for practice, names in signs.items() if names & files]
    if practices:
        reasons.append(f"it comes with {' and '.join(practices)}")
    return POINTS_PER_PRACTICE * len(practices)


def _confidence(bundle: Bundle, *, is_declared: bool) -> float:
    evidence = [
        (0.25, bool(bundle["languages"])),
        (0.2, bool(bundle["file_types"])),
        (0.15, len(bundle["readme"]) > MIN_README_CHARS),
        (0.15, bool(bundle["dependencies"])),
        (0.25, is_declared),
    ]
    return round(sum(share for share, is_present in evidence if is_present), 2)
