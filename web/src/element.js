// A picture is first a tree of plain elements. It becomes text for a file and live elements for a page; in neither is text ever
// taken for markup.
export const element = (name, attributes, ...children) => ({ name, attributes, children: children.flat().filter(child => child !== null && child !== undefined) });

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

// XML has no way to write most control characters.
const escape = text => `${text}`.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd').replace(/[&<>"']/g, character => entities[character]);

const entries = attributes => Object.entries(attributes ?? {}).filter(([, value]) => value !== null && value !== undefined && value !== false);

export function toText(tree) {
    if (typeof tree !== 'object') {
        return escape(tree);
    }

    const attributes = entries(tree.attributes).map(([name, value]) => ` ${name}="${escape(value)}"`).join('');
    return `<${tree.name}${attributes}>${tree.children.map(toText).join('')}</${tree.name}>`;
}

export function toDom(tree, document) {
    if (typeof tree !== 'object') {
        return document.createTextNode(tree);
    }

    const made = document.createElementNS('http://www.w3.org/2000/svg', tree.name);
    for (const [name, value] of entries(tree.attributes)) {
        if (name !== 'xmlns') {
            made.setAttribute(name, value);
        }
    }

    made.append(...tree.children.map(child => toDom(child, document)));
    return made;
}
