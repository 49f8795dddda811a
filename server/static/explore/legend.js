// What this module knows: the legend that filters and counts, and the list that mirrors the picture.

import { CAMP_MARKS, drawing, glyphOf, outlineOf } from "./glyphs.js";
import { openFollow } from "./follow.js";
import { alphabetic, element, find, numeral, say } from "./page.js";
import { go } from "./selection.js";
import { campCounts, edges, isCampOn, isKindOn, isLineOn, nodes, sharedLabels, shown, toggle, unseen, view } from "./view.js";

const state = find(".state");

/** @param {string} words */
export function tell(words) {
  state.textContent = words;
  state.hidden = !words;
}

export function showLegend() {
  const camps = find(".legend .camps");
  const counts = campCounts();
  camps.hidden = ![...nodes.values()].some((node) => node.camp);
  const all = /** @type {("challenger" | "incumbent" | "none")[]} */ (["challenger", "incumbent", "none"]);
  switches(find("ul", camps), "camp", all.map((camp) => ({
    key: camp, name: say(`camp.${camp}`, { name: view.campNames[camp] ?? "" }), count: counts[camp], on: isCampOn(camp),
    glyph: () => (camp === "none" ? drawing("M3 10h18v4H3z") : drawing(CAMP_MARKS[camp], camp)),
  })));
  const ofKind = (/** @type {import("./types.js").Kind} */ kind) => ({
    key: kind.class, name: kind.label, count: kind.count, on: isKindOn(kind.class), glyph: () => drawing(outlineOf(kind.kind)) });
  const others = find(".legend .more-classes");
  const rest = view.kinds.filter((kind) => !kind.shown);
  switches(find(".legend > .classes ul"), "class", view.kinds.filter((kind) => kind.shown).map(ofKind));
  others.hidden = rest.length === 0;
  find("summary .count", others).textContent = String(rest.length);
  switches(find("ul", others), "class", rest.map(ofKind));
  /** @type {Map<string, {label: string, count: number}>} */
  const lines = new Map();
  for (const edge of edges.values()) {
    const line = lines.get(edge.predicate) ?? { label: edge.label, count: 0 };
    line.count += 1;
    lines.set(edge.predicate, line);
  }
  const list = [...lines].sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1));
  find(".legend .lines").hidden = list.length === 0;
  switches(find(".legend .lines ul"), "line", list.map(([predicate, { label, count }]) =>
    ({ key: predicate, name: label, count, on: isLineOn(predicate), glyph: () => drawing("M1 11h22v2H1z") })));
}

/**
 * Put items into a list; who had the focus keeps it.
 * @param {HTMLElement} list
 * @param {HTMLElement[]} items
 */
function fill(list, items) {
  const active = document.activeElement;
  const key = active instanceof HTMLElement && list.contains(active) ? active.dataset.key : undefined;
  list.replaceChildren(...items);
  if (key) /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[data-key]")]).find((item) => item.dataset.key === key)?.focus();
}

/**
 * Switches of a legend; those that are there already stay, and are only set.
 * @param {HTMLElement} list
 * @param {"class" | "camp" | "line"} what
 * @param {{key: string, name: string, count: number, on: boolean, glyph: () => SVGElement}[]} wanted
 */
function switches(list, what, wanted) {
  const boxes = /** @type {HTMLInputElement[]} */ ([...list.querySelectorAll("input")]);
  if (boxes.map((box) => box.dataset.key).join("\n") !== wanted.map(({ key }) => key).join("\n")) {
    fill(list, wanted.map(({ key, name, count, on, glyph }) => {
      const box = /** @type {HTMLInputElement} */ (
        element("input", { type: "checkbox", "data-key": key, change: () => toggle(what, key, box.checked) }));
      box.checked = on;
      return element("li", {}, element("label", { class: "chip" }, box, glyph(), element("span", { class: "chip-name" }, name), " ",
        element("span", { class: "count" }, numeral(count))));
    }));
  } else {
    boxes.forEach((box, index) => {
      box.checked = wanted[index].on;
      const count = box.parentElement?.querySelector(".count");
      if (count) count.textContent = numeral(wanted[index].count);
    });
  }
}

export function showList() {
  const order = new Map(view.kinds.map((kind, index) => [kind.class, index]));
  const seen = shown();
  const shared = sharedLabels(seen);
  seen.sort((a, b) => (order.get(a.class) ?? 99) - (order.get(b.class) ?? 99) || alphabetic(a.label, b.label) || (a.id < b.id ? -1 : 1));
  fill(find(".index ul"), seen.map((node) => {
    const more = unseen(node);
    return element("li", {},
      element("button", {
        type: "button", "data-iri": node.id, "data-key": node.id, "aria-pressed": String(view.selection.select === node.id),
        click: (/** @type {MouseEvent} */ event) => {
          if (view.selection.select === node.id) openFollow(node.id, /** @type {HTMLElement} */ (event.currentTarget));
          else void go({ select: node.id }, { focus: true });
        },
      }, glyphOf(node), element("span", { class: "thing-name" }, node.label)),
      element("span", { class: shared.has(node.label) ? "kind" : "hidden-text kind" }, ` ${node.className}`),
      more ? element("span", { class: "more", title: say("more", { count: more }) }, `+${numeral(more)}`) : null);
  }));
  find(".index .shown").textContent = say("shown", { shown: numeral(seen.length), all: numeral(Math.max(view.total, nodes.size)) });
  tell(seen.length ? "" : say("nothing"));
}
