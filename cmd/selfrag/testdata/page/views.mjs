import { answered, ask, holds, is, newCollection, overflow } from "./check.mjs";

// What the page does besides answering.
export const views = {
  "compares two strategies and votes": async ({ open }) => {
    const page = await open({ path: "/#/compare" });
    await page.locator("#compare textarea").fill("How many lanes has the bridge?");
    await page.locator("#compare").getByLabel("Strategy B").selectOption("self-rag");
    await page.getByRole("button", { name: "Compare", exact: true }).click();
    await page.getByText("Choose two different strategies.").waitFor();
    await page.locator("#compare").getByLabel("Strategy B").selectOption("two-stage");
    await page.getByRole("button", { name: "Compare", exact: true }).click();
    await page.getByRole("button", { name: "A is better" }).click();
    await page.getByText("Your vote was saved. A was self-rag, B was two-stage.").waitFor();
    is(await page.locator(".side-by .answer").count(), 2, "answers");
  },

  "compares blindly": async ({ open }) => {
    const page = await open({ path: "/#/compare" });
    await page.locator("#compare textarea").fill("How many lanes has the bridge?");
    await page.getByLabel("Blind").check();
    await page.getByRole("button", { name: "Compare", exact: true }).click();
    await page.getByRole("heading", { name: "Which answer is better?" }).waitFor();
    const sides = page.locator(".sides");
    holds(!/self-rag|two-stage|model call/.test(await sides.innerText()), "the sides tell which is which before the vote");
    await page.getByRole("button", { name: "Neither" }).click();
    await page.getByText("Your vote was saved.").waitFor();
    holds(/self-rag/.test(await sides.innerText()) && /two-stage/.test(await sides.innerText()), "the sides do not tell which is which after the vote");
  },

  "uploads into a new collection, with progress": async ({ open }) => {
    const page = await open({ path: "/#/documents", expected: ["status of 415"] });
    await newCollection(page, "휴가");
    await page.locator("#documents-files").setInputFiles([
      { name: "휴가 안내.md", mimeType: "text/markdown", buffer: Buffer.from("# 휴가 안내\n\n여름 휴가는 닷새입니다.\n") },
      { name: "travel.txt", mimeType: "text/plain", buffer: Buffer.from("Trips by train are paid.\n".repeat(2000)) },
    ]);
    await page.locator(".upload", { hasText: "휴가 안내.md" }).getByText("Done").waitFor();
    is(await page.locator(".upload .outcome").count(), 2, "files with an outcome");
    await page.locator(".document", { hasText: "휴가 안내" }).waitFor();
    is(await page.locator("#documents-collection").inputValue(), "휴가", "the collection that is shown");
    await page.locator(".document", { hasText: "travel" }).click();
    await page.locator("dialog.drawer").getByText("Trips by train are paid.").waitFor();
    await page.getByRole("button", { name: "Close", exact: true }).click();
    await page.locator("#documents-files").setInputFiles([{ name: "empty.md", mimeType: "text/markdown", buffer: Buffer.from(" ") }]);
    await page.locator(".upload", { hasText: "empty.md" }).getByText("A file of this type cannot be read.").waitFor();
    await page.getByRole("link", { name: "Ask", exact: true }).click();
    await page.locator(".composer").getByLabel("Collection").selectOption("휴가");
  },

  "shows an upload that an earlier visit began": async ({ open }) => {
    const page = await open({ path: "/#/documents" });
    const job = { id: "j1", collection: "notes", state: "running", files: [{ name: "long.pdf", source: "upload:long.pdf", type: ".pdf", bytes: 10 }], created: new Date().toISOString(), done_bytes: 3, total_bytes: 10, passages: 1 };
    const ended = { ...job, state: "done", done_bytes: 10, ended: job.created, files: [{ ...job.files[0], outcome: "failed", reason: "it is encrypted" }] };
    await page.route("**/api/v1/jobs", (r) => r.fulfill({ json: { jobs: [ended, { ...job, id: "j2" }] } }));
    await page.route("**/api/v1/jobs/j2/events", (r) => r.fulfill({ contentType: "text/event-stream", body: [job, ended].map((j) => `event: job\ndata: ${JSON.stringify(j)}\n\n`).join("") }));
    await page.reload();
    await page.locator(".upload.failed", { hasText: "it is encrypted" }).waitFor();
    is(await page.locator(".upload").count(), 1, "uploads under way");
  },

  "switches the language while an answer is under way": async ({ open }) => {
    const page = await open();
    await ask(page, "Take your time: how many lanes has the bridge now?");
    await page.locator(".steps.working .step-line").first().waitFor();
    await page.locator("#language").selectOption("ko");
    await page.locator(".turn .answer").waitFor();
    await page.locator(".steps summary", { hasText: "단계" }).waitFor();
    await page.locator("#theme").selectOption("dark");
    is(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(20, 22, 24)", "the ground in the dark");
    await page.reload();
    is(await page.evaluate(() => document.documentElement.dataset.theme + document.documentElement.lang), "darkko", "what was chosen, after a reload");
  },

  "asks for a key and keeps it in the tab alone": async ({ given, open }) => {
    const page = await open({ url: given.lockedURL, expected: ["status of 401"] });
    const dialog = page.locator("dialog[open]");
    await dialog.getByLabel("API key").fill("wrong");
    await dialog.getByLabel("API key").press("Enter");
    await page.getByText("does not accept this key").waitFor();
    await page.locator("dialog[open]").getByLabel("API key").fill(given.key);
    await page.getByRole("button", { name: "Use this key" }).click();
    await page.waitForSelector("html[data-ready]");
    const kept = await page.evaluate(() => [sessionStorage.getItem("selfrag-key"), JSON.stringify(localStorage) + document.cookie + location.href]);
    is(kept[0], given.key, "the tab's key");
    holds(!kept[1].includes(given.key), `the key is kept elsewhere: ${kept[1]}`);
    await ask(page, "How many lanes has the bridge?");
    await answered(page);
    await page.getByRole("button", { name: "Forget key" }).click();
    await page.locator("dialog[open]").getByLabel("API key").waitFor();
  },

  "fits a phone": async ({ open }) => {
    const page = await open({ locale: "ko-KR", viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
    await ask(page, "이월 신청은 어디에서 하나요? 개인정보처리방침및위치정보이용약관동의철회신청서작성안내페이지에서하나요?");
    const answer = await answered(page);
    is(await overflow(page), "", "the answer stands out");
    await answer.locator(".source").first().click();
    await page.locator("dialog.drawer mark").first().waitFor();
    is(await overflow(page), "", "the source stands out");
    await page.locator("dialog.drawer").getByRole("button", { name: "닫기" }).click();
    for (const name of ["검색", "비교", "문서", "업데이트"]) {
      await page.getByRole("button", { name: "메뉴", exact: true }).click();
      await page.getByRole("link", { name, exact: true }).click();
      await page.locator("#side").waitFor({ state: "hidden" });
      is(await overflow(page), "", `${name} stands out`);
    }
  },

  "works by keyboard alone": async ({ open }) => {
    const page = await open();
    const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label") || document.activeElement.textContent.trim());
    const tabTo = async (name) => {
      for (let i = 0; i < 60; i++) {
        if ((await focused()).startsWith(name)) return;
        await page.keyboard.press("Tab");
      }
      throw new Error(`Tab does not reach ${name}: ${await focused()}`);
    };
    await page.keyboard.press("Tab");
    is(await focused(), "Skip to the content", "the first stop");
    await page.keyboard.press("Enter");
    await tabTo("Question");
    await page.keyboard.type("How many lanes has the bridge?");
    await page.keyboard.press("Enter");
    const answer = await answered(page);
    await answer.locator(".cite").waitFor();
    for (let i = 0; i < 12 && !(await focused()).startsWith("Citation 1"); i++) await page.keyboard.press("Shift+Tab");
    is(await focused(), "Citation 1: The bridge of", "the citation");
    await page.keyboard.press("Enter");
    await page.locator("dialog.drawer mark").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Escape");
    is(await focused(), "Citation 1: The bridge of", "after closing the source");
    await tabTo("Good answer");
    await page.keyboard.press("Space");
    await answer.getByText("Thank you").waitFor();
    await page.evaluate(() => document.activeElement.blur());
    await tabTo("Compare");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Compare two strategies" }).waitFor();
  },
};
