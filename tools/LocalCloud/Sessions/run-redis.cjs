// Runs redis-server for as long as standard input is open, as ../Storage/azurite/run-azurite.cjs does for Azurite and for the same
// reasons: it stops when it is told to on every operating system, and never outlives LocalCloud.
"use strict";

const { spawn } = require("node:child_process");

const [program, ...programArguments] = process.argv.slice(2);

// Ctrl-C in a terminal reaches every process in it, and the worker needs its carts until it has drained: hence a group of its own.
process.on("SIGINT", () => {});
const redis = spawn(program, programArguments, { stdio: ["ignore", "inherit", "inherit"], detached: true });
redis.on("error", (failure) => {
  console.error(failure.message);
  process.exit(1);
});
redis.on("spawn", () => console.log(`redis-server runs as ${redis.pid}`));
redis.on("exit", (code) => process.exit(code ?? 1));

const stop = () => redis.kill("SIGKILL"); // it keeps nothing, and may be one that a test has stopped with SIGSTOP
process.on("SIGTERM", stop);
process.stdout.on("error", stop);
process.stdin.on("end", stop);
process.stdin.on("error", stop);
process.stdin.resume();
