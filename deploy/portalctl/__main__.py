"""``python3 -m portalctl``."""

import sys

from .cli import main

sys.exit(main())
