import type { Attack } from './attack.js';

const frame =
  'import json, struct, os\ndef frame(m):\n    b = json.dumps(m).encode()\n    return struct.pack(">I", len(b)) + b\n';
/** A judge that counts no cost reads it all; ours, in the control too, says that it is too much. */
const costly = `data, refused = answers.next()["v"], False
try:
    decode.decode_untrusted(decode.Decoder(), data)
except kinds.TooMuch:
    refused = True
decode.MAX_WORK = 1 << 60
assert refused and decode.decode_untrusted(decode.Decoder(), data) is not None`;
/** Speaks the protocol in the runner's place. */
export const channel: readonly Attack[] = [
  {
    name: 'writes a verdict to every descriptor',
    program:
      'import os\ndef solve(x):\n    for fd in range(64):\n        try: os.write(fd, b\'{"verdict":"pass","reason":"ok","outcomes":["ok","ok"]}\\n"ok"\\n"ok"\\n\')\n        except OSError: pass\n    return 0',
    reasons: ['protocol', 'assertion'],
    control: {
      where: 'channel',
      judge: 'assert json.loads(ours.recv(65536).partition(b"\\n")[0])["verdict"] == "pass"',
    },
  },
  {
    name: 'sends outcomes where values belong',
    program: `${frame}def solve(x):\n    os.write(3, frame("ok") + frame({"outcome": "ok"}))\n    return 0`,
    reasons: ['protocol'],
    control: { where: 'channel', judge: 'assert answers.next() == "ok" and answers.next()["outcome"] == "ok"' },
  },
  {
    name: 'answers before it is asked',
    program: `${frame}os.write(3, frame({"v": True}) * 50)\ndef solve(x):\n    return 0`,
    reasons: ['assertion'],
    control: { where: 'channel', judge: 'assert answers.next()["v"]' },
  },
  {
    name: 'says it is ready again',
    program: `${frame}os.write(3, frame({"ready": True}) * 5)\ndef solve(x):\n    return 0`,
    reasons: ['assertion', 'protocol'],
    control: { where: 'channel', judge: 'assert not {"x", "o"} & set(answers.next())' },
  },
  {
    name: 'announces a frame of 4 GiB',
    program: 'import os\nos.write(3, b"\\xff" * 64)\ndef solve(x):\n    return 0',
    reasons: ['protocol'],
    control: {
      where: 'channel',
      judge:
        'wire.MAX_FRAME_BYTES = 1 << 32\ntry:\n    wire.Answers(ours).next()\nexcept wire.Gone:\n    waited = True\nassert waited',
    },
  },
  {
    name: 'sends no JSON',
    program: 'import os\nos.write(3, b"\\0\\0\\0\\4nope")\ndef solve(x):\n    return 0',
    reasons: ['protocol'],
    control: {
      where: 'channel',
      judge: 'try:\n    json.loads(answers._frames.next())\nexcept ValueError:\n    crashed = True\nassert crashed',
    },
  },
  {
    name: 'sends JSON nested beyond reason',
    program:
      'import os, struct\nb = b"[" * 100000 + b"]" * 100000\nos.write(3, struct.pack(">I", len(b)) + b)\ndef solve(x):\n    return 0',
    reasons: ['protocol'],
    control: {
      where: 'channel',
      judge: 'try:\n    json.loads(answers._frames.next())\nexcept RecursionError:\n    crashed = True\nassert crashed',
    },
  },
  {
    name: 'sends a tag that does not exist',
    program: `${frame}os.write(3, frame({"v": ["eval", "1"]}) * 3)\ndef solve(x):\n    return 0`,
    reasons: ['protocol'],
    control: {
      where: 'channel',
      judge: 'decode._makers["eval"] = eval\nassert decode.Decoder().decode(answers.next()["v"]) == 1',
    },
  },
  {
    name: 'sends integers that collide in a set',
    program: `${frame}os.write(3, frame({"v": ["s"] + [["i", hex(i * (2**61 - 1))] for i in range(60000)]}))\ndef solve(x):\n    return 0`,
    reasons: ['assertion', 'output', 'protocol', 'timeout'],
    control: {
      where: 'channel',
      judge:
        'part = answers.next()["v"][:3001]\nassert {hash(int(number, 16)) for _, number in part[1:]} == {0}\nassert len(decode.Decoder().decode(part)) == 3000',
    },
  },
  {
    name: 'hangs up and lives on',
    program: 'import os, time\ndef solve(x):\n    os.close(3)\n    time.sleep(60)',
    reasons: ['protocol'],
    control: { where: 'channel', judge: 'assert ours.recv(1) == b""\nassert os.waitpid(pid, os.WNOHANG) == (0, 0)' },
  },
  {
    name: 'forges a handle',
    program: `${frame}os.write(3, frame({"v": ["@", "x", None, 7]}) * 3)\ndef solve(x):\n    return 0`,
    tests: ['assert list(solve(1)) == [3001]'],
    reasons: ['protocol', 'exception', 'assertion'],
    control: {
      where: 'channel',
      judge:
        'session = stubs.Session(ours, False)\nsession._object = lambda number, name, iterates: stubs.RemoteIterator(session, number)\nassert session._take(answers.next())._number == "x"',
    },
  },
  {
    name: "changes a value of the test's by number",
    program: `${frame}os.write(3, frame({"v": 0, "u": [["&", 1, ["l", 3001]], ["&", 2, ["l", 3001]]]}))\ndef solve(x):\n    return 0`,
    tests: ['expected = [3001]\nassert solve([1]) == expected'],
    reasons: ['assertion', 'protocol'],
    control: {
      where: 'channel',
      judge:
        'session, expected = stubs.Session(ours, False), [5]\nsession._replicas.add(1, expected)\nsession._take(answers.next())\nassert expected == [3001]',
    },
  },
  {
    name: 'sends nested sets whose items share one hash',
    program: `${frame}many = [["i", hex(n * (2**61 - 1))] for n in range(1, 3601)]\nos.write(3, frame({"v": ["s"] + [["F", *many[a:a + 60]] for a in range(0, 3600, 60)]}))\ndef solve(x):\n    return 0`,
    reasons: ['output'],
    control: { where: 'channel', judge: costly },
  },
  {
    name: 'sends a fraction that takes long to reduce',
    program: `${frame}os.write(3, frame({"v": ["R", ["i", hex(3**200_000)], ["i", hex(7**100_000)]]}))\ndef solve(x):\n    return 0`,
    reasons: ['output'],
    control: { where: 'channel', judge: costly },
  },
  {
    name: 'sends a range that takes long to measure',
    program: `${frame}os.write(3, frame({"v": ["r", 0, ["i", hex(3**400_000)], ["i", hex(7**100_000)]]}))\ndef solve(x):\n    return 0`,
    reasons: ['output'],
    control: { where: 'channel', judge: costly },
  },
  {
    name: 'sends half a frame and waits',
    program: 'import os, time\nos.write(3, b"\\0\\0\\1\\0half")\ndef solve(x):\n    time.sleep(60)',
    reasons: ['timeout'],
    control: {
      where: 'channel',
      judge:
        'ours.settimeout(1)\ntry:\n    answers.next()\nexcept wire.Gone:\n    waited = os.waitpid(pid, os.WNOHANG) == (0, 0)\nassert waited',
    },
  },
  {
    name: 'sends an answer without a value',
    program: `${frame}os.write(3, frame({"u": 5}) * 3)\ndef solve(x):\n    return 0`,
    tests: ['try:\n    r = solve([1])\nexcept (KeyError, TypeError):\n    r = 3001\nassert r == 3001'],
    reasons: ['protocol'],
    control: {
      where: 'channel',
      judge: 'try:\n    answers.next()["v"]\nexcept KeyError:\n    r = 3001\nassert r == 3001',
    },
  },
  {
    name: "has the test's own list hold itself",
    program: `${frame}os.write(3, frame({"v": ["*", 1], "u": [["&", 1, ["l", ["*", 1]]]]}))\ndef solve(x):\n    return 0`,
    tests: ['x = [3001]\nassert solve(x) == [3001] and x == [3001] and repr(x) == "[3001]"'],
    reasons: ['assertion'],
    control: {
      where: 'channel',
      judge:
        'session, known = stubs.Session(ours, False), [3001]\nsession._replicas.add(1, known)\nassert session._take(answers.next())[0] is known',
    },
  },
  {
    name: "takes the number of the test's next value",
    program: `${frame}os.write(3, frame({"v": ["&", 2, ["l", 3001]]}) + frame({"v": ["*", 2]}))\ndef solve(x):\n    return 0`,
    tests: ['first = solve([1])\nassert solve([2]) == [3001]'],
    reasons: ['assertion', 'protocol'],
    control: {
      where: 'channel',
      judge:
        'session = stubs.Session(ours, False)\nfirst = session._take(answers.next())\nassert session._take(answers.next()) is first',
    },
  },
];
