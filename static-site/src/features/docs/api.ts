/** The document that the chosen environment serves about itself: not what this site was built with. */
import { queryOptions } from '@tanstack/react-query';
import { api, read } from '@/shared/api/client';
import { problemFrom } from '@/shared/api/problem';
import { documentFrom, type ApiDocument } from './openapi';

export const documentQuery = () =>
  queryOptions({
    queryKey: ['openapi'],
    queryFn: async ({ signal }): Promise<ApiDocument> => {
      const answer: unknown = await read(api().GET('/openapi.json', { signal }));
      try {
        return documentFrom(answer);
      } catch (error) {
        throw problemFrom(502, { title: error instanceof Error ? error.message : String(error) });
      }
    },
    // It changes with a release only.
    staleTime: 600_000,
  });
