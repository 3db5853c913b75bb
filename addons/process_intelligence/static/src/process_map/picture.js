/**
 * The map as a file: SVG, PNG or PDF, as it is shown, with title, filters and date. Made in the browser.
 */

const NAMESPACE = "http://www.w3.org/2000/svg";
const MARGIN = 24; // px
const TITLE_HEIGHT = 26;
const LINE_HEIGHT = 17;
const PNG_SCALE = 2; // sharp on dense screens and on paper
const MAX_PIXELS = 40_000_000; // what browsers draw in one canvas everywhere
const STYLES = [
    "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "opacity", "color",
    "font-family", "font-size", "font-weight", "text-anchor",
];
const PAGE = { long: 842, short: 595, margin: 28 }; // A4 in points

/**
 * @param {SVGGElement} stage what is drawn, with the styles of the page
 * @param {{width: number, height: number}} size of the drawing
 * @param {{title: string, lines: string[], ground: string, ink: string}} words told above it
 * @returns {{text: string, width: number, height: number}} an SVG file that needs nothing else
 */
export function toSvg(stage, size, { title, lines, ground, ink }) {
    const head = MARGIN + TITLE_HEIGHT + lines.length * LINE_HEIGHT + MARGIN / 2;
    const width = Math.ceil(Math.max(size.width, 480) + 2 * MARGIN);
    const height = Math.ceil(size.height + head + MARGIN);
    const svg = element("svg", { xmlns: NAMESPACE, width, height, viewBox: `0 0 ${width} ${height}` });
    svg.append(element("rect", { width, height, fill: ground }));
    const family = getComputedStyle(stage).fontFamily;
    const told = [{ text: title, size: 18, weight: 600 }, ...lines.map((text) => ({ text, size: 12, weight: 400 }))];
    told.forEach(({ text, size: fontSize, weight }, index) => {
        const y = MARGIN + TITLE_HEIGHT / 2 + (index ? TITLE_HEIGHT / 2 + index * LINE_HEIGHT : 6);
        const line = element("text", { x: MARGIN, y, fill: ink, "font-family": family, "font-size": fontSize, "font-weight": weight });
        line.textContent = text;
        svg.append(line);
    });
    const copy = styledCopy(stage);
    copy.setAttribute("transform", `translate(${(width - size.width) / 2} ${head})`);
    svg.append(copy);
    return { text: new XMLSerializer().serializeToString(svg), width, height };
}

function element(name, attributes) {
    const made = document.createElementNS(NAMESPACE, name);
    for (const [key, value] of Object.entries(attributes)) {
        if (key !== "xmlns") {
            made.setAttribute(key, value);
        }
    }
    return made;
}

/** A copy that keeps its looks without the style sheets of the page, and nothing to click. */
function styledCopy(original) {
    const copy = original.cloneNode(true);
    const originals = [original, ...original.querySelectorAll("*")];
    const copies = [copy, ...copy.querySelectorAll("*")];
    originals.forEach((from, index) => {
        const looks = getComputedStyle(from);
        for (const name of STYLES) {
            copies[index].setAttribute(name, looks.getPropertyValue(name));
        }
        for (const name of ["class", "tabindex", "role", "style"]) {
            copies[index].removeAttribute(name);
        }
    });
    copy.querySelectorAll("[data-picture=no]").forEach((item) => item.remove());
    return copy;
}

/** @returns {Promise<HTMLCanvasElement>} */
async function toCanvas({ text, width, height }) {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await image.decode();
    const scale = Math.min(PNG_SCALE, Math.sqrt(MAX_PIXELS / (width * height)));
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas;
}

/**
 * @param {{text: string, width: number, height: number}} svg of `toSvg`
 * @param {"svg"|"png"|"pdf"} kind
 * @returns {Promise<Blob>}
 */
export async function toFile(svg, kind) {
    if (kind === "svg") {
        return new Blob([svg.text], { type: "image/svg+xml" });
    }
    const canvas = await toCanvas(svg);
    if (kind === "png") {
        return blobOf(canvas, "image/png");
    }
    const jpeg = new Uint8Array(await (await blobOf(canvas, "image/jpeg", 0.92)).arrayBuffer());
    return new Blob([pdfOf(jpeg, canvas.width, canvas.height)], { type: "application/pdf" });
}

function blobOf(canvas, type, quality) {
    return new Promise((resolve, reject) => {
        canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(`No ${type} of this size`))), type, quality);
    });
}

/**
 * A PDF of one A4 page with one picture, whole and in the middle (ISO 32000-1: objects, cross-reference, trailer).
 *
 * @param {Uint8Array} jpeg
 * @returns {Uint8Array}
 */
export function pdfOf(jpeg, width, height) {
    const [pageWidth, pageHeight] = width > height ? [PAGE.long, PAGE.short] : [PAGE.short, PAGE.long];
    const scale = Math.min((pageWidth - 2 * PAGE.margin) / width, (pageHeight - 2 * PAGE.margin) / height);
    const [w, h] = [width * scale, height * scale];
    const place = `q ${w.toFixed(2)} 0 0 ${h.toFixed(2)} ${((pageWidth - w) / 2).toFixed(2)} ${((pageHeight - h) / 2).toFixed(2)} cm /Map Do Q`;
    const encoder = new TextEncoder();
    const parts = [];
    const offsets = [];
    let length = 0;
    const put = (part) => {
        const bytes = typeof part === "string" ? encoder.encode(part) : part;
        parts.push(bytes);
        length += bytes.length;
    };
    const object = (dictionary, stream) => {
        offsets.push(length);
        put(`${offsets.length} 0 obj\n${dictionary}\n`);
        if (stream) {
            put("stream\n");
            put(stream);
            put("\nendstream\n");
        }
        put("endobj\n");
    };
    put("%PDF-1.4\n");
    object("<< /Type /Catalog /Pages 2 0 R >>");
    object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    object(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${pageWidth} ${pageHeight}] /Resources << /XObject << /Map 4 0 R >> >> /Contents 5 0 R >>`);
    object(
        `<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length ${jpeg.length} >>`,
        jpeg
    );
    object(`<< /Length ${place.length} >>`, place);
    const table = length;
    put(`xref\n0 ${offsets.length + 1}\n0000000000 65535 f \n`);
    offsets.forEach((offset) => put(`${String(offset).padStart(10, "0")} 00000 n \n`));
    put(`trailer\n<< /Size ${offsets.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`);
    const whole = new Uint8Array(length);
    parts.reduce((at, bytes) => {
        whole.set(bytes, at);
        return at + bytes.length;
    }, 0);
    return whole;
}
