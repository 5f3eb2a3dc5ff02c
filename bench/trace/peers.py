"""Times a peer on the same programs, in the environment that main.mjs made for it: `python peers.py pysnooper|snoop NAME…`.

It follows calls, as our tracer does. Its text goes to a file that is thrown away. One run each: seconds, where a plain run
takes microseconds. A run that takes longer than CPU_LIMIT_S is ended there, and its time is what it had taken by then.
"""

import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from programs import PROGRAMS  # noqa: E402

CPU_LIMIT_S = 20
DEPTH = 1000  # of calls that are traced; by default both tell of the decorated function alone


class Ended(BaseException):
    """The limit was met."""


def end_run(*_):
    raise Ended


def tracer_of(peer, output):
    if peer == "pysnooper":
        import pysnooper

        return pysnooper.snoop(output, depth=DEPTH, color=False)
    import snoop

    snoop.install(out=open(output, "w"), color=False)
    return snoop.snoop(depth=DEPTH)


def timed(name, source, test, peer):
    with tempfile.TemporaryDirectory() as folder:
        # Both read the source from a file.
        path = Path(folder, "program.py")
        path.write_text(source)
        namespace = {"__name__": "program", "__file__": str(path)}
        exec(compile(source, str(path), "exec"), namespace)
        namespace["f"] = tracer_of(peer, os.path.join(folder, "trace.txt"))(namespace["f"])
        code = compile(test, "<test>", "exec")
        ended = False
        begun = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, CPU_LIMIT_S)
        try:
            exec(code, namespace)
        except Ended:
            ended = True
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            sys.settrace(None)
        return {"name": name, "seconds": time.process_time() - begun, "ended": ended}


def main():
    peer, names = sys.argv[1], set(sys.argv[2:])
    signal.signal(signal.SIGPROF, end_run)
    for name, source, test in PROGRAMS:
        if name in names:
            print(json.dumps(timed(name, source, test, peer)), flush=True)


main()
