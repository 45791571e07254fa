"""Many clients at once, and a book of all that they were told was done."""

import datetime
import email
import email.policy
import http.client
import json
import os
import random
import re
import threading
import time
import uuid

import people

OPERATOR = "demo"
PASSWORD = "correct horse battery staple"
STAFF = {"agent": "agent", "dana": "dpo", "daniyar": "dpo"}
REFERENCE = re.compile(r"\b[A-Z0-9]{2,5}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]\b")
CODE = re.compile(r"^\s*(\d{6})\s*$", re.MULTILINE)
# What the requester sends beside a request.
FILE = b"A letter, in plain words, about a number that is wrong.\n" * 40


class Lost(Exception):
    """There was no answer, or one that says to come again: the call may have been done or not."""


class Book:
    """What was acknowledged."""

    def __init__(self):
        self.lock = threading.Lock()
        self.receipts = {}  # by reference: the receipt, with the address under "email"
        self.recorded = {}  # the same for those that staff recorded
        self.confirmed = set()
        self.messages = {}  # id → reference
        self.files = {}  # id → reference
        self.notes = {}  # reference → how many
        self.replayed = self.lost = self.unavailable = 0

    def add(self, name, key, value):
        with self.lock:
            getattr(self, name)[key] = value

    def count(self, name, by=1):
        with self.lock:
            setattr(self, name, getattr(self, name) + by)

    def some_receipt(self, chance):
        with self.lock:
            # The newest are worth most: what was just written is what a crash would take.
            newest = list(self.receipts.values())[-60:]
        return chance.choice(newest) if newest else None

    def told(self):
        return (
            f"{len(self.receipts)} requests, {len(self.recorded)} recorded by staff, {len(self.confirmed)} confirmed, "
            f"{len(self.messages)} messages, {len(self.files)} files, {sum(self.notes.values())} notes acknowledged; "
            f"{self.lost} calls without an answer, {self.replayed} found done when they were repeated, {self.unavailable} answers 503"
        )


class Connection:
    """One client's connection to one server; it comes back after the server did."""

    def __init__(self, process, book, report):
        self.process, self.book, self.report = process, book, report
        self.http = None

    def call(self, method, path, body=None, token=None, headers=(), content_type="application/json"):
        """The status, the headers and the body of an answer that is final."""
        sent = {"Content-Type": content_type, "Accept-Language": "en", **dict(headers)}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        try:
            if self.http is None:
                self.http = http.client.HTTPConnection("127.0.0.1", self.process.port, timeout=40)
            self.http.request(method, path, body=data, headers=sent)
            answer = self.http.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            if isinstance(error, TimeoutError):
                self.report.breach("no answer", f"{method} {path.split('/')[-1]}: nothing came for 40 s")
            # A connection that was refused is no call that may have been done.
            self.book.count("lost", int(not isinstance(error, ConnectionRefusedError)))
            raise Lost from error
        if answer.status == 503:
            self.must_be_a_problem(answer, text)
            self.book.count("unavailable")
            raise Lost
        self.report.expect(answer.status < 500, "fault", f"{method} {path}: {answer.status} {text[:300]!r}")
        return answer.status, answer.headers, text

    def must_be_a_problem(self, answer, text):
        clear = answer.headers.get("Content-Type") == "application/problem+json" and b'"unavailable"' in text
        self.report.expect(clear and answer.headers.get("Retry-After"), "unclear 503", f"{answer.headers} {text[:300]!r}")

    def close(self):
        if self.http:
            self.http.close()
        self.http = None


class Mailbox(threading.Thread):
    """Reads the mails that leave as files, as requesters do, for their codes."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.folder, self.codes, self.seen, self.over = folder, {}, set(), threading.Event()

    def run(self):
        while not self.over.wait(0.3):
            if not self.folder.is_dir():
                continue
            for entry in os.scandir(self.folder):
                if entry.name.endswith(".eml") and entry.name not in self.seen:
                    self.seen.add(entry.name)
                    self.read(entry.path)

    def read(self, path):
        with open(path, "rb") as file:
            mail = email.message_from_binary_file(file, policy=email.policy.default)
        text = mail.get_body(("plain",)).get_content()
        code, reference = CODE.search(text), REFERENCE.search(text)
        if code and reference:
            self.codes[reference.group()] = code.group(1)


class Client(threading.Thread):
    """Hands in requests, confirms, writes, sends files; now and then it is staff, who record and note."""

    def __init__(self, load, number, seed):
        super().__init__(daemon=True)
        self.load, self.number, self.made = load, number, 0
        self.chance = random.Random(seed)
        self.connections = [Connection(process, load.book, load.report) for process in load.servers]

    def run(self):
        while not self.load.over.is_set():
            try:
                self.something()
            except Lost:
                time.sleep(0.05)
            except Exception as error:  # a client that ends unseen would make the load thin
                self.load.report.breach("test", f"a client failed: {error!r}")
                time.sleep(0.5)
            time.sleep(self.load.pace * self.chance.uniform(0.2, 1.8))
        for connection in self.connections:
            connection.close()

    def something(self):
        calls = (self.submit, self.confirm, self.message, self.send_file, self.record, self.note)
        self.chance.choices(calls, (50, 14, 12, 6, 8, 10))[0]()

    def call(self, *what, **more):
        return self.chance.choice(self.connections).call(*what, **more)

    def until_created(self, path, body, token=None):
        """The same call with the same key until there is an answer, as a careful client does."""
        key = str(uuid.UUID(int=self.chance.getrandbits(128)))
        while True:
            try:
                status, headers, text = self.call("POST", path, body, token, {"Idempotency-Key": key})
            except Lost:
                if self.load.gave_up.is_set():
                    raise
                time.sleep(0.1)
                continue
            self.load.book.count("replayed", int(headers.get("Idempotency-Replayed") == "true"))
            self.load.report.expect(status == 201, "refused", f"{path}: {status} {text[:300]!r}")
            return json.loads(text) if status == 201 else None

    def new_form(self):
        self.made += 1
        number = self.made * 16 + self.number
        return people.form(self.chance.choice(people.KINDS), f"person{number}@mail.example.kz", number)

    def submit(self):
        form = self.new_form()
        receipt = self.until_created(f"/api/v1/operators/{OPERATOR}/requests", form)
        if receipt:
            receipt["email"] = form["subject"]["email"]
            self.load.book.add("receipts", receipt["reference"], receipt)

    def record(self):
        """A letter that came days ago: its reminders go out at once."""
        form = self.new_form()
        received = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=self.chance.randint(0, 20))
        form |= {"channel": "paper", "received_at": received.strftime("%Y-%m-%dT%H:%M:%SZ")}
        receipt = self.until_created(f"/api/v1/staff/operators/{OPERATOR}/requests", form, self.load.tokens["agent"])
        if receipt:
            receipt["email"] = form["subject"]["email"]
            self.load.book.add("recorded", receipt["reference"], receipt)

    def confirm(self):
        """A code is used as soon as its mail is there."""
        while self.load.mailbox.codes:
            reference, code = self.load.mailbox.codes.popitem()
            receipt = self.load.book.receipts.get(reference)
            if receipt:
                return self.prove(receipt, code)

    def prove(self, receipt, code):
        path = f"/api/v1/requests/{receipt['reference']}/confirm"
        status, _, text = self.call("POST", path, {"code": code}, receipt["token"])
        self.load.report.expect(status == 200, "refused", f"confirm: {status} {text[:300]!r}")
        with self.load.book.lock:
            self.load.book.confirmed.add(receipt["reference"])

    def message(self):
        receipt = self.load.book.some_receipt(self.chance)
        if receipt:
            path = f"/api/v1/requests/{receipt['reference']}/messages"
            sent = self.until_created(path, {"text": f"One more thing, {self.chance.random()}"}, receipt["token"])
            if sent:
                self.load.book.add("messages", sent["id"], receipt["reference"])

    def send_file(self):
        receipt = self.load.book.some_receipt(self.chance)
        if not receipt:
            return
        boundary = "a-boundary-that-no-letter-has"
        part = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="letter.txt"\r\n\r\n'
        body = part.encode() + FILE + f"\r\n--{boundary}--\r\n".encode()
        path = f"/api/v1/requests/{receipt['reference']}/attachments"
        kind = f"multipart/form-data; boundary={boundary}"
        status, _, text = self.call("POST", path, body, receipt["token"], content_type=kind)
        # A request takes ten files and no more.
        if status != 409:
            self.load.report.expect(status == 201, "refused", f"file: {status} {text[:300]!r}")
        if status == 201:
            self.load.book.add("files", json.loads(text)["id"], receipt["reference"])

    def note(self):
        receipt = self.load.book.some_receipt(self.chance)
        if not receipt:
            return
        path = f"/api/v1/staff/requests/{receipt['reference']}"
        token = self.load.tokens["dana"]
        status, _, text = self.call("GET", path, token=token)
        self.load.report.expect(status == 200, "lost", f"{receipt['reference']} is gone for staff: {status}")
        if status != 200:
            return
        version = json.loads(text)["version"]
        status, _, text = self.call("POST", f"{path}/note", {"text": "A note."}, token, {"If-Match": f'"{version}"'})
        self.load.report.expect(status in (200, 412), "refused", f"note: {status} {text[:300]!r}")
        if status == 200:
            with self.load.book.lock:
                self.load.book.notes[receipt["reference"]] = self.load.book.notes.get(receipt["reference"], 0) + 1


def add_staff(place):
    """Accounts, by the command line, as on a first start."""
    for name, role in STAFF.items():
        words = ("--email", f"{name}@staff.example.kz", "--name", name.title(), "--role", role, "--operator", OPERATOR)
        done = place.run("staff", "add", *words, "--language", "en", "--password-stdin", given=PASSWORD + "\n")
        if done.returncode != 0:
            raise RuntimeError(f"staff add: {done.stderr}")


class Load:
    """The clients together."""

    def __init__(self, options, place, servers, report, chance):
        self.servers, self.report, self.pace = servers, report, options.pace
        self.book, self.mailbox = Book(), Mailbox(place.mails())
        self.over, self.gave_up = threading.Event(), threading.Event()
        self.tokens = {name: self.sign_in(name) for name in STAFF}
        self.clients = [Client(self, number, chance.random()) for number in range(options.clients)]

    def sign_in(self, name):
        body = {"email": f"{name}@staff.example.kz", "password": PASSWORD}
        status, _, text = Connection(self.servers[0], self.book, self.report).call("POST", "/api/v1/auth/login", body)
        if status != 200:
            raise RuntimeError(f"{name} cannot sign in: {text!r}")
        return json.loads(text)["access_token"]

    def __enter__(self):
        self.mailbox.start()
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, kind, *_):
        """Lets each client end what it is about, so that nothing is left that may or may not have been done."""
        self.over.set()
        if kind:
            self.gave_up.set()
        for client in self.clients:
            client.join(90)
            self.report.expect(not client.is_alive(), "no answer", "a client still waits for an answer after 90 s")
        self.mailbox.over.set()
