// What this module knows: how a query is sent, waited for and ended. The identifier is chosen here, so that
// the server can be told which query is not wanted any more.

/** @import {Answer} from "./answer.js" */

import { readJson, readNTriples } from "./answer.js";
import { settings } from "./page.js";
import { tokens, variables } from "./syntax.js";

/** What a page can still show; larger answers are for programs. */
export const MOST_BYTES = 64 * 1024 * 1024;
const ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9";

/** @typedef {{status: number, title?: string, detail: string, line?: number, column?: number}} Problem */

/** An error that the server told, or that kept it from telling. */
export class QueryProblem extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** The answer is too large to be shown. */
export class AnswerTooLarge extends Error {}

/**
 * Ask a query; it can be ended by its `cancel`.
 * @param {string} query
 * @returns {{answer: Promise<Answer>, cancel: () => Promise<boolean>}} `cancel` tells whether the server ended it
 */
export function ask(query) {
  const identifier = newIdentifier();
  const leaving = new AbortController();
  return {
    answer: answerOf(query, identifier, leaving.signal),
    async cancel() {
      try {
        const ended = await fetch(`/api/queries/${identifier}`, { method: "DELETE" });
        return ended.status === 204;
      } finally {
        leaving.abort();
      }
    },
  };
}

/** 32 hexadecimal digits; pages without TLS have no `randomUUID`. */
const newIdentifier = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * @param {string} query
 * @param {string} identifier
 * @param {AbortSignal} signal
 * @returns {Promise<Answer>}
 */
async function answerOf(query, identifier, signal) {
  const started = performance.now();
  const answer = await fetch(settings.endpoint, {
    method: "POST",
    headers: { Accept: ACCEPT, "Content-Type": "application/sparql-query", "Query-Id": identifier },
    body: query,
    signal,
  });
  if (!answer.ok) throw new QueryProblem(await problemOf(answer));
  const body = await bodyOf(answer);
  const seconds = (performance.now() - started) / 1000;
  const raw = new TextDecoder().decode(body);
  const type = answer.headers.get("Content-Type") ?? "";
  const read = type.includes("json") ? readJson(raw) : readNTriples(raw);
  if (read.kind === "solutions" && selectsAll(query)) {
    const order = variables(query).map((name) => name.slice(1));
    read.variables.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  }
  return { ...read, seconds, edition: answer.headers.get("Shuangma-Edition") ?? "", query, size: body.byteLength };
}

/** Whether a query leaves it to the engine in which order its columns come. @param {string} query */
function selectsAll(query) {
  const found = tokens(query);
  const at = found.findIndex(({ text }) => text.toUpperCase() === "SELECT");
  return found.slice(at + 1, at + 3).some(({ text }) => text === "*");
}

/** @param {Response} answer */
async function bodyOf(answer) {
  const reader = answer.body?.getReader();
  if (!reader) return new Uint8Array(await answer.arrayBuffer());
  const parts = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > MOST_BYTES) {
      await reader.cancel();
      throw new AnswerTooLarge();
    }
    parts.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** @param {Response} answer @returns {Promise<Problem>} */
async function problemOf(answer) {
  const text = await answer.text();
  try {
    const told = JSON.parse(text);
    return { ...told, status: answer.status, detail: told.detail ?? text };
  } catch {
    return { status: answer.status, detail: text || answer.statusText };
  }
}
