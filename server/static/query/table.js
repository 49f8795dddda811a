// What this module knows: an answer as a table: names in the place of IRIs, a page of rows at a time, sorted
// and searched here, and the passages behind a row.

/** @import {Answer, Row, Term} from "./answer.js" */

import { advice } from "./advice.js";
import { isDate, isNumber, textOf } from "./answer.js";
import { learn, named, pathOf, shortened } from "./labels.js";
import { button, counted, dialog, element, figure, say, send, settings } from "./page.js";
import { written } from "./terms.js";

const SIZES = [50, 100, 500];
/** No passage is as long as this. */
const LONGEST = 8000;
const COLLATOR = new Intl.Collator(settings.language, { numeric: true });

/**
 * @param {Answer} answer
 * @param {(row: number) => void} showRaw
 * @param {number | null} chosen the row to show
 * @returns {HTMLElement}
 */
export function drawTable(answer, showRaw, chosen) {
  if (answer.kind === "boolean") return element("p", { class: "query-boolean" }, say(String(answer.boolean)));
  if (!answer.rows.length) return element("div", {}, element("p", {}, say("empty")), advice(answer.query));
  let size = SIZES[0];
  let first = Math.floor((chosen ?? 0) / size) * size;
  let names = true;
  /** @type {{column: string, down: boolean} | null} */
  let sorted = null;
  let order = answer.rows.map((_, index) => index);

  const body = element("tbody");
  const heads = new Map(answer.variables.map((name) => [name, element("th", { scope: "col" },
    element("button", { type: "button", class: "sort", title: say("table.sort", { name }), click: () => sort(name) }, name))]));
  const table = element("table", { "aria-rowcount": answer.rows.length + 1 },
    element("thead", {}, element("tr", {},
      element("th", { scope: "col", class: "row-number" }, element("span", { class: "hidden-text" }, say("table.row"))),
      ...heads.values(), element("th", { scope: "col" }, element("span", { class: "hidden-text" }, say("table.says"))))),
    body);
  const region = element("div", { class: "wide", tabindex: "0", role: "region", "aria-label": say("view.table") }, table);
  const place = element("span", { class: "small", role: "status" });
  const previous = button(say("table.previous"), () => turn(-size));
  const next = button(say("table.next"), () => turn(size));
  const search = element("input", { type: "search", "aria-label": say("table.filter"), placeholder: say("table.filter"), autocomplete: "off" });
  const namesBox = element("input", { type: "checkbox", checked: true });
  const sizes = element("select", { "aria-label": say("table.size") }, ...SIZES.map((count) => element("option", { value: count }, String(count))));
  search.addEventListener("input", choose);
  namesBox.addEventListener("change", () => { names = namesBox.checked; draw(); });
  sizes.addEventListener("change", () => { size = Number(sizes.value); first = 0; draw(); });

  /** @param {number} by */
  function turn(by) {
    first = Math.max(0, Math.min(first + by, order.length - 1));
    draw();
    region.scrollTop = 0;
  }

  /** @param {string} column */
  function sort(column) {
    sorted = sorted?.column !== column ? { column, down: false } : sorted.down ? null : { column, down: true };
    for (const [name, head] of heads) {
      const now = sorted?.column === name;
      if (now) head.setAttribute("aria-sort", sorted?.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    choose();
  }

  function choose() {
    const wanted = search.value.trim().toLowerCase();
    order = answer.rows.map((_, index) => index);
    if (wanted) {
      order = order.filter((index) => Object.values(answer.rows[index]).some((term) =>
        textOf(term).toLowerCase().includes(wanted) || (term.type === "uri" && named(term.value)?.label.toLowerCase().includes(wanted))));
    }
    if (sorted) {
      const { column, down } = sorted;
      const keys = answer.rows.map((row) => keyOf(row[column]));
      order.sort((a, b) => (down ? -1 : 1) * compare(keys[a], keys[b]) || a - b);
    }
    first = 0;
    draw();
  }

  function draw() {
    const shown = order.slice(first, first + size);
    const last = first + shown.length;
    body.replaceChildren(...shown.map((index) => rowOf(index)));
    place.textContent = say("table.page", { first: figure(shown.length ? first + 1 : 0), last: figure(last), count: figure(order.length) });
    previous.disabled = first === 0;
    next.disabled = last >= order.length;
    const iris = shown.flatMap((index) => Object.values(answer.rows[index])).filter((term) => term.type === "uri").map((term) => term.value);
    const unknown = iris.some((iri) => !named(iri));
    if (unknown) {
      void learn(iris).then(() => {
        if (!table.isConnected || !names) return;
        for (const link of body.querySelectorAll("a[data-iri]")) if (link instanceof HTMLAnchorElement) name(link);
      });
    }
  }

  /** @param {HTMLAnchorElement} link */
  function name(link) {
    const iri = link.dataset.iri ?? "";
    link.textContent = names ? named(iri)?.label ?? shortened(iri) : written(iri);
    link.href = pathOf(iri);
  }

  /** @param {number} index */
  function rowOf(index) {
    const row = answer.rows[index];
    const number = figure(index + 1);
    return element("tr", { "aria-rowindex": index + 2, "aria-current": index === chosen ? "true" : null },
      element("td", { class: "row-number" },
        element("button", { type: "button", class: "plain", title: say("table.raw.row", { row: number }), "aria-label": say("table.raw.row", { row: number }), click: () => showRaw(index) }, number)),
      ...answer.variables.map((variable) => cellOf(row[variable])),
      element("td", { class: "row-says" },
        element("button", { type: "button", class: "plain says", title: say("table.says"), "aria-label": say("table.says.row", { row: number }), click: () => void showEvidence(row) }, "“ ”")));
  }

  /** @param {Term | undefined} term */
  function cellOf(term) {
    if (!term) return element("td");
    if (term.type === "uri") {
      const link = element("a", { class: "object", title: term.value, "data-iri": term.value });
      name(link);
      return element("td", {}, link);
    }
    return element("td", { class: isNumber(term) ? "number" : isDate(term) ? "date" : null, lang: term.language || null, dir: term.type === "literal" ? "auto" : null,
      title: term.datatype ? shortened(term.datatype) : null }, textOf(term));
  }

  const many = answer.rows.length > SIZES[0];
  const bar = element("p", { class: "table-bar" }, search,
    element("label", { class: "small" }, namesBox, " ", say("table.labels")),
    many && sizes, many && previous, many && next, place);
  draw();
  if (chosen !== null) {
    requestAnimationFrame(() => {
      const row = body.querySelector("[aria-current]");
      if (row instanceof HTMLElement) region.scrollTop = row.offsetTop - region.clientHeight / 3;
    });
  }
  return element("div", { class: "answer-table" }, bar, region);
}

/**
 * What a term is sorted by: numbers before dates before names, what is missing last.
 * @param {Term | undefined} term
 * @returns {[number, number | string]}
 */
function keyOf(term) {
  if (!term) return [4, ""];
  if (isNumber(term)) return [0, Number(term.value)];
  if (isDate(term)) return [1, term.value];
  if (term.type === "uri") return [2, named(term.value)?.label ?? shortened(term.value)];
  return [3, textOf(term)];
}

/** @param {[number, number | string]} a @param {[number, number | string]} b */
function compare(a, b) {
  if (a[0] !== b[0]) return a[0] - b[0];
  return typeof a[1] === "number" && typeof b[1] === "number" ? a[1] - b[1] : COLLATOR.compare(String(a[1]), String(b[1]));
}

/** @param {Row} row */
async function showEvidence(row) {
  const content = element("div", { class: "row-evidence", role: "status" }, say("loading"));
  dialog(say("table.says"), content);
  try {
    const terms = Object.values(row).filter((term) => (term.type === "uri" || term.type === "literal") && term.value.length <= LONGEST).slice(0, 100).map((term) => ({
      type: term.type, value: term.value, "xml:lang": term.language, datatype: term.language ? undefined : term.datatype,
    }));
    const { statements, total } = await send("/api/evidence", { terms });
    if (!statements.length) content.replaceChildren(element("p", {}, say("evidence.none")));
    else {
      content.replaceChildren(...statements.map(statementOf),
        ...(total > statements.length ? [element("p", { class: "small" }, counted("evidence.more", total - statements.length))] : []));
    }
  } catch (error) {
    content.replaceChildren(element("p", {}, error instanceof Error ? error.message : String(error)));
  }
}

/** @param {any} statement */
function statementOf(statement) {
  const wanted = settings.language === "en" ? "en" : "zh-Hant";
  const own = statement.passages.filter((/** @type {any} */ passage) => passage.language === wanted);
  const passages = own.length ? own : statement.passages.slice(0, 1);
  return element("article", { class: "row-statement" },
    element("p", { class: "small muted" }, statement.text),
    ...passages.map((/** @type {any} */ passage) => element("blockquote", { lang: passage.language },
      element("a", { href: passage.path }, element("mark", {}, passage.exact ?? say("evidence.text"))))),
    statement.paraphrase && !passages.some((/** @type {any} */ passage) => passage.exact === statement.paraphrase) && element("p", { class: "small" }, statement.paraphrase),
    element("p", { class: "small" }, element("a", { href: statement.path }, say("evidence.statement"))));
}
