from . import (
    event_hub_event,
    ir_http,
    saas_demo_decisions,
    saas_demo_echo,
    saas_demo_episode,
    saas_demo_page,
    saas_demo_setup,
    saas_demo_story,
)
