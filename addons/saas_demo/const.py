"""Names and limits of the demo."""

#: odoo.conf section and key that `scripts/serve` writes; without them no demo route exists.
SECTION = "saas_demo"
ENABLED = "enabled"
#: values of `enabled` that switch the demo on
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})

#: ir.config_parameter with the SHA-256 of the key in the Start link
START_KEY_PARAM = "saas_demo.start_key_sha256"
#: ir.config_parameter, followed by a login: fingerprint of the password hash we set
PASSWORD_PARAM = "saas_demo.password."
#: ir.config_parameter set once the story is told; a second start tells it no more
STORY_PARAM = "saas_demo.story_told"

ECHO_PATH = "/saas_demo/echo"
#: bytes; our own deliveries are a few kB
ECHO_MAX_BYTES = 256 * 1024
#: echo rows kept; older ones are removed as new ones arrive
ECHO_KEEP = 200

COMPANY_NAME = "Lumenta Cloud"
