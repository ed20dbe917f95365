// Runs before the first paint, so that nothing flashes: the theme and the
// language that were chosen here before, or the browser's own.
"use strict";
(() => {
  const root = document.documentElement;
  let theme = null;
  let language = null;
  try {
    theme = localStorage.getItem("selfrag-theme");
    language = localStorage.getItem("selfrag-language");
  } catch {
    // Storage may be off: the browser's own, then.
  }
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  if (language !== "en" && language !== "ko") {
    const first = navigator.languages.find((l) => /^(en|ko)\b/i.test(l)) ?? "en";
    language = first.slice(0, 2).toLowerCase();
  }
  root.lang = language;
})();
