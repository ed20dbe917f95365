// Elements and text nodes: the only way in which text gets onto the page.

import { hint, label, say } from "./language.js";

// h makes an element. Props are attributes, but for class, on (listeners), and
// say, label and hint: the key of a text, or [key, values]. A child may be an
// array of children, of any length: a call takes only so many arguments.
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    switch (name) {
      case "class": node.className = value; break;
      case "on": for (const [event, f] of Object.entries(value)) node.addEventListener(event, f); break;
      case "say": say(node, ...[value].flat()); break;
      case "label": label(node, ...[value].flat()); break;
      case "hint": hint(node, ...[value].flat()); break;
      default: node.setAttribute(name, value === true ? "" : value);
    }
  }
  append(node, children);
  return node;
}

function append(node, children) {
  for (const c of children) {
    if (Array.isArray(c)) append(node, c);
    else if (c !== null && c !== undefined && c !== false) node.append(c);
  }
}

const paths = {
  plus: "M12 5v14M5 12h14",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M8 8h8v8H8z",
  up: "M7 11v9H4v-9zM7 11l4-7c1.5 0 2.5 1 2.2 2.600L12.600 10H18a2 2 0 0 1 2 2.400l-1.200 6A2 2 0 0 1 16.800 20H7",
  down: "M17 13V4h3v9zM17 13l-4 7c-1.500 0-2.500-1-2.200-2.600l.600-3.400H6a2 2 0 0 1-2-2.400l1.200-6A2 2 0 0 1 7.200 4H17",
  trash: "M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12",
  upload: "M12 16V5M7 10l5-5 5 5M5 19h14",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  download: "M12 5v11M7 11l5 5 5-5M5 20h14",
  more: "M5 11.500h1v1H5zM11.500 11.500h1v1h-1zM18 11.500h1v1h-1z",
  sync: "M19 9a7.500 7.500 0 0 0-13.500-.500M5 4v5h5M5 15a7.500 7.500 0 0 0 13.500.500M19 20v-5h-5",
  warning: "M12 4l9 16H3zM12 10v4M12 17v.5",
};

const svg = "http://www.w3.org/2000/svg";

// icon is a drawing for the eye alone; what holds it says what it is.
export function icon(name) {
  const node = document.createElementNS(svg, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" })) node.setAttribute(key, value);
  const path = document.createElementNS(svg, "path");
  path.setAttribute("d", paths[name]);
  node.append(path);
  return node;
}

// announce tells those who hear the page, and nobody else.
export function announce(text) {
  document.getElementById("status").textContent = text;
}
