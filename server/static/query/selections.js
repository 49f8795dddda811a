// What this module knows: what each SELECT of a query lists, and what of it the query gives no value. It
// reads a query that is being written, so it never complains.

/**
 * @typedef {{variables: string[], items: number, listed: boolean, grouped: boolean, listEnd: number, start: number,
 *   from: number, to: number, depth: number}} Selection
 *   `listed` says that the columns are written out, `grouped` that a new column could not simply join them;
 *   its patterns stand between `from` and `to`.
 */

import { tokens } from "./syntax.js";

const AGGREGATES = new Set(["COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT"]);

/** @param {string} variable */
const plain = (variable) => `?${variable.slice(1)}`;

/**
 * All SELECTs of a query, in order.
 * @param {string} text
 * @returns {Selection[]}
 */
export function selections(text) {
  /** @type {Selection[]} */
  const found = [];
  /** @type {Selection | null} the one whose list is being read */
  let reading = null;
  let depth = 0;
  let brackets = 0;
  for (const token of tokens(text)) {
    const word = token.kind === "word" ? token.text.toUpperCase() : "";
    if (word === "SELECT") {
      reading = { variables: [], items: 0, listed: true, grouped: false, listEnd: token.end, start: token.start, from: -1, to: text.length, depth };
      found.push(reading);
      brackets = 0;
    } else if (token.text === "{") {
      const opened = reading ?? found.filter((each) => each.depth === depth && each.from < 0).at(-1);
      if (opened) opened.from = token.end;
      reading = null;
      depth += 1;
    } else if (token.text === "}") {
      depth -= 1;
      for (const each of found) if (each.depth === depth && each.from >= 0 && each.to === text.length) each.to = token.start;
    } else if (word === "GROUP") {
      const grouped = found.filter((each) => each.depth === depth && each.to < text.length).at(-1);
      if (grouped) grouped.grouped = true;
    } else if (reading) {
      if (word === "WHERE" || word === "FROM") reading = null;
      else if (token.text === "(") brackets += 1;
      else if (token.text === ")") {
        brackets -= 1;
        if (brackets === 0) [reading.items, reading.listEnd] = [reading.items + 1, token.end];
      } else if (AGGREGATES.has(word)) reading.grouped = true;
      else if (brackets === 0 && token.text === "*") reading.listed = false;
      else if (brackets === 0 && token.kind === "variable") {
        reading.variables.push(plain(token.text));
        [reading.items, reading.listEnd] = [reading.items + 1, token.end];
      }
    }
  }
  return found;
}

/**
 * The variables that the outermost SELECT lists and that no pattern mentions, nor anything else that gives values.
 * @param {string} text
 * @returns {string[]}
 */
export function unbound(text) {
  const outermost = selections(text).find(({ depth }) => depth === 0);
  if (!outermost) return [];
  /** @type {Set<string>} */
  const given = new Set();
  let depth = 0;
  let before = "";
  let data = false; // VALUES after the patterns names its variables before its brace
  for (const token of tokens(text)) {
    const word = token.text.toUpperCase();
    if (word === "VALUES") data = true;
    if (token.text === "{") [depth, data] = [depth + 1, false];
    else if (token.text === "}") depth -= 1;
    else if (token.kind === "variable" && (depth > 0 || data || before === "AS")) given.add(plain(token.text));
    before = word;
  }
  return [...new Set(outermost.variables)].filter((name) => !given.has(name));
}
