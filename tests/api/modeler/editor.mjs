// One browser without a window for many drawings: reads what to draw from standard input, writes the files to standard output.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const [, , modules, program, root] = process.argv;
const { chromium } = createRequire(`${modules}/`)('playwright-core');
const wanted = JSON.parse(readFileSync(0, 'utf-8'));

const browser = await chromium.launch({ executablePath: program, args: root === 'root' ? ['--no-sandbox'] : [] });
try {
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  const faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  // Larger than any drawing and fixed: nothing scrolls while something is dropped.
  await page.setContent('<div id="canvas" style="position:fixed;left:0;top:0;width:6000px;height:2000px"></div>'
    + '<div id="panel" style="position:fixed;left:0;top:0;width:480px;height:900px;overflow:auto"></div>');
  for (const script of wanted.scripts) await page.addScriptTag({ path: `${modules}/${script}` });
  for (const style of wanted.styles) await page.addStyleTag({ path: `${modules}/${style}` });
  for (const hand of ['draughtsman.js', 'writers.js']) {
    await page.addScriptTag({ path: fileURLToPath(new URL(hand, import.meta.url)) });
  }
  const files = await page.evaluate(async (drawings) => {
    const [hands, drawn] = [{}, []];
    for (const drawing of drawings) {
      const Hand = window[drawing.hand];
      hands[drawing.hand] ||= new Hand(document.querySelector('#canvas'), document.querySelector('#panel'));
      drawn.push(await hands[drawing.hand].draw(drawing));
    }
    return drawn;
  }, wanted.drawings);
  process.stdout.write(JSON.stringify({ files, faults }));
} finally {
  await browser.close();
}
