"""A generative model loaded here through `transformers`, where the user has its weights: nothing is fetched."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from service.readers.model import Answer, Ask, ModelRefusedError
from service.readers.options import Options, ReaderSettingsError
from service.readers.prompt import Request

__all__ = ["from_weights"]


def from_weights(options: Options) -> Ask:
    """The model in the folder `options.weights`, loaded now. One request at a time: it has the machine to itself.

    Raises ReaderSettingsError where the libraries or the weights are missing.
    """
    folder = options.weights
    if folder is None or not Path(folder).is_dir():
        raise ReaderSettingsError(f"--llm-local: expected a folder with a model's weights, got {str(folder)!r}")
    try:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
    except ImportError:
        raise ReaderSettingsError("--llm-local needs torch and transformers: pip install 'telltale[llm]'") from None
    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
        model: Any = AutoModelForCausalLM.from_pretrained(str(folder), local_files_only=True)
        model.eval()
    except (OSError, ValueError) as error:
        raise ReaderSettingsError(f"--llm-local: {folder} holds no model for text: {str(error)[:200]}") from None
    alone = threading.Lock()
    name = options.model or Path(folder).name

    def ask(request: Request) -> Answer:
        prompt = encoded(tokenizer, request)
        room = getattr(model.config, "max_position_embeddings", None) or 1 << 20
        if prompt.shape[1] >= room:
            raise ModelRefusedError(
                f"the model takes {room} tokens and the request has {prompt.shape[1]}: "
                "lower --llm-window, or take a model that holds more"
            )
        with alone, torch.inference_mode():
            out = model.generate(
                prompt,
                attention_mask=torch.ones_like(prompt),
                max_new_tokens=min(options.answer_tokens, room - prompt.shape[1]),
                max_time=options.timeout,
                do_sample=False,
                pad_token_id=tokenizer.eos_token_id or 0,
            )
        answer = out[0, prompt.shape[1] :]
        text = tokenizer.decode(answer, skip_special_tokens=True)
        return Answer(text=text, model=name, sent_tokens=int(prompt.shape[1]), answer_tokens=len(answer))

    return ask


def encoded(tokenizer: Any, request: Request) -> Any:
    """The request as the model's own chat template has it; without one, the messages one after the other."""
    if getattr(tokenizer, "chat_template", None):
        text = tokenizer.apply_chat_template(request.messages, tokenize=False, add_generation_prompt=True)
    else:
        text = "\n\n".join(message["content"] for message in request.messages) + "\n\n"
    return tokenizer(text, return_tensors="pt")["input_ids"]
