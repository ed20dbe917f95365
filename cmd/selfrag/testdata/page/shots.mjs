import { answered, ask } from "./check.mjs";
import { search } from "./search.mjs";

// Screenshots of all that there is to see, for a person to look at.
const sizes = [[360, 740], [900, 900], [1400, 900]];

async function take({ given, open }, [width, height], colorScheme) {
  const locale = colorScheme === "dark" ? "ko-KR" : "en-GB";
  const page = await open({ locale, colorScheme, viewport: { width, height } });
  const shot = (name) => page.screenshot({ path: `${given.shots}/${name}-${width}-${colorScheme}.png` });
  await shot("welcome");
  await ask(page, locale === "ko-KR" ? "사용하지 않은 연차는 며칠까지 이월할 수 있나요?" : "How many lanes has the bridge?");
  await page.locator(".steps.working .unverified").first().waitFor();
  await shot("working");
  const answer = await answered(page);
  await shot("answer");
  await page.locator(".steps summary").first().click();
  await answer.locator(".thumbs button").first().click();
  await answer.locator("form.comment").waitFor();
  await shot("steps");
  await answer.locator(".source").first().click();
  await page.locator("dialog.drawer mark").first().waitFor();
  await shot("source");
  await page.keyboard.press("Escape");
  if (width < 900) {
    await page.locator("#menu").click();
    await page.waitForTimeout(300);
    await shot("menu");
    await page.keyboard.press("Escape");
  }
  await page.evaluate(() => { location.hash = "#/search"; });
  await search(page, locale === "ko-KR" ? "사용하지 않은 연차는 며칠까지 이월할 수 있나요?" : "How many lanes has the bridge?");
  await page.locator("#search mark").first().waitFor();
  await page.screenshot({ path: `${given.shots}/search-${width}-${colorScheme}.png`, fullPage: true });
  await page.evaluate(() => { location.hash = "#/documents"; });
  await page.locator(".document").first().waitFor();
  await page.locator("#documents-files").setInputFiles([{ name: "여비 규정.md", mimeType: "text/markdown", buffer: Buffer.from("# 여비 규정\n\n기차 여비는 실비로 지급합니다.\n") }]);
  await page.locator(".upload .outcome").waitFor();
  await shot("documents");
  await page.evaluate(() => { location.hash = "#/compare"; });
  await page.locator("#compare textarea").fill("How many lanes has the bridge?");
  await page.locator("#compare button[type=submit]").click();
  await page.locator(".vote").waitFor();
  await shot("compare");
}

// special is what is seen seldom.
async function special({ given, open }) {
  const page = await open({ viewport: { width: 900, height: 900 } });
  const shot = (name) => page.screenshot({ path: `${given.shots}/${name}-900-light.png` });
  await page.locator(".composer").getByLabel("Strategy").selectOption("two-stage");
  await page.locator(".composer textarea").fill("What is the capital of Mongolia?");
  await page.locator(".composer textarea").press("Enter");
  await answered(page);
  await shot("abstained");
  await page.evaluate(() => { location.hash = "#/documents"; });
  await page.locator("#documents-collection").selectOption("hostile");
  await page.locator(".document", { hasText: "<img" }).click();
  await page.locator("dialog.drawer .glyph").first().waitFor();
  await shot("hidden");
  await page.keyboard.press("Escape");
  await page.locator("#documents-collection").selectOption({ label: "New collection…" });
  await shot("collection");
  await page.locator("#history li").first().hover();
  await page.locator("#history li button").first().click();
  await shot("confirm");
  const locked = await open({ url: given.lockedURL, viewport: { width: 900, height: 900 }, expected: ["status of 401"] });
  await locked.locator("dialog[open] input").waitFor();
  await locked.screenshot({ path: `${given.shots}/key-900-light.png` });
}

export const shots = Object.fromEntries(sizes.flatMap((size) => ["light", "dark"].map((scheme) => [`screenshots ${size[0]} ${scheme}`, (test) => take(test, size, scheme)])));
shots["screenshots of what is seen seldom"] = special;
