"""What is done to Otinish while clients call it."""

import contextlib
import os
import subprocess
import time

import check
from load import Load, add_staff
from programs import Place, Postgres, Process, running, wait_until

# The disk that gets full, in KiB.
SMALL_DISK = 24 * 1024


def kill_sqlite(options, folder, chance, report):
    """One process that serves and works, killed again and again."""
    place = Place(options.program, folder / "data", f"sqlite:{folder / 'data' / 'otinish.db'}")
    database = check.Sqlite(place.folder / "otinish.db")
    server = Process(place, "server", "serve")
    with running(server):
        add_staff(place)
        with Load(options, place, [server], report, chance) as load:
            kill_at_random(options, place, [server], chance, report)
        finish(place, database, load, [server], report)


def kill_postgres(options, folder, chance, report):
    """Two servers and two workers on one database, any of them killed, sometimes two at once."""
    with own_postgres(folder) as postgres:
        place = Place(options.program, folder / "data", postgres.url())
        servers = [Process(place, f"server{number}", "serve", "--no-worker") for number in (1, 2)]
        workers = [Process(place, f"worker{number}", "worker") for number in (1, 2)]
        # The first makes the key ring that the others need.
        with running(servers[0]):
            add_staff(place)
            with running(*servers[1:], *workers):
                with Load(options, place, servers, report, chance) as load:
                    kill_at_random(options, place, [*servers, *workers], chance, report)
                finish(place, postgres, load, [*servers, *workers], report)


def restart_postgres(options, folder, chance, report):
    """The database goes away under load: by a crash, then in order. Whoever calls is told to come again, and nothing is lost."""
    with own_postgres(folder) as postgres:
        place = Place(options.program, folder / "data", postgres.url())
        server = Process(place, "server", "serve")
        with running(server):
            add_staff(place)
            with Load(options, place, [server], report, chance) as load:
                for mode in ("immediate", "fast"):
                    wait_for_more(load, "receipts", 20)
                    time.sleep(chance.uniform(0, 1))
                    postgres.stop(mode)
                    away(server, load, report)
                    postgres.start()
                    started = time.monotonic()
                    wait_for_more(load, "receipts", 20)
                    report.say(f"after a stop by {mode}: requests are taken again {time.monotonic() - started:.1f} s after the start")
            report.expect(server.child.poll() is None, "ended", f"the server ended: {server.last_lines()}")
            finish(place, postgres, load, [server], report)


def full_disk(options, folder, chance, report):
    """The disk of the embedded database and of the mails gets full under load, and has room again."""
    disk = folder / "disk"
    disk.mkdir()
    mounted = mount(disk)
    if not mounted:
        report.say("NOT RUN: a small file system cannot be mounted here; root may")
        return
    try:
        place = Place(options.program, disk / "data", f"sqlite:{disk / 'data' / 'otinish.db'}")
        database = check.Sqlite(place.folder / "otinish.db")
        server = Process(place, "server", "serve")
        # A full disk must not keep the server from saying so.
        server.log = folder / "server.log"
        with running(server):
            add_staff(place)
            with Load(options, place, [server], report, chance) as load:
                for _ in range(2):
                    wait_for_more(load, "receipts", 20)
                    fill(disk / "ballast")
                    away(server, load, report)
                    (disk / "ballast").unlink()
                    started = time.monotonic()
                    wait_for_more(load, "receipts", 20)
                    report.say(f"requests are taken again {time.monotonic() - started:.1f} s after there is room")
            report.expect(server.child.poll() is None, "ended", f"the server ended: {server.last_lines()}")
            wait_no_longer(database, report)
            finish(place, database, load, [server], report)
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


@contextlib.contextmanager
def own_postgres(folder):
    """A server of the test's own, stopped in the end."""
    folder.chmod(0o711)
    server = Postgres(folder / "postgres")
    server.start()
    try:
        yield server
    finally:
        server.stop("immediate")


def kill_at_random(options, place, processes, chance, report):
    """Kills one process after the other, sometimes while it starts, sometimes several at once, and starts them again."""
    for _ in range(options.kills):
        time.sleep(chance.uniform(0.05, 1.2))
        doomed = [process for process in processes if chance.random() < 0.2] or [chance.choice(processes)]
        for process in doomed:
            gone = process.child.poll()
            report.expect(gone is None, "ended", f"{process.name} ended by itself: {gone} {process.last_lines()}")
            process.kill()
        if chance.random() < 0.25:
            for process in doomed:
                process.start()
            time.sleep(chance.uniform(0, 0.4))
            for process in doomed:
                process.kill()
        if chance.random() < 0.2:
            done = place.run("audit", "verify")
            report.expect(done.returncode == 0, "audit", f"after a kill: {done.returncode} {done.stdout[-400:]}{done.stderr}")
        for process in doomed:
            process.start()
        for process in doomed:
            process.wait_until_ready()


def away(server, load, report):
    """While the database is away: 503 for those who call, and a server that lives and says that it is not ready."""
    before = load.book.unavailable
    try:
        wait_until("answers 503", lambda: load.book.unavailable >= before + 20)
    except TimeoutError:
        report.breach("unclear 503", f"only {load.book.unavailable - before} calls were answered by 503")
    status, _ = server.ask("/health/live")
    report.expect(status == 200, "health", f"/health/live is {status}")


def wait_for_more(load, name, count):
    wanted = len(getattr(load.book, name)) + count
    wait_until(f"{count} more {name}", lambda: len(getattr(load.book, name)) >= wanted)


def finish(place, database, load, processes, report):
    """Lets what is queued leave, stops in order, and looks at everything."""
    check.drained(place, database, report)
    check.served(load, report)
    for process in processes:
        status = process.stop()
        report.expect(status == 0, "ended", f"{process.name} ended with {status}: {process.last_lines()}")
    report.say(load.book.told())
    check.everything(place, database, load.book, report)
    for process in processes:
        told = process.log.read_text(errors="replace")
        report.expect("panicked" not in told, "fault", f"{process.name} panicked: {process.last_lines()}")


def mount(disk):
    size = f"size={SMALL_DISK}k,mode=0700"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", disk], capture_output=True, check=False)
    return done.returncode == 0


def fill(path):
    """Takes all the room that is left."""
    with open(path, "wb", buffering=0) as file:
        size = 1 << 20
        while size:
            try:
                file.write(bytes(size))
            except OSError:
                size //= 2
        os.fsync(file.fileno())


def wait_no_longer(database, report):
    """Mails that could not be written wait for minutes; the test does not."""
    waiting = "SELECT id FROM outbox WHERE state = 'pending' AND failure_kind = 'io'"
    count = len(database.query(waiting))
    database.execute(f"UPDATE outbox SET next_attempt_at = created_at WHERE id IN ({waiting})")
    report.say(f"{count} mails could not be written and wait for another attempt")
