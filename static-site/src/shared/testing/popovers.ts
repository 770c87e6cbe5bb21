/** What browsers do with popovers, which happy-dom does not: a button opens and closes the one that it names. */
const open = new WeakSet<HTMLElement>();

function turn(popover: HTMLElement, newState: 'open' | 'closed'): void {
  if (open.has(popover) === (newState === 'open')) return;
  if (newState === 'open') open.add(popover);
  else open.delete(popover);
  for (const type of ['beforetoggle', 'toggle'])
    popover.dispatchEvent(Object.assign(new Event(type), { newState }));
}

export function installPopovers(): void {
  HTMLElement.prototype.hidePopover = function () {
    turn(this, 'closed');
  };
  document.addEventListener('click', ({ target }) => {
    const id = target instanceof Element && target.closest('[popovertarget]')?.getAttribute('popovertarget');
    const popover = id && document.getElementById(id);
    if (popover) turn(popover, open.has(popover) ? 'closed' : 'open');
  });
}
