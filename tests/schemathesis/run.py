#!/usr/bin/env python3
"""Calls the whole API with what its description allows and with what it does not, as each role and as nobody.

    python3 -m venv VENV && VENV/bin/pip install -r tests/schemathesis/requirements.txt
    cargo test --no-run && VENV/bin/python tests/schemathesis/run.py [ROLE…] [--seed N] [--examples N]

Each role has a server and a database of its own, filled by `otinish demo`. It ends with 0 only when no call found a fault of the
server, an undocumented status or anything else that the checks of schemathesis look for; schemathesis.toml says which are left out.
"""

import argparse
import concurrent.futures
import contextlib
import http.client
import json
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "crash"))

import people
from programs import ROOT, Place, Process, running

PASSWORD = "correct horse battery staple"
OPERATOR = "demo"
# Who signs in, and with what.
SIGN_IN = {
    "nobody": "",
    "requester": '[auth.openapi.requester]\nbearer = "${REQUEST_TOKEN}"\n',
    "account": '[auth.openapi.staff]\nbearer = "${STAFF_TOKEN}"\n',
}
STAFF = """
[auth.dynamic.openapi.staff]
path = "/api/v1/auth/login"
payload = { email = "${MEMBER}", password = "${PASSWORD}" }
extract_selector = "/access_token"
"""
ROLES = ("nobody", "requester", "agent", "dpo", "auditor", "admin", "account")
# Calls that take one's password or code: wrong ones lock the account for a minute, and nobody could sign in anew in the other
# calls. So "account" makes them, who signs in once.
OWN_ACCOUNT = "^/api/v1/auth/(password|totp)"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("role", nargs="*", metavar="ROLE", help=f"of {', '.join(ROLES)}; all of them when absent")
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser.add_argument("--program", type=pathlib.Path, default=target / "debug" / "otinish")
    parser.add_argument("--seed", type=int, help="makes the same calls again")
    parser.add_argument("--examples", type=int, default=8, help="for each call and phase")
    parser.add_argument("--at-once", type=int, default=2, help="how many roles call at the same time")
    parser.add_argument("--only", help="the path of one call, to look at it more closely")
    chosen = parser.parse_args()
    chosen.role = chosen.role or list(ROLES)
    chosen.program = chosen.program.resolve()
    chosen.seed = random.SystemRandom().randrange(1_000_000) if chosen.seed is None else chosen.seed
    return chosen


def main():
    options = arguments()
    print(f"seed {options.seed}")
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="otinish-schemathesis-"))
    try:
        filled = fill(options, scratch)
        with concurrent.futures.ThreadPoolExecutor(options.at_once) as pool:
            ended = list(pool.map(lambda role: run_as(role, options, filled, scratch), options.role))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    wrong = [role for role, status in zip(options.role, ended) if status != 0]
    print(f"\nseed {options.seed}: " + (f"FAILED as {', '.join(wrong)}" if wrong else "every answer was one that the description names"))
    sys.exit(1 if wrong else 0)


def place(options, folder):
    return Place(options.program, folder, f"sqlite:{folder / 'otinish.db'}")


def fill(options, scratch):
    """A database with requests in all states, accounts for each role, and a few that nobody signs in with."""
    filled = place(options, scratch / "filled")
    done = filled.run("demo", "--requests", "40", "--closed", "10")
    for role in ROLES[2:]:
        for name in (role, f"spare-{role}"):
            words = ["--email", f"{name}@staff.example.kz", "--name", name.title(), "--language", "en"]
            words += ["--role", "agent" if role == "account" else role]
            words += [] if role == "admin" else ["--operator", OPERATOR]
            done = done if done.returncode else filled.run("staff", "add", *words, "--password-stdin", given=PASSWORD + "\n")
    if done.returncode:
        raise RuntimeError(f"the database cannot be filled: {done.stderr}")
    return filled.folder


def run_as(role, options, filled, scratch):
    """One run of schemathesis against a server with a copy of the data. Returns its exit status."""
    started = time.monotonic()
    data, folder = scratch / role, scratch / f"{role}-run"
    shutil.copytree(filled, data)
    folder.mkdir()
    (folder / "schemathesis.toml").write_text((HERE / "schemathesis.toml").read_text() + SIGN_IN.get(role, STAFF))
    server = Process(place(options, data), f"server-{role}", "serve")
    with running(server):
        environment = {**os.environ, **lists(role, server, data, folder)}
        base = f"http://127.0.0.1:{server.port}"
        words = [sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml", "run", f"{base}/openapi.json"]
        words += ["--seed", str(options.seed), "--max-examples", str(options.examples), "--no-color", "--workers", "1"]
        words += filters(role, options)
        done = subprocess.run(words, cwd=folder, env=environment, text=True, capture_output=True, check=False)
        alive = server.child.poll() is None
        panicked = "panicked" in server.log.read_text(errors="replace")
    told = done.stdout + done.stderr
    status = done.returncode or int(not alive or panicked)
    print(f"\n== as {role}, {time.monotonic() - started:.0f} s: {'holds' if status == 0 else 'FAILED'}")
    print(told if status else told[told.rfind("= SUMMARY") :])
    if panicked:
        print("the server panicked:", *(line for line in server.log.read_text().splitlines() if "panicked" in line), sep="\n")
    return status


def filters(role, options):
    words = ["--include-path", options.only] if options.only else []
    if role == "requester":
        return [*words, "--include-tag", "Requester", "--include-tag", "Public"]
    if role == "account":
        return [*words, "--include-path-regex", OWN_ACCOUNT]
    # With a requester's calls there is nothing to find for staff but 401.
    return words if role == "nobody" else [*words, "--exclude-tag", "Requester", "--exclude-tag", "Public", "--exclude-path-regex", OWN_ACCOUNT]


def lists(role, server, data, folder):
    """Writes what real callers would know, so that calls reach what is there; returns the settings of the run."""
    database = sqlite3.connect(data / "otinish.db")
    with contextlib.closing(database):
        ids = {
            "references": f"SELECT reference FROM requests WHERE operator_id = '{OPERATOR}'",
            "mails": f"SELECT id FROM outbox WHERE operator_id = '{OPERATOR}' LIMIT 40",
            "members": "SELECT id FROM staff WHERE email LIKE 'spare-%'",
        }
        for name, statement in ids.items():
            (folder / f"{name}.txt").write_text("".join(f"\"{row[0]}\"\n" for row in database.execute(statement)))
    request = call(server, "POST", f"/api/v1/operators/{OPERATOR}/requests", people.form("claim", "person@mail.example.kz", 7))
    if role == "requester":
        (folder / "references.txt").write_text(f"\"{request['reference']}\"\n")
    known = {"MEMBER": f"{role}@staff.example.kz", "PASSWORD": PASSWORD, "REQUEST_TOKEN": request["token"]}
    if role == "account":
        session = call(server, "POST", "/api/v1/auth/login", {"email": known["MEMBER"], "password": PASSWORD})
        known["STAFF_TOKEN"] = session["access_token"]
    return known


def call(server, method, path, body):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


if __name__ == "__main__":
    main()
