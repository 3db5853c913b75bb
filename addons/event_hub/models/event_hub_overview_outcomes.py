# One concern a file.
# pylint: disable=consider-merging-classes-inherited
from odoo import models
from odoo.fields import Domain

from ..policies import delivery as delivery_policy
from ..policies import event_run, overview, states
from .event_hub_overview import DAY

LISTED = 10  # rows of a table; the rest is behind its link


class EventHubOverview(models.AbstractModel):
    """What came of it: what failed and still does, and how rules and receivers do."""

    _inherit = "event_hub.overview"

    # -------------------------------------------------------------------- failures

    def _failures(self, now):
        """What failed and still does, by where it came from and why; the most first."""
        rows = [
            *self._failing_messages(),
            *self._failing(
                "event_hub.run",
                [("state", "in", (event_run.FAILED, event_run.DEAD))],
                "automation_id",
                self.env._("Automation"),
            ),
            *self._failing(
                "event_hub.delivery",
                [
                    "|",
                    ("state", "=", delivery_policy.DEAD),
                    "&",
                    ("state", "=", delivery_policy.PENDING),
                    ("attempts", ">", 0),
                ],
                "endpoint_id",
                self.env._("Endpoint"),
            ),
        ]
        return sorted(rows, key=lambda row: -row["number"]["value"])[:LISTED]

    def _failing_messages(self):
        records = self.env["event_hub.message"]
        may_open = records.has_access("read")
        base = [("state", "in", (states.FAILED, states.PARKED, states.DEAD))]
        if not may_open:
            base += self._own_companies(records)
        reasons = dict(records._fields["error_code"]._description_selection(self.env))
        return [
            self._failure(
                source.sudo().name,
                reasons.get(code, code or ""),
                count,
                "event_hub.message" if may_open else False,
                [*base, ("source_id", "=", source.id), ("error_code", "=", code)],
            )
            for source, code, count in (
                records if may_open else records.sudo()
            )._read_group(base, ["source_id", "error_code"], ["__count"])
        ]

    def _failing(self, model, domain, field, kind):
        return [
            self._failure(
                record.exists().display_name or kind,
                kind,
                count,
                model,
                [*domain, (field, "=", record.id)],
            )
            for record, count in self.env[model]._read_group(
                domain, [field], ["__count"]
            )
        ]

    def _failure(self, of, reason, count, model, domain):
        name = f"{of}: {reason}"
        return {
            "of": of,
            "reason": reason,
            "number": self._told(count, model, domain, name),
        }

    # ----------------------------------------------------------------- automations

    def _automations(self, now):
        """:return: per rule that ran in the last day ``{"rule", "id", "done", "failed", "success", "overrides"}``"""
        since = self._since(now, DAY)
        base = [("planned_at", ">=", since)]
        counts = {}
        for rule, state, count in self.env["event_hub.run"]._read_group(
            base, ["automation_id", "state"], ["__count"]
        ):
            counts.setdefault(rule, {})[state] = count
        overrides = self._overrides(since)
        rows = [
            self._automation(rule, by_state, base, overrides.get(rule, 0), since)
            for rule, by_state in counts.items()
        ]
        return sorted(rows, key=lambda row: (-row["failed"]["value"], row["rule"]))

    def _automation(self, rule, by_state, base, overrides, since):
        name = rule.exists().sudo().name or self.env._("A deleted rule")
        own = [*base, ("automation_id", "=", rule.id)]

        def number(label, *chosen):
            domain = [*own, ("state", "in", chosen)]
            count = sum(by_state.get(state, 0) for state in chosen)
            return self._told(count, "event_hub.run", domain, f"{name}: {label}")

        done = number(self.env._("done"), event_run.DONE)
        failed = number(self.env._("failed"), event_run.FAILED, event_run.DEAD)
        return {
            "rule": name,
            "id": rule.id if rule.exists() else False,
            "done": done,
            "failed": failed,
            "skipped": number(self.env._("skipped"), event_run.SKIPPED),
            "success": overview.success(done["value"], failed["value"]),
            "overrides": self._told(
                overrides,
                "event_hub.run",
                [("automation_id", "=", rule.id), ("overridden_at", ">=", since)],
                f"{name}: {self.env._('overridden')}",
            ),
        }

    def _overrides(self, since):
        """:return: ``{rule: how often a person decided against what it did}``"""
        return dict(
            self.env["event_hub.run"]._read_group(
                [("overridden_at", ">=", since)], ["automation_id"], ["__count"]
            )
        )

    # ------------------------------------------------------------------- endpoints

    def _endpoints(self, now):
        """:return: per endpoint of the last day ``{"name", "id", "state", "delivered", "waiting", "dead", ...}``"""
        since = self._since(now, DAY)
        base = Domain("planned_at", ">=", since)
        counts, slowest = {}, {}
        for endpoint, state, count, took in self.env["event_hub.delivery"]._read_group(
            base, ["endpoint_id", "state"], ["__count", "duration_ms:max"]
        ):
            counts[endpoint.id, state] = count
            slowest[endpoint.id] = max(slowest.get(endpoint.id, 0), took or 0)
        return [
            self._endpoint(endpoint, counts, slowest.get(endpoint.id, 0), list(base))
            for endpoint in self.env["event_hub.endpoint"].search([], limit=LISTED)
        ]

    def _endpoint(self, endpoint, counts, slowest, base):
        def number(label, state):
            domain = [
                *base,
                ("endpoint_id", "=", endpoint.id),
                ("state", "=", state),
            ]
            count = counts.get((endpoint.id, state), 0)
            name = f"{endpoint.name}: {label}"
            return self._told(count, "event_hub.delivery", domain, name)

        return {
            "name": endpoint.name,
            "id": endpoint.id,
            "state": endpoint.state,
            "reason": endpoint.disabled_reason or "",
            "delivered": number(self.env._("delivered"), delivery_policy.DELIVERED),
            "waiting": number(self.env._("waiting"), delivery_policy.PENDING),
            "dead": number(self.env._("given up"), delivery_policy.DEAD),
            "slowest_ms": slowest,
        }
