"""States of a subscription and what a payment changes in them."""

DRAFT = "draft"  #: agreed, not started
ACTIVE = "active"  #: served and paid
PAST_DUE = "past_due"  #: served, a payment failed
GRACE = "grace"  #: served, a payment failed, time was granted
SUSPENDED = "suspended"  #: not served until paid or decided otherwise
CANCELLED = "cancelled"  #: over

STATES = (DRAFT, ACTIVE, PAST_DUE, GRACE, SUSPENDED, CANCELLED)

TRANSITIONS: dict[str, frozenset[str]] = {
    DRAFT: frozenset({ACTIVE, CANCELLED}),
    ACTIVE: frozenset({PAST_DUE, CANCELLED}),
    PAST_DUE: frozenset({ACTIVE, GRACE, SUSPENDED, CANCELLED}),
    GRACE: frozenset({ACTIVE, PAST_DUE, SUSPENDED, CANCELLED}),
    SUSPENDED: frozenset({ACTIVE, GRACE, CANCELLED}),
    CANCELLED: frozenset(),
}

#: states in which the customer is a customer: they count for MRR
LIVING = frozenset({ACTIVE, PAST_DUE, GRACE, SUSPENDED})
#: states that an unpaid invoice leads to
TROUBLED = frozenset({PAST_DUE, GRACE, SUSPENDED})


def refuse_transition(source: str, target: str) -> str | None:
    """:return: None if the move is allowed, else a stable code for why not"""
    if target not in TRANSITIONS:
        return "unknown_state"
    if target in TRANSITIONS[source]:
        return None
    return "final_state" if not TRANSITIONS[source] else "not_allowed"


def state_after_failure(state: str) -> str:
    """A failed payment makes an active subscription past due, no other."""
    return PAST_DUE if state == ACTIVE else state


def state_after_payment(
    state: str, *, others_unpaid: bool, suspended_for_paid: bool
) -> str:
    """A payment brings a subscription back when nothing else is unpaid.

    One that people suspended comes back by itself only if it was suspended for
    the invoice that is now paid: the reason for the suspension is gone. One
    suspended for another reason stays so until somebody decides.

    :param others_unpaid: another invoice of it has failed and is not paid
    """
    if state not in TROUBLED or others_unpaid:
        return state
    if state == SUSPENDED and not suspended_for_paid:
        return state
    return ACTIVE
