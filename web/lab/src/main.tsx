import { render } from 'preact';
import { App } from './app';
import { follow } from './live/connection';

const root = document.getElementById('app')!;
root.replaceChildren();
render(<App />, root);
void follow();
