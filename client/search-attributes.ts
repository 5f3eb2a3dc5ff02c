import type { Client } from '@temporalio/client';
import { searchAttributes } from '../adapters/temporal/search-attributes.js';

/**
 * Whether the server knows the attributes that campaigns are listed by. An existing cluster may lack them, and a workflow
 * that sets one which its server does not know would never go on; so such a campaign sets none.
 */
export const isSearchable = async ({ connection, options }: Client): Promise<boolean> => {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: options.namespace,
    });
    return Object.keys(searchAttributes).every((name) => customAttributes && name in customAttributes);
  } catch {
    return false;
  }
};
