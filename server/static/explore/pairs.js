// What this module knows: how a text that names two things is taken apart, to ask what connects them.

import { say } from "./page.js";

/** @typedef {{iri: string, label: string, matched?: string}} Named */
/** @typedef {import("../combobox.js").Suggestion<Named>} Found */
/** @typedef {(text: string, signal: AbortSignal) => Promise<Found[]>} Source */

/** Places at which a text is cut, at most: each costs two searches. */
const MOST_CUTS = 4;
const BETWEEN = /\s+(?:and|&|vs\.?)\s+|\s*[,，、+／/與与和]\s*/iu;

/**
 * The ways in which a text may be two names.
 * @param {string} text
 * @returns {[string, string][]}
 */
function cutsOf(text) {
  const parts = text.split(BETWEEN).filter(Boolean);
  if (parts.length === 2) return [[parts[0], parts[1]]];
  const words = text.split(/\s+/).filter(Boolean);
  return words.slice(1, MOST_CUTS + 1).map((_, at) => [words.slice(0, at + 1).join(" "), words.slice(at + 1).join(" ")]);
}

/**
 * The thing whose name begins with a text.
 * @param {Source} source
 * @param {string} text
 * @param {AbortSignal} signal
 */
async function thingOf(source, text, signal) {
  const begin = text.toLocaleLowerCase();
  const found = await source(text, signal);
  return found.find(({ label, value }) => [label, value.matched ?? ""].some((name) => name.toLocaleLowerCase().startsWith(begin)));
}

/**
 * Where a source finds nothing, ask it for two things; choosing them means both.
 * @param {Source} source
 * @returns {(text: string, signal: AbortSignal) => Promise<import("../combobox.js").Suggestion<string[]>[]>}
 */
export const orTwo = (source) => async (text, signal) => {
  const whole = await source(text, signal);
  if (whole.length) return whole.map((one) => ({ ...one, value: [one.value.iri] }));
  for (const cut of cutsOf(text)) {
    const [first, second] = await Promise.all(cut.map((part) => thingOf(source, part, signal)));
    if (first && second && first.value.iri !== second.value.iri) {
      const label = say("find.connects", { first: first.label, second: second.label });
      return [{ label, value: [first.value.iri, second.value.iri] }];
    }
  }
  return [];
};
