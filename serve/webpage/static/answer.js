// An answer with its citations and what people think of it.

import { announce, h, icon } from "./dom.js";
import { say, t } from "./language.js";
import { madeNode } from "./made.js";
import { rendered } from "./markdown.js";
import { errorText } from "./notice.js";
import { sourceName } from "./naming.js";
import { reveal } from "./reveal.js";

const spent = ["iterations", "calls", "tokens", "time"];

// answerNode returns the element that shows an answer. show opens the source of a
// citation, and client sends feedback. If bare is set, the element does not show how
// the answer was made. The kind of answer, such as an abstention, needs no heading,
// because the first words of the answer say it.
export function answerNode(answer, { show, client, bare = false }) {
  const nearest = answer.nearest ?? []; // what an abstention quotes, which is no citation
  const cited = new Map(answer.citations.map((c) => [c.n, c]));
  const open = (c) => (e) => show(answer.collection, c, e.currentTarget);
  const name = (c) => c.title || sourceName(c.source);
  const reference = (c) => h("button", { type: "button", class: "cite", label: ["citation", { n: c.n, title: name(c) }], on: { click: open(c) } }, String(c.n));
  const text = ownText(answer.answer, nearest);
  const node = h("div", { class: answer.abstained ? "answer abstained" : "answer" },
    h("div", { class: "prose" }, rendered(text, (from, to) => withReferences(text.slice(from, to), cited, reference))),
    answer.degraded && h("p", { class: "notice" }, icon("warning"), h("span", {}, h("span", { say: answer.stopped_by === "model" ? "without-model" : "degraded" }), " ", ...reveal(answer.degraded))),
    !bare && !answer.abstained && spent.includes(answer.stopped_by) && h("p", { class: "notice" }, icon("warning"), h("span", { say: `spent.${answer.stopped_by}` })),
  );
  const listed = answer.citations.length > 0 ? answer.citations : nearest;
  if (listed.length > 0) {
    const key = answer.abstained ? "nearest" : "sources";
    node.append(h("div", { class: "sources-of" }, answer.abstained && h("h3", { class: "sources-name", say: key }),
      h("ol", { class: "sources", label: key }, ...listed.map((c) => h("li", {},
        h("button", { type: "button", class: "source", on: { click: open(c) } },
          h("span", { class: "source-n", "aria-hidden": "true" }, String(c.n)),
          h("span", { class: "source-text" },
            h("span", { class: "source-name" }, h("span", { class: "unseen", say: ["open-source", { n: c.n }] }), h("bdi", {}, ...reveal(name(c)))),
            h("span", { class: "source-quote" }, ...reveal(c.quote)))))))));
  }
  const foot = h("div", { class: "answer-foot" });
  if (!bare) foot.append(madeNode(answer));
  if (answer.id && client) foot.append(feedbackNode(answer.id, client));
  if (foot.children.length > 0) node.append(foot);
  return node;
}

// ownText returns the text of an answer without the sentences that the list of
// sources shows, and without the line above them.
function ownText(text, nearest) {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => nearest.some((c) => line.startsWith(`[${c.n}] `)));
  return (first < 0 ? lines : lines.slice(0, Math.max(0, first - 1))).join("\n");
}

function withReferences(line, cited, reference) {
  const out = [];
  let at = 0;
  for (const m of line.matchAll(/(?<!\s)\s*\[(\d{1,4})\]/g)) {
    const c = cited.get(Number(m[1]));
    if (!c) continue;
    out.push(reveal(line.slice(at, m.index)), "\u00a0", reference(c)); // a number stays with its sentence
    at = m.index + m[0].length;
  }
  out.push(reveal(line.slice(at)));
  return out;
}

// feedbackNode takes a thumb at once, and then a comment if there is one.
function feedbackNode(id, client) {
  const said = h("span", { class: "quiet", role: "status" });
  const comment = h("textarea", { rows: 2, maxlength: 4000, hint: "comment-hint", label: "comment" });
  const send = h("button", { type: "submit", class: "button small", say: "comment-send" });
  const form = h("form", { class: "comment", hidden: true }, comment, send);
  let thumb = "";
  const give = async (given) => {
    try {
      await client.feedback({ answer: id, ...given });
      say(said, "feedback-kept");
      return true;
    } catch (e) {
      said.textContent = errorText(e);
      return false;
    }
  };
  const choose = (chosen) => async () => {
    if (!await give({ thumb: chosen })) return;
    thumb = chosen;
    for (const [which, b] of Object.entries(buttons)) b.setAttribute("aria-pressed", String(which === chosen));
    form.hidden = false;
    form.scrollIntoView({ block: "nearest" });
  };
  const button = (which) => h("button", { type: "button", class: "icon-button", "aria-pressed": "false", label: `thumb.${which}`, on: { click: choose(which) } }, icon(which));
  const buttons = { up: button("up"), down: button("down") };
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    if (comment.value.trim() === "" || !await give({ thumb, comment: comment.value.trim() })) return;
    form.hidden = true;
    buttons[thumb].focus();
    announce(t("feedback-kept"));
  });
  return h("div", { class: "feedback" }, h("div", { class: "thumbs" }, said, buttons.up, buttons.down), form);
}
