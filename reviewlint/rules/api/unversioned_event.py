"""An event lacks what the service's other events carry.

An event outlives the code that wrote it: consumers need its id to drop repetitions, its type and version to read it, its
time to order it, and a correlation id to follow it. The one event without them is handled by a guess.

Learned: where at least three quarters of a service's events carry an id, a type, a time, a version or a correlation id,
the others are findings. Fields in the message's headers or attributes count.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from ...facts.location import Related
from ...facts.values import Record, Value
from ...finding import Finding
from ...join.events import Event, events
from ...join.services import services
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="note",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    asked_by="F S",
    level="strict",
    limits="Events that are put together in more than one statement are read as they were begun.",
)

KINDS = {
    "an id": re.compile(r"^(?:event_?|message_?)?id$|^(?:event|message)_?uuid$"),
    "a type": re.compile(r"^(?:event_?)?(?:type|name)$|^event$|^kind$"),
    "a timestamp": re.compile(r"^(?:time_?stamp|ts|at|time|(?:occurred|created|emitted|published|sent)_?(?:at|on))$"),
    "a version": re.compile(r"^(?:schema_?|event_?|spec_?)?version$|^v$"),
    "a correlation id": re.compile(r"^(?:correlation|trace|request|causation)_?id$|^traceparent$"),
}
MAJORITY = 0.66
ENOUGH = 3
MARKS = 2
"""An id alone is what every row has: events have an envelope where they have more than that in common."""


def check(project: Project) -> Iterator[Finding]:
    """Each event without what the majority carries."""
    names = project.view(services)
    by_service: dict[str, list[tuple[Event, set[str]]]] = defaultdict(list)
    for event in project.view(events):
        if isinstance(event.payload, Record) and not event.payload.open and not _is_open(event.attributes):
            by_service[names.of(event.at.path)].append((event, _carried(event)))
    for several in by_service.values():
        if len(several) < ENOUGH:
            continue
        usual = [kind for kind in KINDS if sum(kind in carried for _, carried in several) >= MAJORITY * len(several)]
        if len(usual) < MARKS:
            continue
        for event, carried in several:
            lacking = [kind for kind in usual if kind not in carried]
            if lacking:
                whole = next(other for other, has in several if has.issuperset(usual) or other is not event)
                listed = " and ".join(lacking)
                yield Finding(
                    event.at,
                    evidence=f"This event has no {listed.replace('a ', '').replace('an ', '')}; two thirds "
                    f"of this service's {len(several)} events do.",
                    remedy=f"Give it {listed}, as the others have.",
                    related=(Related(whole.at, "an event that has them"),),
                    slots={"lacking": listed, "call": event.call, "total": str(len(several))},
                )


def _is_open(value: Value | None) -> bool:
    return value is not None and (not isinstance(value, Record) or value.open)


def _carried(event: Event) -> set[str]:
    keys = [key for value in (event.payload, event.attributes) if isinstance(value, Record) for key in value.keys]
    plain = [re.sub(r"(?<=[a-z0-9])(?=[A-Z])|-", "_", key).lower() for key in keys]
    return {kind for kind, spelled in KINDS.items() if any(map(spelled.match, plain))}


REMARK = "This event goes out without {lacking}, which the others of {total} have. Its consumers can only guess what they are looking at."

EXAMPLES = [
    """
=== app/events.py
import json

def placed(producer, order):
    producer.send("orders", value=json.dumps({"id": new_id(), "type": "placed", "version": 1, "order": order.id}))

def paid(producer, order):
    producer.send("orders", value=json.dumps({"id": new_id(), "type": "paid", "version": 1, "order": order.id}))

def shipped(producer, order):
    producer.send("orders", value=json.dumps({"id": new_id(), "type": "shipped", "version": 2, "order": order.id}))

def cancelled(producer, order):
    producer.send("orders", value=json.dumps({"id": new_id(), "type": "cancelled", "order": order.id}))  # <-- no version
""",
    """
=== src/events.ts
import { Kafka } from 'kafkajs'

const producer = new Kafka({ brokers: ['kafka:9092'] }).producer()

export const placed = (id: string) =>
  producer.send({ topic: 'orders', messages: [{ value: JSON.stringify({ eventId: id, type: 'placed', at: now() }) }] })
export const paid = (id: string) =>
  producer.send({ topic: 'orders', messages: [{ value: JSON.stringify({ eventId: id, type: 'paid', at: now() }) }] })
export const shipped = (id: string) =>
  producer.send({ topic: 'orders', messages: [{ value: JSON.stringify({ eventId: id, type: 'shipped', at: now() }) }] })
export const refunded = (id: string) =>
  producer.send({ topic: 'orders', messages: [{ value: JSON.stringify({ order: id, type: 'refunded', at: now() }) }] }) // <-- no id
""",
    """
=== app/few.py
import json

def placed(producer, order):
    producer.send("orders", value=json.dumps({"order": order.id}))
""",
    """
=== app/bus.py
import json

import aio_pika

def envelope(kind, data):
    return {"id": new_id(), "type": kind, "version": 1, "data": data}

class Bus:
    async def publish(self, key, event):
        await self.exchange.publish(aio_pika.Message(body=json.dumps(event).encode()), routing_key=key)

bus = Bus()
=== app/orders.py
from app.bus import bus, envelope

async def place(order):
    await bus.publish("orders", envelope("placed", {"order": order.id}))

async def pay(order):
    await bus.publish("orders", envelope("paid", {"order": order.id}))

async def cancel(order):
    await bus.publish("orders", {"kind": "cancelled", "order": order.id})  # <-- not from the function that all come from
""",
    """
=== app/events.py
import json

async def producer():
    return made()

def _send(queue, body):
    connect().channel().basic_publish("", queue, json.dumps(body))

def placed(order):
    _send("orders", {"id": new_id(), "type": "placed", "version": 1, "order": order.id})

def paid(order):
    _send("orders", {"id": new_id(), "type": "paid", "version": 1, "order": order.id})

def shipped(order):
    body = {"type": "shipped", "order": order.id}
    _send("orders", body)  # <-- neither an id nor a version

async def refunded(order):
    event = {"id": new_id(), "type": "refunded", "version": 1, "order": order.id}
    sender = await producer()
    await sender.send_and_wait("orders", json.dumps(event).encode())
""",
    """
=== src/bus.ts
import { Injectable } from '@nestjs/common'
import { ClientProxy } from '@nestjs/microservices'
import { randomUUID } from 'node:crypto'
import { envelope } from './envelope'

@Injectable()
export class Bus {
  constructor(private readonly client: ClientProxy) {}

  publish(type: string, data: object) {
    return this.client.emit(type, envelope(type, data))
  }
}
=== src/envelope.ts
export const envelope = (type: string, data: object) => JSON.stringify({ id: newId(), type, version: 1, data })
=== src/loans.ts
import { Injectable } from '@nestjs/common'
import { ClientProxy } from '@nestjs/microservices'
import { Bus } from './bus'

@Injectable()
export class Loans {
  constructor(private readonly bus: Bus, private readonly client: ClientProxy) {}

  async lend(id: string) {
    await this.bus.publish('loan.made', { id })
  }

  async extend(id: string) {
    await this.bus.publish('loan.extended', { id })
  }

  async back(id: string) {
    await this.bus.publish('loan.ended', { id })
  }

  async lose(id: string) {
    this.client.emit('loan.lost', { loan: id }) // <-- past the bus
    this.emitter.emit('loan.lost', { loan: id })
  }
}
""",
]
