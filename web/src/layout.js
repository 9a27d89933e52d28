// Where everything stands. All positions come from dagre (one connected part) and potpack (parts, then hosts); this file only
// says how large each box is.
import { Graph, graphlib, layout as arrange } from '@dagrejs/dagre';
import potpack from 'potpack';

export const metrics = { character: 7.3, line: 17, title: 20, padding: 9, chip: 8, chipHeight: 20, gap: 28, frame: 34 };

// Text is monospaced so that its width is known without a browser. East Asian wide characters take two columns.
export function columns(text) {
    let count = 0;
    for (const character of text) {
        count += /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(character) ? 2 : 1;
    }

    return count;
}

const widthOf = text => columns(text) * metrics.character;

export const chipWidth = chip => widthOf(chip.text) + 2 * metrics.chip;

export function sizeOf(node) {
    const chips = node.chips.reduce((sum, chip) => sum + chipWidth(chip) + 4, 0);
    const texts = [node.title, ...node.lines, ...node.rows.map(row => row.text)].map(widthOf);
    return {
        width: Math.ceil(Math.max(60, chips, ...texts) + 2 * metrics.padding),
        height: metrics.title + (node.lines.length + node.rows.length) * metrics.line + (node.chips.length ? metrics.chipHeight : 0) + metrics.padding,
    };
}

// One connected part of the graph.
function layOutPart(graph, ids) {
    const part = new Graph({ multigraph: true });
    part.setGraph({ rankdir: 'LR', ranker: 'tight-tree', nodesep: 12, edgesep: 8, ranksep: 44, marginx: 0, marginy: 0 });
    for (const id of ids) {
        part.setNode(id, { ...graph.node(id) });
    }

    for (const edge of graph.edges()) {
        if (part.hasNode(edge.v)) {
            part.setEdge(edge.v, edge.w, { ...graph.edge(edge) }, edge.name);
        }
    }

    arrange(part);
    return { graph: part, w: part.graph().width, h: part.graph().height };
}

// Packs boxes with a gap to the right of and below each.
function pack(boxes, gap) {
    for (const box of boxes) {
        box.w += gap;
        box.h += gap;
    }

    const all = potpack(boxes);
    return { width: Math.max(0, all.w - gap), height: Math.max(0, all.h - gap) };
}

function layOutHost(host, picture, framed) {
    const graph = new Graph({ multigraph: true });
    for (const node of picture.nodes.filter(node => node.host === host)) {
        graph.setNode(node.id, { ...sizeOf(node), node });
    }

    picture.edges.forEach((edge, index) => {
        if (graph.hasNode(edge.from) && graph.hasNode(edge.to)) {
            graph.setEdge(edge.from, edge.to, { edge, width: edge.label ? widthOf(edge.label) + 6 : 0, height: edge.label ? 14 : 0, labelpos: 'c' }, `${index}`);
        }
    });

    const parts = graphlib.alg.components(graph).map(ids => layOutPart(graph, ids));
    const { width, height } = pack(parts, metrics.gap);
    const nodes = [];
    const edges = [];
    for (const part of parts) {
        for (const id of part.graph.nodes()) {
            const placed = part.graph.node(id);
            nodes.push({ node: placed.node, x: part.x + placed.x - placed.width / 2, y: part.y + placed.y - placed.height / 2, width: placed.width, height: placed.height });
        }

        for (const key of part.graph.edges()) {
            const placed = part.graph.edge(key);
            edges.push({
                edge: placed.edge,
                points: placed.points.map(point => ({ x: part.x + point.x, y: part.y + point.y })),
                label: placed.edge.label ? { x: part.x + placed.x, y: part.y + placed.y } : null,
            });
        }
    }

    const margin = framed ? 16 : 0;
    const top = framed ? metrics.frame : 0;
    const frameWidth = framed ? Math.max(width, widthOf(host) + 2 * metrics.padding) : width;
    return { host, nodes, edges, left: margin, top, w: frameWidth + 2 * margin, h: height + margin + top };
}

// The places of all nodes and edges of a picture, and of a frame for each host where there are several.
export function layOut(picture) {
    const hosts = [...new Set(picture.nodes.map(node => node.host))];
    const framed = hosts.length > 1;
    const laid = hosts.map(host => layOutHost(host, picture, framed));
    const { width, height } = pack(laid, metrics.gap);
    const result = { width, height, frames: [], nodes: [], edges: [] };
    for (const host of laid) {
        const x = host.x + host.left;
        const y = host.y + host.top;
        if (framed) {
            result.frames.push({ label: host.host, x: host.x, y: host.y, width: host.w - metrics.gap, height: host.h - metrics.gap });
        }

        result.nodes.push(...host.nodes.map(placed => ({ ...placed, x: placed.x + x, y: placed.y + y })));
        result.edges.push(...host.edges.map(placed => ({
            ...placed,
            points: placed.points.map(point => ({ x: point.x + x, y: point.y + y })),
            label: placed.label && { x: placed.label.x + x, y: placed.label.y + y },
        })));
    }

    return result;
}
