// What this module knows: what things are called. Names are asked for in bulk, once.

import { send } from "./page.js";

/** @typedef {{label: string, path: string, kind: string | null}} Named */

const MOST = 1000;
const KEPT = 50_000;
/** @type {Map<string, Named>} */
const known = new Map();

/** @param {string} iri */
export const named = (iri) => known.get(iri);

/** The address that tells about an IRI, before its name is known. @param {string} iri */
export const pathOf = (iri) => known.get(iri)?.path ?? `/resource?iri=${encodeURIComponent(iri)}`;

/** An IRI without its namespace. @param {string} iri */
export function shortened(iri) {
  const [end] = iri.replace(/[/#]+$/, "").split(/[/#]/).slice(-1);
  try {
    return decodeURIComponent(end) || iri;
  } catch {
    return end || iri;
  }
}

/**
 * Learn the names of things; those that cannot be had keep the ends of their IRIs.
 * @param {Iterable<string>} iris
 */
export async function learn(iris) {
  const wanted = [...new Set(iris)].filter((iri) => !known.has(iri) && iri.length <= 8192);
  if (known.size > KEPT) known.clear();
  for (let at = 0; at < wanted.length; at += MOST) {
    try {
      const { labels } = await send("/api/labels", { iris: wanted.slice(at, at + MOST) });
      for (const [iri, name] of Object.entries(labels)) known.set(iri, name);
    } catch {
      return;
    }
  }
}
