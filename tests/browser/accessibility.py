"""What axe finds amiss on a page (WCAG 2, by axe-core)."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.conftest import ROOT

_AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
# All rules; of what passes them nothing is reported, which takes a third less time.
_RUN = """async () => {
  const { violations } = await axe.run({ resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
}"""


def violations(page: Page) -> list[str]:
    """The rules that are broken, each with the first place; the page's policy must be set aside."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)
    found: list[str] = page.evaluate(_RUN)
    return found
