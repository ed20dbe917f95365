// What became of the files of an upload.

import { h } from "./dom.js";
import { reasonNode } from "./notice.js";
import { reveal } from "./reveal.js";

const mostNamed = 20; // files that are all named
const mostReasons = 100;

// outcomeNodes returns the lines about files: a line for each, or, where there are
// many, a line for each outcome and one for each file that has something wrong.
export function outcomeNodes(files) {
  if (files.length <= mostNamed) return files.map(fileNode);
  const counts = new Map();
  for (const f of files) if (f.outcome) counts.set(f.outcome, (counts.get(f.outcome) ?? 0) + 1);
  return [
    h("li", { class: "tally" }, [...counts].map(([outcome, n]) => h("span", { class: `outcome ${outcome}`, say: [`tally.${outcome}`, { n }] }))),
    ...files.filter((f) => f.reason).slice(0, mostReasons).map(fileNode),
  ];
}

const fileNode = (f) => h("li", {}, h("bdi", {}, ...reveal(f.name)), " ",
  f.outcome && h("span", { class: `outcome ${f.outcome}`, say: `outcome.${f.outcome}` }), " ", f.reason && reasonNode(f));

// filesName names the files of an upload by the first one.
export const filesName = (names) => (names.length === 1 ? names[0] : `${names[0]} + ${names.length - 1}`);
