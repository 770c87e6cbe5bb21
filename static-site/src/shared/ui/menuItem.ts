import { useState } from 'react';

/** How a line of a dropdown menu looks. */
export const MENU_ITEM =
  'flex w-full cursor-pointer items-center gap-2.5 rounded-sm px-2 py-1.5 text-xs text-soft data-highlighted:bg-panel-3 data-highlighted:text-text data-highlighted:outline-none';

/**
 * Where the menus of a page go: inside its landmark, where assistive technology looks for what belongs to the page.
 * It is looked up as the menu opens: while a page is rendered, the landmark in the document is still the one before.
 */
export function useMenuInMain() {
  const [open, setOpen] = useState(false);
  const [container, setContainer] = useState<HTMLElement | null>(null);
  const onOpenChange = (opens: boolean): void => {
    if (opens) setContainer(document.getElementById('main'));
    setOpen(opens);
  };
  return { root: { modal: false, open, onOpenChange }, container };
}
