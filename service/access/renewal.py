"""Who signed in through the identity provider is asked about again while the session lasts: a role that was taken away
there is of no use here for much longer."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from service.access.gate import StrangerError
from service.access.identity import Role
from service.access.sessions import naming
from service.sealing import Sealer, UnsealableError
from service.store import sessions
from service.store.sessions import StoredSession

if TYPE_CHECKING:
    from service.access.sign_in import Provider

__all__ = ["Renewal"]

# A provider that is away is asked again so often.
AGAIN_AFTER = dt.timedelta(minutes=1)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What the provider said is good for `every`; for as long again where the provider is not to be heard."""

    provider: Provider
    sealer: Sealer
    every: dt.timedelta
    now: Callable[[], dt.datetime]

    def __call__(self, database: Engine, session: StoredSession) -> StoredSession | None:
        """The session as it is to be taken now; None where it has ended. One request asks the provider, which may take
        a refresh token once only; others go on with what was known meanwhile."""
        now = self.now()
        if session.named_at is None or now - session.named_at < self.every:
            return session
        with database.begin() as connection:
            if not sessions.claim_asking(connection, session.token, now, now - AGAIN_AFTER):
                return session
        found = self.asked(session, now)
        with database.begin() as connection:
            if found is None:
                sessions.drop(connection, session.token)
            elif found is not session and not sessions.name_anew(connection, found):
                # Somebody ended it while the provider was asked.
                return None
        return found

    def asked(self, session: StoredSession, now: dt.datetime) -> StoredSession | None:
        """As the provider names its person now; the session itself where the provider is away and may be, for now."""
        from service.access.sign_in import EndedError, SignInError

        assert session.named_at is not None, "who is asked about was named"
        if session.refresh is None or session.subject is None:
            return None
        try:
            named = self.provider.anew(self.sealer.unseal(session.refresh), session.subject)
        except (EndedError, StrangerError, UnsealableError) as error:
            log.info("a session was ended", extra={"reason": type(error).__name__})
            return None
        except SignInError:
            return session if now - session.named_at < 2 * self.every else None
        who = named.principal
        if who.workspace != session.workspace or not who.role.covers(Role.REP):
            return None
        return naming(session, named, self.sealer.seal)
