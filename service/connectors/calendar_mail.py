"""A calendar hold by mail: an invitation that any calendar understands, over the mail server of the smtp connector."""

from __future__ import annotations

import dataclasses

from service.connectors import smtp
from service.connectors.options import Options
from service.connectors.protocol import Kind
from service.connectors.smtp import Mail

__all__ = ["read"]


def read(options: Options) -> Mail:
    minutes = options.whole("minutes", 30, low=5, high=1440)
    can = frozenset({Kind.TASK, Kind.APPROVAL, Kind.QUEUE})
    return dataclasses.replace(smtp.read(options), minutes=minutes, can=can)
