from . import (
    test_article,
    test_article_demands,
    test_article_pages,
    test_article_search,
    test_article_ticket,
    test_policy_knowledge,
    test_tour_knowledge,
)
