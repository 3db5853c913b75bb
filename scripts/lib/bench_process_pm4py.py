"""Run by the Python of scripts/bench process that has pm4py: reads its task as JSON, answers on the last line.

``{"dsn", "definition"}``: the imported events of that process; ``{"file"}``: a file that we exported.
"""

import json
import os
import sys
import time


def main():
    import pandas
    import pm4py

    task = json.load(sys.stdin)
    began, cpu = time.perf_counter(), time.process_time()
    of_postgres = 0.0
    if "file" in task:
        log = _file(pm4py, pandas, task["file"])
    else:
        log, of_postgres = _rows(pandas, task)
    reading = time.perf_counter() - began
    moves, starts, ends = pm4py.discover_dfg(log)
    times = pm4py.discover_performance_dfg(log)[0]
    variants = pm4py.get_variants(log)
    seconds = time.perf_counter() - began
    cpu = time.process_time() - cpu + of_postgres
    found = {
        "moves": [[*pair, int(count)] for pair, count in moves.items()],
        "means": [[*pair, float(of["mean"])] for pair, of in times.items()],
        "starts": [[name, int(count)] for name, count in starts.items()],
        "ends": [[name, int(count)] for name, count in ends.items()],
        "variants": [
            [*path, int(count if isinstance(count, int) else len(count))]
            for path, count in variants.items()
        ],
    }
    print()
    print(
        json.dumps({"seconds": seconds, "cpu": cpu, "reading": reading, "found": found})
    )


def _rows(pandas, task):
    """:return: ``(log, CPU seconds of PostgreSQL)``"""
    import psycopg2

    options = {"password": task["password"]} if task.get("password") else {}
    connection = psycopg2.connect(task["dsn"], **options)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT case_key, activity, ts FROM process_intelligence_log_event WHERE definition_id = %s ORDER BY id",
            [task["definition"]],
        )
        rows = cursor.fetchall()
    of_postgres = _cpu_of(connection.info.backend_pid)
    connection.close()
    frame = pandas.DataFrame(rows, columns=["case", "name", "at"])
    return _log(pandas, frame), of_postgres


def _cpu_of(pid):
    """:return: CPU seconds of a process; 0 if it runs elsewhere"""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            ticks = sum(map(int, stat.read().rpartition(")")[2].split()[11:13]))
    except OSError:
        return 0.0
    return ticks / os.sysconf("SC_CLK_TCK")


def _log(pandas, frame):
    frame = frame.rename(
        columns={
            "case": "case:concept:name",
            "name": "concept:name",
            "at": "time:timestamp",
        }
    )
    frame["time:timestamp"] = pandas.to_datetime(frame["time:timestamp"], utc=True)
    return frame.sort_values(
        ["case:concept:name", "time:timestamp"], kind="stable"
    ).reset_index(drop=True)


def _file(pm4py, pandas, path):
    if path.endswith(".csv"):
        frame = pandas.read_csv(path, dtype=str)[["case", "activity", "timestamp"]]
        frame.columns = ["case", "name", "at"]
        return _log(pandas, frame)
    if path.endswith(".xes"):
        return pm4py.read_xes(path)
    ocel = (
        pm4py.read_ocel2_sqlite(path)
        if path.endswith(".sqlite")
        else pm4py.read_ocel2_json(path)
    )
    flat = pm4py.ocel_flattening(ocel, "case")
    order = ["case:concept:name", "time:timestamp"]
    return flat[[*order, "concept:name"]].sort_values(order, kind="stable")


if __name__ == "__main__":
    main()
