// The parts of a browser that the modules under test expect when they are loaded.
Object.assign(globalThis, {
  addEventListener: () => undefined,
  document: { hidden: false, addEventListener: () => undefined },
  sessionStorage: { getItem: () => null, setItem: () => undefined, removeItem: () => undefined },
});
