import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './shared/styles/site.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { readEnvironments } from './shared/api/environment';

const place = document.getElementById('root');
if (!place) throw new Error('index.html has no #root');

await readEnvironments();
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
