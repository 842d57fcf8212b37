// Prints ZPL with an independent renderer (zpl-renderer-js) into <out>-<n>.png.
// node render_zpl.cjs IN.zpl OUT WIDTH_MM HEIGHT_MM DOTS_PER_MM
const fs = require("fs");
const { ready } = require("zpl-renderer-js");

async function main() {
  const [input, out, width, height, dots] = process.argv.slice(2);
  const { api } = await ready;
  const zpl = fs.readFileSync(input, "utf8");
  const labels = await api.zplToBase64MultipleAsync(zpl, +width, +height, +dots);
  labels.forEach((label, n) => fs.writeFileSync(`${out}-${n}.png`, Buffer.from(label, "base64")));
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
