// What this module knows: the tabs of a narrow screen, one pane at a time.

import { page } from "./page.js";
import { scrollToMark } from "./text.js";

const tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[role="tab"]')]);

/**
 * @param {"text" | "graph" | "facts"} name
 * @param {boolean} focus
 */
export function showTab(name, focus) {
  page.dataset.tab = name;
  for (const tab of tabs) {
    const chosen = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen && focus) tab.focus();
  }
  if (name === "text") scrollToMark();
}
tabs.forEach((tab, index) => {
  tab.addEventListener("click", () => showTab(/** @type {"text" | "graph" | "facts"} */ (tab.id.replace("tab-", "")), false));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = tabs[(index + step + tabs.length) % tabs.length];
    next.click();
    next.focus();
  });
});
