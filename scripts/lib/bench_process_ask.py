"""The questions: cold, as somebody from whom rules hide cases, again, filtered; ten times the events; memory.

CPU seconds are those of Odoo and of all of PostgreSQL, with its parallel workers.
"""

from .bench_process_cpu import CPU
from .bench_site import line

# name: (most seconds)
TARGETS = {
    "map": 1.5,
    "statistics, record rules": 3.0,
    "repeated": 0.3,
    "filtered": 0.3,
    "compare": 3.0,
    "causes": 3.0,
    "opportunities": 3.0,
    "objects, record rules": 3.0,
}
SCALE = 11.0  # times, for ten times the events
MEMORY = 200.0  # MB
ASK = (
    CPU
    + """
    import resource
    from odoo.addons.process_intelligence.tools import answers

    Definition = env["process_intelligence.definition"]
    big, small = Definition.browse(made["big"]), Definition.browse(made["small"])
    user = env["res.users"].browse(made["reader"])
    ledger = Definition.with_user(user).browse(made["ledger"])

    def took(ask, forget=True):
        if forget:
            answers.KEPT.__init__()
        env.invalidate_all()
        return spent(ask)

    def resident():
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize() / 2**20

    big.read(["name"]), ledger.read(["name"])  # rights and rules are in memory, as in any server
    idle = resident()
    sides = [{"attributes": {"region": [name]}} for name in ("north", "south")]
    chosen = {"attributes": {"region": ["north"]}, "has": ["Activity 7"]}
    found = {"map": [], "statistics, record rules": [], "repeated": [], "filtered": [], "small": [],
             "compare": [], "causes": [], "opportunities": [], "objects, record rules": []}
    for _round in range(rounds):
        found["map"].append(took(lambda: big.process_map()))
        found["repeated"].append(took(lambda: big.process_map(), forget=False))
        found["filtered"].append(took(lambda: big.process_map(chosen)))
        found["statistics, record rules"].append(took(lambda: ledger.statistics()))
        found["small"].append(took(lambda: small.process_map()))
        found["compare"].append(took(lambda: big.compare(*sides)))
        found["causes"].append(took(lambda: big.causes({}, {"kind": "slow"})))
        found["opportunities"].append(took(lambda: big.opportunities()))
        found["objects, record rules"].append(took(lambda: ledger.object_map()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    answer, seen = big.process_map(), ledger.statistics()
    say({
        "found": found, "memory": peak - idle, "events": answer["events"], "cases": answer["cases"],
        "filtered_cases": big.process_map(chosen)["cases"], "seen": seen["cases"],
        "all": Definition.browse(made["ledger"]).statistics()["cases"],
    })
"""
)


def measure(place, quick, seed):
    rounds = 3 if quick else 5
    found = place.ask(ASK, made=place.made, rounds=rounds)
    known = {"n": found["events"], "rounds": rounds, "seed": seed, "bench": "process"}
    for name, target in TARGETS.items():
        seconds, cpu = zip(*found["found"][name], strict=True)
        yield line(
            name,
            **known,
            value=round(min(seconds), 3),
            first=round(seconds[0], 3),
            worst=round(max(seconds), 3),
            unit="s",
            cpu_s=round(min(cpu), 3),
            ratio=round(min(seconds) / target, 3),
            target=target,
            **_cases(name, found),
            ok=min(seconds) <= target,
        )
    yield _scale(*(found["found"][name] for name in ("map", "small")), known)
    yield line(
        "memory above idle",
        **known,
        value=round(found["memory"], 1),
        unit="MB",
        target=MEMORY,
        ratio=round(found["memory"] / MEMORY, 3),
        ok=found["memory"] <= MEMORY,
    )


def _scale(large, little, known):
    """Ten times the events, by the clock or, on a busy machine, by the processors."""
    (seconds, cpu), (small, small_cpu) = (
        map(min, zip(*rounds, strict=True)) for rounds in (large, little)
    )
    ratio, cpu_ratio = seconds / small, cpu / small_cpu
    return line(
        "ten times the events",
        **known,
        value=round(seconds, 3),
        unit="s",
        cpu_s=round(cpu, 3),
        peer="a tenth of the events",
        peer_value=round(small, 3),
        peer_cpu_s=round(small_cpu, 3),
        ratio=round(ratio, 2),
        cpu_ratio=round(cpu_ratio, 2),
        target=SCALE,
        ok=min(ratio, cpu_ratio) <= SCALE,
    )


def _cases(name, found):
    if name.startswith("statistics"):
        return {"cases": found["seen"], "cases_of_all": found["all"]}
    if name == "filtered":
        return {"cases": found["filtered_cases"]}
    return {"cases": found["cases"]}
