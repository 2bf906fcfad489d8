"""A mail server of a test: aiosmtpd, which says on its output what it did, and fails as often as it is told to.

Its argument and each line of its input say how often it fails, from 0 to 1; with a second one, "ascii", it takes no address outside
ASCII (it offers no SMTPUTF8). It prints its port, then a line of JSON for each
step: {"step": "connected" | "begun" | "accepted", ...}; of what it accepted the message, and whether it said so.
"""

import asyncio
import json
import random
import sys
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP

failing = float(sys.argv[1])
takes_all = "ascii" not in sys.argv


def say(**step):
    print(json.dumps(step), flush=True)


class Faulty(SMTP):
    def connection_made(self, transport):
        super().connection_made(transport)
        say(step="connected")
        if random.random() < failing / 4:
            transport.abort()


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        say(step="begun")
        if random.random() < failing / 4:
            return random.choice(["451 4.3.0 try again later", "550 5.1.1 nobody here"])
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        fate = random.choice(["4xx", "5xx", "hang", "unheard", "dropped"]) if random.random() < failing else "well"
        if fate == "4xx":
            return "452 4.2.2 full"
        if fate == "5xx":
            return "554 5.7.1 refused"
        if fate == "dropped":
            server.transport.abort()
            return "250 2.0.0 nobody hears this"
        message = message_from_bytes(envelope.content, policy=policy.default)
        names = ["Subject", "To", "From", "Message-ID", "Auto-Submitted", "Bcc", "List-Unsubscribe", "List-Unsubscribe-Post"]
        headers = {name: str(message[name]) for name in names if message[name] is not None}
        is_heard = fate == "well"
        say(step="accepted", heard=is_heard, utf8=envelope.smtp_utf8, to=envelope.rcpt_tos, text=message.get_content().replace("\r\n", "\n"), **headers)
        if fate == "hang":
            await asyncio.sleep(3600)
        if fate == "unheard":
            server.transport.abort()
        return "250 2.0.0 accepted"


async def listen_to_the_test():
    global failing
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        failing = float(line)
    loop.stop()


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Faulty(Handler(), enable_SMTPUTF8=takes_all), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await listen_to_the_test()


try:
    asyncio.run(main())
except (RuntimeError, KeyboardInterrupt):
    pass
