"""The readers against a real generative model: a tiny one with random weights, made here, behind two real doors.

    python -m evaluation.real_model        # needs the extra `llm`, transformers[serving] and accelerate

Checks what tests with scripted answers cannot: that `--llm-local` loads and asks a model of `transformers`, and that
`transformers serve` understands our requests and we its answers. A model with random weights says nothing sensible, so
every window must end with the local reader; that is what is checked, beside counts of tokens. Exit status 1 where not.
"""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx2

from extractors import extract
from service.readers.choose import model_of, reader_of
from service.readers.options import Options, ReaderKind
from service.readers.prompt import rules
from signals import Conversation

# The rules alone are some 3,000 tokens of a trained tokenizer; this one knows only their words.
ROOM = 16_384
PATIENCE = 120.0
# Modules of the extra `llm` and, the last two, of what `transformers serve` needs.
NEEDED = ("torch", "transformers", "accelerate", "openai")
TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)

CALL: dict[str, Any] = {
    "id": "c-1",
    "kind": "call",
    "occurred_at": "2026-03-12T15:00:00-05:00",
    "deal": {"account": "Brightwater Foods", "seller": "Northstar Analytics", "currency": "USD"},
    "participants": [
        {"id": "p1", "name": "Dana Reyes", "title": "VP Operations", "side": "buyer"},
        {"id": "p2", "name": "Sam Okoro", "title": "Account Executive", "side": "seller"},
    ],
    "segments": [
        {"speaker": "p2", "text": "Was the budget approved?"},
        {"speaker": "p1", "text": "Yes, finance approved the budget of 120k on Friday."},
    ],
}


def make(folder: Path) -> None:
    """A Llama of two layers with random weights and a tokenizer made from the rules, as `transformers` stores them."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    torch.manual_seed(0)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=1500, special_tokens=special, initial_alphabet=alphabet)
    tokenizer.train_from_iterator([rules()], trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|end|>", pad_token="<|end|>")
    fast.chat_template = TEMPLATE
    fast.save_pretrained(str(folder))
    config = LlamaConfig(
        vocab_size=len(fast),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=ROOM,
        bos_token_id=None,
        eos_token_id=fast.eos_token_id,
        pad_token_id=fast.pad_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(str(folder))


def check(name: str, options: Options) -> bool:
    """Whether a conversation read through this door is read as it is locally, after the model was really asked."""
    conversation = Conversation.from_json(CALL)
    ask = model_of(options)
    result = reader_of(options, local=extract, ask=ask)(conversation)
    report = result.report
    asked = report.asked == 1 and report.sent_tokens > 1000 and report.answer_tokens > 0
    same = result.signals == extract(conversation) and report.unanswered == 1
    good = asked and same
    print(f"{'good' if good else 'BAD '} {name}: {report.to_json()}")
    return good


def served(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """`transformers serve` on a free port, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["serve", str(folder), "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    command = [sys.executable, "-c", "from transformers.cli.transformers import main; main()", *arguments]
    process = subprocess.Popen(command)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx2.get(f"http://127.0.0.1:{port}/health", timeout=2, trust_env=False).status_code == 200:
                return process, f"http://127.0.0.1:{port}/v1"
        except httpx2.TransportError:
            time.sleep(0.5)
    process.kill()
    raise SystemExit("transformers serve did not answer")


def missing() -> list[str]:
    """Packages of the extra that are not here."""
    return [name for name in NEEDED if importlib.util.find_spec(name) is None]


def main() -> int:
    if absent := missing():
        how = f"{sys.executable} -m pip install -e '.[llm]' 'transformers[serving]' accelerate brings them"
        print(f"not here: {', '.join(absent)}; {how}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder)
        shared = Options(kind=ReaderKind.LLM, answer_tokens=40, timeout=PATIENCE)
        results = [check("--llm-local", Options(**{**fields(shared), "weights": folder, "model": "tiny"}))]
        process, url = served(folder)
        try:
            results.append(check("transformers serve", Options(**{**fields(shared), "url": url, "model": str(folder)})))
        finally:
            process.terminate()
            process.wait()
    return 0 if all(results) else 1


def fields(options: Options) -> dict[str, Any]:
    return {name: getattr(options, name) for name in options.__dataclass_fields__}


if __name__ == "__main__":
    sys.exit(main())
