// What this module knows: the queries that are open beside each other, and how they outlive a visit. A
// browser that keeps nothing loses them and nothing else.

import { element, find, say } from "./page.js";

/**
 * @typedef {{name: string, query: string}} Example
 * @typedef {{id: string, name: string, query: string, view: string, example?: Example}} Tab
 *   `example` is what it was opened from and is named after, until a person names it
 */

const KEY = "shuangma.query";
const MOST = 20;
const MOST_CHARACTERS = 400_000;

/** @returns {{tabs: Tab[], active: string} | null} */
function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "null");
    const tabs = (Array.isArray(found?.tabs) ? found.tabs : []).filter((/** @type {any} */ tab) =>
      typeof tab?.id === "string" && typeof tab.name === "string" && typeof tab.query === "string" && typeof tab.view === "string"
      && (tab.example === undefined || (typeof tab.example?.name === "string" && typeof tab.example.query === "string"))).slice(0, MOST);
    return tabs.length ? { tabs, active: String(found.active) } : null;
  } catch {
    return null;
  }
}

export class Tabs {
  /**
   * @param {string} starter the query of a new tab
   * @param {(tab: Tab) => void} opened called when another tab is shown
   */
  constructor(starter, opened) {
    this.starter = starter;
    this.opened = opened;
    const found = kept();
    /** @type {Tab[]} */
    this.all = found?.tabs ?? [];
    if (!this.all.length) this.all.push(this.made(starter));
    /** @type {Tab} */
    this.active = this.all.find((tab) => tab.id === found?.active) ?? this.all[0];
    this.frame = find(".query-tabs");
    this.frame.hidden = false;
    this.draw();
  }

  /** @param {string} query @param {string} [name] @param {string} [view] @returns {Tab} */
  made(query, name = "", view = "table") {
    const made = { id: Math.random().toString(36).slice(2), name: name || this.freeName(), query, view };
    return name ? this.namedAfter(made, { name, query }) : made;
  }

  /** @param {Tab} tab @param {Example} example */
  namedAfter(tab, { name, query }) {
    const short = name.slice(0, 80);
    return Object.assign(tab, { name: short, example: { name: short, query } });
  }

  /**
   * Keep what is written in the tab that is shown; one that says no more what its example says is not called so.
   * @param {string} query
   */
  write(query) {
    const { active } = this;
    const { name, example } = active;
    active.query = query;
    if (example) {
      const same = query.trim() === example.query.trim();
      if (same) active.name = example.name;
      else if (name === example.name) active.name = this.freeName();
      if (active.name !== name) this.draw();
    }
    this.keep();
  }

  freeName() {
    for (let number = 1; ; number += 1) {
      const name = say("tab", { number });
      if (!(this.all ?? []).some((tab) => tab.name === name)) return name;
    }
  }

  /**
   * Show a query: in the tab that has it, in a tab that was left as it began, else in a new one.
   * @param {string} query
   * @param {string} [name]
   * @param {string} [view]
   */
  open(query, name, view) {
    const same = this.all.find((tab) => tab.query.trim() === query.trim());
    const untouched = this.active.query.trim() === this.starter.trim() ? this.active : null;
    const tab = same ?? untouched ?? this.made(query, name, view);
    if (!same && untouched) {
      Object.assign(tab, { query, view: view ?? "table" });
      delete tab.example;
      if (name) this.namedAfter(tab, { name, query });
    }
    if (view) tab.view = view;
    if (!this.all.includes(tab)) this.all.push(tab);
    while (this.all.length > MOST) this.all.splice(this.all.findIndex((each) => each !== tab), 1);
    this.show(tab);
  }

  /** @param {Tab} tab */
  show(tab) {
    this.active = tab;
    this.keep();
    this.draw();
    this.opened(tab);
  }

  /** @param {Tab} tab */
  close(tab) {
    const at = this.all.indexOf(tab);
    this.all.splice(at, 1);
    if (!this.all.length) this.all.push(this.made(this.starter));
    if (tab === this.active) this.show(this.all[Math.min(at, this.all.length - 1)]);
    else {
      this.keep();
      this.draw();
    }
  }

  keep() {
    try {
      const text = JSON.stringify({ tabs: this.all, active: this.active.id });
      if (text.length <= MOST_CHARACTERS) localStorage.setItem(KEY, text);
    } catch {
      // Private windows and full disks keep nothing.
    }
  }

  draw() {
    const list = element("div", { role: "tablist", "aria-label": say("tabs") });
    list.append(...this.all.map((tab) => {
      const chosen = tab === this.active;
      const made = element("button", {
        type: "button", role: "tab", id: `tab-${tab.id}`, "aria-selected": String(chosen), tabindex: chosen ? "0" : "-1",
        click: () => { if (!chosen) this.show(tab); }, dblclick: () => this.rename(tab),
      }, tab.name);
      return made;
    }));
    list.addEventListener("keydown", (event) => this.pressed(event));
    const close = element("button", { type: "button", class: "plain", "aria-label": say("tab.close", { name: this.active.name }), title: say("tab.close", { name: this.active.name }), click: () => this.close(this.active) }, "×");
    const rename = element("button", { type: "button", class: "plain", "aria-label": say("tab.rename"), title: say("tab.rename"), click: () => this.rename(this.active) }, "✎");
    const add = element("button", { type: "button", class: "plain", "aria-label": say("tab.new"), title: say("tab.new"), click: () => this.add() }, "+");
    this.frame.replaceChildren(list, add, rename, close);
  }

  add() {
    const tab = this.made(this.starter);
    if (this.all.length >= MOST) return;
    this.all.push(tab);
    this.show(tab);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const at = this.all.indexOf(this.active);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: this.all.length - 1 }[event.key];
    if (event.key === "F2") this.rename(this.active);
    else if (to === undefined) return;
    else this.show(this.all[(to + this.all.length) % this.all.length]);
    event.preventDefault();
    const chosen = this.frame.querySelector("[aria-selected=true]");
    if (chosen instanceof HTMLElement) chosen.focus();
  }

  /** @param {Tab} tab */
  rename(tab) {
    const box = element("input", { class: "tab-name", "aria-label": say("tab.name"), maxlength: 80 });
    box.value = tab.name;
    let done = false;
    const finish = (/** @type {boolean} */ takes) => {
      if (done) return;
      done = true;
      if (takes && box.value.trim() && box.value.trim() !== tab.name) {
        tab.name = box.value.trim();
        delete tab.example;
      }
      this.keep();
      this.draw();
    };
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); finish(true); }
      if (event.key === "Escape") finish(false);
    });
    box.addEventListener("blur", () => finish(true));
    this.frame.replaceChildren(box);
    box.focus();
    box.select();
  }
}
