"""Code for the shells of the support benches: the CPU seconds of their own connection's process in PostgreSQL."""

# The clock of that process ticks every 10 ms: only sums over many rounds tell.
POSTGRES = """
    import os
    tick = os.sysconf("SC_CLK_TCK")
    env.cr.execute("SELECT pg_backend_pid()")
    backend = env.cr.fetchone()[0]

    def postgres():  # 0 if PostgreSQL runs elsewhere
        try:
            with open(f"/proc/{backend}/stat") as stat:
                return sum(map(int, stat.read().rpartition(")")[2].split()[11:13])) / tick
        except OSError:
            return 0.0
"""
