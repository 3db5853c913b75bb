"""Code for the shells of scripts/bench process: what a call takes, by the clock and of the processors."""

# Parallel workers are children of the postmaster, as the process of our own connection is. Clocks tick every 10 ms.
CPU = """
    import os, time
    from pathlib import Path

    tick = os.sysconf("SC_CLK_TCK")
    env.cr.execute("SELECT pg_backend_pid()")
    backend = env.cr.fetchone()[0]

    def fields_of(pid):
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()

    def postgres():  # 0 if PostgreSQL runs elsewhere
        try:
            postmaster = fields_of(backend)[1]
            ticks = sum(map(int, fields_of(postmaster)[11:15]))  # with those that have ended
        except OSError:
            return 0.0
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    fields = fields_of(folder.name)
                except OSError:
                    continue  # it ended meanwhile
                ticks += sum(map(int, fields[11:13])) if fields[1] == postmaster else 0
        return ticks / tick

    def spent(call):
        of_postgres, cpu, began = postgres(), time.process_time(), time.perf_counter()
        call()
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        return seconds, cpu + postgres() - of_postgres
"""
