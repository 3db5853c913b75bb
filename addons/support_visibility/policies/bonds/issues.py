"""Where an engineering issue lives and how it stands, from what people paste and trackers send."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urlsplit

GITHUB = "github"
GITLAB = "gitlab"
JIRA = "jira"
TRACKERS = [(GITHUB, "GitHub"), (GITLAB, "GitLab"), (JIRA, "Jira"), ("other", "Other")]

UNKNOWN = "unknown"
STATES = [
    (UNKNOWN, "Not Heard Of"),
    ("open", "Open"),
    ("in_progress", "In Progress"),
    ("done", "Done"),
]
MAX_URL_CHARS = 500

# Words of trackers. Jira's three status categories are "new", "indeterminate" and "done":
# https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-workflow-status-categories/
WORDS = {
    "open": "open new opened reopened todo backlog selected",
    "in_progress": "indeterminate inprogress inreview review doing started progress",
    "done": "done closed resolved solved completed merged fixed wontfix notplanned deleted",
}
BY_WORD = {word: state for state, words in WORDS.items() for word in words.split()}

GITHUB_PATH = re.compile(r"^/([\w.-]+)/([\w.-]+)/(?:issues|pull)/(\d+)$")
GITLAB_PATH = re.compile(r"^/(.+)/-/(?:issues|work_items|merge_requests)/(\d+)$")
JIRA_PATH = re.compile(r"/browse/([A-Z][A-Z0-9_]+-\d+)$")


class Place(NamedTuple):
    tracker: str
    key: str  # as people call it: acme/app#12, ABC-7
    url: str  # without what follows the issue


def place_of(link: str) -> Place | None:
    """:return: where the issue is; None if this is no web address of an issue

    A self-hosted tracker is known by the shape of its path. Anything else with http or https is a link of its own.
    """
    link = link.strip()
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    if not _is_usable(link, parts.scheme, parts.hostname, parts.username):
        return None
    path = parts.path.rstrip("/")
    url = f"{parts.scheme}://{parts.netloc.lower()}{path}"
    for tracker, pattern in ((GITLAB, GITLAB_PATH), (JIRA, JIRA_PATH)):
        if found := pattern.search(path):
            return Place(tracker, "#".join(found.groups()), url)
    if found := GITHUB_PATH.search(path):
        owner, name, number = found.groups()
        return Place(GITHUB, f"{owner}/{name}#{number}", url)
    return Place("other", f"{parts.netloc}{path}"[-80:], url) if path else None


def _is_usable(link: str, scheme: str, host: str | None, username: str | None) -> bool:
    """A script, a file or a name with a password is no link to an issue."""
    short = len(link) <= MAX_URL_CHARS and link.isprintable() and " " not in link
    return short and scheme in ("http", "https") and bool(host) and not username


def state_of(word: str | None) -> str:
    """:return: our state for a tracker's word; unknown if we do not know the word"""
    return BY_WORD.get(re.sub(r"[\W_]+", "", (word or "").casefold()), UNKNOWN)
