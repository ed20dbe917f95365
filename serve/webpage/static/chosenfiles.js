// The files that a person chose or dropped: each {file, name}. The name of a file
// that came in a folder is its path, from the name of that folder on.

// mostFiles bounds how many files are taken at once. Not measured.
export const mostFiles = 10_000;

// isHidden reports whether a path holds what systems and programs keep for
// themselves. It is left out, as it is where the server reads a folder.
const isHidden = (path) => path.split("/").some((name) => name.startsWith(".") || name.startsWith("~$") || name === "__MACOSX" || /^(thumbs\.db|desktop\.ini)$/i.test(name));

// chosenFiles returns the files of an input.
export function chosenFiles(input) {
  const all = [...input.files].map((file) => ({ file, name: file.webkitRelativePath || file.name }));
  return all.filter((f) => !f.name.includes("/") || !isHidden(f.name)).slice(0, mostFiles + 1);
}

// droppedFiles returns the files of a drop and those in its folders, of which it stops
// reading once there are more than mostFiles.
export function droppedFiles(transfer) {
  // The drop's own list is empty as soon as its event is over.
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry() ?? item.getAsFile()).filter(Boolean);
  return read(entries);
}

async function read(entries) {
  const out = [];
  const waiting = entries.reverse();
  while (waiting.length > 0 && out.length <= mostFiles) {
    const entry = waiting.pop();
    if (entry instanceof File) {
      out.push({ file: entry, name: entry.name });
      continue;
    }
    const name = entry.fullPath.replace(/^\/+/, "");
    const inFolder = name.includes("/");
    if ((inFolder || entry.isDirectory) && isHidden(name)) continue;
    if (entry.isDirectory) {
      for (const child of (await children(entry)).reverse()) waiting.push(child);
    } else {
      out.push({ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), name });
    }
  }
  return out;
}

// children returns what is in a folder, in the order of the names. A reader gives it
// in parts; the empty part is the last.
async function children(folder) {
  const reader = folder.createReader();
  const out = [];
  for (;;) {
    const piece = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (piece.length === 0) return out.sort((a, b) => (a.name < b.name ? -1 : 1));
    out.push(...piece);
  }
}

// The server takes this many files in one request, and by default 256 MiB. What is
// larger than a quarter of that goes alone.
const atOnce = { files: 100, bytes: 64 << 20 };

// parcels parts files into lists that each fit one request.
export function parcels(files) {
  const out = [];
  let bytes = 0;
  for (const f of files) {
    const last = out.at(-1);
    if (!last || last.length === atOnce.files || bytes + f.file.size > atOnce.bytes) {
      out.push([f]);
      bytes = f.file.size;
    } else {
      last.push(f);
      bytes += f.file.size;
    }
  }
  return out;
}
