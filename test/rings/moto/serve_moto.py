"""moto's server with the types and the life of a stack that brevet's template needs. Prints its port once it listens."""

import sys
import threading

import stacks.life  # noqa: F401
import stacks.outbound  # noqa: F401
import stacks.saml  # noqa: F401
import stacks.types  # noqa: F401
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
# Whoever started it holds its standard input: when that ends, so does this.
threading.Thread(target=lambda: (sys.stdin.read(), server.stop())).start()
