// Characters that a reader does not see and a model reads, or that change the
// order of others, are shown as what they are.

import { h } from "./dom.js";

const selector = "[\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]";
const zeroWidth = /[\u200b-\u200d\u2060-\u2065\ufeff\u00ad\u034f\u180e\u115f\u1160\u3164\uffa0\ufff9-\ufffb\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;
const bidirectional = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/;
const tag = /[\u{e0000}-\u{e007f}]/u;
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;
// A joiner between signs that it makes one of hides nothing.
const joiner = "(?<=[\\p{Extended_Pictographic}\\ufe0f\\p{Mn}\\p{Script=Arabic}])[\\u200c\\u200d](?=[\\p{Extended_Pictographic}\\p{Script=Arabic}\\p{L}])";
// A selector, alone, after a sign that there are variants of hides nothing.
const variant = [
  "(?<=[0-9#*])\\ufe0f(?=\\u20e3)",
  `(?<=[\\p{Extended_Pictographic}\\p{So}\\p{Sm}])[\\ufe0e\\ufe0f](?!${selector}|\\u20e3)`,
  `(?<=[\\p{Script=Han}\\p{Sm}\\p{Script=Myanmar}\\p{Script=Phags_Pa}])[\\ufe00-\\ufe0d](?!${selector})`,
  `(?<=\\p{Script=Han})[\\u{e0100}-\\u{e01ef}](?!${selector})`,
].join("|");
const run = new RegExp(`${joiner}|${variant}|(${tag.source}+)|(${bidirectional.source}+)|(${zeroWidth.source}+)|(${control.source}+)`, "gu");
const kinds = ["tag", "bidirectional", "zero-width", "control"];

// names writes hidden characters out: what they spell, or their code points.
export function names(text) {
  const points = [...text].map((c) => c.codePointAt(0));
  if (points.every((p) => p >= 0xe0020 && p <= 0xe007e)) return points.map((p) => String.fromCharCode(p - 0xe0000)).join("");
  const shown = points.slice(0, 4).map((p) => `U+${p.toString(16).toUpperCase().padStart(4, "0")}`);
  return shown.join(" ") + (points.length > 4 ? ` … (${points.length})` : "");
}

// pieces are the runs of a text: {text, kind} with the kind of hidden ones.
export function pieces(text) {
  const out = [];
  let at = 0;
  for (const m of text.matchAll(run)) {
    const which = m.slice(1).findIndex((group) => group !== undefined);
    if (which < 0) continue;
    if (m.index > at) out.push({ text: text.slice(at, m.index) });
    out.push({ text: m[0], kind: kinds[which] });
    at = m.index + m[0].length;
  }
  if (at < text.length) out.push({ text: text.slice(at) });
  return out;
}

// glyph stands for hidden characters.
export const glyph = (text, kind) => h("span", { class: "glyph", title: kind }, names(text));

// reveal is a text as nodes.
export const reveal = (text) => pieces(text).map((p) => (p.kind ? glyph(p.text, p.kind) : p.text));
