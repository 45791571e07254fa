"""The programs under test: Otinish's processes, and a PostgreSQL server of our own."""

import contextlib
import glob
import http.client
import json
import os
import pathlib
import pwd
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
# How long anything may take before the test gives up.
PATIENCE = 60


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_until(what, holds, patience=PATIENCE):
    """Asks again and again until it holds."""
    end = time.monotonic() + patience
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {patience} s for: {what}")
        time.sleep(0.02)


class Place:
    """Where processes run: their database, their folder, their settings."""

    def __init__(self, program, folder, database_url):
        self.program = program
        self.folder = folder
        self.database_url = database_url
        folder.mkdir(parents=True, exist_ok=True)

    def environment(self, port):
        return {
            "PATH": os.environ.get("PATH", ""),
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.folder),
            "CONFIG_DIR": str(ROOT),
            "BIND_ADDR": f"127.0.0.1:{port}",
            "PUBLIC_URL": "https://requests.example.kz",
            # The load is far above what one network address may do; the limits have tests of their own.
            "RATE_LIMITS": "off",
            "DATABASE_CONNECTIONS": "4",
            "RUST_LOG": "warn",
        }

    def run(self, *words, given=""):
        """Runs a command to its end."""
        return subprocess.run(
            [self.program, *words], env=self.environment(0), cwd=self.folder, input=given, text=True,
            capture_output=True, timeout=PATIENCE, check=False,
        )

    def mails(self):
        return self.folder / "mail"


class Process:
    """A server or worker that can be killed and started again at the same address."""

    def __init__(self, place, name, *words):
        self.place, self.name, self.words = place, name, words
        self.port = free_port()
        self.serves = words[0] == "serve"
        self.log = place.folder / f"{name}.log"
        self.child = None

    def start(self, **more):
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(
                [self.place.program, *self.words], env=self.place.environment(self.port), cwd=self.place.folder,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, **more,
            )

    def kill(self):
        """As a power cut would, but for what the kernel has already."""
        self.child.kill()
        self.child.wait()

    def stop(self):
        """As a service manager does. Returns the exit status."""
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(timeout=PATIENCE)

    def ask(self, path):
        """A plain GET: the status and the body; the status 0 when there is no answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def wait_until_ready(self):
        def is_ready():
            if self.child.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self.child.returncode}: {self.last_lines()}")
            return self.ask("/health/ready")[0] == 200

        if self.serves:
            wait_until(f"{self.name} to be ready", is_ready)

    def last_lines(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])


@contextlib.contextmanager
def running(*processes):
    """Starts processes, and sees to it that none outlives the test."""
    try:
        for process in processes:
            process.start()
        for process in processes:
            process.wait_until_ready()
        yield
    finally:
        for process in processes:
            if process.child and process.child.poll() is None:
                process.kill()


class Postgres:
    """A PostgreSQL server that may be stopped and started. It keeps what it acknowledges: fsync and commits as they are by default."""

    def __init__(self, folder):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
        if not found:
            raise RuntimeError("PostgreSQL's programs are missing: install the Debian package postgresql")
        self.programs = pathlib.Path(found[-1]).parent
        self.folder, self.data, self.port = folder, folder / "data", free_port()
        folder.mkdir()
        if os.geteuid() == 0:
            os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
        self.program("initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")

    def program(self, name, *words):
        as_whom = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(
            [self.programs / name, *map(str, words)], cwd=self.folder, stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=PATIENCE, check=False, **as_whom,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{name} {words}: {done.stderr}")

    def start(self):
        options = f"-p {self.port} -k '' -c listen_addresses=127.0.0.1 -c max_connections=100"
        self.program("pg_ctl", "-D", self.data, "-l", self.folder / "server.log", "-w", "-s", "-o", options, "start")

    def stop(self, mode):
        """`fast` hangs up on everybody; `immediate` is a crash, after which the log is replayed."""
        self.program("pg_ctl", "-D", self.data, "-w", "-s", "-m", mode, "stop")

    def url(self):
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def query(self, statement):
        """The rows of a query as dictionaries."""
        asked = f"SELECT coalesce(json_agg(t), '[]') FROM ({statement}) AS t"
        done = subprocess.run(
            [self.programs / "psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-c", asked, self.url()],
            text=True, capture_output=True, timeout=PATIENCE, check=True,
        )
        return json.loads(done.stdout)
