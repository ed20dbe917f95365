import { answered, ask, holds, is } from "./check.mjs";

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
    const drafted = await page.evaluateHandle(() => ({
      seen: new Promise((resolve) => {
        new MutationObserver((_, observer) => {
          if (!document.querySelector(".steps.working .unverified")) return;
          observer.disconnect();
          resolve({ open: document.querySelector(".steps").open, answers: document.querySelectorAll(".answer").length });
        }).observe(document, { childList: true, subtree: true, attributes: true });
      }),
    }));
    await ask(page, "How many lanes has the bridge?");
    const early = await drafted.evaluate((d) => d.seen);
    is(early.answers, 0, "answers before the draft was checked");
    holds(early.open, "the steps are folded while they happen");
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
    await page.locator("#history a").first().filter({ hasText: /^연차는 며칠까지/ }).waitFor();
    await page.locator("#language").selectOption("en");
    await page.getByRole("link", { name: "Documents" }).waitFor();
    is(await page.locator("html").getAttribute("lang"), "en", "the language after the switch");
    await page.reload();
    await page.getByRole("link", { name: "Documents" }).waitFor();
    await page.locator(".turn .answer").waitFor();
  },

  "answers with every strategy": async ({ open }) => {
    const page = await open();
    for (const strategy of ["two-stage", "cot", "mcts", "auto", "self-rag"]) {
      await page.locator(".composer").getByLabel("Strategy").selectOption(strategy);
      await page.getByRole("button", { name: "New question" }).first().click();
      await ask(page, "How many lanes has the bridge?");
      const answer = await answered(page);
      holds((await answer.innerText()).includes("The bridge has two lanes."), `${strategy}: the answer`);
      holds((await answer.locator(".made").textContent()).includes(strategy), `${strategy}: it is not told how the answer was made`);
      holds(await page.locator(".step-list li").count() > 1, `${strategy}: no steps`);
    }
  },

  "says that the documents do not say": async ({ open }) => {
    const page = await open();
    await page.locator(".composer").getByLabel("Strategy").selectOption("two-stage");
    await ask(page, "Which bridge is in Mongolia?");
    const answer = await answered(page);
    is((await answer.innerText()).split("The documents do not say.").length - 1, 1, "how often it is said that the documents do not say");
    await answer.getByRole("heading", { name: "The nearest sentences" }).waitFor();
    holds(!(await answer.locator(".prose").innerText()).includes("Nearest:"), "the text repeats the heading of the list");
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
};
