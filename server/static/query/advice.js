// What this module knows: what to say of a query that nothing matches: which of its patterns the data never have.

/** @import {Triple} from "./syntax.js" */

import { element, say } from "./page.js";
import { contextAfter, declarations, iriOf, tokens } from "./syntax.js";
import { known, terms } from "./terms.js";

/** Of a class with more instances the server looks at some only, and tells so many predicates (graph/terms.py). */
const ALL_LOOKED_AT = 20_000;
const MOST_TOLD = 2000;
const RDF_TYPE = iriOf("a", new Map());

/**
 * The patterns whose predicate the instances of their subject's class, or all things, never have.
 * @param {string} query
 * @returns {Promise<Triple[]>}
 */
async function neverFound(query) {
  // What another service has is not known here.
  if (tokens(query).some(({ text }) => text.toUpperCase() === "SERVICE")) return [];
  const { triples } = contextAfter(query);
  const prefixes = new Map([...known, ...declarations(query).prefixes]);
  const all = await terms();
  if (all.sampled) return [];
  /** @param {string | null} iri @returns {iri is string} */
  const isSmall = (iri) => (all.classes.find((term) => term.iri === iri)?.count ?? Infinity) <= ALL_LOOKED_AT;
  /** What a subject can have: in each branch of a UNION it may be of another class. @param {string} subject */
  const had = async (subject) => {
    const classes = triples.filter((triple) => triple.subject === subject && iriOf(triple.predicate, prefixes) === RDF_TYPE)
      .map(({ object }) => iriOf(object, prefixes));
    return classes.length && classes.every(isSmall) ? Promise.all(classes.map((iri) => terms({ class: iri ?? "" }))) : [all];
  };
  const never = await Promise.all(triples.map(async ({ subject, predicate }) => {
    const wanted = iriOf(predicate, prefixes);
    if (!wanted) return false;
    return (await had(subject)).every(({ predicates }) =>
      predicates.length > 0 && predicates.length < MOST_TOLD && !predicates.some(({ iri }) => iri === wanted));
  }));
  return triples.filter((_, index) => never[index]);
}

/**
 * Advice for a query that nothing matches; what the server must tell joins it later.
 * @param {string} query
 * @returns {HTMLElement}
 */
export function advice(query) {
  const line = element("p", { class: "small empty-advice" }, say("empty.advice"));
  void neverFound(query).then((triples) => {
    const patterns = [...new Set(triples.map(({ subject, predicate, object }) => `${subject} ${predicate} ${object}`))];
    if (patterns.length) line.append(" ", say("empty.never"), " ", ...patterns.flatMap((pattern, index) => [index ? ", " : "", element("code", {}, pattern)]));
  });
  return line;
}
