import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './shared/styles/site.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { ConfigFault } from './shared/api/config';
import { environment, readEnvironments, unknownEnvironment } from './shared/api/environment';
import { toast } from './shared/ui/toasts';

const place = document.getElementById('root');
if (!place) throw new Error('index.html has no #root');

const root = createRoot(place);

// Awaited in a function, not by the module: a page that is loaded meanwhile imports from the file that this is part of.
async function start(): Promise<void> {
  try {
    await readEnvironments();
    const unknown = unknownEnvironment();
    if (unknown !== null)
      toast.refused(
        `This site has no environment called ${unknown}`,
        `What is shown is of ${environment().name}.`,
      );
    root.render(
      <StrictMode>
        <App />
      </StrictMode>,
    );
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error;
    const { ConfigPage } = await import('./app/ConfigPage');
    root.render(<ConfigPage faults={error.faults} />);
  }
}

void start();
