// What went wrong and what is missing, said in the page's language.

import { h, icon } from "./dom.js";
import { t } from "./language.js";

// errorText says what went wrong, and what the server says about it.
export function errorText(e) {
  const key = `error.${String(e.code ?? "internal_error").replaceAll("_", "-")}`;
  const known = t(key);
  const text = known === key ? t("error.internal-error") : known;
  return e.message && e.code ? `${text} (${e.message})` : text;
}

export const errorNode = (e) => h("p", { class: "notice error", role: "alert" }, icon("warning"), h("span", {}, errorText(e)));

export const noDocuments = () => h("p", {}, h("span", { say: "no-documents" }), " ", h("a", { href: "#/documents", say: "add-documents" }));
