"""What was found: lines for people while it runs, and the exit status in the end."""

import contextlib
import threading
import traceback

# So many breaches of one kind are told; the others are only counted.
TOLD = 5


class Report:
    """Collects breaches, from several threads."""

    def __init__(self):
        self.lock = threading.Lock()
        self.breaches = {}
        self.name = ""

    @contextlib.contextmanager
    def section(self, name):
        """A scenario: a fault of the test itself counts as a breach too, and the next scenario goes on."""
        self.name = name
        print(f"\n-- {name}", flush=True)
        before = self.count()
        try:
            yield
        except Exception:  # whatever it is, it must not look like success
            self.breach("test", traceback.format_exc())
        print(f"   {name}: {'FAILED' if self.count() > before else 'holds'}", flush=True)

    def say(self, text):
        print(f"   {text}", flush=True)

    def breach(self, kind, text):
        """Something that must not be."""
        with self.lock:
            found = self.breaches.setdefault((self.name, kind), [])
            found.append(text)
            if len(found) <= TOLD:
                print(f"   BREACH {kind}: {text}", flush=True)

    def expect(self, holds, kind, text):
        if not holds:
            self.breach(kind, text)

    def count(self):
        with self.lock:
            return sum(len(found) for found in self.breaches.values())

    def kinds(self):
        with self.lock:
            return {kind for (_, kind) in self.breaches}

    def finish(self):
        """Prints the sum; 0 when nothing was found."""
        if not self.breaches:
            print("\nNothing that was acknowledged was lost, and nothing happened twice.")
            return 0
        print("\nFAILED:")
        for (name, kind), found in self.breaches.items():
            print(f"   {name}: {kind}, {len(found)} times")
        return 1


class Quiet(Report):
    """For a self-test that wants breaches: collects them and prints nothing."""

    def breach(self, kind, text):
        with self.lock:
            self.breaches.setdefault((self.name, kind), []).append(text)

    def say(self, text):
        """Nobody listens."""
