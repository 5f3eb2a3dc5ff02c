import { tmpdir } from 'node:os';
import { freeMb, neededMb, requireSpace } from '../../bootstrap/disk.mjs';

const steps = [
  { downloadMb: 100, diskMb: 300 },
  { downloadMb: 0, diskMb: 20 },
];

test('what is needed is what stays on disk and what is downloaded for it', () => {
  expect(neededMb(steps)).toBe(420);
});

test('enough space passes; one megabyte less is refused with both figures and the remedy', () => {
  expect(() => requireSpace('/here', steps, 420)).not.toThrow();
  expect(() => requireSpace('/here', steps, 419)).toThrow(/0\.4 GB needed, 0\.4 GB free/);
});

test('the free space of a real folder is a positive number', () => {
  expect(freeMb(tmpdir())).toBeGreaterThan(0);
});
