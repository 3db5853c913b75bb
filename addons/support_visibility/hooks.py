def post_init_hook(env):
    """Every company numbers its own tickets."""
    env["res.company"].sudo().search([])._create_ticket_sequences()
