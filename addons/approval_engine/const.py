"""Names and limits of the approval engine."""

# what a row of the decision log records
APPROVE = "approve"
REJECT = "reject"
CHOOSE = "choose"  # the option was set or changed by an approver
CARRY = "carry"  # an approval stands although the content changed: its step does not look at that
COMPLETE = "complete"  # what failed was carried out by hand
ADD = "add"  # somebody else was asked in addition
ACTIONS = [
    (APPROVE, "Approved"),
    (REJECT, "Rejected"),
    (CHOOSE, "Chose an option"),
    (CARRY, "Approval stands"),
    (COMPLETE, "Carried out by hand"),
    (ADD, "Asked somebody else too"),
]
POLICY_LOGIN = "policy"  # who decided where no person did

EXCEPTION_EVENT = "approval.audit_exception"  # allowed, but an auditor wants to know

EFFECT_PREFIX = "_approval_effect_"  # methods a type may carry out
CONDITION_PREFIX = "_approval_condition_"  # methods a request may rest on

EXECUTE_CRON = "approval_engine.ir_cron_execute"
DEADLINE_CRON = "approval_engine.ir_cron_deadlines"
SEATS_CRON = "approval_engine.ir_cron_seats"
DELEGATION_CRON = "approval_engine.ir_cron_delegations"
SIMULATION_CRON = "approval_engine.ir_cron_simulations"
SEAL_CRON = "approval_engine.ir_cron_seal"

SEAL_BATCH = 5000  # decisions under one seal, at most
PUBLISH_BATCH = 1000  # heads written to the file at once
VERIFY_ROWS = 10_000  # rows of the global chain in memory at once

EXECUTION_BATCH = 50  # requests per run of the executor
WORKING_TIME_HORIZON_DAYS = (
    366  # how far ahead a deadline in working time is looked for
)

INBOX_MESSAGE = "approval_engine.inbox"  # bus: what waits for this person changed

ADHERENCE_BATCH = 1000  # documents judged at once

RETENTION_BATCH = 500  # requests under one checkpoint, at most
