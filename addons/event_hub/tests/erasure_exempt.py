"""Stored texts that erasure leaves, and why. Whoever adds a column puts it into a ``Place`` or in here."""

CONFIGURATION = "configuration that administrators write; it is about no customer"
CODE = "a code, an id or a fingerprint; identities stay so that nothing counts twice"
PROOF = (
    "part of a decision that is hashed and chained, or of what was decided on: changed, it would prove nothing. Kept"
    " to defend legal claims; who decided is named on purpose."
)
AMONG_US = "agreed between users of this database; about no customer"
FIGURE = "made by the suite from figures and codes"
SECRET = "a key of ours"

# In any model.
NAMES = {
    "correlation": CODE,
    "res_model": CODE,
    "body_sha256": CODE,
    "input_digest": CODE,
    "digest": CODE,
    "parent_path": CODE,
}
# All columns.
MODELS = {
    "ai_assist.provider": CONFIGURATION,
    "ai_assist.task": CONFIGURATION,
    "approval_engine.decision": PROOF,
    "approval_engine.escalation_level": CONFIGURATION,
    "approval_engine.policy": CONFIGURATION,
    "approval_engine.policy_step": CONFIGURATION,
    "approval_engine.question": PROOF,
    "approval_engine.request": PROOF,
    "approval_engine.request_step": PROOF,
    "approval_engine.seal": PROOF,
    "approval_engine.seal_entry": PROOF,
    "approval_engine.type": CONFIGURATION,
    "approval_engine.type.option": CONFIGURATION,
    "event_hub.adapter": CONFIGURATION,
    "event_hub.charter": CONFIGURATION,
    "event_hub.event_type": CONFIGURATION,
    "event_hub.event_type.version": CONFIGURATION,
    "event_hub.field_owner": CONFIGURATION,
    "event_hub.mapping": CONFIGURATION,
    "event_hub.rule_version": CONFIGURATION,
    "event_hub.source": CONFIGURATION,
    "process_intelligence.definition": CONFIGURATION,
    "saas_risk.assessment": FIGURE,
    "saas_risk.dunning_policy": CONFIGURATION,
    "saas_risk.health_model": CONFIGURATION,
    "saas_risk.milestone": CONFIGURATION,
    "saas_risk.plan": CONFIGURATION,
    "saas_risk.signal": CONFIGURATION,
    "support_visibility.category": CONFIGURATION,
    "support_visibility.stage": CONFIGURATION,
    "support_visibility.team": CONFIGURATION,
}
COLUMNS = {
    ("ai_assist.suggestion", "engine"): CODE,
    ("ai_assist.suggestion", "model"): CODE,
    ("approval_engine.delegation", "reason"): AMONG_US,
    ("base.automation", "event_domain"): CONFIGURATION,
    ("base.automation", "event_pattern"): CONFIGURATION,
    ("base.automation", "webhook_uuid"): SECRET,
    ("event_hub.alert", "queue"): CODE,
    ("event_hub.conflict", "field"): CODE,
    ("event_hub.delivery", "event_type"): CODE,
    ("event_hub.delivery", "webhook_id"): CODE,
    ("event_hub.delivery.attempt", "problem"): CODE,
    ("event_hub.endpoint", "event_pattern"): CONFIGURATION,
    ("event_hub.endpoint", "name"): CONFIGURATION,
    ("event_hub.endpoint", "secret_current"): SECRET,
    ("event_hub.endpoint", "secret_previous"): SECRET,
    ("event_hub.endpoint", "url"): CONFIGURATION,
    ("event_hub.event", "case_model"): CODE,
    ("event_hub.event", "case_type"): CODE,
    ("event_hub.event", "ce_id"): CODE,
    ("event_hub.event", "ce_source"): CODE,
    ("event_hub.event", "type"): CODE,
    ("event_hub.event_object", "role"): CODE,
    ("event_hub.exception_mark", "kind"): CODE,
    ("event_hub.external_id", "external_id"): "the row is deleted",
    ("event_hub.message", "content_type"): CODE,
    ("event_hub.message", "external_id"): CODE,
    ("event_hub.replay", "chosen"): "numbers of messages",
    ("event_hub.job", "approval_reason"): CONFIGURATION,
    ("event_hub.job", "estimate_basis"): CONFIGURATION,
    ("event_hub.job", "purpose"): CONFIGURATION,
    ("event_hub.run", "event_type"): CODE,
    ("event_hub.tally", "key"): CODE,
    ("ir.actions.server", "webhook_url"): CONFIGURATION,
    ("process_intelligence.log", "options"): "names of columns",
    ("process_intelligence.log_event", "case_key"): CODE,
    (
        "res.partner",
        "account_code",
    ): "the contact itself is for Odoo's Privacy Lookup",
    ("saas_risk.billing_invoice", "case_spell"): CODE,
    ("saas_risk.billing_invoice", "number"): CODE,
    ("saas_risk.billing_invoice", "spell"): CODE,
    ("saas_risk.payment_attempt", "decline_code"): CODE,
    ("saas_risk.subscription", "external_ref"): CODE,
    ("saas_risk.usage_daily", "metric"): CODE,
    ("support_visibility.ticket", "external_category"): CODE,
    ("support_visibility.ticket", "external_ref"): CODE,
    ("support_visibility.ticket", "external_status"): CODE,
    ("support_visibility.ticket", "number"): CODE,
}
