import { render } from 'preact';
import { App } from './app';
import { startRouting } from './router';

startRouting();
const root = document.getElementById('app')!;
root.replaceChildren();
render(<App />, root);
