// How an answer or a search result came about: words for everybody, and figures that
// can be unfolded.

import { h } from "./dom.js";
import { number, percent, seconds, t } from "./language.js";

// likely puts a probability into words, and degree a grade. The bounds follow
// everyday speech. Not measured.
export const likely = (p) => () => t(`likely.${word(p)}`);
export const degree = (p) => () => t(`degree.${word(p)}`);

function word(p) {
  if (p === null || p === undefined) return "unknown";
  if (p >= 0.9) return "highest";
  if (p >= 0.6) return "high";
  return p >= 0.3 ? "middle" : "low";
}

const grade = (p) => (p === null || p === undefined ? "?" : () => percent(p));

// numbersNode returns a folded list of rows: [key, value] or [[key, values], value].
export function numbersNode(name, rows) {
  return h("details", { class: "made" }, h("summary", { say: name }),
    h("dl", {}, ...rows.flatMap(([key, value]) => [h("dt", { say: key }), h("dd", { say: ["value", { value }] })])));
}

// madeNode returns the element that shows how an answer was made.
export function madeNode(answer) {
  const strategy = answer.chosen ? `${answer.strategy} → ${answer.chosen}` : answer.strategy;
  const rounds = (answer.iterations ?? []).flatMap((it, i) => [
    it.support === null || it.support === undefined ? null : [["made-support", { n: i + 1 }], grade(it.support)],
    it.usefulness === null || it.usefulness === undefined ? null : [["made-usefulness", { n: i + 1 }], grade(it.usefulness)],
  ]).filter(Boolean);
  return numbersNode("made", [
    ["strategy", strategy],
    ["made-time", () => seconds(answer.timings_ms.total)],
    ["made-calls", () => number(answer.usage.llm_calls)],
    ["made-read", () => number(answer.usage.prompt_tokens)],
    ["made-written", () => number(answer.usage.completion_tokens)],
    ...rounds,
  ]);
}

// foundNode returns the element that shows the figures of a search.
export const foundNode = (evidence, passages, time) => numbersNode("made-search", [
  ["search-one-place", grade(evidence.p_one_place)],
  ["search-chance", grade(evidence.p_answers)],
  ...evidence.sentences.map((s, i) => [["made-sentence", { n: i + 1 }], grade(s.p_answers)]),
  ["search-passages", () => number(passages)],
  ["made-time", time],
]);
