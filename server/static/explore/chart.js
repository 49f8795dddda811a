// What this module knows: how events are drawn along time, by vis-timeline, and how a stretch of it is drawn over.

/** @import {VisData} from "./types.js" */
/** @import {Stretch} from "./dates.js" */
/** @import {PlacedEvent} from "./events.js" */
import { DAY_MS, dateWords } from "./dates.js";
import { widthOf } from "./labels.js";
import { element, find, language, say } from "./page.js";

/**
 * The part of vis-timeline that is used here.
 * @typedef {{destroy: () => void, redraw: () => void, fit: (options: object) => void, zoomIn: (by: number, options: object) => void,
 *   zoomOut: (by: number, options: object) => void, addCustomTime: (time: number, id: string) => void, removeCustomTime: (id: string) => void,
 *   setCustomTime: (time: number, id: string) => void, setCustomTimeTitle: (title: string, id: string) => void,
 *   getCustomTime: (id: string) => Date, getWindow: () => {start: Date, end: Date},
 *   setWindow: (start: number, end: number, options: object) => void, getEventProperties: (event: Event) => {time: Date},
 *   on: (name: string, listener: (argument: any) => void) => void}} VisTimeline
 * @typedef {{DataSet: new () => VisData, Timeline: new (box: HTMLElement, items: unknown, options: object) => VisTimeline}} VisForTime
 */

const STILL = { animation: false };
const LABEL_REM = 0.78; // as panels.css has it
const BESIDE_PX = 20; // a number or the dot before a label, and some room
/** How much of the width a label may claim at most: on a narrow screen time would have none. */
const MOST_OF_WIDTH = 0.5;
export const box = element("div", { class: "timeline" });
/** @type {VisTimeline | null} */
let timeline = null;
/** @type {VisData & {remove: (id: string) => void} | null} */
let items = null;
/** @type {PlacedEvent[]} */
let events = [];
/** @type {Map<string, PlacedEvent>} */
let byIri = new Map();
/** The element of each event, so that a redraw keeps the focus. @type {Map<string, HTMLElement>} */
const faces = new Map();
/** @type {{press: (iri: string) => void, brushed: (stretch: Stretch) => void}} */
let told = { press: () => {}, brushed: () => {} };
/** What the picture is limited to: there bars stand, to be dragged. @type {Stretch | null} */
let brushed = null;

export const isDrawn = () => timeline !== null;
export const redrawChart = () => timeline?.redraw();
/** @param {number} by above 0 to zoom in, below it to zoom out */
export const zoomChart = (by) => (by > 0 ? timeline?.zoomIn(by, STILL) : timeline?.zoomOut(-by, STILL));

/** @type {Promise<unknown> | null} */
let styled = null;

/**
 * vis-timeline is large: it comes when it is first wanted. A saved picture carries it.
 * Drawn before its stylesheet is there, it would take its box for empty.
 * @returns {Promise<VisForTime>}
 */
async function loadLibrary() {
  const { timelineScript: src, timelineStyle: href } = find(".panels").dataset;
  styled ??= href ? new Promise((resolve) => document.head.append(element("link", { rel: "stylesheet", href, load: resolve, error: resolve }))) : Promise.resolve();
  const there = /** @type {any} */ (globalThis);
  if (!there.visTimeline) {
    await new Promise((resolve, reject) => document.head.append(element("script", { src, load: resolve, error: () => reject(new Error(src)) })));
  }
  await styled;
  return there.visTimeline;
}

/**
 * Draw the events. `press` is told which of them is pressed, `brushed` which stretch is drawn along the axis.
 * @param {PlacedEvent[]} found
 * @param {{press: (iri: string) => void, brushed: (stretch: Stretch) => void}} listener
 */
export async function drawChart(found, listener) {
  const { DataSet, Timeline } = await loadLibrary();
  events = found;
  byIri = new Map(events.map((event) => [event.iri, event]));
  told = listener;
  box.replaceChildren();
  const [start, end] = wholeStretch(events);
  const margin = Math.max((end - start) * 0.04, DAY_MS * 20);
  const data = new DataSet();
  items = /** @type {typeof items} */ (data);
  data.add(events.map((event) => ({
    id: event.iri, content: "", start: event.stretch[0], className: `camp-${event.camp ?? "none"}`,
    ...(event.stretch[1] - event.stretch[0] > DAY_MS ? { end: event.stretch[1], type: "range" } : { type: "point" }),
  })));
  timeline = new Timeline(box, data, {
    selectable: false, showCurrentTime: false, stack: true, verticalScroll: true, zoomKey: "ctrlKey", maxHeight: 210, minHeight: 110,
    // With a start and an end among the options it may stay hidden (8.5): the window comes once it is drawn.
    onInitialDrawComplete: fitAll, min: start - 10 * margin, max: end + 40 * margin, zoomMin: 14 * DAY_MS,
    margin: { item: { horizontal: 6, vertical: 3 }, axis: 4 }, orientation: { axis: "bottom", item: "top" },
    locale: language, locales: { [language]: { current: "", time: "", deleteSelected: "" } },
    format: { minorLabels: axisWords, majorLabels: () => "" },
    template: (/** @type {{id: string}} */ item) => faceOf(item.id),
    // The attempts are above all: none of them is to be scrolled for.
    order: (/** @type {{id: string, start: number}} */ a, /** @type {{id: string, start: number}} */ b) =>
      Number(!byIri.get(a.id)?.number) - Number(!byIri.get(b.id)?.number) || a.start - b.start,
  });
  timeline.on("timechange", (/** @type {{id: string}} */ { id }) => showBand(draggedStretch(id)));
  timeline.on("timechanged", (/** @type {{id: string}} */ { id }) => told.brushed(draggedStretch(id)));
  box.addEventListener("pointerdown", brush, { capture: true });
}

/** All of the time, with room at its end for the labels that begin there. */
export function fitAll() {
  const [start, end] = wholeStretch(events);
  const margin = Math.max((end - start) * 0.04, DAY_MS * 20);
  const from = start - margin;
  const width = box.clientWidth;
  const size = parseFloat(getComputedStyle(document.documentElement).fontSize) * LABEL_REM;
  const ends = events.map((event) => {
    const label = Math.min(widthOf(event.label, false) * size + (event.number ? 2 : 1) * BESIDE_PX, width * MOST_OF_WIDTH);
    return from + (event.stretch[0] - from) * (width ? width / (width - label) : 1);
  });
  timeline?.setWindow(from, Math.max(end + margin, ...ends), STILL);
}

/**
 * From the first of some events to the last.
 * @param {PlacedEvent[]} some
 * @returns {Stretch}
 */
export function wholeStretch(some) {
  if (!some.length) return [0, Date.now()];
  return [some[0].stretch[0], Math.max(...some.map((event) => event.stretch[1]))];
}

/** @typedef {{valueOf: () => number}} VisMoment */
/**
 * What stands at the axis.
 * @param {VisMoment} at
 * @param {string} scale
 */
function axisWords(at, scale) {
  const date = new Date(at.valueOf());
  // A year begins with its number: a line of years below would take the room of an event.
  if (scale === "year" || (scale === "month" && date.getMonth() === 0)) return date.toLocaleDateString(language, { year: "numeric" });
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
    face = element("button", { type: "button", class: "event", title: `${event.label} · ${dates}`, "data-iri": iri, click: () => told.press(iri) },
      event.number ? element("span", { class: "attempt-number" }, element("span", { class: "hidden-text" }, say("time.attempt", { number: event.number })), element("span", { "aria-hidden": "true" }, String(event.number))) : null,
      element("span", { class: "event-name" }, event.label), element("span", { class: "hidden-text" }, ` ${dates}`));
    faces.set(iri, face);
  }
  return face;
}

/** @param {PlacedEvent} event */
export function datesOf(event) {
  const begin = dateWords(event.start, language);
  return event.end && event.end !== event.start ? `${begin} – ${dateWords(event.end, language)}` : begin;
}

/**
 * Mark the event that is played, and have it in the frame.
 * @param {PlacedEvent | null} event
 */
export function markEvent(event) {
  for (const [iri, face] of faces) face.classList.toggle("playing", iri === event?.iri);
  const window = timeline?.getWindow();
  if (event && window && (event.stretch[0] < window.start.getTime() || event.stretch[0] > window.end.getTime())) fitAll();
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
    const stretch = stretchTo(up);
    if (stretch[1] - stretch[0] > 2 * DAY_MS) told.brushed(stretch);
    else showBand(brushed);
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

/**
 * Show what the picture is limited to.
 * @param {Stretch | null} stretch
 */
export function showStretch(stretch) {
  if (!timeline) return;
  for (const [index, id] of ["from", "to"].entries()) {
    if (stretch && brushed) timeline.setCustomTime(stretch[index], id);
    else if (stretch) timeline.addCustomTime(stretch[index], id);
    else if (brushed) timeline.removeCustomTime(id);
    if (stretch) timeline.setCustomTimeTitle(say(`time.${id}`), id);
  }
  brushed = stretch;
  showBand(stretch);
}
