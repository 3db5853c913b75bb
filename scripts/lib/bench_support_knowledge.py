"""Finding an article among ten thousand, with and without typos, each search with its line in the log."""

from . import bench_site
from .bench_support_backend import POSTGRES

TARGET_MS = (
    50  # each kind of question keeps it by itself; by CPU where the machine is busy
)
ARTICLES = 10_000
# Words as often as in texts of people: the n-th most frequent comes up once for every n of the first.
PREPARE = f"""
import random
dice = random.Random(4711)
heads = ["re", "un", "pre", "over", "in", "de", "con", "per", "ex", "trans", "sub", "out"]
cores = "port voice sync pass mit count cess form tract press ject vert scribe bill".split()
tails = ["", "s", "ing", "ed", "er", "ion", "able", "ment", "ly", "word"]
lexicon = [a + b + c + d for a in heads for b in cores for c in ["", *cores] for d in tails]
dice.shuffle(lexicon)
weights = [1 / (n + 3) for n in range(len(lexicon))]
def say_words(count):
    return " ".join(dice.choices(lexicon, weights, k=count))
Articles = env["support_visibility.article"]
env.cr.execute_values(
    "INSERT INTO support_visibility_article (name, number, keywords, body, language, visibility, state, company_id)"
    " VALUES %s",
    [
        (say_words(6), f"B-{{n}}", say_words(3), say_words(150), "en", "public", "published", env.company.id)
        for n in range({ARTICLES})
    ],
)
written = Articles.search([("number", "=like", "B-%")])
written._learn_words()
env.cr.execute("ANALYZE support_visibility_article, support_visibility_article_word")
env.cr.commit()
"""
MEASURE = (
    POSTGRES
    + """
    import random, statistics, time
    dice = random.Random(seed)
    Articles = env["support_visibility.article"]
    env.cr.execute("SELECT word FROM ts_stat('SELECT title_vector FROM support_visibility_article') ORDER BY ndoc DESC")
    titles = [row[0] for row in env.cr.fetchall()]

    def title():
        number = f"B-{dice.randrange(articles)}"
        env.cr.execute("SELECT name FROM support_visibility_article WHERE number = %s", [number])
        return env.cr.fetchone()[0].split()

    def typo(word):
        at = dice.randrange(1, max(2, len(word) - 1))
        return word[:at] + word[at + 1:] if len(word) > 5 else word + "x"

    kinds = {
        "two words of a title": lambda: " ".join(dice.sample(title(), 2)),
        "a title with two typos": lambda: " ".join(w if n > 1 else typo(w) for n, w in enumerate(title())),
        "the most frequent word": lambda: titles[0],
        "a ticket of ten words": lambda: " ".join(title() + title()),
    }
    found = {}
    for name, question in kinds.items():
        times, cpus = [], []
        for turn in range(rounds + 3):
            text = question()
            env.invalidate_all()
            cpu, of_postgres, began = time.process_time(), postgres(), time.perf_counter()
            hits = Articles.search_articles(text, "en", 10)
            env.flush_all()
            if turn > 2:  # the first ones warm up
                times.append(time.perf_counter() - began)
                cpus.append(time.process_time() - cpu + postgres() - of_postgres)
        env.cr.commit()
        # the clock of PostgreSQL's processes ticks every 10 ms: only the mean of many tells
        found[name] = {
            "median": statistics.median(times), "worst": max(times),
            "cpu": statistics.mean(cpus), "hits": len(hits),
        }
    say(found)
"""
)


def measure(place, quick, seed):
    rounds = 15 if quick else 60
    found = place.ask(MEASURE, rounds=rounds, seed=seed, articles=ARTICLES)
    return [
        bench_site.line(
            f"articles found: {name}",
            **{"bench": "support", "n": ARTICLES, "rounds": rounds, "seed": seed},
            value=round(1000 * times["median"], 1),
            unit="ms",
            worst_ms=round(1000 * times["worst"], 1),
            cpu_s=round(times["cpu"], 4),
            hits=times["hits"],
            target=TARGET_MS,
            ratio=round(1000 * min(times["median"], times["cpu"] or 1) / TARGET_MS, 3),
            ok=1000 * min(times["median"], times["cpu"] or 1) <= TARGET_MS,
        )
        for name, times in found.items()
    ]
