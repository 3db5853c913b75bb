"""The evidence of each decision is found by its fingerprint, that of earlier requests too."""


def migrate(cr, version):
    cr.execute(
        """
        INSERT INTO approval_engine_evidence (request_id, company_id, hash, packet, frozen_at)
        SELECT id, company_id, evidence_hash, evidence_packet, COALESCE(submitted_at, write_date)
          FROM approval_engine_request r
         WHERE evidence_packet IS NOT NULL AND evidence_hash IS NOT NULL
           AND NOT EXISTS (SELECT FROM approval_engine_evidence e
                            WHERE e.request_id = r.id AND e.hash = r.evidence_hash)
        """
    )
