import { expect, test } from "vitest";
import { mistakesIn } from "../../../support/documents.ts";

/** Documents, and what is said of them behind `flow.yaml:`. */
const CASES: readonly (readonly [title: string, text: string, mistakes: readonly string[]])[] = [
  ["nothing", "", ["1:1: error: an empty document (it needs tasks)"]],
  ["blanks", "\n  \n", ["1:1: error: an empty document (it needs tasks)"]],
  [
    "YAML that begins as JSON",
    "{tasks: {}}",
    [
      "1:2: error: not JSON: invalid symbol (what begins with { is read as JSON; YAML begins with a word, such as tasks:)",
      "1:7: error: not JSON: property name expected",
      "1:10: error: not JSON: value expected",
      "1:11: error: not JSON: end of file expected",
    ],
  ],
  ["comments alone", "# a\n# b\n", ["1:1: error: an empty document (it needs tasks)"]],
  [
    "a list",
    "- a",
    [
      "1:1: error: must be words with values, not a list (a document has the word tasks; a task file has another ending)",
    ],
  ],
  [
    "a name that is too long for files",
    `name: ${"n".repeat(201)}\ntasks: {a: {run: x}}`,
    [expect.stringMatching(/^1:7: error: name: "n.*" is no name for files \(.*200 at most\)$/)],
  ],
  [
    "ends of ranges that look like some",
    "axes: {a: {from: 2031-02-30, to: 01}, b: {from: 1, to: 1e3}, c: {from: 1, to: soon-}}\ntasks: {a: {run: x}}",
    [
      '1:18: error: axes.a.from: must be a whole number or a date, not "2031-02-30" (the calendar has no such day)',
      expect.stringMatching(
        /^1:34: error: axes\.a\.to: must be a whole number or a date, not "01" \(whole numbers are written as 5 /,
      ),
      expect.stringMatching(
        /^1:56: error: axes\.b\.to: must be a whole number or a date, not "1e3" \(whole numbers are written as 5 /,
      ),
      '1:79: error: axes.c.to: must be a whole number or a date, not "soon-"',
    ],
  ],
  [
    "a command without a program",
    "tasks: {a: {command: ['', x]}}",
    ["1:23: error: tasks.a.command[0]: names no program"],
  ],
  [
    "alternatives beside other needs",
    "tasks: {a: {run: x}, b: {run: x, needs: [a, {any: [a]}]}}",
    [
      '1:45: error: tasks.b.needs[1]: "task" is missing',
      expect.stringMatching(/^1:46: error: tasks\.b\.needs\[1\]\.any: unknown word "any" \(any stands alone, .*\)$/),
    ],
  ],
  [
    "a short word that is near to no other",
    "axes: {day: [1]}\ntasks: {a: {matrix: [day], needs: {task: b, match: {x: day}}, run: x}, b: {matrix: [day], run: x}}",
    [
      '2:53: error: tasks.a.needs.match.x: unknown axis of the task that is needed "x" (the only axis of the task that is needed is day)',
    ],
  ],
  ["no tasks", "name: x", ['1:1: error: "tasks" is missing']],
  ["no task", "tasks: {}", ["1:8: error: tasks: there is no task"]],
  ["tasks without a value", "tasks:", ["1:7: error: tasks: must be words with values, not nothing"]],
  [
    "a tab",
    "tasks:\n\ta: x",
    ["2:1: error: not YAML: tabs are not allowed as indentation (indent with blanks, not with tabs)"],
  ],
  [
    "what the parser says of each line behind a mistake",
    `tasks:\n  a: run: x: y\n${"  b:\n     run: x\n   needs: a\n".repeat(20)}`,
    [
      "2:6: error: not YAML: nested mappings are not allowed in compact mappings",
      "5:1: error: not YAML: all mapping items must start at the same column",
    ],
  ],
  ["a quote that is not closed", "tasks: 'x", ["1:10: error: not YAML: missing closing 'quote"]],
  [
    "two keys of one name",
    "tasks:\n  a: {run: x}\n  b: {run: y}\n  a: {run: z}",
    ['4:3: error: "a" stands twice (leave one of them out)'],
  ],
  [
    "two keys of one name in JSON",
    '{"tasks": {"a": {"run": "x"},\n "a": {"run": "y", "run": "z"}}}',
    ['2:2: error: "a" stands twice (leave one of them out)', '2:20: error: "run" stands twice (leave one of them out)'],
  ],
  ["a comma too many in JSON", '{"tasks": {"a": {"run": "x"},}}', ["1:30: error: not JSON: property name expected"]],
  [
    "a comment in JSON",
    '{"tasks": {"a": {"run": "x"}}} // x',
    ["1:32: error: JSON has no comments (in YAML they begin with #)"],
  ],
  [
    "a word that means something to the language",
    "tasks: {constructor: {run: x}}",
    ['1:9: error: "constructor" cannot be used as a name'],
  ],
  [
    "two documents",
    "tasks: {a: {run: x}}\n---\ntasks: {b: {run: x}}",
    ["2:1: error: a second document (write it into a file of its own)"],
  ],
  ["an alias of nothing", "tasks: {a: *x}", ['1:12: error: the alias "*x" stands for nothing before it']],
  ["an alias of itself", "tasks: &x {a: *x}", ['1:15: error: the alias "*x" stands for what it is in']],
  [
    "a tag",
    "tasks: {a: {run: !!js/function 'x'}}",
    ["1:18: error: not YAML: unresolved tag: tag:yaml.org,2002:js/function"],
  ],
  [
    "documents of other programs",
    `{"tasks": {"a": {"job": {"command": ["x"]}}, "b": {"details": {"command": ["x"]}}},\n"app": {"bash_cmd": "x"}}`,
    [
      '1:18: error: tasks.a.job: unknown word "job" (documents of Daggy are read with --format daggy)',
      '1:52: error: tasks.b.details: unknown word "details" (documents of Daggy are read with --format daggy)',
      '2:1: error: app: unknown word "app" (documents of Stolos are read with --format stolos)',
    ],
  ],
  [
    "unknown words, everywhere",
    "tsks: 1\ndefaults: {time: 3}\ntasks: {a: {run: x, nedes: b, cpus: 2, depends_on: [b]}, b: {run: x, xyzzy: 1}}",
    [
      '1:1: error: tsks: unknown word "tsks" (did you mean tasks?)',
      '2:12: error: defaults.time: unknown word "time" (did you mean timeout?)',
      '3:21: error: tasks.a.nedes: unknown word "nedes" (did you mean needs?)',
      '3:31: error: tasks.a.cpus: unknown word "cpus" (did you mean cores?)',
      '3:40: error: tasks.a.depends_on: unknown word "depends_on" (did you mean needs?)',
      '3:70: error: tasks.b.xyzzy: unknown word "xyzzy" (the words are description, run, command, use, with, matrix, ' +
        "needs, inputs, outputs, code, external, if, when, allowFailure, generates, env, workdir, shell, secrets, cache, cacheEnv, " +
        "doneWhen, cores, memory, gpus, resources, timeout, minTime, retries, retryCores, retryMemory, retryTimeout, context, priority)",
    ],
  ],
  [
    "values of the wrong kind",
    "tasks: {a: {run: 7, allowFailure: 1, if: sucess, env: [x], secrets: T, shell: {}, needs: 5}}",
    [
      "1:18: error: tasks.a.run: must be text, not 7",
      "1:35: error: tasks.a.allowFailure: must be true or false, not 1",
      '1:42: error: tasks.a.if: must be one of success, failure, always, not "sucess"',
      "1:55: error: tasks.a.env: must be words with values, not a list",
      '1:69: error: tasks.a.secrets: must be a list, not "T"',
      "1:79: error: tasks.a.shell: must be words, not words with values",
      "1:90: error: tasks.a.needs: must be a task, or a list of tasks, not 5",
    ],
  ],
  [
    "a task that does nothing",
    "tasks:\n  a: {env: {X: 1}}",
    ["2:3: error: tasks.a: does nothing (write run, command or use)"],
  ],
  ["an empty script", "tasks: {a: {run: ' '}}", ["1:18: error: tasks.a.run: is an empty script"]],
  [
    "run and command",
    "tasks: {a: {run: x, command: [y]}}",
    ["1:9: error: tasks.a: has both run and command (leave one of them out)"],
  ],
  [
    "a shell for a command",
    "tasks: {a: {command: [y], shell: sh}}",
    ["1:27: error: tasks.a.shell: is for run: no shell interprets a command"],
  ],
  [
    "an empty command",
    "tasks: {a: {command: []}}",
    ["1:22: error: tasks.a.command: must have one word at least, not an empty list"],
  ],
  ["with without use", "tasks: {a: {run: x, with: {n: 1}}}", ["1:21: error: tasks.a.with: belongs to use"]],
  [
    "names that are none",
    'name: a b\ntasks: {1x: {run: x}, "a/b": {run: x}, "a[b": {run: x}}',
    [
      '1:7: error: name: "a b" is no name for files (write a name with letters, digits, _, . and - alone, 200 at most)',
      '2:9: error: tasks.1x: "1x" is no name of a task (letters, digits, _ and -, and no digit or - first)',
      '2:23: error: tasks.a/b: "a/b" is no name of a task (letters, digits, _ and -, and no digit or - first)',
      '2:40: error: tasks.a[b: "a[b" is no name of a task (letters, digits, _ and -, and no digit or - first)',
    ],
  ],
  [
    "names of parameters that mean something else",
    "params: {PATH: 1, DISBATCH_X: 1, STATE_a: 1, a-b: 1, UID: 1}\ntasks: {a: {run: x}}",
    [
      '1:10: error: params.PATH: "PATH" means something else to shells and programs (choose another name)',
      '1:19: error: params.DISBATCH_X: "DISBATCH_X" begins as variables of disbatch do (choose another name)',
      '1:34: error: params.STATE_a: "STATE_a" begins as variables of disbatch do (choose another name)',
      '1:46: error: params.a-b: "a-b" is no name of a variable (letters, digits and _, and no digit first)',
      '1:54: error: params.UID: "UID" means something else to shells and programs (choose another name)',
    ],
  ],
  [
    "defaults that parameters cannot have",
    "params: {d: {type: date, default: 2031-02-30}, i: {type: int, default: 1.5}, b: {type: bool, default: yes}, " +
      "f: {type: float, default: x}, t: {type: datetime, default: 2031-01-01T25:00}, c: {choices: [a, b], default: d}, " +
      "p: {type: path, default: ''}, e: {type: choice}, n: {choices: [1], type: int, default: 1}}\ntasks: {a: {run: x}}",
    [
      '1:35: error: params.d.default: must be a date such as 2031-01-03, not "2031-02-30"',
      '1:72: error: params.i.default: must be a whole number, not "1.5"',
      '1:103: error: params.b.default: must be true or false, not "yes"',
      '1:135: error: params.f.default: must be a number, not "x"',
      '1:168: error: params.t.default: must be a date and time such as 2031-01-03T12:00, not "2031-01-01T25:00"',
      '1:217: error: params.c.default: must be one of a, b, not "d"',
      '1:246: error: params.p.default: must be a path in UTF-8, not ""',
      "1:254: error: params.e: a choice without choices (write choices: [a, b])",
      "1:283: error: params.n.choices: choices of the type int (write type: choice)",
    ],
  ],
  [
    "names that clash",
    "params: {n: 1}\nenv: {n: 2}\ndefaults: {secrets: [n]}\naxes: {n: [1]}\n" +
      "tasks: {a: {run: x, env: {day: 1}, matrix: {day: [1]}}, b: {run: x, secrets: [day, DISBATCH_X], matrix: {day: [1]}}}",
    [
      "2:7: error: env.n: there is a parameter of this name (choose another name)",
      '3:22: error: defaults.secrets[0]: there is a parameter of the name "n" (choose another name)',
      '4:8: error: axes.n: there is a parameter of the name "n" (choose another name)',
      "5:27: error: tasks.a.env.day: there is an axis of this name (choose another name)",
      '5:79: error: tasks.b.secrets[0]: there is an axis of the name "day"',
      '5:84: error: tasks.b.secrets[1]: "DISBATCH_X" begins as variables of disbatch do (choose another name)',
    ],
  ],
  [
    "places for what there is not",
    "params: {count: 1}\ntasks: {a: {command: [x, '${cuont}', '${HOME}', '${', '$${x}'], workdir: '${day}'}}",
    [
      '2:26: error: tasks.a.command[1]: no parameter or axis "cuont" (did you mean count?)',
      '2:38: error: tasks.a.command[2]: no parameter or axis "HOME" ($${ stands for ${ itself)',
      "2:49: error: tasks.a.command[3]: ${ without its } ($${ stands for ${ itself)",
      '2:74: error: tasks.a.workdir: no parameter or axis "day" ($${ stands for ${ itself)',
    ],
  ],
  [
    "axes without values, and with bad ones",
    "params: {n: 0, w: text}\naxes: {a: [], b: {from: 1, to: n}, c: [x, x, ''], d: {from: 1, to: m}, e: {from: 1, to: 3, step: 0}, " +
      "f: {from: 2031-01-01, to: 3}, g: {from: 1, to: w}, h: {from: 1, to: 1.5}, i: {lines: gone}, j: {lines: empty}, k: 7, l: {from: 1}}\n" +
      "tasks: {a: {run: x}}",
    [
      "2:11: error: axes.a: an axis without values (a task has no instance then)",
      "2:18: error: axes.b: an axis without values: from 1 to 0 in steps of 1 (step: -1 goes down)",
      '2:43: error: axes.c[1]: the value "x" stands twice',
      "2:46: error: axes.c[2]: an empty value",
      '2:68: error: axes.d.to: unknown parameter "m" (there are n, w)',
      "2:98: error: axes.e.step: must be a whole number that is not 0",
      "2:105: error: axes.f: from and to must both be whole numbers, or both dates",
      '2:149: error: axes.g.to: must be a whole number or a date, not "text" (the value of w)',
      '2:170: error: axes.h.to: must be a whole number or a date, not "1.5" (whole numbers are written as 5 or -5; values in another form stand in a list)',
      "2:187: error: axes.i.lines: cannot read gone: it is not there",
      '2:205: error: axes.j.lines: an axis without values: "empty" has no lines',
      "2:216: error: axes.k: must be a list of values, or from and to, lines, open or generatedBy, not 7",
      '2:222: error: axes.l: "to" is missing',
    ],
  ],
  [
    "unknown axes, and those that stand twice",
    "axes: {day: [1]}\ntasks: {a: {run: x, matrix: [dya]}, b: {run: x, matrix: [day, {day: [1]}]}, c: {run: x, matrix: {include: [], PATH: [1]}}}",
    [
      '2:30: error: tasks.a.matrix[0]: unknown axis "dya" (did you mean day?)',
      '2:64: error: tasks.b.matrix[1].day: the axis "day" stands twice',
      '2:111: error: tasks.c.matrix.PATH: "PATH" means something else to shells and programs (choose another name)',
    ],
  ],
  [
    "combinations that fit no axis",
    "tasks: {a: {run: x, matrix: {n: [1, 2], c: [x], include: [{n: 3}, {n: y, c: z}], exclude: [{m: 1}, {}]}}}",
    [
      "1:59: error: tasks.a.matrix.include[0]: what is included needs a value for c, too",
      '1:71: error: tasks.a.matrix.include[1].n: must be a whole number, not "y"',
      '1:93: error: tasks.a.matrix.exclude[0].m: unknown axis of this task "m" (there are n, c)',
      "1:100: error: tasks.a.matrix.exclude[1]: names no axis",
    ],
  ],
  [
    "needs of what there is not, or twice",
    "tasks: {fetch: {run: x}, a: {run: x, needs: [fetsh, {task: q}]}, b: {run: x, needs: {any: [[fetch, fetch], nope]}}}",
    [
      '1:46: error: tasks.a.needs[0]: unknown task "fetsh" (did you mean fetch?)',
      expect.stringMatching(/^1:60: error: tasks.a.needs\[1\].task: unknown task "q"/),
      '1:92: error: tasks.b.needs.any[0]: needs "fetch" twice',
      expect.stringMatching(/^1:108: error: tasks.b.needs.any\[1\]: unknown task "nope"/),
    ],
  ],
  [
    "needs whose states would have one name",
    "tasks: {a-b: {run: x}, a_b: {run: x}, c: {run: x, needs: [a-b, a_b]}}",
    [
      '1:58: error: tasks.c.needs: the states of "a-b" and "a_b" would be one variable, STATE_a_b (give one of them another name)',
    ],
  ],
  [
    "matches that cannot be",
    "axes: {day: {from: 1, to: 3}, word: [a, b], date: {from: 2031-01-01, to: 2031-01-03}}\ntasks:\n" +
      "  p: {run: x, matrix: [day, word]}\n" +
      "  a: {run: x, matrix: [day, word], needs: [{task: p, match: {word: word - 1}}, {task: p, match: {dya: day}}]}\n" +
      "  b: {run: x, matrix: [day], needs: {task: p, match: [word]}}\n" +
      "  c: {run: x, matrix: [date], needs: {task: p, match: {day: date - 1}}}\n" +
      "  d: {run: x, matrix: [day], needs: {task: p, match: {day: {from: day, to: day - 1}}}}\n" +
      "  e: {run: x, matrix: [day], needs: {task: p, match: {day: 3, word: wrod}}}",
    [
      "4:68: error: tasks.a.needs[0].match.word: the axis word has text, which cannot be shifted (whole numbers and dates can be: type: date or type: int)",
      '4:98: error: tasks.a.needs[1].match.dya: unknown axis of the task that is needed "dya" (did you mean day?)',
      '5:55: error: tasks.b.needs.match[0]: unknown axis that both have "word" (the only axis that both have is day)',
      "6:61: error: tasks.c.needs.match.day: the axis day has values of the type int, and date of date (whole numbers and dates can be: type: date or type: int)",
      "7:60: error: tasks.d.needs.match.day: a window that ends before it begins (exchange from and to)",
      "8:60: error: tasks.e.needs.match.day: must be an axis, such as day - 1, from and to, or a list of values, not 3",
      expect.stringMatching(/^8:69: error: tasks.e.needs.match.word: unknown axis of this task "wrod"/),
    ],
  ],
  [
    "values that no axis has, in match and when",
    "axes: {day: {from: 1, to: 5, step: 2}, word: [north, south]}\ntasks:\n" +
      "  p: {run: x, matrix: [day, word]}\n" +
      "  a: {run: x, matrix: [word], needs: {task: p, match: {day: [1, 2, x]}, when: {wrod: [north]}}}\n" +
      "  b: {run: x, matrix: [word], needs: {task: p, match: {day: []}, when: {word: north}}}\n" +
      "  c: {run: x, matrix: [word], when: {word: [nort]}}\n" +
      "  d: {run: x, matrix: [word], when: [{word: [north]}, {day: [1]}]}\n" +
      "  e: {run: x, matrix: [word], when: word}",
    [
      '4:65: error: tasks.a.needs.match.day[1]: "2" is no value of the axis day',
      '4:68: error: tasks.a.needs.match.day[2]: must be a whole number, not "x"',
      '4:80: error: tasks.a.needs.when.wrod: unknown axis of this task "wrod" (did you mean word?)',
      "5:61: error: tasks.b.needs.match.day: must have one value at least, not an empty list",
      '5:79: error: tasks.b.needs.when.word: must be a list of values, not "north"',
      '6:45: error: tasks.c.when.word[0]: "nort" is no value of the axis word (did you mean north?)',
      expect.stringMatching(/^7:56: error: tasks.d.when\[1\].day: unknown axis of this task "day"/),
      '8:37: error: tasks.e.when: must be axes with lists of values, or several of these, not "word"',
    ],
  ],
  [
    "generated axes that are used by nobody, made twice, fixed, or their own",
    "axes: {fixed: [1]}\ntasks:\n  a: {run: x, generates: day}\n  b: {run: x, generates: day}\n  c: {run: x, generates: fixed}\n" +
      "  d: {run: x, matrix: {day: [1]}}\n  e: {run: x, generates: own, matrix: [own]}\n  f: {run: x, generates: PATH}\n  g: {run: x, matrix: [PATH]}",
    [
      expect.stringMatching(
        /^1:8: error: axes.fixed: the axis "fixed" has values here, and is what the task c generates/,
      ),
      '4:26: error: tasks.b.generates: the axis "day" is what the task a generates (give one of them another name)',
      expect.stringMatching(
        /^6:24: error: tasks.d.matrix.day: the axis "day" has values here, and is what the task a generates/,
      ),
      "7:26: error: tasks.e.generates: the task has the axis own, whose values it makes",
      expect.stringMatching(/^8:26: error: tasks.f.generates: "PATH" means something else/),
    ],
  ],
  [
    "an axis that nobody has",
    "tasks: {a: {run: x, generates: day}, b: {run: x, needs: [a, c]}}",
    [
      '1:32: error: tasks.a.generates: no task has the axis "day" (write matrix: [day] where it is used, or leave generates out)',
      expect.stringMatching(/^1:61: error: tasks.b.needs\[1\]: unknown task "c"/),
    ],
  ],
  [
    "a generator that does not make this",
    "tasks: {a: {run: x}, b: {run: x, matrix: {day: {generatedBy: a}}}, c: {run: x, matrix: {day: {generatedBy: z}}}}",
    [
      '1:62: error: tasks.b.matrix.day.generatedBy: the task "a" generates no axis (write generates: day there)',
      '1:108: error: tasks.c.matrix.day.generatedBy: unknown task that generates an axis "z" (there is no task that generates an axis)',
    ],
  ],
  [
    "terms that cannot be",
    "defaults: {retries: many}\ntasks: {a: {run: x, cores: lots, memory: 8, retries: {max: 1, dely: 3}, timeout: soon}}",
    [
      '1:21: error: defaults.retries: retries cannot be "many" (it must be a whole number, 0 to 1000000)',
      '2:28: error: tasks.a.cores: cores cannot be "lots" (it must be a number of cores, 1/100 at the least, such as 4 or 0.5)',
      '2:42: error: tasks.a.memory: memory cannot be "8" (it must be a size with its unit, such as 8G or 512M; did you mean 8G?)',
      '2:63: error: tasks.a.retries.dely: unknown word "dely" (did you mean delay?)',
      expect.stringMatching(/^2:82: error: tasks.a.timeout: timeout cannot be "soon"/),
    ],
  ],
];

test.each(CASES)("%s: every mistake is told with its place", async (_, text, mistakes) => {
  const files = { empty: "\n\n" };
  const said = await mistakesIn(text, { files });
  expect(said.map((line) => line.replace(/^flow\.yaml:/, ""))).toEqual(mistakes);
});

test("a document that is not UTF-8 is refused where it is not", async () => {
  expect(await mistakesIn("tasks:\n  a: {run: x\udcff}")).toEqual(["flow.yaml:2:13: error: bytes that are not UTF-8"]);
});

test("columns count bytes, and lines may end as on Windows", async () => {
  expect(await mistakesIn("tasks:\r\n  a: {description: äöü, rn: x}\r\n")).toEqual([
    'flow.yaml:2:28: error: tasks.a.rn: unknown word "rn" (did you mean run?)',
  ]);
});

test("a script that the kernel would not take is refused, and one that it takes is not", async () => {
  const script = (length: number): string => JSON.stringify({ tasks: { a: { run: "x".repeat(length) } } });
  expect(await mistakesIn(script(131_071))).toEqual([]);
  expect(await mistakesIn(script(131_072))).toEqual([
    "flow.yaml:1:22: error: tasks.a.run: has 131072 bytes, and the system passes at most 131071 (put it into a file, and run that)",
  ]);
});

test("half a character and NUL are in no script", async () => {
  expect(await mistakesIn(String.raw`{"tasks": {"a": {"run": "x\u0000"}, "b": {"run": "\ud800"}}}`)).toEqual([
    "flow.yaml:1:25: error: tasks.a.run: has a NUL character",
    "flow.yaml:1:50: error: tasks.b.run: has half a character (a lone surrogate)",
  ]);
});

test("of many mistakes the first hundred are told, and how many there are in all", async () => {
  const tasks = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`t${i}`, { run: "x", needs: ["nowhere"] }]));
  const mistakes = await mistakesIn(JSON.stringify({ tasks }));
  expect(mistakes).toHaveLength(101);
  expect(mistakes.at(-1)).toMatch(/: error: and 900 more mistakes$/);
});

test("anchors that explode are told, whatever they would make", async () => {
  const lines = Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(", ")}]`);
  expect(await mistakesIn(["a0: &a0 [x]", ...lines].join("\n"))).toEqual([
    expect.stringMatching(/^flow\.yaml:7:\d+: error: aliases make more than 1000000 values of the document/),
  ]);
});

test("YAML that would take a minute is refused at once", async () => {
  const tasks = Array.from({ length: 1_000_000 }, (_, i) => `  t${i}: {run: x}`);
  expect(await mistakesIn(["tasks:", ...tasks].join("\n"))).toEqual([
    "flow.yaml:1:1: error: more YAML than 300000 lines and entries, or 8000000 characters (write it as JSON, which is read many times faster)",
  ]);
});

test.each(["[", '{"a":'])("what is nested without end is refused: %s", async (open) => {
  const json = await mistakesIn(`{"tasks": ${open.repeat(100_000)}`);
  expect(json[0]).toMatch(/more than 100 objects and lists, one inside the other$/);
  const yaml = await mistakesIn(`tasks: ${open.repeat(20_000)}`);
  expect(yaml[0]).toMatch(/: error: /);
});

test("what is said of an axis that cannot be read is no other mistake", async () => {
  const text = `
axes: {d: {from: 1, to: x}, e: 5}
tasks:
  a: {matrix: [d, e], command: ["\${d}", "\${e}"], workdir: "\${d}"}
  b: {matrix: {d: [1, 1], f: 3}, env: {A: "\${d}\${f}"}, needs: {task: a, match: {d: d - 1, e: f}}, run: x}
  c: {matrix: [{g: [2]}], needs: [{task: a, match: {d: g}}, {task: b, match: [d]}], run: x}
`;
  const mistakes = await mistakesIn(text);
  expect(mistakes.map((line) => /error: ([^:]*):/.exec(line)?.[1])).toEqual([
    "axes.d.to",
    "axes.e",
    "tasks.b.matrix.d[1]",
    "tasks.b.matrix.f",
  ]);
});

test("a parameter without a value is told, and nothing of what would come of it", async () => {
  const text = `
params: {end: {type: date}}
axes: {day: {from: end - 6, to: end}}
tasks:
  get: {matrix: [day], command: [get, "\${day}"]}
  mean: {matrix: [day], needs: {task: get, match: {day: {from: day - 2, to: day}}}, run: mean}
`;
  const missing = "bad-param: flow.yaml: the parameter end has no value (give --param end=VALUE)";
  expect(await mistakesIn(text)).toEqual([missing]);
  const none = 'bad-param: flow.yaml: end must be a date such as 2031-01-03, not "2031-02-30"';
  expect(await mistakesIn(text, { params: { end: "2031-02-30" } })).toEqual([none]);
  expect(await mistakesIn(text, { params: { end: "2031-02-28" } })).toEqual([]);
});
