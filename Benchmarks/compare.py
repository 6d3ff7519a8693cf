"""Asks every engine for the same cases in turn, round after round, and prints the best times as a table.

Each engine is a process that answers a line `CASE REPEATS` by a line of milliseconds: ours is the program whose path
the variable BENCH holds (Sources/bench), the others are peers.py. Only one works at a time. Of all rounds the best time counts, for each alike: other work on the
machine can only slow an engine down.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
THREADS = os.environ.setdefault("THREADS", "2")
PEERS = ("torch", "torch-channels-last", "onnxruntime")
# Name, runs in each round, and what is needed of ours: at most so much of that peer's time.
CASES = {
    "dense103-forward": (4, ("onnxruntime", 0.8)),
    "dense56-forward": (6, None),
    "training-step": (2, ("torch", 0.25)),
}


class Engine:
    def __init__(self, name, command):
        self.name = name
        environment = os.environ | {"OMP_NUM_THREADS": THREADS}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        self.version = self.process.stdout.readline().strip()

    def times(self, case, repeats):
        self.process.stdin.write(f"{case} {repeats}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            sys.exit(f"{self.name} stopped at {case}")
        return [] if answer == "-" else [float(word) for word in answer.split()]


def processor():
    with open("/proc/cpuinfo") as file:
        lines = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
        return f"{lines[0]}, {len(lines)} logical processors"


def load():
    return f"{os.getloadavg()[0]:.1f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--cases", default=",".join(CASES), help="comma-separated, of: " + ", ".join(CASES))
    parser.add_argument("--json", default=os.path.join(HERE, "results.json"), help="where the times go")
    options = parser.parse_args()

    engines = [Engine("palimpsest", [os.environ["BENCH"], "--serve"])] if "BENCH" in os.environ else []
    engines += [Engine(name, [sys.executable, os.path.join(HERE, "peers.py"), name]) for name in PEERS]
    date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    load_before = load()
    times = {case: {engine.name: [] for engine in engines} for case in options.cases.split(",")}
    for round in range(options.rounds):
        for case in times:
            for engine in engines:
                times[case][engine.name] += engine.times(case, CASES[case][0])
        print(f"round {round + 1} of {options.rounds}, load {load()}", file=sys.stderr)

    print(f"{date}, {processor()}, {platform.platform()}, {THREADS} threads each")
    print(", ".join(f"{engine.name} {engine.version}" for engine in engines))
    print(f"load before {load_before}, after {load()} (2 threads of ours included); best of {options.rounds} rounds\n")
    print("| case | engine | best ms | median ms | ours / theirs | needed |\n|---|---|--:|--:|--:|--:|")
    for case, of_engine in times.items():
        need = CASES[case][1]
        ours = min(of_engine.get("palimpsest", []), default=None)
        for name, values in of_engine.items():
            if not values:
                continue
            best, median = min(values), sorted(values)[len(values) // 2]
            ratio = "" if ours is None or name == "palimpsest" else f"{ours / best:.2f}"
            needed = f"≤ {need[1]}" if need and need[0] == name else ""
            print(f"| {case} | {name} | {best:.0f} | {median:.0f} | {ratio} | {needed} |")
    with open(options.json, "w") as file:
        versions = {engine.name: engine.version for engine in engines}
        json.dump(
            {"date": date, "machine": processor(), "threads": int(THREADS), "versions": versions, "milliseconds": times},
            file, indent=1)


main()
