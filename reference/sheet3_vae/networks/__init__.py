"""Sheet 3's networks and their training: Encoder, Decoder and what takes them.

The modules of the folder above collect what is here, so that it is found under the item's names.
"""
