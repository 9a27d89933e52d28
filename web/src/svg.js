// Node's side of -Format Svg: a map comes in as JSON, one of its pictures goes out as a file.
import { readFileSync } from 'node:fs';
import { drawFile } from './draw.js';
import { toText } from './element.js';
import style from './drawing.css';

const { map, picture } = JSON.parse(readFileSync(0, 'utf8'));
const wanted = map.pictures.find(each => each.id === picture);
process.stdout.write(`<?xml version="1.0" encoding="UTF-8"?>\n${toText(drawFile(wanted, `${map.title}: ${wanted.title}`, style))}\n`);
