// Runs redis-server until standard input closes. The reasons are the same as in ../Storage/azurite/run-azurite.cjs: this method works on
// every operating system, and redis-server never outlives LocalCloud.
"use strict";

const { spawn } = require("node:child_process");

const [program, ...programArguments] = process.argv.slice(2);

// Ctrl-C in a terminal sends SIGINT to every process in the foreground process group. A service manager sends SIGTERM to every process of a
// service, and closing a terminal sends SIGHUP. The worker needs Redis until it has drained. Therefore, this process ignores these signals,
// and redis-server runs in a separate process group (detached), which they do not reach.
["SIGINT", "SIGTERM", "SIGHUP"].forEach(signal => process.on(signal, () => {}));
const redis = spawn(program, programArguments, { stdio: ["ignore", "inherit", "inherit"], detached: true });
redis.on("error", (failure) => {
  console.error(failure.message);
  process.exit(1);
});
redis.on("spawn", () => console.log(`redis-server runs as ${redis.pid}`));
redis.on("exit", (code) => process.exit(code ?? 1));

// SIGKILL also ends a redis-server that a test has paused with SIGSTOP. There is no data to flush.
const stop = () => redis.kill("SIGKILL");
process.stdout.on("error", stop);
process.stdin.on("end", stop);
process.stdin.on("error", stop);
process.stdin.resume();
