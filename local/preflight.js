// Plain JavaScript that any version of Node can run, so that an old one can print what is missing.
const isLinuxX64 = process.platform === "linux" && process.arch === "x64";
const nodeMajor = Number(process.versions.node.split(".")[0]);
const hasNode = nodeMajor >= 24;
const hasDynamodb = isLinuxX64 || Boolean(process.env.RAPPEL_DYNAMODB_URL);

if (!hasNode || !hasDynamodb) {
  const needs = [];
  if (!hasNode) {
    needs.push(
      isLinuxX64
        ? `Node.js 24 (this is ${process.versions.node}), which \`npm ci\` installs: run \`npm ci\`, then \`npm start\``
        : `Node.js 24 or newer (this is ${process.versions.node}) from https://nodejs.org`,
    );
  }
  if (!hasDynamodb) {
    needs.push(
      "a DynamoDB engine at RAPPEL_DYNAMODB_URL (for example Amazon's DynamoDB Local: RAPPEL_DYNAMODB_URL=http://127.0.0.1:8000)",
    );
  }
  console.error(`On ${process.platform} ${process.arch}, Rappel needs ${needs.join(" and ")}.`);
  process.exit(1);
}
