// What stands around the views: the menu and the preferences.

import { icon } from "./dom.js";
import { opened } from "./layers.js";
import { language, setLanguage } from "./language.js";
import { keep } from "./storage.js";

const part = (id) => document.getElementById(id);

// menu is the side of the page, which narrow screens show when asked.
export function menu() {
  const [side, shade, button, main] = ["side", "shade", "menu", "main"].map(part);
  const narrow = window.matchMedia("(max-width: 899px)");
  button.append(icon("menu"));
  part("close-side").append(icon("close"));
  part("fresh-small").append(icon("plus"));
  part("fresh-icon").append(icon("plus"));
  let open = false;
  let gone = null;
  const set = (now) => {
    const before = open;
    open = now && narrow.matches;
    if (open && !before) gone = opened(close);
    if (!open && before) gone();
    side.classList.toggle("open", open);
    shade.hidden = !open;
    side.inert = narrow.matches && !open;
    main.inert = open;
    button.setAttribute("aria-expanded", String(open));
  };
  function close() {
    const had = open && side.contains(document.activeElement);
    set(false);
    if (had) button.focus();
  }
  button.addEventListener("click", () => {
    set(!open);
    if (open) part("close-side").focus();
  });
  part("close-side").addEventListener("click", close);
  shade.addEventListener("click", close);
  document.addEventListener("keydown", (e) => e.key === "Escape" && open && close());
  narrow.addEventListener("change", () => set(false));
  set(false);
  return { close };
}

// preferences are the language and the theme; changed is called after the first.
export function preferences(changed) {
  const [chosen, theme] = [part("language"), part("theme")];
  chosen.value = language();
  chosen.addEventListener("change", () => {
    setLanguage(chosen.value);
    changed();
  });
  theme.value = document.documentElement.dataset.theme ?? "";
  theme.addEventListener("change", () => {
    keep("theme", theme.value);
    if (theme.value) document.documentElement.dataset.theme = theme.value;
    else delete document.documentElement.dataset.theme;
  });
}
