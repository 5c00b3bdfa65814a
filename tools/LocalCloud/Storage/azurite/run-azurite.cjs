// Runs Azurite in this process for as long as standard input is open. Closing it is how LocalCloud asks for a clean stop on
// every operating system, and it closes by itself when LocalCloud is killed, so that Azurite never outlives it.
"use strict";

const [azuriteScript, ...azuriteArguments] = process.argv.slice(2);
process.argv = [process.argv[0], azuriteScript, ...azuriteArguments];

// Ctrl-C in a terminal reaches every process in it. The worker needs storage until it has drained, so only LocalCloud decides
// when Azurite stops: Azurite's own handler is taken off again, and this one keeps Node from ending.
const ignore = () => {};
process.on("newListener", (event, listener) => {
  if (event === "SIGINT" && listener !== ignore) {
    setImmediate(() => process.removeListener("SIGINT", listener));
  }
});
process.on("SIGINT", ignore);

// When LocalCloud was killed nobody reads any more what Azurite says while it closes, and that must not end it before it has.
process.stdout.on("error", ignore);
process.stderr.on("error", ignore);

process.stdin.on("end", () => {
  const asked = process.emit("message", "shutdown"); // Azurite's own request to flush and close
  if (!asked) {
    process.exit(0); // not listening yet, so there is nothing to flush
  }
  // A client that keeps its connection open must not keep this process alive.
  setTimeout(() => process.exit(0), 5_000).unref();
});
process.stdin.on("error", () => process.exit(1));
process.stdin.resume();

require(azuriteScript);
