// Draws a picture that is laid out, as a tree of SVG elements.
import { curveBasis, line } from 'd3-shape';
import { element } from './element.js';
import { chipWidth, layOut, metrics } from './layout.js';

const path = line().x(point => point.x).y(point => point.y).curve(curveBasis);
const round = number => Math.round(number * 10) / 10;
const text = (x, y, content, css) => element('text', { x: round(x), y: round(y), class: css }, content);

// What can be clicked says so to a screen reader, and has a number by which details are found.
const clickable = (item, label) => item === null ? {} : { 'data-item': item, 'aria-label': label };

function drawNode(placed) {
    const { node, width, height } = placed;
    let y = metrics.title;
    const parts = [
        element('rect', { width: round(width), height: round(height), rx: 6, class: 'box' }),
        text(metrics.padding, y - 4, node.title, 'title'),
    ];
    for (const content of node.lines) {
        parts.push(text(metrics.padding, y + 12, content, 'line'));
        y += metrics.line;
    }

    for (const row of node.rows) {
        parts.push(element('g', { class: `row ${row.css}`, ...clickable(row.item, row.text) },
            element('title', {}, row.tip),
            element('rect', { x: 3, y, width: round(width - 6), height: metrics.line, rx: 3, class: 'hit' }),
            text(metrics.padding, y + 12, row.text, 'row-text')));
        y += metrics.line;
    }

    let x = metrics.padding;
    y += 2;
    for (const chip of node.chips) {
        const chipWide = chipWidth(chip);
        parts.push(element('g', { class: `chip ${chip.css}`, ...clickable(chip.item, chip.tip) },
            element('title', {}, chip.tip),
            element('rect', { x: round(x), y, width: round(chipWide), height: metrics.chipHeight - 2, rx: 4, class: 'hit' }),
            text(x + metrics.chip, y + 13, chip.text, 'chip-text')));
        x += chipWide + 4;
    }

    return element('g', {
        class: `node ${node.css}`,
        'data-node': node.id,
        transform: `translate(${round(placed.x)} ${round(placed.y)})`,
        role: 'button',
        tabindex: -1,
        'aria-label': [node.title, ...node.lines].join(', '),
        ...(node.item === null ? {} : { 'data-item': node.item }),
    }, element('title', {}, node.tip), parts);
}

function drawEdge(placed) {
    const { edge, points, label } = placed;
    return element('g', { class: `edge ${edge.css}`, 'data-from': edge.from, 'data-to': edge.to, ...clickable(edge.item, edge.tip) },
        element('title', {}, edge.tip),
        element('path', { d: path(points), class: 'wide' }),
        element('path', { d: path(points), class: 'stroke', 'marker-end': edge.directed ? 'url(#arrow)' : null }),
        label && edge.label ? text(label.x, label.y + 4, edge.label, 'label') : null);
}

const drawFrame = frame => element('g', { class: 'frame' },
    element('rect', { x: round(frame.x), y: round(frame.y), width: round(frame.width), height: round(frame.height), rx: 10, class: 'box' }),
    text(frame.x + 16, frame.y + 22, frame.label, 'title'));

const arrow = () => element('defs', {},
    element('marker', { id: 'arrow', viewBox: '0 0 8 8', refX: 8, refY: 4, markerWidth: 8, markerHeight: 8, orient: 'auto-start-reverse', class: 'arrow' },
        element('path', { d: 'M0 0L8 4L0 8z' })));

// The picture without its outermost element.
export function drawContent(picture) {
    const laid = layOut(picture);
    return {
        width: laid.width,
        height: laid.height,
        places: laid.nodes,
        defs: arrow(),
        content: element('g', { class: 'picture' }, laid.frames.map(drawFrame), laid.edges.map(drawEdge), laid.nodes.map(drawNode)),
    };
}

// A row of samples with what they mean.
export function drawLegend(legend) {
    let x = 0;
    const samples = legend.map(entry => {
        const at = x;
        x += 34 + entry.text.length * metrics.character + 22;
        const sample = entry.shape === 'edge'
            ? element('g', { class: `edge ${entry.css}` }, element('path', { d: `M${round(at)} 10H${round(at + 26)}`, class: 'stroke' }))
            : element('g', { class: `${entry.shape} ${entry.css}` }, element('rect', { x: round(at + 1), y: 2, width: 24, height: 15, rx: 4, class: entry.shape === 'chip' ? 'hit' : 'box' }));
        return element('g', {}, sample, text(at + 34, 14, entry.text, 'line'));
    });
    return { width: x, height: 20, content: element('g', { class: 'legend' }, samples) };
}

// A whole file.
export function drawFile(picture, title, style) {
    const drawn = drawContent(picture);
    const legend = drawLegend(picture.legend);
    const margin = 20;
    const width = Math.ceil(Math.max(drawn.width, legend.width, title.length * 9) + 2 * margin);
    const height = Math.ceil(drawn.height + legend.height + 3 * margin + 24);
    return element('svg', { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', class: 'map' },
        element('title', {}, title),
        element('style', {}, style),
        drawn.defs,
        element('rect', { width, height, class: 'paper' }),
        text(margin, margin + 10, title, 'heading'),
        element('g', { transform: `translate(${margin} ${margin + 28})` }, drawn.content),
        element('g', { transform: `translate(${margin} ${height - margin - 14})` }, legend.content));
}
