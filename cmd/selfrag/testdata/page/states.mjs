import { answered, ask, underWay } from "./check.mjs";
import { lies } from "./layout.mjs";
import { search } from "./search.mjs";

// Every state of the page, at three widths, in both languages and both themes:
// how it lies is checked, and a picture is taken for a person to look at.
const widths = [400, 900, 1400];
const locales = { en: "en-GB", ko: "ko-KR" };

const words = {
  en: { question: "How many lanes has the bridge?", none: "Which bridge is in Mongolia?", again: "Is that so for the bridge?", many: "Which steps does the rule name, and what belongs to each of them?" },
  ko: { question: "사용하지 않은 연차는 며칠까지 이월할 수 있나요?", none: "몽골(Mongolia)에는 어떤 다리가 있나요?", again: "이월한 연차는 언제 사라지나요?", many: "규정에 나오는 단계는 무엇이고 각 단계에는 무엇이 필요한가요?" },
};

const rich = {
  en: "There are three steps:\n\n1. **Write** the request with the days that are left. [1]\n2. Send it by *15 December*:\n   - on paper, or\n   - with `form A-3` on the board. [1]\n3. Wait for the answer.\n\n| step | days |\n|---|---|\n| request | 3 |\n| answer | 5 |",
  ko: "세 단계입니다:\n\n1. 남은 일수와 함께 신청서를 **작성**합니다. [1]\n2. *12월 15일*까지 제출합니다:\n   - 종이로 내거나\n   - 게시판의 `서식 A-3`으로 냅니다. [1]\n3. 답변을 기다립니다.\n\n| 단계 | 일수 |\n|---|---|\n| 신청 | 3 |\n| 답변 | 5 |",
};

const answerOf = (language, fields) => ({
  id: "a", question: words[language].many, answer: rich[language], abstained: false, strategy: "auto", chosen: "self-rag", collection: "notes", iterations: [{ subquery: words[language].many, passages: [], draft: "", support: 0.93, usefulness: 0.8 }],
  citations: [{ n: 1, document: "d", source: "/srv/documents/rules/연차와 휴가 규정.md", title: "연차와 휴가 규정", start: 0, end: 9, quote: "이월을 신청하려는 사람은 12월 15일까지 인사팀에 신청서를 내야 합니다.", url: "/api/v1/collections/notes/sources/none" }],
  stopped_by: "supported", usage: { llm_calls: 7, prompt_tokens: 8123, completion_tokens: 301 }, timings_ms: { total: 12_300 }, ...fields,
});

const runningJob = {
  id: "running", collection: "연차와-휴가", state: "running", created: "2026-11-30T09:00:00Z", done_bytes: 42, total_bytes: 100, passages: 1234,
  files: ["handbook/인사/개인정보처리방침및위치정보이용약관동의철회신청서작성안내페이지.pdf", "handbook/leave.md"].map((name) => ({ name, source: `upload:${name}`, type: ".pdf", bytes: 50 })),
};

const streamed = (events) => ({ status: 200, contentType: "text/event-stream", body: events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join("") });

// told answers the next question with events or an error, whatever it is.
async function told(page, answer) {
  await page.route("**/api/v1/ask", (r) => r.fulfill(answer), { times: 1 });
}

async function tour({ given, open }, width, language, colorScheme) {
  const say = words[language];
  const page = await open({ locale: locales[language], colorScheme, viewport: { width, height: width < 500 ? 800 : 900 }, expected: ["status of 503", "status of 404"] });
  const state = async (name) => {
    // While something moves, it lies where it will not stay.
    await page.evaluate(() => document.getAnimations().filter((a) => a.effect?.getComputedTiming().iterations !== Infinity).forEach((a) => a.finish()));
    await page.screenshot({ path: `${given.shots}/${name}-${width}-${language}-${colorScheme}.png` });
    await lies(page, `${name} at ${width} px`);
  };
  const go = (view) => page.evaluate((v) => { location.hash = `#/${v}`; }, view);
  await page.route("**/collections/*/questions", (r) => r.fulfill({ json: { questions: [say.question, say.none, say.many, "개인정보처리방침및위치정보이용약관동의철회신청서작성안내페이지는 어디에 있습니까?"] } }));
  await page.reload();
  await page.locator(".examples").waitFor();
  await state("welcome");

  await underWay(page, say.question, () => state("working"));
  await ask(page, say.question);
  const answer = await answered(page);
  await state("answer");
  await page.locator(".steps summary").last().click();
  await answer.locator(".made summary").click();
  await answer.locator(".thumbs button").first().click();
  await answer.locator("form.comment").waitFor();
  await state("steps");
  await answer.locator(".source").first().click();
  await page.locator("dialog.drawer mark").first().waitFor();
  await state("source");
  await page.goBack();
  await page.locator(".composer select").nth(1).selectOption("two-stage");
  await ask(page, say.none);
  await answered(page);
  await state("abstained");
  await told(page, streamed([["answer", answerOf(language, { degraded: "the reranker failed", stopped_by: "time" })]]));
  await ask(page, say.many);
  await answered(page);
  await state("lists");
  await told(page, { status: 503, json: { error: { code: "unavailable", message: "Ollama cannot be reached at http://127.0.0.1:11434", request_id: "r-1" } } });
  await ask(page, say.again);
  await page.locator(".notice.error").waitFor();
  await page.locator(".notice.error summary").click();
  await state("failed");
  await page.reload();
  await page.locator(".notice").waitFor();
  await state("interrupted");
  if (width < 900) {
    await page.locator("#menu").click();
    await page.locator("#side.open").waitFor();
    await state("menu");
  }
  await page.locator("#history li").first().hover();
  await page.locator("#history [data-label=delete-session]").first().click();
  await page.locator("dialog.ask-dialog").waitFor();
  await state("confirm");
  await page.goBack();
  if (width < 900) await page.goBack();

  await page.route("**/api/v1/jobs", async (r) => {
    const { jobs } = await (await r.fetch()).json();
    await r.fulfill({ json: { jobs: [runningJob, ...jobs] } });
  });
  await go("search");
  await state("search");
  await search(page, say.question);
  await page.locator("#search mark").first().waitFor();
  await page.locator("#search .made summary").click();
  await state("found");
  await page.screenshot({ path: `${given.shots}/found-whole-${width}-${language}-${colorScheme}.png`, fullPage: true });
  await go("documents");
  await page.locator(".document").first().waitFor();
  await page.locator("#documents-files").setInputFiles([{ name: "여비 규정.md", mimeType: "text/markdown", buffer: Buffer.from("# 여비 규정\n\n기차 여비는 실비로 지급합니다.\n") }]);
  await page.locator(".upload .outcome").waitFor();
  await state("documents");
  await page.locator(".documents-list .icon-button").last().click();
  await page.locator(".document-card dl").waitFor();
  await state("document");
  await page.locator(".document-card .danger-quiet").click();
  await page.locator("dialog.ask-dialog:not(.document-card)").waitFor();
  await state("delete-document");
  await page.goBack();
  await page.goBack();
  await page.locator("#documents .tools button").first().click();
  await page.locator("#name-field").fill("a b");
  await page.keyboard.press("Enter");
  await page.locator("dialog .notice").waitFor();
  await state("rename");
  await page.goBack();
  await page.locator("#documents .tools button").last().click();
  await page.locator("dialog.ask-dialog").waitFor();
  await state("delete-collection");
  await page.goBack();
  await go("updates");
  await page.locator(".update .badge.failing").first().waitFor();
  await page.locator(".update .badge.running").waitFor();
  await state("updates");
  await page.screenshot({ path: `${given.shots}/updates-whole-${width}-${language}-${colorScheme}.png`, fullPage: true });
  await go("documents");
  await page.locator(".document").first().waitFor();
  await page.locator("#documents-collection").evaluate((s) => { s.selectedIndex = s.options.length - 1; s.dispatchEvent(new Event("change")); });
  await state("new-collection");
  await go("compare");
  await state("compare");
  await page.locator("#compare textarea").fill(say.question);
  await page.locator("#compare button[type=submit]").click();
  await page.locator(".vote").waitFor();
  await page.locator(".vote").scrollIntoViewIfNeeded();
  await state("compared");
}

async function seldom({ given, open }, width, language, colorScheme) {
  const options = { locale: locales[language], colorScheme, viewport: { width, height: 800 }, expected: ["status of 401"] };
  const locked = await open({ ...options, url: given.lockedURL });
  await locked.locator("dialog[open] input").waitFor();
  await locked.screenshot({ path: `${given.shots}/key-${width}-${language}-${colorScheme}.png` });
  await lies(locked, `the key at ${width} px`);
  const page = await open(options);
  await page.route("**/api/v1/collections", (r) => r.fulfill({ json: { collections: [], default: "default" } }));
  await page.reload();
  await page.locator(".welcome a").waitFor();
  await page.screenshot({ path: `${given.shots}/empty-${width}-${language}-${colorScheme}.png` });
  await lies(page, `an empty server at ${width} px`);
  await page.route("**/api/v1/collections", (r) => r.abort());
  const quiet = page.waitForEvent("requestfailed");
  await page.reload();
  await quiet;
  await page.locator(".notice.error").waitFor();
  await page.screenshot({ path: `${given.shots}/unreachable-${width}-${language}-${colorScheme}.png` });
  await lies(page, `a server that is away at ${width} px`);
}

export const states = Object.fromEntries(widths.flatMap((width) => Object.keys(locales).flatMap((language) => ["light", "dark"].flatMap((scheme) => [
  [`states at ${width} px, ${language}, ${scheme}`, (test) => tour(test, width, language, scheme)],
  [`states seen seldom at ${width} px, ${language}, ${scheme}`, (test) => seldom({ ...test, open: (o) => test.open({ ...o, expected: [...o.expected, "ERR_FAILED"] }) }, width, language, scheme)],
]))));
