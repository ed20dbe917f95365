import { rename, writeFile, readFile } from "node:fs/promises";
import { judge } from "./accessible.mjs";
import { holds, is, newCollection } from "./check.mjs";
import { lies } from "./layout.mjs";

const drawer = (page) => page.locator("dialog.drawer");

// find searches the collection with files of Office and PDF, and opens the sentence with
// the words.
async function find(page, query, words) {
  await page.evaluate(() => { location.hash = "#/search"; });
  await page.locator("#search select").selectOption("files");
  await page.locator("#search textarea").fill(query);
  await page.locator("#search textarea").press("Enter");
  await page.locator("#search .found .source", { hasText: words }).first().focus();
  await page.keyboard.press("Enter");
  await drawer(page).waitFor();
}

// drawn waits until the pictures of the pages are there, and returns their number.
async function drawn(page) {
  const sheets = drawer(page).locator(".page-sheet");
  await sheets.first().waitFor();
  const n = await sheets.count();
  for (let i = 0; i < n; i++) await sheets.nth(i).locator("img").waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll(".page-sheet img")].every((img) => img.complete && img.naturalWidth > 300));
  return n;
}

// inSight reports whether a mark lies in the part of the source that is seen.
const inSight = (mark) => mark.evaluate((m) => {
  const [r, box] = [m.getBoundingClientRect(), m.closest(".source-body").getBoundingClientRect()];
  return r.width > 5 && r.height > 5 && r.top >= box.top && r.bottom <= box.bottom && r.left >= box.left && r.right <= box.right;
});

// inkUnder counts the dark pixels of the picture under a mark.
const inkUnder = (mark) => mark.evaluate((m) => {
  const img = m.parentElement.querySelector("img");
  const canvas = Object.assign(document.createElement("canvas"), { width: img.naturalWidth, height: img.naturalHeight });
  const context = canvas.getContext("2d");
  context.drawImage(img, 0, 0);
  const [sheet, r] = [img.getBoundingClientRect(), m.getBoundingClientRect()];
  const scale = img.naturalWidth / sheet.width;
  const { data } = context.getImageData((r.left - sheet.left) * scale, (r.top - sheet.top) * scale, r.width * scale, r.height * scale);
  return data.filter((v, i) => i % 4 === 0 && v < 128).length;
});

const choice = (page, name) => drawer(page).locator(".source-choice").getByRole("button", { name, exact: true });

// kinds are the kinds of sources that the viewer shows in ways of their own: a name, a
// query, and words of the sentence to open.
const kinds = [
  ["page", "재택근무는 주 며칠까지 할 수 있나요?", "재택근무는 주 2일까지"],
  ["pages", "committee environment office", "environment office"],
  ["sheet", "숙박 한도 제주", "숙박"],
  ["slide", "연락처 내선 6150", "6150"],
];

const sizes = [[400, 800], [900, 900], [1400, 900]];

export const viewer = {
  "a citation into a PDF opens the picture of its page, with the quote marked": async ({ open }) => {
    const page = await open();
    await find(page, "재택근무는 주 며칠까지 할 수 있나요?", "재택근무는 주 2일까지");
    is(await drawn(page), 1, "pages");
    const mark = drawer(page).locator(".page-mark");
    is(await mark.count(), 1, "marks");
    holds(await inSight(mark), "the mark is out of sight");
    holds(await inkUnder(mark) > 100, "there is nothing under the mark");
    is(await drawer(page).getByRole("status").innerText(), "Page 2 of 2", "which page");
    holds((await drawer(page).locator(".drawer-name").innerText()).includes("Page 2"), "the place of the quote");
    is(await drawer(page).locator("img").getAttribute("aria-label"), "Picture of page 2: 휴가와 재택근무", "the name of the picture");
    holds((await drawer(page).locator("figcaption").textContent()).includes("재택근무는 주 2일까지 할 수 있습니다."), "the quote for those who do not see it");
    // The other page, by keyboard, and back.
    await drawer(page).getByRole("button", { name: "Previous page" }).focus();
    await page.keyboard.press("Enter");
    await drawer(page).getByText("Page 1 of 2").waitFor();
    await drawn(page);
    is(await mark.count(), 0, "marks of another page");
    holds(await drawer(page).getByRole("button", { name: "Next page" }).evaluate((b) => b === document.activeElement), "the focus is lost at the first page");
    await drawer(page).getByRole("button", { name: "To the quote" }).click();
    await drawer(page).getByText("Page 2 of 2").waitFor();
    is(await mark.count(), 1, "marks when back");
    // The text, and the picture again.
    await choice(page, "Text").click();
    await drawer(page).locator("mark").first().waitFor();
    holds((await drawer(page).locator("mark").first().innerText()).includes("재택근무는 주 2일까지"), "the quote in the text");
    is(await choice(page, "Text").getAttribute("aria-pressed"), "true", "what is chosen");
    await choice(page, "Pages").click();
    await drawn(page);
    await page.keyboard.press("Escape");
    await drawer(page).waitFor({ state: "hidden" });
    holds(await page.evaluate(() => document.activeElement.classList.contains("source")), "the focus did not come back");
  },

  "a quote over the end of a page is marked on both": async ({ open }) => {
    const page = await open({ locale: "ko-KR" });
    await find(page, "committee environment office", "environment office");
    is(await drawn(page), 2, "pages");
    is(await drawer(page).getByRole("status").innerText(), "2쪽 중 1–2쪽", "which pages");
    const marks = drawer(page).locator(".page-mark");
    const [first, last] = [marks.first(), marks.last()];
    holds(await first.evaluate((m) => m.getBoundingClientRect().top) < await last.evaluate((m) => m.getBoundingClientRect().top), "the order of the marks");
    for (const mark of [first, last]) holds(await inkUnder(mark) > 100, "there is nothing under a mark");
  },

  "a document of the list opens as text, and its pages on demand": async ({ open }) => {
    const page = await open({ path: "/#/documents" });
    await page.locator("#documents-collection").selectOption("files");
    await page.locator(".document", { hasText: "휴가와 재택근무" }).click();
    await drawer(page).locator(".source-text-whole").waitFor();
    await choice(page, "Pages").click();
    await drawn(page);
    is(await drawer(page).getByRole("status").innerText(), "Page 1 of 2", "which page");
    is(await drawer(page).locator(".page-mark").count(), 0, "marks");
  },

  "pages that cannot be shown say why, and show the text": async ({ given, open }) => {
    const page = await open({ expected: ["status of 404", "status of 409"] });
    const path = `${given.files}/휴가 규정.pdf`;
    const raw = await readFile(path);
    const see = async (why) => {
      await page.keyboard.press("Escape");
      await find(page, "재택근무는 주 며칠까지 할 수 있나요?", "재택근무는 주 2일까지");
      await drawer(page).locator(".notice", { hasText: why }).waitFor();
      holds((await drawer(page).locator("mark").first().innerText()).includes("재택근무는 주 2일까지"), `the quote, where ${why}`);
      is(await drawer(page).locator(".source-choice").isVisible(), false, "a choice between pages and text");
    };
    try {
      await writeFile(path, Buffer.concat([raw, Buffer.from("\n% changed")]));
      await see("The file has changed since it was read");
      await rename(path, `${path}.away`);
      await see("The file cannot be read on the server any more");
    } finally {
      await writeFile(path, raw);
    }
    await page.keyboard.press("Escape");
    await page.evaluate(() => { location.hash = "#/documents"; });
    await newCollection(page, "sent");
    await page.locator("#documents-files").setInputFiles([{ name: "보낸 규정.pdf", mimeType: "application/pdf", buffer: raw }]);
    await page.locator(".upload", { hasText: "보낸 규정.pdf" }).getByText("Done").waitFor();
    await page.locator(".document", { hasText: "휴가와 재택근무" }).click();
    await choice(page, "Pages").click();
    is(await drawn(page), 1, "pages of an upload");
    is(await drawer(page).locator(".notice").count(), 0, "notices of an upload whose pages are shown");
  },

  "a quote in a sheet is in its table, with its cells named": async ({ open }) => {
    const page = await open();
    await find(page, "숙박 한도 제주", "숙박");
    const mark = drawer(page).locator("td mark").first();
    await mark.waitFor();
    holds(await inSight(mark), "the mark is out of sight");
    holds((await drawer(page).locator(".drawer-name").innerText()).includes("Sheet 요금, A3:C3"), `the place of the quote: ${await drawer(page).locator(".drawer-name").innerText()}`);
    is((await drawer(page).locator("th").allInnerTexts()).join("|"), "지역|숙박|식비", "the columns");
    is(await drawer(page).locator("tbody tr").count(), 2, "rows");
  },

  "a quote on a slide is set apart, with its slide named": async ({ open }) => {
    const page = await open({ locale: "ko-KR" });
    await find(page, "연락처 내선 6150", "6150");
    const slide = drawer(page).locator(".slide");
    await slide.locator("mark").first().waitFor();
    holds((await slide.innerText()).includes("슬라이드 2") && (await slide.innerText()).includes("연락처"), `the slide: ${await slide.innerText()}`);
    holds(!(await slide.innerText()).includes("2025 계획"), "another slide is in it");
  },

  ...Object.fromEntries(sizes.flatMap(([width, height], i) => ["light", "dark"].map((colorScheme) => [`pages, sheets and slides at ${width} px, ${colorScheme}`, async ({ given, open }) => {
    const locale = (i + (colorScheme === "dark" ? 1 : 0)) % 2 === 0 ? "en-GB" : "ko-KR";
    const page = await open({ locale, colorScheme, viewport: { width, height }, axe: true });
    for (const [name, query, words] of kinds) {
      await find(page, query, words);
      if (name.startsWith("page")) await drawn(page);
      else await drawer(page).locator("mark").first().waitFor();
      if (given.shots) await page.screenshot({ path: `${given.shots}/viewer-${name}-${width}-${locale}-${colorScheme}.png` });
      is(await drawer(page).evaluate((d) => d.scrollTop), 0, `the drawer of ${name} is scrolled, and not what is in it`);
      await lies(page, `${name} at ${width} px`);
      await judge(page, name);
      if (name.startsWith("page")) is(await drawer(page).locator(".page-sheet").first().evaluate((s) => getComputedStyle(s).backgroundColor), "rgb(255, 255, 255)", "the paper");
      await page.keyboard.press("Escape");
      await drawer(page).waitFor({ state: "hidden" });
    }
  }]))),
};
