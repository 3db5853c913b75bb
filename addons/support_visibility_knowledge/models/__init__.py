from . import (
    event_hub_erasure,
    support_visibility_article,
    support_visibility_article_life,
    support_visibility_article_find,
    support_visibility_article_read,
    support_visibility_article_answer,
    support_visibility_article_version,
    support_visibility_article_word,
    support_visibility_article_search,
    support_visibility_article_hit,
    support_visibility_article_gap,
    support_visibility_ticket,
)
