import { useEffect, useRef } from 'react';
import type { Problem } from '@/shared/api/problem';

/** For a form: when a refusal comes, to the first field the server did not like, wherever the reader has scrolled to. */
export function useFocusOnFault(problem: Problem | null) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (problem) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [problem]);
  return form;
}
