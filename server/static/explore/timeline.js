// What this module knows: the panel of time: what happened when, brushed to limit the picture, and played event by event.

/** @import {Vis} from "./types.js" */
/** @import {Stretch} from "./dates.js" */
/** @import {PlacedEvent} from "./events.js" */
import { DAY_MS, dateWords, dayOf, stretchOf } from "./dates.js";
import { loadEvents } from "./events.js";
import { element, find, language, say } from "./page.js";
import { panel } from "./panel.js";
import { go, open as openSelection, remember } from "./selection.js";
import { chooseStretch, limits, showUntil } from "./time.js";
import { nodes, onChange, view } from "./view.js";

/**
 * The part of vis-timeline that is used here.
 * @typedef {{destroy: () => void, redraw: () => void, fit: (options: object) => void, zoomIn: (by: number, options: object) => void,
 *   zoomOut: (by: number, options: object) => void, addCustomTime: (time: number, id: string) => void, removeCustomTime: (id: string) => void,
 *   setCustomTime: (time: number, id: string) => void, setCustomTimeTitle: (title: string, id: string) => void,
 *   getCustomTime: (id: string) => Date, getWindow: () => {start: Date, end: Date},
 *   setWindow: (start: number, end: number, options: object) => void, getEventProperties: (event: Event) => {time: Date},
 *   on: (name: string, listener: (argument: any) => void) => void}} VisTimeline
 * @typedef {Vis & {Timeline: new (box: HTMLElement, items: unknown, options: object) => VisTimeline}} VisWithTimeline
 */

const STEP_MS = 2200;
const STILL = { animation: false };
/** @type {VisTimeline | null} */
let timeline = null;
/** @type {import("./types.js").VisData & {remove: (id: string) => void} | null} */
let items = null;
/** @type {PlacedEvent[]} */
let events = [];
/** @type {Map<string, PlacedEvent>} */
let byIri = new Map();
/** The element of each event, so that a redraw keeps the focus. @type {Map<string, HTMLElement>} */
const faces = new Map();
/** The event that is played; -1 before the first. */
let step = -1;
let timer = 0;
/** Whether the bars of the brush are on the chart. */
let barred = false;

const place = panel("time", { opened: () => void openTimeline(), closed: pause });
const chart = element("div", { class: "timeline" });
const from = dayBox("time.from", 0);
const to = dayBox("time.to", 1);
const play = element("button", { type: "button", class: "act", click: () => (timer ? pause() : start()) });
const steps = element("span", { class: "steps", role: "group", "aria-label": say("time.steps") },
  stepButton("time.previous", "‹", -1), play, stepButton("time.next", "›", 1));
const all = element("button", { type: "button", class: "act", click: () => { stop(); chooseStretch(null); } }, say("time.all"));
const zooms = element("span", { class: "steps", role: "group", "aria-label": say("time.zoom") },
  ...[["time.zoom.in", "+", () => timeline?.zoomIn(0.4, STILL)], ["time.zoom.out", "−", () => timeline?.zoomOut(0.6, STILL)], ["time.zoom.fit", "↔", fitAll]]
    .map(([key, sign, act]) => element("button", { type: "button", class: "act", "aria-label": say(String(key)), title: say(String(key)), click: /** @type {() => void} */ (act) }, String(sign))));
const order = element("p", { class: "order small" });
const now = element("p", { class: "now", role: "status" });
place.head.append(zooms);
place.body.append(element("div", { class: "panel-tools" }, steps, from.label, to.label, all), chart, now, order);
showPlay();

/**
 * A box for the first or the last day that is shown.
 * @param {string} key
 * @param {0 | 1} end
 */
function dayBox(key, end) {
  const input = /** @type {HTMLInputElement} */ (element("input", { type: "date", change: () => {
    const day = stretchOf(input.value);
    const stretch = limits() ?? wholeStretch();
    if (!day) return chooseStretch(null);
    const wanted = /** @type {Stretch} */ (end ? [Math.min(stretch[0], day[0]), day[1]] : [day[0], Math.max(stretch[1], day[1])]);
    stop();
    chooseStretch(wanted);
  } }));
  return { input, label: element("label", {}, say(key), " ", input) };
}

/** @param {string} key @param {string} sign @param {number} by */
function stepButton(key, sign, by) {
  return element("button", { type: "button", class: "act", "aria-label": say(key), title: say(key), click: () => { pause(); void playStep(step + by); } }, sign);
}

/** From the first event to the last. @returns {Stretch} */
function wholeStretch() {
  if (!events.length) return [0, Date.now()];
  return [events[0].stretch[0], Math.max(...events.map((event) => event.stretch[1]))];
}

/* ---------------------------------------------------------------- the chart */

/** vis-timeline is large: it comes when it is first wanted. */
async function loadLibrary() {
  const { timelineScripts = "", timelineStyle } = find(".panels").dataset;
  if (timelineStyle && !document.querySelector(`link[href="${CSS.escape(timelineStyle)}"]`)) {
    document.head.append(element("link", { rel: "stylesheet", href: timelineStyle }));
  }
  const vis = /** @type {VisWithTimeline} */ (/** @type {any} */ (globalThis).vis);
  // The second takes what the first makes: in their order. A saved picture carries both.
  for (const src of vis.Timeline ? [] : timelineScripts.split(" ")) {
    await new Promise((resolve, reject) => document.head.append(element("script", { src, load: resolve, error: () => reject(new Error(src)) })));
  }
  return vis;
}

async function openTimeline() {
  if (timeline) {
    timeline.redraw();
    return;
  }
  chart.replaceChildren(element("p", { class: "muted" }, say("loading")));
  try {
    const [vis, found] = await Promise.all([loadLibrary(), loadEvents()]);
    events = found;
    byIri = new Map(events.map((event) => [event.iri, event]));
    chart.replaceChildren();
    showOrder();
    if (!events.length) chart.append(element("p", { class: "muted" }, say("time.none")));
    else drawTimeline(vis);
  } catch (error) {
    chart.replaceChildren(element("p", { class: "problem", role: "alert" }, say("failed", { reason: error instanceof Error ? error.message : String(error) })));
  }
}

/** @param {VisWithTimeline} vis */
function drawTimeline(vis) {
  const [start, end] = wholeStretch();
  const margin = Math.max((end - start) * 0.04, DAY_MS * 20);
  const data = new vis.DataSet();
  items = /** @type {typeof items} */ (data);
  data.add(events.map((event) => ({
    id: event.iri, content: "", start: event.stretch[0], className: `camp-${event.camp ?? "none"}`,
    ...(event.stretch[1] - event.stretch[0] > DAY_MS ? { end: event.stretch[1], type: "range" } : { type: "point" }),
  })));
  timeline = new vis.Timeline(chart, data, {
    selectable: false, showCurrentTime: false, stack: true, verticalScroll: true, zoomKey: "ctrlKey", maxHeight: 210, minHeight: 110,
    // With a start and an end among the options it may stay hidden (8.5): the window comes once it is drawn.
    onInitialDrawComplete: fitAll, min: start - 10 * margin, max: end + 10 * margin, zoomMin: 14 * DAY_MS,
    margin: { item: { horizontal: 6, vertical: 3 }, axis: 4 }, orientation: { axis: "bottom", item: "top" },
    locale: language, locales: { [language]: { current: "", time: "", deleteSelected: "" } },
    format: { minorLabels: axisWords, majorLabels: (/** @type {VisMoment} */ at, /** @type {string} */ scale) => (scale === "year" ? "" : axisWords(at, scale === "month" ? "year" : "month")) },
    template: (/** @type {{id: string}} */ item) => faceOf(item.id),
    order: (/** @type {{start: number}} */ a, /** @type {{start: number}} */ b) => a.start - b.start,
  });
  timeline.on("timechange", (/** @type {{id: string}} */ { id }) => showBand(draggedStretch(id)));
  timeline.on("timechanged", (/** @type {{id: string}} */ { id }) => { stop(); chooseStretch(draggedStretch(id)); });
  chart.addEventListener("pointerdown", brush, { capture: true });
  showBrush();
}

/** All of the time, with room for the last labels. */
function fitAll() {
  const [start, end] = wholeStretch();
  const margin = Math.max((end - start) * 0.04, DAY_MS * 20);
  timeline?.setWindow(start - margin, end + 6 * margin, STILL);
}

/** @typedef {{valueOf: () => number}} VisMoment */
/**
 * What stands at the axis.
 * @param {VisMoment} at
 * @param {string} scale
 */
function axisWords(at, scale) {
  const date = new Date(at.valueOf());
  if (scale === "year") return date.toLocaleDateString(language, { year: "numeric" });
  if (scale === "month") return date.toLocaleDateString(language, { month: "short" });
  return date.toLocaleDateString(language, { month: "short", day: "numeric" });
}

/** @param {string} iri */
function faceOf(iri) {
  let face = faces.get(iri);
  const event = byIri.get(iri);
  if (!event) return "";
  if (!face) {
    const dates = datesOf(event);
    face = element("button", { type: "button", class: "event", title: `${event.label} · ${dates}`, "data-iri": iri, click: () => { pause(); void go({ select: iri }); } },
      event.number ? element("span", { class: "attempt-number" }, element("span", { class: "hidden-text" }, say("time.attempt", { number: event.number })), element("span", { "aria-hidden": "true" }, String(event.number))) : null,
      event.label, element("span", { class: "hidden-text" }, ` ${dates}`));
    faces.set(iri, face);
  }
  return face;
}

/** @param {PlacedEvent} event */
function datesOf(event) {
  const begin = dateWords(event.start, language);
  return event.end && event.end !== event.start ? `${begin} – ${dateWords(event.end, language)}` : begin;
}

/* ---------------------------------------------------------------- the brush */

/** Draw a stretch along the axis. @param {PointerEvent} event */
function brush(event) {
  const axis = event.target instanceof Element && event.target.closest(".vis-panel.vis-bottom");
  if (!axis || !timeline || event.button !== 0) return;
  event.stopPropagation();
  event.preventDefault();
  const begin = timeline.getEventProperties(event).time.getTime();
  /** @param {PointerEvent} moved @returns {Stretch} */
  const stretchTo = (moved) => {
    const end = timeline?.getEventProperties(moved).time.getTime() ?? begin;
    return [Math.min(begin, end), Math.max(begin, end) + DAY_MS];
  };
  const move = (/** @type {PointerEvent} */ moved) => showBand(stretchTo(moved));
  const done = (/** @type {PointerEvent} */ up) => {
    removeEventListener("pointermove", move);
    stop();
    const stretch = stretchTo(up);
    if (stretch[1] - stretch[0] > 2 * DAY_MS) chooseStretch(stretch);
    else showBrush();
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", done, { once: true });
}

/** @param {string} dragged the end that is dragged @returns {Stretch} */
function draggedStretch(dragged) {
  const [begin, end] = [timeline?.getCustomTime("from").getTime() ?? 0, timeline?.getCustomTime("to").getTime() ?? 0];
  if (begin + DAY_MS <= end) return [begin, end];
  return dragged === "from" ? [end - DAY_MS, end] : [begin, begin + DAY_MS];
}

/** @param {Stretch | null} stretch */
function showBand(stretch) {
  if (!items) return;
  if (stretch) items.update([{ id: "band", content: "", start: stretch[0], end: stretch[1], type: "background", className: "brushed" }]);
  else items.remove("band");
}


/** A box of days knows those of the years 1 to 9999 alone. @param {string} day */
const boxed = (day) => (/^\d{4}-/.test(day) && !day.startsWith("0000") ? day : "");

/** Show what the picture is limited to: in the boxes of days, and as bars that can be dragged. */
function showBrush() {
  const stretch = limits();
  const shown = stretch ?? (events.length ? wholeStretch() : null);
  from.input.value = shown ? boxed(dayOf(shown[0])) : "";
  to.input.value = shown ? boxed(dayOf(Math.max(shown[0], shown[1] - DAY_MS))) : "";
  /** @type {HTMLButtonElement} */ (all).disabled = stretch === null;
  place.button.classList.toggle("in-use", stretch !== null);
  if (!timeline) return;
  for (const [index, id] of ["from", "to"].entries()) {
    if (stretch && barred) timeline.setCustomTime(stretch[index], id);
    else if (stretch) timeline.addCustomTime(stretch[index], id);
    else if (barred) timeline.removeCustomTime(id);
    if (stretch) timeline.setCustomTimeTitle(say(`time.${id}`), id);
  }
  barred = stretch !== null;
  showBand(stretch);
}
onChange(showBrush);

/* ---------------------------------------------------------------- play */

function isStill() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function showPlay() {
  play.replaceChildren(say(timer ? "time.pause" : isStill() ? "time.step" : "time.play"));
  play.setAttribute("aria-pressed", String(timer !== 0));
}

/** Play on from where it stopped; who wants less motion goes on by one event. */
async function start() {
  if (!events.length) return;
  if (step >= events.length - 1) step = -1;
  if (isStill()) return playStep(step + 1);
  timer = -1;
  showPlay();
  await goOn();
}

async function goOn() {
  await playStep(step + 1);
  if (!timer) return;
  if (step < events.length - 1) timer = setTimeout(() => void goOn(), STEP_MS);
  else timer = setTimeout(() => { pause(); stop(); chooseStretch(null); }, STEP_MS);
}

/** @param {number} index */
async function playStep(index) {
  const event = events[index];
  if (!event) return;
  step = index;
  for (const [iri, face] of faces) face.classList.toggle("playing", iri === event.iri);
  const words = say("time.now", { date: datesOf(event), name: event.label, index: index + 1, count: events.length });
  now.textContent = words;
  showUntil([events[0].stretch[0], Math.max(...events.slice(0, index + 1).map((each) => each.stretch[1]))]);
  const window = timeline?.getWindow();
  if (timeline && window && (event.stretch[0] < window.start.getTime() || event.stretch[0] > window.end.getTime())) fitAll();
  await openSelection({ select: event.iri }, { scroll: true });
}

function pause() {
  if (!timer) return;
  clearTimeout(timer);
  timer = 0;
  showPlay();
  const stretch = limits();
  if (stretch) chooseStretch(stretch);
  if (view.selection.select) remember(view.selection);
}

/** Play no more, and begin from the first event next time. */
function stop() {
  clearTimeout(timer);
  timer = 0;
  step = -1;
  now.textContent = "";
  for (const face of faces.values()) face.classList.remove("playing");
  showPlay();
}

/* ---------------------------------------------------------------- the attempts' order */

/** The attempts by their number and by their date: a note where the two differ. */
function showOrder() {
  const numbered = events.filter((event) => event.number);
  const byDate = numbered.map((event) => Number(event.number));
  const byNumber = [...byDate].sort((a, b) => a - b);
  order.hidden = numbered.length < 2;
  if (order.hidden) return;
  const same = byDate.every((number, index) => number === byNumber[index]);
  const between = language === "en" ? ", " : "、";
  const undated = [...nodes.values()].flatMap((node) => (node.number && !byDate.includes(node.number) ? [node.number] : [])).sort((a, b) => a - b);
  order.textContent = say(same ? "time.order.same" : "time.order.differs", {
    dates: numbered.map((event) => `${event.number} (${dateWords(event.start, language)})`).join(between), numbers: byNumber.join(between),
  }) + (undated.length ? ` ${say("time.order.undated", { numbers: undated.join(between) })}` : "");
}
