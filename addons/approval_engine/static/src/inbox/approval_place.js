/**
 * Where somebody stands in a list that was read anew: at the same one; where that left, at the next one.
 *
 * @param {number[]} before ids as they were shown
 * @param {number|null} id where they stood
 * @param {number[]} now ids as they are
 * @returns {number|null}
 */
export function placeIn(before, id, now) {
    if (id === null || now.includes(id)) {
        return id;
    }
    const at = before.indexOf(id);
    const around = [...before.slice(at + 1), ...before.slice(0, Math.max(at, 0)).toReversed()];
    return around.find((one) => now.includes(one)) ?? now[0] ?? null;
}
