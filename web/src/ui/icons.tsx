import type { ComponentChildren } from 'preact';

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">
      {children}
    </svg>
  );
}

export const Layers = () => <Icon><path d="m12 3 9 4.500-9 4.500-9-4.500z" /><path d="m3 12 9 4.500 9-4.500" /><path d="m3 16.500 9 4.500 9-4.500" /></Icon>;
export const Bag = () => <Icon><path d="M5 8h14l1 12H4z" /><path d="M9 11V7a3 3 0 0 1 6 0v4" /></Icon>;
export const Person = () => <Icon><circle cx="12" cy="8" r="3.600" /><path d="M5 20c.8-3.800 3.600-5.600 7-5.600s6.200 1.800 7 5.600" /></Icon>;
export const Plus = () => <Icon><path d="M12 5v14M5 12h14" /></Icon>;
export const Minus = () => <Icon><path d="M5 12h14" /></Icon>;
export const Trash = () => <Icon><path d="M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5" /></Icon>;
export const Check = () => <Icon><path d="m5 12.500 4.500 4.500L19 7.500" /></Icon>;
export const Cross = () => <Icon><path d="m6 6 12 12M18 6 6 18" /></Icon>;
export const Clock = () => <Icon><circle cx="12" cy="12" r="8.500" /><path d="M12 7.500V12l3 2" /></Icon>;
export const Warning = () => <Icon><path d="M12 4 2.800 20h18.400z" /><path d="M12 10v4.500M12 17.300v.2" /></Icon>;
export const Image = () => <Icon><rect x="3" y="5" width="18" height="14" rx="2" /><circle cx="8.500" cy="10" r="1.600" /><path d="m4 18 5.500-5 3.500 3 3-2.500 4.500 4" /></Icon>;
export const Copy = () => <Icon><rect x="8" y="8" width="12" height="12" rx="2" /><path d="M16 8V4H4v12h4" /></Icon>;
export const Replay = () => <Icon><path d="M4 12a8 8 0 1 0 2.600-5.900" /><path d="M4 4v4.500h4.500" /></Icon>;
export const Arrow = () => <Icon><path d="M19 12H5M11 6l-6 6 6 6" /></Icon>;
export const Cloud = () => <Icon><path d="M7 18.500a4.500 4.500 0 0 1-.3-9 5.800 5.800 0 0 1 11-.6 4.800 4.800 0 0 1-.7 9.600" /><path d="M12 20.500v-8M9 15.300l3-3 3 3" /></Icon>;
export const Bell = () => <Icon><path d="M6 17V11a6 6 0 0 1 12 0v6l1.500 1.500h-15z" /><path d="M10 21h4" /></Icon>;
export const Flake = () => <Icon><path d="M12 3v18M4.200 7.500l15.600 9M19.800 7.500l-15.600 9" /><path d="m9.500 4.500 2.500 2.300 2.500-2.300M9.500 19.500l2.500-2.300 2.500 2.300" /></Icon>;
