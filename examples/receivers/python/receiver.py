"""Receives Rappel's webhooks: verifies each, drops what it has seen, and stores it, or passes it on.

    WEBHOOK_SECRET=whsec_… python3 receiver.py                     appends each event to events.jsonl
    WEBHOOK_SECRET=whsec_… NEXT_URL=https://… python3 receiver.py  passes each webhook on as it came

STORE names the file, PORT the port (8080). Python 3.9 and its standard library are all it needs.
"""

import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import sys
import threading
import time
import urllib.error
import urllib.request
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NEXT_URL = os.environ.get("NEXT_URL")
STORE = os.environ.get("STORE", "events.jsonl")
PORT = int(os.environ.get("PORT", "8080"))
BODY_BYTES_MAX = 4 * 1024 * 1024
TOLERANCE_SECONDS = 300
PASSED_ON = ["content-type", "webhook-id", "webhook-timestamp", "webhook-signature", "rappel-event-ids"]
NEXT_TIMEOUT_SECONDS = 10  # below the endpoint's own, which is 15 s unless it says otherwise

# Two while the secret is being rotated, with a space between them.
KEYS = [base64.b64decode(secret[len("whsec_") :]) for secret in os.environ.get("WEBHOOK_SECRET", "").split()]
if not KEYS:
    sys.exit("Set WEBHOOK_SECRET to the secret that registering the endpoint has shown")


def is_signed(body, headers):
    """Standard Webhooks 1.0.0: HMAC-SHA256 over id, timestamp and the body's bytes as they came."""
    webhook_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not webhook_id or not re.fullmatch(r"[0-9]{1,12}", timestamp):
        return False
    if abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    signed = f"{webhook_id}.{timestamp}.".encode("latin-1") + body
    given = [one.encode("latin-1") for one in headers.get("webhook-signature", "").split(" ")]
    wanted = [b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()) for key in KEYS]
    # Every pair is looked at, in constant time: how long it takes tells nothing.
    return any([hmac.compare_digest(one, other) for one in given for other in wanted])


def items_of(array):
    """The items of a JSON array as they are written: not one digit of a number passes through a float."""
    items, depth, start, is_in_text, is_escaped = [], 0, 1, False, False
    for at, char in enumerate(array):
        if is_in_text:
            if is_escaped:
                is_escaped = False
            elif char == "\\":
                is_escaped = True
            elif char == '"':
                is_in_text = False
            continue
        if char == '"':
            is_in_text = True
        elif char in "[{":
            depth += 1
        elif char in "]}":
            depth -= 1
        if depth == 0 or (depth == 1 and char == ","):
            items.append(array[start:at].strip())
            start = at + 1
            if depth == 0:
                break
    return items


def members_of(body, ids):
    """Each event of a group by itself; a group that is no JSON stays whole."""
    items = items_of(body) if body.startswith("[") else []
    return [([one], item) for one, item in zip(ids, items)] if len(items) == len(ids) else [(ids, body)]


def seen_before():
    """The events in the store. What a crash left of a last line was never acknowledged, and is cut off."""
    if not os.path.exists(STORE):
        return set()
    with open(STORE, "r+b") as file:
        lines = file.read()
        end = lines.rfind(b"\n") + 1
        file.truncate(end)
    return {one for line in lines[:end].splitlines() for one in json.loads(line)["eventIds"]}


# Ids of events, never of groups: of a group that was being stored when a crash came, only a part may be there.
seen = seen_before()
under_way = set()
changed = threading.Condition()


def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def append(lines):
    """On the disk before it is acknowledged: what was answered with 200 does not come again."""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
    file = os.open(STORE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    size = os.fstat(file).st_size
    try:
        if os.write(file, text) != len(text):
            raise OSError("The store could not be written")
        os.fsync(file)
    except OSError:
        os.ftruncate(file, size)  # of a full disk: the next line must not join half of one
        raise
    finally:
        os.close(file)


def store(body, headers, ids, is_group):
    """Only what is new of a group: a part of it may have come before."""
    members = members_of(body.decode(), ids) if is_group else [(ids, body.decode())]
    about = {"receivedAt": now(), "contentType": headers.get("content-type", "")}
    with changed:
        new = [(own, text) for own, text in members if not seen.issuperset(own)]
        append([{"webhookId": headers["webhook-id"], "eventIds": own, **about, "body": text} for own, text in new])
    return 200, {}


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def pass_on(body, headers, ids):
    """Here is the place to act on an event. Whoever is next gets the same bytes, and can verify them too."""
    passed = {name: headers[name] for name in PASSED_ON if name in headers}
    request = urllib.request.Request(NEXT_URL, data=body, headers=passed, method="POST")
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=NEXT_TIMEOUT_SECONDS) as answer:
            status = answer.status
    except urllib.error.HTTPError as answer:
        retry_after = answer.headers.get("retry-after")
        return (answer.code if answer.code >= 400 else 502), ({"retry-after": retry_after} if retry_after else {})
    except (OSError, http.client.HTTPException):
        return 502, {}  # Rappel tries again
    with changed:
        append([{"webhookId": headers["webhook-id"], "eventIds": ids, "passedOnAt": now()}])
    return status, {}


def receive(body, headers):
    if not is_signed(body, headers):
        return 401, {}
    webhook_id = headers["webhook-id"]
    # A group names the events in it; else the webhook is one event, of the same id.
    group = [one for one in headers.get("rappel-event-ids", "").split(",") if one]
    ids = group or [webhook_id]
    with changed:
        # A second copy that comes while the first is worked on waits for what becomes of that.
        changed.wait_for(lambda: under_way.isdisjoint(ids))
        if seen.issuperset(ids):
            return 200, {}
        under_way.update(ids)
    try:
        status, more = pass_on(body, headers, ids) if NEXT_URL else store(body, headers, ids, bool(group))
        if status < 300:
            seen.update(ids)
        return status, more
    finally:
        with changed:
            under_way.difference_update(ids)
            changed.notify_all()


class Handler(BaseHTTPRequestHandler):
    timeout = 30

    def do_POST(self):
        length = self.headers.get("content-length", "")
        if not re.fullmatch(r"[0-9]{1,9}", length):
            return self.answer(411)
        if int(length) > BODY_BYTES_MAX:
            return self.answer(413)
        body = self.rfile.read(int(length))
        try:
            status, more = receive(body, {name.lower(): value for name, value in self.headers.items()})
        except Exception as error:
            print(repr(error), file=sys.stderr, flush=True)
            status, more = 500, {}  # Rappel tries again
        self.answer(status, more)

    def answer(self, status, more=None):
        self.send_response(status)
        for name, value in (more or {}).items():
            self.send_header(name, value)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128  # as many POSTs may come at once


if __name__ == "__main__":
    server = Server(("127.0.0.1", PORT), Handler)
    print(f"listening on http://127.0.0.1:{PORT}", flush=True)
    server.serve_forever()
