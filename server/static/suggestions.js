// What this module knows: how to ask `/api/search` for the things that a text may mean, as completions of a
// combobox.

/**
 * @typedef {{iri: string, label: string, class: {iri: string, label: string} | null, kind: string, path: string,
 *   matched: string, matchedLanguage: string | null, degree: number}} FoundThing
 * @typedef {{edition: string, query: string, ready: boolean, partial?: boolean, total: number, things: FoundThing[]}} Found
 */

const TRIES = 20;
const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
const PATIENCE_MS = 3_600_000;

/**
 * @param {URL} address
 * @param {AbortSignal} signal
 * @returns {Promise<Found>}
 */
async function ask(address, signal) {
  const answer = await fetch(address, { signal, headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  return answer.json();
}

/**
 * A source of completions, for `combobox`: at most `limit` things, each with its class beside its name, and
 * the name by which it was found where that is another.
 * @param {string} language
 * @param {{url?: string, limit?: number, edition?: string | null, article?: string | null}} [options]
 * @returns {(text: string, signal: AbortSignal) => Promise<import("./combobox.js").Suggestion<FoundThing>[]>}
 */
export function thingsNamed(language, { url = "/api/search", limit = 8, edition = null, article = null } = {}) {
  return async (text, signal) => {
    const address = new URL(url, location.href);
    const asked = { q: text, lang: language, limit: String(limit), passages: "0", ...(edition && { edition }), ...(article && { article }) };
    for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
    let found = await ask(address, signal);
    for (let tries = 0; !found.ready && !found.things.length && tries < TRIES && !signal.aborted; tries++) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS)); // the index is being made
      found = await ask(address, signal);
    }
    return found.things.map((thing) => ({
      label: thing.label,
      detail: [thing.matched !== thing.label ? thing.matched : "", thing.class?.label ?? ""].filter(Boolean).join(" · "),
      value: thing,
    }));
  };
}

/**
 * Wait until the index of names and texts is there; false when that cannot be told, or takes an hour.
 * @returns {Promise<boolean>}
 */
export async function indexReady() {
  const address = new URL("/api/search?q=a&limit=1&passages=0", location.href);
  const until = performance.now() + PATIENCE_MS;
  try {
    for (let pause = PAUSE_MS; performance.now() < until; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
      if ((await ask(address, AbortSignal.timeout(LONGEST_PAUSE_MS))).ready) return true;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  } catch {
    // Who cannot ask just now has what was found.
  }
  return false;
}
