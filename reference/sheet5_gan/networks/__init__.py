"""Sheet 5's networks and their training step.

The modules of the folder above collect what is here, so that it is found under the item's names.
"""
