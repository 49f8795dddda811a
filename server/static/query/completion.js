// What this module knows: what can be written next in a query, from the words that the data use, in the
// order in which it helps most. It asks for terms and things; it draws nothing.

/**
 * @import {Context} from "./syntax.js"
 * @import {Completion, CompletionContext, CompletionResult, EditorView} from "../vendor/codemirror.js"
 * @import {Term, Terms} from "./terms.js"
 */

/**
 * @typedef {{iri: string, label: string, class: {iri: string, label: string} | null, matched?: string}} Thing
 */

import { pickedCompletion } from "../vendor/codemirror.js";
import { element, figure, say, settings } from "./page.js";
import { selections, unbound } from "./selections.js";
import { contextAfter, declarations, iriOf, isQuoted, tokens, variables } from "./syntax.js";
import { NOTHING, known, terms, written } from "./terms.js";

const SHOWN = 60;
const WORD = /[?$]?[\p{L}\p{N}_:.\-]*$/u;
const RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

/**
 * @param {string} text
 * @param {string | null} classIri
 * @param {AbortSignal} signal
 * @returns {Promise<Thing[]>}
 */
async function things(text, classIri, signal) {
  if (!text) return [];
  /** @type {Record<string, string>} */
  const parameters = { q: text, limit: "10", lang: settings.language };
  if (classIri) parameters.class = classIri;
  try {
    const answer = await fetch(`/api/search?${new URLSearchParams(parameters)}`, { signal });
    return answer.ok ? ((await answer.json()).things ?? []) : [];
  } catch {
    return [];
  }
}

/* ---------------------------------------------------------------- how well a term fits */

/** @param {string} text */
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** The rank of what has another name that fits, of what fits in the midst of a word, and by its definition alone. */
const SYNONYM = 2.5;
const WITHIN = 3;
const LAST = 4;

/**
 * How well a text fits what was typed; lower is better, null does not.
 * @param {string} typed folded
 * @param {string[]} texts
 */
function fit(typed, texts) {
  let best = null;
  for (const text of texts.map(folded)) {
    const at = text.indexOf(typed);
    if (at < 0) continue;
    const rank = text === typed ? 0 : at === 0 ? 1 : /[^\p{L}\p{N}]$/u.test(text.slice(0, at)) ? 2 : WITHIN;
    best = best === null ? rank : Math.min(best, rank);
  }
  return best;
}

/** Whether a word of these texts begins as typed. @param {string} typed @param {...string} texts */
const begins = (typed, ...texts) => (fit(folded(typed), texts) ?? WITHIN) < WITHIN;

/** The words of a local name: attemptNumber reads “attempt number”. @param {string} name */
const words = (name) => name.replace(/([a-z])([A-Z])/g, "$1 $2");

/** Whether a definition has a word that begins so; short beginnings would be in any. @param {Term} term @param {string} wanted */
function isDefinedBy(term, wanted) {
  if (!term.definition || wanted.length < (/\p{Script=Han}/u.test(wanted) ? 2 : 4)) return false;
  const rank = fit(wanted, [term.definition]);
  return rank !== null && (rank < WITHIN || /\p{Script=Han}/u.test(wanted));
}

/**
 * The terms that fit, best first; after those by name, those that are also called so, and those whose definition
 * says the word.
 * @param {Term[]} all
 * @param {string} typed
 */
function fitting(all, typed) {
  const wanted = folded(typed);
  return all
    .map((term) => {
      const local = term.name.slice(term.name.indexOf(":") + 1);
      const rank = wanted ? fit(wanted, [term.name, local, words(local), ...Object.values(term.labels)]) : 1;
      if (rank !== null && rank < WITHIN) return { term, rank };
      const isSynonym = (fit(wanted, term.synonyms) ?? WITHIN) < WITHIN;
      return { term, rank: isSynonym ? SYNONYM : (rank ?? (isDefinedBy(term, wanted) ? LAST : null)) };
    })
    .filter(({ rank }) => rank !== null)
    .sort((a, b) => Number(a.rank) - Number(b.rank) || b.term.count - a.term.count)
    .map(({ term }) => term);
}

/* ---------------------------------------------------------------- completions */

/**
 * Put a text in and declare the prefixes that it needs.
 * @param {EditorView} view
 * @param {Completion} completion
 * @param {string} text
 * @param {number} from
 * @param {number} to
 * @param {number} [back] how far from the end of the text the cursor stands then
 * @param {string} [shown] a variable that the SELECTs around it shall list
 */
function insert(view, completion, text, from, to, back = 0, shown) {
  const whole = view.state.doc.toString();
  const { prefixes, end } = declarations(whole);
  const needed = new Set([...text.matchAll(/(?<![\p{L}\p{N}_?$<])(\p{L}[\p{L}\p{N}_.-]*)?:(?=[\p{L}\p{N}_])/gu)].map((match) => match[1] ?? ""));
  const missing = [...needed].filter((prefix) => !prefixes.has(prefix) && known.has(prefix));
  const lines = missing.map((prefix) => `PREFIX ${prefix}: <${known.get(prefix)}>`).join("\n");
  const added = !lines ? "" : end ? `\n${lines}` : `${lines}\n${whole.startsWith("PREFIX") ? "" : "\n"}`;
  const changes = [{ from, to, insert: text }];
  if (added) changes.unshift({ from: end, to: end, insert: added });
  const lists = shown ? listsFor(whole, from, shown) : [];
  for (const at of lists) changes.push({ from: at, to: at, insert: ` ${shown}` });
  const before = added.length + lists.length * ((shown?.length ?? 0) + 1);
  view.dispatch({
    changes,
    selection: { anchor: from + before + text.length - back },
    scrollIntoView: true,
    userEvent: "input.complete",
    annotations: pickedCompletion.of(completion),
  });
}

/**
 * Where the SELECTs around a place end their lists, if they write them out and lack a variable.
 * @param {string} text
 * @param {number} at
 * @param {string} variable
 */
function listsFor(text, at, variable) {
  const around = selections(text).filter(({ from, to }) => from >= 0 && from <= at && at <= to);
  // Past a SELECT that groups its rows, no list could show it.
  const reached = around.slice(around.map(({ grouped }) => grouped).lastIndexOf(true) + 1);
  return reached.filter(({ listed, items, variables: names }) => listed && items && !names.includes(variable)).map(({ listEnd }) => listEnd);
}

/**
 * @param {string} text
 * @param {number} [back]
 * @returns {Completion["apply"]}
 */
const putting = (text, back = 0) => (view, completion, from, to) => insert(view, completion, text, from, to, back);

/**
 * @param {Term} term
 * @param {"class" | "property" | "thing"} kind
 * @param {number} order
 * @returns {Completion}
 */
function ofTerm(term, kind, order) {
  return {
    label: term.name,
    displayLabel: term.label,
    detail: term.name.startsWith("<") ? undefined : term.name,
    type: kind,
    boost: -order,
    apply: putting(`${term.name} `),
    info: () => element("div", {},
      element("strong", {}, term.label),
      element("p", {}, term.name),
      term.definition && element("p", {}, term.definition),
      element("p", {}, `${say(`complete.${kind}`)} · ${say("complete.count", { count: figure(term.count) })}`)),
  };
}

/**
 * @param {Thing} thing
 * @param {number} order
 * @returns {Completion}
 */
function ofThing(thing, order) {
  const name = written(thing.iri);
  return {
    label: name,
    displayLabel: thing.label,
    detail: thing.class?.label || say("complete.thing"),
    type: "thing",
    boost: -order,
    apply: putting(`${name} `),
    info: () => element("div", {}, element("strong", {}, thing.label), element("p", {}, name),
      thing.matched && thing.matched !== thing.label ? element("p", {}, thing.matched) : null),
  };
}

/**
 * @param {string} name
 * @param {string} [detail]
 * @returns {Completion}
 */
const ofVariable = (name, detail) => ({
  label: name, type: "variable", detail: detail ?? say("complete.variable"), apply: putting(`${name} `),
});

/**
 * Variables to offer: those that are selected and have no value yet, one that the place suggests, then the others.
 * @param {string[]} suggested
 * @param {string[]} named
 * @param {string[]} awaiting
 */
function inOrder(suggested, named, awaiting) {
  const both = suggested.filter((name) => awaiting.includes(name));
  const order = [...both, ...named.filter((name) => awaiting.includes(name)), ...suggested, ...named];
  return [...new Set(order)].map((name) => ofVariable(name, awaiting.includes(name) ? say("complete.awaiting") : undefined));
}

/** Whether the data have statements with passages, as ours do. @param {Terms} all */
const hasPassages = (all) => all.predicates.some((term) => term.iri === `${settings.namespace}passage`);

/**
 * How the pattern before a place is ended, to begin another: in which words, and from where. A subject that
 * stands there alone gives way.
 * @param {Context} context
 * @param {string} before
 * @returns {{start: string, from: number | null} | null}
 */
function ending(context, before) {
  if (context.place === "subject") return { start: "", from: null };
  if (context.place === "after") return { start: ".\n  ", from: null };
  const [end, last] = tokens(before).slice(-2);
  if (last?.text === ";") return { start: ".\n  ", from: last.start };
  return end?.text === "." && last.text === context.subject ? { start: "", from: last.start } : null;
}

/**
 * The statement of the fact that was written last, and the words that say it.
 * @param {Context} context
 * @param {string} text
 * @param {string} before the text before the word that is typed
 * @returns {Completion | null}
 */
function passageOf(context, text, before) {
  const triple = context.triples.at(-1);
  const ended = ending(context, before);
  if (!ended || (context.place === "predicate" && context.subject !== triple?.subject)) return null;
  if (!triple || /[\/|^]/.test(triple.predicate.replace(/<[^>]*>/g, "")) || triple.subject === "[]") return null;
  // What is selected and has no value yet may have been meant for this.
  const taken = new Set(variables(text));
  if (unbound(text).includes("?words")) taken.delete("?words");
  const number = ["", ...Array.from({ length: 100 }, (_, index) => String(index + 2))].find(
    (tail) => !taken.has(`?statement${tail}`) && !taken.has(`?words${tail}`)) ?? "";
  const predicate = triple.predicate === "a" ? "rdf:type" : triple.predicate;
  const lines = [
    `${ended.start}?statement${number} rdf:subject ${triple.subject} ;`,
    `    rdf:predicate ${predicate} ;`,
    ...(triple.object === "[]" ? [] : [`    rdf:object ${triple.object} ;`]),
    `    sm:${settings.passage}/oa:hasSelector/oa:exact ?words${number} .`,
  ];
  return {
    label: "passage 出處 出处 evidence 證據 証据 says who 誰說的",
    displayLabel: say("complete.passage"),
    detail: `?words${number}`,
    type: "snippet",
    apply: (view, completion, from, to) =>
      insert(view, completion, `${lines.join("\n")}\n  `, ended.from ?? from, to, 0, `?words${number}`),
    info: () => element("div", {}, element("p", {}, say("complete.passage.info")), element("pre", {}, lines.join("\n"))),
  };
}

/** @type {[string, string, number, string][]} */
const SNIPPETS = [
  ["SELECT * WHERE { }", "SELECT * WHERE {\n  \n}\nLIMIT 100", 12, "complete.select"],
];
/** @type {[string, string, number, string][]} */
const PATTERNS = [
  ["OPTIONAL", "OPTIONAL {  }", 2, "complete.optional"],
  ["FILTER", "FILTER()", 1, "complete.filter"],
];
const WORDS = {
  prologue: ["SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "PREFIX", "BASE", "WHERE", "FROM"],
  select: ["DISTINCT", "WHERE", "COUNT()", "SUM()", "AVG()", "MIN()", "MAX()", "SAMPLE()", "GROUP_CONCAT()", "AS", "FROM"],
  subject: ["UNION", "MINUS {  }", "BIND()", "VALUES", "GRAPH", "FILTER NOT EXISTS {  }"],
  expression: ["LANGMATCHES()", "LANG()", "STR()", "CONTAINS()", "STRSTARTS()", "REGEX()", "YEAR()", "BOUND()", "COALESCE()",
    "IF()", "DATATYPE()", "LCASE()", "STRLEN()", "AS", "IN", "NOT IN", "EXISTS", "NOT EXISTS"],
  tail: ["ORDER BY", "GROUP BY", "HAVING", "LIMIT 100", "OFFSET", "DESC()", "ASC()", "VALUES"],
};

/** @param {string} word @returns {Completion} */
const ofWord = (word) => ({
  label: word.replace(/\(\)| \{ {2}\}/, ""), type: "keyword",
  apply: putting(/[)}]$/.test(word) ? word : `${word} `, word.endsWith("()") ? 1 : word.endsWith("{  }") ? 2 : 0),
});

/** @param {[string, string, number, string]} snippet @returns {Completion} */
const ofSnippet = ([label, text, back, key]) => ({ label, detail: say(key), type: "keyword", apply: putting(text, back) });

/** @param {string} predicate */
function variableFor(predicate) {
  const local = predicate.replace(/^.*[:#/]/, "").replace(/[^\p{L}\p{N}_]/gu, "");
  return local && predicate !== "a" ? `?${local[0].toLowerCase()}${local.slice(1)}` : null;
}

/**
 * What can be written at the cursor (an autocompletion source of CodeMirror's).
 * @param {CompletionContext} asking
 * @returns {Promise<CompletionResult | null>}
 */
export async function complete(asking) {
  const text = asking.state.doc.toString();
  const typed = text.slice(0, asking.pos).match(WORD)?.[0] ?? "";
  const from = asking.pos - typed.length;
  if (isQuoted(text, asking.pos) || text[from - 1] === "<") return null;
  const context = contextAfter(text.slice(0, from));
  const awaiting = unbound(text.slice(0, from) + text.slice(asking.pos));
  const named = [...new Set([...awaiting, ...variables(text).filter((name) => name !== `?${typed.slice(1)}`)])];
  const wantsVariable = /^[?$]/.test(typed);
  if (wantsVariable) {
    const own = context.predicate ? variableFor(context.predicate) : null;
    const suggested = own && context.place === "object" ? [own] : [];
    // CodeMirror narrows this list as one types, and orders equals by their names unless told better.
    const options = inOrder(suggested, named, awaiting).map((option, index) => ({ ...option, boost: -Math.min(index, 99) }));
    return options.length ? { from, options, validFor: /^[?$][\p{L}\p{N}_]*$/u } : null;
  }
  // Unasked, only where there is hardly a way on without a list: after a subject, after a term of the data, and
  // where a pattern was finished.
  const invites = context.place === "predicate" || (context.place === "subject" && tokens(text.slice(0, from)).at(-1)?.text === ".") || (context.place === "object" && !/^[?$]/.test(context.predicate ?? "?"));
  if (!typed && !asking.explicit && !(invites && /\s$/.test(text.slice(0, asking.pos)))) return null;
  const aborted = new AbortController();
  asking.addEventListener("abort", () => aborted.abort());
  const options = await completions(context, typed, text, from, { named, awaiting }, aborted.signal);
  return asking.aborted || !options.length ? null : { from, options: options.slice(0, SHOWN), filter: false };
}

/**
 * @param {Context} context
 * @param {string} typed
 * @param {string} text
 * @param {number} from where the typed word begins
 * @param {{named: string[], awaiting: string[]}} have the variables there are, and those of them without a value
 * @param {AbortSignal} signal
 * @returns {Promise<Completion[]>}
 */
async function completions(context, typed, text, from, { named, awaiting }, signal) {
  const all = await terms();
  const prefixes = new Map([...known, ...declarations(text).prefixes]);
  const starts = folded(typed);
  /** @param {Completion[]} options */
  const matching = (options) => options.filter(({ label, displayLabel }) => !starts || fit(starts, [label, displayLabel ?? ""]) !== null);
  /** Keywords join in when they begin as typed; unasked they are noise. @param {Completion[]} options */
  const beginning = (options) => options.filter(({ label }) => !starts || folded(label).startsWith(starts));
  const variablesNamed = inOrder([], named, awaiting).filter(({ label }) => !starts || folded(label).includes(starts));
  const passage = hasPassages(all) ? passageOf(context, text, text.slice(0, from)) : null;

  switch (context.place) {
    case "predicate": {
      const classIri = context.subject ? iriOf(context.types.get(context.subject) ?? null, prefixes) : null;
      const own = classIri ? (await terms({ class: classIri })).predicates : [];
      const first = fitting(own, typed);
      const seen = new Set(first.map((term) => term.iri));
      const others = fitting(all.predicates, typed).filter((term) => !seen.has(term.iri));
      const found = [...first, ...others].filter((term) => term.iri !== RDF_TYPE).map((term, index) => ofTerm(term, "property", index));
      const isA = { label: "a", detail: say("complete.class"), type: "keyword", apply: putting("a ") };
      const typeFirst = !context.types.has(context.subject ?? "") && context.predicate === null;
      if (!starts) return typeFirst ? [isA, ...found] : found;
      // Who writes “passage” after a subject wants its source, unless its class has such a property.
      const says = passage && typed.length > 1 && begins(typed, passage.label) ? [passage] : [];
      const owns = first.filter((term) => term.iri !== RDF_TYPE && begins(typed, term.name, term.label, words(term.name))).length;
      return [...(starts === "a" ? [isA] : []), ...found.slice(0, owns), ...says, ...found.slice(owns)];
    }
    case "object": {
      if (context.predicate === "a" || iriOf(context.predicate, prefixes) === RDF_TYPE) {
        const classes = fitting(all.classes, typed).map((term, index) => ofTerm(term, "class", index));
        return [...classes, ...variablesNamed];
      }
      const predicate = iriOf(context.predicate, prefixes);
      const own = context.predicate ? variableFor(context.predicate) : null;
      const fresh = own && (!starts || folded(own).includes(starts)) ? [own] : [];
      const [objects, found] = await Promise.all([predicate ? terms({ predicate }) : NOTHING, things(typed, null, signal)]);
      const usual = fitting(objects.objects, typed);
      const seen = new Set(usual.map((term) => term.iri));
      return [
        ...inOrder(fresh, variablesNamed.map(({ label }) => label), awaiting),
        ...usual.map((term, index) => ofTerm(term, "thing", index)),
        ...found.filter((thing) => !seen.has(thing.iri)).map(ofThing),
      ];
    }
    case "subject":
    case "after": {
      const patterns = [...PATTERNS.map(ofSnippet), ...WORDS.subject.map(ofWord)];
      const head = passage ? matching([passage]) : [];
      if (context.place === "after") return [...head, ...beginning(patterns)];
      const found = (await things(typed, null, signal)).map(ofThing);
      return starts ? [...head, ...beginning(patterns), ...variablesNamed, ...found] : [...head, ...variablesNamed, ...patterns];
    }
    case "expression": {
      const found = (await things(typed, null, signal)).map(ofThing);
      const functions = WORDS.expression.map(ofWord);
      return [...variablesNamed, ...beginning(functions), ...found];
    }
    case "data": case "list":
      return (await things(typed, null, signal)).map(ofThing);
    case "select":
      return [...beginning(WORDS.select.map(ofWord)), ...variablesNamed];
    case "tail":
      return [...beginning(WORDS.tail.map(ofWord)), ...variablesNamed];
    default:
      return [...beginning(SNIPPETS.map(ofSnippet)), ...beginning(WORDS.prologue.map(ofWord))];
  }
}

/**
 * Declare a prefix of these data as soon as its colon is typed.
 * @param {string} text
 * @param {number} at where the colon ends
 * @returns {{at: number, text: string} | null} what to put in, and where
 */
export function missingPrefix(text, at) {
  const prefix = text.slice(0, at).match(/(?<![\p{L}\p{N}_?$<:.-])(\p{L}[\p{L}\p{N}_.-]*):$/u)?.[1];
  if (!prefix || !known.has(prefix) || isQuoted(text, at)) return null;
  if (/(PREFIX|BASE)\s+$/i.test(text.slice(0, at - prefix.length - 1))) return null;
  const { prefixes, end } = declarations(text);
  if (prefixes.has(prefix)) return null;
  const line = `PREFIX ${prefix}: <${known.get(prefix)}>`;
  return end ? { at: end, text: `\n${line}` } : { at: 0, text: `${line}\n${text.startsWith("PREFIX") ? "" : "\n"}` };
}
