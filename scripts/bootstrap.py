"""Set crmlab up and use it: python scripts/bootstrap.py VERB.

Any Python can read this file, however old, so that a wrong one is told so in a sentence. The work is in `verbs.py`.
"""

import sys

OLDEST, NEWEST = (3, 11), (3, 13)


def complaint(version):
    """Return the sentence for a Python that cannot run crmlab, or an empty text for one that can."""
    if OLDEST <= tuple(version[:2]) <= NEWEST:
        return ""
    found = ".".join(str(number) for number in version[:2])
    return "crmlab needs Python 3.11, 3.12 or 3.13, and this is Python " + found + ": get one from python.org."


if __name__ == "__main__":
    if complaint(sys.version_info):
        sys.exit(complaint(sys.version_info))
    from verbs import main

    sys.exit(main(sys.argv[1:]))
