/** How much room the words of a drawing take, counted in usual characters, and how they are cut and broken to fit. */

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]|\p{Extended_Pictographic}/u;
const LETTER = /\p{L}/u;
const CAPITAL = /\p{Lu}/u;
const LINE_CHARS = 20;

/** A capital that begins a word is made up for by narrow letters after it; more of them are not. */
function roomOf(char, before) {
    if (WIDE.test(char)) {
        return 1.9;
    }
    return CAPITAL.test(char) && LETTER.test(before) ? 1.25 : 1;
}

/** @returns {number} how many usual characters take as much room */
export function charsOf(text) {
    let room = 0;
    let before = "";
    for (const char of text) {
        room += roomOf(char, before);
        before = char;
    }
    return room;
}

/** Whole characters only: half of a pair of code units is none. */
export function cut(text, most) {
    if (charsOf(text) <= most) {
        return text;
    }
    const kept = [...text];
    while (kept.length && charsOf(kept.join("")) > most - 1) {
        kept.length = Math.min(kept.length - 1, Math.floor(most));
    }
    return `${kept.join("")}…`;
}

/** Break a name into at most so many lines. */
export function wrap(name, chars = LINE_CHARS, most = 2) {
    const lines = [""];
    for (const word of name.split(/\s+/)) {
        const last = lines.at(-1);
        if (last && charsOf(`${last} ${word}`) > chars) {
            lines.push(word);
        } else {
            lines[lines.length - 1] = last ? `${last} ${word}` : word;
        }
    }
    const shown = lines.slice(0, most).map((line) => cut(line, chars + 2));
    if (lines.length > most) {
        shown[most - 1] = cut(`${shown[most - 1]}…`, chars + 2);
    }
    return shown;
}
