// What this module knows: which stretch of time a date stands for, at the precision that it has. Times are UTC.

const DATE = /^([+-]?\d{4,6})(?:-(\d{2})(?:-(\d{2})(T\S+)?)?)?(?:Z|[+-]\d{2}:\d{2})?$/;
export const DAY_MS = 86_400_000;
const FIRST_YEAR = Date.parse("0001-01-01");

/** @typedef {[number, number]} Stretch its beginning, and its end excluded, in milliseconds */

/** @param {number} year @param {number} month from 0 @param {number} day */
function utc(year, month, day) {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date.getTime();
}

/**
 * The stretch of a year, a month, a day or a moment (xsd:gYear, gYearMonth, date, dateTime); null for what is no date.
 * @param {string | null | undefined} text
 * @returns {Stretch | null}
 */
export function stretchOf(text) {
  const found = DATE.exec(text ?? "");
  if (!found) return null;
  const [year, month, day] = [Number(found[1]), Number(found[2] ?? 1) - 1, Number(found[3] ?? 1)];
  if (Math.abs(year) > 200_000) return null;
  if (found[4]) {
    const at = Date.parse(text ?? "");
    return Number.isNaN(at) ? null : [at, at];
  }
  const end = found[3] ? utc(year, month, day + 1) : found[2] ? utc(year, month + 1, 1) : utc(year + 1, 0, 1);
  return [utc(year, month, day), end];
}

/** A moment as the day it lies in: 2014-05-26. @param {number} at */
export const dayOf = (at) => new Date(at).toISOString().slice(0, -14);

/**
 * A date in the reader's words, no more precise than it is.
 * @param {string | null | undefined} text
 * @param {string} language
 */
export function dateWords(text, language) {
  const stretch = stretchOf(text);
  const found = DATE.exec(text ?? "");
  if (!stretch || !found) return text ?? "";
  /** @type {Intl.DateTimeFormatOptions} */
  const how = { year: "numeric", timeZone: "UTC" };
  if (stretch[0] < FIRST_YEAR) how.era = "short";
  if (found[2]) how.month = "long";
  if (found[3]) how.day = "numeric";
  return new Date(stretch[0]).toLocaleDateString(language, how);
}
