// Builds assets/map.html, the page without its data, and assets/map-svg.cjs, which Node runs for -Format Svg. The same input
// always gives the same bytes.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2] ?? join(here, '..', 'assets');

async function bundle(entry, options) {
    const result = await build({
        entryPoints: [join(here, 'src', entry)], absWorkingDir: here, bundle: true, minify: true, write: false, metafile: true, legalComments: 'none',
        charset: 'ascii', loader: { '.css': entry.endsWith('.css') ? 'css' : 'text' }, ...options,
    });
    for (const input of Object.keys(result.metafile.inputs)) {
        const match = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
        if (match) {
            packages.add(match[1]);
        }
    }

    return result.outputFiles[0].text.trim();
}

// Licences ask for their texts wherever the code goes.
function notices() {
    return [...packages].sort().map(name => {
        const folder = join(here, 'node_modules', name);
        const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
        const file = readdirSync(folder).find(each => /^licen[cs]e/i.test(each));
        return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}`;
    }).join('\n\n----\n\n');
}

const hash = text => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
const packages = new Set();
const script = await bundle('page.js', { format: 'iife', target: 'es2020' });
const style = await bundle('page.css', {});
const svg = await bundle('svg.js', { format: 'cjs', platform: 'node', target: 'node18' });
const licences = notices();
for (const text of [script, style, licences]) {
    if (text.includes('@@')) {
        throw new Error('@@ is what the module looks for.');
    }
}

const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`;
const page = readFileSync(join(here, 'src', 'page.html'), 'utf8').replace(/@@(POLICY|STYLE|SCRIPT|LICENCES)@@/g, (_, name) =>
    ({ POLICY: policy, STYLE: style, SCRIPT: script, LICENCES: licences.replace(/--/g, '- -') })[name]);
mkdirSync(target, { recursive: true });
writeFileSync(join(target, 'map.html'), page);
writeFileSync(join(target, 'map-svg.cjs'), `/*\n${licences.replace(/\*\//g, '* /')}\n*/\n${svg}\n`);
