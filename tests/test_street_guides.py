"""The examples of the guides run as they are written; code of an addon (`py`) has tests of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from street import ROOT

pytest_plugins = ["street_fixtures"]

GUIDES = ROOT / "docs" / "guides"
BLOCK = re.compile(r"```(python|sh)\n(.*?)```", re.DOTALL)


def examples():
    """Each guide's code by language: the blocks of one language build on each other."""
    for guide in sorted(GUIDES.glob("*.md")):
        blocks = {}
        for language, code in BLOCK.findall(guide.read_text()):
            blocks.setdefault(language, []).append(code)
        for language, codes in blocks.items():
            yield pytest.param(
                language, "\n".join(codes), id=f"{guide.stem}-{language}"
            )


@pytest.mark.parametrize(("language", "code"), examples())
def test_the_examples_run(server, tmp_path, language, code):
    (tmp_path / ".runtime").symlink_to(server.state)
    command = (
        [sys.executable, "-c", code] if language == "python" else ["bash", "-euc", code]
    )
    done = subprocess.run(
        command,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        env=dict(os.environ),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip()
    assert '"error"' not in done.stdout


def test_every_link_of_the_guides_leads_somewhere():
    for guide in GUIDES.glob("*.md"):
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", guide.read_text()):
            assert (guide.parent / Path(target)).exists(), f"{guide.name}: {target}"
