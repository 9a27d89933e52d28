// The page's own script: tabs, search, filters, details, keys. Where things stand is layout.js's, how they look draw.js's.
import { select } from 'd3-selection';
import { zoom, zoomIdentity, zoomTransform } from 'd3-zoom';
import { drawContent, drawFile, drawLegend } from './draw.js';
import { element, toDom, toText } from './element.js';
import fileStyle from './drawing.css';

const byId = id => document.getElementById(id);
const rows = new Map([...document.querySelectorAll('tr[data-item]')].map(row => [Number(row.dataset.item), row]));
const hidden = new Set();
let map = null;
let words = [];
let current = null;
let drawn = null;
let matches = [];
let matchAt = -1;
let chosen = null;

const create = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
};

// What is left of a picture when the filters have their way. A box goes when nothing of what it held is left.
function filtered(picture) {
    const shown = item => item === null || !(hidden.has(map.items[item].filter) || hidden.has(`host ${map.items[item].host}`));
    const nodes = picture.nodes
        .filter(node => !hidden.has(`host ${node.host}`) && shown(node.item))
        .map(node => ({ ...node, rows: node.rows.filter(row => shown(row.item)), chips: node.chips.filter(chip => shown(chip.item)), held: node.rows.length + node.chips.length }))
        .filter(node => node.item !== null || node.held === 0 || node.rows.length + node.chips.length > 0);
    const left = new Set(nodes.map(node => node.id));
    return { ...picture, nodes, edges: picture.edges.filter(edge => left.has(edge.from) && left.has(edge.to) && shown(edge.item)) };
}

const svg = () => byId('picture').querySelector('svg.map');
const view = zoom().scaleExtent([0.02, 4]).on('zoom', event => {
    svg()?.querySelector('g.picture').setAttribute('transform', event.transform);
});

function zoomTo(transform) {
    const target = svg();
    if (target) {
        select(target).call(view.transform, transform);
    }
}

// The whole picture; or, where it would be too small to read, as much of it as can be read, from the top.
function fit(whole) {
    const { clientWidth: width, clientHeight: height } = byId('picture');
    const scale = Math.min((width - 24) / drawn.width, (height - 24) / drawn.height, 1.4);
    if (whole || scale >= 0.62) {
        zoomTo(zoomIdentity.translate((width - drawn.width * scale) / 2, Math.max(12, (height - drawn.height * scale) / 2)).scale(scale));
        return;
    }

    const readable = Math.min(1, Math.max(0.62, (width - 24) / drawn.width));
    zoomTo(zoomIdentity.translate(Math.max(12, (width - drawn.width * readable) / 2), 12).scale(readable));
}

// Brings a place of the picture to the middle, large enough to read.
function centre(place) {
    const { clientWidth: width, clientHeight: height } = byId('picture');
    const scale = Math.max(0.8, zoomTransform(svg()).k);
    zoomTo(zoomIdentity.translate(width / 2 - (place.x + place.width / 2) * scale, height / 2 - (place.y + place.height / 2) * scale).scale(scale));
}

const placeOf = item => drawn?.places.find(({ node }) => node.item === item || node.rows.some(row => row.item === item) || node.chips.some(chip => chip.item === item))
    ?? placeOfEdge(drawn?.edges.find(edge => edge.item === item));
const placeOfEdge = edge => edge && drawn.places.find(({ node }) => node.id === edge.to);

function draw() {
    const start = performance.now();
    const picture = filtered(current);
    const area = byId('picture');
    byId('about').textContent = current.about;
    drawn = picture.nodes.length === 0 ? null : { ...drawContent(picture), edges: picture.edges };
    if (drawn === null) {
        area.replaceChildren(create('p', { className: 'empty', textContent: current.empty }));
    } else {
        const tree = element('svg', { class: 'map', role: 'group', 'aria-label': `${current.title}: ${picture.nodes.length} boxes, ${picture.edges.length} lines` }, drawn.defs, drawn.content);
        area.replaceChildren(toDom(tree, document));
        svg().querySelector('.node')?.setAttribute('tabindex', 0);
        select(svg()).call(view).on('dblclick.zoom', null);
        fit(false);
    }

    const legend = drawLegend(current.legend);
    byId('legend').replaceChildren(toDom(element('svg', { class: 'map', width: legend.width, height: legend.height, role: 'img', 'aria-label': `Legend: ${current.legend.map(entry => entry.text).join(', ')}` }, legend.content), document));
    recolour();
    search();
    mark();
    byId('map').dataset.drawn = current.id;
    byId('map').dataset.milliseconds = Math.round(performance.now() - start);
}

function show(picture) {
    current = picture;
    for (const tab of byId('tabs').children) {
        const selected = tab.dataset.picture === picture.id;
        tab.setAttribute('aria-selected', selected);
        tab.tabIndex = selected ? 0 : -1;
    }

    byId('panel').setAttribute('aria-labelledby', `tab-${picture.id}`);
    draw();
}

function mark() {
    document.querySelectorAll('.chosen').forEach(each => each.classList.remove('chosen'));
    if (chosen !== null) {
        document.querySelectorAll(`svg [data-item="${chosen}"], tr[data-item="${chosen}"]`).forEach(each => each.classList.add('chosen'));
    }
}

function copy(text, button) {
    const done = () => { button.textContent = 'Copied'; };
    const bySelection = () => {
        const area = create('textarea', { value: text });
        document.body.append(area);
        area.select();
        if (document.execCommand('copy')) {
            done();
        }

        area.remove();
    };
    navigator.clipboard ? navigator.clipboard.writeText(text).then(done, bySelection) : bySelection();
}

function choose(item, scroll) {
    chosen = item;
    mark();
    const { title, details, commands, host } = map.items[item];
    const list = create('dl', {});
    for (const [name, value] of details) {
        list.append(create('dt', { textContent: name }), create('dd', { textContent: value }));
    }

    const lines = commands.map(command => {
        const button = create('button', { type: 'button', textContent: 'Copy' });
        button.addEventListener('click', () => copy(command, button));
        return create('div', { className: 'command' }, create('code', { textContent: command }), button);
    });
    byId('details').replaceChildren(create('h2', { textContent: map.hosts.length > 1 ? `${title} on ${host}` : title }), list, ...lines);
    if (scroll && drawn !== null) {
        const place = placeOf(item);
        if (place) {
            centre(place);
        }
    }
}

function search() {
    const wanted = byId('search').value.trim().toLowerCase();
    matches = wanted ? words.flatMap((text, index) => text.includes(wanted) && !hidden.has(map.items[index].filter) && !hidden.has(`host ${map.items[index].host}`) ? [index] : []) : [];
    matchAt = -1;
    const found = new Set(matches);
    svg()?.classList.toggle('searching', wanted !== '');
    for (const each of document.querySelectorAll('#picture [data-item]')) {
        each.classList.toggle('match', found.has(Number(each.dataset.item)));
    }

    for (const [item, row] of rows) {
        row.hidden = (wanted !== '' && !found.has(item)) || hidden.has(map.items[item].filter) || hidden.has(`host ${map.items[item].host}`);
    }

    byId('found').textContent = wanted ? `${matches.length} found` : '';
}

function next() {
    if (matches.length > 0) {
        matchAt = (matchAt + 1) % matches.length;
        choose(matches[matchAt], true);
        byId('found').textContent = `${matchAt + 1} of ${matches.length}`;
    }
}

// To the nearest box that lies that way.
function step(from, dx, dy) {
    const here = drawn.places.find(({ node }) => node.id === from.dataset.node);
    const middle = place => ({ x: place.x + place.width / 2, y: place.y + place.height / 2 });
    const start = middle(here);
    let best = null;
    for (const place of drawn.places) {
        const end = middle(place);
        const along = (end.x - start.x) * dx + (end.y - start.y) * dy;
        const across = Math.abs((end.x - start.x) * dy) + Math.abs((end.y - start.y) * dx);
        const cost = along + 2 * across;
        if (place !== here && along > 1 && (best === null || cost < best.cost)) {
            best = { place, cost };
        }
    }

    if (best) {
        const target = svg().querySelector(`[data-node="${CSS.escape(best.place.node.id)}"]`);
        from.tabIndex = -1;
        target.setAttribute('tabindex', 0);
        target.focus({ preventScroll: true });
        centre(best.place);
    }
}

const isDark = () => document.documentElement.classList.contains('dark');
function recolour() {
    document.querySelectorAll('svg.map').forEach(each => each.classList.toggle('dark', isDark()));
    byId('theme').textContent = isDark() ? 'Light' : 'Dark';
}

function setDark(dark) {
    document.documentElement.classList.toggle('dark', dark);
    recolour();
}

function save() {
    const picture = filtered(current);
    const text = `<?xml version="1.0" encoding="UTF-8"?>\n${toText(drawFile(picture, `${map.title}: ${current.title}`, fileStyle))}\n`;
    const link = create('a', { href: URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' })), download: `namespaces-${current.id}.svg` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function addFilter(key, label) {
    const box = create('input', { type: 'checkbox', checked: true });
    box.dataset.filter = key;
    box.addEventListener('change', () => {
        box.checked ? hidden.delete(key) : hidden.add(key);
        draw();
    });
    byId('filters').append(create('label', {}, box, ` ${label}`));
}

// The first key a click or a key press can mean: a row, a chip, a line or a box.
function act(target) {
    const item = target.closest('[data-item]')?.dataset.item ?? target.closest('.node')?.querySelector('[data-item]')?.dataset.item;
    if (item !== undefined) {
        choose(Number(item), false);
    }
}

// The data is compressed: most of it is the same words over and over.
async function load() {
    const bytes = Uint8Array.from(atob(byId('data').textContent.trim()), character => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    map = JSON.parse(await new Response(stream).text());
    words = map.items.map(item => [item.title, item.host, ...item.details.flat()].join('\n').toLowerCase());
    current = map.pictures.find(picture => picture.id === map.first) ?? map.pictures[0];
}

async function start() {
    await load();
    byId('map').hidden = false;
    for (const picture of map.pictures) {
        const tab = create('button', { type: 'button', id: `tab-${picture.id}`, textContent: picture.title });
        tab.setAttribute('role', 'tab');
        tab.setAttribute('aria-controls', 'panel');
        tab.dataset.picture = picture.id;
        tab.addEventListener('click', () => show(picture));
        byId('tabs').append(tab);
    }

    for (const kind of [...new Set(map.items.map(item => item.filter))]) {
        addFilter(kind, kind);
    }

    if (map.hosts.length > 1) {
        map.hosts.forEach(host => addFilter(`host ${host}`, host));
    }

    byId('tabs').addEventListener('keydown', event => {
        const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (move) {
            const at = (map.pictures.indexOf(current) + move + map.pictures.length) % map.pictures.length;
            show(map.pictures[at]);
            byId(`tab-${current.id}`).focus();
            event.preventDefault();
        }
    });
    byId('picture').addEventListener('click', event => act(event.target));
    document.querySelector('section').addEventListener('click', event => {
        const row = event.target.closest('tr[data-item]');
        if (row) {
            choose(Number(row.dataset.item), true);
        }
    });
    byId('search').addEventListener('input', search);
    byId('search').addEventListener('keydown', event => {
        if (event.key === 'Enter') {
            next();
        } else if (event.key === 'Escape') {
            byId('search').value = '';
            search();
            byId('search').blur();
        }

        event.stopPropagation();
    });
    byId('zoom-in').addEventListener('click', () => svg() && select(svg()).call(view.scaleBy, 1.4));
    byId('zoom-out').addEventListener('click', () => svg() && select(svg()).call(view.scaleBy, 1 / 1.4));
    byId('zoom-fit').addEventListener('click', () => svg() && fit(true));
    byId('save').addEventListener('click', save);
    byId('print').addEventListener('click', () => window.print());
    byId('theme').addEventListener('click', () => setDark(!isDark()));
    document.addEventListener('keydown', onKey);
    window.addEventListener('resize', () => svg() && fit(false));

    // On paper the whole picture stands, however it was moved on the screen.
    let moved = null;
    window.addEventListener('beforeprint', () => {
        if (svg()) {
            moved = { transform: zoomTransform(svg()), dark: isDark() };
            setDark(false);
            svg().setAttribute('viewBox', `-8 -8 ${drawn.width + 16} ${drawn.height + 16}`);
            zoomTo(zoomIdentity);
        }
    });
    window.addEventListener('afterprint', () => {
        if (moved && svg()) {
            svg().removeAttribute('viewBox');
            setDark(moved.dark);
            zoomTo(moved.transform);
            moved = null;
        }
    });
    setDark(matchMedia('(prefers-color-scheme: dark)').matches);
    show(current);
}

function onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches('input')) {
        return;
    }

    const node = event.target.closest('.node');
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const keys = {
        '/': () => byId('search').focus(),
        '+': () => byId('zoom-in').click(),
        '-': () => byId('zoom-out').click(),
        0: () => byId('zoom-fit').click(),
        d: () => byId('theme').click(),
        Escape: () => svg()?.querySelector('.node[tabindex="0"]')?.focus({ preventScroll: true }),
    };
    map.pictures.forEach((picture, index) => { keys[index + 1] = () => show(picture); });
    if (node && arrows[event.key]) {
        step(node, ...arrows[event.key]);
    } else if (node && (event.key === 'Enter' || event.key === ' ')) {
        act(node);
    } else if (keys[event.key]) {
        keys[event.key]();
    } else {
        return;
    }

    event.preventDefault();
}

start();
