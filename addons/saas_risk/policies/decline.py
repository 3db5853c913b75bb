"""Why a payment failed, in classes that ask for different next steps.

The codes are those that card networks and payment providers share; anything
else is `other`.
"""

FUNDS = "funds"  #: worth another try later
CARD = "card"  #: the customer must give other payment details
BANK = "bank"  #: the customer must speak with the bank
FRAUD = "fraud"  #: a person must look before anything else happens
TECHNICAL = "technical"  #: try again soon
OTHER = "other"  #: the reason was not given, or is not one we know

CLASSES = (FUNDS, CARD, BANK, FRAUD, TECHNICAL, OTHER)

CODES = {
    "insufficient_funds": FUNDS,
    "card_velocity_exceeded": FUNDS,
    "withdrawal_count_limit_exceeded": FUNDS,
    "expired_card": CARD,
    "incorrect_cvc": CARD,
    "invalid_cvc": CARD,
    "incorrect_number": CARD,
    "invalid_number": CARD,
    "invalid_expiry_month": CARD,
    "invalid_expiry_year": CARD,
    "invalid_account": CARD,
    "card_not_supported": CARD,
    "card_declined": BANK,
    "call_issuer": BANK,
    "do_not_honor": BANK,
    "generic_decline": BANK,
    "transaction_not_allowed": BANK,
    "authentication_required": BANK,
    "fraudulent": FRAUD,
    "lost_card": FRAUD,
    "stolen_card": FRAUD,
    "pickup_card": FRAUD,
    "processing_error": TECHNICAL,
    "issuer_not_available": TECHNICAL,
    "try_again_later": TECHNICAL,
}


def classify(code: str | None) -> str:
    return CODES.get((code or "").strip().lower(), OTHER)
