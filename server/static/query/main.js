// What this module knows: how the parts of the query page work together.

/** @import {Answer} from "./answer.js" */
/** @import {Editor} from "./editor.js" */

import { viewsOf } from "./answer.js";
import { drawChart } from "./chart.js";
import { makeEditor } from "./editor.js";
import { wakeGallery } from "./gallery.js";
import { drawNetwork } from "./network.js";
import { button, counted, element, figure, find, given, say, says, settings } from "./page.js";
import { drawRaw } from "./raw.js";
import { AnswerTooLarge, MOST_BYTES, QueryProblem, ask } from "./running.js";
import { unbound } from "./selections.js";
import { downloads, fromHash, hashOf, share, showCode } from "./share.js";
import { limitOf, tokens } from "./syntax.js";
import { drawTable } from "./table.js";
import { Tabs } from "./tabs.js";
import { prepare } from "./terms.js";
import { drawTimeline } from "./timeline.js";

const STARTER = "SELECT * WHERE {\n  ?s ?p ?o\n}\nLIMIT 100\n";
const LONGEST_HASH = 30_000;

const main = find("main.query");
const form = find(".query-form");
const box = find("#query");
const status = find(".query-status");
const place = find(".query-answer");

/** The answers of this visit, by tab. @type {Map<string, Answer>} */
const answers = new Map();
/** @type {{cancel: () => Promise<boolean>, tab: string, stopped: boolean} | null} */
let running = null;
/** What is being drawn; what comes late is thrown away. */
let turn = 0;

const editor = makeEditor(find(".query-editor"), { changed, run: () => void run() });
const tabs = new Tabs(STARTER, (tab) => {
  editor.write(tab.query);
  mirror();
  showTab();
});

const runButton = find(".controls .run");
const stopButton = button(say("cancel"), () => void stop(), { class: "button stop", hidden: true });
runButton.after(stopButton, button(say("share"), () => share(tabs.active)), button(say("code"), () => void showCode(tabs.active.query)),
  element("span", { class: "small muted query-keys" }, say("keys")));

function changed() {
  tabs.write(editor.text());
  mirror();
}

/** The form holds what the editor holds. */
function mirror() {
  if (box instanceof HTMLTextAreaElement) box.value = tabs.active.query;
}

/* ---------------------------------------------------------------- running */

async function run() {
  if (running) await stop();
  editor.declare();
  editor.settle();
  const tab = tabs.active;
  const query = tab.query;
  turn += 1;
  rememberAddress();
  const asked = ask(query);
  const mine = { cancel: asked.cancel, tab: tab.id, stopped: false };
  running = mine;
  runButton.hidden = true;
  stopButton.hidden = false;
  place.setAttribute("aria-busy", "true");
  tell([say("running")]);
  const started = performance.now();
  const ticking = setInterval(() => {
    if (running === mine && tabs.active === tab) tell([say("running.s", { seconds: figure(Math.floor((performance.now() - started) / 1000)) })]);
  }, 1000);
  try {
    const answer = await asked.answer;
    answers.set(tab.id, answer);
    if (tabs.active === tab) showAnswer(answer);
  } catch (error) {
    answers.delete(tab.id);
    if (tabs.active === tab && !mine.stopped) complain(error, (performance.now() - started) / 1000);
  } finally {
    clearInterval(ticking);
    if (running === mine) {
      running = null;
      runButton.hidden = false;
      stopButton.hidden = true;
      place.removeAttribute("aria-busy");
    }
  }
}

async function stop() {
  const stopping = running;
  if (!stopping) return;
  stopping.stopped = true;
  const ended = await stopping.cancel().catch(() => false);
  tell([say(ended ? "cancelled" : "cancelled.here"), rules()]);
  place.replaceChildren();
}

/** Which default graph rules. @param {string} [query] */
const rules = (query = tabs.active.query) => say(`rules.${tokens(query).some(({ text }) => text.toUpperCase() === "FROM") ? "from" : settings.defaultGraph}`);

/** @param {(string | Node | null | false)[]} parts */
function tell(parts) {
  const line = element("p", { role: "status" });
  for (const part of parts) if (part) line.append(typeof part === "string" ? element("span", {}, part) : part);
  status.replaceChildren(line);
}

/** @param {unknown} error @param {number} seconds */
function complain(error, seconds) {
  const took = say("took", { seconds: time(seconds) });
  tell([took, rules()]);
  if (error instanceof AnswerTooLarge) {
    const size = figure(MOST_BYTES / 2 ** 20);
    const left = { kind: "solutions", query: tabs.active.query };
    place.replaceChildren(element("div", { class: "problem", role: "alert" }, element("p", {}, say("too_large", { size })),
      downloads(/** @type {Answer} */ (left), () => {})));
    return;
  }
  const problem = error instanceof QueryProblem ? error.problem : { status: 0, detail: say("no_server") };
  const { status: code, line, column, detail } = problem;
  const title = says(`error.${code}`) ? say(`error.${code}`) : say("error.other");
  place.replaceChildren(element("div", { class: "problem", role: "alert" },
    element("strong", {}, title), line ? ` · ${say("place", { line, column: column ?? 1 })}` : null,
    element("pre", {}, line ? detail.replace(/^Line \d+, column \d+: /, "") : detail),
    says(`error.mend.${code}`) && element("p", {}, say(`error.mend.${code}`))));
  editor.complain(line ?? null, column ?? null, detail);
}

/** @param {number} seconds */
const time = (seconds) => new Intl.NumberFormat(settings.language, { maximumFractionDigits: seconds < 1 ? 3 : 1 }).format(seconds);

/* ---------------------------------------------------------------- the answer */

function showTab() {
  const answer = answers.get(tabs.active.id);
  editor.settle();
  rememberAddress();
  if (answer) showAnswer(answer);
  else {
    turn += 1;
    tell([say("ready"), rules()]);
    place.replaceChildren();
  }
}

/** @param {Answer} answer */
function showAnswer(answer) {
  const tab = tabs.active;
  const count = answer.rows.length;
  const limit = answer.kind === "boolean" ? null : limitOf(answer.query);
  const without = answer.kind === "solutions" ? unbound(answer.query) : [];
  tell([
    say("took", { seconds: time(answer.seconds) }), answer.kind !== "boolean" && counted(answer.kind === "graph" ? "triples" : "count", count),
    answer.edition && say("edition", { edition: answer.edition }), rules(answer.query),
    without.length > 0 && element("strong", { class: "cut" },
      say(without.length === 1 ? "unbound.one" : "unbound", { names: new Intl.ListFormat(settings.language).format(without) })),
    limit !== null && answer.kind === "solutions" && count === limit && element("strong", { class: "cut" }, say("limit.cut", { limit: figure(limit) })),
  ]);
  const views = viewsOf(answer);
  const panel = element("div", { class: "answer-view", role: "tabpanel", id: "answer-view" });
  const list = element("div", { role: "tablist", class: "answer-views", "aria-label": say("views") });
  /** @param {string} view @param {number | null} row */
  const show = (view, row) => {
    tab.view = view;
    tabs.keep();
    rememberAddress();
    for (const each of list.children) {
      const now = each.id === `view-${view}`;
      each.setAttribute("aria-selected", String(now));
      each.setAttribute("tabindex", now ? "0" : "-1");
    }
    panel.setAttribute("aria-labelledby", `view-${view}`);
    void drawView(answer, view, row, panel, show);
  };
  list.append(...views.map((view) => element("button", {
    type: "button", role: "tab", id: `view-${view}`, "aria-controls": "answer-view", click: () => show(view, null),
  }, say(`view.${view}`))));
  list.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    const next = list.children[(views.indexOf(tab.view) + by + views.length) % views.length];
    if (next instanceof HTMLElement) {
      next.click();
      next.focus();
    }
  });
  place.replaceChildren(element("section", { "aria-label": say("result") },
    element("div", { class: "answer-bar" }, list, downloads(answer, (message) => tell([message]))), panel));
  show(views.includes(tab.view) ? tab.view : "table", null);
}

/**
 * @param {Answer} answer
 * @param {string} view
 * @param {number | null} row
 * @param {HTMLElement} panel
 * @param {(view: string, row: number | null) => void} show
 */
async function drawView(answer, view, row, panel, show) {
  turn += 1;
  const mine = turn;
  const showRaw = (/** @type {number} */ index) => show("raw", index);
  const showRow = (/** @type {number} */ index) => show("table", index);
  if (view === "table") panel.replaceChildren(drawTable(answer, showRaw, row));
  else if (view === "raw") panel.replaceChildren(drawRaw(answer, row, showRow));
  else {
    panel.replaceChildren(element("p", { class: "muted", role: "status" }, say("loading")));
    try {
      const drawn = view === "network" ? await drawNetwork(answer) : view === "timeline" ? await drawTimeline(answer, showRow) : await drawChart(answer);
      if (mine === turn) panel.replaceChildren(drawn);
    } catch (error) {
      if (mine === turn) panel.replaceChildren(element("p", { role: "alert" }, error instanceof Error ? error.message : String(error)));
    }
  }
}

/* ---------------------------------------------------------------- the address */

/** The address holds what is shown, so that it can be kept and sent; switching languages keeps it too. */
function rememberAddress() {
  const hash = hashOf(tabs.active);
  const untouched = tabs.active.query.trim() === STARTER.trim();
  if (hash.length <= LONGEST_HASH) {
    try {
      history.replaceState(null, "", untouched ? location.pathname : location.pathname + hash);
    } catch {
      // A browser that counts such changes may refuse one.
    }
  }
  for (const link of document.querySelectorAll(".languages a")) {
    if (link instanceof HTMLAnchorElement) {
      const address = new URL(link.href);
      address.searchParams.delete("query");
      address.searchParams.delete("format");
      address.hash = untouched || hash.length > LONGEST_HASH ? "" : hash;
      link.href = address.href;
    }
  }
}

/** @returns {boolean} whether the address asks a query */
function openAddress() {
  const shared = fromHash(location.hash);
  const asked = shared ?? (given.query ? { query: given.query, view: undefined } : null);
  if (!asked) return false;
  tabs.open(asked.query, undefined, asked.view);
  return true;
}

/* ---------------------------------------------------------------- beginning */

box.hidden = true;
find(".query-label").hidden = true;
find(".query-editor").hidden = false;
find(".without-script").hidden = true;
status.hidden = false;
main.classList.add("with-script");
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void run();
});
wakeGallery((query, name) => {
  main.classList.add("reading");
  tabs.open(query, name);
  void run();
  place.scrollIntoView({ block: "nearest" });
});
// Who comes to read an answer sees it below a few lines of its query, until they turn to the query itself.
find(".query-editor").addEventListener("focusin", () => main.classList.remove("reading"));
addEventListener("hashchange", () => {
  const shared = fromHash(location.hash);
  if (shared && shared.query !== tabs.active.query) {
    tabs.open(shared.query, undefined, shared.view);
    void run();
  }
});
editor.write(tabs.active.query);
mirror();
prepare();
if (openAddress()) {
  main.classList.add("reading");
  void run();
} else {
  tell([say("ready"), rules()]);
  rememberAddress();
}
main.dataset.ready = "true";
