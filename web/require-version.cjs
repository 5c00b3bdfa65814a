// Ends with exit code 1 if this Node.js cannot run Vite. The build of src/Functions then states the remedy. The file uses only syntax that
// every Node.js understands.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error('This is Node.js ' + process.versions.node + '.');
  process.exitCode = 1;
}
