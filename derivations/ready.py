"""Import this to have `warm_up` done, where a process can only be told what to import."""

from derivations import warm_up

warm_up()
