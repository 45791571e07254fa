"""What has to hold afterwards: everything that was acknowledged is there, whole, and nothing happened twice."""

import concurrent.futures
import datetime
import email
import email.policy
import hashlib
import json
import sqlite3
from collections import Counter, defaultdict

import load
from programs import wait_until

TABLES = {
    "requests": "id, reference, kind, channel, status, version, event_seq, event_head, sealed_contents, sealed_receipt, "
    "email_confirmed_at, destroyed_at",
    "request_keys": "request_id, wrapped",
    "blind_indexes": "request_id, field",
    "clocks": "id, request_id, name, due_on",
    "events": "request_id, seq, kind, hash",
    "email_codes": "request_id",
    "outbox": "id, request_id, mail, recipient_kind, recipient_id, message_id, state, failure_kind",
    "reminders": "subject_id, due_on, stage, recipient",
    "messages": "id, request_id, sealed",
    "attachments": "id, request_id, object",
    "idempotency": "key_hash, resource",
}
REMINDERS = ("reminder", "overdue")


class Sqlite:
    """Reads the embedded database while nobody else has it."""

    def __init__(self, path):
        self.path = path

    def query(self, statement):
        connection = sqlite3.connect(self.path)
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(statement)]
        finally:
            connection.close()

    def execute(self, statement, before=""):
        """Changes something, for a test of the test. Returns how many rows."""
        connection = sqlite3.connect(self.path, timeout=30)
        try:
            connection.executescript(before)
            count = connection.execute(statement).rowcount
            connection.commit()
            return count
        finally:
            connection.close()

    def damage(self):
        """What SQLite itself finds wrong with its file."""
        integrity = [row["integrity_check"] for row in self.query("PRAGMA integrity_check")]
        return [found for found in integrity if found != "ok"] + self.query("PRAGMA foreign_key_check")


class Stored:
    """All that is stored, by request."""

    def __init__(self, database):
        self.tables = {name: database.query(f"SELECT {columns} FROM {name}") for name, columns in TABLES.items()}
        self.requests = {row["reference"]: row for row in self.tables["requests"]}
        self.of = {name: by(rows, "request_id") for name, rows in self.tables.items() if rows and "request_id" in rows[0]}

    def rows(self, table, request_id):
        return self.of.get(table, {}).get(request_id, [])


def by(rows, column):
    found = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found


def everything(place, database, book, report):
    """All checks that need no server."""
    done = place.run("audit", "verify")
    report.expect(done.returncode == 0, "audit", f"audit verify ended with {done.returncode}: {done.stdout[-600:]}{done.stderr}")
    if isinstance(database, Sqlite):
        report.expect(not database.damage(), "file", f"SQLite finds {database.damage()}")
    stored = Stored(database)
    mails = read_mails(place, report)
    for row in stored.requests.values():
        whole(stored, row, report)
    acknowledged(place, stored, book, report)
    outbox(stored, book, mails, report)
    reminders(stored, report)


def whole(stored, row, report):
    """A request has all its parts, whether anybody was told of it or not."""
    name = row["reference"]
    keys = stored.rows("request_keys", row["id"])
    report.expect(len(keys) == 1 and keys[0]["wrapped"], "part missing", f"{name} has no key")
    report.expect(row["sealed_contents"] and row["sealed_receipt"], "part missing", f"{name} has no contents or receipt")
    indexed = {index["field"] for index in stored.rows("blind_indexes", row["id"])}
    report.expect("email" in indexed, "part missing", f"{name} cannot be found by its address: {indexed}")
    clocks = [clock["name"] for clock in stored.rows("clocks", row["id"])]
    report.expect("claim_response" in clocks, "part missing", f"{name} has the clocks {clocks}")
    report.expect(len(clocks) == len(set(clocks)), "twice", f"{name} has the clocks {clocks}")
    events = sorted(stored.rows("events", row["id"]), key=lambda event: event["seq"])
    numbers = [event["seq"] for event in events]
    report.expect(numbers == list(range(1, row["event_seq"] + 1)), "event missing", f"{name} has the events {numbers} of {row['event_seq']}")
    report.expect(events and events[-1]["hash"] == row["event_head"], "event missing", f"{name} does not end with its head")
    first = {"web": "received"}.get(row["channel"], "recorded")
    report.expect(events and events[0]["kind"] == first, "event missing", f"{name} does not begin with {first}")
    if row["channel"] == "web":
        report.expect(len(stored.rows("email_codes", row["id"])) == 1, "part missing", f"{name} has not one code")
    receipts = [mail for mail in stored.rows("outbox", row["id"]) if mail["mail"] == "receipt"]
    report.expect(len(receipts) == 1, "mail row", f"{name} has {len(receipts)} receipts")
    told = Counter(mail["recipient_id"] for mail in stored.rows("outbox", row["id"]) if mail["mail"] == "new_request")
    once = len(told) == len(load.STAFF) and set(told.values()) == {1}
    report.expect(once, "mail row", f"{name} was told to staff {sorted(told.values())} times")


def acknowledged(place, stored, book, report):
    """What somebody was told is there."""
    for reference, receipt in {**book.receipts, **book.recorded}.items():
        row = stored.requests.get(reference)
        report.expect(row, "lost", f"{reference}, acknowledged with 201, is gone")
        if row:
            dates = {clock["name"]: clock["due_on"] for clock in stored.rows("clocks", row["id"])}
            for clock in receipt["clocks"]:
                kept = clock["name"] in dates and clock["due_on"] in (None, dates[clock["name"]])
                report.expect(kept, "lost", f"{reference}: the clock {clock['name']} was told as {clock['due_on']}: {dates}")
    web = [row for row in stored.requests.values() if row["channel"] == "web"]
    report.expect(len(web) == len(book.receipts), "twice", f"{len(web)} requests are stored, {len(book.receipts)} were handed in")
    paper = len(stored.requests) - len(web)
    report.expect(paper == len(book.recorded), "twice", f"{paper} letters are stored, {len(book.recorded)} were recorded")
    for reference in book.confirmed:
        kept = stored.requests.get(reference, {}).get("email_confirmed_at")
        report.expect(kept, "lost", f"{reference}: that its address was proven is gone")
    ids = {row["id"]: row for row in stored.tables["messages"]}
    for id_, reference in book.messages.items():
        report.expect(ids.get(id_, {}).get("sealed"), "lost", f"{reference}: a message that was acknowledged is gone")
    # Notes are messages of staff.
    from_requesters = len(ids) - sum(kinds(stored, "note_added"))
    report.expect(from_requesters == len(book.messages), "twice", f"{from_requesters} messages are stored, {len(book.messages)} were sent")
    for reference, count in book.notes.items():
        row = stored.requests.get(reference)
        kept = sum(1 for event in stored.rows("events", row["id"]) if event["kind"] == "note_added") if row else 0
        report.expect(kept >= count, "lost", f"{reference}: of {count} notes {kept} are left")
    files(place, stored, book, report)


def kinds(stored, kind):
    return (1 for event in stored.tables["events"] if event["kind"] == kind)


def files(place, stored, book, report):
    """Each file that was acknowledged has its row, and each row has its bytes."""
    rows = {row["id"]: row for row in stored.tables["attachments"]}
    for id_, reference in book.files.items():
        report.expect(id_ in rows, "lost", f"{reference}: a file that was acknowledged is gone")
    there = {path.name: path.stat().st_size for path in (place.folder / "files").rglob("*") if path.is_file()}
    for row in rows.values():
        size = there.get(row["object"].rsplit("/", 1)[-1], 0)
        report.expect(size > len(load.FILE), "lost", f"the bytes of a file are gone: {size} of {len(load.FILE)}")


def read_mails(place, report):
    """The mails that left, by Message-ID, each whole."""
    found = {}
    for path in sorted(place.mails().glob("*.eml")):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        parts = [mail.get_body((kind,)) for kind in ("plain", "html")]
        complete = mail["To"] and mail["Subject"] and mail["Message-ID"] == f"<{path.stem}>"
        complete = complete and all(parts) and not mail.defects and not any(part.defects for part in mail.walk())
        report.expect(complete and parts[1].get_content().rstrip().endswith("</html>"), "mail", f"{path.name} is not whole")
        found[path.stem] = mail
    return found


def outbox(stored, book, mails, report):
    """Each row left as one file, and each file has its row."""
    rows = {row["message_id"]: row for row in stored.tables["outbox"]}
    report.expect(len(rows) == len(stored.tables["outbox"]), "twice", "two mails have one Message-ID")
    for message_id, row in rows.items():
        about = f"{row['mail']} to {row['recipient_kind']}"
        report.expect(row["state"] == "sent", "mail", f"{about} is {row['state']} ({row['failure_kind']})")
        report.expect(message_id in mails, "mail", f"{about} is called sent, and there is no file")
    for message_id in mails.keys() - rows.keys():
        report.breach("mail", f"{message_id} left and has no row")
    to = Counter(mail["To"] for mail in mails.values() if is_receipt(rows, mail))
    for receipt in [*book.receipts.values(), *book.recorded.values()]:
        count = to[receipt["email"]]
        report.expect(count == 1, "mail", f"{receipt['reference']}: {count} receipts left")


def is_receipt(rows, mail):
    return rows.get(mail["Message-ID"].strip("<>"), {}).get("mail") == "receipt"


def reminders(stored, report):
    """The ledger has each reminder once by its key; each of its lines is one mail, and no mail is without a line."""
    request_of = {clock["id"]: clock["request_id"] for clock in stored.tables["clocks"]}
    noted = Counter((request_of.get(row["subject_id"]), row["recipient"]) for row in stored.tables["reminders"])
    sent = Counter()
    for row in stored.tables["outbox"]:
        if row["mail"] in REMINDERS:
            sent[row["request_id"], row["recipient_id"] or "head"] += 1
    for who in noted.keys() | sent.keys():
        if who[0] is not None:
            report.expect(noted[who] == sent[who], "reminder", f"{noted[who]} reminders are noted and {sent[who]} were sent")
    report.say(f"{sum(sent.values())} reminders, each once")


def drained(place, database, report):
    """Waits until all mails left. A lease that a killed worker left behind ends after half a minute."""
    waiting = "SELECT count(*) AS n FROM outbox WHERE state = 'pending'"
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
    due = f"SELECT count(*) AS n FROM clocks WHERE remind_at <= '{now}'"
    try:
        wait_until("all mails to leave", lambda: all(database.query(what)[0]["n"] == 0 for what in (waiting, due)), 120)
    except TimeoutError as error:
        report.breach("mail", f"{error}: {database.query(waiting)[0]['n']} are left")


def served(load_, report):
    """By the server: each request opens with its secret, which shows that its key and contents belong together."""
    def look(item):
        reference, receipt = item
        connection = load.Connection(load_.servers[0], load_.book, report)
        status, _, text = connection.call("GET", f"/api/v1/requests/{reference}", token=receipt["token"])
        seen = json.loads(text) if status == 200 else {}
        named = {clock["name"] for clock in receipt["clocks"]} <= {clock["name"] for clock in seen.get("clocks", [])}
        report.expect(status == 200 and seen["kind"] == receipt["kind"] and named, "lost", f"{reference}: {status} {text[:200]!r}")
        connection.close()

    def fetch(item):
        id_, reference = item
        connection = load.Connection(load_.servers[0], load_.book, report)
        path = f"/api/v1/requests/{reference}/attachments/{id_}"
        status, _, data = connection.call("GET", path, token=load_.book.receipts[reference]["token"])
        same = hashlib.sha256(data).digest() == hashlib.sha256(load.FILE).digest()
        report.expect(status == 200 and same, "lost", f"{reference}: a file came back as {status} with {len(data)} bytes")
        connection.close()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(look, list(load_.book.receipts.items())))
        list(pool.map(fetch, list(load_.book.files.items())))
