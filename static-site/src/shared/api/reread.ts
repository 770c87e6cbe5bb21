import type { QueryClient, QueryKey } from '@tanstack/react-query';

/**
 * Reads again what somebody looks at, and marks the rest as old. What is being read may have been answered before the
 * news, so it is read once more after it; to break it off at each piece of news could mean to never read it.
 */
export async function reread(client: QueryClient, queryKey: QueryKey): Promise<void> {
  if (client.isFetching({ queryKey }) > 0)
    await client.refetchQueries({ queryKey, type: 'active' }, { cancelRefetch: false });
  await client.invalidateQueries({ queryKey });
}
