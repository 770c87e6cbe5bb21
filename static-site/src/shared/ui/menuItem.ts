/** How a line of a dropdown menu looks. */
export const MENU_ITEM =
  'flex w-full cursor-pointer items-center gap-2.5 rounded-sm px-2 py-1.5 text-xs text-soft data-highlighted:bg-panel-3 data-highlighted:text-text data-highlighted:outline-none';
