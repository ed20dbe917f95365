// Where files and folders are dropped, or chosen.

import { chosenFiles, droppedFiles, mostFiles } from "./chosenfiles.js";
import { h, icon } from "./dom.js";

// dropArea returns an area for files. take gets those that were dropped or chosen,
// each {file, name}.
export function dropArea(take) {
  const said = h("div", { class: "drop-said" });
  const files = h("input", { type: "file", multiple: true, class: "unseen", label: "files-chosen", id: "documents-files" });
  const folder = h("input", { type: "file", webkitdirectory: true, class: "unseen", label: "folder-chosen", id: "documents-folder" });
  const node = h("div", { class: "drop" }, icon("upload"), h("p", {}, h("span", { say: "drop" }), " ", files, h("label", { for: "documents-files", class: "choose", say: "drop-choose" }),
    h("span", { say: "drop-or" }), folder, h("label", { for: "documents-folder", class: "choose", say: "drop-folder" })), h("p", { class: "quiet", say: "documents-lead" }), said);

  const taken = (found) => {
    if (found.length === 0) said.replaceChildren(h("p", { class: "notice", role: "alert", say: "drop-none" }));
    else if (found.length > mostFiles) said.replaceChildren(h("p", { class: "notice error", role: "alert", say: ["drop-many", { most: mostFiles }] }));
    else said.replaceChildren();
    if (found.length > 0 && found.length <= mostFiles) take(found);
  };
  for (const input of [files, folder]) {
    input.addEventListener("change", () => {
      const found = chosenFiles(input);
      input.value = "";
      taken(found);
    });
  }
  const over = (on) => (e) => {
    e.preventDefault();
    node.classList.toggle("over", on);
  };
  node.addEventListener("dragover", over(true));
  node.addEventListener("dragleave", over(false));
  node.addEventListener("drop", async (e) => {
    over(false)(e);
    try {
      taken(await droppedFiles(e.dataTransfer));
    } catch {
      said.replaceChildren(h("p", { class: "notice error", role: "alert", say: "drop-unreadable" }));
    }
  });
  // A file that misses must not take the page's place.
  for (const event of ["dragover", "drop"]) document.addEventListener(event, (e) => e.preventDefault());
  return node;
}
