// Wires the views, and shows the one that the address names.

import { Client } from "./api.js";
import { AskView } from "./ask.js";
import { Choices } from "./choices.js";
import { CompareView } from "./compare.js";
import { confirm, keyAsker } from "./dialogs.js";
import { DocumentsView } from "./documents.js";
import { announce } from "./dom.js";
import { History } from "./history.js";
import { t, translate } from "./language.js";
import { errorNode } from "./notice.js";
import { menu, preferences } from "./frame.js";
import { SearchView } from "./search.js";
import { SourceView } from "./source.js";
import { keyStore } from "./storage.js";

const part = (id) => document.getElementById(id);

translate();
const askKey = keyAsker();
const forget = part("forget-key");
const client = new Client(async (wrong) => {
  const given = await askKey(wrong);
  forget.hidden = keyStore.get() === "";
  return given;
});
const choices = new Choices();
const source = new SourceView(client);
const sidebar = menu();
const history = new History({ client, confirm, removed: (name) => { if (address().session === name) location.hash = "#/ask"; } });

const refresh = async () => {
  choices.take(await client.collections());
};

let isReady = false;
const views = {
  ask: new AskView(part("ask"), {
    client, choices, source,
    changed: (session) => {
      if (!isReady) return;
      if (address().view === "ask" && location.hash !== hashOf(session)) window.history.replaceState(null, "", hashOf(session));
      history.current(session);
      if (session) history.refresh();
    },
  }),
  search: new SearchView(part("search"), { client, choices, source }),
  compare: new CompareView(part("compare"), { client, choices, source }),
  documents: new DocumentsView(part("documents"), { client, choices, source, changed: refresh }),
};

// address is what stands after the # of the page's address.
function address() {
  const [, view, name] = /^#\/(\w+)(?:\/(.+))?$/.exec(location.hash) ?? [];
  let session = "";
  try {
    session = decodeURIComponent(name ?? "");
  } catch {
    // No name of ours.
  }
  return Object.hasOwn(views, view ?? "") ? { view, session: view === "ask" ? session : "" } : { view: "ask", session: "" };
}

const hashOf = (session) => (session ? `#/ask/${encodeURIComponent(session)}` : "#/ask");
let shown = "";

function show() {
  let { view, session } = address();
  // Who comes back from another view finds the conversation as it was.
  if (view === "ask" && !session && shown !== "" && shown !== "ask" && views.ask.session) {
    session = views.ask.session;
    window.history.replaceState(null, "", hashOf(session));
  }
  if (shown !== "" && shown !== view) announce(t(view));
  shown = view;
  for (const name of Object.keys(views)) part(name).hidden = name !== view;
  for (const link of document.querySelectorAll("a[data-view]")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${t(view)} · Selfrag`;
  if (view === "ask") {
    if (session) views.ask.open(session);
    else if (views.ask.session) views.ask.fresh();
  }
  if (view === "search") views.search.show();
  if (view === "documents") views.documents.show();
  history.current(session);
  sidebar.close();
}

const fresh = () => {
  views.ask.fresh();
  if (address().view !== "ask" || address().session) location.hash = "#/ask";
  sidebar.close();
  views.ask.focus();
};
for (const id of ["fresh", "fresh-small"]) part(id).addEventListener("click", fresh);
forget.addEventListener("click", () => {
  keyStore.set("");
  location.reload();
});
part("skip").addEventListener("click", (e) => {
  e.preventDefault();
  part("main").focus();
});

preferences(show);
window.addEventListener("hashchange", show);
forget.hidden = keyStore.get() === "";
try {
  await refresh();
  isReady = true;
  if (!address().session) views.ask.fresh();
  show();
  await Promise.all([history.refresh(), views.documents.underWay()]);
} catch (e) {
  part("ask").hidden = false;
  part("main").prepend(errorNode(e));
}
document.documentElement.dataset.ready = "yes";
