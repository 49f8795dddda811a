// What this module knows: how well connected each thing is, by several measures, and which colours stand for them.

/** @import {Thing} from "./types.js" */
import { ofArticle } from "./events.js";
import { load, saved } from "./source.js";
import { edges, nodes } from "./view.js";

/** @typedef {"degree" | "betweenness" | "pagerank" | "community"} Measure */
/** @typedef {Record<Measure, Record<string, number>>} Scores */

export const SIZES = /** @type {Measure[]} */ (["degree", "betweenness", "pagerank"]);
export const MEASURES = /** @type {Measure[]} */ ([...SIZES, "community"]);
/** So many communities have a colour of their own; the rest share one. */
const COLOURED = 8;
export const STEPS = 5;
const PAUSE_MS = 2000;

/** @type {Scores | null} */
export let scores = null;
/** @type {Promise<Scores> | null} */
let asked = null;

/** What a page alone can count. @returns {Scores} */
function counted() {
  /** @type {Record<string, number>} */
  const degree = Object.fromEntries([...nodes.keys()].map((iri) => [iri, 0]));
  for (const edge of edges.values()) for (const end of [edge.from, edge.to]) degree[end] += 1;
  return { degree, betweenness: {}, pagerank: {}, community: {} };
}

/** @returns {Promise<Scores>} */
async function ask() {
  for (;;) {
    const answer = await load("/api/measures", ofArticle());
    if (answer.ready) return answer.measures;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** All measures; asked for once, and again while the service is still computing them. @returns {Promise<Scores>} */
export function loadScores() {
  asked ??= (saved ? Promise.resolve(saved.measures ?? counted()) : ask()).then((found) => (scores = found));
  asked.catch(() => (asked = null));
  return asked;
}

/** @param {Measure} measure */
export const isKnown = (measure) => Boolean(scores && Object.keys(scores[measure] ?? {}).length);

/** @param {Measure} measure @param {string} iri */
export const scoreOf = (measure, iri) => scores?.[measure]?.[iri] ?? null;

/** The largest score there is. @type {Map<string, number>} */
const largest = new Map();
/** @param {Measure} measure */
function largestOf(measure) {
  let found = largest.get(measure);
  if (found === undefined) {
    found = Math.max(...Object.values(scores?.[measure] ?? {}), 0);
    if (scores) largest.set(measure, found);
  }
  return found;
}

/**
 * How large a thing is drawn: its area grows with its score.
 * @param {Measure} measure
 * @param {Thing} thing
 */
export function factorOf(measure, thing) {
  const most = largestOf(measure);
  const score = scoreOf(measure, thing.id);
  return score === null || most <= 0 ? 0.6 : 0.6 + 1.4 * Math.sqrt(score / most);
}

/** The scores that part things into steps of about as many each. @type {Map<string, number[]>} */
const bounds = new Map();
/**
 * The least score of each step, from the second on.
 * @param {Measure} measure
 */
export function boundsOf(measure) {
  let found = bounds.get(measure);
  if (!found) {
    const all = Object.values(scores?.[measure] ?? {}).sort((a, b) => a - b);
    found = [...new Set(Array.from({ length: STEPS - 1 }, (_, step) => all[Math.floor(((step + 1) * all.length) / STEPS)] ?? 0))].filter((bound) => bound > (all[0] ?? 0));
    if (scores) bounds.set(measure, found);
  }
  return found;
}

/**
 * The step of a thing among the colours: 0 for the least. Of communities, the number less one.
 * @param {Measure} measure
 * @param {Thing} thing
 * @returns {number | null}
 */
export function stepOf(measure, thing) {
  const score = scoreOf(measure, thing.id);
  if (score === null) return null;
  return measure === "community" ? score : boundsOf(measure).filter((bound) => score >= bound).length;
}

/**
 * The custom property that colours a step.
 * @param {Measure} measure
 * @param {number} step
 */
export function colourName(measure, step) {
  if (measure !== "community") return `--scale-${step + STEPS - boundsOf(measure).length}`;
  return step < COLOURED ? `--community-${step + 1}` : "--community-rest";
}
