// Questions to the person: a key, or whether to go on.

import { h } from "./dom.js";
import { opened } from "./layers.js";
import { keyStore } from "./storage.js";

// asked shows a dialog and gives what it was closed with; empty: not answered.
function asked(node) {
  document.body.append(node);
  node.showModal();
  const gone = opened(() => node.close(""));
  return new Promise((resolve) => node.addEventListener("close", () => {
    gone();
    node.remove();
    resolve(node.returnValue);
  }, { once: true }));
}

// dialog asks in a form, which closes it with "yes" when it is sent by the
// button yes.
function dialog(name, yes, ...children) {
  const node = h("dialog", { class: "ask-dialog", "aria-labelledby": "dialog-name" });
  node.append(h("form", { on: { submit: (e) => { e.preventDefault(); node.close("yes"); } } }, h("h2", { id: "dialog-name", say: name }), ...children,
    h("div", { class: "dialog-row" }, h("button", { type: "button", class: "button quiet-button", say: "cancel", on: { click: () => node.close("") } }), yes)));
  return node;
}

// confirm asks before what cannot be undone.
export async function confirm({ title, text, yes }) {
  return await asked(dialog(title, h("button", { type: "submit", class: "button danger", say: yes }), h("p", { say: text }))) === "yes";
}

// keyAsker asks for a key, once for all requests that wait for one.
export function keyAsker() {
  let waiting = null;
  return (wrong) => {
    waiting ??= askKey(wrong).finally(() => { waiting = null; });
    return waiting;
  };
}

async function askKey(wrong) {
  const field = h("input", { type: "password", id: "key-field", autocomplete: "off", spellcheck: "false", required: true, "aria-describedby": "key-lead" });
  const answer = await asked(dialog("key-title", h("button", { type: "submit", class: "button", say: "key-use" }), h("p", { id: "key-lead", say: "key-lead" }),
    wrong && h("p", { class: "notice error", role: "alert", say: "key-wrong" }), h("div", { class: "field" }, h("label", { for: "key-field", say: "key" }), field)));
  const given = field.value.trim();
  if (answer !== "yes" || given === "") return false;
  keyStore.set(given);
  return true;
}
