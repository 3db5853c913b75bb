from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..policies import bars, managers, persons, routing, seats
from ..tools.route_reads import RouteReads

# how many of those who qualify are asked
EVERYONE = "all"
LEAST_BUSY = "least"
IN_TURN = "turn"
PICKS = [
    (EVERYONE, "All who qualify"),
    (LEAST_BUSY, "The least busy"),
    (IN_TURN, "In turn"),
]


class ApprovalEnginePolicyStep(models.Model):
    """How the people of a step are found."""

    _inherit = "approval_engine.policy_step"  # pylint: disable=consider-merging-classes-inherited

    route = fields.Selection(
        routing.ROUTES, "Who", required=True, default=routing.PEOPLE
    )
    manager_reach = fields.Selection(
        managers.REACHES,
        "Which Managers",
        required=True,
        default=managers.LEVELS,
        help="Managers and limits are set with the users. A manager who cannot decide is passed over.",
    )
    manager_levels = fields.Integer("Levels", default=1)
    field_path = fields.Char(
        "Field",
        help="Leads to a user, or to a contact who is one, such as partner_id.account_owner_id. It is read on the "
        "record that the request is about, or else on the request.",
    )
    matrix_role_id = fields.Many2one(
        "approval_engine.role", "Role", ondelete="restrict", index="btree_not_null"
    )
    pick = fields.Selection(
        PICKS,
        "Ask",
        required=True,
        default=EVERYONE,
        help="The least busy: with the fewest decisions waiting. In turn: whoever was asked longest ago. Chosen once, "
        "when the request is submitted.",
    )
    pick_count = fields.Integer("How Many of Them", default=1)

    @api.constrains("route", "manager_reach", "manager_levels", "mode")
    def _check_managers(self):
        for step in self.filtered(lambda s: s.route == routing.MANAGERS):
            levels = step.manager_levels
            if step.manager_reach == managers.LEVELS and not (
                1 <= levels <= managers.MAX_LEVELS
            ):
                raise ValidationError(
                    self.env._(
                        "Step %(step)s: %(levels)s levels of managers cannot be. Give 1 to %(most)s.",
                        step=step.name,
                        levels=levels,
                        most=managers.MAX_LEVELS,
                    )
                )
            if step.manager_reach == managers.LINE and step.mode != seats.ALL:
                raise ValidationError(
                    self.env._(
                        "Step %(step)s asks every manager up to the one whose limit covers the amount: “How Many” has "
                        "to be Everybody, or a manager with a lower limit would decide alone.",
                        step=step.name,
                    )
                )

    @api.constrains("route", "matrix_role_id")
    def _check_role(self):
        for step in self:
            if step.route == routing.MATRIX and not step.matrix_role_id:
                raise ValidationError(
                    self.env._(
                        "Step %(step)s asks for a role of the matrix: say which (Role).",
                        step=step.name,
                    )
                )

    @api.constrains("pick", "pick_count", "mode", "quorum")
    def _check_pick(self):
        for step in self.filtered(lambda s: s.pick != EVERYONE):
            few = step.mode == seats.QUORUM and step.pick_count < step.quorum
            if step.pick_count < 1 or few:
                raise ValidationError(
                    self.env._(
                        "Step %(step)s asks %(count)s of those who qualify, which is fewer than it needs. Ask more.",
                        step=step.name,
                        count=step.pick_count,
                    )
                )
            if step.mode == seats.WEIGHTED:
                raise ValidationError(
                    self.env._(
                        "Step %(step)s adds up weights, so all who qualify have to be asked.",
                        step=step.name,
                    )
                )

    # ------------------------------------------------------------------ candidates

    def _pick_size(self):
        """:return: how many seats the step has; 0: one for each who qualifies"""
        return 0 if self.pick == EVERYONE else self.pick_count

    def _barred(self, facts):
        """:return: {user id: why}"""
        return bars.barred(
            facts,
            beneficiary=self.policy_id.bar_beneficiary,
            account_owner=self.bar_account_owner,
            creator=self.bar_creator,
        )

    def _with_candidates(self, rule, request, amount, reads):
        """:return: ``rule`` with the seats of those who may decide it; of a step left out, with none"""
        if not routing.applies(rule, amount):
            return rule
        barred = rule.barred | {request.requester_id.id}
        found = self._candidates(request, amount, barred, reads)
        logins = self.env["res.users"]._logins()
        return replace(rule, candidates=persons.marked(found, logins))

    def _candidates(self, request, amount, barred=frozenset(), reads=None):
        """:return: seats of those with access who qualify, in the order in which they are asked

        :param reads: ``RouteReads``, where several requests are asked about
        """
        self.ensure_one()
        reads = reads or RouteReads(request, {request: self.policy_id})
        find = getattr(self, f"_candidates_{self.route}")
        found = find(request, amount, barred, reads)
        if self.mode == seats.WEIGHTED:
            weights = {line.user_id.id: line.weight for line in self.weight_ids}
            found = [replace(s, weight=weights.get(s.user_id, 1)) for s in found]
        return self._in_order(found, request, reads)

    def _candidates_people(self, request, _amount, _barred, reads):
        """Named people first, then members of the group."""
        group = self._members(reads)
        able = (self.user_ids | group)._able_to_approve(request.company_id)
        named = [seats.Seat(user.id) for user in self.user_ids if user in able]
        members = [
            seats.Seat(user.id, seats.GROUP)
            for user in group.sorted("id")
            if user in able and user not in self.user_ids
        ]
        return [*named, *members]

    def _candidates_manager(self, request, amount, barred, reads):
        line = reads.line_above(request.requester_id)
        able = line._able_to_approve(request.company_id)
        limits = {user: request._limit_of(user, self.currency_id) for user in line}
        known = [
            managers.Manager(
                user.id, user in able and user.id not in barred, limits[user]
            )
            for user in line
        ]
        asked = managers.asked(
            known, self.manager_reach, levels=self.manager_levels, amount=abs(amount)
        )
        return [
            seats.Seat(
                user.id,
                seats.MANAGER,
                detail=self._manager_words(request.requester_id, line, user),
            )
            for user in line.browse(asked)
        ]

    def _manager_words(self, requester, line, user):
        above = list(line).index(user) + 1
        words = self.env._("Manager of %(user)s", user=requester.name)
        if above > 1:
            words = self.env._(
                "%(count)s levels above %(user)s", count=above, user=requester.name
            )
        if not user.approval_limit:
            return words
        return self.env._(
            "%(who)s, limit %(limit)s", who=words, limit=user._approval_limit_words()
        )

    def _candidates_field(self, request, _amount, _barred, _reads):
        holders, name = self._walk_to_field(request)
        label = holders._fields[name]._description_string(self.env)
        found = {}
        for holder in holders:
            users = _users_of(holder[name])
            for user in users._able_to_approve(request.company_id):
                found.setdefault(
                    user.id,
                    seats.Seat(
                        user.id,
                        seats.FIELD,
                        detail=self.env._(
                            "%(field)s of %(record)s",
                            field=label,
                            record=holder.display_name,
                        ),
                    ),
                )
        return list(found.values())

    def _candidates_matrix(self, request, amount, _barred, reads):
        lines = reads.matrix_lines(
            self.matrix_role_id, request.company_id, request.type_id
        )
        line = self.matrix_role_id._line_for(request, amount, self.currency_id, lines)
        people = reads.people_of(line)
        words = line._words()
        return [
            seats.Seat(user.id, seats.MATRIX, detail=words)
            for user in people._able_to_approve(request.company_id).sorted("id")
        ]

    # ------------------------------------------------------------------ the order of asking

    def _in_order(self, found, request, reads):
        if self.pick == EVERYONE or not found:
            return tuple(found)
        ids = [seat.user_id for seat in found]
        away = reads.away(self, ids)
        if self.pick == LEAST_BUSY:
            load = reads.load(self, ids)
            ordered = routing.here_first(routing.order_by_load(found, load), away)
            return tuple(self._with_load_words(seat, load) for seat in ordered)
        turns = reads.turns(self, ids, request)
        ordered = routing.here_first(routing.order_by_turn(found, turns), away)
        words = self.env._("asked longest ago")
        return tuple(self._with_pick_words(seat, words) for seat in ordered)

    def _with_load_words(self, seat, load):
        words = self.env._(
            "least busy, %(count)s waiting", count=load.get(seat.user_id, 0)
        )
        return self._with_pick_words(seat, words)

    def _with_pick_words(self, seat, words):
        label = self.env["approval_engine.assignment"]._why_label(seat.why)
        return replace(seat, detail=f"{seat.detail or label}; {words}")

    def _waiting_for(self, user_ids):
        """:return: {user id: number of decisions that wait for them now}"""
        groups = self.env["approval_engine.assignment"]._read_group(
            [("user_id", "in", user_ids), ("state", "=", seats.PENDING)],
            ["user_id"],
            ["__count"],
        )
        return {user.id: count for user, count in groups}

    def _last_asked(self, user_ids, request):
        """:return: {user id: id of the last seat in a request of this type}; ids grow with time"""
        groups = self.env["approval_engine.assignment"]._read_group(
            [
                ("user_id", "in", user_ids),
                ("request_id.type_id", "=", request.type_id.id),
            ],
            ["user_id"],
            ["id:max"],
        )
        return {user.id: last for user, last in groups}

    # ------------------------------------------------------------------ who keeps a seat

    def _is_candidate(self, user, company):
        """:return: whether this person is named, in the group or in the role of the step today"""
        self.ensure_one()
        if not user._is_able_to_approve(company):
            return False
        if self.route == routing.MATRIX:
            return user in self.matrix_role_id._people()
        return user in self.user_ids or self._is_member(user)

    def _standing_ids(self, company):
        """:return: ids of all for whom ``_is_candidate``"""
        people = self.user_ids | self._members()
        if self.route == routing.MATRIX:
            people = self.matrix_role_id._people()
        return people._able_to_approve(company).ids


def _users_of(records):
    """:return: the users that a field leads to: themselves, or those of the contacts"""
    return records if records._name == "res.users" else records.user_ids
