// Questions to the person: a key, or whether to go on.

import { h } from "./dom.js";
import { keyStore } from "./storage.js";

// asked shows a dialog and gives what it was closed with; empty: not answered.
function asked(node) {
  document.body.append(node);
  node.showModal();
  return new Promise((resolve) => node.addEventListener("close", () => {
    node.remove();
    resolve(node.returnValue);
  }, { once: true }));
}

function dialog(name, form, ...children) {
  const node = h("dialog", { class: "ask-dialog", "aria-labelledby": "dialog-name" }, form);
  form.append(h("h2", { id: "dialog-name", say: name }), ...children);
  return node;
}

// confirm asks before what cannot be undone.
export async function confirm({ title, text, yes }) {
  const form = h("form", {});
  const node = dialog(title, form, h("p", { say: text }), h("div", { class: "dialog-row" },
    h("button", { type: "button", class: "button quiet-button", say: "cancel", on: { click: () => node.close("") } }),
    h("button", { type: "submit", class: "button danger", say: yes })));
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    node.close("yes");
  });
  return await asked(node) === "yes";
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
  const form = h("form", {});
  const node = dialog("key-title", form, h("p", { id: "key-lead", say: "key-lead" }), wrong && h("p", { class: "notice error", role: "alert", say: "key-wrong" }),
    h("div", { class: "field" }, h("label", { for: "key-field", say: "key" }), field),
    h("div", { class: "dialog-row" }, h("button", { type: "button", class: "button quiet-button", say: "cancel", on: { click: () => node.close("") } }),
      h("button", { type: "submit", class: "button", say: "key-use" })));
  let given = "";
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    given = field.value.trim();
    node.close("yes");
  });
  if (await asked(node) !== "yes" || given === "") return false;
  keyStore.set(given);
  return true;
}
