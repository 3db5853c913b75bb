from . import saas_bench_row
