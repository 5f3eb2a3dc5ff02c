// What this machine can isolate, then three programs that nobody should trust. Run: node examples/untrusted-python.mjs
import { existsSync } from 'node:fs';
import { open, probe, run } from 'nsjail-wrapper';

const { engine, cgroup, reasons, obstacles } = await probe();
console.log(`engine ${engine?.path ?? 'none'}, control groups ${cgroup}`);
for (const reason of reasons) console.log(`! ${reason}`);
for (const { why, remedy } of obstacles) console.log(`! ${why}\n  ${remedy}`);
if (reasons.length > 0) process.exit(1);

const policy = {
  mounts: [
    ...['/usr', '/bin', '/lib', '/lib64'].filter(existsSync).map((source) => ({ kind: 'bind', source })),
    { kind: 'tmpfs', target: '/tmp', sizeBytes: 1024 * 1024 },
  ],
  limits: { addressSpaceBytes: 256 * 1024 * 1024, cpuSeconds: 1, wallMs: 5000 },
};
const python = { command: '/usr/bin/python3', args: ['-I', '-S', '-'], policy, engine };

for (const program of ['print(6 * 7)', 'while True: pass', 'open("/etc/passwd")']) {
  const { outcome, stdout, stderrTail } = await run({ ...python, stdin: program });
  console.log(
    `${program}\n  ${JSON.stringify(outcome)} ${stdout.toString().trim()}${stderrTail.split('\n').at(-2) ?? ''}`,
  );
}

// One jail, many questions.
const jail = await open({
  policy,
  engine,
  command: '/bin/sh',
  args: ['-c', 'while read -r a; do echo "$((a * 2))"; done'],
});
jail.stdout.on('data', (line) => process.stdout.write(`doubled: ${line}`));
for (const number of [1, 2, 3]) jail.stdin.write(`${number}\n`);
jail.stdin.end();
console.log(JSON.stringify(await jail.exited));
