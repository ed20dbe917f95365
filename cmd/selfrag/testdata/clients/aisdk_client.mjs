// Vercel's AI SDK against a live server. Arguments: the folder of node_modules, URL, key of a reader, key that was revoked.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { run } from "./run.mjs";

const [folder, url, key, revoked] = process.argv.slice(2);
const require = createRequire(folder + "/");
const { APICallError, generateText, streamText } = require("ai");
const { createOpenAICompatible } = require("@ai-sdk/openai-compatible");
const open = (apiKey) => createOpenAICompatible({ name: "selfrag", baseURL: url + "/v1", apiKey, includeUsage: true });
const selfrag = open(key);
const MODEL = "self-rag/notes";
const QUESTION = "How many lanes has the bridge?";

async function fails(status, code, f) {
  try {
    await f();
  } catch (e) {
    assert(APICallError.isInstance(e), e.stack);
    assert.equal(e.statusCode, status);
    assert.equal(JSON.parse(e.responseBody).error.code, code);
    return;
  }
  throw new Error("nothing failed");
}

await run({
  async answer() {
    const r = await generateText({ model: selfrag(MODEL), prompt: QUESTION, maxRetries: 0 });
    assert(r.text.includes("two lanes. [1]"), r.text);
    assert.equal(r.finishReason, "stop");
    assert(r.usage.inputTokens > 0 && r.usage.outputTokens > 0);
    assert.equal(r.response.body.citations.length, 1);
  },

  async stream() {
    const errors = [];
    const r = streamText({ model: selfrag(MODEL), prompt: QUESTION, maxRetries: 0, onError: ({ error }) => errors.push(error) });
    let text = "";
    for await (const piece of r.textStream) text += piece;
    assert.deepEqual(errors, []);
    assert(text.includes("two lanes. [1]"), text);
    assert.equal(await r.finishReason, "stop");
    assert((await r.usage).outputTokens > 0);
  },

  async followUp() {
    const messages = [
      { role: "system", content: "Be brief." },
      { role: "user", content: [{ type: "text", text: "Is there a bridge?" }] },
      { role: "assistant", content: [{ type: "text", text: "Yes." }] },
      { role: "user", content: QUESTION },
    ];
    const { text } = await generateText({ model: selfrag("two-stage/notes"), messages, temperature: 0.2, maxOutputTokens: 256, seed: 1, maxRetries: 0 });
    assert(text.includes("two lanes"), text);
  },

  async errors() {
    await fails(404, "model_not_found", () => generateText({ model: selfrag("gpt-4"), prompt: QUESTION, maxRetries: 0 }));
    for (const wrong of [revoked, "sk-none"]) {
      await fails(401, "invalid_api_key", () => generateText({ model: open(wrong)(MODEL), prompt: QUESTION, maxRetries: 0 }));
    }
  },
});
