"""A subscription hears more than it should, or is never ended.

Changes are sent to everybody whom the table's policies let read the row: without row security to everybody at all.
Without a filter each visitor is sent every change that they may see, and throws most of them away. And a channel that
nobody removes stays open when its component has gone, so that every visit to a page adds one more.
"""

from collections.abc import Iterator

from ...facts.clients import Subscription
from ...facts.file import Side
from ...facts.sql import Name
from ...facts.values import Constant, Record, constant_text
from ...finding import Confidence, Finding, Subject
from ...join.served import served_to
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("typescript",),
    found_at=("Subscription",),
    asked_by="FE",
    level="strict",
    limits="That a channel is removed is taken for granted where the file ends any, or hands the channel on.",
)


def check(project: Project) -> Iterator[Finding]:
    """Every subscription to a table with what is wrong with it."""
    for one in project.facts(Subscription):
        if project.side(one.at.path) is Side.TEST or not isinstance(one.options, Record) or one.options.open:
            continue
        table = constant_text(one.options.get("table"))
        faults = []
        unprotected = table is not None and _is_unprotected(project, one, table)
        if unprotected:
            faults.append("has no row security: every subscriber hears every change")
        if one.options.get("filter") is None:
            faults.append("is subscribed to without a filter")
        if not one.ended and project.side(one.at.path) is not Side.EDGE:
            faults.append("is listened to on a channel that nobody removes")
        if faults:
            what = f"`{table}`" if table is not None else _what(one.options)
            yield Finding(
                one.at,
                f"{what} {' and '.join(faults)}.",
                'filter: "owner_id=eq." + id, and supabase.removeChannel(channel) where the subscriber goes away',
                subject=Subject("table", table) if table is not None else None,
                slots={"table": what, "fault": faults[0]},
                confidence=None if unprotected or not one.ended else Confidence.LOW,
            )


def _is_unprotected(project: Project, one: Subscription, name: str) -> bool:
    """Whether the migrations leave the table without row security."""
    served = served_to(project, one.at.path)
    schema = constant_text(one.options.get("schema")) if isinstance(one.options, Record) else None
    table = served.database.tables.get(Name(schema or "public", name)) if served is not None else None
    return table is not None and table.seen and not table.rls and not table.uncertain and not table.platform


def _what(options: Record) -> str:
    schema = options.get("schema")
    named = options.get("table")
    if named is not None and not isinstance(named, Constant):
        return "a table"
    return f"every table of `{constant_text(schema) or 'public'}`"


REMARK = (
    "{table} {fault}. Realtime sends what it is asked for, to whoever may read it, for as long as the channel is open."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_chat.sql
create table messages (id bigint primary key, room_id bigint);
alter table messages enable row level security;
create table cursors (id bigint primary key, room_id bigint);

=== app/chat.tsx
"use client"
import { useEffect } from "react"
import { supabase } from "./client"

export function Chat({ room }: { room: string }) {
  useEffect(() => {
    const channel = supabase.channel("all")
      .on("postgres_changes", { event: "*", schema: "public", table: "messages" }, show) // <-- no filter
      .on("postgres_changes", { event: "*", schema: "public", table: "cursors", filter: `room_id=eq.${room}` }, show) // <-- no row security
      .subscribe()
    return () => { supabase.removeChannel(channel) }
  }, [room])
}

=== app/news.tsx
"use client"
import { useEffect } from "react"
import { supabase } from "./client"

export function News({ room }: { room: string }) {
  useEffect(() => {
    supabase.channel("news")
      .on("postgres_changes", { event: "*", table: "messages", filter: `room_id=eq.${room}` }, show) // <-- not removed
      .subscribe()
  }, [room])
}
""",
    """
=== supabase/migrations/20240101000000_chat.sql
create table messages (id bigint primary key, room_id bigint);
alter table messages enable row level security;

=== app/chat.tsx
"use client"
import { useEffect } from "react"
import { supabase } from "./client"

export function Chat({ room }: { room: string }) {
  useEffect(() => {
    const channel = supabase.channel(room)
      .on("postgres_changes", { event: "INSERT", table: "messages", filter: `room_id=eq.${room}` }, show)
      .on("broadcast", { event: "typing" }, show)
      .subscribe()
    return () => { supabase.removeChannel(channel) }
  }, [room])
}

=== app/listen.ts
import { supabase } from "./client"

export function listen(room: string) {
  return supabase.channel(room)
    .on("postgres_changes", { event: "*", table: "messages", filter: `room_id=eq.${room}` }, show)
    .subscribe()
}
""",
]
