// What this module knows: the panel of measures: what things are sized and coloured by, and a table of the things in view.

/** @import {Measure} from "./scores.js" */
/** @import {Thing} from "./types.js" */
import { alphabetic, element, language, numeral, say } from "./page.js";
import { panel } from "./panel.js";
import { drawBy, redraw } from "./picture.js";
import { MEASURES, SIZES, boundsOf, colourName, factorOf, isKnown, loadScores, scoreOf, scores, stepOf } from "./scores.js";
import { go, onOpen } from "./selection.js";
import { change, onChange, partOf, shown, view } from "./view.js";

const PART = "measure";
const ROWS = 500;

/** @typedef {{size?: Measure, colour?: Measure}} Drawn */

/** What a link or a person has chosen, of what there is. @returns {Drawn} */
function chosen() {
  const { size, colour } = Object(partOf(PART, {}));
  return { size: SIZES.find((each) => each === size), colour: MEASURES.find((each) => each === colour) };
}

const place = panel("measures", { opened: () => void open() });
const size = choice("size", SIZES);
const colour = choice("colour", MEASURES);
const status = element("p", { class: "muted small", role: "status" });
const legend = element("ul", { class: "scale" });
const meanings = element("details", { class: "meanings" }, element("summary", {}, say("measures.meanings")),
  element("dl", {}, ...MEASURES.map((measure) => element("div", {}, element("dt", {}, say(`measure.${measure}`)), element("dd", {}, say(`measure.${measure}.meaning`))))));
const table = element("div", { class: "wide", tabindex: 0, role: "region", "aria-label": say("measures.table") });
place.head.append(size.label, colour.label);
place.body.append(legend, status, meanings, table);

/**
 * @param {"size" | "colour"} what
 * @param {Measure[]} measures
 */
function choice(what, measures) {
  const list = /** @type {HTMLSelectElement} */ (element("select", { change: () => choose(what, list.value) },
    element("option", { value: "" }, say("measures.usual")), ...measures.map((measure) => element("option", { value: measure }, say(`measure.${measure}`)))));
  return { list, label: element("label", {}, say(`measures.${what}`), " ", list) };
}

/** @param {"size" | "colour"} what @param {string} measure */
function choose(what, measure) {
  change((draft) => {
    const now = /** @type {Record<string, string>} */ ({ ...chosen(), [what]: measure });
    draft.parts[PART] = Object.fromEntries(Object.entries(now).filter(([, value]) => value));
    if (!Object.keys(/** @type {object} */ (draft.parts[PART])).length) delete draft.parts[PART];
  });
}

/* ---------------------------------------------------------------- how things are drawn */

/** @type {Map<string, string>} */
const painted = new Map();
/** @param {string} name of a custom property */
function paint(name) {
  let found = painted.get(name);
  if (!found) painted.set(name, (found = getComputedStyle(document.documentElement).getPropertyValue(name).trim()));
  return found;
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  painted.clear();
  redraw();
});

/**
 * The colour that a measure gives a thing; null where none does.
 * @param {Thing} thing
 */
export function measuredColour(thing) {
  const by = chosen().colour;
  const step = by && scores ? stepOf(by, thing) : null;
  return by && step !== null ? paint(colourName(by, step)) : null;
}

let drawn = "";
/** Draw things as is chosen; what is not known yet is asked for. */
function apply() {
  const by = chosen();
  const key = JSON.stringify([by, scores !== null]);
  if (key === drawn) return;
  drawn = key;
  if ((by.size || by.colour) && !scores) {
    loadScores().then(() => { apply(); redraw(); }, (error) => tellFailure(error));
    return;
  }
  const bySize = by.size;
  drawBy(bySize ? (thing) => factorOf(bySize, thing) : null, by.colour ? measuredColour : null);
}

/** @param {unknown} error */
function tellFailure(error) {
  status.textContent = say("failed", { reason: error instanceof Error ? error.message : String(error) });
}

onChange(() => {
  apply();
  showChoice();
  again();
});
onOpen(again);
function again() {
  if (place.isOpen() && scores) showTable();
}

/* ---------------------------------------------------------------- the panel */

async function open() {
  showChoice();
  if (!scores) {
    status.textContent = say("measures.computing");
    try {
      await loadScores();
    } catch (error) {
      tellFailure(error);
      return;
    }
  }
  status.textContent = "";
  for (const list of [size.list, colour.list]) {
    for (const option of list.options) option.disabled = option.value !== "" && !isKnown(/** @type {Measure} */ (option.value));
  }
  apply();
  showChoice();
  showTable();
}

/** @type {Intl.NumberFormat | undefined} */
let digits;
/** @param {number} value */
const figure = (value) => (digits ??= new Intl.NumberFormat(language, { maximumSignificantDigits: 3 })).format(value);

function showChoice() {
  const by = chosen();
  size.list.value = by.size ?? "";
  colour.list.value = by.colour ?? "";
  place.button.classList.toggle("in-use", Boolean(by.size || by.colour));
  const measure = by.colour;
  if (!measure || !scores) {
    legend.replaceChildren();
    return;
  }
  legend.setAttribute("aria-label", say("measures.legend", { measure: say(`measure.${measure}`) }));
  legend.replaceChildren(...(measure === "community" ? communities() : steps(measure)));
}

/** @param {Measure} measure */
function steps(measure) {
  const bounds = boundsOf(measure);
  return Array.from({ length: bounds.length + 1 }, (_, step) => {
    const least = step ? bounds[step - 1] : null;
    const words = least === null ? say("measures.below", { value: figure(bounds[0] ?? 0) })
      : step === bounds.length ? say("measures.from", { value: figure(least) }) : say("measures.between", { least: figure(least), most: figure(bounds[step]) });
    return element("li", {}, swatch(colourName(measure, step)), bounds.length ? words : say("measures.all"));
  });
}

/** The communities in view, each with its number and who is best connected in it. */
function communities() {
  /** @type {Map<number, Thing[]>} */
  const found = new Map();
  for (const thing of shown()) {
    const number = stepOf("community", thing);
    if (number !== null) found.set(number, [...(found.get(number) ?? []), thing]);
  }
  return [...found].sort(([a], [b]) => a - b).map(([number, things]) => {
    things.sort((a, b) => (scoreOf("degree", b.id) ?? 0) - (scoreOf("degree", a.id) ?? 0));
    const names = things.slice(0, 2).map((thing) => thing.label).join(language === "en" ? ", " : "、");
    return element("li", {}, swatch(colourName("community", number)), element("b", {}, String(number + 1)), " ", say("measures.community", { names, count: things.length }));
  });
}

/** @param {string} name of a custom property: the swatch has a class for it, since no style stands in markup */
const swatch = (name) => element("span", { class: `swatch ${name.slice(2)}`, "aria-hidden": "true" });

/* ---------------------------------------------------------------- the table */

/** What the table is sorted by. @type {{by: "label" | "kind" | Measure, down: boolean}} */
let sorted = { by: "degree", down: true };

/** @param {Thing} thing @returns {string | number} */
function cell(thing, by = sorted.by) {
  if (by === "label") return thing.label;
  if (by === "kind") return thing.className;
  return scoreOf(by, thing.id) ?? -1;
}

function showTable() {
  const things = shown();
  const way = sorted.down ? -1 : 1;
  things.sort((a, b) => {
    const [x, y] = [cell(a), cell(b)];
    const first = typeof x === "string" ? alphabetic(x, String(y)) : x - Number(y);
    return way * first || alphabetic(a.label, b.label) || (a.id < b.id ? -1 : 1);
  });
  const columns = /** @type {("label" | "kind" | Measure)[]} */ (["label", "kind", ...MEASURES.filter(isKnown)]);
  const focused = document.activeElement instanceof HTMLElement && table.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  status.textContent = things.length > ROWS ? say("measures.cut", { shown: numeral(ROWS), all: numeral(things.length) }) : "";
  table.replaceChildren(element("table", { class: "measures-table" },
    element("caption", { class: "hidden-text" }, say("measures.table")),
    element("thead", {}, element("tr", {}, ...columns.map(heading))),
    element("tbody", {}, ...things.slice(0, ROWS).map((thing) => element("tr", { "aria-current": view.selection.select === thing.id ? "true" : null },
      element("th", { scope: "row" }, element("button", { type: "button", "data-key": thing.id, click: () => void go({ select: thing.id }) }, thing.label)),
      element("td", {}, thing.className),
      ...MEASURES.filter(isKnown).map((measure) => {
        const score = scoreOf(measure, thing.id);
        return element("td", { class: "number" }, score === null ? "–" : measure === "community" ? String(score + 1) : figure(score));
      }))))));
  if (focused) /** @type {HTMLElement[]} */ ([...table.querySelectorAll("[data-key]")]).find((item) => item.dataset.key === focused)?.focus();
}

/** @param {"label" | "kind" | Measure} by */
function heading(by) {
  const words = by === "label" || by === "kind" ? say(`measures.${by}`) : say(`measure.${by}`);
  const isText = by === "label" || by === "kind" || by === "community";
  const here = sorted.by === by;
  return element("th", { scope: "col", "aria-sort": here ? (sorted.down ? "descending" : "ascending") : null, class: by === "label" || by === "kind" ? null : "number" },
    element("button", { type: "button", "data-key": `column ${by}`, click: () => {
      sorted = here ? { by, down: !sorted.down } : { by, down: !isText };
      showTable();
    } }, words, element("span", { "aria-hidden": "true" }, here ? (sorted.down ? " ↓" : " ↑") : "")));
}
