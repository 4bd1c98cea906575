"""Receives Rappel's webhooks: verifies each, drops duplicates, and stores or forwards the rest.

    WEBHOOK_SECRET=whsec_… python3 receiver.py                     appends each event to events.jsonl
    WEBHOOK_SECRET=whsec_… NEXT_URL=https://… python3 receiver.py  forwards each webhook unchanged

STORE is the file, PORT the port (default 8080). It needs only Python 3.9 and its standard library.
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
FORWARDED_HEADERS = ["content-type", "webhook-id", "webhook-timestamp", "webhook-signature", "rappel-event-ids"]
NEXT_TIMEOUT_SECONDS = 10  # less than the endpoint's timeoutMs, which is 15 s by default

# Two secrets during a rotation, separated by a space.
KEYS = [base64.b64decode(secret[len("whsec_") :]) for secret in os.environ.get("WEBHOOK_SECRET", "").split()]
if not KEYS:
    sys.exit("Set WEBHOOK_SECRET to the secret from the response that registered the endpoint")


def is_signed(body, headers):
    """Standard Webhooks 1.0.0: HMAC-SHA256 over id, timestamp and the raw bytes of the body."""
    webhook_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not webhook_id or not re.fullmatch(r"[0-9]{1,12}", timestamp):
        return False
    if abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    signed = f"{webhook_id}.{timestamp}.".encode("latin-1") + body
    signatures = [one.encode("latin-1") for one in headers.get("webhook-signature", "").split(" ")]
    expected = [b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()) for key in KEYS]
    # Compares every pair in constant time, against timing attacks.
    return any([hmac.compare_digest(one, other) for one in signatures for other in expected])


def items_of(array):
    """The items of a JSON array as text: a parser could change the digits of numbers."""
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
    """Splits a group into its events. A group that is not JSON is not split."""
    items = items_of(body) if body.startswith("[") else []
    return [([one], item) for one, item in zip(ids, items)] if len(items) == len(ids) else [(ids, body)]


def stored_ids():
    """The ids of the stored events. An incomplete last line, after a crash, was never confirmed and is removed."""
    if not os.path.exists(STORE):
        return set()
    with open(STORE, "r+b") as file:
        lines = file.read()
        end = lines.rfind(b"\n") + 1
        file.truncate(end)
    return {one for line in lines[:end].splitlines() for one in json.loads(line)["eventIds"]}


# Ids of events, not of groups: after a crash only a part of a group may be stored.
seen = stored_ids()
in_progress = set()
changed = threading.Condition()


def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def append(lines):
    """Writes to the disk before the response: an event confirmed with 200 is not sent again."""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
    file = os.open(STORE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    size = os.fstat(file).st_size
    try:
        if os.write(file, text) != len(text):
            raise OSError(f"Cannot write to {STORE}")
        os.fsync(file)
    except OSError:
        os.ftruncate(file, size)  # for example on a full disk: removes a partial line
        raise
    finally:
        os.close(file)


def store(body, headers, ids, is_group):
    """Stores only new events of a group: some may have arrived before."""
    members = members_of(body.decode(), ids) if is_group else [(ids, body.decode())]
    about = {"receivedAt": now(), "contentType": headers.get("content-type", "")}
    with changed:
        new = [(event_ids, text) for event_ids, text in members if not seen.issuperset(event_ids)]
        append([{"webhookId": headers["webhook-id"], "eventIds": event_ids, **about, "body": text} for event_ids, text in new])
    return 200, {}


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def forward(body, headers, ids):
    """Replace this with your own processing. The next receiver gets the same bytes, so it can verify them too."""
    forwarded = {name: headers[name] for name in FORWARDED_HEADERS if name in headers}
    request = urllib.request.Request(NEXT_URL, data=body, headers=forwarded, method="POST")
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=NEXT_TIMEOUT_SECONDS) as answer:
            status = answer.status
    except urllib.error.HTTPError as answer:
        retry_after = answer.headers.get("retry-after")
        return (answer.code if answer.code >= 400 else 502), ({"retry-after": retry_after} if retry_after else {})
    except (OSError, http.client.HTTPException):
        return 502, {}  # Rappel retries
    with changed:
        append([{"webhookId": headers["webhook-id"], "eventIds": ids, "passedOnAt": now()}])
    return status, {}


def receive(body, headers):
    if not is_signed(body, headers):
        return 401, {}
    webhook_id = headers["webhook-id"]
    # A group lists its events. Any other webhook is one event, with the same id.
    group = [one for one in headers.get("rappel-event-ids", "").split(",") if one]
    ids = group or [webhook_id]
    with changed:
        # A second copy waits for the result of the first.
        changed.wait_for(lambda: in_progress.isdisjoint(ids))
        if seen.issuperset(ids):
            return 200, {}
        in_progress.update(ids)
    try:
        status, more = forward(body, headers, ids) if NEXT_URL else store(body, headers, ids, bool(group))
        if status < 300:
            seen.update(ids)
        return status, more
    finally:
        with changed:
            in_progress.difference_update(ids)
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
            status, more = 500, {}  # Rappel retries
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
    request_queue_size = 128  # maximum of waiting connections


if __name__ == "__main__":
    server = Server(("127.0.0.1", PORT), Handler)
    print(f"listening on http://127.0.0.1:{PORT}", flush=True)
    server.serve_forever()
