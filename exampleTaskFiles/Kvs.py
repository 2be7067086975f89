"""Makes tasks as it goes, by the key-value server of a run. It needs Python only, and no package.

    disbatch -s localhost:4 --taskcommand 'python3 ../exampleTaskFiles/Kvs.py'

What to expect: five numbers are squared, then the tasks of the two largest results are followed by one more each. The run
says "7 tasks done", exit code 0, and PREFIX_taskcommand.log ends with "best: 16 25".
"""

import json
import os
import socket

# The run says by variables where its server is. All text has its length in front, in ten characters.
connection = socket.create_connection((os.environ["KVSSTCP_HOST"], int(os.environ["KVSSTCP_PORT"])))
answers = connection.makefile("rb")


def sized(text):
    return b"%10d" % len(text.encode()) + text.encode()


def put(key, text):
    connection.sendall(b"put_" + sized(key) + b"ASTR" + sized(text))


def get(key):
    connection.sendall(b"get_" + sized(key))
    answers.read(4)  # how the value is encoded
    return answers.read(int(answers.read(10))).decode()


# Signs in: a name, the line that means "no more", and the keys for results and for tasks.
put("task source name", "squares")
put("task source done task", "squares are done")
put("task source result key", "squares result")
put("task source task key", "squares task")

# Task ids count from 0 in the order in which lines are put.
for number in range(1, 6):
    put("squares task", "echo $((%d * %d))" % (number, number))

# Results come as tasks end.
outputs = {}
while len(outputs) < 5:
    task = get("squares result done tasks")
    result = json.loads(get("squares result " + task))
    outputs[int(task)] = int(result["OutData"])

# More tasks, depending on what came out.
best = sorted(outputs.values())[-2:]
for value in best:
    put("squares task", "echo %d > square_%d.log" % (value, value))
put("squares task", "squares are done")
print("best:", *best)
