#!/usr/bin/env python3
"""Kills Otinish under load, takes its database and its disk away, and checks that nothing that was acknowledged is lost.

    cargo test --no-run && python3 tests/crash --help

It needs Python 3.11, the program (built by the tests) and, for PostgreSQL, the server's own programs: it starts a server of its own.
It ends with 0 only when every check holds. The same --seed makes the same choices; what the machine does in between stays its own.
"""

import argparse
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

import scenarios
import selftest
from report import Report

ROOT = pathlib.Path(__file__).resolve().parents[2]
ALL = ("kill-sqlite", "kill-postgres", "restart-postgres", "full-disk", "self-test")


def arguments():
    parser = argparse.ArgumentParser(prog="tests/crash", description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("scenario", nargs="*", metavar="SCENARIO", help=f"of {', '.join(ALL)}; all of them when absent")
    parser.add_argument("--program", type=pathlib.Path, default=target() / "debug" / "otinish")
    parser.add_argument("--kills", type=int, default=30, help="how often a process is killed, for each database")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--pace", type=float, default=0.08, help="seconds that a client rests between two calls")
    parser.add_argument("--seed", type=int, help="makes the choices of an earlier run again")
    parser.add_argument("--keep", action="store_true", help="leaves the folders, for a look at what is wrong")
    chosen = parser.parse_args()
    wrong = [name for name in chosen.scenario if name not in ALL]
    if wrong:
        parser.error(f"there is no scenario {wrong[0]}; choose from {', '.join(ALL)}")
    if not chosen.program.is_file():
        parser.error(f"{chosen.program} is missing: cargo test --no-run builds it")
    chosen.program = chosen.program.resolve()
    chosen.scenario = chosen.scenario or list(ALL)
    chosen.seed = random.SystemRandom().randrange(1_000_000) if chosen.seed is None else chosen.seed
    return chosen


def target():
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def in_a_namespace_of_its_own():
    """Starts again where a small file system may be mounted, which goes with the last process. Only root may do that."""
    if os.geteuid() != 0 or "--mounted" in sys.argv or shutil.which("unshare") is None:
        return
    own = ["unshare", "--mount", "--propagation", "private", "--"]
    if subprocess.run([*own, "true"], capture_output=True, check=False).returncode == 0:
        os.execvp(own[0], [*own, sys.executable, *sys.argv, "--mounted"])


def main():
    in_a_namespace_of_its_own()
    if "--mounted" in sys.argv:
        sys.argv.remove("--mounted")
    options = arguments()
    print(f"seed {options.seed}: python3 tests/crash {' '.join(options.scenario)} --seed {options.seed} --kills {options.kills}")
    report = Report()
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="otinish-crash-"))
    # PostgreSQL runs as a user of its own and has to reach its folder.
    scratch.chmod(0o711)
    try:
        for name in options.scenario:
            started = time.monotonic()
            with report.section(name):
                # Each draws from a stream of its own, so that one alone does what it does among the others.
                chance = random.Random(f"{options.seed}/{name}")
                run(name, options, scratch, chance, report)
                report.say(f"took {time.monotonic() - started:.0f} s")
    finally:
        if options.keep:
            print(f"kept: {scratch}")
        else:
            shutil.rmtree(scratch, ignore_errors=True)
    sys.exit(report.finish())


def run(name, options, scratch, chance, report):
    folder = scratch / name
    folder.mkdir()
    if name == "self-test":
        selftest.run(options, folder, chance, report)
    else:
        getattr(scenarios, name.replace("-", "_"))(options, folder, chance, report)


if __name__ == "__main__":
    main()
