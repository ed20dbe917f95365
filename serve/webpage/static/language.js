// All words of the page. A node that says something carries the key of its text
// (data-say, data-label, data-hint), so that it changes with the language.

import { english } from "./english.js";
import { englishManage } from "./englishmanage.js";
import { korean } from "./korean.js";
import { koreanManage } from "./koreanmanage.js";
import { keep } from "./storage.js";

const texts = { en: { ...english, ...englishManage }, ko: { ...korean, ...koreanManage } };
const values = new WeakMap();
const ways = {
  say: (node, text) => { node.textContent = text; },
  label: (node, text) => { node.setAttribute("aria-label", text); if (node.localName === "button") node.title = text; },
  hint: (node, text) => { node.placeholder = text; },
};

export const language = () => (document.documentElement.lang === "ko" ? "ko" : "en");

// t is a text with its {names} filled in. A text that depends on the number n
// has two forms, key.one and key.other. A function gives its value in the
// language of the moment.
export function t(key, fill = {}) {
  const words = texts[language()];
  const text = words[key] ?? words[`${key}.${fill.n === 1 ? "one" : "other"}`] ?? key;
  return text.replace(/\{([a-z]+)\}/g, (_, name) => shown(fill[name]));
}

function shown(value) {
  if (typeof value === "function") return value();
  return typeof value === "number" ? number(value) : String(value ?? "");
}

function put(way, node, key, fill) {
  node.dataset[way] = key;
  const of = values.get(node) ?? {};
  values.set(node, { ...of, [way]: fill });
  ways[way](node, t(key, fill));
  return node;
}

export const say = (node, key, fill) => put("say", node, key, fill);
export const label = (node, key, fill) => put("label", node, key, fill);
export const hint = (node, key, fill) => put("hint", node, key, fill);

const formats = new Map();

// format is a formatter for the language of the moment. It is kept, since making one
// takes as long as a hundred uses of it.
function format(Kind, options) {
  const key = `${Kind.name} ${language()} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Kind(language(), options));
  return formats.get(key);
}

export const number = (n) => format(Intl.NumberFormat, {}).format(n);
export const percent = (p) => format(Intl.NumberFormat, { style: "percent" }).format(p);
const unit = (value, name) => format(Intl.NumberFormat, { style: "unit", unit: name, unitDisplay: "narrow", maximumFractionDigits: name === "second" ? 1 : 0 }).format(value);
export const seconds = (ms) => unit(ms / 1000, "second");
// took is a time that may be short.
export const took = (ms) => (ms < 1000 ? unit(ms, "millisecond") : seconds(ms));
// every is the time between two runs, in seconds.
export function every(s) {
  const [name, size] = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]].find(([, each]) => s >= each) ?? ["second", 1];
  return format(Intl.NumberFormat, { style: "unit", unit: name, unitDisplay: "long", maximumFractionDigits: 1 }).format(s / size);
}
export const day = (date) => format(Intl.DateTimeFormat, { dateStyle: "medium", timeStyle: "short" }).format(date);

// translate puts all that the page says into its language.
export function translate() {
  for (const way of Object.keys(ways)) {
    for (const node of document.querySelectorAll(`[data-${way}]`)) ways[way](node, t(node.dataset[way], values.get(node)?.[way]));
  }
}

export function setLanguage(chosen) {
  document.documentElement.lang = chosen;
  keep("language", chosen);
  translate();
}
