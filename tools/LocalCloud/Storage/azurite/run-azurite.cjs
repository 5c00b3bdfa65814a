// Runs Azurite in this process until standard input closes. LocalCloud closes this pipe to request a clean stop, which works on every
// operating system. The pipe also closes when LocalCloud is killed, so that Azurite never outlives LocalCloud.
"use strict";

const [azuriteScript, ...azuriteArguments] = process.argv.slice(2);
process.argv = [process.argv[0], azuriteScript, ...azuriteArguments];

// Ctrl-C in a terminal reaches every process started from it. The worker needs storage until it has drained, so only LocalCloud may stop
// Azurite: Azurite's own handler is removed again, and this handler keeps Node.js from exiting.
const ignore = () => {};
process.on("newListener", (event, listener) => {
  if (event === "SIGINT" && listener !== ignore) {
    setImmediate(() => process.removeListener("SIGINT", listener));
  }
});
process.on("SIGINT", ignore);

// If LocalCloud was killed, nobody reads Azurite's output any more. The failing writes must not end Azurite before it has flushed.
process.stdout.on("error", ignore);
process.stderr.on("error", ignore);

process.stdin.on("end", () => {
  const asked = process.emit("message", "shutdown"); // Azurite's own message to flush and close
  if (!asked) {
    process.exit(0); // Azurite does not listen yet, so there is nothing to flush
  }
  // A client that keeps its connection open must not keep this process running.
  setTimeout(() => process.exit(0), 5_000).unref();
});
process.stdin.on("error", () => process.exit(1));
process.stdin.resume();

require(azuriteScript);
