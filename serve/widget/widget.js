// A field for questions in the pages of another web site:
//
//   <script src="https://HOST/widget.js" data-key="sr_..." data-collection="handbook" defer></script>
//
// The field is in a shadow tree, so that its styles and those of the page do not
// affect each other. Texts of the server become text nodes and never markup.
(() => {
  "use strict";

  const script = document.currentScript;
  const { key, collection, lang, title } = script.dataset;
  const api = new URL("api/v1/ask", script.src);
  const remembered = 4; // maximum number of earlier exchanges that are sent with a question

  const words = {
    en: {
      open: "Ask", title: "Ask our documents", close: "Close", label: "Your question", send: "Ask", asking: "Looking through the documents…",
      sources: (n) => (n === 1 ? "1 source" : n + " sources"), quote: (n) => "Show source " + n,
      unsure: "This answer is not certain.", forbidden: "Questions cannot be asked from this page.", busy: "There are many questions right now. Ask again in a moment.",
      failed: "This cannot be answered right now. Ask again later.",
    },
    ko: {
      open: "질문하기", title: "문서에 질문하기", close: "닫기", label: "질문", send: "질문하기", asking: "문서를 찾아보고 있습니다…",
      sources: (n) => "출처 " + n + "개", quote: (n) => "출처 " + n + " 보기",
      unsure: "확실하지 않은 답변입니다.", forbidden: "이 페이지에서는 질문할 수 없습니다.", busy: "지금은 질문이 많습니다. 잠시 후 다시 질문해 주십시오.",
      failed: "지금은 답변할 수 없습니다. 잠시 후 다시 질문해 주십시오.",
    },
  };
  const language = (lang || document.documentElement.lang || navigator.language || "en").toLowerCase();
  const say = language.startsWith("ko") ? words.ko : words.en;

  const style = `
    :host { all: initial; color-scheme: light dark; font: 15px/1.5 system-ui, "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", sans-serif;
      --back: #fff; --text: #1b1f24; --faint: #57606a; --line: #d0d7de; --accent: #0b5cad; --on-accent: #fff; }
    @media (prefers-color-scheme: dark) { :host { --back: #16191d; --text: #e6e8ea; --faint: #a5adb6; --line: #3b424a; --accent: #7db7f5; --on-accent: #10151a; } }
    * { box-sizing: border-box; font: inherit; color: inherit; }
    button { cursor: pointer; border: 1px solid transparent; border-radius: 8px; padding: 8px 16px; background: var(--accent); color: var(--on-accent); }
    button:disabled { opacity: .6; cursor: default; }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    .open { position: fixed; right: 20px; bottom: 20px; z-index: 2147483000; border-radius: 24px; box-shadow: 0 2px 8px #0004; }
    .panel { position: fixed; right: 20px; bottom: 20px; z-index: 2147483000; display: flex; flex-direction: column; width: min(400px, calc(100vw - 40px));
      height: min(560px, calc(100vh - 40px)); background: var(--back); color: var(--text); border: 1px solid var(--line); border-radius: 12px; box-shadow: 0 4px 24px #0004; }
    [hidden] { display: none !important; }
    header { display: flex; align-items: center; justify-content: space-between; gap: 8px; padding: 8px 8px 8px 16px; border-bottom: 1px solid var(--line); }
    h2 { margin: 0; font-weight: 600; }
    .close, .mark { background: none; color: var(--accent); }
    .log { flex: 1; overflow-y: auto; padding: 8px 16px; overflow-wrap: anywhere; }
    .question { margin: 12px 0 4px; font-weight: 600; white-space: pre-wrap; }
    .answer { margin: 0 0 4px; white-space: pre-wrap; }
    .note { margin: 0; color: var(--faint); }
    .mark { padding: 0 3px; border: 0; border-radius: 4px; font-size: .85em; }
    summary { color: var(--faint); cursor: pointer; }
    ol { margin: 4px 0; padding: 0; list-style: none; }
    li { margin: 0 0 8px; }
    blockquote { margin: 2px 0 0; padding-left: 10px; border-left: 3px solid var(--line); color: var(--faint); }
    form { display: flex; gap: 8px; padding: 12px; border-top: 1px solid var(--line); }
    textarea { flex: 1; min-width: 0; height: 42px; resize: none; padding: 8px 10px; background: var(--back); border: 1px solid var(--faint); border-radius: 8px; }
  `;

  // make returns an element with attributes and children. Strings become text.
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
    element.append(...children);
    return element;
  };

  const textarea = make("textarea", { "aria-label": say.label, placeholder: say.label, maxlength: "2000", rows: "1", required: "" });
  const send = make("button", { type: "submit" }, say.send);
  const form = make("form", {}, textarea, send);
  const log = make("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0", "aria-label": title || say.title });
  const close = make("button", { type: "button", class: "close" }, say.close);
  const panel = make("section", { class: "panel", role: "dialog", "aria-label": title || say.title, hidden: "" },
    make("header", {}, make("h2", {}, title || say.title), close), log, form);
  const open = make("button", { type: "button", class: "open", "aria-expanded": "false" }, say.open);

  const show = (shown) => {
    panel.hidden = !shown;
    open.hidden = shown;
    open.setAttribute("aria-expanded", String(shown));
    (shown ? textarea : open).focus();
  };
  open.addEventListener("click", () => show(true));
  close.addEventListener("click", () => show(false));
  panel.addEventListener("keydown", (event) => {
    event.stopPropagation(); // keys typed here must not trigger shortcuts of the page
    if (event.key === "Escape") show(false);
  });
  textarea.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return; // Enter may only end a syllable of Hangul
    event.preventDefault();
    form.requestSubmit();
  });

  const history = [];
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const question = textarea.value.trim();
    if (question === "" || send.disabled) return;
    send.disabled = true;
    const note = make("p", { class: "note" }, say.asking);
    log.append(make("p", { class: "question" }, question), note);
    note.scrollIntoView({ block: "nearest" });
    try {
      const answer = await ask(question);
      note.replaceWith(...shown(answer));
      history.push({ question, answer: answer.abstained ? "" : answer.answer });
      if (history.length > remembered) history.shift();
      textarea.value = "";
    } catch (failure) {
      note.textContent = failure.reason || say.failed;
    } finally {
      send.disabled = false;
      textarea.focus();
    }
  });

  const ask = async (question) => {
    const body = { question };
    if (collection) body.collection = collection;
    if (history.length > 0) body.history = history;
    const response = await fetch(api, {
      method: "POST", credentials: "omit", referrerPolicy: "strict-origin", cache: "no-store",
      headers: { "Content-Type": "application/json", Authorization: "Bearer " + key }, body: JSON.stringify(body),
    });
    if (!response.ok) {
      const failure = new Error("status " + response.status);
      if ([401, 403, 404].includes(response.status)) failure.reason = say.forbidden;
      if (response.status === 429) failure.reason = say.busy;
      throw failure;
    }
    return response.json();
  };

  // shown returns the elements of an answer: its text, in which the numbers of
  // citations are buttons, and its sources with their quotes.
  const shown = (answer) => {
    const items = new Map();
    const list = make("ol");
    for (const citation of answer.citations) {
      const item = make("li", { tabindex: "-1" }, "[" + citation.n + "] " + (citation.title || citation.source), make("blockquote", {}, citation.quote));
      items.set(String(citation.n), item);
      list.append(item);
    }
    const details = make("details", {}, make("summary", {}, say.sources(items.size)), list);
    const text = make("p", { class: "answer" });
    for (const [i, part] of answer.answer.split(/\[(\d+)\]/).entries()) {
      const item = items.get(part);
      if (i % 2 === 0 || item === undefined) {
        text.append(i % 2 === 0 ? part : "[" + part + "]");
        continue;
      }
      const mark = make("button", { type: "button", class: "mark", "aria-label": say.quote(part) }, "[" + part + "]");
      mark.addEventListener("click", () => {
        details.open = true;
        item.focus();
      });
      text.append(mark);
    }
    const out = [text];
    if (answer.unsure) out.push(make("p", { class: "note" }, say.unsure));
    if (items.size > 0) out.push(details);
    return out;
  };

  const begin = () => {
    const host = document.createElement("selfrag-widget");
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet(); // unlike a style element, it needs no permission of the page's Content-Security-Policy
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
    host.lang = say === words.ko ? "ko" : "en";
    root.append(open, panel);
    document.body.append(host);
  };
  if (!key) console.error("selfrag: the script has no data-key");
  else if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin, { once: true });
})();
