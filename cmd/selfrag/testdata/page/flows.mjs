import { answered, ask, holds, is, newCollection, overflow } from "./check.mjs";

// markedQuote is what the open source marks.
async function markedQuote(page) {
  await page.locator("dialog.drawer mark").first().waitFor();
  return (await page.locator("dialog.drawer mark").evaluateAll((all) => all.map((m) => [...m.childNodes].filter((n) => !n.classList?.contains("unseen")).map((n) => n.textContent).join("")))).join("");
}

// openCitation opens the last citation of an answer and gives the quote that is
// marked in its source.
async function openCitation(page, answer) {
  const cite = answer.locator(".cite").first();
  await cite.focus();
  await page.keyboard.press("Enter");
  const mark = page.locator("dialog.drawer mark").first();
  await mark.waitFor();
  const inView = await mark.evaluate((m) => {
    const [r, box] = [m.getBoundingClientRect(), m.closest(".source-body").getBoundingClientRect()];
    return r.top >= box.top && r.bottom <= box.bottom;
  });
  holds(inView, "the quote is out of sight");
  const marked = await markedQuote(page);
  await page.keyboard.press("Escape");
  await page.locator("dialog.drawer").waitFor({ state: "hidden" });
  holds(await cite.evaluate((c) => c === document.activeElement), "the focus did not come back to the citation");
  return marked;
}

export const flows = {
  "asks in English, watches the steps and opens the citation": async ({ open }) => {
    const page = await open();
    await ask(page, "How many lanes has the bridge?");
    await page.locator(".steps.working .unverified").first().waitFor();
    is(await page.locator(".answer").count(), 0, "answers before the draft was checked");
    holds(await page.locator(".steps").evaluate((d) => d.open), "the steps are folded while they happen");
    const answer = await answered(page);
    holds(!await page.locator(".steps").evaluate((d) => d.open), "the steps are not folded when done");
    is(await answer.locator(".prose").innerText().then((s) => s.replace(/\s+/g, " ").trim()), "The bridge has two lanes. 1", "the answer");
    holds((await page.locator("#status").textContent()).includes("The bridge has two lanes."), "the answer is not announced");
    is(await openCitation(page, answer), "The bridge has two lanes.", "the quote");
    await page.locator(".steps summary").click();
    for (const text of ["Searched for", "Found 1 passage", "1 of 1 passages help", "1 of 1 sentences are supported"]) {
      holds((await page.locator(".steps").innerText()).includes(text), `the steps do not show "${text}"`);
    }
    // A sentence of the evidence opens its source as a citation does.
    const sentence = page.locator(".step-sentence", { hasText: "The bridge has two lanes." });
    is(await sentence.count(), 1, "sentences of the evidence");
    await sentence.click();
    is(await markedQuote(page), "The bridge has two lanes.", "the sentence in its source");
    await page.keyboard.press("Escape");
    await page.locator("dialog.drawer").waitFor({ state: "hidden" });
    await answer.getByRole("button", { name: "Good answer" }).click();
    await answer.getByLabel("Comment").fill("clear");
    await answer.getByRole("button", { name: "Send comment" }).click();
    await answer.getByText("Thank you").waitFor();
  },

  "asks in Korean, on a page in Korean": async ({ open }) => {
    const page = await open({ locale: "ko-KR" });
    is(await page.locator("html").getAttribute("lang"), "ko", "the language");
    await page.getByRole("heading", { name: "무엇이 궁금하십니까?" }).waitFor();
    const text = page.locator(".composer textarea");
    await text.fill("연차는 며칠까지 이월할 수 있나요?");
    await text.dispatchEvent("keydown", { key: "Enter", isComposing: true, bubbles: true });
    is(await page.locator(".turn").count(), 0, "questions sent by the Enter that ends a letter");
    await text.press("Enter");
    const answer = await answered(page);
    holds((await answer.innerText()).includes("최대 5일을 이월할 수 있습니다"), "the answer");
    is(await openCitation(page, answer), "사용하지 않은 연차는 다음 해 3월 31일까지 최대 5일을 이월할 수 있습니다.", "the quote");
    holds(await page.locator("#history a").first().innerText().then((s) => s.startsWith("연차는 며칠까지")), "the history does not have it");
    await page.locator("#language").selectOption("en");
    await page.getByRole("link", { name: "Documents" }).waitFor();
    is(await page.locator("html").getAttribute("lang"), "en", "the language after the switch");
    await page.reload();
    await page.getByRole("link", { name: "Documents" }).waitFor();
    await page.locator(".turn .answer").waitFor();
  },

  "asks a follow-up, goes away and comes back": async ({ open }) => {
    const page = await open();
    await ask(page, "How many lanes has the bridge, please?");
    await answered(page);
    await ask(page, "Is that so for the bridge?");
    await page.locator(".turn").nth(1).locator(".answer").waitFor();
    await page.getByRole("link", { name: "Compare", exact: true }).click();
    await page.getByRole("heading", { name: "Compare two strategies" }).waitFor();
    await page.getByRole("link", { name: "Ask", exact: true }).click();
    is(await page.locator(".turn").count(), 2, "questions after coming back");
    await page.reload();
    await page.locator(".turn").nth(1).waitFor();
    await page.getByRole("button", { name: "New question" }).first().click();
    is(await page.locator(".turn").count(), 0, "questions of a new conversation");
    const line = page.locator("#history li", { hasText: "How many lanes has the bridge please" }).first();
    await line.locator("a").click();
    await page.locator(".turn").nth(1).waitFor();
    const before = await page.locator("#history li").count();
    await line.hover();
    await line.getByRole("button").click();
    await page.getByRole("button", { name: "Cancel" }).click();
    is(await page.locator("#history li").count(), before, "conversations after cancelling");
    await line.getByRole("button").click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.waitForFunction((n) => document.querySelectorAll("#history li").length === n - 1, before);
    is(await page.locator(".turn").count(), 0, "questions of the deleted conversation");
  },

  "answers with every strategy": async ({ open }) => {
    const page = await open();
    for (const strategy of ["two-stage", "cot", "mcts", "auto", "self-rag"]) {
      await page.locator(".composer").getByLabel("Strategy").selectOption(strategy);
      await page.getByRole("button", { name: "New question" }).first().click();
      await ask(page, "How many lanes has the bridge?");
      const answer = await answered(page);
      holds((await answer.innerText()).includes("The bridge has two lanes."), `${strategy}: the answer`);
      await answer.locator(".cost", { hasText: strategy }).waitFor();
      holds(await page.locator(".step-list li").count() > 1, `${strategy}: no steps`);
    }
  },

  "says that the documents do not say": async ({ open }) => {
    const page = await open();
    await page.locator(".composer").getByLabel("Strategy").selectOption("two-stage");
    await ask(page, "Which bridge is in Mongolia?");
    const answer = await answered(page);
    await answer.getByText("Not in the documents").waitFor();
    holds((await answer.innerText()).includes("The documents do not say."), "the answer");
    is(await answer.locator(".cite").count(), 0, "citations");
    // The nearest sentences are listed once, and open as citations do.
    holds(!(await answer.locator(".prose").innerText()).includes("two lanes"), "the text repeats a sentence of the list");
    const nearest = answer.locator(".source", { hasText: "The bridge has two lanes." });
    is(await nearest.count(), 1, "the sentence that comes nearest");
    await nearest.click();
    await page.locator("dialog.drawer mark").first().waitFor();
    holds((await page.locator("dialog.drawer mark").allInnerTexts()).join("").includes("two lanes"), "the marked sentence");
  },

  "stops an answer": async ({ open }) => {
    const page = await open();
    await ask(page, "Take your time: how many lanes has the bridge?");
    await page.locator(".steps.working .step-line").first().waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.locator(".steps", { hasText: "Stopped." }).waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).waitFor();
  },

  "says what the server refuses": async ({ open }) => {
    const page = await open({ expected: ["status of 404", "status of 503"] });
    await page.route("**/api/v1/ask", (r) => r.fulfill({ status: 503, json: { error: { code: "unavailable", message: "Ollama cannot be reached" } } }));
    await ask(page, "How many lanes?");
    await page.getByRole("alert").filter({ hasText: "A part that the server needs cannot be reached." }).waitFor();
    await page.getByRole("alert").getByText("Details").click();
    await page.getByText("Ollama cannot be reached").waitFor();
    await page.goto(page.url().replace(/#.*/, "#/ask/none_abcdef"));
    await page.getByRole("alert").filter({ hasText: "does not exist any more" }).waitFor();
  },

  "says that the model failed, and asks again": async ({ open }) => {
    for (const [locale, says, again] of [["en-GB", "The language model wrote nothing that can be used.", "Ask again"], ["ko-KR", "언어 모델이 쓸 수 있는 답을 내지 못했습니다.", "다시 질문"]]) {
      const page = await open({ locale, expected: ["status of 502"] });
      await page.route("**/api/v1/ask", (r) => r.fulfill({ status: 502, json: { error: { code: "model_failed", message: "the model m wrote no text: its answer was empty" } } }));
      await page.locator("#ask textarea").fill("How many lanes has the bridge?");
      await page.keyboard.press("Enter");
      const alert = page.getByRole("alert");
      await alert.filter({ hasText: says }).waitFor();
      is(await page.locator(".asked").innerText(), "How many lanes has the bridge?", "the question that failed");
      holds(!(await alert.innerText()).includes("wrote no text"), "the server's own words are not folded away");
      await page.unroute("**/api/v1/ask");
      await alert.getByRole("button", { name: again }).click();
      await page.locator(".turn .answer", { hasText: "two lanes" }).waitFor();
      is(await page.locator(".turn").count(), 1, "turns");
      is(await page.getByRole("alert").count(), 0, "errors");
    }
  },

  "tells an answer that was made without the model": async ({ open }) => {
    const answer = { id: "a", question: "?", answer: "The bridge has two lanes. [1]", abstained: false, strategy: "self-rag", collection: "notes", citations: [], iterations: [], stopped_by: "model",
      degraded: "the model m wrote no text: its answer was empty", usage: { llm_calls: 1, prompt_tokens: 1, completion_tokens: 0 }, timings_ms: { total: 1 } };
    const page = await open();
    await page.route("**/api/v1/ask", (r) => r.fulfill({ status: 200, contentType: "text/event-stream", body: `event: answer\ndata: ${JSON.stringify(answer)}\n\n` }));
    await ask(page, "How many lanes?");
    await page.locator(".answer .notice", { hasText: "The language model failed, so this answer was made without it: the model m wrote no text" }).waitFor();
    is(await page.locator(".answer .notice").count(), 1, "notices");
  },

  "says when a stream breaks off": async ({ open }) => {
    const page = await open();
    await page.route("**/api/v1/ask", (r) => r.fulfill({ status: 200, contentType: "text/event-stream", body: "event: query\ndata: {\"iteration\":0,\"query\":\"x\"}\n\n" }));
    await ask(page, "How many lanes?");
    await page.getByRole("alert").filter({ hasText: "cannot be reached" }).waitFor();
  },

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
    await ask(page, "How many lanes has the bridge now?");
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
    for (const name of ["검색", "비교", "문서"]) {
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
