export { campaign } from './campaign.js';
export { round } from './round.js';
export { shard } from './shard.js';
