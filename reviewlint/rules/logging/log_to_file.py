"""A service writes its log to a file and not to its output.

The platform collects what a process writes to stdout. A file inside the container is seen by nobody, fills the disk, is
gone with the next deployment, and has to be rotated by somebody who has forgotten that it exists.

Silent where the same module, or the library by itself, writes to the terminal as well: the file is a copy then. Strict,
since services on machines of their own may be read from files.
"""

from collections import defaultdict
from collections.abc import Iterator

from ...facts.logs import LogSink
from ...facts.values import constant_text
from ...finding import Finding
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="note",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("LogSink",),
    serving=True,
    asked_by="F",
    level="strict",
    limits="Files that a configuration outside of the code names are not seen.",
)


def check(project: Project) -> Iterator[Finding]:
    """Each file in a module that gives its log to nothing else."""
    sinks: dict[str, list[LogSink]] = defaultdict(list)
    for sink in project.facts(LogSink, *SERVER_SIDES):
        sinks[sink.at.path].append(sink)
    for several in sinks.values():
        files = [sink for sink in several if sink.kind == "file" and sink.alone]
        if files and not any(sink.kind == "terminal" for sink in several):
            first = files[0]
            target = constant_text(first.target)
            where = f"to `{target}`" if target else "to a file"
            yield Finding(
                first.at,
                evidence=f"`{first.call}` writes the log {where}, and nothing in this module writes it to stdout.",
                remedy="Write to stdout and let the platform collect it: a StreamHandler, a Console transport, pino's default.",
                slots={"call": first.call, "where": where},
            )


REMARK = "The log goes {where}, where it waits for a disk to fill up. Write it to stdout; collecting it is the platform's work."

EXAMPLES = [
    """
=== app/log.py
import logging

handler = logging.FileHandler("service.log")  # <-- and nowhere else
logging.getLogger().addHandler(handler)
""",
    """
=== src/logger.ts
import winston from 'winston'

export const logger = winston.createLogger({
  transports: [new winston.transports.File({ filename: 'error.log' })], // <-- no console transport
})
""",
    """
=== src/both.ts
import winston from 'winston'

export const logger = winston.createLogger({
  transports: [new winston.transports.Console(), new winston.transports.File({ filename: 'copy.log' })],
})
""",
    """
=== app/both.py
from loguru import logger

logger.add("copy.log", rotation="1 day")
""",
    """
=== src/access.ts
import fs from 'node:fs'
import path from 'node:path'

export const lines = fs.createWriteStream(path.join(__dirname, 'access.log'), { flags: 'a' }) // <-- a file
export const report = fs.createWriteStream(path.join(__dirname, 'report.csv'))
=== src/logger.ts
import pino from 'pino'

export const logger = pino({ transport: { target: 'pino/file', options: { destination: './app.log' } } }) // <-- too
""",
]
