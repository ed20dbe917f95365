// Where a question is written, with what it is asked of and how.

import { h, icon } from "./dom.js";
import { label } from "./language.js";

// composer calls ask with the question and the choices, stop when the person
// wants no answer any more, and moved when another collection is chosen.
export function composer({ choices, ask, stop, moved }) {
  const text = h("textarea", { rows: 1, maxlength: 8000, hint: "ask-hint", label: "question", enterkeyhint: "send" });
  const send = h("button", { type: "submit", class: "send" });
  const { node: chooser, collection, strategy } = choices.chooser();
  const form = h("form", { class: "composer" }, h("div", { class: "composer-box" }, text, h("div", { class: "composer-row" }, chooser, send)));
  let busy = false;

  const fit = growing(text);
  const face = () => {
    send.replaceChildren(icon(busy ? "stop" : "send"));
    label(send, busy ? "stop" : "send");
    send.classList.toggle("stopping", busy);
  };
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    if (busy) {
      stop();
      return;
    }
    const question = text.value.trim();
    if (question === "") {
      text.focus();
      return;
    }
    text.value = "";
    fit();
    if (window.matchMedia("(hover: none)").matches) text.blur(); // the keyboard of a phone would hide the steps
    ask(question, chosen());
  });
  text.addEventListener("keydown", (e) => sendsByEnter(e) && !busy && (e.preventDefault(), form.requestSubmit()));
  collection.addEventListener("change", () => moved(collection.value));
  const chosen = () => ({ collection: collection.value, strategy: strategy.value });
  face();
  return {
    node: form,
    focus: () => text.focus(),
    ask: (question) => busy || ask(question, chosen()),
    // scrolls makes Page Up and Page Down scroll node while the field has the focus.
    scrolls: (node) => text.addEventListener("keydown", (e) => {
      if (e.key !== "PageUp" && e.key !== "PageDown") return;
      e.preventDefault();
      node.scrollBy({ top: (e.key === "PageUp" ? -0.9 : 0.9) * node.clientHeight });
    }),
    working: (now) => {
      if (busy === now) return;
      busy = now;
      face();
    },
  };
}

// growing lets a field grow with what is written in it, and gives what fits it
// again when its text was changed otherwise.
export function growing(text) {
  const fit = () => {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight + text.offsetHeight - text.clientHeight, window.innerHeight * 0.4)}px`;
  };
  text.addEventListener("input", fit);
  return fit;
}

// sendsByEnter tells whether a key sends what was written. While Korean letters
// are being put together, Enter ends them and sends nothing.
export const sendsByEnter = (e) => e.key === "Enter" && !e.shiftKey && !e.isComposing && e.keyCode !== 229;
