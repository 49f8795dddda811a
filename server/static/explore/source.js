// What this module knows: where the data come from, the service or the saved picture that carries them.

/** @import {Article, Connecting, Connections, Edge, Facts, NeighbourRequest, Neighbours, NetworkData, Paths, Shape, Statement, Thing} from "./types.js" */
import { alphabetic, language, page } from "./page.js";
import { linesOf, nodes } from "./view.js";

const embedded = document.getElementById("shuangma-data");
/**
 * A picture that was saved as one file carries everything; its statements stand once, for all facts and texts.
 * @type {{network: NetworkData, facts: Record<string, Facts>, statements?: Record<string, Statement>,
 *   articles: Record<string, Article>, measures?: import("./scores.js").Scores | null,
 *   link?: import("./address.js").Link} | null}
 */
export const saved = embedded ? JSON.parse(embedded.textContent || "null") : null;
if (saved) {
  for (const document of [...Object.values(saved.facts), ...Object.values(saved.articles)]) document.statements ??= saved.statements ?? {};
}

/** The edition that a link asks for; empty for the one that is current. */
let wanted = "";
/** @param {string} edition */
export const askEdition = (edition) => void (wanted = edition);

/** What the service refused, with its status. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string} detail
   */
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/**
 * @param {string | undefined} url
 * @param {Record<string, string | string[]>} values
 * @param {object} [body] what is posted
 */
export async function load(url, values, body) {
  const address = new URL(url || "", location.href);
  const all = { lang: language, ...(wanted ? { edition: wanted } : {}), ...values };
  for (const [key, value] of Object.entries(all)) for (const each of [value].flat()) address.searchParams.append(key, each);
  // What the page asked for beforehand is taken only by a request that is the same to the last header.
  const answer = await fetch(address, body
    ? { method: "POST", headers: { Accept: "application/json", "Content-Type": "application/json" }, body: JSON.stringify(body) } : {});
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Refusal(answer.status, problem.detail ?? `${answer.status} ${answer.statusText}`);
  }
  return answer.json();
}

/**
 * @param {Shape} shape
 * @returns {Promise<NetworkData>}
 */
export const loadNetwork = async (shape) => saved?.network ?? load(page.dataset.network, shape === "tall" ? { shape } : {});

/** @type {Map<string, Promise<Facts>>} */
const factsByIri = new Map();

/**
 * @param {string} iri
 * @returns {Promise<Facts>}
 */
export function loadFacts(iri) {
  let facts = factsByIri.get(iri);
  if (!facts) {
    facts = saved
      ? Promise.resolve(saved.facts[iri] ?? { iri, label: nodes.get(iri)?.label ?? iri, facts: [], statements: {}, definitions: {} })
      : load(page.dataset.facts, { iri });
    facts.catch(() => factsByIri.delete(iri));
    factsByIri.set(iri, facts);
  }
  return facts;
}

/**
 * @param {string | null} text the language wanted, or null for the article's own
 * @returns {Promise<Article | null>}
 */
export async function loadArticle(text) {
  if (saved) return saved.articles[text ?? ""] ?? Object.values(saved.articles)[0] ?? null;
  return page.dataset.article ? load(page.dataset.article, text ? { text } : {}) : null;
}

/**
 * A thing's links by kind and direction, counted.
 * @param {string} iri
 * @returns {Promise<Connections>}
 */
export async function loadConnections(iri) {
  if (!saved) return load("/api/connections", { iri });
  /** @type {Map<string, import("./types.js").Group>} */
  const groups = new Map();
  for (const edge of linesOf(iri)) {
    const direction = edge.from === iri ? "out" : "in";
    const key = `${direction} ${edge.predicate}`;
    const group = groups.get(key) ?? { predicate: edge.predicate, label: edge.label, direction, count: 0 };
    group.count += 1;
    groups.set(key, group);
  }
  const list = [...groups.values()].sort((a, b) => b.count - a.count);
  return { iri, label: nodes.get(iri)?.label ?? iri, total: list.reduce((sum, group) => sum + group.count, 0), groups: list };
}

/**
 * @param {NeighbourRequest} asked
 * @returns {Promise<Neighbours>}
 */
export async function loadNeighbours(asked) {
  if (!saved) return load("/api/neighbours", {}, asked);
  const there = new Set(asked.exclude);
  const lines = linesOf(asked.iri).filter((edge) => (!asked.predicate || edge.predicate === asked.predicate) &&
    (!asked.direction || (asked.direction === "out") === (edge.from === asked.iri)));
  const found = [...new Set(lines.map((edge) => (edge.from === asked.iri ? edge.to : edge.from)))]
    .filter((iri) => !there.has(iri)).flatMap((iri) => nodes.get(iri) ?? []);
  const by = /** @type {Record<string, (a: Thing, b: Thing) => number>} */ ({
    degree: (a, b) => b.degree - a.degree, date: (a, b) => (a.date ?? "9").localeCompare(b.date ?? "9"), label: (a, b) => alphabetic(a.label, b.label),
  });
  const order = asked.order ?? "degree";
  found.sort((a, b) => by[order](a, b) || a.id.localeCompare(b.id));
  const some = found.slice(0, asked.limit ?? 20);
  return { nodes: some, edges: [], total: found.length, remaining: found.length - some.length, order };
}

/**
 * Things that a link names, and the lines between them and what is on the page.
 * @param {string[]} things
 * @param {Record<string, [number, number]>} places
 * @returns {Promise<{nodes: Thing[], edges: Edge[], missing: string[]}>}
 */
export async function loadThings(things, places) {
  if (!saved) return load("/api/view", {}, { things, places });
  return { nodes: [], edges: [], missing: things.filter((iri) => !nodes.has(iri)) };
}

/**
 * @param {string} from
 * @param {string} to
 * @param {number} offset
 * @returns {Promise<Paths>}
 */
export const loadPaths = (from, to, offset) => load("/api/paths", { from, to, limit: "3", offset: String(offset) });

/**
 * What is linked to two or more of some things.
 * @param {string[]} iris
 * @returns {Promise<Connecting>}
 */
export const loadConnecting = (iris) => load("/api/connecting", { iri: iris });

/** Whether the service can be asked for more: a saved picture has all that it will ever have. */
export const canAsk = saved === null;
