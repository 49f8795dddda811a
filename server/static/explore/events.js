// What this module knows: what happened when: the events of the service, or of the network that a saved picture carries.

/** @import {Thing} from "./types.js" */
/** @import {Stretch} from "./dates.js" */
import { stretchOf } from "./dates.js";
import { page } from "./page.js";
import { load, saved } from "./source.js";
import { nodes } from "./view.js";

/**
 * @typedef {{iri: string, label: string, kind: string, className: string, start: string, end?: string | null,
 *   precision?: string, camp?: string | null, number?: number | null}} DatedEvent
 * @typedef {DatedEvent & {stretch: Stretch}} PlacedEvent
 */

/** @type {Promise<PlacedEvent[]> | null} */
let asked = null;
/** How long the things that happened took. @type {Map<string, Stretch>} */
const stretches = new Map();

/** @param {DatedEvent} event @returns {PlacedEvent[]} */
function place(event) {
  const start = stretchOf(event.start);
  const end = stretchOf(event.end);
  if (!start) return [];
  return [{ ...event, stretch: [start[0], Math.max(start[1], end?.[1] ?? start[1])] }];
}

/** @returns {DatedEvent[]} */
const known = () => [...nodes.values()].flatMap((node) => (node.date
  ? [{ iri: node.id, label: node.label, kind: node.kind, className: node.className, start: node.date, camp: node.camp, number: node.number }] : []));

/** The article that the network is of, if it is of one alone. @returns {Record<string, string>} */
export function ofArticle() {
  const slug = new URL(page.dataset.network || "", location.href).searchParams.get("article");
  return slug ? { article: slug } : {};
}

/**
 * All events that have a date, by date; asked for once.
 * @returns {Promise<PlacedEvent[]>}
 */
export function loadEvents() {
  asked ??= (async () => {
    /** @type {DatedEvent[]} */
    const list = saved ? known() : (await load("/api/timeline", ofArticle())).events;
    const placed = list.flatMap(place);
    placed.sort((a, b) => a.stretch[0] - b.stretch[0] || a.stretch[1] - b.stretch[1] || (a.number ?? 0) - (b.number ?? 0) || (a.iri < b.iri ? -1 : 1));
    for (const { iri, stretch } of placed) stretches.set(iri, stretch);
    return placed;
  })();
  asked.catch(() => (asked = null));
  return asked;
}

/**
 * When a thing was: as the events have it, or by its own date; null where nobody knows.
 * @param {Thing} thing
 */
export const stretchOfThing = (thing) => stretches.get(thing.id) ?? stretchOf(thing.date);
