from . import saas_bench_ticket
from . import saas_bench_ticket_stage
from . import saas_bench_ticket_team
