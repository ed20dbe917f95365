// Questions to the person: a key, a name, or whether to go on.

import { h } from "./dom.js";
import { opened } from "./layers.js";
import { errorNode } from "./notice.js";
import { keyStore } from "./storage.js";

// asked shows a dialog and gives what it was closed with; empty: not answered.
export function asked(node) {
  document.body.append(node);
  node.showModal();
  const gone = opened(() => node.close(""));
  return new Promise((resolve) => node.addEventListener("close", () => {
    gone();
    node.remove();
    resolve(node.returnValue);
  }, { once: true }));
}

// dialog asks in a form, which is sent by the button yes. sent is called then; by
// itself, it closes the dialog with "yes".
function dialog({ name, yes, sent = (node) => node.close("yes") }, ...children) {
  const node = h("dialog", { class: "ask-dialog", label: name });
  node.append(h("form", { on: { submit: (e) => { e.preventDefault(); sent(node); } } }, h("h2", { say: name }), ...children,
    h("div", { class: "dialog-row" }, h("button", { type: "button", class: "button quiet-button", say: "cancel", on: { click: () => node.close("") } }), yes)));
  return node;
}

// confirm asks before what cannot be undone. also has more to say about it.
export async function confirm({ title, text, also = [], yes }) {
  const said = [text, ...also].map((words) => h("p", { say: words }));
  return await asked(dialog({ name: title, yes: h("button", { type: "submit", class: "button danger", say: yes }) }, ...said)) === "yes";
}

// askName asks for another name than name. Where the name does not fit the rule, or
// rename fails with it, the dialog says so and stays open. askName gives the new
// name, or "" if there is none.
export async function askName({ title, rule, name, fits, rename }) {
  const field = h("input", { type: "text", id: "name-field", autocomplete: "off", spellcheck: "false", "aria-describedby": "name-rule" });
  const wrong = h("div", { class: "dialog-wrong" });
  const save = h("button", { type: "submit", class: "button", say: "rename-save" });
  field.value = name;
  const given = () => field.value.normalize("NFC").trim();
  const refuse = (node) => {
    wrong.replaceChildren(node);
    field.setAttribute("aria-invalid", "true");
    field.focus();
  };
  const sent = async (node) => {
    if (given() === name) {
      node.close("");
      return;
    }
    if (!fits(given())) {
      refuse(h("p", { class: "notice error", role: "alert", say: "name-unfit" }));
      return;
    }
    save.disabled = true;
    try {
      await rename(given());
      node.close("yes");
    } catch (e) {
      refuse(errorNode(e));
    }
    save.disabled = false;
  };
  const answer = asked(dialog({ name: title, yes: save, sent }, h("div", { class: "field" }, h("label", { for: "name-field", say: "name" }), field, h("p", { id: "name-rule", class: "quiet", say: rule })), wrong));
  field.select();
  return await answer === "yes" ? given() : "";
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
  const yes = h("button", { type: "submit", class: "button", say: "key-use" });
  const answer = await asked(dialog({ name: "key-title", yes }, h("p", { id: "key-lead", say: "key-lead" }),
    wrong && h("p", { class: "notice error", role: "alert", say: "key-wrong" }), h("div", { class: "field" }, h("label", { for: "key-field", say: "key" }), field)));
  const given = field.value.trim();
  if (answer !== "yes" || given === "") return false;
  keyStore.set(given);
  return true;
}
