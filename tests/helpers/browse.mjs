// Opens pages in one real browser and does what it is told. A line of its input is a job: { page, steps } as JSON. A line of its output is what the steps gave,
// with every request and every word on the console. It ends with its input. Usage: node browse.mjs MODULES BROWSER
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [modules, browser] = process.argv.slice(2);
const { chromium } = createRequire(`${modules}/`)('playwright-core');
const running = await chromium.launch({ executablePath: browser, args: ['--disable-gpu', ...process.getuid() === 0 ? ['--no-sandbox'] : []] });

async function look({ page, steps }) {
    const report = { requests: [], console: [], results: [] };

    // Nothing of the page before is left in a context of its own.
    const context = await running.newContext({ viewport: { width: 1400, height: 900 }, acceptDownloads: true, permissions: ['clipboard-read', 'clipboard-write'] });
    try {
        const tab = await context.newPage();
        tab.setDefaultTimeout(60000);
        tab.on('request', request => report.requests.push(request.url()));
        tab.on('console', message => report.console.push(`${message.type()}: ${message.text()}`));
        tab.on('pageerror', error => report.console.push(`error: ${error.message}`));
        tab.on('dialog', dialog => { report.console.push(`dialog: ${dialog.message()}`); return dialog.dismiss(); });
        await tab.goto(pathToFileURL(page).href);
        await tab.waitForSelector('#map[data-drawn]', { state: 'attached' });
        for (const { action, selector, value } of steps) {
            switch (action) {
                case 'click': await tab.locator(selector).first().dispatchEvent('click'); report.results.push(null); break;
                case 'fill': await tab.fill(selector, value); report.results.push(null); break;
                case 'press': await tab.keyboard.press(value); report.results.push(null); break;
                case 'evaluate': report.results.push(await tab.evaluate(value)); break;
                case 'screenshot': await tab.screenshot({ path: value, fullPage: selector === 'full' }); report.results.push(null); break;
                case 'pdf': await tab.pdf({ path: value }); report.results.push(null); break;
                case 'media': await tab.emulateMedia({ colorScheme: value }); report.results.push(null); break;
                case 'download': {
                    const [download] = await Promise.all([tab.waitForEvent('download'), tab.click(selector)]);
                    await download.saveAs(value);
                    report.results.push(download.suggestedFilename());
                    break;
                }
                default: throw new Error(`There is no step ${action}.`);
            }
        }
    } finally {
        await context.close();
    }

    return report;
}

try {
    for await (const line of createInterface({ input: process.stdin })) {
        const answer = await look(JSON.parse(line)).catch(error => ({ error: String(error) }));
        process.stdout.write(`${JSON.stringify(answer)}\n`);
    }
} finally {
    await running.close();
}
