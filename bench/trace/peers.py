"""Times a peer on the same programs, in the environment that main.mjs made for it: `python peers.py pysnooper|snoop NAME…`.

Its text goes to a file that is thrown away. One run each: seconds, where a plain run takes microseconds.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from programs import PROGRAMS  # noqa: E402


def tracer_of(peer, output):
    if peer == "pysnooper":
        import pysnooper

        return pysnooper.snoop(output, color=False)
    import snoop

    snoop.install(out=open(output, "w"), color=False)
    return snoop.snoop


def timed(name, source, test, peer):
    with tempfile.TemporaryDirectory() as folder:
        # Both read the source from a file.
        path = Path(folder, "program.py")
        path.write_text(source)
        namespace = {"__name__": "program", "__file__": str(path)}
        exec(compile(source, str(path), "exec"), namespace)
        namespace["f"] = tracer_of(peer, os.path.join(folder, "trace.txt"))(namespace["f"])
        code = compile(test, "<test>", "exec")
        begun = time.process_time()
        exec(code, namespace)
        return {"name": name, "seconds": time.process_time() - begun}


def main():
    peer, names = sys.argv[1], set(sys.argv[2:])
    for name, source, test in PROGRAMS:
        if name in names:
            print(json.dumps(timed(name, source, test, peer)), flush=True)


main()
