// Names of sessions and documents. The name of a session consists of its first
// question, so that people can read the address, and six letters that make it unique.

const letters = "abcdefghijklmnopqrstuvwxyz234567";

export function sessionName(question) {
  const words = question.normalize("NFC").replace(/[^\p{L}\p{M}\p{N}]+/gu, "-").replace(/^[-\p{M}]+/u, "");
  const short = [...words].slice(0, 48).join("").replace(/-+$/, "");
  const tail = [...crypto.getRandomValues(new Uint8Array(6))].map((n) => letters[n % 32]).join("");
  return `${short || "question"}_${tail}`;
}

// titleOf returns the title of a session whose first question is not known. A name
// that a person gave is its own title.
export function titleOf(name) {
  const own = /^(.+)_[a-z2-7]{6}$/u.exec(name);
  return own ? own[1].replaceAll("-", " ") : name;
}

// sourceName is a document's source without where it lies.
export function sourceName(source) {
  const name = source.replace(/^upload:/, "");
  return name.split(/[\\/]/).filter(Boolean).pop() ?? name;
}

// sourcePlace returns the path of a document below root, the folder that holds the
// documents of its collection.
export function sourcePlace(source, root) {
  if (root && source.startsWith(root)) return source.slice(root.length);
  return source.replace(/^upload:/, "");
}

// uploadOf returns how an uploaded document can be uploaded again, or null if it was
// not uploaded. name is the name of its file, and line tells that the document is one
// of several in that file.
export function uploadOf(source) {
  if (!source.startsWith("upload:")) return null;
  const [name, ...rest] = source.slice("upload:".length).split("#"); // names of files have no #
  return { name, line: rest.length > 0 };
}

// fitsCollection reports whether a collection can have this name.
export const fitsCollection = (name) => /^[\p{L}\p{M}\p{Nd}._-]{1,64}$/u.test(name);

// isMarkdown reports whether a document's text is Markdown.
export const isMarkdown = (source) => /\.(md|markdown)$/i.test(source);

// isPDF reports whether a document came from a PDF file.
export const isPDF = (source) => /\.pdf$/i.test(source);

// sourceID is the document's id in a citation's URL.
export const sourceID = (url) => decodeURIComponent(/\/sources\/([^/?#]+)/.exec(url)?.[1] ?? "");
