"""OpenAI's own client against a live server. Arguments: URL, key of a reader, key that was revoked."""

import asyncio
import sys
import time

import openai
from cases import case, raises

url, key, revoked = sys.argv[1:]
client = openai.OpenAI(base_url=url + "/v1", api_key=key, max_retries=0)
MODEL = "self-rag/notes"
QUESTION = [{"role": "user", "content": "How many lanes has the bridge?"}]


@case
def models():
    ids = [m.id for m in client.models.list()]
    assert MODEL in ids and "two-stage/notes" in ids, ids
    assert client.models.retrieve(MODEL).id == MODEL


@case
def chat():
    r = client.chat.completions.create(model=MODEL, messages=QUESTION)
    m = r.choices[0].message
    assert "two lanes" in m.content and m.role == "assistant", m
    assert r.choices[0].finish_reason == "stop" and r.model == MODEL and r.object == "chat.completion"
    assert r.usage.total_tokens == r.usage.prompt_tokens + r.usage.completion_tokens > 0
    [a] = m.annotations
    assert a.type == "url_citation" and m.content[a.url_citation.start_index : a.url_citation.end_index] == "[1]", a
    assert a.url_citation.url.startswith(url)
    assert r.citations == [a.url_citation.url] and r.search_results[0]["url"] == a.url_citation.url
    assert r.selfrag["abstained"] is False


@case
def stream():
    text, finish, usage, annotations, roles = "", None, None, [], []
    for chunk in client.chat.completions.create(model=MODEL, messages=QUESTION, stream=True, stream_options={"include_usage": True}):
        usage = chunk.usage or usage
        for c in chunk.choices:
            text += c.delta.content or ""
            roles += [c.delta.role] if c.delta.role else []
            annotations += getattr(c.delta, "annotations", None) or []
            finish = c.finish_reason or finish
    assert "two lanes" in text and finish == "stop" and usage.total_tokens > 0 and roles == ["assistant"]
    [a] = annotations
    assert text[a["url_citation"]["start_index"] : a["url_citation"]["end_index"]] == "[1]"


@case
def stream_helper():
    with client.chat.completions.stream(model=MODEL, messages=QUESTION) as s:
        for _ in s:
            pass
        assert "two lanes" in s.get_final_completion().choices[0].message.content


@case
def unicode():
    messages = [{"role": "user", "content": "다리에는 차로가 몇 개 있나요? 🌉\u0000\u2028"}]
    m = client.chat.completions.create(model="two-stage/notes", messages=messages).choices[0].message
    assert m.content


@case
def history():
    messages = [{"role": "system", "content": "Talk like a pirate."}, {"role": "user", "content": "Is there a bridge?"}, {"role": "assistant", "content": "Yes."}] + QUESTION
    assert "two lanes" in client.chat.completions.create(model=MODEL, messages=messages).choices[0].message.content


@case
def tools_are_ignored():
    tools = [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object", "properties": {}}}}]
    r = client.chat.completions.create(model=MODEL, messages=QUESTION, tools=tools, tool_choice="auto", temperature=0.3, top_p=0.9, seed=1, user="u", logprobs=False)
    assert r.choices[0].message.tool_calls is None and "two lanes" in r.choices[0].message.content


@case
def stop_and_length():
    r = client.chat.completions.create(model=MODEL, messages=QUESTION, stop=[" two"])
    assert r.choices[0].message.content == "The bridge has" and r.choices[0].finish_reason == "stop"
    r = client.chat.completions.create(model=MODEL, messages=QUESTION, max_completion_tokens=2)
    assert r.choices[0].finish_reason == "length" and len(r.choices[0].message.content) == 8


@case
def tasks_run_no_loop():
    task = "### Task:\nGenerate a concise, 3-5 word title.\n### Output:\nJSON\n### Chat History:\n<chat_history>\nUSER: lanes?\n</chat_history>"
    r = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": task}])
    assert "Bridge lanes" in r.choices[0].message.content and not getattr(r, "selfrag", None)


@case
def error_classes():
    raises(openai.NotFoundError, lambda: client.chat.completions.create(model="gpt-4", messages=QUESTION), "model_not_found")
    raises(openai.NotFoundError, lambda: client.models.retrieve("gpt-4"), "model_not_found")
    e = raises(openai.BadRequestError, lambda: client.chat.completions.create(model=MODEL, messages=[]))
    assert e.param == "messages" and e.type == "invalid_request_error"
    raises(openai.BadRequestError, lambda: client.chat.completions.create(model=MODEL, messages=QUESTION, n=2))
    for wrong in (revoked, "sk-none"):
        other = openai.OpenAI(base_url=url + "/v1", api_key=wrong, max_retries=0)
        raises(openai.AuthenticationError, other.models.list, "invalid_api_key")
    e = raises(openai.NotFoundError, lambda: client.embeddings.create(model=MODEL, input="x"))
    assert e.request_id


@case
def rate_limits():
    def many():
        for _ in range(2000):
            client.models.list()

    e = raises(openai.RateLimitError, many, "rate_limit_exceeded")
    assert int(e.response.headers["retry-after"]) >= 1
    patient = openai.OpenAI(base_url=url + "/v1", api_key=key, max_retries=5)
    assert patient.models.list().data
    time.sleep(1)


@case
def timeouts():
    slow = [{"role": "user", "content": "How many lanes has the bridge? Take your time."}]
    raises(openai.APITimeoutError, lambda: client.with_options(timeout=0.3).chat.completions.create(model=MODEL, messages=slow))


@case
def cancel():
    slow = [{"role": "user", "content": "How many lanes has the bridge? Take your time."}]

    async def leave():
        async with openai.AsyncOpenAI(base_url=url + "/v1", api_key=key, max_retries=0) as c:
            stream = await c.chat.completions.create(model=MODEL, messages=slow, stream=True)
            try:
                await asyncio.wait_for(anext(stream.__aiter__()), 0.3)
                raise AssertionError("there was text before there could be")
            except asyncio.TimeoutError:
                await stream.close()

    asyncio.run(leave())
    assert client.models.list().data  # and the server goes on
