"""What the database holds of a request, read past the ORM, and the same of the model."""

from dataclasses import fields

REQUESTS = """
SELECT state, round, due_at, next_try_at, attempts, open_questions, res_id, requester_id,
       (SELECT array_agg(res_users_id) FROM approval_engine_request_asked_rel
         WHERE approval_engine_request_id = request.id),
       (SELECT stamps FROM test_approval_engine_document WHERE id = request.res_id),
       (SELECT json_agg(json_build_array(id, name, mode, quorum, state, sequence, policy_step_id) ORDER BY id)
          FROM approval_engine_request_step WHERE request_id = request.id),
       (SELECT json_agg(json_build_array(step_id, user_id, state, decided_by_id, why, weight) ORDER BY id)
          FROM approval_engine_assignment WHERE request_id = request.id),
       (SELECT json_agg(json_build_array(round, action, user_id, on_behalf_id, step_name, by_policy) ORDER BY id)
          FROM approval_engine_decision WHERE request_id = request.id)
  FROM approval_engine_request request WHERE id = ANY(%s) ORDER BY id"""
LATE = ("added", "escalated", "owner")
STEPLESS = ("choose", "add", "complete")


def look_at(world, requests):
    """:return: a ``Look`` for each, in order of their ids; one query"""
    world.env.cr.execute(REQUESTS, [requests.ids])
    return [Look(world, row) for row in world.env.cr.fetchall()]


class Look:
    """One request as the database has it."""

    def __init__(self, world, row):
        self.world = world
        *self.request, steps, seats, log = row
        self.steps, self.seats, self.log = steps or (), seats or (), log or ()

    @property
    def state(self):
        return self.request[0]

    def number(self, user_id):
        return self.world.number.get(user_id)

    def told(self):
        """:return: the same shape as ``told_of`` gives"""
        state, round_, due, again, attempts, waits, _doc, _who, asked, stamps = (
            self.request
        )
        return {
            "state": state,
            "round": round_,
            "due": due if state == "pending" else None,
            "next_try": again if state in ("approved", "failed") else None,
            "attempts": attempts if state in ("approved", "failed") else 0,
            "questions": waits or 0 if state == "pending" else 0,
            "asked": sorted(map(self.number, asked or ())),
            "stamps": stamps or 0,
            "steps": [self._step(*row) for row in self.steps],
            "log": [self._entry(*row) for row in self.log],
        }

    def _step(self, id_, name, mode, quorum, state, _sequence, _rule):
        seats = {
            self.number(user): (
                seat_state,
                self.number(by) if by else None,
                why if why in LATE else "first",
            )
            for step, user, seat_state, by, why, _weight in self.seats
            if step == id_
        }
        need = quorum if mode in ("quorum", "percent", "weighted") else 0
        return self._name(name), mode, need, state, seats

    def _name(self, name):
        if name and name.startswith("Asked too: "):
            names = [user.name for user in self.world.users]
            return f"added {names.index(name.removeprefix('Asked too: '))}"
        return "policy" if name == "The policy itself" else name

    def _entry(self, round_, action, user, holder, step, by_policy):
        if by_policy:
            return round_, action, "policy", None, "policy"
        if action == "carry":
            return round_, action, None, None, self._name(step)
        if action in STEPLESS:
            return round_, action, self.number(user), None, None
        by = self.number(holder) if holder else None
        return round_, action, self.number(user), by, self._name(step)


def told_of(request):
    """The model's request, as ``Look.told`` tells the real one."""
    pending = request.state == "pending"
    tried = request.state in ("approved", "failed")
    return {
        "state": request.state,
        "round": request.round,
        "due": request.due if pending else None,
        "next_try": request.next_try if tried else None,
        "attempts": request.attempts if tried else 0,
        "questions": request.waits if pending else 0,
        "asked": sorted(request.asked),
        "stamps": request.stamps,
        "steps": [
            (
                step.name,
                step.mode,
                step.need,
                step.state,
                {
                    seat.user: (
                        seat.state,
                        seat.by,
                        seat.why if seat.why in LATE else "first",
                    )
                    for seat in step.seats
                },
            )
            for step in request.steps
        ],
        "log": list(request.log),
    }


def told(thing, **more):
    """:return: only what differs from the usual, in one line"""
    values = {
        one.name: getattr(thing, one.name)
        for one in fields(thing)
        if getattr(thing, one.name) != one.default
    }
    return " ".join(f"{name}={value}" for name, value in (values | more).items())


def differences(real, model):
    return [
        f"{name}: it is {real[name]!r}, the model says {model[name]!r}"
        for name in real
        if real[name] != model[name]
    ]


# ---------------------------------------------------------------------- what never happens, without the model


def faults(look, rules_needed):
    """What is wrong with a request whatever the model says.

    :param rules_needed: names of the steps its policy asks for
    :return: [(which fault, in words)]
    """
    return [
        *_decided_by_requester(look),
        *_decided_twice(look),
        *_skipped(look, rules_needed),
        *(
            [("double_effects", "it took effect twice")]
            if (look.request[9] or 0) > 1
            else ()
        ),
    ]


def _votes(look):
    """[(round, real person, whose seat)] of decisions that count in their round."""
    return [
        (round_, user, holder or user)
        for round_, action, user, holder, _step, by_policy in look.log
        if action in ("approve", "reject") and not by_policy
    ]


def _decided_by_requester(look):
    asked_it = look.request[7]
    return [
        ("self_approvals", f"{user} decided their own request")
        for _round, user, holder in _votes(look)
        if asked_it in (user, holder)
    ]


def _decided_twice(look):
    found, seen = [], set()
    for round_, user, holder in _votes(look):
        for person in {user, holder}:
            if (round_, person) in seen:
                found.append(("double_decisions", f"{person} counts twice"))
            seen.add((round_, person))
    return found


def _skipped(look, rules_needed):
    state = look.state
    steps = {row[1]: row for row in look.steps}
    by_policy = any(row[5] for row in look.log if row[0] == look.request[1])
    found = []
    if state in ("approved", "executed", "failed") and not by_policy:
        missing = [
            name
            for name in rules_needed
            if name not in steps or steps[name][4] != "approved"
        ]
        missing += [row[1] for row in look.steps if row[4] != "approved"]
        found += [("skipped_steps", f"{name} did not approve") for name in missing]
    if state == "pending":
        found += _out_of_turn(look)
    found += [
        ("skipped_steps", f"{row[1]} is approved by too few")
        for row in look.steps
        if row[4] == "approved"
        and not by_policy
        and not _is_carried_by_people(look, row)
    ]
    return found


def _out_of_turn(look):
    undecided = [row[5] for row in look.steps if row[4] in ("waiting", "pending")]
    first = min(undecided, default=0)
    return [
        ("skipped_steps", f"{row[1]} is open before its turn")
        for row in look.steps
        if row[4] == "pending" and row[5] != first
    ]


def _is_carried_by_people(look, row):
    """Whether enough people approved a step that is approved."""
    id_, _name, mode, quorum = row[:4]
    yes = [seat for seat in look.seats if seat[0] == id_ and seat[2] == "approved"]
    if mode not in ("quorum", "percent", "weighted"):
        return bool(yes)
    return sum(s[5] if mode == "weighted" else 1 for s in yes) >= quorum
