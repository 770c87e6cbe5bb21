/** How a line of a dropdown menu looks. */
export const MENU_ITEM =
  'flex w-full cursor-pointer items-center gap-2.5 rounded-sm px-2 py-1.5 text-xs text-soft data-highlighted:bg-panel-3 data-highlighted:text-text data-highlighted:outline-none';

/** Where the menus of a page go: inside its landmark, where assistive technology looks for what belongs to the page. */
export const mainPlace = (): HTMLElement | undefined => document.getElementById('main') ?? undefined;
