// Prints ZPL with an independent renderer (zpl-renderer-js): a line of JSON in with ZPL and the size
// of a label, a line of JSON out with the pictures as PNG in base64, or with what went wrong.
const readline = require("readline");
const { ready } = require("zpl-renderer-js");

async function pictures({ zpl, width_mm, height_mm, dots_per_mm }) {
  const { api } = await ready;
  return api.zplToBase64MultipleAsync(zpl, width_mm, height_mm, dots_per_mm);
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const answer = await pictures(JSON.parse(line)).then(
      (labels) => ({ labels }),
      (error) => ({ error: String(error) }),
    );
    process.stdout.write(JSON.stringify(answer) + "\n");
  }
  process.exit(0); // the renderer itself never ends
}

main();
