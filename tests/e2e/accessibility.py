"""Ask axe what is wrong with a page."""

from __future__ import annotations

from playwright.sync_api import Page

from tools.host_process import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page, rules: list[str]) -> list[tuple[str, list[str]]]:
    """Run axe's rules, by their tags or names; return what they find and where."""
    report = page.evaluate("rules => axe.run({runOnly: rules})", rules)
    return [
        (violation["id"], [node["html"][:120] for node in violation["nodes"][:3]])
        for violation in report["violations"]
    ]
