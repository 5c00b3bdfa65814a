// Runs redis-server until standard input closes, for the reasons given in ../Storage/azurite/run-azurite.cjs: LocalCloud can stop it on
// every operating system, and redis-server never outlives LocalCloud.
"use strict";

const { spawn } = require("node:child_process");

const [program, ...programArguments] = process.argv.slice(2);

// Ctrl-C in a terminal reaches every process of its process group. The worker needs Redis until it has drained, so redis-server gets a
// group of its own (detached).
process.on("SIGINT", () => {});
const redis = spawn(program, programArguments, { stdio: ["ignore", "inherit", "inherit"], detached: true });
redis.on("error", (failure) => {
  console.error(failure.message);
  process.exit(1);
});
redis.on("spawn", () => console.log(`redis-server runs as ${redis.pid}`));
redis.on("exit", (code) => process.exit(code ?? 1));

const stop = () => redis.kill("SIGKILL"); // SIGKILL, because a test may have paused redis-server by SIGSTOP, and there is no data to flush
process.on("SIGTERM", stop);
process.stdout.on("error", stop);
process.stdin.on("end", stop);
process.stdin.on("error", stop);
process.stdin.resume();
