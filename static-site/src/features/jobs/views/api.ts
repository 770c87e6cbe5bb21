/** Saved views: filters of the list under names, kept by the server. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, read } from '@/shared/api/client';
import type { SavedView } from '@/shared/api/types';
import { tidy, type JobFilters } from '../filters';

const viewKeys = { all: ['views'] as const };

export const viewsQuery = () =>
  queryOptions({
    queryKey: viewKeys.all,
    queryFn: async ({ signal }): Promise<SavedView[]> =>
      (await read(api().GET('/api/v1/views', { signal }))).items,
  });

export type ViewAct =
  | { act: 'save'; name: string; filters: JobFilters; shared: boolean }
  | { act: 'rename'; id: string; name: string }
  | { act: 'share'; id: string; shared: boolean }
  | { act: 'update'; id: string; filters: JobFilters }
  | { act: 'delete'; id: string };

function send(asked: ViewAct): Promise<unknown> {
  if (asked.act === 'save') {
    const { name, filters, shared } = asked;
    return read(api().POST('/api/v1/views', { body: { name, filter: tidy(filters), shared } }));
  }
  const params = { path: { view_id: asked.id } };
  switch (asked.act) {
    case 'rename':
      return read(api().PATCH('/api/v1/views/{view_id}', { params, body: { name: asked.name } }));
    case 'share':
      return read(api().PATCH('/api/v1/views/{view_id}', { params, body: { shared: asked.shared } }));
    case 'update':
      return read(api().PATCH('/api/v1/views/{view_id}', { params, body: { filter: tidy(asked.filters) } }));
    case 'delete':
      return api().DELETE('/api/v1/views/{view_id}', { params });
  }
}

export function useActOnViews() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSettled: () => client.invalidateQueries({ queryKey: viewKeys.all }),
  });
}

/** Whether a view shows what the list shows now. */
export const isShown = (view: SavedView, filters: JobFilters): boolean =>
  JSON.stringify(tidy(view.filter as JobFilters)) === JSON.stringify(tidy(filters));
