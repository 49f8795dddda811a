// What this module knows: the reader's text and the notes beside it. A press on a passage, or a fragment such as
// #char=12,34 (RFC 5147), shows the notes on that stretch and hides the others.

/** @typedef {{start: number, end: number}} Span */

const reader = document.querySelector(".reader");
const passages = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".reader .story [id^='char=']")]);

/**
 * @param {string} text such as char=12,34
 * @returns {Span | null}
 */
function spanIn(text) {
  const found = /char=(\d+)(?:,(\d+))?/.exec(text);
  return found ? { start: Number(found[1]), end: Number(found[2] ?? Number(found[1]) + 1) } : null;
}

/** @param {boolean} scroll */
function show(scroll) {
  const wanted = spanIn(decodeURIComponent(location.hash));
  /** @type {HTMLElement | null} */
  let first = null;
  for (const passage of passages) {
    const span = spanIn(passage.id);
    const chosen = Boolean(wanted && span && span.start < wanted.end && wanted.start < span.end);
    passage.classList.toggle("chosen", chosen);
    document.getElementById(`says-${passage.id}`)?.classList.toggle("chosen", chosen);
    if (chosen) first ??= passage;
  }
  const help = document.querySelector(".margin .help");
  if (help instanceof HTMLElement) help.hidden = first !== null;
  const box = first?.getBoundingClientRect();
  if (scroll && box && (box.top < 80 || box.bottom > innerHeight * 0.6)) scrollBy(0, box.top - innerHeight / 3);
}

if (reader) {
  reader.classList.add("with-script");
  for (const passage of passages) {
    if (passage instanceof HTMLAnchorElement) {
      passage.addEventListener("click", (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        history.pushState(null, "", `#${passage.id}`);
        show(false);
      });
    }
  }
  addEventListener("hashchange", () => show(true));
  addEventListener("popstate", () => show(true));
  show(true);
  addEventListener("load", () => show(true));
}

export {};
