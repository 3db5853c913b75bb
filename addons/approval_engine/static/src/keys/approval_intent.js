/** What the user wants to do with a record that is being opened, told from the list to its form. */
let wanted = null;

export function setIntent(resId, what) {
    wanted = { resId, what };
}

export function takeIntent(resId) {
    const found = wanted && wanted.resId === resId ? wanted.what : null;
    wanted = null;
    return found;
}
