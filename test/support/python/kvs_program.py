"""A client of the key-value server, written from the description of its protocol, and a program that makes tasks by it."""

import json
import os
import socket


class Kvs:
    """A connection to the server at HOST:PORT, by default the one that the variables name."""

    def __init__(self, address=None):
        if address is None:
            address = os.environ["KVSSTCP_HOST"] + ":" + os.environ["KVSSTCP_PORT"]
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)))
        self.stream = self.socket.makefile("rb")

    def put(self, key, text, encoding=b"ASTR"):
        self.socket.sendall(b"put_" + sized(key) + encoding + sized(text))

    def get(self, key):
        return self.ask(b"get_", key)

    def view(self, key):
        return self.ask(b"view", key)

    def ask(self, operation, key):
        self.socket.sendall(operation + sized(key))
        self.exactly(4)
        return self.exactly(int(self.exactly(10))).decode()

    def exactly(self, count):
        data = self.stream.read(count)
        if len(data) < count:
            raise EOFError("the key-value server is gone")
        return data


def sized(text):
    data = text.encode()
    return b"%10d" % len(data) + data


class Tasks:
    """Signs in as a maker of tasks, and waits for what comes of them."""

    def __init__(self, kvs, name="testing"):
        self.kvs, self.name, self.results = kvs, name, {}
        kvs.put("task source name", name)
        kvs.put("task source done task", name + " done!")
        kvs.put("task source result key", name + " result")
        kvs.put("task source task key", name + " task")

    def submit(self, line):
        self.kvs.put(self.name + " task", line)

    def done(self):
        self.submit(self.name + " done!")

    def wait_one(self):
        task = int(self.kvs.get(self.name + " result done tasks"))
        self.results[task] = json.loads(self.kvs.get("%s result %d" % (self.name, task)))
        return self.results[task]

    def wait_for(self, tasks):
        while any(task not in self.results for task in tasks):
            self.wait_one()
        return [self.results[task] for task in tasks]
