import csv
import io

from . import oracle
from .common import ProcessCase

KINDS = (
    *("existence", "exactly", "absence", "init", "end", "response", "precedence"),
    *("succession", "chain_response", "chain_precedence", "chain_succession"),
    *("not_coexistence", "within", "four_eyes", "allowed"),
)


def as_csv(events):
    """:param events: ``(case, activity, moment, {"who"})``"""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["case", "activity", "time", "who"])
    writer.writerows(
        (case, name, at.isoformat(), facts.get("who") or "")
        for case, name, at, facts in events
    )
    return out.getvalue()


class RuleCase(ProcessCase):
    def of(self, events):
        return self.define(as_csv(events), resource="who")

    def refresh(self):
        while self.env["process_intelligence.store"]._refresh():
            pass

    def rule(self, definition, kind, first=None, second=None, **values):
        """:param first, second: names of activities"""
        names = {one.name: one.id for one in definition.sudo().activity_ids}
        return (
            self.env["process_intelligence.rule"]
            .with_user(self.manager)
            .create(
                {
                    "name": kind,
                    "definition_id": definition.id,
                    "kind": kind,
                    "activity_id": names.get(first),
                    "other_activity_id": names.get(second),
                    **values,
                }
            )
        )

    def traces(self, events):
        return oracle.traces(events)
