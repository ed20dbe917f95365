import { readFileSync } from "node:fs";
import { answered, ask, holds, is, newCollection } from "./check.mjs";

const markdown = (name, text) => ({ name, mimeType: "text/markdown", buffer: Buffer.from(text) });
const card = (page) => page.locator("dialog.document-card");
const question = (page) => page.locator("dialog.ask-dialog:not(.document-card)");

// filled opens the documents and puts files into a new collection.
export async function filled(open, collection, files, options = {}) {
  const page = await open({ path: "/#/documents", ...options });
  await newCollection(page, collection);
  await page.locator("#documents-files").setInputFiles(files);
  await page.locator(".upload").getByText("Done").waitFor();
  await page.locator(".document").first().waitFor();
  return page;
}


// drop drops files and folders of the disk onto the page, as a person does.
async function drop(page, paths) {
  const box = await page.locator(".drop").boundingBox();
  const devtools = await page.context().newCDPSession(page);
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await devtools.send("Input.dispatchDragEvent", { type, x: box.x + box.width / 2, y: box.y + 20, data: { items: [], files: paths, dragOperationsMask: 1 } });
  }
}

// until asks again and again until a condition holds.
async function until(condition, what) {
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(what);
}

// lists waits until the page lists these documents, because the list comes after
// the news of an upload.
async function lists(page, places) {
  let listed;
  await until(async () => (listed = (await page.locator(".document-source").allInnerTexts()).sort().join(" ")) === places, `documents: ${places}`)
    .catch((e) => { throw new Error(`${e.message}, not "${listed}"`); });
}

export const manage = {
  "shows the fields of a document, renames it, uploads it again and deletes it": async ({ open }) => {
    const page = await filled(open, "desk", [markdown("leave.md", "---\nteam: hr\nyear: 2024\n---\n# Leave\n\nLeave has ten days.\n")]);
    const more = page.getByRole("button", { name: "Fields of Leave, and changing it" });
    await more.focus();
    await page.keyboard.press("Enter");
    await card(page).getByText("year").waitFor();
    holds(/Passages\s*1[\s\S]*team\s*hr[\s\S]*year\s*2024/.test(await card(page).locator("dl").innerText()), `the fields: ${await card(page).locator("dl").innerText()}`);
    await page.keyboard.press("Escape");
    await card(page).waitFor({ state: "detached" });
    holds(await more.evaluate((b) => b === document.activeElement), "the focus did not come back");

    await more.click();
    await card(page).getByRole("button", { name: "Rename…" }).click();
    is(await question(page).getByLabel("Name").inputValue(), "leave.md", "the name before");
    await question(page).getByLabel("Name").fill("../");
    await page.keyboard.press("Enter");
    await question(page).getByRole("alert").waitFor();
    await question(page).getByLabel("Name").fill("hr/연차.md");
    await page.keyboard.press("Enter");
    await page.locator(".document-source", { hasText: "hr/연차.md" }).waitFor();

    await more.click();
    await card(page).locator("#card-file").setInputFiles([markdown("another name.md", "# Leave\n\nLeave has twelve days.\n")]);
    await page.locator(".upload", { hasText: "hr/연차.md" }).getByText("Done").waitFor();
    await lists(page, "hr/연차.md");
    await page.locator(".document").click();
    await page.locator("dialog.drawer").getByText("Leave has twelve days.").waitFor();
    await page.keyboard.press("Escape");

    await more.click();
    await card(page).getByRole("button", { name: "Delete…" }).click();
    await question(page).getByText("“Leave” and its 1 passage will be gone from the collection “desk”.").waitFor();
    await question(page).getByRole("button", { name: "Cancel" }).click();
    await card(page).getByRole("button", { name: "Delete…" }).click();
    await question(page).getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("This collection holds no documents yet.").waitFor();
    is(await page.locator(".document").count(), 0, "documents");
    is(await page.locator("dialog[open]").count(), 0, "open dialogs");
  },

  "says what of a document that was not uploaded cannot be changed": async ({ open }) => {
    const page = await open({ path: "/#/documents" });
    await page.locator("#documents-collection").selectOption("notes");
    await page.getByRole("button", { name: "Fields of The bridge of, and changing it" }).click();
    await card(page).getByText("It was not uploaded here").waitFor();
    is(await card(page).getByRole("button", { name: "Rename…" }).count(), 0, "buttons that rename");
    await page.goBack();
    await card(page).waitFor({ state: "detached" });
    holds(await page.locator("#documents h1").isVisible(), "Back left the documents");
  },

  "renames and deletes a collection, and says what is lost": async ({ open }) => {
    const page = await filled(open, "drafts", [markdown("a.md", "# First\n\nThe first draft is short.\n"), markdown("b.md", "# Second\n\nThe second one is not.\n")], { expected: ["status of 409"] });
    const rename = async (name) => {
      await page.getByRole("button", { name: "Rename…" }).click();
      await question(page).getByLabel("Name").fill(name);
      await page.keyboard.press("Enter");
    };
    await rename("a b");
    await question(page).getByRole("alert").filter({ hasText: "This name cannot be used." }).waitFor();
    await question(page).getByLabel("Name").fill("notes");
    await page.keyboard.press("Enter");
    await question(page).getByRole("alert").filter({ hasText: "This cannot be done now." }).waitFor();
    await page.keyboard.press("Escape");
    await question(page).waitFor({ state: "detached" });
    await rename("초안");
    await question(page).waitFor({ state: "detached" });
    await until(async () => await page.locator("#documents-collection").inputValue() === "초안", "the collection keeps its old name");
    await page.locator(".document").first().waitFor();
    await page.getByRole("button", { name: "Delete…" }).click();
    await question(page).getByText("Its 2 documents and 2 passages will be gone for good.").waitFor();
    await question(page).getByRole("button", { name: "Delete", exact: true }).click();
    await page.locator("#documents-collection option", { hasText: "초안" }).waitFor({ state: "detached" });
    holds(await page.locator("#documents-collection").evaluate((s) => s === document.activeElement), "the focus is lost");
    is(await page.locator(".composer select option", { hasText: /초안|drafts/ }).count(), 0, "collections that are gone, among those to ask");
  },

  "says that a source fills a collection again": async ({ open }) => {
    const page = await open({ path: "/#/documents" });
    await page.locator("#documents-collection").selectOption("kept");
    await page.getByRole("button", { name: "Delete…" }).click();
    await question(page).getByText("A source of this server fills it again at its next run: house").waitFor();
    await question(page).getByRole("button", { name: "Cancel" }).click();
  },

  "takes a folder that is dropped, with its paths, and names what it cannot read": async ({ given, open }) => {
    const page = await open({ path: "/#/documents" });
    await newCollection(page, "dropped");
    await drop(page, [given.folder]);
    const upload = page.locator(".upload", { hasText: "handbook/" });
    await upload.getByText("Done").waitFor();
    await lists(page, "handbook/hr/leave.md handbook/it/leave.md handbook/read me.md");
    holds((await upload.innerText()).includes("handbook/photo.png not read"), `what became of the files: ${await upload.innerText()}`);
    await page.getByRole("button", { name: "Fields of Leave of IT, and changing it" }).click();
    await card(page).getByText("handbook/it", { exact: true }).waitFor();
  },

  "takes a folder that is chosen": async ({ given, open }) => {
    const page = await open({ path: "/#/documents", locale: "ko-KR" });
    await page.locator("#documents-collection").selectOption({ label: "새 문서 모음…" });
    await page.getByLabel("새 문서 모음의 이름").fill("고른-폴더");
    await page.getByLabel("추가할 폴더").setInputFiles(given.folder);
    await page.locator(".upload").getByText("완료").waitFor();
    await lists(page, "handbook/hr/leave.md handbook/it/leave.md handbook/read me.md");
    await page.getByLabel("추가할 폴더").setInputFiles(`${given.folder}/.git`);
    await page.getByText("파일이 없습니다.", { exact: true }).waitFor();
  },

  "sends more files than one request takes": async ({ open }) => {
    const files = Array.from({ length: 102 }, (_, i) => markdown(`${String(i).padStart(3, "0")}.md`, `# Note ${i}\n\nThis is note ${i}.\n`));
    const page = await open({ path: "/#/documents" });
    const sent = [];
    page.on("request", (r) => r.method() === "POST" && sent.push(r.url()));
    await newCollection(page, "many");
    await page.locator("#documents-files").setInputFiles(files);
    await page.locator(".upload").getByText("Done").waitFor();
    is(sent.length, 2, "requests");
    holds(/^102 (added|unchanged)$/.test(await page.locator(".upload .tally").innerText()), `what became of them: ${await page.locator(".upload .tally").innerText()}`);
    await page.getByText("102 documents").waitFor();
  },

  "stops an upload while it is sent, and while it is read": async ({ open }) => {
    const page = await open({ path: "/#/documents", expected: ["ERR_ABORTED", "ERR_FAILED"] });
    await page.locator("#documents-collection").selectOption("notes");
    const upload = page.locator(".upload").first();
    await page.route("**/documents?*", () => {}, { times: 1 }); // it never arrives
    const route = page.waitForRequest((r) => r.method() === "POST");
    await page.locator("#documents-files").setInputFiles([markdown("long.md", "x".repeat(1000))]);
    await route;
    await upload.getByRole("button", { name: "Stop the upload of long.md" }).click();
    await upload.getByText("Stopped").waitFor();

    const job = { id: "j9", collection: "notes", state: "running", files: [{ name: "other.md", source: "upload:other.md", type: ".md", bytes: 10 }], created: new Date().toISOString(), done_bytes: 4, total_bytes: 10, passages: 1 };
    let stopped;
    const cancelled = new Promise((resolve) => { stopped = resolve; });
    const events = (jobs) => ({ contentType: "text/event-stream", body: jobs.map((j) => `event: job\ndata: ${JSON.stringify(j)}\n\n`).join("") });
    await page.route("**/documents?*", (r) => (r.request().method() === "POST" ? r.fulfill({ status: 202, json: job }) : r.fallback()));
    await page.route("**/jobs/j9/events", async (r) => {
      await cancelled;
      await r.fulfill(events([job, { ...job, state: "cancelled", ended: job.created }]));
    });
    await page.route("**/jobs/j9", (r) => {
      stopped();
      return r.fulfill({ status: 204 });
    });
    await page.locator("#documents-files").setInputFiles([markdown("other.md", "y".repeat(1000))]);
    await upload.getByText("Reading 40%").waitFor();
    await upload.getByRole("button", { name: "Stop the upload of other.md" }).click();
    await upload.getByText("Stopped").waitFor();
    is(await upload.getByRole("button").count(), 0, "buttons of an upload that has ended");
  },

  "shows the sources of the server with their errors, and syncs one": async ({ open }) => {
    const page = await open();
    await page.getByRole("link", { name: "Updates", exact: true }).click();
    const house = page.locator(".update", { hasText: "house" });
    await house.getByText("Up to date").waitFor();
    holds(/Folder · .+ → kept[\s\S]*Last read .+ · next .+ · every 5 minutes[\s\S]*2 files: \d added, 0 updated, 0 removed, 1 not read/.test(await house.innerText()), `the source: ${await house.innerText()}`);
    await house.getByText("1 file cannot be read").click();
    await house.getByText("empty.md").waitFor();
    const away = page.locator(".update", { hasText: "away" });
    await away.getByText("The last run failed:").waitFor();
    is(await away.locator(".badge").innerText(), "Failing", "the state of a source that fails");

    const synced = page.waitForResponse((r) => r.request().method() === "POST" && r.url().endsWith("/sources/house/sync"));
    const before = await house.locator("time").first().getAttribute("datetime");
    const sync = page.getByRole("button", { name: "Sync now: house" });
    await sync.focus();
    await page.keyboard.press("Enter");
    is((await synced).status(), 202, "the answer to Sync now");
    await until(async () => await house.locator("time").first().getAttribute("datetime") !== before, "the source was not read again");
    holds(await house.locator("details").first().evaluate((d) => d.open), "what was unfolded is folded again");
    holds(await sync.evaluate((b) => b === document.activeElement), "the focus is lost");
    await page.locator("#language").selectOption("ko");
    await house.getByText("5분마다").waitFor();
    await house.getByText("글이 없는 파일입니다.").waitFor();
  },

  "lists the uploads with their progress, and stops one": async ({ open }) => {
    const page = await open({ path: "/#/documents" });
    const file = (name) => ({ name, source: `upload:${name}`, type: ".md", bytes: 10 });
    const job = { id: "j8", collection: "notes", state: "running", files: ["a.md", "b.md", "c.md", "d.md"].map(file), created: new Date().toISOString(), done_bytes: 5, total_bytes: 10, passages: 7 };
    const failed = { ...job, id: "j7", state: "done", ended: job.created, done_bytes: 10, files: [{ ...file("locked.pdf"), outcome: "failed", cause: "encrypted", reason: "encrypted: save a copy without a password" }] };
    let state = "running";
    await page.route("**/api/v1/jobs", (r) => r.fulfill({ json: { jobs: [state === "running" ? job : { ...job, state, ended: job.created }, failed] } }));
    await page.route("**/api/v1/jobs/j8", (r) => {
      if (r.request().method() === "GET") return r.fulfill({ json: job });
      state = "cancelled";
      return r.fulfill({ status: 204 });
    });
    await page.getByRole("link", { name: "Updates", exact: true }).click();
    const running = page.locator(".update", { hasText: "a.md + 3" });
    await running.getByText("Reading 50%").waitFor();
    is(await running.getByRole("progressbar").getAttribute("value"), "0.5", "the progress");
    const locked = page.locator(".update", { hasText: "A password protects it." });
    await locked.getByText("Details").click();
    await locked.getByText("encrypted: save a copy without a password").waitFor();
    await page.getByRole("button", { name: "Stop the upload of a.md + 3" }).click();
    await running.getByText("Stopped").waitFor();
    holds(await running.locator("h3").evaluate((n) => n === document.activeElement), "the focus is lost");
    await page.locator("#language").selectOption("ko");
    await page.locator(".update", { hasText: "암호가 걸린 파일입니다." }).waitFor();
  },

  "offers a key that only reads no changes, and says so": async ({ given, open }) => {
    const page = await open({ url: given.lockedURL, path: "/#/documents", expected: ["status of 401"] });
    await page.locator("dialog[open]").getByLabel("API key").fill(given.readKey);
    await page.getByRole("button", { name: "Use this key" }).click();
    await page.waitForSelector("html[data-ready]");
    await page.locator(".document").first().waitFor();
    await page.locator("#documents").getByText("This key may only read.").waitFor();
    for (const what of [".drop", ".tools"]) holds(!await page.locator(`#documents ${what}`).isVisible(), `${what} is offered`);
    is(await page.locator("#documents-collection option").count(), 1, "collections to choose from, with new ones");
    await page.getByRole("button", { name: "Fields of The bridge of, and changing it" }).click();
    await card(page).getByText("This key may only read.").waitFor();
    is(await card(page).getByRole("button").count(), 1, "buttons, with the one that closes");
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Ask", exact: true }).click();
    await ask(page, "How many lanes has the bridge?");
    await answered(page);
    await page.locator("#history li").first().waitFor();
    is(await page.getByRole("button", { name: /^Delete the conversation/ }).count(), 0, "buttons that delete conversations");
    await page.getByRole("link", { name: "Updates", exact: true }).click();
    await page.getByText("Nothing was uploaded yet.").waitFor();
    is(await page.locator("#updates button:visible").count(), 0, "buttons of the updates");
  },

  "saves a conversation as Markdown": async ({ open }) => {
    const page = await open();
    await ask(page, "How many lanes has the bridge, in a file?");
    await answered(page);
    const line = page.locator("#history li", { hasText: "in a file?" }).first();
    await line.hover();
    const [download] = await Promise.all([page.waitForEvent("download"), line.getByRole("button", { name: /^Save the conversation/ }).click()]);
    holds(download.suggestedFilename().endsWith(".md"), `the file is called ${download.suggestedFilename()}`);
    const text = readFileSync(await download.path(), "utf8");
    for (const part of ["How many lanes has the bridge, in a file?", "The bridge has two lanes."]) holds(text.includes(part), `the file lacks ${part}: ${text}`);
  },
};
