// What went wrong and what is missing, said in the page's language.

import { h, icon } from "./dom.js";
import { t } from "./language.js";
import { reveal } from "./reveal.js";

function knownText(e) {
  const key = `error.${String(e.code ?? "internal_error").replaceAll("_", "-")}`;
  const known = t(key);
  return known === key ? t("error.internal-error") : known;
}

// errorText says what went wrong, and what the server says about it.
export const errorText = (e) => e.message && e.code ? `${knownText(e)} (${e.message})` : knownText(e);

// errorNode returns the element that says in the page's language what went wrong. The
// server's own message is folded. again, if there is one, tries the same again; words
// is the key of the text of its button.
export function errorNode(e, again, words = "ask-again") {
  const details = e.message && e.code && h("details", {}, h("summary", { say: "details" }), h("p", {}, ...reveal(e.message)), e.request && h("p", {}, e.request));
  return h("div", { class: "notice error", role: "alert" }, icon("warning"), h("div", { class: "notice-text" }, h("span", {}, knownText(e)), details,
    again && h("button", { type: "button", class: "button small quiet-button", say: words, on: { click: again } })));
}

// reasonNode returns the element that says why a file cannot be read, or which part of
// it is left out. For a known cause the page has a sentence in its own language, and
// the server's words are folded.
export function reasonNode({ cause, reason }) {
  const key = `cause.${String(cause).replaceAll("_", "-")}`;
  if (t(key) === key) return h("span", { class: "reason" }, ...reveal(reason));
  return h("div", { class: "reason" }, h("span", { say: key }), h("details", {}, h("summary", { say: "details" }), h("p", {}, ...reveal(reason))));
}

export const noDocuments = () => h("p", {}, h("span", { say: "no-documents" }), " ", h("a", { href: "#/documents", say: "add-documents" }));
