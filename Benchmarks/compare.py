"""Asks every engine for the same cases in turn, round after round, and prints the best times as a table.

Each engine is a process that answers a line `CASE REPEATS` by a line of milliseconds: ours is the program whose path
the variable BENCH holds (Sources/bench), the others are the package `peers`. Only one works at a
time. Of all rounds the best time counts, for each alike: other work on the machine can only slow an engine down.
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
THREADS = os.environ.setdefault("THREADS", "2")
PEERS = ("torch", "torch-channels-last", "onnxruntime")
# Runs in each round, and what is needed of ours: at most so much of a peer's time.
NETWORKS = {
    "dense103": (4, 2), "dense56": (6, 2), "simswap": (3, 1), "iresnet50": (8, 2), "unet": (8, 2), "hifigan": (3, 1),
    "transformer": (4, 1), "lstm": (20, 5),
}
CASES = {f"{name}-{kind}": runs for name, both in NETWORKS.items() for kind, runs in zip(("forward", "training"), both)}
CASES["training-step"] = 2
NEEDED = {
    ("dense103-forward", "onnxruntime"): 0.67,
    ("dense56-forward", "onnxruntime"): 0.67,
    ("training-step", "torch"): 0.25,
}


class Engine:
    def __init__(self, name, command):
        self.name = name
        environment = os.environ | {"OMP_NUM_THREADS": THREADS}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=HERE)
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


def summarize(times):
    """Prints the medians over the networks, against the fastest peer of each."""
    for kind, needed in ("forward", "≤ 0.8, none above 1.1"), ("training", "≤ 0.5"):
        ratios = []
        for case, of_engine in times.items():
            peers = [min(values) for name, values in of_engine.items() if values and name != "palimpsest"]
            if case.endswith(f"-{kind}") and of_engine.get("palimpsest") and peers:
                ratios.append(min(of_engine["palimpsest"]) / min(peers))
        if ratios:
            middle, largest = statistics.median(ratios), max(ratios)
            print(f"\n{kind}: median {middle:.2f} of the fastest peer, largest {largest:.2f}; needed {needed}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--cases", default=",".join(CASES), help="comma-separated, of: " + ", ".join(CASES))
    parser.add_argument("--json", default=os.path.join(HERE, "results.json"), help="where the times go")
    parser.add_argument(
        "--processor-time", action="store_true",
        help="count what all threads spend instead of what passes: where others use the machine")
    options = parser.parse_args()
    if options.processor_time:
        os.environ["CLOCK"] = "processor"

    engines = [Engine("palimpsest", [os.environ["BENCH"], "--serve"])] if "BENCH" in os.environ else []
    engines += [Engine(name, [sys.executable, "-m", "peers", name]) for name in PEERS]
    date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    load_before = load()
    times = {case: {engine.name: [] for engine in engines} for case in options.cases.split(",")}
    for case in times:  # one after another, as an engine keeps only one in memory
        for _ in range(options.rounds):
            for engine in engines:
                times[case][engine.name] += engine.times(case, CASES[case])
        print(f"{case} done, load {load()}", file=sys.stderr)

    print(f"{date}, {processor()}, {platform.platform()}, {THREADS} threads each"
          + (", time of all threads added up" if options.processor_time else ""))
    print(", ".join(f"{engine.name} {engine.version}" for engine in engines))
    print(f"load before {load_before}, after {load()} (2 threads of ours included); best of {options.rounds} rounds\n")
    print("| case | engine | best ms | median ms | ours / theirs | needed |\n|---|---|--:|--:|--:|--:|")
    for case, of_engine in times.items():
        ours = min(of_engine.get("palimpsest", []), default=None)
        for name, values in of_engine.items():
            if not values:
                continue
            best, median = min(values), sorted(values)[len(values) // 2]
            ratio = "" if ours is None or name == "palimpsest" else f"{ours / best:.2f}"
            needed = f"≤ {NEEDED[case, name]}" if (case, name) in NEEDED else ""
            print(f"| {case} | {name} | {best:.0f} | {median:.0f} | {ratio} | {needed} |")
    summarize(times)
    with open(options.json, "w") as file:
        versions = {engine.name: engine.version for engine in engines}
        json.dump(
            {"date": date, "machine": processor(), "threads": int(THREADS), "versions": versions, "milliseconds": times},
            file, indent=1)


main()
