// What this module knows: the words that the data use, as the server tells them, and how a query writes an IRI.

/**
 * @typedef {{iri: string, name: string, count: number, label: string, labels: Record<string, string>,
 *   synonyms: string[], definition: string | null}} Term
 * @typedef {{prefixes: Record<string, string>, classes: Term[], predicates: Term[], objects: Term[], sampled: boolean}} Terms
 */

import { settings } from "./page.js";

const SAFE_LOCAL = /^[A-Za-z0-9_\u4e00-\u9fff](?:[\p{L}\p{N}_-]*[A-Za-z0-9_\u4e00-\u9fff])?$/u;

/** @type {Map<string, Promise<Terms>>} */
const asked = new Map();
/** @type {Terms} */
export const NOTHING = { prefixes: {}, classes: [], predicates: [], objects: [], sampled: false };
/** All prefixes that completions may need, by prefix. @type {Map<string, string>} */
export const known = new Map(Object.entries(settings.prefixes));

/**
 * The words of the dataset, of one class or of one predicate; none when the server tells none.
 * @param {Record<string, string>} [of]
 * @returns {Promise<Terms>}
 */
export function terms(of = {}) {
  const query = new URLSearchParams({ ...of, lang: settings.language }).toString();
  let answer = asked.get(query);
  if (!answer) {
    answer = fetch(`/api/terms?${query}`).then(async (response) => {
      if (!response.ok) throw new Error(String(response.status));
      /** @type {Terms} */
      const found = await response.json();
      for (const [prefix, namespace] of Object.entries(found.prefixes)) if (!known.has(prefix)) known.set(prefix, namespace);
      return found;
    }).catch(() => {
      asked.delete(query);
      return NOTHING;
    });
    asked.set(query, answer);
  }
  return answer;
}

/** Ask for the words of the dataset before they are needed. */
export const prepare = () => void terms();

/** How a query writes an IRI. @param {string} iri */
export function written(iri) {
  let best = null;
  for (const [prefix, namespace] of known) {
    if (iri.startsWith(namespace) && SAFE_LOCAL.test(iri.slice(namespace.length)) && namespace.length > (best?.[1].length ?? 0)) {
      best = [prefix, namespace];
    }
  }
  return best ? `${best[0]}:${iri.slice(best[1].length)}` : `<${iri}>`;
}
