/** A small card at the cursor with the values under it. */
import type uPlot from 'uplot';
import { clockOf } from './axes';

export interface ReadoutLine {
  word: string;
  value: string;
  colour: string;
}

export function readout(lines: (plot: uPlot, index: number) => ReadoutLine[]): uPlot.Plugin {
  const card = document.createElement('div');
  card.className = 'popover num pointer-events-none absolute z-10 hidden min-w-32 px-3 py-2 text-2xs';
  return {
    hooks: {
      init: (plot) => plot.over.append(card),
      setCursor: (plot) => {
        const index = plot.cursor.idx;
        const left = plot.cursor.left ?? -1;
        if (index === null || index === undefined || left < 0) {
          card.style.display = 'none';
          return;
        }
        card.replaceChildren(heading(plot.data[0][index] ?? 0), ...lines(plot, index).map(row));
        card.style.display = 'block';
        const right = left < plot.over.clientWidth / 2;
        card.style.transform = `translate(${right ? left + 12 : left - card.offsetWidth - 12}px, 4px)`;
      },
    },
  };
}

function heading(seconds: number): HTMLElement {
  const time = document.createElement('p');
  time.className = 'mb-1 text-faint';
  time.textContent = clockOf(seconds);
  return time;
}

function row({ word, value, colour }: ReadoutLine): HTMLElement {
  const line = document.createElement('p');
  line.className = 'flex items-center gap-2';
  const swatch = document.createElement('i');
  swatch.className = 'size-2 rounded-[2px]';
  swatch.style.background = colour;
  const name = document.createElement('span');
  name.className = 'text-soft';
  name.textContent = word;
  const figure = document.createElement('b');
  figure.className = 'ml-auto pl-3 font-[540]';
  figure.textContent = value;
  line.append(swatch, name, figure);
  return line;
}
