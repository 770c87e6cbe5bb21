/** What this page deletes is not read again on news of it: the answer could only be that it is gone. */
import type { QueryClient, QueryKey } from '@tanstack/react-query';

export const deletionKey = (id: string) => ['delete', id] as const;

/** Whether this page is deleting what has this id, or lately has. */
export const isDeletedHere = (client: QueryClient, id: string): boolean =>
  client
    .getMutationCache()
    .findAll({ mutationKey: deletionKey(id) })
    .some(({ state }) => state.status === 'pending' || state.status === 'success');

/** For what is read again: all but what is of something that this page deletes, or has deleted. */
export const isStillThere =
  (client: QueryClient) =>
  ({ queryKey }: { queryKey: QueryKey }): boolean =>
    !queryKey.some((part) => typeof part === 'string' && isDeletedHere(client, part));
