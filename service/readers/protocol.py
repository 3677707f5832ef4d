"""The OpenAI-compatible chat protocol, as vLLM, Ollama, llama.cpp's server, `transformers serve` and hosted services
speak it: one POST, no streaming, the answer held to a JSON schema.

Nothing goes anywhere but to the configured address: no redirect is followed, no proxy is taken from the environment.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import httpx2
import stamina

from extractors.proposals import json_schema
from service.readers.model import Answer, Ask, ModelRefusedError, ModelUnreachableError
from service.readers.options import Options, ReaderSettingsError
from service.readers.prompt import Request
from service.readers.windows import estimated_tokens

__all__ = ["answer_in", "body_of", "over_http"]

# Worth another try: the server is busy, restarting, or the connection broke.
AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
# How a server says that it cannot hold an answer to a schema.
NO_SCHEMA = frozenset({400, 404, 415, 422, 501})
# A wrong key or an unknown model: no request will be answered until somebody mends it.
NOT_FOR_US = frozenset({301, 302, 303, 307, 308, 401, 402, 403, 404})
# Nothing packed comes back, so that nothing can swell in memory.
HEADERS = {"content-type": "application/json", "accept-encoding": "identity"}
LARGEST_RESPONSE = 4 << 20
LONGEST_WAIT = 60.0


class Busy(Exception):  # noqa: N818 - no error to anybody outside
    """Worth another try."""


def body_of(request: Request, options: Options, *, schema: bool = True) -> dict[str, Any]:
    """The request's body; the same bytes for the same question."""
    body: dict[str, Any] = {
        "model": options.model or "",
        "messages": request.messages,
        "temperature": 0,
        "seed": 0,
        "max_tokens": options.answer_tokens,
        "stream": False,
    }
    if schema:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "signals", "strict": True, "schema": json_schema()},
        }
    return body


def over_http(options: Options) -> Ask:
    """A model behind an address. Raises ReaderSettingsError for an address that is none."""
    url = chat_url(options.url)
    if not options.model:
        raise ReaderSettingsError("a model is needed: --llm-model or TELLTALE_LLM_MODEL, as the server names it")
    headers = {"authorization": f"Bearer {options.key}"} if options.key else {}
    # One client a request: an answer takes seconds, a connection milliseconds, and nothing is left open.
    trusted = ssl.create_default_context()

    def client() -> httpx2.Client:
        return httpx2.Client(
            timeout=httpx2.Timeout(options.timeout, connect=min(10.0, options.timeout)),
            headers=headers,
            follow_redirects=False,
            trust_env=False,
            verify=trusted,
        )

    room = threading.BoundedSemaphore(options.concurrency)
    schemas = threading.Event()  # set where the server has refused schemas

    def ask(request: Request) -> Answer:
        with room:
            return tried(request)

    def tried(request: Request) -> Answer:
        try:
            for attempt in stamina.retry_context(
                on=Busy, attempts=options.tries, timeout=None, wait_initial=0.5, wait_max=20.0
            ):
                with attempt:
                    return once(request)
        except Busy as error:
            raise ModelUnreachableError(f"{shown(url)}: {error}") from None
        raise AssertionError  # the last attempt returns or raises

    def once(request: Request) -> Answer:
        with client() as connected:
            body = body_of(request, options, schema=not schemas.is_set())
            status, data = post(connected, url, body, options.timeout)
            if status in NO_SCHEMA and "response_format" in body and speaks_of_schema(data):
                schemas.set()
                status, data = post(connected, url, body_of(request, options, schema=False), options.timeout)
        if status in NOT_FOR_US:
            raise ModelUnreachableError(f"{shown(url)} answered {status}{reason(data)}")
        if status != 200:
            raise ModelRefusedError(f"{shown(url)} answered {status}{reason(data)}")
        return answer_of(data, request, options)

    return ask


def chat_url(base: str | None) -> str:
    expected = "--llm-url or TELLTALE_LLM_URL, such as http://127.0.0.1:11434/v1"
    if not base:
        raise ReaderSettingsError(f"the language model's address is needed: {expected}")
    try:
        parts = urlsplit(base)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.username is not None:
        raise ReaderSettingsError(f"{expected}: expected an http or https address without a user, got {base[:80]!r}")
    path = base.rstrip("/")
    return path if path.endswith("/chat/completions") else f"{path}/chat/completions"


def post(client: httpx2.Client, url: str, body: dict[str, Any], timeout: float) -> tuple[int, bytes]:
    """Status and content. Raises Busy where it is worth another try. An answer that drips or never ends is cut off."""
    until = time.monotonic() + timeout
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    try:
        with client.stream("POST", url, content=content, headers=HEADERS) as response:
            if response.status_code in AGAIN:
                wait_as_told(response)
                raise Busy(f"status {response.status_code}")
            data = bytearray()
            if response.headers.get("content-encoding", "identity") != "identity":
                raise ModelRefusedError(f"{shown(url)}: a packed answer, though it was told to pack none")
            for piece in response.iter_raw():  # as it comes: one that drips must not hide behind a buffer
                data += piece
                if len(data) > LARGEST_RESPONSE:
                    raise ModelRefusedError(f"{shown(url)}: an answer of more than {LARGEST_RESPONSE} bytes")
                if time.monotonic() > until:
                    raise Busy(f"no whole answer in {timeout:g} seconds")
            return response.status_code, bytes(data)
    except (httpx2.TimeoutException, httpx2.TransportError) as error:
        raise Busy(type(error).__name__) from None


def wait_as_told(response: httpx2.Response) -> None:
    """As long as the server asks for, within reason; the usual back-off comes on top."""
    told = response.headers.get("retry-after", "")
    if told.isdigit():
        time.sleep(min(float(told[:6]), LONGEST_WAIT))


def answer_of(data: bytes, request: Request, options: Options) -> Answer:
    """The answer in a response's body; its text is empty where there is none, whatever the body is."""
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        body = None
    return answer_in(body, model=options.model or "", sent_tokens=request.tokens)


def answer_in(body: object, *, model: str = "", sent_tokens: int = 0) -> Answer:
    """`model` and `sent_tokens` are for bodies that do not tell."""
    told = body if isinstance(body, dict) else {}
    choices = told.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    text = text_of(message.get("content") if isinstance(message, dict) else None)
    name, usage = told.get("model"), told.get("usage")
    return Answer(
        text=text,
        model=name[:100] if isinstance(name, str) and name.isprintable() else model,
        sent_tokens=count(usage, "prompt_tokens", sent_tokens),
        answer_tokens=count(usage, "completion_tokens", estimated_tokens(text)),
    )


def text_of(content: object) -> str:
    """A message's content; some servers give it in parts."""
    if isinstance(content, list):
        parts = (part.get("text") for part in content if isinstance(part, dict))
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def count(usage: object, name: str, otherwise: int) -> int:
    value = usage.get(name) if isinstance(usage, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 31 else otherwise


def speaks_of_schema(data: bytes) -> bool:
    text = data[:4000].lower()
    return any(word in text for word in (b"response_format", b"json_schema", b"schema", b"grammar", b"structured"))


def reason(data: bytes) -> str:
    """The server's own words for an error, where it is short text; never the conversation."""
    try:
        body = json.loads(data[:20_000])
        error = body.get("error", body) if isinstance(body, dict) else None
        message = error.get("message") if isinstance(error, dict) else error
    except (ValueError, RecursionError):
        return ""
    if not isinstance(message, str):
        return ""
    plain = " ".join(message.split())[:160]
    return f": {plain}" if plain.isprintable() else ""


def shown(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
