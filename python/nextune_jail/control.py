"""What the judge and a zygote say to each other, in fixed-size messages on the control socket between their jails."""

import struct

# number, what (START or END), CPU limit, wall limit; a start brings one descriptor.
order = struct.Struct("<QIII")
START, END = 0, 1

# number, what happened, status of the exit or the errno, CPU milliseconds
report = struct.Struct("<QIiI")
EXITED, SIGNALLED, CPU, WALL, STARVED, NOT_STARTED, ENDED = range(7)
