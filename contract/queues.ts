/** Task queues by what their work needs, so that a machine with a GPU can poll only the trainer's. */
export const queues = {
  control: 'nextune-control',
  model: 'nextune-model',
  sandbox: 'nextune-sandbox',
  trainer: 'nextune-trainer',
} as const;
export type QueueKind = keyof typeof queues;
