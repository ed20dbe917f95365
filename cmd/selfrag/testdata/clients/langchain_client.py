"""LangChain's OpenAI client against a live server. Arguments: URL, key of a reader, key that was revoked."""

import sys

import openai
from cases import case, raises
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI

url, key, revoked = sys.argv[1:]
MODEL = "self-rag/notes"
QUESTION = "How many lanes has the bridge?"


def chat(model=MODEL, api_key=key, **options):
    return ChatOpenAI(base_url=url + "/v1", api_key=api_key, model=model, max_retries=0, **options)


@case
def answer():
    m = chat(temperature=0, max_tokens=256).invoke(QUESTION)
    assert "two lanes. [1]" in m.text and m.response_metadata["finish_reason"] == "stop", m
    assert m.usage_metadata["total_tokens"] == m.usage_metadata["input_tokens"] + m.usage_metadata["output_tokens"] > 0


@case
def stream():
    whole = None
    for chunk in chat(stream_usage=True).stream(QUESTION):
        whole = chunk if whole is None else whole + chunk
    assert "two lanes. [1]" in whole.text and whole.usage_metadata["total_tokens"] > 0, whole


@case
async def streams_asynchronously():
    text = ""
    async for chunk in chat().astream(QUESTION):
        text += chunk.text
    assert "two lanes. [1]" in text, text


@case
def follow_up():
    history = [SystemMessage("Be brief."), HumanMessage("Is there a bridge?"), AIMessage("Yes.")]
    assert "two lanes" in chat("two-stage/notes").invoke(history + [HumanMessage(QUESTION)]).text


@case
def parts():
    assert "two lanes" in chat().invoke([HumanMessage([{"type": "text", "text": QUESTION}])]).text


@case
def errors():
    # LangChain derives kinds of its own from OpenAI's.
    for model, secret, kind, code in [("gpt-4", key, openai.NotFoundError, "model_not_found"), (MODEL, revoked, openai.AuthenticationError, "invalid_api_key")]:
        try:
            chat(model, secret).invoke(QUESTION)
        except kind as e:
            assert e.code == code, e.code
        else:
            raise AssertionError(f"nothing raised in place of {kind.__name__}")
    raises(openai.BadRequestError, lambda: chat(n=2).invoke(QUESTION))
