from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import ADHERENCE_BATCH, APPROVE, CARRY
from ..policies import adherence, governed, request_state


@dataclass
class Judgement:
    """What came of judging the documents under one rule."""

    rule: governed.Rule
    kind: str  # as of ``policies.adherence.Population``
    documents: int = 0
    without: dict = field(default_factory=dict)  # {record id: adherence.Verdict}

    @property
    def approved(self):
        return self.documents - len(self.without)


class ApprovalEngineGoverned(models.Model):
    """Adherence: what governed records are today, against what was approved; however they came to be so."""

    _inherit = "approval_engine.governed"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _rules_for(self, company):
        """:return: the rules that hold something in this company"""
        return [
            rule
            for gate in self._gates().values()
            for rule in gate.rules
            if rule.company_id in (0, company.id)
        ]

    @api.model
    def _judge_adherence(self, rule, company, date_from, date_to):
        """Judge every document under ``rule`` that came into force in the period, both days included (UTC).

        A constant number of queries per 1,000 documents.

        :return: Judgement
        """
        plain = self._plain(self.env[rule.model]).with_context(active_test=False)
        found = adherence.population(rule, self._states_of(rule, plain))
        done = Judgement(rule, found.kind)
        if found.kind == adherence.NOTHING:
            return done
        stages = self._stages_of(found.domain, plain)
        ids = self._population_ids(rule, found, plain, company, date_from, date_to)
        for start in range(0, len(ids), ADHERENCE_BATCH):
            batch = plain.browse(ids[start : start + ADHERENCE_BATCH])
            for id_, verdict in self._judge_batch(rule, found, batch, stages):
                done.documents += 1
                if verdict.why:
                    done.without[id_] = verdict
            batch.invalidate_recordset()  # 100,000 need not be held at once
        return done

    def _states_of(self, rule, plain):
        """:return: values of the field ``state``, where an approval covers it or lets a button through"""
        state = plain._fields.get("state")
        if not state or state.type != "selection" or not state.store:
            return ()
        told = "state" in rule.fields or rule.methods
        return tuple(state.get_values(self.env)) if told else ()

    def _stages_of(self, domain, plain):
        return frozenset(
            name
            for name in governed.domain_fields(domain)
            if plain._fields[name].type in adherence.STAGES
        )

    def _population_ids(self, rule, found, plain, company, date_from, date_to):
        domain = Domain(list(rule.domain)) & Domain(list(found.domain))
        if "company_id" in plain._fields:
            domain &= Domain("company_id", "in", (company.id, False))
        if found.kind == adherence.CHANGED:
            domain &= Domain("id", "in", self._approved_ids(rule, date_from, date_to))
        elif name := self._moment_field(rule, plain):
            domain &= self._in_period(plain._fields[name], date_from, date_to)
        return plain.search(domain, order="id").ids

    def _moment_field(self, rule, plain):
        return rule.in_force_at or ("create_date" if plain._log_access else "")

    def _in_period(self, moment, date_from, date_to):
        if moment.type == "date":
            return Domain(moment.name, ">=", date_from) & Domain(
                moment.name, "<=", date_to
            )
        after = fields.Date.add(date_to, days=1)
        return Domain(moment.name, ">=", date_from) & Domain(moment.name, "<", after)

    def _approved_ids(self, rule, date_from, date_to):
        """:return: ids of records that were changed in the period with an approval"""
        self._requests().flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT COALESCE(result_id, res_id) FROM approval_engine_request
                 WHERE governed_key = %s AND state = %s AND executed_at >= %s AND executed_at < %s
                """,
                rule.key,
                request_state.EXECUTED,
                date_from,
                fields.Date.add(date_to, days=1),
            )
        )
        return [id_ for (id_,) in rows if id_]

    # ------------------------------------------------------------------ one batch

    def _judge_batch(self, rule, found, batch, stages):
        """:yield: (record id, adherence.Verdict)"""
        approvals = self._approvals_of(rule, batch)
        contents = self._contents(rule, batch)
        since = self._since_of(rule, found, batch)
        for record in batch:
            document = adherence.Document(
                record.id, contents[record.id], since.get(record.id)
            )
            yield (
                record.id,
                adherence.judge(document, approvals.get(record.id, ()), stages),
            )

    def _since_of(self, rule, found, batch):
        """:return: ``{record id: when it came into force}``, as far as that is known"""
        name = rule.in_force_at
        if not name and found.kind == adherence.BORN and batch._log_access:
            name = "create_date"
        return {record.id: record[name] or None for record in batch} if name else {}

    def _approvals_of(self, rule, batch):
        """:return: ``{record id: [adherence.Approval]}``"""
        requests = (
            self._requests()
            .with_context(active_test=False)
            .search(
                Domain("governed_key", "=", rule.key)
                & (
                    (
                        Domain("res_model", "=", rule.model)
                        & Domain("res_id", "in", batch.ids)
                    )
                    | Domain("result_id", "in", batch.ids)
                )
            )
        )
        given = requests.filtered(lambda r: r.state in adherence.GIVEN)
        signed = self._signed_contents(given)
        told = self._told_results(given)
        found = {}
        for request in requests:
            one = request._as_approval(signed.get(request.id), told.get(request.id))
            found.setdefault(request.result_id or request.res_id, []).append(one)
        return found

    def _signed_contents(self, requests):
        """Read what approvals of this round are about; a request whose log was altered is left out.

        :return: ``{request id: {content hash}}``
        """
        logs = self.env["approval_engine.decision"].sudo()._whole_logs(requests)
        rounds = {request.id: request.round for request in requests}
        return {
            id_: {
                row["content_hash"]
                for row in rows
                if row["action"] in (APPROVE, CARRY) and row["round"] == rounds[id_]
            }
            for id_, rows in logs.items()
        }

    def _told_results(self, requests):
        """:return: ``{request id: fingerprint of what came of it}``, as the ledger has it"""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT case_id, attributes->>'result' FROM event_hub_event
                 WHERE case_model = %s AND case_id = ANY(%s) AND type = 'approval.executed'
                """,
                requests._name,
                requests.ids,
            )
        )
        return {id_: told for id_, told in rows if told}
