"""x"""

EQUIVALENT = {}
