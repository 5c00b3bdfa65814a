// Runs a program that does not watch its standard input, such as redis-server, until the standard input of this script closes. The reasons
// are the same as in ../Storage/azurite/run-azurite.cjs: this method works on every operating system, and the program never outlives LocalCloud.
"use strict";

const { spawn } = require("node:child_process");

const [program, ...programArguments] = process.argv.slice(2);

// Ctrl-C in a terminal sends SIGINT to every process in the foreground process group. A service manager sends SIGTERM to every process of a
// service, and closing a terminal sends SIGHUP. The worker needs the program until it has drained. Therefore, this process ignores these
// signals, and the program runs in a separate process group (detached), which they do not reach.
["SIGINT", "SIGTERM", "SIGHUP"].forEach(signal => process.on(signal, () => {}));
const child = spawn(program, programArguments, { stdio: ["ignore", "inherit", "inherit"], detached: true });
child.on("error", (failure) => {
  console.error(failure.message);
  process.exit(1);
});
child.on("spawn", () => console.log(`program runs as ${child.pid}`));
child.on("exit", (code) => process.exit(code ?? 1));

// SIGKILL also ends a program that a test has paused with SIGSTOP. There is no data to flush.
const stop = () => child.kill("SIGKILL");
process.stdout.on("error", stop);
process.stdin.on("end", stop);
process.stdin.on("error", stop);
process.stdin.resume();
