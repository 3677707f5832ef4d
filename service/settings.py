"""Every setting of the service, from `TELLTALE_*` environment variables or from the command line."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from service.readers.options import ReaderKind
from service.webhooks.config import readers_from, secrets_from, stages_from

__all__ = ["MEBIBYTE", "Settings"]

MEBIBYTE = 1 << 20


class Settings(BaseSettings):
    """`TELLTALE_ACCEPT_AT=0.7` sets `accept_at`, and so for each field."""

    model_config = SettingsConfigDict(env_prefix="TELLTALE_", frozen=True, extra="forbid")

    data: Path = Field(Path("telltale-data"), description="folder of the embedded PostgreSQL")
    database: str | None = Field(None, description="URL of a PostgreSQL; none: the embedded one")
    database_role: str = Field(
        "telltale_app", min_length=1, max_length=63, description="role that owns nothing, for work inside a workspace"
    )
    host: str = Field("127.0.0.1", description="address that the API listens on")
    port: int = Field(8080, ge=0, le=65535, description="port that the API listens on; 0: any free one")
    processes: int = Field(
        1, ge=1, le=64, description="processes that answer on the port; with several the worker is one of its own"
    )
    workspace: str = Field("main", pattern=r"^[^*]{1,100}$", description="workspace of everything that comes in")
    pipeline: str = Field("b2b", description="name or file of the sales pipeline that deals follow")
    accept_at: float = Field(0.5, ge=0, le=1, description="signals of less confidence stay pending and move nothing")
    review_policy: Path | None = Field(
        None, description="file of thresholds by type and stage, and of what a person decides (docs/review.md)"
    )
    connectors: Path | None = Field(
        None, description="file of what is done outside, and through which systems (docs/actions.md)"
    )
    connector_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (), description="private networks that connectors of workspaces' own may call, separated by commas"
    )
    max_body: int = Field(8 * MEBIBYTE, ge=1024, description="largest request body and file, in bytes")
    worker: bool = Field(True, description="run the worker in the serving process")
    jobs: int = Field(2, ge=1, le=64, description="conversations that one worker reads at a time")
    connections: int = Field(10, ge=2, le=500, description="database connections of one process")
    our_domains: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="mail domains of the seller, separated by commas: they tell the sides of an e-mail"
    )

    reader: ReaderKind = Field(ReaderKind.LOCAL, description="who reads: local, llm, or cascade (llm where in doubt)")
    readers: Annotated[dict[str, ReaderKind], NoDecode] = Field(
        default_factory=dict, description="workspaces with another reader, as JSON or as a file that holds it"
    )
    llm_url: str | None = Field(None, description="address of an OpenAI-compatible server, http://127.0.0.1:11434/v1")
    llm_model: str | None = Field(None, min_length=1, description="the model's name there; with llm_local its folder")
    llm_key: str | None = Field(None, min_length=1, repr=False, description="key of that server")
    llm_local: bool = Field(False, description="load the model here, from the folder that llm_model names")
    llm_timeout: float = Field(120.0, gt=0, le=3600, description="seconds that one answer may take")
    llm_tries: int = Field(4, ge=1, le=20, description="how often a request is tried while the server is busy or away")
    llm_concurrency: int = Field(4, ge=1, le=256, description="requests at a time")
    llm_window: int = Field(2000, ge=200, le=200_000, description="tokens of a conversation in one request, about")
    llm_answer_tokens: int = Field(4000, ge=100, le=200_000, description="most tokens of one answer")
    llm_token_budget: int = Field(
        100_000, ge=0, description="most tokens for one conversation, about; what exceeds them is read locally"
    )
    llm_confidence: float = Field(0.75, ge=0, le=1, description="of a signal of the model's that needed no mending")
    llm_cache: Path | None = Field(None, description="folder of the model's answers; none: answers in the data folder")
    llm_cache_size: int = Field(256 * MEBIBYTE, ge=0, description="bytes that it may take; 0: answers are not kept")
    cascade_threshold: float = Field(5.0, ge=0, description="doubtful facts in a window from which the model is asked")

    public_url: str | None = Field(
        None, pattern=r"^https?://[^/?#]+$", description="how others reach this service: HubSpot signs the URL it calls"
    )
    keys: Literal["auto", "required"] = Field(
        "auto", description="required: no call without a key; auto: none only until there is one, on this very machine"
    )
    session_idle: int = Field(
        120, ge=0, le=720, description="minutes without use that end a session of pages; 0: it lasts its 12 hours"
    )
    rate_requests: int = Field(
        12_000, ge=0, description="requests a minute with one key, for each process; 0: as many as wanted"
    )
    rate_bytes: int = Field(
        1024 * MEBIBYTE, ge=0, description="bytes of requests a minute with one key, for each process; 0: no limit"
    )
    oidc_issuer: str | None = Field(None, description="identity provider whose tokens are taken, as `iss` names it")
    oidc_audience: str | None = Field(None, description="what `aud` of its tokens must name")
    oidc_jwks: str | None = Field(None, description="its public keys: a URL or a file")
    oidc_client_id: str | None = Field(
        None, min_length=1, description="who we are to the identity provider: people then sign in to the pages there"
    )
    oidc_client_secret: str | None = Field(None, min_length=1, repr=False, description="what proves that to it")
    oidc_scopes: str = Field("openid email profile", pattern=r"\bopenid\b", description="what we ask it for")
    oidc_name: str | None = Field(
        None, min_length=1, max_length=60, description="what people call it, on the login page; none: its host"
    )
    oidc_recheck: int = Field(
        60,
        ge=0,
        le=720,
        description="minutes after which the provider is asked anew about who signed in; 0: not while a session lasts",
    )
    oidc_claims: dict[str, str] = Field(
        default_factory=dict, description="claims that hold person, role, workspace and team, as JSON"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least grave lines of the log")
    worker_port: int | None = Field(
        None, ge=0, le=65535, description="port on which `telltale worker` answers /healthz, /readyz and /metrics"
    )
    stop_within: int = Field(30, ge=1, le=3600, description="seconds for requests and jobs in hand when told to stop")
    retention_days: int | None = Field(
        None, ge=1, description="days that words of conversations are kept, where a workspace has no figure of its own"
    )
    otel_endpoint: str | None = Field(
        None, pattern=r"^https?://", description="where traces go, http://collector:4318 (needs the extra `otel`)"
    )
    metrics_open: bool = Field(False, description="answer /metrics without a key")
    secret_key: str | None = Field(
        None,
        min_length=16,
        repr=False,
        description="seals others' secrets in the database, long and random; none: a key in the data folder",
    )
    webhook_secrets: Annotated[dict[str, tuple[str, ...]], NoDecode] = Field(
        default_factory=dict, repr=False, description="each source's secrets, as JSON or as a file that holds it"
    )
    webhook_unsigned: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="sources without a secret that are taken unsigned, separated by commas: for local trials only"
    )
    webhook_tolerance: int = Field(300, ge=1, le=86400, description="seconds that a signature may be old, or early")
    webhook_mappings: Path | None = Field(None, description="folder of mapping files, one for each further source")
    webhook_stages: Annotated[dict[str, dict[str, str]], NoDecode] = Field(
        default_factory=dict, description="which stage of a CRM is which of the pipeline, as JSON or as a file"
    )
    webhook_create: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="CRMs whose new deals are made here too, under their id there, separated by commas"
    )

    @field_validator("readers", mode="before")
    @classmethod
    def read_readers(cls, value: Any) -> Any:
        return readers_from(value)

    @field_validator("webhook_secrets", mode="before")
    @classmethod
    def read_secrets(cls, value: Any) -> Any:
        return secrets_from(value)

    @field_validator("webhook_stages", mode="before")
    @classmethod
    def read_stages(cls, value: Any) -> Any:
        return stages_from(value)

    @field_validator("webhook_unsigned", "webhook_create", "connector_networks", mode="before")
    @classmethod
    def split_names(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("our_domains", mode="before")
    @classmethod
    def split_domains(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip().lower().removeprefix("@") for part in value.split(",") if part.strip())
        return value
