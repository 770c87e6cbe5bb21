/** uPlot in React: made once, fed anew, as wide as its box, redrawn when the theme changes. Loaded lazily. */
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface Palette {
  colour: (token: string) => string;
  /** The token's colour, see-through by `alpha` (0 to 1). */
  faded: (token: string, alpha: number) => string;
}

interface ChartProps {
  label: string;
  height: number;
  data: uPlot.AlignedData;
  options: (palette: Palette) => Omit<uPlot.Options, 'width' | 'height'>;
}

function palette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const colour = (token: string) => style.getPropertyValue(`--${token}`).trim();
  return {
    colour,
    faded: (token, alpha) => `color-mix(in oklab, ${colour(token)} ${alpha * 100}%, transparent)`,
  };
}

export default function Chart({ label, height, data, options }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef({ data, options });

  useEffect(() => {
    latest.current = { data, options };
    plot.current?.setData(data);
  }, [data, options]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const draw = () => {
      plot.current?.destroy();
      const { data: now, options: make } = latest.current;
      plot.current = new uPlot({ ...make(palette()), width: element.clientWidth, height }, now, element);
    };
    draw();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    const themed = new MutationObserver(draw);
    themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      resized.disconnect();
      themed.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [height]);

  return <div ref={box} role="img" aria-label={label} style={{ height }} className="overflow-hidden" />;
}
