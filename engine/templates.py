"""Titles and texts of actions: templates in a sandbox, over what is known of the deal. Jinja2 is loaded when needed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from engine.close_date import close_date_of

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

    from engine.step import Step

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
NOT_KNOWN = "(not known)"
TOLD = ("name", "account", "owner", "manager", "industry", "size")
# The last two are known only to what a pattern of losses sets off.
NAMES = frozenset({*TOLD, "amount", "close_date", "stage", "competitors", "loss_reason", "losses", "loss_days"})


def render(template: str, step: Step, extra: Mapping[str, object]) -> str:
    """A template filled in; `extra` is what this action knows beside the deal."""
    if "{" not in template:
        return template
    return compiled(template).render({**values(step), **extra})


@lru_cache(maxsize=1)
def environment() -> SandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


@lru_cache(maxsize=512)
def compiled(template: str) -> Template:
    return environment().from_string(template)


def fault(template: str) -> tuple[str, str] | None:
    """What is wrong with a template, and its mend; None where it can be filled in. Only values may stand in braces:
    statements and calls have no place in a title."""
    from jinja2 import TemplateSyntaxError, nodes

    try:
        tree = environment().parse(template)
    except TemplateSyntaxError as error:
        return f"the template cannot be read: {error.message}", "Write names in double braces: {{ account }}."
    plain = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name)
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, plain):
            return "only names may stand in braces", "Write names in double braces: {{ account }}."
    for name in tree.find_all(nodes.Name):
        if name.name not in NAMES:
            return f'a template knows no "{name.name}"', "Use one of: " + ", ".join(sorted(NAMES)) + "."
    return None


def money(amount: object, currency: object) -> str:
    """An amount as people write it: $100,000; 100,000 CHF; "(not known)"."""
    if not isinstance(amount, Decimal | int | float):
        return NOT_KNOWN
    figure = f"{amount:,.2f}".removesuffix(".00")
    sign = SIGNS.get(str(currency))
    return f"{sign}{figure}" if sign else f"{figure} {currency or ''}".strip()


def values(step: Step) -> dict[str, Any]:
    """What a template may name. What nobody knows reads "(not known)"; a deal without a name goes by its account's,
    else by its id."""
    deal, pipeline = step.deal, step.pipeline
    day = close_date_of(deal, pipeline, step.at)
    told = {name: deal.facts.get(name) for name in TOLD}
    return {
        **{name: NOT_KNOWN if value is None else value for name, value in told.items()},
        "name": told["name"] or told["account"] or deal.id,
        "amount": money(deal.facts.get("amount"), deal.currency),
        "close_date": NOT_KNOWN if day is None else day.isoformat(),
        "stage": pipeline.stages[deal.stage].id,
        "competitors": ", ".join(name for name, _ in deal.competitors.values()) or NOT_KNOWN,
        "loss_reason": deal.facts.get("loss_reason") or NOT_KNOWN,
        "losses": NOT_KNOWN,
        "loss_days": NOT_KNOWN,
    }
