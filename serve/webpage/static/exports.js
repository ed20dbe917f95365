// Saving a conversation as a file.

import { h } from "./dom.js";

// saveSession saves a conversation as Markdown, with the quotes of its citations.
export async function saveSession(client, name) {
  const address = URL.createObjectURL(await client.exportSession(name));
  const link = h("a", { href: address, download: `${name}.md`, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // the browser has read it by then
}
