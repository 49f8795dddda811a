// What this module knows: the panel of time: what happened when, brushed to limit the picture, and played event by event.

/** @import {Stretch} from "./dates.js" */
/** @import {PlacedEvent} from "./events.js" */
import { box, datesOf, drawChart, fitAll, isDrawn, markEvent, redrawChart, showStretch, wholeStretch, zoomChart } from "./chart.js";
import { DAY_MS, dateWords, dayOf, stretchOf } from "./dates.js";
import { loadEvents } from "./events.js";
import { element, language, say } from "./page.js";
import { panel } from "./panel.js";
import { go, open as openSelection, remember } from "./selection.js";
import { chooseStretch, limits, showUntil } from "./time.js";
import { nodes, onChange, view } from "./view.js";

const STEP_MS = 2200;
/** @type {PlacedEvent[]} */
let events = [];
/** The event that is played; -1 before the first. */
let step = -1;
let timer = 0;

const place = panel("time", { opened: () => void openTimeline(), closed: pause });
const from = dayBox("time.from", 0);
const to = dayBox("time.to", 1);
const play = element("button", { type: "button", class: "act", click: () => (timer ? pause() : start()) });
const steps = element("span", { class: "steps", role: "group", "aria-label": say("time.steps") },
  stepButton("time.previous", "‹", -1), play, stepButton("time.next", "›", 1));
const all = element("button", { type: "button", class: "act", click: () => { stop(); chooseStretch(null); } }, say("time.all"));
const zooms = element("span", { class: "steps", role: "group", "aria-label": say("time.zoom") },
  ...[["time.zoom.in", "+", () => zoomChart(0.4)], ["time.zoom.out", "−", () => zoomChart(-0.6)], ["time.zoom.fit", "↔", fitAll]]
    .map(([key, sign, act]) => element("button", { type: "button", class: "act", "aria-label": say(String(key)), title: say(String(key)), click: /** @type {() => void} */ (act) }, String(sign))));
const order = element("p", { class: "order small" });
const now = element("p", { class: "now", role: "status" });
place.head.append(zooms);
place.body.append(element("div", { class: "panel-tools" }, steps, from.label, to.label, all), box, now, order);
showPlay();

/**
 * A box for the first or the last day that is shown.
 * @param {string} key
 * @param {0 | 1} end
 */
function dayBox(key, end) {
  const input = /** @type {HTMLInputElement} */ (element("input", { type: "date", change: () => {
    const day = stretchOf(input.value);
    const stretch = limits() ?? wholeStretch(events);
    if (!day) return chooseStretch(null);
    const wanted = /** @type {Stretch} */ (end ? [Math.min(stretch[0], day[0]), day[1]] : [day[0], Math.max(stretch[1], day[1])]);
    stop();
    chooseStretch(wanted);
  } }));
  return { input, label: element("label", {}, say(key), " ", input) };
}

/** @param {string} key @param {string} sign @param {number} by */
function stepButton(key, sign, by) {
  return element("button", { type: "button", class: "act", "aria-label": say(key), title: say(key), click: () => { pause(); void playStep(step + by).then(settle); } }, sign);
}

/* ---------------------------------------------------------------- the chart */

async function openTimeline() {
  if (isDrawn()) {
    redrawChart();
    return;
  }
  box.replaceChildren(element("p", { class: "muted" }, say("loading")));
  try {
    events = await loadEvents();
    showOrder();
    if (events.length) await drawChart(events, { press: (iri) => { pause(); void go({ select: iri }); }, brushed: (stretch) => { stop(); chooseStretch(stretch); } });
    else box.replaceChildren(element("p", { class: "muted" }, say("time.none")));
    showBrush();
  } catch (error) {
    box.replaceChildren(element("p", { class: "problem", role: "alert" }, say("failed", { reason: error instanceof Error ? error.message : String(error) })));
  }
}

/* ---------------------------------------------------------------- the brush */

/** A box of days knows those of the years 1 to 9999 alone. @param {string} day */
const boxed = (day) => (/^\d{4}-/.test(day) && !day.startsWith("0000") ? day : "");

/** Show what the picture is limited to, in the boxes of days and on the chart. */
function showBrush() {
  const stretch = limits();
  const shown = stretch ?? (events.length ? wholeStretch(events) : null);
  from.input.value = shown ? boxed(dayOf(shown[0])) : "";
  to.input.value = shown ? boxed(dayOf(Math.max(shown[0], shown[1] - DAY_MS))) : "";
  /** @type {HTMLButtonElement} */ (all).disabled = stretch === null;
  place.button.classList.toggle("in-use", stretch !== null);
  showStretch(stretch);
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
  if (isStill()) return playStep(step + 1).then(settle);
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
  markEvent(event);
  const words = say("time.now", { date: datesOf(event), name: event.label, index: index + 1, count: events.length });
  now.textContent = words;
  showUntil([events[0].stretch[0], Math.max(...events.slice(0, index + 1).map((each) => each.stretch[1]))]);
  await openSelection({ select: event.iri }, { scroll: true });
}

function pause() {
  if (!timer) return;
  clearTimeout(timer);
  timer = 0;
  showPlay();
  settle();
}

/** Keep what is shown now as a person's choice, which the link carries. */
function settle() {
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
  markEvent(null);
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
    dates: numbered.map((event) => `${event.number} (${dateWords(event.start, language)})`).join(between),
    numbers: [...byNumber, ...undated].sort((a, b) => a - b).join(between),
  }) + (undated.length ? ` ${say("time.order.undated", { numbers: undated.join(between) })}` : "");
}
