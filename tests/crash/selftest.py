"""Shows that the checks can fail: each kind of damage is done to a copy, and has to be found."""

import argparse
import copy
import shutil

import check
from load import Load, add_staff
from programs import Place, Process, running
from report import Quiet
from scenarios import finish, wait_for_more

# What most damages are done to.
ONE = "(SELECT id FROM requests WHERE channel = 'web' ORDER BY id LIMIT 1)"

# What is done, by which statement, and which check has to find it.
DAMAGES = [
    ("a request is removed", f"DELETE FROM requests WHERE id = {ONE}", {"lost", "file"}),
    ("a key is removed", f"DELETE FROM request_keys WHERE request_id = {ONE}", {"part missing"}),
    ("a blind index is removed", f"DELETE FROM blind_indexes WHERE request_id = {ONE}", {"part missing"}),
    ("a clock is removed", f"DELETE FROM clocks WHERE name = 'claim_response' AND request_id = {ONE}", {"part missing", "lost"}),
    ("a clock ends on another day", f"UPDATE clocks SET due_on = '2020-01-01' WHERE request_id = {ONE}", {"lost"}),
    ("the last event is removed", f"DELETE FROM events WHERE (request_id, seq) = (SELECT request_id, max(seq) FROM events WHERE request_id = {ONE})", {"event missing", "audit"}),
    ("an event is changed", f"UPDATE events SET data = '{{}}' WHERE seq = 1 AND request_id = {ONE}", {"audit"}),
    ("a code is removed", f"DELETE FROM email_codes WHERE request_id = {ONE}", {"part missing"}),
    ("the row of a receipt is removed", f"DELETE FROM outbox WHERE mail = 'receipt' AND request_id = {ONE}", {"mail row", "mail"}),
    ("word to staff is removed", f"DELETE FROM outbox WHERE id = (SELECT min(id) FROM outbox WHERE mail = 'new_request' AND request_id = {ONE})", {"mail row"}),
    ("a mail waits for ever", f"UPDATE outbox SET state = 'pending' WHERE mail = 'receipt' AND request_id = {ONE}", {"mail"}),
    ("a reminder goes twice", "INSERT INTO outbox SELECT * FROM again", {"reminder"}),
    ("a reminder is noted and never sent", "DELETE FROM outbox WHERE id = (SELECT min(id) FROM outbox WHERE mail IN ('reminder', 'overdue'))", {"reminder"}),
    ("a proven address is forgotten", "UPDATE requests SET email_confirmed_at = NULL", {"lost"}),
    ("a message is removed", "DELETE FROM messages WHERE id = (SELECT min(id) FROM messages WHERE author_kind = 'requester')", {"lost", "twice"}),
    ("notes are forgotten", "DELETE FROM events WHERE kind = 'note_added'", {"lost", "audit"}),
    ("a file is removed", "DELETE FROM attachments WHERE id = (SELECT min(id) FROM attachments)", {"lost"}),
]
# A second mail like a reminder that went out.
AGAIN = """CREATE TEMP TABLE again AS SELECT * FROM outbox WHERE mail IN ('reminder', 'overdue') LIMIT 1;
UPDATE again SET id = 'again', message_id = 'again@example.kz';"""


def run(options, folder, chance, report):
    """A small load that is left in peace, then one damage after the other to copies of what it wrote."""
    # Few requests, since all are looked at anew after each damage.
    options = argparse.Namespace(**{**vars(options), "clients": 6, "pace": 0.4})
    place = Place(options.program, folder / "data", f"sqlite:{folder / 'data' / 'otinish.db'}")
    server = Process(place, "server", "serve")
    with running(server):
        add_staff(place)
        with Load(options, place, [server], report, chance) as load:
            for name in ("receipts", "recorded", "messages", "files", "notes", "confirmed"):
                wait_for_more(load, name, 3)
        finish(place, check.Sqlite(place.folder / "otinish.db"), load, [server], report)
    damages = [(what, sql(statement), expected) for what, statement, expected in DAMAGES]
    damages += [
        ("a mail's file is removed", without_a_file("mail/*.eml"), {"mail"}),
        ("a mail's file is cut short", cut_short, {"mail"}),
        ("the bytes of a file are removed", without_a_file("files/**/*"), {"lost"}),
        ("a request is there twice", sql("UPDATE requests SET channel = 'web' WHERE id = (SELECT id FROM requests WHERE channel = 'paper')"), {"twice"}),
        ("the file of the database is damaged", overwritten, {"file"}),
    ]
    for number, (what, damage, expected) in enumerate(damages):
        found = kinds_found(options, folder, f"copy{number}", load.book, damage)
        report.expect(expected <= found, "unseen", f"{what}: expected {sorted(expected)}, found {sorted(found)}")
    report.say(f"{len(damages)} kinds of damage, each found")


def kinds_found(options, folder, name, book, damage):
    """Which checks fail on a copy after the damage. Those that pass on an unharmed copy are the ones that count."""
    at = folder / name
    shutil.copytree(folder / "data", at)
    place = Place(options.program, at, f"sqlite:{at / 'otinish.db'}")
    database = check.Sqlite(at / "otinish.db")
    damage(at, database)
    quiet = Quiet()
    try:
        check.everything(place, database, copy.copy(book), quiet)
    except Exception as error:  # a database that cannot be read at all is found, too
        quiet.breach("file", repr(error))
    shutil.rmtree(at)
    return quiet.kinds()


def sql(statement):
    def damage(_, database):
        before = AGAIN if "again" in statement else ""
        if database.execute(statement, before) == 0:
            raise RuntimeError(f"nothing was damaged by: {statement}")

    return damage


def without_a_file(pattern):
    def damage(at, _):
        next(path for path in sorted(at.glob(pattern)) if path.is_file()).unlink()

    return damage


def cut_short(at, _):
    path = sorted(at.glob("mail/*.eml"))[0]
    path.write_bytes(path.read_bytes()[:-200])


def overwritten(at, _):
    with open(at / "otinish.db", "r+b") as file:
        file.seek(4096 * 20)
        file.write(b"\xff" * 4096 * 4)
