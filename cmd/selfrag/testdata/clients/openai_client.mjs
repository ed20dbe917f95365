// OpenAI's own client against a live server. Arguments: the folder of node_modules, URL, key of a reader, key that was revoked.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { run } from "./run.mjs";

const [folder, url, key, revoked] = process.argv.slice(2);
const OpenAI = createRequire(folder + "/")("openai");
const open = (apiKey, options = {}) => new OpenAI({ baseURL: url + "/v1", apiKey, maxRetries: 0, ...options });
const client = open(key);
const MODEL = "self-rag/notes";
const QUESTION = [{ role: "user", content: "How many lanes has the bridge?" }];
const SLOW = [{ role: "user", content: "How many lanes has the bridge? Take your time." }];

async function raises(kind, f, code) {
  try {
    await f();
  } catch (e) {
    assert.equal(e.constructor, kind, `${e.constructor.name} in place of ${kind.name}: ${e.message}`);
    if (code) assert.equal(e.code, code);
    return e;
  }
  throw new Error(`nothing raised in place of ${kind.name}`);
}

// Annotations count code points, as Python does; strings here count UTF-16 units.
const span = (text, { start_index, end_index }) => [...text].slice(start_index, end_index).join("");

const cases = {
  async models() {
    const ids = [];
    for await (const m of client.models.list()) ids.push(m.id);
    assert(ids.includes(MODEL) && ids.includes("two-stage/notes"), ids.join());
    assert.equal((await client.models.retrieve(MODEL)).id, MODEL);
  },

  async chat() {
    const r = await client.chat.completions.create({ model: MODEL, messages: QUESTION });
    const { message, finish_reason } = r.choices[0];
    assert(message.content.includes("two lanes") && message.role === "assistant" && finish_reason === "stop");
    assert(r.model === MODEL && r.object === "chat.completion" && r.usage.total_tokens > 0);
    assert.equal(r.usage.total_tokens, r.usage.prompt_tokens + r.usage.completion_tokens);
    assert.equal(message.annotations.length, 1);
    const cited = message.annotations[0].url_citation;
    assert.equal(span(message.content, cited), "[1]");
    assert(cited.url.startsWith(url));
    assert.deepEqual(r.citations, [cited.url]);
    assert.equal(r.search_results[0].url, cited.url);
    assert.equal(r.selfrag.abstained, false);
  },

  async stream() {
    let text = "", finish, usage;
    const annotations = [], roles = [];
    const chunks = await client.chat.completions.create({ model: MODEL, messages: QUESTION, stream: true, stream_options: { include_usage: true } });
    for await (const chunk of chunks) {
      usage = chunk.usage ?? usage;
      for (const { delta, finish_reason } of chunk.choices) {
        text += delta.content ?? "";
        if (delta.role) roles.push(delta.role);
        annotations.push(...(delta.annotations ?? []));
        finish = finish_reason ?? finish;
      }
    }
    assert(text.includes("two lanes") && finish === "stop" && usage.total_tokens > 0, text);
    assert.deepEqual(roles, ["assistant"]);
    assert.equal(annotations.length, 1);
    assert.equal(span(text, annotations[0].url_citation), "[1]");
  },

  async streamHelper() {
    const runner = client.chat.completions.stream({ model: MODEL, messages: QUESTION });
    assert((await runner.finalChatCompletion()).choices[0].message.content.includes("two lanes"));
  },

  async unicode() {
    const messages = [{ role: "user", content: "다리에는 차로가 몇 개 있나요? 🌉\u0000\u2028" }];
    assert((await client.chat.completions.create({ model: "two-stage/notes", messages })).choices[0].message.content);
  },

  async history() {
    const messages = [{ role: "system", content: "Talk like a pirate." }, { role: "user", content: "Is there a bridge?" }, { role: "assistant", content: "Yes." }, ...QUESTION];
    assert((await client.chat.completions.create({ model: MODEL, messages })).choices[0].message.content.includes("two lanes"));
  },

  async toolsAreIgnored() {
    const tools = [{ type: "function", function: { name: "f", description: "d", parameters: { type: "object", properties: {} } } }];
    const r = await client.chat.completions.create({ model: MODEL, messages: QUESTION, tools, tool_choice: "auto", temperature: 0.3, top_p: 0.9, seed: 1, user: "u", logprobs: false });
    assert(!r.choices[0].message.tool_calls && r.choices[0].message.content.includes("two lanes"));
  },

  async stopAndLength() {
    let r = await client.chat.completions.create({ model: MODEL, messages: QUESTION, stop: [" two"] });
    assert.equal(r.choices[0].message.content, "The bridge has");
    assert.equal(r.choices[0].finish_reason, "stop");
    r = await client.chat.completions.create({ model: MODEL, messages: QUESTION, max_completion_tokens: 2 });
    assert.equal(r.choices[0].finish_reason, "length");
    assert.equal(r.choices[0].message.content.length, 8);
  },

  async tasksRunNoLoop() {
    const content = "### Task:\nGenerate a concise, 3-5 word title.\n### Output:\nJSON\n### Chat History:\n<chat_history>\nUSER: lanes?\n</chat_history>";
    const r = await client.chat.completions.create({ model: MODEL, messages: [{ role: "user", content }] });
    assert(r.choices[0].message.content.includes("Bridge lanes") && !r.selfrag);
  },

  async errorClasses() {
    await raises(OpenAI.NotFoundError, () => client.chat.completions.create({ model: "gpt-4", messages: QUESTION }), "model_not_found");
    await raises(OpenAI.NotFoundError, () => client.models.retrieve("gpt-4"), "model_not_found");
    let e = await raises(OpenAI.BadRequestError, () => client.chat.completions.create({ model: MODEL, messages: [] }));
    assert(e.param === "messages" && e.type === "invalid_request_error");
    await raises(OpenAI.BadRequestError, () => client.chat.completions.create({ model: MODEL, messages: QUESTION, n: 2 }));
    for (const wrong of [revoked, "sk-none"]) {
      await raises(OpenAI.AuthenticationError, () => open(wrong).models.list(), "invalid_api_key");
    }
    e = await raises(OpenAI.NotFoundError, () => client.embeddings.create({ model: MODEL, input: "x" }));
    assert(e.requestID);
  },

  async rateLimits() {
    const e = await raises(OpenAI.RateLimitError, async () => {
      for (let i = 0; i < 2000; i++) await client.models.list();
    }, "rate_limit_exceeded");
    assert(Number(e.headers.get("retry-after")) >= 1);
    assert((await open(key, { maxRetries: 5 }).models.list()).data.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  },

  async timeouts() {
    await raises(OpenAI.APIConnectionTimeoutError, () => client.chat.completions.create({ model: MODEL, messages: SLOW }, { timeout: 300 }));
  },

  async cancel() {
    const leave = new AbortController();
    const chunks = await client.chat.completions.create({ model: MODEL, messages: SLOW, stream: true }, { signal: leave.signal });
    setTimeout(() => leave.abort(), 300);
    for await (const chunk of chunks) assert(!chunk.choices[0]?.delta.content, "there was text before there could be");
    await raises(OpenAI.APIUserAbortError, () => client.chat.completions.create({ model: MODEL, messages: SLOW }, { signal: AbortSignal.timeout(300) }));
    assert((await client.models.list()).data.length > 0); // and the server goes on
  },
};

await run(cases);
