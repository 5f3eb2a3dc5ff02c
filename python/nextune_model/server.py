"""The embedded model behind an OpenAI-compatible endpoint on loopback: `python -m nextune_model.server --base DIR …`.

Prints one JSON line {"listening": URL} once it answers. Ends on SIGTERM, and when the process named by --parent-pid ends
(or standard input closes, with --until-stdin-closes).
"""

import argparse
import json
import os
import signal
import socket
import sys
import threading
import time
from http.server import ThreadingHTTPServer
from pathlib import Path


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address) -> None:
        """A client that hung up mid-line is no news; anything else is printed as usual."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, socket.timeout)):
            super().handle_error(request, client_address)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nextune_model.server", description=__doc__)
    parser.add_argument("--base", required=True, type=Path, help="folder that nextune_model.base wrote, or writes now")
    parser.add_argument("--adapters", required=True, type=Path, help="folder with one folder for each adapter")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="processor threads to compute with")
    parser.add_argument("--precision", choices=["auto", "fp32", "bf16"], default="auto")
    parser.add_argument("--max-rows", type=int, default=64, help="sequences under way at once")
    parser.add_argument("--kv-tokens", type=int, default=65_536, help="tokens of keys and values in memory at once")
    parser.add_argument("--parent-pid", type=int, help="end when this process, the parent, is gone")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end when standard input closes")
    return parser.parse_args()


def _end_with_parent(pid: int) -> None:
    while os.getppid() == pid:
        time.sleep(0.5)
    os._exit(0)


def _end_with_stdin() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


def _watch(arguments: argparse.Namespace) -> None:
    if arguments.parent_pid:
        threading.Thread(target=_end_with_parent, args=[arguments.parent_pid], daemon=True).start()
    if arguments.until_stdin_closes:
        threading.Thread(target=_end_with_stdin, daemon=True).start()


def main() -> int:
    arguments = _arguments()
    _watch(arguments)
    # Nothing is lost by ending at once: requests are repeatable, and the caller records answers only when whole.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))
    # Threads that spin at a barrier take the processor from whoever they wait for: with other work on the cores a step
    # took 14 times as long. Read when torch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch

    from nextune_model.base import write_base
    from nextune_model.handler import Handler
    from nextune_model.service import Service
    from nextune_model.session import Limits

    torch.set_num_threads(arguments.threads)
    write_base(arguments.base)
    limits = Limits(rows=arguments.max_rows, kv_tokens=arguments.kv_tokens)
    Handler.service = Service(arguments.base, arguments.adapters, arguments.precision, limits)
    server = _Server(("127.0.0.1", arguments.port), Handler)
    print(json.dumps({"listening": f"http://127.0.0.1:{server.server_port}/v1"}), flush=True)
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
