// What this module knows: the box in which a query is written. CodeMirror stands in a shadow root, where it
// brings its style as constructed stylesheets: the page needs no inline style.

/** @import {Extension} from "../vendor/codemirror.js" */

import {
  EditorState, EditorView, HighlightStyle, StreamLanguage, acceptCompletion, autocompletion, bracketMatching, closeBrackets,
  closeBracketsKeymap, completionKeymap, defaultKeymap, drawSelection, highlightActiveLine, history, historyKeymap,
  indentOnInput, keymap, lineNumbers, lintGutter, placeholder, setDiagnostics, sparql, startCompletion, syntaxHighlighting, tags,
} from "../vendor/codemirror.js";
import { complete, missingPrefix } from "./completion.js";
import { say } from "./page.js";
import { declarations, tokens } from "./syntax.js";
import { known } from "./terms.js";

const LOOK = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--sheet)", fontSize: "0.875rem", border: "1px solid var(--line-strong)", borderRadius: "3px" },
  "&.cm-focused": { outline: "3px solid var(--link)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", minHeight: "min(12rem, var(--editor-height, 60vh))", maxHeight: "var(--editor-height, 60vh)" },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.5rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--sheet)", color: "var(--muted)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--tag) 45%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--incumbent-pale)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--tag)", outline: "1px solid var(--line-strong)" },
  ".cm-placeholder": { color: "var(--muted)" },
  ".cm-tooltip": { backgroundColor: "var(--sheet)", color: "var(--ink)", border: "1px solid var(--line-strong)", borderRadius: "3px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--sans)", fontSize: "0.9375rem", maxHeight: "16rem", maxWidth: "min(34rem, 92vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.2rem 0.6rem", display: "flex", gap: "0.75rem", alignItems: "baseline" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--ink)", color: "var(--ground)" },
  "li[aria-selected] .cm-completionDetail": { color: "var(--ground)" },
  ".cm-completionLabel": { overflow: "hidden", textOverflow: "ellipsis" },
  ".cm-completionDetail": { marginLeft: "auto", color: "var(--muted)", fontStyle: "normal", fontSize: "0.8125rem", fontFamily: "var(--mono)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-tooltip.cm-completionInfo": { fontFamily: "var(--sans)", fontSize: "0.8125rem", padding: "0.5rem 0.75rem", maxWidth: "20rem" },
  ".cm-completionInfo p": { margin: "0.25rem 0 0" },
  ".cm-completionInfo pre": { margin: "0.25rem 0 0", whiteSpace: "pre-wrap" },
  ".cm-diagnostic": { padding: "0.3rem 0.6rem", borderLeft: "4px solid var(--contradiction)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--contradiction)" },
  ".cm-lintPoint-error:after": { borderBottomColor: "var(--contradiction)" },
  ".cm-wrong-line": { backgroundColor: "var(--contradiction-pale)" },
});

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--incumbent)", fontWeight: "700" },
  { tag: [tags.variableName, tags.standard(tags.variableName)], color: "var(--challenger)" },
  { tag: [tags.atom, tags.number], color: "var(--other)" },
  { tag: tags.string, color: "var(--other)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
]);

/**
 * Put what is typed over a selection in its place. Left to itself, Chromium keeps the style of what it replaces
 * in a style attribute, which the policy of the page forbids.
 * @param {InputEvent} event
 * @param {EditorView} view
 */
function typeOver(event, view) {
  const { ranges, main: { empty, from, to } } = view.state.selection;
  const { data } = event;
  if (event.inputType !== "insertText" || !data || empty || ranges.length > 1 || event.isComposing || !event.cancelable) return false;
  const put = () => view.state.update({
    changes: { from, to, insert: data }, selection: { anchor: from + data.length }, scrollIntoView: true, userEvent: "input.type",
  });
  if (!view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, data, put))) view.dispatch(put());
  event.preventDefault();
  return true;
}

/**
 * @typedef {{text: () => string, write: (text: string) => void, focus: () => void,
 *   complain: (line: number | null, column: number | null, message: string) => void, settle: () => void,
 *   declare: () => void}} Editor
 */

/**
 * @param {HTMLElement} frame
 * @param {{changed: () => void, run: () => void}} acts
 * @returns {Editor}
 */
export function makeEditor(frame, { changed, run }) {
  const root = frame.attachShadow({ mode: "open" });
  /** @type {Extension[]} */
  const extensions = [
    lineNumbers(), lintGutter(), history(), drawSelection(), bracketMatching(), closeBrackets(), indentOnInput(),
    highlightActiveLine(), EditorView.lineWrapping, StreamLanguage.define(sparql), syntaxHighlighting(COLOURS), LOOK,
    autocompletion({ override: [complete], icons: false, maxRenderedOptions: 60, activateOnTypingDelay: 80, defaultKeymap: false,
      activateOnCompletion: ({ type, label }) => type === "property" || type === "class" || label === "a" }),
    placeholder("SELECT * WHERE { }"),
    keymap.of([
      { key: "Mod-Enter", preventDefault: true, run: () => { run(); return true; } },
      { key: "Tab", run: acceptCompletion },
      { key: "Alt-Escape", run: startCompletion },
      ...completionKeymap, ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap,
    ]),
    EditorView.contentAttributes.of({ "aria-label": say("editor.label"), tabindex: "0", spellcheck: "false", autocapitalize: "off" }),
    EditorView.domEventHandlers({ beforeinput: typeOver }),
    EditorView.updateListener.of((update) => {
      if (!update.docChanged) return;
      changed();
      if (!update.transactions.some((transaction) => transaction.isUserEvent("input.type"))) return;
      const at = update.state.selection.main.head;
      const added = missingPrefix(update.state.doc.toString(), at);
      if (added) {
        // After this update is through: no update may begin within another.
        queueMicrotask(() => update.view.dispatch({ changes: { from: added.at, insert: added.text }, userEvent: "input.prefix" }));
      }
    }),
  ];
  const view = new EditorView({ parent: root, root, state: EditorState.create({ doc: "", extensions }) });

  return {
    text: () => view.state.doc.toString(),
    write(text) {
      if (text !== view.state.doc.toString()) {
        // A text of another tab has a history of its own.
        view.setState(EditorState.create({ doc: text, extensions }));
      }
    },
    focus: () => view.focus(),
    complain(line, column, message) {
      const { doc } = view.state;
      if (!line || line > doc.lines) return;
      const found = doc.line(line);
      // The server counts code points, the editor UTF-16 units.
      const start = found.from + [...found.text].slice(0, Math.max(0, (column ?? 1) - 1)).join("").length;
      const token = tokens(found.text).find(({ end }) => found.from + end > start);
      const from = Math.min(start, found.to);
      const to = token ? Math.max(from, found.from + token.end) : found.to;
      view.dispatch(setDiagnostics(view.state, [{ from, to, severity: "error", message }]), {
        selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }),
      });
    },
    settle: () => view.dispatch(setDiagnostics(view.state, [])),
    declare() {
      const text = view.state.doc.toString();
      const { prefixes } = declarations(text);
      const used = new Set(tokens(text).filter(({ kind, text: name }) => kind === "name" && !name.endsWith("::"))
        .map(({ text: name }) => name.slice(0, name.indexOf(":"))));
      const missing = [...used].filter((prefix) => prefix && !prefixes.has(prefix) && known.has(prefix));
      if (!missing.length) return;
      const lines = missing.map((prefix) => `PREFIX ${prefix}: <${known.get(prefix)}>\n`).join("");
      view.dispatch({ changes: { from: 0, insert: lines }, userEvent: "input.prefix" });
    },
  };
}
