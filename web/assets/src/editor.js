// The SPARQL editor: a text area becomes CodeMirror, with completion from this site's vocabulary, full-width punctuation flagged
// and the syntax checked while typing. Tab leaves the editor. Without this script the text area works as it is.
import { autocompletion } from "@codemirror/autocomplete";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { linter } from "@codemirror/lint";
import { tags } from "@lezer/highlight";
import { EditorView, basicSetup } from "codemirror";
import { sparql } from "codemirror-lang-sparql";
import { Parser } from "sparqljs";

const FULL_WIDTH = new Map(Object.entries({ "，": ",", "。": ".", "；": ";", "：": ":", "（": "(", "）": ")", "｛": "{", "｝": "}", "“": '"', "”": '"', "？": "?", "　": " " }));

/** Where full-width punctuation stands outside strings, comments and IRIs. */
function fullWidth(text) {
  const found = [];
  const token = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|<[^<>\s]*>|#[^\n]*|[，。；：（）｛｝“”？　]/gu;
  for (const match of text.matchAll(token)) {
    if (FULL_WIDTH.has(match[0])) found.push({ from: match.index, to: match.index + 1, character: match[0] });
  }
  return found;
}

/** The place of a parser's complaint, as offsets. */
function parseError(text, area) {
  try {
    new Parser({ skipValidation: false }).parse(text);
    return [];
  } catch (error) {
    const location = error.hash?.loc;
    const lines = text.split("\n");
    const line = Math.min(location?.first_line ?? 1, lines.length) - 1;
    const start = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0);
    const from = Math.min(start + (location?.first_column ?? 0), text.length);
    return [{ from, to: Math.min(from + 1, text.length), severity: "error", message: area.dataset.syntax }];
  }
}

function checks(area) {
  return linter((view) => {
    const text = view.state.doc.toString();
    if (!text.trim()) return [];
    const wide = fullWidth(text).map(({ from, to, character }) => ({
      from,
      to,
      severity: "error",
      message: area.dataset.fullWidth.replace("%s", character),
      actions: [{ name: FULL_WIDTH.get(character), apply: (editor, start, end) => editor.dispatch({ changes: { from: start, to: end, insert: FULL_WIDTH.get(character) } }) }],
    }));
    return wide.length ? wide : parseError(text, area);
  });
}

/** Completion by name or by label in either language; the vocabulary is fetched when it is first asked for. */
function completion(area) {
  let terms = null;
  return async (context) => {
    const word = context.matchBefore(/[\p{L}\p{N}:_-]+/u);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    terms ??= await fetch(area.dataset.vocabulary).then((answer) => answer.json());
    const typed = word.text.toLowerCase();
    const options = terms
      .filter((term) => [term.name, term.zh, term.en].some((text) => text.toLowerCase().includes(typed)))
      .slice(0, 60)
      .map((term) => ({ label: term.name, displayLabel: `${term.name}  ${term.zh || term.en}`, detail: term.en, type: term.kind, info: term.comment || undefined }));
    return options.length ? { from: word.from, options, filter: false } : null;
  };
}

// The library draws its wavy line from a data: image, which this site's policy refuses.
// The colours of the page, so that both themes are read.
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.definitionKeyword, tags.modifier], color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.variableName, tags.propertyName, tags.name, tags.operator, tags.punctuation], color: "var(--ink)" },
  { tag: [tags.string, tags.number, tags.bool, tags.literal], color: "var(--w)" },
  { tag: [tags.namespace, tags.url, tags.link, tags.className, tags.typeName, tags.special(tags.string)], color: "var(--ok)" },
  { tag: tags.comment, color: "var(--ink-2)", fontStyle: "italic" },
]);
const underline = EditorView.theme({ ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--v)" } });

for (const area of document.querySelectorAll("textarea[data-editor]")) {
  const host = document.createElement("div");
  host.className = "cm-host";
  const view = new EditorView({
    doc: area.value,
    parent: host,
    extensions: [
      basicSetup,
      syntaxHighlighting(colours),
      sparql(),
      autocompletion({ override: [completion(area)] }),
      checks(area),
      underline,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": area.labels?.[0]?.textContent ?? "SPARQL" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) area.value = update.state.doc.toString();
      }),
    ],
  });
  area.hidden = true;
  area.after(host);
  host.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      area.form.requestSubmit();
    }
  });
  area.form.addEventListener("reset", () => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: area.defaultValue } }));
}
