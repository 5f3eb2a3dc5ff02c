/** Every workflow id of the product is built here, so that starting twice is starting once. */
export const campaignWorkflowId = (campaign: string): string => `nextune/${campaign}`;
export const roundWorkflowId = (campaign: string, round: number, attempt: number): string =>
  `${campaignWorkflowId(campaign)}/round-${round}${attempt > 1 ? `.${attempt}` : ''}`;
/** `purpose` says what the shard's samples are for: `train`, `dev`, `dev-no-trace` or `test`. */
export const shardWorkflowId = (parentId: string, purpose: string, shard: number): string =>
  `${parentId}/${purpose}/shard-${shard}`;
