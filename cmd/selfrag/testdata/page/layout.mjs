import { is } from "./check.mjs";

// faults gives what is wrong with how a page lies: what stands out at the side,
// what is cut off, what lies on something else, and what lies under the composer.
export const faults = (page) => page.evaluate(() => {
  const out = [];
  const name = (e) => `${e.localName}${e.id ? `#${e.id}` : ""}${typeof e.className === "string" && e.className ? `.${e.className.trim().replaceAll(" ", ".")}` : ""} “${(e.textContent ?? "").trim().slice(0, 30)}”`;
  const top = [...document.querySelectorAll("dialog[open]")].at(-1) ?? (document.querySelector("#side.open") || document.body);
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  if (wide > 0) out.push(`the page is ${wide} px too wide`);
  const style = new Map();
  const styleOf = (e) => style.get(e) ?? style.set(e, getComputedStyle(e)).get(e);
  const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !e.closest(".unseen, [inert], .skip");
  // shown is the part of an element that its scrolling parents let through.
  const shown = (e) => {
    const r = e.getBoundingClientRect();
    const box = { left: r.left, top: r.top, right: r.right, bottom: r.bottom };
    for (let p = e.parentElement; p; p = p.parentElement) {
      if (styleOf(p).overflowX === "visible" && styleOf(p).overflowY === "visible") continue;
      const q = p.getBoundingClientRect();
      Object.assign(box, { left: Math.max(box.left, q.left), top: Math.max(box.top, q.top), right: Math.min(box.right, q.right), bottom: Math.min(box.bottom, q.bottom) });
    }
    return box.right - box.left > 1 && box.bottom - box.top > 1 ? box : null;
  };
  const all = [...top.querySelectorAll("*")].filter((e) => !e.closest("svg") && seen(e));
  for (const e of all) {
    const s = styleOf(e);
    const r = e.getBoundingClientRect();
    const scrolls = /auto|scroll/.test(s.overflowX);
    if (!e.closest(".wide-table, pre") && r.width > 0 && (r.right > window.innerWidth + 1 || r.left < -1)) out.push(`${name(e)} stands out at the side: ${Math.round(r.left)} to ${Math.round(r.right)}`);
    if (!scrolls && s.display !== "inline" && !["select", "textarea", "input", "option"].includes(e.localName) && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && s.overflowX === "hidden" && s.textOverflow !== "ellipsis") out.push(`${name(e)} is cut off at the side`);
    if (e.localName === "select" && s.textOverflow !== "ellipsis") out.push(`${name(e)} has a choice that may be cut off unseen`);
  }
  // What has text or can be pressed, and holds nothing else of that kind, must not lie on another such thing.
  const things = all.filter((e) => e.matches("button, a, select, input, textarea, summary, p, h1, h2, h3, h4, li, label, dt, dd, time, td, th") && (e.innerText?.trim() || e.matches("select, input, textarea, button")))
    .map((e) => ({ e, r: shown(e) })).filter((t) => t.r);
  for (let i = 0; i < things.length; i++) {
    for (let j = i + 1; j < things.length; j++) {
      const [a, b] = [things[i], things[j]];
      if (a.e.contains(b.e) || b.e.contains(a.e) || a.e.closest(".bar") || b.e.closest(".bar")) continue; // the bar covers what is scrolled away
      const x = Math.min(a.r.right, b.r.right) - Math.max(a.r.left, b.r.left);
      const y = Math.min(a.r.bottom, b.r.bottom) - Math.max(a.r.top, b.r.top);
      if (x > 2 && y > 2 && styleOf(a.e).display !== "inline" && styleOf(b.e).display !== "inline") out.push(`${name(a.e)} and ${name(b.e)} overlap by ${Math.round(x)} × ${Math.round(y)} px`);
    }
  }
  const composer = top === document.body && document.querySelector(".view:not([hidden]) .composer");
  if (composer) {
    const c = composer.getBoundingClientRect();
    if (c.bottom > window.innerHeight + 1) out.push(`the composer ends ${Math.round(c.bottom - window.innerHeight)} px below the window`);
    for (const { e, r } of things) if (!composer.contains(e) && r.bottom > c.top + 1 && r.top < c.bottom && r.right > c.left && r.left < c.right) out.push(`${name(e)} lies under the composer`);
  }
  return out;
});

// lies holds a page to it.
export async function lies(page, where) {
  is((await faults(page)).slice(0, 8).join("\n"), "", `how ${where} lies`);
}
