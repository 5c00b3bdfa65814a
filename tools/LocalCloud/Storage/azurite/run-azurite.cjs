// Runs Azurite in this process until standard input closes. LocalCloud closes this pipe to request a clean shutdown, because this method
// works on every operating system. The pipe also closes when LocalCloud is killed, so Azurite never outlives LocalCloud.
"use strict";

const [azuriteScript, ...azuriteArguments] = process.argv.slice(2);
process.argv = [process.argv[0], azuriteScript, ...azuriteArguments];

// Ctrl-C in a terminal sends SIGINT to every process started from that terminal. A service manager sends SIGTERM to every process of a
// service, and closing a terminal sends SIGHUP. The worker needs storage until it has drained, so only LocalCloud may stop Azurite. Therefore,
// Azurite's own handlers of these signals are removed, and an empty handler keeps Node.js from exiting.
const ignore = () => {};
const ignored = ["SIGINT", "SIGTERM", "SIGHUP"];
process.on("newListener", (event, listener) => {
  if (ignored.includes(event) && listener !== ignore) {
    setImmediate(() => process.removeListener(event, listener));
  }
});
ignored.forEach(signal => process.on(signal, ignore));

// After LocalCloud has been killed, writing to standard output fails. The failure must not end Azurite before it has flushed its data.
process.stdout.on("error", ignore);
process.stderr.on("error", ignore);

// Azurite confirms a write when the data is in its memory, and saves its databases every five seconds. Its database library, LokiJS, treats
// a failed save as done, so the data would be lost if no further write followed. Therefore, a failed save is repeated until it succeeds. LocalCloud
// reads the lines that this code prints.
const { LokiFsAdapter } = require(require.resolve("lokijs", { paths: [azuriteScript] }));
const save = LokiFsAdapter.prototype.saveDatabase;
const unsaved = new Set();
LokiFsAdapter.prototype.saveDatabase = function (file, content, done) {
  save.call(this, file, content, failure => {
    if (!failure) {
      if (unsaved.delete(file)) {
        console.error(`Azurite has saved ${file}`);
      }
      done();
      return;
    }
    if (!unsaved.has(file)) {
      unsaved.add(file);
      console.error(`Azurite cannot save ${file}: ${failure.message}`);
    }
    setTimeout(() => this.saveDatabase(file, content, done), 1_000);
  });
};

process.on("exit", () => {
  if (unsaved.size > 0) {
    console.error(`Azurite ends without saving ${[...unsaved].join(", ")}`);
  }
});

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
