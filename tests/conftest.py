"""What the whole-system tests share: where the checkout is, and the set-up's own package."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
