// Checks an AsyncAPI document with the official parser: `node check.cjs FILE`; exit 1 where it does not hold.
const { readFileSync } = require("node:fs");
const { Parser } = require("@asyncapi/parser");

new Parser().parse(readFileSync(process.argv[2], "utf8")).then(({ document, diagnostics }) => {
  const wrong = diagnostics.filter((one) => one.severity < 2);
  for (const one of wrong) console.log(one.code, one.path.join("."), one.message);
  if (!document || wrong.length) process.exit(1);
  console.log(document.channels().all().length, "channels,", document.operations().all().length, "operations");
});
