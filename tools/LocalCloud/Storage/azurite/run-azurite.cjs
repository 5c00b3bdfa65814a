// Runs Azurite in this process until standard input closes. LocalCloud closes this pipe to request a clean shutdown, because this method
// works on every operating system. The pipe also closes when LocalCloud is killed, so Azurite never outlives LocalCloud.
"use strict";

const [azuriteScript, ...azuriteArguments] = process.argv.slice(2);
process.argv = [process.argv[0], azuriteScript, ...azuriteArguments];

// Ctrl-C in a terminal sends SIGINT to every process started from that terminal. The worker needs storage until it has drained, so only
// LocalCloud may stop Azurite. Therefore, Azurite's own SIGINT handler is removed, and an empty handler keeps Node.js from exiting.
const ignore = () => {};
process.on("newListener", (event, listener) => {
  if (event === "SIGINT" && listener !== ignore) {
    setImmediate(() => process.removeListener("SIGINT", listener));
  }
});
process.on("SIGINT", ignore);

// After LocalCloud has been killed, writing to standard output fails. The failure must not end Azurite before it has flushed its data.
process.stdout.on("error", ignore);
process.stderr.on("error", ignore);

process.stdin.on("end", () => {
  const asked = process.emit("message", "shutdown"); // Azurite flushes its data and exits when it receives this message
  if (!asked) {
    process.exit(0); // Azurite is not listening yet, so there is no data to flush
  }
  // A client with an open connection must not keep this process running.
  setTimeout(() => process.exit(0), 5_000).unref();
});
process.stdin.on("error", () => process.exit(1));
process.stdin.resume();

require(azuriteScript);
