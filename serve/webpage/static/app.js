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
import { readdress, watchBack } from "./layers.js";
import { menu, preferences } from "./frame.js";
import { SearchView } from "./search.js";
import { SourceView } from "./source.js";
import { keepInTab, keptInTab, keyStore, unanswered } from "./storage.js";
import { UpdatesView } from "./updates.js";

const part = (id) => document.getElementById(id);

translate();
watchBack();
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

// removed is called after a conversation was deleted.
function removed(name) {
  unanswered.forget(name);
  if (views.ask.session === name) views.ask.fresh();
  if (address().session === name) readdress("#/ask");
}

const history = new History({ client, choices, confirm, removed });

const refresh = async () => {
  const { collections, default: own, writes } = await client.collections();
  choices.take(collections, own, writes);
};

// renamed is called when a collection has another name. Its conversations have gone
// with it.
async function renamed(from, to) {
  choices.renamed(from, to);
  views.ask.renamed(from, to);
  await refresh();
}

// changed is called when another conversation is open. It puts the conversation into
// the address and the link at once, so that a reload at any moment finds it.
function changed(session) {
  keepInTab("session", session);
  linkTo(session);
  if (address().view === "ask" && location.hash !== hashOf(session)) readdress(hashOf(session));
  history.current(session);
  if (session) history.refresh();
}

const views = {
  ask: new AskView(part("ask"), { client, choices, source, changed }),
  search: new SearchView(part("search"), { client, choices, source }),
  compare: new CompareView(part("compare"), { client, choices, source }),
  documents: new DocumentsView(part("documents"), { client, choices, source, changed: refresh, renamed }),
  updates: new UpdatesView(part("updates"), { client, choices }),
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

function hashOf(session) {
  return session ? `#/ask/${encodeURIComponent(session)}` : "#/ask";
}

// linkTo makes the link to the view of questions lead to a conversation.
function linkTo(session) {
  document.querySelector('a[data-view="ask"]').setAttribute("href", hashOf(session));
}

let shown = "";

// face shows a view without loading its content.
function face(view) {
  if (shown !== "" && shown !== view) announce(t(view));
  shown = view;
  for (const name of Object.keys(views)) part(name).hidden = name !== view;
  for (const link of document.querySelectorAll("a[data-view]")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${t(view)} · Selfrag`;
}

function show() {
  const { view, session } = address();
  face(view);
  if (view === "ask") {
    if (session) views.ask.open(session);
    else if (views.ask.session) views.ask.fresh();
    history.current(session);
  }
  if (view === "search") views.search.show();
  if (view === "documents") views.documents.show();
  if (view === "updates") views.updates.show();
  else views.updates.hide();
  sidebar.close();
}

const fresh = () => {
  if (address().view !== "ask" || address().session) location.hash = "#/ask"; // Back leads to the conversation again
  views.ask.fresh();
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
linkTo(keptInTab("session") ?? "");
forget.hidden = keyStore.get() === "";
face(address().view);
try {
  await refresh();
  views.ask.ready();
  show();
  await Promise.all([history.refresh(), views.documents.underWay()]);
} catch (e) {
  face("ask");
  views.ask.failed(e, () => location.reload());
}
document.documentElement.dataset.ready = "yes";
