"""`python -m boxwright.serve --fd N`: the web process, on a socket that the supervisor has bound.

The supervisor keeps the socket while this process restarts: a browser waits a moment instead of being refused.
"""

import argparse
import socket

import uvicorn

LEAVE_SECONDS = 2


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m boxwright.serve")
    parser.add_argument("--fd", type=int, required=True, help="a bound socket, inherited")
    parser.add_argument("--log-level", default="warning")
    options = parser.parse_args()
    config = uvicorn.Config(
        "boxwright.asgi:application",
        lifespan="off",
        ws="none",
        log_level=options.log_level,
        access_log=options.log_level == "info",
        server_header=False,
        proxy_headers=False,  # boxwright.asgi believes named proxies only
        timeout_graceful_shutdown=LEAVE_SECONDS,
    )
    config.load()  # outside the event loop: the application may look into the database while it is imported
    # From the number, Python finds the socket's family; `uvicorn --fd` takes it for a Unix socket and leaves Nagle on.
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=options.fd)])


if __name__ == "__main__":
    main()
